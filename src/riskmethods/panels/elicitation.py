"""One private round of a panel: lowest, highest, best and confidence, made comparable, and fed back without names.

Each interval is stretched or shrunk to one confidence C (IDEA): ``low' = best - (best - low) * C / S`` and likewise
upward, on the scale of log10 for probabilities, clipped to what a probability can be. The aggregate is the mean of
the lows, of the bests and of the highs, every expert counting alike.

Source: Hemming, Burgman et al., "A practical guide to structured expert elicitation using the IDEA protocol",
Methods in Ecology and Evolution 9 (2018).

>>> first = from_json({"question": "P(pin breaks in its life)", "number": 1, "answers": [
...     {"expert": "E1", "lowest": "1/10000", "best": "1/1000", "highest": "1/100", "confidence": "80 %"},
...     {"expert": "E2", "lowest": "1/1000", "best": "1/100", "highest": "1/10", "confidence": "80 %", "reason": "seen twice"}]})
>>> pooled = first.pooled()
>>> [f"{x:.2e}" for x in (pooled.low, pooled.best, pooled.high)]
['3.16e-04', '3.16e-03', '3.16e-02']
>>> [(line["best"], line["reason"]) for line in first.feedback()]
[('0.001', ''), ('0.01', 'seen twice')]
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median
from typing import Any

from riskmethods import numbers
from riskmethods.errors import raise_at
from riskmethods.inputs import LEAST, chance, count, distinct, fields, listed, one_of, share, text, within

CONFIDENCE, LEAST_CONFIDENCE = 0.8, Fraction(1, 100)
SCALES = ("log10", "linear")
MOST_EXPERTS = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """One expert's answer: three exact probabilities, the confidence that the truth lies between, and the reason."""

    expert: str
    lowest: Fraction
    best: Fraction
    highest: Fraction
    confidence: float
    reason: str = ""
    dissent: str = ""


@dataclass(frozen=True, slots=True)
class Standardised:
    """An answer brought to the round's confidence; ``clipped`` when a probability's bounds cut it."""

    expert: str
    low: float
    best: float
    high: float
    clipped: bool


@dataclass(frozen=True, slots=True)
class Pooled:
    """The experts' mean interval and best value at confidence ``confidence``."""

    low: float
    best: float
    high: float
    confidence: float
    experts: int


@dataclass(frozen=True, slots=True)
class Dissent:
    """A voice that the panel does not carry: declared so, or ``outside``: its interval misses the panel's median."""

    expert: str
    best: Fraction
    reason: str
    declared: str
    outside: bool


@dataclass(frozen=True)
class Round:
    """The answers to one question in one private round."""

    question: str
    number: int
    answers: tuple[Answer, ...]
    scale: str = "log10"
    confidence: float = CONFIDENCE

    def standardised(self) -> tuple[Standardised, ...]:
        """Every answer at the round's confidence."""
        return tuple(self._standardise(answer) for answer in self.answers)

    def _standardise(self, one: Answer) -> Standardised:
        factor = self.confidence / one.confidence
        low, best, high = (self._to(p) for p in (one.lowest, one.best, one.highest))
        wide_low, wide_high = best - (best - low) * factor, best + (high - best) * factor
        floor, ceiling = (math.log10(LEAST), 0.0) if self.scale == "log10" else (0.0, 1.0)
        low, high = max(wide_low, floor), min(wide_high, ceiling)
        clipped = (low, high) != (wide_low, wide_high)
        return Standardised(one.expert, self._from(low), float(one.best), self._from(high), clipped)

    def pooled(self) -> Pooled:
        """The equal-weight mean of the standardised quantiles, on the round's scale."""
        lines = self.standardised()
        low, best, high = (
            self._from(math.fsum(self._to(getattr(s, end)) for s in lines) / len(lines))
            for end in ("low", "best", "high")
        )
        return Pooled(low, best, high, self.confidence, len(lines))

    def feedback(self) -> tuple[dict[str, str], ...]:
        """What the panel sees before it discusses: values and reasons by rising best value, without names."""
        shown = sorted(self.answers, key=lambda a: (a.best, a.lowest, a.highest, a.reason))
        return tuple(
            {"lowest": numbers.decimal(a.lowest), "best": numbers.decimal(a.best), "highest": numbers.decimal(a.highest),
             "confidence": f"{a.confidence:.0%}", "reason": a.reason}
            for a in shown
        )  # fmt: skip

    def dissent(self) -> tuple[Dissent, ...]:
        """The opinions to be kept beside the pool, in the order of the answers."""
        middle = float(median(a.best for a in self.answers))
        found = []
        for a, own in zip(self.answers, self.standardised(), strict=True):
            outside = not own.low <= middle <= own.high
            if outside or a.dissent:
                found.append(Dissent(a.expert, a.best, a.reason, a.dissent, outside))
        return tuple(found)

    def _to(self, p: Fraction | float) -> float:
        return math.log10(p) if self.scale == "log10" else float(p)

    def _from(self, x: float) -> float:
        return 10.0**x if self.scale == "log10" else x


def from_json(document: Any, *, place: str = "", members: Sequence[str] | None = None) -> Round:
    """A round from ``{"question", "number", "answers": [{"expert", "lowest", "best", "highest", "confidence", ..}]}``.

    Parameters
    ----------
    document
        An answer may add ``reason`` and ``dissent`` (the minority opinion in the expert's own words); the round may
        add ``scale`` (``log10`` or ``linear``) and the ``confidence`` to which intervals are brought.
    members
        Who may answer: those who have declared their interests. Left out, anyone.

    Raises
    ------
    MethodError
        Rules ``empty`` (an empty panel), ``duplicate``, ``not_a_member``, ``order``, ``probability``, ``out_of_range``.
    """
    record = fields(document, place, needed=("question", "number", "answers"), optional=("scale", "confidence"))
    where = within(place, "answers")
    answers = tuple(
        _answer(given, f"{where}[{n}]", members)
        for n, given in enumerate(listed(record["answers"], where, most=MOST_EXPERTS))
    )
    distinct([a.expert for a in answers], where)
    return Round(
        text(record["question"], within(place, "question")),
        count(record["number"], within(place, "number"), least=1, most=100),
        answers,
        one_of(record.get("scale", "log10"), SCALES, within(place, "scale")),
        share(record.get("confidence", CONFIDENCE), within(place, "confidence")),
    )


def _answer(given: Any, place: str, members: Sequence[str] | None) -> Answer:
    needed = ("expert", "lowest", "best", "highest", "confidence")
    record = fields(given, place, needed=needed, optional=("reason", "dissent"))
    expert = text(record["expert"], f"{place}.expert")
    if members is not None and expert not in members:
        raise_at(f"{place}.expert", "not_a_member", f"“{expert}”不是已申报利益的成员",
                 f"{expert!r} is no member with interests declared")  # fmt: skip
    low, best, high = (chance(record[key], f"{place}.{key}") for key in ("lowest", "best", "highest"))
    if not low <= best <= high:
        raise_at(
            place, "order", "最低、最佳、最高须依次不减", f"lowest {low}, best {best}, highest {high} must not fall"
        )
    sure = numbers.parse(record["confidence"], place=f"{place}.confidence")
    if sure < LEAST_CONFIDENCE:
        raise_at(
            f"{place}.confidence",
            "out_of_range",
            "置信度不得低于1%",
            f"a confidence is 1 % or more, not {numbers.percent(sure)}",
        )
    words = (text(record.get(key, ""), f"{place}.{key}", needed=False) for key in ("reason", "dissent"))
    return Answer(expert, low, best, high, float(sure), *words)
