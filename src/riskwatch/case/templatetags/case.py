"""Addresses by door, acts and rules in words, values as people write them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import get_language

import decree188
from riskwatch.case.lifecycle import BY_NAME
from riskwatch.case.words import ACTS, KINDS
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


@register.simple_tag
def cite(rule: str) -> str:
    """A rule's place in the law, for people."""
    return decree188.by_name(rule).cite(get_language() or "zh")


@register.simple_tag
def value(thing: Any) -> str:
    """A value as people write it."""
    if isinstance(thing, datetime | date):
        return shanghai(thing)
    return str(thing)
