"""An expert panel at work: private rounds, anonymous feedback, pools side by side, what is adopted and what dissents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

import decree188
from riskmethods import MethodError
from riskmethods.panels import elicitation
from riskwatch.assessment import reporting, scoring
from riskwatch.assessment.models import Assessment, Draft, PanelAnswer, PanelRound
from riskwatch.case import journalling
from riskwatch.case.lifecycle import lock, posts_of
from riskwatch.case.models import Sheet
from riskwatch.look.words import labelled
from riskwatch.parties import queries as parties
from riskwatch.parties.models import Person
from riskwatch.refusals import Refusal, refuse_unless

MEMBERS = ("panel_chair", "panellist")
MOST_ROUNDS, MOST_QUESTIONS = 3, 40
FIELDS = ("lowest", "best", "highest", "confidence", "reason", "dissent")


def is_panel(row: Assessment) -> bool:
    """Whether the assessment was entrusted to an expert panel."""
    return row.assessor.kind == "panel"


def members(row: Assessment, at: datetime) -> list[Person]:
    """The panel's chair and experts on a day, each once."""
    today = posts_of(row.sheet.made_by, at).today
    found = {p.pk: p for role in MEMBERS for p in parties.holders(row.assessor.pk, role, today)}
    return [found[k] for k in sorted(found)]


def holds(row: Assessment, role: Sequence[str], *, by: Person, at: datetime) -> bool:
    """Whether a person holds one of some roles in this panel."""
    return any(p.organisation == row.assessor.pk and p.role in role for p in posts_of(by, at).posts)


def open_round(sheet: Sheet, *, asked: Sequence[Mapping[str, Any]], by: Person, at: datetime) -> PanelRound:
    """The chair asks a private round: probabilities of steps, severities of scenarios, seed questions with a known truth."""
    with transaction.atomic():
        row = _working(sheet, MEMBERS[:1], by=by, at=at)
        rounds = row.rounds.count()
        refuse_unless(
            not row.rounds.filter(closed_at=None).exists(),
            _("上一轮尚未结束"),
            remedy=_("先结束上一轮"),
            code="round_open",
        )
        refuse_unless(
            rounds < MOST_ROUNDS,
            _("最多进行%(n)s轮") % {"n": MOST_ROUNDS},
            remedy=_("采用合并意见并记录不同意见"),
            code="too_many_rounds",
        )
        refuse_unless(asked and len(asked) <= MOST_QUESTIONS, _("请选择要征求意见的问题（至多%(n)s个）") % {"n": MOST_QUESTIONS},
                      remedy=_("勾选步骤或严重程度"), code="nothing_asked", status=422)  # fmt: skip
        made = PanelRound.objects.create(
            assessment=row, number=rounds + 1, questions=[dict(q) for q in asked], opened_by=by, opened_at=at
        )
        _record(row, "open_round", by=by, at=at, content={"round": made.number, "questions": made.questions})
    return made


def answer(sheet: Sheet, *, given: Mapping[str, Mapping[str, Any]], by: Person, at: datetime) -> int:
    """A member's private answers to the open round; how many were kept. An answer given again replaces the earlier one."""
    with transaction.atomic():
        row = _working(sheet, MEMBERS, by=by, at=at)
        reporting.refuse_silent(sheet, by=by, at=at)
        asked = _open(row)
        known = {q["key"]: q for q in asked.questions}
        refuse_unless(
            set(given) <= set(known), _("没有这个问题"), remedy=_("重新选择问题"), code="unknown_question", status=422
        )
        for key, said in given.items():
            kept = checked(known[key], said)
            PanelAnswer.objects.update_or_create(
                round=asked, question=key, person=by, defaults={"answer": kept, "at": at}
            )
        # What was answered stays private until the round is closed: the journal's digest proves it, nobody reads it there.
        _record(row, "answer_round", by=by, at=at, content={"round": asked.number, "answered": sorted(given)})
    return len(given)


def checked(question: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, str]:
    """An answer as it is kept, or a refusal naming the field."""
    kept = {name: str(said.get(name, "")).strip()[:2000] for name in FIELDS}
    if question["kind"] == "severity":
        refuse_unless(
            str(said.get("severity", "")) in ("1", "2", "3", "4"),
            _("严重程度为1到4"),
            remedy=_("选1、2、3或4"),
            code="severity",
            status=422,
        )
        return {"severity": str(said["severity"]), "reason": kept["reason"], "dissent": kept["dissent"]}
    try:
        elicitation.from_json({"question": question["words"] or "?", "number": 1, "answers": [{"expert": "x", **kept}]})
    except MethodError as error:
        found = scoring.faults(error)[0]
        raise Refusal(labelled(question["words"], found["why"]), remedy=_("按“最低、最可能、最高、把握”改正"), code="answer", status=422,
                      fields={question["key"]: found["why"]}) from None  # fmt: skip
    return kept


def close_round(sheet: Sheet, *, by: Person, at: datetime, reason: str = "") -> PanelRound:
    """The chair closes the round; with members still silent, a reason is needed. From now on answers are fed back unnamed."""
    with transaction.atomic():
        row = _working(sheet, MEMBERS[:1], by=by, at=at)
        asked = _open(row)
        silent = [m for m in members(row, at) if m.pk not in answered(asked)]
        refuse_unless(
            len(answered(asked)) >= 2,
            _("至少要有两位专家作答"),
            remedy=_("请专家作答后再结束"),
            code="too_few",
            rule=decree188.by_name("who_may_assess"),
        )
        refuse_unless(
            not silent or reason.strip(),
            _("还有%(n)s位专家没有作答") % {"n": len(silent)},
            remedy=_("等待作答，或写明提前结束的理由"),
            code="silent",
        )
        PanelRound.objects.filter(pk=asked.pk).update(
            closed_by=by, closed_at=at, closed_early=reason.strip() if silent else ""
        )
        content = {"round": asked.number, "silent": len(silent), "reason": reason,
                   "answers": list(asked.answers.order_by("pk").values("question", "person", "answer"))}  # fmt: skip
        _record(row, "close_round", by=by, at=at, content=content)
    asked.refresh_from_db()
    return asked


