"""Writing an assessment: drafts kept as they were saved, the report in seven parts, what changed since the last one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

import decree188
from decree188.assessment import in_set_time
from decree188.calendar import shanghai_date
from riskmethods import MethodError, Result, assess, compare
from riskmethods.limits import fingerprint, load
from riskwatch.assessment import fitness, policies, scoring
from riskwatch.assessment.models import Assessment, ConflictStatement, Draft, Report
from riskwatch.case import journalling
from riskwatch.case.lifecycle import advance, lock, no_post, post_for, posts_of, refuse_same_hand, step
from riskwatch.case.models import Sheet
from riskwatch.look.templatetags.look import shanghai
from riskwatch.look.words import kept
from riskwatch.parties.models import Person
from riskwatch.refusals import Refusal, refuse_unless

MOST_DRAFTS = 500
DATED = ("date", "policy")  # of the day on which a document is assessed, never of the one it was taken from


def latest_report(assessment: Assessment) -> Report | None:
    """The newest version of an assessment's report."""
    return assessment.reports.order_by("-version").first()


def is_author(row: Assessment, person: Person, *, at: datetime) -> bool:
    """Whether a person belongs to who was entrusted: drafts are theirs alone until a report is submitted."""
    return any(p.organisation == row.assessor_id for p in posts_of(person, at).posts)


def starting_document(row: Assessment, *, drafts: bool = True) -> dict[str, Any]:
    """What the workbench opens with: the last draft, else the last report, else the one that is reassessed, else a new one."""
    draft = row.drafts.order_by("-number").first() if drafts else None
    if draft:
        return dict(draft.document)
    report = latest_report(row) or (latest_report(row.previous) if row.previous else None)
    if report and report.document:
        return {k: v for k, v in report.document.items() if k not in DATED}
    return {
        "method": "eu-2024-3173",
        "category": "health_safety",
        "product": {"name": row.sheet.title[:200]},
        "scenarios": [],
        "report": {},
    }


@transaction.atomic
def save_draft(
    sheet: Sheet, *, document: Mapping[str, Any], by: Person, at: datetime, after: int | None = None
) -> Draft:
    """Keep a document as it stands; a document that did not change is not kept twice. It may still be faulty.

    With ``after`` (the number of the draft that the writer began from, 0 for none) a draft that somebody else kept
    meanwhile is not silently passed over.

    Raises
    ------
    Refusal
        The person may not write this report now, somebody else kept a later draft, or the document exceeds a bound.
    """
    locked = lock(sheet)
    _refuse_writer(locked, by=by, at=at)
    try:
        kept = load(document)
    except MethodError as error:
        raise Refusal(
            scoring.faults(error)[0]["why"], remedy=_("缩短后再保存"), code="assessment_faulty", status=422
        ) from None
    row = Assessment.objects.get(pk=sheet.pk)
    last = row.drafts.order_by("-number").first()
    if last and last.document == kept:
        return last
    _refuse_passed_over(last, after, by)
    number = last.number + 1 if last else 1
    refuse_unless(
        number <= MOST_DRAFTS,
        _("草稿版本已达%(n)s个") % {"n": MOST_DRAFTS},
        remedy=_("请提交报告"),
        code="too_many_drafts",
    )
    made = Draft.objects.create(assessment=row, number=number, document=kept, saved_by=by, saved_at=at)
    content = {"number": number, "sha256": fingerprint(kept)}
    journalling.record(locked, "assessment.save_draft", by=by, at=at, rule="assessors_true_reports", content=content)
    return made


def draft_number(row: Assessment) -> int:
    """The number of the newest draft; 0 when there is none."""
    last = row.drafts.order_by("-number").first()
    return last.number if last else 0


