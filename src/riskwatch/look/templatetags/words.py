"""The marks between words, and names in two languages, as the reader's language writes them."""

from __future__ import annotations

from typing import Any

from django import template

from riskwatch.look import words

register = template.Library()


@register.simple_tag
def colon() -> str:
    """What stands between a label and its value."""
    return words.labelled("", "")


@register.simple_tag
def comma() -> str:
    """What stands between two things in a list."""
    return words.listed(["", ""])


@register.simple_tag
def semicolon() -> str:
    """What stands between two clauses."""
    return words.clauses(["", ""])


@register.filter
def aside(value: Any) -> str:
    """A value in brackets after others."""
    return words.aside(value)


@register.filter
def listed(value: Any) -> str:
    """Values one after another."""
    return words.listed(value or ())


@register.filter
def in_words(value: words.Worded) -> str:
    """A term in the reader's language."""
    return words.said(value)


@register.filter
def called(value: Any) -> str:
    """The Chinese or the English name of whatever has both."""
    return words.either(value.name_zh, value.name_en)


@register.filter
def starts(value: Any) -> str:
    """What a time limit counts from."""
    return str(value.starts_words(words.language()))


@register.filter
def basis(value: Any) -> str:
    """The law and article of a time limit."""
    return str(value.cite(words.language()))
