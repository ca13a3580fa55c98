"""Work on many pieces of information over the API: found by filters, grouped, verified, opened as a case, put into one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, Literal

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Query, Schema
from pydantic import Field

from decree188.collection import source_kinds
from riskwatch.case import actions as case
from riskwatch.case import batch, desk, opening
from riskwatch.case.access import visible
from riskwatch.case.models import Direction, Sheet
from riskwatch.collection import finding, queries
from riskwatch.collection.models import SourceFile
from riskwatch.doors.api.acts import Key, Strict, fields_of
from riskwatch.doors.api.arrivals import organisation_of
from riskwatch.doors.api.records import seen_folder
from riskwatch.doors.api.shapes import FolderOut, Limit, Offset, SheetOut, folder_of, sheets_of
from riskwatch.refusals import Refusal, refuse_unless
from riskwatch.verification import actions as verification
from riskwatch.verification.models import RESULTS

MOST = 1000  # pieces that one call acts on
Source: Any = Literal[("", *(value for value, _words in source_kinds.choices()))]
Keys = Annotated[list[Key], Field(min_length=1, max_length=MOST)]
# Acts of one piece that make sense for many at once.
TOGETHER = (
    "information-begin",
    "information-enter",
    "information-refuse_scope",
    "information-transfer_out",
    "archive_item-file",
)


class WantedIn(Schema):
    """What a list of information asks for; empty means any."""

    text: Annotated[str, Field(max_length=120)] = ""
    stage: str = ""
    source_kind: Source = ""
    hazard: str = Field("", description="a hazard's code, or 'none'")
    code: str = Field("", pattern=r"^\d{0,10}$", description="beginning of the commodity code")
    reference: Annotated[str, Field(max_length=200)] = ""
    by: Literal["received", "event"] = "received"
    since: date | None = None
    until: date | None = None
    file: int | None = Field(None, ge=0, le=2**63 - 1)
    office: int | None = Field(None, ge=0, le=2**63 - 1)

    def wanted(self) -> finding.Wanted:
        return finding.Wanted.of(self.dict())


class GroupOut(Schema):
    """Pieces of one source under one campaign or recall number."""

    source: str
    reference: str
    count: int
    title: str


class OpenIn(Strict):
    """A case to open with pieces of information; ``again`` when some of them lie in an open case already."""

    sheets: Keys
    title: str = Field(min_length=1, max_length=200)
    owner: str = Field(max_length=40, description="code of the office that handles it")
    direction: Literal[("", *Direction.values)] = ""  # type: ignore[valid-type]
    again: bool = False


class EncloseIn(Strict):
    """Pieces to put into a case."""

    sheets: Keys


class BatchIn(Strict):
    """A batch of one source or file, verified by a named person with method and sample."""

    sheets: list[Key] = Field(default_factory=list, max_length=verification.MOST_AT_ONCE)
    file: Key | None = Field(None, description="instead of sheets: what waits of a collected file")
    office: str = Field(max_length=40)
    result: Literal[tuple(value for value, _words in RESULTS)]  # type: ignore[valid-type]
    method: str = Field(min_length=1, max_length=8000)
    sample: str = Field(min_length=1, max_length=8000)


class CountOut(Schema):
    done: int


class RefusedOut(Schema):
    sheet: int
    reason: str
    remedy: str


class TogetherOut(Schema):
    """On which records the act was taken, and which were refused and why."""

    done: list[int]
    refused: list[RefusedOut]


def _information(request: Any, wanted: Query[WantedIn], offset: Offset = 0, limit: Limit = 50) -> Any:
    rows = finding.pieces(wanted.wanted(), to=request.auth, at=timezone.now())
    return sheets_of(request, rows, offset, limit)


def _groups(request: Any, wanted: Query[WantedIn], offset: Offset = 0, limit: Limit = 50) -> Any:
    found = finding.groups(wanted.wanted(), to=request.auth, at=timezone.now(), start=offset, most=limit)
    return [{"source": g.source, "reference": g.reference, "count": g.count, "title": g.title} for g in found]


def _pieces(request: Any, keys: Iterable[int]) -> list[Sheet]:
    """The chosen pieces; one that the caller may not see refuses them all, as if it were not there."""
    wanted = list(dict.fromkeys(keys))
    rows = Sheet.objects.filter(kind="information", pk__in=wanted).select_related("owner", "folder")
    found = list(visible(rows, to=request.auth, at=timezone.now()).order_by("pk"))
    strange = sorted(set(wanted) - {s.pk for s in found})
    refuse_unless(not strange, _("没有这些信息：%(keys)s") % {"keys": ", ".join(map(str, strange[:10]))},
                  remedy=_("核对编号后再提交"), code="not_found", status=404)  # fmt: skip
    return found


def _open(request: Any, body: OpenIn) -> Any:
    at = timezone.now()
    pieces = _pieces(request, body.sheets)
    said = {
        "title": body.title,
        "direction": body.direction,
        "owner": organisation_of(body.owner, field="owner").pk,
        "again": body.again,
    }
    form = opening.OpenForm(said, subject=pieces, by=request.auth, at=at)
    if not form.is_valid():
        faults = {k: " ".join(str(e) for e in v) for k, v in form.errors.items()}
        raise Refusal(_("填写有误"), remedy=_("改正后再提交"), code="wrong_fields", status=422, fields=faults)
    return folder_of(opening.open_with(pieces, **form.cleaned_data, by=request.auth, at=at))


def _enclose(request: Any, pk: int, body: EncloseIn) -> Any:
    folder = seen_folder(request, pk)
    case.enclose(folder, _pieces(request, body.sheets), by=request.auth, at=timezone.now())
    return folder_of(folder)


def _verify(request: Any, body: BatchIn) -> Any:
    at = timezone.now()
    if body.file is not None:
        file = get_object_or_404(SourceFile, pk=body.file)
        keys = list(queries.waiting_of(file, to=request.auth, at=at))[: verification.MOST_AT_ONCE]
    else:
        keys = [s.pk for s in _pieces(request, body.sheets)] if body.sheets else []
    office = organisation_of(body.office)
    done = verification.verify_batch(
        keys, office, result=body.result, method=body.method, sample=body.sample, by=request.auth, at=at
    )
    return {"done": done}


def _together(one: desk.Act) -> Any:
    fields = fields_of(one.form, "Together" + one.key.title().replace("-", "").replace("_", ""))

    def operation(request: Any, body: Any) -> Any:
        at = timezone.now()
        values = body.fields.model_dump(mode="json", exclude_none=True)
        said = MultiValueDict({k: v if isinstance(v, list) else [v] for k, v in values.items()})
        outcome = batch.take_all(one, _pieces(request, body.sheets), said, by=request.auth, at=at)
        refused = [{"sheet": s.pk, "reason": r.reason, "remedy": r.remedy} for s, r in outcome.refused]
        return {"done": [s.pk for s in outcome.done], "refused": refused}

    shape = type(
        f"{fields.__name__}Body",
        (Strict,),
        {"__annotations__": {"sheets": Keys, "fields": fields}, "__module__": __name__},
    )
    operation.__name__ = f"together_{one.key.replace('-', '_')}"
    operation.__annotations__ = {"request": Any, "body": shape, "return": Any}
    return operation


def lay(api: NinjaAPI, faults: Any) -> None:
    """Lay the operations on many pieces."""
    api.get("/information", response={200: list[SheetOut], **faults}, summary="Information by filters, newest first · 按条件查信息",
            tags=["read"])(_information)  # fmt: skip
    api.get("/information/groups", response={200: list[GroupOut], **faults}, summary="Information by campaign or recall number · 按活动编号分组",
            tags=["read"])(_groups)  # fmt: skip
    api.post("/folders", response={200: FolderOut, **faults}, summary="Open a case with chosen information · 立案",
             tags=["folder"])(_open)  # fmt: skip
    api.post("/folders/{pk}/enclosures", response={200: FolderOut, **faults}, summary="Put chosen information into a case · 放入信息",
             tags=["folder"])(_enclose)  # fmt: skip
    api.post("/verification-batches", response={200: CountOut, **faults}, summary="Verify a batch · 批量核实",
             tags=["verification"])(_verify)  # fmt: skip
    for key in TOGETHER:
        one = desk.act(key)
        api.post(f"/information/together/{key}", response={200: TogetherOut, **faults}, description=one.cite("en"), tags=[one.kind],
                 summary=f"{key} on many pieces · 批量办理", operation_id=f"together_{key.replace('-', '_')}")(_together(one))  # fmt: skip
