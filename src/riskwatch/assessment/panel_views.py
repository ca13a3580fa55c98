"""The panel's pages: the chair asks and closes rounds, members answer in private, everybody reads what was fed back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from riskwatch.assessment import panels, reporting, rounds, scoring
from riskwatch.assessment.models import Assessment, PanelRound
from riskwatch.assessment.views import assessment_seen
from riskwatch.look.words import labelled
from riskwatch.parties.views import SignedIn
from riskwatch.refusals import Refusal

MOST_SEEDS = 20
SEED_LINES = 12


def pool_words() -> dict[str, str]:
    """The pools in the reader's language."""
    return {
        "linear": _("线性合并"),
        "logarithmic": _("对数合并"),
        "median": _("中位数"),
        "idea": _("IDEA平均"),
        "cooke": _("按表现加权（Cooke）"),
    }


@login_required
@require_GET
def panel(request: SignedIn, pk: int, door: str) -> HttpResponse:
    """The panel's work on one assessment, as this person may see it: an open round shows nobody's answers but one's own."""
    return _shown(request, assessment_seen(request, pk), door)


def _shown(request: SignedIn, row: Assessment, door: str, *, refused: Refusal | None = None) -> HttpResponse:
    """The page; after a refusal with what was typed and why it was not taken."""
    if not panels.is_panel(row):
        raise Http404
    at = timezone.now()
    asked = row.rounds.filter(closed_at=None).first()
    member = panels.holds(row, panels.MEMBERS, by=request.user, at=at)
    chair = panels.holds(row, panels.MEMBERS[:1], by=request.user, at=at)
    lang = scoring.language()
    closed = [_closed(row, one, lang) for one in row.rounds.exclude(closed_at=None).order_by("-number")]
    people = panels.members(row, at)
    context = {
        "row": row, "sheet": row.sheet, "door": door, "asked": asked, "member": member and row.sheet.stage == "working",
        "chair": chair and row.sheet.stage == "working", "mine": _mine(asked, request) if asked and member else [],
        "answered": len(panels.answered(asked)) if asked else 0, "people": people, "closed": closed, "refused": refused,
        "askable": panels.askable(reporting.starting_document(row)) if chair and not asked else [], "pools": pool_words(),
        "seeds": _seeds(request), "ticked": request.POST.getlist("question") if refused else None, "early": request.POST.get("reason", ""),
    }  # fmt: skip
    return render(request, "assessment/panel.html", context, status=refused.status if refused else 200)


def _seeds(request: SignedIn) -> list[tuple[str, str]]:
    """The lines for seed questions: what was typed, and empty ones up to twelve."""
    typed = list(zip(request.POST.getlist("truth"), request.POST.getlist("seed"), strict=False))[:MOST_SEEDS]
    return typed + [("", "")] * max(0, SEED_LINES - len(typed))


def _mine(asked: PanelRound, request: SignedIn) -> list[dict[str, Any]]:
    """The questions with this person's own answers, or what was typed just now."""
    typed = _typed(asked, request)
    return [q | {"answer": typed.get(q["key"], q["answer"])} for q in panels.own_questions(asked, request.user)]


def _typed(asked: PanelRound, request: SignedIn) -> dict[str, dict[str, str]]:
    """The answers in a request, by question; a question without a number is left out."""
    found = {}
    for q in asked.questions:
        said = {name: request.POST.get(f"{q['key']}.{name}", "") for name in (*panels.FIELDS, "severity")}
        if any(said[n].strip() for n in ("lowest", "best", "highest", "severity")):
            found[q["key"]] = said
    return found


def _closed(row: Assessment, one: PanelRound, lang: str) -> dict[str, Any]:
    weighed, unweighed = rounds.decided(one)
    return {
        "round": one,
        "told": rounds.told(row, one, lang),
        "agreed": rounds.agreed(one),
        "weighed": weighed,
        "unweighed": unweighed,
    }


def _back(door: str, pk: int) -> HttpResponse:
    return redirect(f"{door}:assessment_panel", pk)


@login_required
@require_POST
def ask(request: SignedIn, pk: int, door: str) -> HttpResponse:
    """The chair opens a round."""
    row = assessment_seen(request, pk)
    offered = {q["key"]: q for q in panels.askable(reporting.starting_document(row))}
    asked: list[dict[str, Any]] = [offered[k] for k in request.POST.getlist("question") if k in offered]
    seeds = zip(request.POST.getlist("seed"), request.POST.getlist("truth"), strict=False)
    try:
        asked += [seed(n, words, truth) for n, (words, truth) in enumerate(seeds, 1) if words.strip()][:MOST_SEEDS]
        panels.open_round(row.sheet, asked=asked, by=request.user, at=timezone.now())
    except Refusal as refused:
        return _shown(request, row, door, refused=refused)
    messages.success(request, _("已开始征求意见；各位专家单独作答"))
    return _back(door, pk)


