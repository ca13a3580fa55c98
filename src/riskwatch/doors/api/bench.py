"""The assessment workbench and the expert panel over the API: score, drafts, versions, previews, rounds."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from pydantic import Field

from riskmethods import MethodError, compare
from riskwatch.assessment import panels, policies, reporting, rounds, scoring
from riskwatch.assessment.models import Assessment
from riskwatch.assessment.panel_views import chosen_pool, seed
from riskwatch.assessment.views import LARGEST, assessment_of, comparable, version_of, versions_of
from riskwatch.case.views import _bytes
from riskwatch.documents import paper
from riskwatch.doors.api.acts import Strict
from riskwatch.doors.api.papers import bytes_of
from riskwatch.refusals import Refusal


class DocumentIn(Strict):
    """An assessment as a document; ``after`` is the number of the draft that the caller began from."""

    document: dict[str, Any]
    after: int | None = Field(None, ge=0, le=2**31 - 1)


class DraftOut(Schema):
    number: int
    saved_by: str
    saved_at: datetime


class VersionOut(Schema):
    """A draft (d3), a report (r1) or a report of the assessment before (p1)."""

    key: str
    words: str
    by: str
    at: datetime


class BenchOut(Schema):
    """What the workbench opens with; drafts are shown to who was entrusted alone."""

    document: dict[str, Any]
    editable: bool
    versions: list[VersionOut]


class ComparedOut(Schema):
    """Two versions in words."""

    changes: list[str]
    levels: list[str]


class SeedIn(Strict):
    words: Annotated[str, Field(min_length=1, max_length=300)]
    truth: Annotated[str, Field(min_length=1, max_length=40)]


class RoundIn(Strict):
    """Questions by key, as ``askable`` lists them, and seed questions with their known truth."""

    questions: list[str] = Field(default_factory=list, max_length=panels.MOST_QUESTIONS)
    seeds: list[SeedIn] = Field(default_factory=list, max_length=20)


class AnswerIn(Strict):
    lowest: str = ""
    best: str = ""
    highest: str = ""
    confidence: str = ""
    severity: str = ""
    reason: str = ""
    dissent: str = ""


class AnswersIn(Strict):
    answers: dict[str, AnswerIn]


class CloseIn(Strict):
    reason: Annotated[str, Field(max_length=2000)] = ""


class AdoptIn(Strict):
    question: str
    pool: str = Field(description="a pool's name, or a severity from 1 to 4")


class PanelOut(Schema):
    """The panel's work as the caller may see it: an open round shows nobody's answers but one's own."""

    open_round: int | None
    questions: list[dict[str, Any]]
    answered: int
    askable: list[dict[str, str]]
    closed: list[dict[str, Any]]


class Kept(Schema):
    kept: int


def _seen(request: Any, pk: int) -> Assessment:
    return assessment_of(request.auth, pk, at=timezone.now())


def _document(body: DocumentIn) -> dict[str, Any]:
    import json

    if len(json.dumps(body.document)) > LARGEST:
        raise Refusal(_("评估文件过大"), remedy=_("缩短文字或减少情景"), code="too_large", status=413)
    return body.document


def _bench(request: Any, pk: int) -> Any:
    row = _seen(request, pk)
    writes = reporting.may_write(row.sheet, by=request.auth, at=timezone.now())
    own = reporting.is_author(row, request.auth, at=timezone.now())
    report = reporting.latest_report(row)
    shown = [
        {"key": v["key"], "words": v["words"], "by": str(v["who"]), "at": v["at"]} for v in versions_of(row, drafts=own)
    ]
    return {"document": reporting.starting_document(row, drafts=own) if writes or not report else report.document, "editable": writes,
            "versions": shown}  # fmt: skip


def _score(request: Any, pk: int, body: DocumentIn) -> Any:
    _seen(request, pk)
    document = reporting.signed(_document(body), request.auth, timezone.now())
    return scoring.scored(document, policies.pinned(document))


def _save(request: Any, pk: int, body: DocumentIn) -> Any:
    row = _seen(request, pk)
    made = reporting.save_draft(
        row.sheet, document=_document(body), after=body.after, by=request.auth, at=timezone.now()
    )
    return {"number": made.number, "saved_by": str(made.saved_by), "saved_at": made.saved_at}


def _version(request: Any, pk: int, key: str) -> Any:
    row = _seen(request, pk)
    return version_of(row, key, drafts=reporting.is_author(row, request.auth, at=timezone.now()))


def _compared(request: Any, pk: int, before: str, after: str) -> Any:
    row = _seen(request, pk)
    lang = scoring.language()
    at = timezone.now()
    own = reporting.is_author(row, request.auth, at=at)
    try:
        pair = [comparable(row, key, by=request.auth, at=at, drafts=own) for key in (before, after)]
        told = compare(*(reporting.assessed(document) for document in pair))
    except MethodError as error:
        raise faulty(error) from None
    return {
        "changes": [c.words(lang) for c in told.inputs],
        "levels": [str(scoring.named(level)) for level in told.levels],
    }


def faulty(error: MethodError) -> Refusal:
    """What the method library refuses, as the house says it."""
    found = scoring.faults(error)
    return Refusal(found[0]["why"], remedy=_("按标出的位置改正"), code="assessment_faulty", status=422,
                   fields={f["place"]: f["why"] for f in found if f.get("place")})  # fmt: skip


