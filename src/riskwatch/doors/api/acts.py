"""Every act as an operation of its own: its fields, their types and choices, its rule, all read from its form."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import override
from ninja import NinjaAPI, Schema
from pydantic import AfterValidator, ConfigDict, Field, create_model, field_validator

from riskwatch.case import desk
from riskwatch.look.asked import LARGEST, YEARS
from riskwatch.refusals import Refusal

MOST_FILES = 10


def _sound(value: Any) -> Any:
    if isinstance(value, str):
        if "\0" in value:
            raise ValueError("holds a NUL character, which cannot be kept")
        if any("\ud800" <= c <= "\udfff" for c in value):
            raise ValueError("holds half a character, which cannot be kept")
    elif isinstance(value, list):
        for one in value[:1000]:
            _sound(one)
    return value


def _meant(value: Any) -> Any:
    if value.year not in YEARS:
        raise ValueError(f"the year should lie between {YEARS[0]} and {YEARS[-1]}")
    return value


Day = Annotated[date, AfterValidator(_meant)]
Moment = Annotated[datetime, AfterValidator(_meant)]
Key = Annotated[int, Field(ge=0, le=LARGEST)]


# The first class that a field is an instance of gives its type.
TYPES: tuple[tuple[type[forms.Field], Any], ...] = (
    (forms.JSONField, dict[str, Any]),
    (forms.ModelMultipleChoiceField, list[Key]),
    (forms.ModelChoiceField, Key),
    (forms.MultipleChoiceField, list[str]),
    (forms.BooleanField, bool),
    (forms.IntegerField, int),
    (forms.DecimalField, Decimal),
    (forms.DateTimeField, Moment),
    (forms.DateField, Day),
)
INTEGER = 2**31 - 1


class Strict(Schema):
    """A body that takes no unknown names, and no text that a database could not keep."""

    model_config = ConfigDict(extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def sound(cls, value: Any) -> Any:
        return _sound(value)


class FileIn(Strict):
    """A file: its name and its bytes in base64."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    content: str


def _type(field: forms.Field) -> Any:
    choices = getattr(field, "choices", None)
    if type(field) is forms.ChoiceField and isinstance(choices, list) and choices:
        known = [str(value) for value, _words in choices]
        return Literal[tuple(known)] if all(known) or not field.required else Literal[tuple(k for k in known if k)]
    return next((kind for cls, kind in TYPES if isinstance(field, cls)), str)


def _bounds(field: forms.Field, kind: Any) -> dict[str, Any]:
    """What the form's field bounds, as the schema says it; a number that no column holds is bounded anyway."""
    if kind is str:
        most = getattr(field, "max_length", None)
        return {"max_length": most} if most else {}
    least, most = getattr(field, "min_value", None), getattr(field, "max_value", None)
    if kind is int:
        return {"ge": -INTEGER if least is None else least, "le": INTEGER if most is None else most}
    if kind is Decimal:
        return {k: v for k, v in (("ge", least), ("le", most)) if v is not None} | {"allow_inf_nan": False}
    return {}


def fields_of(form: type[forms.Form], name: str) -> type[Schema]:
    """A form's fields as a schema; unknown names are refused."""
    made: dict[str, Any] = {}
    for key, field in form.base_fields.items():
        if isinstance(field, forms.FileField):
            continue
        kind = _type(field)
        with override("zh-hans"):
            words = f"{field.label} {field.help_text}".strip()
        with override("en"):
            more: dict[str, Any] = {"x-english": f"{field.label} {field.help_text}".strip()}
        shape = Field(
            ... if field.required else None, description=words, json_schema_extra=more, **_bounds(field, kind)
        )
        made[key] = (kind if field.required else kind | None, shape)
    return create_model(name, __base__=Strict, **made)


def body_of(one: desk.Act) -> type[Schema]:
    """The body of an act's operation."""
    name = "".join(part.title() for part in one.key.replace("-", "_").split("_"))
    fields = fields_of(one.form, f"{name}Fields")
    default = ... if any(f.is_required() for f in fields.model_fields.values()) else Field(default_factory=fields)
    shape: dict[str, Any] = {
        "fields": (fields, default),
        "version": (
            Key | None,
            Field(None, description="the record's version that the caller saw; refused when it moved on"),
        ),
    }
    if one.kind != "folder":
        shape["files"] = (list[FileIn], Field(default_factory=list, max_length=MOST_FILES))
    return create_model(f"{name}Body", __base__=Strict, **shape)


def files_of(body: Any) -> MultiValueDict[str, Any]:
    """A body's files as uploads."""
    found = []
    for number, one in enumerate(getattr(body, "files", []), 1):
        try:
            found.append(SimpleUploadedFile(one.name, base64.b64decode(one.content, validate=True)))
        except (binascii.Error, ValueError):
            raise Refusal(_("第%(n)s个文件的内容不是base64") % {"n": number}, remedy=_("按base64编码后再提交"), code="wrong_fields", status=422,
                          fields={f"files.{number - 1}.content": "base64"}) from None  # fmt: skip
    return MultiValueDict({"files": found})


def said_of(body: Any) -> dict[str, Any]:
    """A body's fields as a form takes them; what was left out stays out."""
    return {k: v for k, v in body.fields.model_dump(mode="json", exclude_none=True).items()}


Take = Callable[[Any, int, desk.Act, Any], Any]


def lay(api: NinjaAPI, *, sheets: tuple[Take, Any], folders: tuple[Take, Any], faults: Any) -> None:
    """Lay one operation per act: on the record that it moves, on what it begins on, or on a case."""
    for one in sorted(desk.acts(), key=lambda a: a.key):
        if one.kind == "folder" or "folder" in one.begins_on:
            _lay(api, one, "folders", *folders, faults)
        if one.kind != "folder" and one.begins_on != ("folder",):
            _lay(api, one, "sheets", *sheets, faults)


def _lay(api: NinjaAPI, one: desk.Act, where: str, take: Take, shown: Any, faults: Any) -> None:
    body = body_of(one)

    def operation(request: Any, pk: int, body: Any) -> Any:
        return take(request, pk, one, body)

    operation.__name__ = f"{where}_{one.key.replace('-', '_')}"
    operation.__annotations__ = {"request": Any, "pk": int, "body": body, "return": Any}
    with override("zh-hans"):
        chinese = one.name
    with override("en"):
        english = one.name
    api.post(f"/{where}/{{pk}}/{one.key}", response={200: shown, **faults}, summary=f"{english} · {chinese}",
             description=one.cite("en"), tags=[one.kind], operation_id=operation.__name__)(operation)  # fmt: skip