def seed(number: int, words: str, truth: str) -> dict[str, Any]:
    """A seed question whose truth is known, to weigh the experts by."""
    from riskmethods import MethodError, numbers

    try:
        value = numbers.parse(truth)
    except MethodError as error:
        why = scoring.faults(error)[0]["why"]
        raise Refusal(labelled(words, why), remedy=_("校准问题须写明已知的真实概率"), code="seed", status=422) from None
    return {
        "key": f"k-{number}",
        "kind": "seed",
        "words": words.strip()[:300],
        "truth": float(value),
        "scenario": "",
        "step": "",
    }


@login_required
@require_POST
def answer(request: SignedIn, pk: int, door: str) -> HttpResponse:
    """A member's own answers."""
    row = assessment_seen(request, pk)
    asked = row.rounds.filter(closed_at=None).first()
    given = _typed(asked, request) if asked else {}
    try:
        if not given:
            raise Refusal(_("没有填写任何答案"), remedy=_("至少回答一个问题"), code="nothing", status=422)
        kept = panels.answer(row.sheet, given=given, by=request.user, at=timezone.now())
    except Refusal as refused:
        return _shown(request, row, door, refused=refused)
    messages.success(request, _("已保存%(n)s项意见；本轮结束前可以修改，其他人看不到") % {"n": kept})
    return _back(door, pk)


@login_required
@require_POST
def close(request: SignedIn, pk: int, door: str) -> HttpResponse:
    """The chair closes the round."""
    row = assessment_seen(request, pk)
    try:
        panels.close_round(row.sheet, by=request.user, at=timezone.now(), reason=request.POST.get("reason", ""))
    except Refusal as refused:
        return _shown(request, row, door, refused=refused)
    messages.success(request, _("本轮已结束；下面不署名列出各位专家的意见"))
    return _back(door, pk)


@login_required
@require_POST
def adopt(request: SignedIn, pk: int, door: str) -> HttpResponse:
    """The chair takes a pool's value, or a severity, into the document."""
    row = assessment_seen(request, pk)
    chosen = chosen_pool(row, request.POST.get("question", ""), request.POST.get("pool", ""))
    panels.adopt(row.sheet, by=request.user, at=timezone.now(), **chosen)
    messages.success(
        request, _("已写入评估文件：%(value)s（%(pool)s）") % {"value": chosen["value"], "pool": chosen["words"]}
    )
    return _back(door, pk)


def chosen_pool(row: Assessment, question: str, pool: str) -> dict[str, Any]:
    """What is adopted of the last closed round: the question, the value of a pool or a severity, and the record of it."""
    last = row.rounds.exclude(closed_at=None).order_by("-number").first()
    found = next((t for t in rounds.told(row, last, "zh") if t["question"]["key"] == question), None) if last else None
    if found is None or not found["answers"]:
        raise Refusal(_("没有这个问题的意见"), remedy=_("先结束一轮"), code="unknown_question", status=422)
    if found["question"]["kind"] == "severity":
        if pool not in ("1", "2", "3", "4"):
            raise Refusal(_("严重程度为1到4"), remedy=_("选1、2、3或4"), code="severity", status=422)
        votes = {str(k): v for k, v in found["votes"].items()}
        return {
            "question": question,
            "value": pool,
            "words": _("严重程度投票"),
            "record": {"votes": votes, "highest": found["highest"]},
        }
    if pool not in found["pools"]:
        raise Refusal(_("没有这种合并方法"), remedy=_("在列出的合并方法中选择"), code="unknown_pool", status=422)
    record = {"pools": found["pools"], "dissent": found["dissent"], "answers": list(found["answers"])}
    return {"question": question, "value": found["pools"][pool], "words": pool_words()[pool], "record": record}


def urls(door: str) -> list[Any]:
    """The panel's addresses at a door."""
    from django.urls import path

    at_door = {"door": door}
    return [
        path("assessments/<int:pk>/panel/", panel, at_door, name="assessment_panel"),
        path("assessments/<int:pk>/panel/ask/", ask, at_door, name="assessment_panel_ask"),
        path("assessments/<int:pk>/panel/answer/", answer, at_door, name="assessment_panel_answer"),
        path("assessments/<int:pk>/panel/close/", close, at_door, name="assessment_panel_close"),
        path("assessments/<int:pk>/panel/adopt/", adopt, at_door, name="assessment_panel_adopt"),
    ]