def _preview(request: Any, pk: int, version: str = "", lang: Literal["zh", "en"] = "zh") -> Any:
    row = _seen(request, pk)
    own = reporting.is_author(row, request.auth, at=timezone.now())
    document = version_of(row, version, drafts=own) if version else reporting.starting_document(row, drafts=own)
    try:
        content = reporting.preview(
            row, document, by=request.auth, at=timezone.now(), lang=lang, submitted=version[:1] in ("r", "p")
        )
    except MethodError as error:
        raise faulty(error) from None
    body = paper.render("assessment", content | {"number": row.sheet.number, "version": 0}, at=timezone.now())
    return _bytes(body, "application/pdf", f"{row.sheet.number}.pdf", inline=False)


def _panel(request: Any, pk: int) -> Any:
    row, at = _seen(request, pk), timezone.now()
    if not panels.is_panel(row):
        raise Http404
    asked = row.rounds.filter(closed_at=None).first()
    member = panels.holds(row, panels.MEMBERS, by=request.auth, at=at)
    chair = panels.holds(row, panels.MEMBERS[:1], by=request.auth, at=at)
    lang = scoring.language()
    done = row.rounds.exclude(closed_at=None).order_by("-number")
    closed = [{"round": r.number, "told": [_told(t) for t in rounds.told(row, r, lang)]} for r in done]
    return {"open_round": asked.number if asked else None, "questions": panels.own_questions(asked, request.auth) if asked and member else [],
            "answered": len(panels.answered(asked)) if asked else 0,
            "askable": panels.askable(reporting.starting_document(row)) if chair and not asked else [], "closed": closed}  # fmt: skip


def _told(one: dict[str, Any]) -> dict[str, Any]:
    """What is fed back of a question: unnamed answers and pools; no drawing, and no seed's truth, which may be asked again."""
    question = {k: one["question"][k] for k in ("key", "kind", "words")}
    return {k: v for k, v in one.items() if k != "chart"} | {"question": question}


def _ask(request: Any, pk: int, body: RoundIn) -> Any:
    row = _seen(request, pk)
    offered = {q["key"]: q for q in panels.askable(reporting.starting_document(row))}
    strange = [k for k in body.questions if k not in offered]
    if strange:
        raise Refusal(
            _("没有这个问题"),
            remedy=_("重新选择问题"),
            code="unknown_question",
            status=422,
            fields={"questions": strange[0]},
        )
    asked: list[dict[str, Any]] = [offered[k] for k in body.questions]
    asked += [seed(n, s.words, s.truth) for n, s in enumerate(body.seeds, 1)]
    panels.open_round(row.sheet, asked=asked, by=request.auth, at=timezone.now())
    return _panel(request, pk)


def _answer(request: Any, pk: int, body: AnswersIn) -> Any:
    row = _seen(request, pk)
    given = {key: said.dict() for key, said in body.answers.items()}
    return {"kept": panels.answer(row.sheet, given=given, by=request.auth, at=timezone.now())}


def _close(request: Any, pk: int, body: CloseIn) -> Any:
    row = _seen(request, pk)
    panels.close_round(row.sheet, by=request.auth, at=timezone.now(), reason=body.reason)
    return _panel(request, pk)


def _adopt(request: Any, pk: int, body: AdoptIn) -> Any:
    row = _seen(request, pk)
    chosen = chosen_pool(row, body.question, body.pool)
    made = panels.adopt(row.sheet, by=request.auth, at=timezone.now(), **chosen)
    return {"number": made.number, "saved_by": str(made.saved_by), "saved_at": made.saved_at}


def lay(api: NinjaAPI, faults: Any) -> None:
    """Lay the workbench's and the panel's operations."""
    anything: Any = {200: dict[str, Any], **faults}
    panel: Any = {200: PanelOut, **faults}
    draft: Any = {200: DraftOut, **faults}
    tag = ["assessment"]
    api.get(
        "/assessments/{pk}",
        response={200: BenchOut, **faults},
        summary="What the workbench opens with · 评估工作台",
        tags=tag,
    )(_bench)
    api.post("/assessments/{pk}/score", response=anything, summary="Score a document · 试算", tags=tag)(_score)
    api.post("/assessments/{pk}/drafts", response=draft, summary="Keep a draft · 保存草稿", tags=tag)(_save)
    api.get(
        "/assessments/{pk}/versions/{key}", response=anything, summary="One version's document · 一个版本", tags=tag
    )(_version)
    api.get("/assessments/{pk}/compare", response={200: ComparedOut, **faults}, summary="What changed between two versions · 版本对比",
            tags=tag)(_compared)  # fmt: skip
    api.get("/assessments/{pk}/preview.pdf", response={k: v for k, v in faults.items() if k != 200}, summary="The report as it would be printed · 报告预览",
            tags=tag, openapi_extra=bytes_of("application/pdf"))(_preview)  # fmt: skip
    api.get("/assessments/{pk}/panel", response=panel, summary="The panel's work · 专家小组", tags=tag)(_panel)
    api.post(
        "/assessments/{pk}/panel/rounds", response=panel, summary="The chair asks a round · 开始征求意见", tags=tag
    )(_ask)
    api.post(
        "/assessments/{pk}/panel/answers", response={200: Kept, **faults}, summary="One's own answers · 作答", tags=tag
    )(_answer)
    api.post(
        "/assessments/{pk}/panel/close", response=panel, summary="The chair closes the round · 结束本轮", tags=tag
    )(_close)
    api.post(
        "/assessments/{pk}/panel/adopt", response=draft, summary="The chair adopts a pool · 采用合并意见", tags=tag
    )(_adopt)