def _refuse_passed_over(last: Draft | None, after: int | None, by: Person) -> None:
    if last is None or after is None or last.number <= after or last.saved_by_id == by.pk:
        return
    raise Refusal(
        _("%(who)s已于%(when)s保存了草稿%(n)s，您的文件不是从它改起的")
        % {"who": last.saved_by, "when": shanghai(last.saved_at), "n": last.number},
        remedy=_("在“版本”中对比两稿，合并后再保存"),
        code="moved",
    )


def _refuse_writer(sheet: Sheet, *, by: Person, at: datetime) -> None:
    """Only who may submit the report may save it, and only while it is being written."""
    row = step("assessment", "submit")
    refuse_unless(
        sheet.stage in row.leaves, _("报告现在不能修改"), remedy=_("报告提交后如需修改，请海关退回"), code="not_working"
    )
    me = posts_of(by, at)
    post = post_for(sheet, row, me)
    if post is None:
        raise no_post(sheet, row)
    refuse_same_hand(sheet, row, by, post.holder, me.today)


def may_write(sheet: Sheet, *, by: Person, at: datetime) -> bool:
    """Whether a person may write the report now, for the page."""
    try:
        _refuse_writer(sheet, by=by, at=at)
    except Refusal:
        return False
    return True


@transaction.atomic
def submit(sheet: Sheet, *, document: Mapping[str, Any], by: Person, at: datetime) -> Sheet:
    """Submit a written report: seven parts, interests harmed, likelihood and degree; its level is the method's.

    Everything follows from the document by the method library, never from what was typed as a level. Numbers without an
    author are this person's. A later submission is a new version.
    """
    refuse_silent(sheet, by=by, at=at)
    dated = signed(document, by, at)
    result = scoring.refuse_unfit(dated, policies.pinned(dated))
    row = Assessment.objects.select_related("previous").get(pk=sheet.pk)
    version = row.reports.count() + 1
    data = result.data
    likelihood, degree = scoring.likelihood(data)
    written = result.document.as_json()
    made = Report.objects.create(
        assessment=row, version=version, method=f"{data['method']['zh']}", method_id=data["method"]["id"], basis=data["basis"],
        category=scoring.category(data), level=result.level, degree=degree, likelihood=likelihood,
        interests=scoring.harmed(data), document=written, result=data, inputs_sha256=data["inputs_sha256"],
        difference=_difference(row, written), submitted_by=by, submitted_at=at,
        in_time=in_set_time(sheet.due_on, shanghai_date(at)) if sheet.due_on else True,
        **{part: data["report"][part] for part in scoring.WRITTEN},
    )  # fmt: skip
    content = {"version": version, "level": made.level, "inputs_sha256": made.inputs_sha256, "document": written}
    return advance(sheet, "submit", by=by, at=at, content=content)


def signed(document: Mapping[str, Any], by: Person, at: datetime) -> dict[str, Any]:
    """The document as assessed on this day: its date, the policy in force, this person as author of numbers that name none."""
    today = shanghai_date(at)
    return {**document, "author": document.get("author") or str(by), "date": today.isoformat(),
            "policy": policies.policy_on(today).sha256}  # fmt: skip


def assessed(document: Mapping[str, Any]) -> Result:
    """A dated document assessed under the policy that it pins.

    Raises
    ------
    MethodError
        The document cannot be assessed.
    """
    return assess(document, policy=policies.pinned(document))


def refuse_silent(sheet: Sheet, *, by: Person, at: datetime) -> None:
    """Refuse a report from somebody who has not put their conflict statement on record, or from an assessor who is no longer fit."""
    fitness.refuse_no_longer_fit(sheet, at=at)
    fitness.refuse_silent_members(sheet)
    stated = ConflictStatement.objects.filter(assessment=sheet.pk, person=by, has_interest=False).exists()
    refuse_unless(stated, _("您尚未作利害关系声明"), remedy=_("先声明，再提交报告"), rule=decree188.by_name("who_may_assess"),
                  code="statement_missing")  # fmt: skip


