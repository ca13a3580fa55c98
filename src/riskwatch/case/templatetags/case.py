"""Addresses by door, acts and rules in words, values as people write them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language

import decree188
from riskwatch.case import desk
from riskwatch.case.lifecycle import BY_NAME
from riskwatch.case.models import Folder
from riskwatch.case.words import ACTS, KINDS, UNITS
from riskwatch.look.templatetags.look import shanghai
from riskwatch.look.words import labelled

register = template.Library()


@register.simple_tag
def door_url(door: str, name: str, *args: Any) -> str:
    """An address inside the reader's own door."""
    return reverse(f"{door}:{name}", args=args)


@register.simple_tag
def act_words(act: str) -> str:
    """A journal act in words."""
    kind, _dot, name = act.partition(".")
    row = BY_NAME.get((kind, name))
    if row is not None:
        return labelled(KINDS.get(kind, ""), row.zh)
    words = ACTS.get(act) or ACTS.get(name)
    return labelled(KINDS[kind], words or act) if kind in KINDS else str(words or act)


@register.filter
def unit_words(unit: str) -> str:
    """A unit of time in words."""
    return str(UNITS.get(unit, unit))


@register.simple_tag
def cite(rule: str) -> str:
    """A rule's place in the law, for people."""
    return decree188.by_name(rule).cite(get_language() or "zh")


@register.simple_tag
def changes_of(entry: Any) -> list[str]:
    """What a journal entry says was changed, in words."""
    payload = getattr(entry, "payload", None)
    return desk.changes(entry.act.partition(".")[0], payload.content) if payload else []


@register.simple_tag
def fact_value(fact: desk.Fact, door: str) -> str:
    """A fact's value, linked to the record or case that it names where the reader's door has a page for it."""
    name = "folder" if isinstance(fact.to, Folder) else "sheet"
    if fact.to is None or (name == "folder" and door != "office"):
        return value(fact.value)
    return format_html('<a href="{}">{}</a>', reverse(f"{door}:{name}", args=[fact.to.pk]), value(fact.value))


@register.simple_tag
def value(thing: Any) -> str:
    """A value as people write it."""
    if isinstance(thing, datetime | date):
        return shanghai(thing)
    return str(thing)
