"""What surveillance refuses: the series, the week, the rule broken, and why, in Chinese and English.

>>> raise SurveillanceError("negative_count", "计数不能为负", "a count is below 0", series=3, week=17)
Traceback (most recent call last):
riskstats.surveillance.errors.SurveillanceError: series 3, week 17: a count is below 0
"""

from __future__ import annotations

from typing import Any


class SurveillanceError(ValueError):
    """Counts, exposures or options that a method does not take.

    Parameters
    ----------
    rule : str
        The rule broken, a stable word for machines: ``"negative_count"``, ``"duplicate_week"``, ``"short_history"`` …
    zh, en : str
        Why, for people. ``str()`` is ``"series S, week W: en"``.
    series : int or str or None
        The series at fault, as a row number counted from 0 or by its name; None when no one series is.
    week : int or str or None
        The period at fault, as a column number counted from 0 or by its label; None when no one period is.
    """

    def __init__(self, rule: str, zh: str, en: str, *, series: Any = None, week: Any = None) -> None:
        place = ", ".join(
            f"{name} {value}" for name, value in (("series", series), ("week", week)) if value is not None
        )
        super().__init__(f"{place}: {en}" if place else en)
        self.rule, self.zh, self.en, self.series, self.week = rule, zh, en, series, week

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (self.rule, self.zh, self.en, self.series, self.week)

    def as_json(self) -> dict[str, Any]:
        """The fault as a page or an API shows it."""
        return {"rule": self.rule, "series": self.series, "week": self.week, "zh": self.zh, "en": self.en}


def _rebuilt(rule: str, zh: str, en: str, series: Any, week: Any) -> SurveillanceError:
    return SurveillanceError(rule, zh, en, series=series, week=week)
