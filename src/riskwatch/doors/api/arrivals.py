"""What comes in over the API: information registered, reports, knowledge of a risk, traceability, collected files."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import File, Form, NinjaAPI, Schema
from ninja.files import UploadedFile
from pydantic import Field

import decree188
from decree188 import collection as law
from decree188.calendar import SHANGHAI, shanghai_date
from decree188.scope import aspects, operator_roles
from riskwatch.case.access import visible
from riskwatch.case.models import Sheet
from riskwatch.collection import actions, bulk
from riskwatch.collection.desk import FactsForm
from riskwatch.collection.ports import sources
from riskwatch.doors.api.acts import MOST_FILES, FileIn, Key, Moment, Strict, fields_of, files_of
from riskwatch.followup import actions as followup
from riskwatch.parties.models import Organisation, Qualification
from riskwatch.parties.queries import principals
from riskwatch.refusals import Refusal

Facts: Any = fields_of(FactsForm, "Facts")
Kinds: Any = Literal[tuple(value for value, _words in law.source_kinds.choices())]
Aspects: Any = Literal[tuple(value for value, _words in aspects.choices())]
Parts: Any = Literal[("", *(value for value, _words in operator_roles.choices()))]


ON_BEHALF = "code of the principal in whose name the caller acts, under a mandate that customs confirmed"


class Behalf(Strict):
    """For whom a caller acts, and what the mandate has to cover."""

    on_behalf: str = Field("", max_length=40, description=ON_BEHALF)
    direction: Literal["", "import", "export"] = ""
    commodity_code: str = Field("", max_length=10)


class InformationIn(Strict):
    """A piece of risk information; ``office`` is the code of the office or centre that registers it."""

    office: str = Field(max_length=40)
    title: str = Field(min_length=1, max_length=300)
    source_kind: Kinds
    source_words: str = Field("", max_length=200, description="needed when the source is 'other'")
    text: str = Field(min_length=1, max_length=20_000)
    aspects: list[Aspects] = []
    facts: Facts = Field(default_factory=Facts)
    files: list[FileIn] = Field(default_factory=list, max_length=MOST_FILES)


class ReportIn(Strict):
    """An operator's or testing body's report to an office or centre; the first-known time cannot be changed later."""

    office: str = Field(max_length=40)
    title: str = Field(min_length=1, max_length=300)
    text: str = Field(min_length=1, max_length=8_000)
    first_known_at: Moment
    severe: bool = Field(False, description="death, serious injury, or recalled abroad")
    role_in_case: Parts = ""
    on_behalf: str = Field("", max_length=40, description=ON_BEHALF)
    own_number: str = Field("", max_length=80, description="a testing body's report number")
    qualification: Key | None = None
    facts: Facts = Field(default_factory=Facts)
    files: list[FileIn] = Field(default_factory=list, max_length=MOST_FILES)


class KnowledgeIn(Behalf):
    """An operator learned of a risk: its four duties open."""

    office: str = Field(max_length=40)
    product: str = Field(min_length=1, max_length=200)
    known_at: Moment
    report: Key | None = Field(None, description="the operator's own report from which it knows")


class TraceabilityIn(Behalf):
    """Where lots came from and where they went."""

    office: str = Field(max_length=40)
    product: str = Field(min_length=1, max_length=300)
    lots: str = Field(min_length=1, max_length=8_000)
    supplier: str = Field(min_length=1, max_length=8_000)
    customers: str = Field(min_length=1, max_length=8_000)
    records: str = Field(min_length=1, max_length=8_000)


class NumberedIn(Strict):
    """An agent acts on a measure that was addressed to its principal, named by its number."""

    on_behalf: str = Field(min_length=1, max_length=40, description=ON_BEHALF)
    number: str = Field(min_length=1, max_length=60, description="the measure's number")


class LiftIn(NumberedIn):
    """An agent applies to lift it."""

    report: str = Field(min_length=1, max_length=8_000)


class ObjectIn(NumberedIn):
    """An agent contests it."""

    grounds: str = Field(min_length=1, max_length=8_000)


class Made(Schema):
    """The record that was made."""

    id: int
    number: str


class Collected(Schema):
    """What a file brought; ``bad`` names the first hundred rows that could not be taken."""

    id: int
    rows: int
    added: int
    known: int
    renewed: int
    bad: int
    bad_rows: list[dict[str, str]]


def organisation_of(code: str, *kinds: str, field: str = "office") -> Organisation:
    """The office or centre of a code, or what else is asked for; whatever else has that code receives nothing."""
    found = Organisation.objects.filter(code=code, kind__in=kinds or ("office", "centre"), until=None).first()
    if found is None:
        words = _("没有代码为“%(code)s”的海关或监测中心") if field == "office" else _("没有代码为“%(code)s”的单位")
        raise Refusal(
            words % {"code": code},
            remedy=_("核对代码"),
            code="wrong_fields",
            status=422,
            fields={field: code},
        )
    return found


def _principal(code: str) -> Organisation | None:
    return organisation_of(code, "operator", field="on_behalf") if code else None


def _moment(when: datetime) -> datetime:
    return when if when.tzinfo else when.replace(tzinfo=SHANGHAI)


def _made(sheet: Sheet) -> dict[str, Any]:
    return {"id": sheet.pk, "number": sheet.number}


def _register(request: Any, body: InformationIn) -> Any:
    facts = body.facts.model_dump(exclude_none=True) | body.model_dump(
        include={"source_kind", "source_words", "text", "aspects"}
    )
    files = files_of(body).getlist("files")
    return _made(
        actions.register(
            organisation_of(body.office), title=body.title, facts=facts, files=files, by=request.auth, at=timezone.now()
        )
    )


def _report(request: Any, body: ReportIn) -> Any:
    at = timezone.now()
    own = actions.own_organisation(request.auth, at, "operator", "testing_body", "technical_body")
    paper = Qualification.objects.filter(organisation=own, pk=body.qualification or 0).first()
    return _made(actions.report_as_organisation(
        own, organisation_of(body.office), title=body.title, facts=body.facts.model_dump(exclude_none=True) | {"text": body.text},
        first_known_at=_moment(body.first_known_at), severe=body.severe, role_in_case=body.role_in_case, own_number=body.own_number,
        qualification=paper, on_behalf=_principal(body.on_behalf), files=files_of(body).getlist("files"), by=request.auth, at=at,
    ))  # fmt: skip


def _know(request: Any, body: KnowledgeIn) -> Any:
    at = timezone.now()
    made = followup.know(
        office=organisation_of(body.office, "office"), product=body.product, known_at=_moment(body.known_at), by=request.auth,
        at=at, on_behalf=_principal(body.on_behalf), direction=body.direction, commodity_code=body.commodity_code,
        report=get_object_or_404(visible(Sheet.objects.all(), to=request.auth, at=at), pk=body.report) if body.report else None,
    )  # fmt: skip
    return [_made(sheet) for sheet in made]


def _traceability(request: Any, body: TraceabilityIn) -> Any:
    office = organisation_of(body.office, "office")
    said = body.model_dump() | {"office": office, "on_behalf": _principal(body.on_behalf)}
    return _made(followup.file_traceability(**said, by=request.auth, at=timezone.now()))


def _measure(request: Any, body: NumberedIn, at: datetime, rule: str) -> tuple[Sheet, Organisation]:
    """The measure of a number, for an agent of whom it addresses; what the caller may not act for is not there."""
    principal = organisation_of(body.on_behalf, "operator", field="on_behalf")
    allowed = principals(request.auth, shanghai_date(at)).filter(pk=principal.pk).exists()
    measure = followup.measure_of(body.number, principal) if allowed else None
    if measure is None:
        raise Refusal(_("没有以该企业为主送对象、正在执行的这一编号的措施"), remedy=_("核对编号和委托人"),
                      rule=decree188.by_name(rule), code="not_found", status=404)  # fmt: skip
    return measure, principal


def _lift(request: Any, body: LiftIn) -> Any:
    at = timezone.now()
    measure, principal = _measure(request, body, at, "lift_application")
    return _made(followup.apply_to_lift(measure, report=body.report, on_behalf=principal, by=request.auth, at=at))


def _object(request: Any, body: ObjectIn) -> Any:
    at = timezone.now()
    measure, principal = _measure(request, body, at, "operator_duties")
    return _made(followup.object_to(measure, grounds=body.grounds, on_behalf=principal, by=request.auth, at=at))


def _collect(request: Any, office: Form[str], file: File[UploadedFile], source: Form[str] = "") -> Any:
    known = sources()
    name = file.name or "file"
    chosen = next((s for s in known if s.id == source), None) or bulk.choose(known, file, name)  # type: ignore[arg-type]
    done = bulk.collect(file, name, bulk.Batch(chosen, organisation_of(office), request.auth, timezone.now()))  # type: ignore[arg-type]
    bad = [
        {"position": str(b.position), "field": b.field, "reason": b.reason} for b in done.bad_rows.order_by("pk")[:100]
    ]
    return {"id": done.pk, "rows": done.rows_read, "added": done.added, "known": done.known, "renewed": done.renewed,
            "bad": done.bad, "bad_rows": bad}  # fmt: skip


def lay(api: NinjaAPI, faults: Any) -> None:
    """Lay the operations by which things come in."""
    one: Any = {200: Made, **faults}
    api.post("/information", response=one, summary="Register information · 登记信息", tags=["arrivals"])(_register)
    api.post("/reports", response=one, summary="Report a risk · 报告风险", tags=["arrivals"])(_report)
    api.post(
        "/knowledge", response={200: list[Made], **faults}, summary="Know of a risk · 知悉风险", tags=["arrivals"]
    )(_know)
    api.post("/traceability", response=one, summary="File a traceability statement · 追溯备案", tags=["arrivals"])(
        _traceability
    )
    api.post("/lift-applications", response=one, summary="Apply for a principal · 代为申请解除", tags=["arrivals"])(
        _lift
    )
    api.post("/objections", response=one, summary="Object for a principal · 代为提出异议", tags=["arrivals"])(_object)
    api.post("/files", response={200: Collected, **faults}, summary="Collect a file · 采集文件", tags=["arrivals"])(
        _collect
    )
