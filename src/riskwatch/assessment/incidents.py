"""Incidents counted after an assessment held against what its scenario predicted; a contradiction calls for a reassessment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

import decree188
from riskmethods import MethodError
from riskwatch.assessment import reporting, scoring, triggers
from riskwatch.assessment.models import Assessment, IncidentCheck
from riskwatch.case import journalling
from riskwatch.case.models import Folder, Sheet
from riskwatch.look.words import kept, labelled
from riskwatch.parties.models import Person
from riskwatch.refusals import Refusal, refuse_unless

FIELDS = ("incidents", "units", "exposed", "life_observed", "reporting")


def scenarios(sheet: Sheet) -> list[tuple[str, str]]:
    """The scenarios of an assessment's newest report: id and name, the latter in the reader's language."""
    report = reporting.latest_report(Assessment.objects.get(pk=sheet.pk))
    lang = scoring.language()
    found = []
    for n, one in enumerate(report.result.get("scenarios", ()) if report else (), 1):
        title = one["title"].get(lang) or next(iter(one["title"].values()), "")
        found.append((one["id"], f"{n}. {title}"))
    return found


@transaction.atomic
def check(sheet: Sheet, *, scenario: str, observed: Mapping[str, Any], source: str, by: Person, at: datetime) -> Sheet:
    """Test a scenario of an accepted report against incidents reported since.

    Parameters
    ----------
    observed
        ``incidents``, ``units`` and, where known, ``exposed``, ``life_observed``, ``reporting``, as the library takes them.

    Returns the reminder that it opened when they contradict each other, else the assessment itself.

    Raises
    ------
    Refusal
        The report is not accepted, has no such scenario, or a number cannot be taken; the field is named.
    """
    folder = Folder.objects.select_for_update(of=("self",)).get(pk=sheet.folder_id or 0)
    now = Sheet.objects.get(pk=sheet.pk)
    refuse_unless(now.stage == "accepted", _("只有已接受的评估可以核对"), remedy=_("报告接受后再核对"), code="not_accepted",
                  rule=decree188.by_name("reassess_on_change"))  # fmt: skip
    refuse_unless(
        source.strip(), _("须写明数据来源"), remedy=_("填写数据来自何处、哪段时间"), code="source_missing", status=422
    )
    row = Assessment.objects.get(pk=sheet.pk)
    found, title = _confronted(row, scenario, {**observed, "source": source.strip()})
    made = IncidentCheck.objects.create(
        assessment=row, scenario=scenario, scenario_words=title[:300], observed=dict(observed), source=source.strip()[:300],
        result=found, checked_by=by, checked_at=at,
    )  # fmt: skip
    content = {"scenario": scenario, "observed": dict(observed), "source": source, "result": found}
    journalling.record(now, "assessment.check_incidents", by=by, at=at, rule="reassess_on_change", content=content)
    if not found["reassess"]:
        return now
    said = _contradiction(title, found, source)
    trigger = "new_death_or_injury" if found["contradicts"] == "more" and _harms_people(row, scenario) else "other"
    triggers.ask(folder, trigger, said, cause=now, key=f"check:{made.pk}", by=by, at=at)
    due = Sheet.objects.filter(kind="reassessment_due", causes=now).order_by("-pk").first()
    return due or now


@kept
def _contradiction(title: str, found: Mapping[str, Any], source: str) -> str:
    """What the reminder says, kept for good and therefore in Chinese."""
    told = {
        "title": title,
        "expected": f"{found['expected']:.3g}",
        "observed": found["observed"],
        "p": f"{found['p_value']:.2g}",
        "source": source,
    }
    return _("%(title)s的情景预示约%(expected)s起，实际报告%(observed)s起（p值%(p)s），数据来自%(source)s") % told


def _confronted(row: Assessment, scenario: str, observed: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """The library's test of one scenario of the newest report, and the scenario's name."""
    report = reporting.latest_report(row)
    document = dict(report.document) if report else {}
    stated = list(document.get("scenarios", ()))
    place = (
        next((n for n, one in enumerate(report.result.get("scenarios", ())) if one["id"] == scenario), None)
        if report
        else None
    )
    refuse_unless(
        place is not None, _("报告中没有这个情景"), remedy=_("重新选择情景"), code="unknown_scenario", status=422
    )
    assert place is not None
    stated[place] = {**stated[place], "observed": dict(observed)}
    try:
        result = reporting.assessed({**document, "scenarios": stated})
    except MethodError as error:
        why = scoring.faults(error)
        raise Refusal(why[0]["why"], remedy=_("改正后再核对"), code="observed_faulty", status=422,
                      fields={f["place"].rsplit(".", 1)[-1]: f["why"] for f in why}) from None  # fmt: skip
    title = result.data["scenarios"][place]["title"]
    return result.data["scenarios"][place]["observed"], title.get("zh") or title.get("en") or scenario


def _harms_people(row: Assessment, scenario: str) -> bool:
    report = reporting.latest_report(row)
    return any(
        one["id"] == scenario and one["interest"] == "health" for one in (report.result["scenarios"] if report else ())
    )


def told(row: Assessment) -> list[str]:
    """The checks so far, newest first, in words."""
    verdicts = {"more": _("显著多于预示"), "fewer": _("显著少于预示"), "": _("不矛盾")}
    return [
        labelled(one.scenario_words, _("预示%(expected)s起，报告%(observed)s起，%(verdict)s") % {
            "expected": f"{one.result['expected']:.3g}", "observed": one.result["observed"], "verdict": verdicts[one.result["contradicts"]]})
        for one in row.checks.order_by("-pk")[:20]
    ]  # fmt: skip