def adopt(
    sheet: Sheet, *, question: str, value: str, words: str, by: Person, at: datetime, record: Mapping[str, Any]
) -> Draft:
    """The chair takes a pooled value into the document; what every pool said, and who dissents, stays beside it."""
    with transaction.atomic():
        row = _working(sheet, MEMBERS[:1], by=by, at=at)
        last = row.rounds.exclude(closed_at=None).order_by("-number").first()
        refuse_unless(last is not None, _("还没有结束的轮次"), remedy=_("先结束一轮"), code="no_round")
        assert last is not None
        asked = next((q for q in last.questions if q["key"] == question), None)
        refuse_unless(
            asked is not None and asked["kind"] != "seed",
            _("没有这个问题"),
            remedy=_("重新选择问题"),
            code="unknown_question",
            status=422,
        )
        assert asked is not None
        document = reporting.starting_document(row)
        _put(document, asked, value, words)
        panel = dict(document.get("panel") or {})
        panel[f"{asked.get('scenario')}/{asked.get('step') or 'severity'}"] = {
            "round": last.number,
            "adopted": words,
            "value": value,
            **record,
        }
        draft = reporting.save_draft(sheet, document=document | {"panel": panel}, by=by, at=at)
        _record(row, "adopt_pool", by=by, at=at, content={"question": question, "value": value, "pool": words})
    return draft


def _put(document: dict[str, Any], asked: Mapping[str, Any], value: str, words: str) -> None:
    """Write a value where the question came from, graded as the panel's judgement."""
    scenario = next(
        (s for n, s in enumerate(document.get("scenarios", []), 1) if (s.get("id") or f"S{n}") == asked["scenario"]),
        None,
    )
    origin = {"evidence": "D", "source": _("专家小组合并意见（%(pool)s）") % {"pool": words}}
    if scenario is None:
        raise Refusal(_("该情景已不在文件中"), remedy=_("重新选择问题"), code="gone")
    if asked["kind"] == "severity":
        scenario["severity"] = {"level": int(value), **origin}
        return
    step = next((s for n, s in enumerate(scenario["steps"], 1) if (s.get("id") or str(n)) == asked["step"]), None)
    if step is None:
        raise Refusal(_("该步骤已不在文件中"), remedy=_("重新选择问题"), code="gone")
    step.update({"quantity": {"p": value}, **origin})


def own_questions(asked: PanelRound, person: Person) -> list[dict[str, Any]]:
    """The questions of a round with a person's own answers; a seed's truth is not among them."""
    given = dict(asked.answers.filter(person=person).values_list("question", "answer"))
    return [
        {"key": q["key"], "kind": q["kind"], "words": q["words"], "answer": given.get(q["key"], {})}
        for q in asked.questions
    ]


def askable(document: Mapping[str, Any]) -> list[dict[str, str]]:
    """What the chair may ask about a document: each step's probability, each scenario's severity."""
    found = []
    for n, s in enumerate(document.get("scenarios", []), 1):
        mark, title = s.get("id") or f"S{n}", _said(s.get("title")) or _("情景%(n)s") % {"n": n}
        for m, step in enumerate(s.get("steps", []), 1):
            found.append({"key": f"p-{n}-{m}", "kind": "probability", "scenario": mark, "step": step.get("id") or str(m),
                          "words": labelled(f"{title} · {_('第%(n)s步') % {'n': m}}", _said(step.get("text")))})  # fmt: skip
        found.append(
            {"key": f"s-{n}", "kind": "severity", "scenario": mark, "step": "", "words": f"{title} · {_('严重程度')}"}
        )
    return found


def _said(text: Any) -> str:
    return str(text.get("zh") or text.get("en") or "") if isinstance(text, dict) else str(text or "")


def _working(sheet: Sheet, roles: Sequence[str], *, by: Person, at: datetime) -> Assessment:
    """The assessment, locked, while it is being written, for a member with the role."""
    locked = lock(sheet)
    row = Assessment.objects.select_related("assessor", "sheet").get(pk=sheet.pk)
    refuse_unless(is_panel(row), _("本次评估没有委托专家小组"), remedy=_("由受托机构直接填写评估文件"), code="no_panel")
    if not holds(row, roles, by=by, at=at):
        raise Refusal(_("只有%(who)s可以办理") % {"who": _("专家组长") if len(roles) == 1 else _("小组成员")},
                      remedy=_("请专家组长办理") if len(roles) == 1 else _("请小组成员办理"), code="no_post", status=403, rule=decree188.by_name("who_may_assess"))  # fmt: skip
    refuse_unless(
        locked.stage == "working", _("报告现在不能修改"), remedy=_("报告提交后如需修改，请海关退回"), code="not_working"
    )
    return row


def _open(row: Assessment) -> PanelRound:
    found = row.rounds.select_for_update().filter(closed_at=None).first()
    refuse_unless(found is not None, _("现在没有征求意见的轮次"), remedy=_("请专家组长开始一轮"), code="no_round")
    assert found is not None
    return found


def answered(asked: PanelRound) -> set[int]:
    """Who has answered something in a round."""
    return set(asked.answers.values_list("person", flat=True))


def _record(row: Assessment, act: str, *, by: Person, at: datetime, content: Mapping[str, Any]) -> None:
    journalling.record(row.sheet, f"assessment.{act}", by=by, at=at, rule="who_may_assess", content=content)
