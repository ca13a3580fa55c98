"""Judging, proposing, deciding; deciding in an emergency and reviewing it by its day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

import decree188
from decree188.calendar import shanghai_date
from decree188.disposal import emergency
from riskwatch.assessment.queries import accepted
from riskwatch.case import deadlines
from riskwatch.case.lifecycle import advance, lock, posts_of
from riskwatch.case.models import Folder, Sheet
from riskwatch.case.sheets import Plan, begin, put
from riskwatch.case.standing import binding_on
from riskwatch.decision.models import Decision, EmergencyReview
from riskwatch.documents import actions as documents
from riskwatch.journal.queries import happened
from riskwatch.look.words import kept, listed
from riskwatch.parties.models import Person
from riskwatch.refusals import Refusal, refuse_unless


@transaction.atomic
def judge(folder: Folder, *, by: Person, at: datetime, deliberation: str, options: str) -> Sheet:
    """Begin judging the accepted reports of a case."""
    reports = accepted(folder)
    refuse_unless(reports, _("本案没有已接受的评估报告，不能研判"), remedy=_("先完成评估"),
                  rule=decree188.by_name("judge_then_decide"), code="no_report")  # fmt: skip
    plan = Plan(
        kind="decision", title=folder.title, owner=folder.owner, folder=folder, causes=tuple(reports),
        number=documents.record_number("RD", office=folder.owner.code, at=at),
        due_on=deadlines.due_on("decision", shanghai_date(at)),
    )  # fmt: skip
    sheet = begin(plan, "judge", by=by, at=at, content={"deliberation": deliberation, "options": options})
    Decision.objects.create(sheet=sheet, deliberation=deliberation, options=options)
    return sheet


@transaction.atomic
def propose(
    sheet: Sheet, *, by: Person, at: datetime, deliberation: str, options: str, conclusion: str, measures: str, grounds: str,
    conflict_checked: bool,
) -> Sheet:  # fmt: skip
    """Lay a conclusion with its grounds before the decider."""
    lock(sheet)
    refuse_unless(
        conflict_checked,
        _("须先核对承办人员与本案有无利害关系"),
        remedy=_("核对后勾选"),
        code="conflict_unchecked",
        status=422,
    )
    refuse_unless(conclusion != "measures" or measures.strip(), _("采取措施的，须写明拟采取的措施"), remedy=_("写明拟采取的措施，或改为不采取措施"), code="measures_missing",
                  status=422)  # fmt: skip
    Decision.objects.filter(pk=sheet.pk).update(
        deliberation=deliberation, options=options, conclusion=conclusion, measures=measures, grounds=grounds,
        conflict_checked=True,
    )  # fmt: skip
    return advance(
        sheet, "propose", by=by, at=at, content={"conclusion": conclusion, "grounds": grounds, "measures": measures}
    )


@transaction.atomic
def send_back(sheet: Sheet, *, by: Person, at: datetime, reason: str) -> Sheet:
    """Return a proposal for more thought."""
    Decision.objects.filter(pk=sheet.pk).update(returned_because=reason)
    return advance(sheet, "return", by=by, at=at, content={"reason": reason})


@transaction.atomic
def decide(sheet: Sheet, *, by: Person, at: datetime, remark: str = "") -> Sheet:
    """Decide as proposed; the decision is printed and numbered."""
    lock(sheet)
    assert sheet.folder is not None
    refuse_unless(accepted(sheet.folder), _("评估报告已被替代或撤回"), remedy=_("退回研判，按新报告重新提请"),
                  rule=decree188.by_name("judge_then_decide"), code="no_report")  # fmt: skip
    row = Decision.objects.select_related("sheet__owner").get(pk=sheet.pk)
    _print(row, by=by, at=at)
    return advance(sheet, "decide", by=by, at=at, content={"conclusion": row.conclusion, "remark": remark})


@kept
def paper_of(row: Decision, *, by: Person) -> dict[str, Any]:
    """A decision as printed."""
    sections = [["一、研判意见", row.deliberation], ["二、考虑过的方案", row.options],
                ["三、结论", row.get_conclusion_display()], ["四、措施", row.measures], ["五、理由和依据", row.grounds]]  # fmt: skip
    if row.emergency:
        sections += [
            ["六、紧急理由", row.urgent_reason],
            ["七、尚不确定的事项", row.unknowns],
            ["八、参照的国际做法", row.practice],
        ]
    return {"organ": row.sheet.owner.full_name_zh or str(row.sheet.owner), "signer": str(by),
            "sections": [s for s in sections if s[1]]}  # fmt: skip


def _print(row: Decision, *, by: Person, at: datetime) -> None:
    content = paper_of(row, by=by)
    documents.make_paper("decision", content, number=row.sheet.number, sheet=row.pk, version=1, by=by, at=at)


@transaction.atomic
def decide_emergency(
    folder: Folder, *, by: Person, at: datetime, urgent_reason: str, unknowns: str, practice: str, review_on: date | None,
    measures: str, grounds: str,
) -> Sheet:  # fmt: skip
    """Headquarters decides on uncertain risk before assessment; a review day is compulsory."""
    me = posts_of(by, at)
    is_headquarters = any(p.level == "headquarters" and p.role == "decider" for p in me.posts)
    missing = emergency(is_headquarters=is_headquarters, urgent_reason=urgent_reason, unknowns=unknowns, practice=practice,
                        review_on=review_on)  # fmt: skip
    if missing:
        words = {"headquarters": _("由海关总署作出"), "urgent_reason": _("紧急理由"), "unknowns": _("不确定事项"),
                 "practice": _("国际做法"), "review_on": _("复核日期")}  # fmt: skip
        raise Refusal(_("紧急决定缺少：%(what)s") % {"what": listed(words[m] for m in missing)}, remedy=_("补全后再提交"), code="emergency_incomplete",
                      rule=decree188.by_name("emergency"), status=403 if "headquarters" in missing else 422)  # fmt: skip
    today = shanghai_date(at)
    latest = deadlines.due_on("provisional_review", today)
    assert review_on is not None
    refuse_unless(today < review_on <= latest, _("复核日期应在明天至%(day)s之间") % {"day": latest}, remedy=_("改为这段时间内的日期"),
                  rule=decree188.by_name("emergency"), code="review_day", status=422)  # fmt: skip
    causes = tuple(Sheet.objects.filter(enclosures__folder=folder, enclosures__taken_out_at=None))
    from riskwatch.parties.queries import headquarters

    plan = Plan(kind="decision", title=folder.title, owner=headquarters(), folder=folder, causes=causes,
                number=documents.record_number("RD", office="0000", at=at))  # fmt: skip
    sheet = begin(
        plan, "decide_emergency", by=by, at=at, content={"urgent_reason": urgent_reason, "review_on": review_on}
    )
    row = Decision.objects.create(
        sheet=sheet, conclusion="measures", measures=measures, grounds=grounds, emergency=True, urgent_reason=urgent_reason,
        unknowns=unknowns, practice=practice,
    )  # fmt: skip
    _open_review(sheet, review_on, by=by, at=at)
    _print(row, by=by, at=at)
    return sheet


def _open_review(decision: Sheet, review_on: date, *, by: Person, at: datetime) -> None:
    count = Sheet.objects.filter(kind="emergency_review", causes=decision).count()
    plan = Plan(kind="emergency_review", title=decision.title, owner=decision.owner, folder=decision.folder, due_on=review_on,
                causes=(decision,), number=f"{decision.number}-F{count + 1}")  # fmt: skip
    EmergencyReview.objects.create(sheet=put(plan, stage="open", by=by, at=at))


@transaction.atomic
def review(
    sheet: Sheet, outcome: str, *, by: Person, at: datetime, findings: str, next_review_on: date | None = None
) -> Sheet:
    """Review an emergency decision: confirm until a next day, adjust until a next day, or lift."""
    lock(sheet)
    EmergencyReview.objects.filter(pk=sheet.pk).update(findings=findings)
    decision = Sheet.objects.get(effects=sheet, kind="decision")
    today = shanghai_date(at)
    if outcome == "lift":
        binding = Sheet.objects.filter(binding_on(today), causes=decision)
        refuse_unless(
            not binding.exists(),
            _("先解除依据本决定采取的措施"),
            remedy=_("在各措施上办理解除"),
            rule=decree188.by_name("emergency"),
            code="measures_in_force",
        )
    if outcome == "adjust":
        _refuse_unadjusted(decision, since=sheet.made_at)
    advance(sheet, outcome, by=by, at=at, content={"findings": findings, "next": next_review_on})
    if outcome != "lift":
        _open_review(decision, _next_day(next_review_on, today), by=by, at=at)
    return sheet


def _next_day(day: date | None, today: date) -> date:
    latest = deadlines.due_on("provisional_review", today)
    if day is None or not today < day <= latest:
        raise Refusal(_("紧急措施继续的，须定下次复核日期（明天至%(day)s）") % {"day": latest}, remedy=_("填写下次复核日期"), code="review_day", status=422,
                      rule=decree188.by_name("emergency"), fields={"next_review_on": _("日期不合要求")})  # fmt: skip
    return day


def _refuse_unadjusted(decision: Sheet, *, since: datetime) -> None:
    """“Adjusted” stands for a new version of a measure under the decision, made since this review was opened."""
    measures = list(Sheet.objects.filter(causes=decision).values_list("kind", "pk"))
    acts = {f"{kind}.{step}" for kind, _pk in measures for step in ("adjust", "extend")}
    refuse_unless(happened(acts, sheets=[pk for _kind, pk in measures], since=since),
                  _("本次复核以来，依据本决定的措施没有变更，不能记为“调整”"),
                  remedy=_("先在措施上办理“调整”或“延期”；不需要变更的，选“确认继续”"),
                  rule=decree188.by_name("emergency"), code="nothing_adjusted")  # fmt: skip


@transaction.atomic
def void(sheet: Sheet, *, by: Person, at: datetime, reason: str) -> Sheet:
    """End a judgement without a decision."""
    return advance(sheet, "void", by=by, at=at, content={"reason": reason})