def _difference(row: Assessment, document: Mapping[str, Any]) -> str:
    """What changed since this assessment's last version, or since the one that it reassesses."""
    before = latest_report(row) or (latest_report(row.previous) if row.previous else None)
    if before is None or not before.document:
        return ""
    return compare(assessed(before.document), assessed(document)).text("zh")


@kept
def paper_content(row: Assessment, report: Report) -> dict[str, Any]:
    """A submitted report as printed."""
    if not report.result:  # made before documents were kept
        parts = [
            [f"{n}. {term.zh} {term.en}", str(getattr(report, code))] for n, (code, term) in enumerate(_parts(), 1)
        ]
        return _printed(row, parts, signer=str(report.submitted_by), note=report.difference)
    sections = _sections(report.result, "zh")
    return _printed(row, sections, signer=str(report.submitted_by), note=report.difference)


def preview(
    row: Assessment, document: Mapping[str, Any], *, by: Person, at: datetime, lang: str, submitted: bool = False
) -> dict[str, Any]:
    """A document as it would be printed; parts that are still empty show a dash.

    Raises
    ------
    MethodError
        The document cannot be assessed yet.
    """
    result = assessed(document if submitted else signed(document, by, at))
    words = {"zh": ("草稿，尚未提交", "已提交的版本"), "en": ("draft, not submitted", "a submitted version")}
    note = words[lang][submitted]
    return _printed(
        row, _sections(result.data, lang, cloud=result.spread.cloud if result.spread else []), signer=str(by), note=note
    )


def _printed(row: Assessment, sections: list[list[Any]], *, signer: str, note: str) -> dict[str, Any]:
    return {
        "organ": str(row.assessor),
        "addressees": [str(row.sheet.owner)],
        "sections": sections,
        "signer": signer,
        "note": note,
    }


def _parts() -> Any:
    return decree188.by_name("report_contents").items()  # type: ignore[union-attr]


_BEYOND = {
    "zh": ("可能性与程度", "伤害情景与各数值依据", "风险矩阵", "各等级的概率", "概率变动多少倍等级才变", "每一步单独变动", "计算全文与输入指纹"),
    "en": ("Likelihood and degree", "Scenarios and what each number rests on", "Risk grid", "Probability of each level",
           "By what factor the level changes", "Each step moved alone", "The whole calculation"),
}  # fmt: skip


def _sections(data: Mapping[str, Any], lang: str, *, cloud: list[dict[str, Any]] | None = None) -> list[list[Any]]:
    """The seven statutory parts, then likelihood and degree, numbers with their grounds, charts, the calculation."""
    said = scoring.seven_parts(data, lang)
    sections: list[list[Any]] = [
        [f"{n}. {term.words(lang)}", said[code] or "—"] for n, (code, term) in enumerate(_parts(), 1)
    ]
    likely, degree = scoring.likelihood(data, lang)
    count = len(sections)
    word = "严重程度" if lang == "zh" else "severity"
    beyond: list[tuple[str, Any]] = [(_BEYOND[lang][0], f"{likely}; {word} {degree}" if degree else likely)]
    if data["scenarios"]:
        drawn = scoring.drawn(data, cloud=cloud, lang=lang)
        beyond += [(_BEYOND[lang][1], scoring.grounds(data, lang)), (_BEYOND[lang][2], {"svg": drawn["grid"]}),
                   (_BEYOND[lang][3], {"svg": drawn["shares"]}), (_BEYOND[lang][4], {"svg": drawn["flips"]}), (_BEYOND[lang][5], {"svg": drawn["tornado"]})]  # fmt: skip
    for annex in data.get("annexes", ()):
        title = annex["title"].get(lang) or next(iter(annex["title"].values()), "")
        name = f"{annex['id']} {annex['method'][lang]}"
        beyond.append((f"{name} · {title}" if title else name, scoring.annex_table(annex, lang)))
    beyond.append((_BEYOND[lang][6], scoring.summary_of(data, lang)))
    return [*sections, *([f"{n}. {head}", body] for n, (head, body) in enumerate(beyond, count + 1))]
