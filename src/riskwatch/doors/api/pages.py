"""The API for people: every operation by subject, with its fields, read from the schema that programs read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from riskwatch.case.words import KINDS
from riskwatch.doors.api.urls import api
from riskwatch.look.words import either

BOUNDS = (("minLength", _("≥ {} 字符")), ("maxLength", _("≤ {} 字符")), ("minimum", "≥ {}"), ("maximum", "≤ {}"), ("maxItems", _("≤ {} 项")))  # fmt: skip
LARGEST_SHOWN = 2**31 - 1


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field of a body or one parameter, in words."""

    name: str
    kind: str
    required: bool
    words: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation as the page shows it."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    parameters: list[FieldRow]
    body: list[FieldRow]
    answers: list[str]


@require_GET
def docs(request: HttpRequest) -> HttpResponse:
    """Every operation, by subject."""
    schema = api.get_openapi_schema()
    groups: dict[str, list[Operation]] = {}
    for path, methods in schema["paths"].items():
        for method, said in methods.items():
            tag = (said.get("tags") or ["read"])[0]
            groups.setdefault(tag, []).append(_operation(schema, path, method, said))
    names = {"read": _now("查询"), "arrivals": _now("信息进入"), "folder": _now("案卷"), "signals": _now("预警信号")}
    shown = [(tag, names.get(tag) or KINDS.get(tag, tag), groups[tag]) for tag in sorted(groups, key=_order)]
    return render(request, "api/docs.html", {"groups": shown, "title": schema["info"]["title"], "about": schema["info"].get("description", "")})  # fmt: skip


def _order(tag: str) -> tuple[int, str]:
    first = ("read", "arrivals", "folder", *KINDS)
    return (first.index(tag) if tag in first else len(first), tag)


def _operation(schema: dict[str, Any], path: str, method: str, said: dict[str, Any]) -> Operation:
    parameters = [
        FieldRow(p["name"], _kind(schema, p["schema"]), p.get("required", False), p["schema"].get("description", ""))
        for p in said.get("parameters", [])
    ]
    body = [
        row
        for media in said.get("requestBody", {}).get("content", {}).values()
        for row in _fields(schema, media["schema"])
    ]
    return Operation(said["operationId"], method.upper(), path, _half(said.get("summary", "")), said.get("description", ""), parameters, body,
                     sorted(str(code) for code in said["responses"]))  # fmt: skip


def _half(summary: str) -> str:
    """The reader's half of ``English · 中文``."""
    ours, dot, chinese = summary.partition(" · ")
    return either(chinese, ours) if dot else summary


def _words(shape: dict[str, Any]) -> str:
    return either(shape.get("description", ""), shape.get("x-english", ""))


def _open(schema: dict[str, Any], shape: dict[str, Any]) -> dict[str, Any]:
    """A shape with its reference followed."""
    if "allOf" in shape and len(shape["allOf"]) == 1:
        shape = shape["allOf"][0] | {k: v for k, v in shape.items() if k != "allOf"}
    if "$ref" in shape:
        found: dict[str, Any] = schema["components"]["schemas"][shape["$ref"].rsplit("/", 1)[-1]]
        return found
    return shape


def _fields(schema: dict[str, Any], shape: dict[str, Any], before: str = "") -> list[FieldRow]:
    """The fields of a shape; those of an inner shape follow under its name."""
    shape = _open(schema, shape)
    rows: list[FieldRow] = []
    for name, inner in shape.get("properties", {}).items():
        whole = _open(schema, inner)
        rows.append(FieldRow(before + name, _kind(schema, inner), name in shape.get("required", []),
                             _words(inner) or _words(whole)))  # fmt: skip
        item = _open(schema, whole.get("items", {}))
        if "properties" in whole:
            rows += _fields(schema, whole, f"{before}{name}.")
        elif "properties" in item:
            rows += _fields(schema, item, f"{before}{name}[].")
    return rows


def _kind(schema: dict[str, Any], shape: dict[str, Any]) -> str:
    """A type in few words, with its choices and bounds."""
    shape = _open(schema, shape)
    if "anyOf" in shape:
        inner = [s for s in shape["anyOf"] if s.get("type") != "null"]
        return " | ".join(dict.fromkeys(_kind(schema, s) for s in inner))
    if "enum" in shape:
        return " | ".join(str(v) for v in shape["enum"])
    if "const" in shape:
        return str(shape["const"])
    if shape.get("type") == "array":
        kind = f"[{_kind(schema, shape.get('items', {}))}]"
    else:
        kind = str(shape.get("format") or shape.get("type", "object"))
    bounds = [
        str(words).format(shape[key]) for key, words in BOUNDS if key in shape and abs(shape[key]) < LARGEST_SHOWN
    ]
    return " ".join([kind, *bounds])
