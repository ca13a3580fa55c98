"""Badges, fields, icons, dates and charts, so that every page says the same thing the same way."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms, template
from django.forms import BoundField
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()
SHANGHAI = ZoneInfo("Asia/Shanghai")
GOOD = {"verified", "entered", "accepted", "decided", "in_force", "fulfilled", "receipted", "granted", "published", "kept",
        "checked", "approved", "confirmed", "adopted", "upheld", "mended"}  # fmt: skip
BAD = {"overdue", "refuted", "refused", "returned", "declined", "rejected", "destroyed", "condemned", "out_of_scope"}
QUIET = {
    "lapsed",
    "lifted",
    "ended",
    "cancelled",
    "withdrawn",
    "void",
    "superseded",
    "transferred",
    "released",
    "ruled_out",
}
ICONS = {
    "inbox": "M4 4h16v12h-4l-2 3h-4l-2-3H4z", "chart-bar": "M4 20V10M10 20V4M16 20v-8M22 20H2",
    "alert-triangle": "M12 3l10 18H2zM12 10v5M12 18v.5", "folder": "M3 5h6l2 3h10v11H3z",
    "shield": "M12 3l8 3v6c0 5-4 8-8 9-4-1-8-4-8-9V6z", "search": "M10 4a6 6 0 1 0 0 12a6 6 0 0 0 0-12M15 15l6 6",
    "upload": "M12 16V4M7 9l5-5l5 5M4 20h16", "pencil": "M4 20l1-5L16 4l4 4L9 19z", "stack": "M3 8l9-4l9 4l-9 4zM3 13l9 4l9-4",
    "archive": "M3 4h18v5H3zM5 9v11h14V9M10 13h4", "users": "M9 4a4 4 0 1 0 0 8a4 4 0 0 0 0-8M2 21c0-4 3-6 7-6s7 2 7 6M17 5a3 3 0 0 1 0 7M18 15c3 0 4 2 4 5",
    "scale": "M12 3v18M8 21h8M5 7h14M5 7l-3 7h6zM19 7l-3 7h6z",
    "building": "M4 21V4h10v17M14 9h6v12M7 8h3M7 12h3M7 16h3M2 21h20", "adjustments": "M6 4v16M12 4v16M18 4v16M4 8h4M10 14h4M16 10h4",
    "lock": "M6 11h12v10H6zM8 11V7a4 4 0 0 1 8 0v4", "book": "M4 5c3-1 6-1 8 1c2-2 5-2 8-1v14c-3-1-6-1-8 1c-2-2-5-2-8-1zM12 6v14",
    "activity": "M3 12h4l3-8l4 16l3-8h4", "send": "M3 11l18-8l-8 18l-2-8z",
}  # fmt: skip


@register.simple_tag
def icon(name: str) -> SafeString:
    """A line icon; decoration only."""
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="{}"/></svg>',
        ICONS.get(name, ""),
    )


@register.simple_tag
def mark() -> SafeString:
    """The product's mark."""
    return format_html(
        '<svg class="emblem" viewBox="0 0 24 24" aria-hidden="true"><path d="M12 2l9 4v6c0 6-4 9-9 10-5-1-9-4-9-10V6z" fill="{}"/>'
        '<path d="M7 13h3l1.5-4 2 7 1.5-3h2.5" fill="none" stroke="#fff" stroke-width="1.6"/></svg>',
        "#206bc4",
    )


@register.simple_tag
def badge(stage: str, words: str) -> SafeString:
    """A stage in words with its colour."""
    tone = "green" if stage in GOOD else "red" if stage in BAD else "secondary" if stage in QUIET else "azure"
    return format_html('<span class="badge bg-{}-lt">{}</span>', tone, words)


@register.filter
def shanghai(value: datetime | date | None) -> str:
    """A moment or day in Shanghai, to the minute."""
    if isinstance(value, datetime):
        return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    return f"{value:%Y-%m-%d}" if value else "—"


@register.simple_tag
def field(bound: BoundField) -> SafeString:
    """A form field with label, help and errors tied to it."""
    widget = bound.field.widget
    check = isinstance(widget, forms.CheckboxInput)
    css = "form-check-input" if check else "form-select" if isinstance(widget, forms.Select) else "form-control"
    if isinstance(widget, forms.CheckboxSelectMultiple | forms.RadioSelect):
        css = ""
    attrs: dict[str, Any] = {"class": f"{css} {'is-invalid' if bound.errors else ''}".strip()}
    if bound.errors:
        attrs["aria-describedby"] = f"{bound.auto_id}_error"
        attrs["aria-invalid"] = "true"
    return SafeString(
        render_to_string(
            "look/field.html",
            {"field": bound, "widget": bound.as_widget(attrs=attrs), "check": check, "hint": _hint(widget)},
        )
    )


def _hint(widget: forms.Widget) -> str:
    """How a day is written; browsers show date fields in their own way."""
    return _("年-月-日") if getattr(widget, "input_type", "") == "date" else ""


@register.inclusion_tag("look/empty.html")
def empty(title: str, text: str = "") -> dict[str, str]:
    """What a page says when there is nothing to show."""
    return {"title": title, "text": text}


@register.inclusion_tag("look/chart.html")
def chart(value: dict[str, Any]) -> dict[str, Any]:
    """A chart with its table."""
    return {"chart": value}
