"""Sources and licence notes in words, for pages."""

from __future__ import annotations

from django import template

from riskwatch.collection import words

register = template.Library()
register.filter("source_words", words.source_words)
register.filter("licence_words", words.licence_words)
