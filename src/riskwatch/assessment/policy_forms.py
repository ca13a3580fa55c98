"""The forms of an assessment policy: the grade table row by row, our own scales, FMEA priorities, from which day and why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from riskmethods import Policy
from riskmethods.editions import DEFAULT, LEVEL_WORDS, LEVELS, edition
from riskmethods.injuries import LIKELIHOOD_ROWS, SCALES, scale, scale_from_json
from riskmethods.vocabulary import TABLES, term
from riskwatch.case.desk import DateInput
from riskwatch.look.asked import plausible
from riskwatch.look.words import english

OWN = tuple(one.interest for one in SCALES if one.policy)  # interests for which no source has a scale
SPARE_ROWS = 2
TONGUES = ("zh", "en")


def levels() -> list[tuple[str, str]]:
    """The methods' levels, the gravest first, in the reader's language."""
    return [(code, LEVEL_WORDS[code][int(english())]) for code in reversed(LEVELS)]


def _terms(table: str) -> list[tuple[str, str]]:
    return [(t.code, t.en if english() else t.zh) for t in TABLES[table]]


class GradeRowForm(forms.Form):
    """A row of the grade table; a row without a level is none."""

    level = forms.ChoiceField(label=_("方法等级"), required=False)
    reaches = forms.ChoiceField(label=_("95%分位至少达到"), required=False)
    grade = forms.ChoiceField(label=_("海关等级"), required=False)
    measures = forms.MultipleChoiceField(label=_("建议措施"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["level"].choices = [("", "—"), *levels()]
        fields["reaches"].choices = [("", _now("不限")), *levels()]
        fields["grade"].choices = [("", "—"), *_terms("grades")]
        fields["measures"].choices = _terms("responses")

    def clean(self) -> dict[str, Any]:
        """A level needs its grade."""
        said = super().clean() or {}
        if said.get("level") and not said.get("grade"):
            self.add_error("grade", _now("须选择海关等级"))
        return said


GradeRows = forms.formset_factory(GradeRowForm, extra=SPARE_ROWS, max_num=30, validate_max=True)


class PolicyForm(forms.Form):
    """Everything of an edition but the grade table."""

    valid_from = forms.DateField(label=_("生效日期"), widget=DateInput(), validators=[plausible])
    reason = forms.CharField(label=_("修改理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    priority = forms.CharField(
        label=_("FMEA行动优先级表（JSON）"), required=False, widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=_("从手册原文录入：bands、cells、source、status；留空则用本系统未经核对的表。"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for interest in OWN:
            self.fields[f"{interest}.source"] = forms.CharField(label=_("依据"), max_length=300, required=False)
            for key, count, needed in (("levels", 4, True), ("likelihood", LIKELIHOOD_ROWS, False)):
                for n in range(count):
                    for tongue in TONGUES:
                        self.fields[f"{interest}.{key}.{n}.{tongue}"] = forms.CharField(
                            label=f"{n + 1} {tongue}", max_length=300, required=needed
                        )

    def clean_priority(self) -> dict[str, Any] | None:
        """A table as data, or none."""
        said = self.cleaned_data["priority"].strip()
        if not said:
            return None
        try:
            given = json.loads(said)
        except (ValueError, RecursionError) as fault:
            raise forms.ValidationError(_now("不是JSON：%(why)s") % {"why": fault}) from None
        if not isinstance(given, dict):
            raise forms.ValidationError(_now("须是对象"))
        return given

    def scales(self) -> list[dict[str, Any]]:
        """The scales that differ from the library's own; likelihood left empty is none.

        Raises
        ------
        MethodError
            The library does not take one; the place is the interest.
        """
        said = self.cleaned_data
        found = []
        for interest in OWN:
            rows = {
                key: [{t: said[f"{interest}.{key}.{n}.{t}"].strip() for t in TONGUES} for n in range(count)]
                for key, count in (("levels", 4), ("likelihood", LIKELIHOOD_ROWS))
            }
            if not any(w for row in rows["likelihood"] for w in row.values()):
                rows["likelihood"] = []
            record = {
                "interest": interest,
                **rows,
                "source": said[f"{interest}.source"].strip() or scale(interest).source,
            }
            made = scale_from_json(record, place=interest)
            if made != scale(interest):
                found.append(made.as_json())
        return found

    def groups(self) -> Iterator[dict[str, Any]]:
        """The scale's fields as the page lays them out: an interest, its source, its rows."""
        rows = edition(DEFAULT).words
        for interest in OWN:
            one = term("interests", interest)
            yield {
                "name": one.en if english() else one.zh, "source": self[f"{interest}.source"],
                "levels": [(str(n + 1), [self[f"{interest}.levels.{n}.{t}"] for t in TONGUES]) for n in range(4)],
                "likelihood": [(rows[n][int(english())], [self[f"{interest}.likelihood.{n}.{t}"] for t in TONGUES])
                               for n in range(LIKELIHOOD_ROWS)],
            }  # fmt: skip


def initial(policy: Policy) -> dict[str, Any]:
    """What the forms begin with: the policy as it stands."""
    found: dict[str, Any] = {
        "priority": json.dumps(policy.priority.as_json(), ensure_ascii=False, indent=1) if policy.priority else ""
    }
    for interest in OWN:
        one = policy.scale(interest)
        found[f"{interest}.source"] = "" if one.source == scale(interest).source else one.source
        for key in ("levels", "likelihood"):
            for n, words in enumerate(getattr(one, key)):
                found |= {f"{interest}.{key}.{n}.{t}": getattr(words, t) for t in TONGUES}
    return found


def rows_of(policy: Policy) -> list[dict[str, Any]]:
    """The newest grade table's rows as the formset begins with them."""
    return [row.as_json() for row in policy.tables[-1].rows]


def table_rows(rows: Any) -> list[dict[str, Any]]:
    """The filled rows of a valid formset, as the library reads them; ``reaches`` is empty for any."""
    return [
        {"level": said["level"], "reaches": said["reaches"], "grade": said["grade"], "measures": said["measures"]}
        for said in (row.cleaned_data for row in rows) if said.get("level")
    ]  # fmt: skip
