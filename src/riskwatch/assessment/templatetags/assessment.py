"""A section of a report on a page: paragraphs, a table, or a chart that our own code drew."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def section(body: Any) -> SafeString:
    """The section's content; texts are escaped, a chart's SVG was made and escaped by :mod:`riskwatch.assessment.charts`."""
    if isinstance(body, dict):
        return SafeString(body["svg"])
    if isinstance(body, list):
        rows = [format_html_join("", "<td>{}</td>", ((cell,) for cell in row)) for row in body[1:]]
        head = format_html_join("", "<th>{}</th>", ((cell,) for cell in body[0]))
        return format_html(
            '<div class="table-responsive"><table class="table table-sm"><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>',
            head,
            format_html_join("", "<tr>{}</tr>", ((row,) for row in rows)),
        )
    return format_html('<div class="publication">{}</div>', body)


@register.simple_tag
def drawing(svg: str) -> SafeString:
    """A chart that :mod:`riskwatch.assessment.charts` drew; every text in it was escaped there."""
    return SafeString(svg)


@register.simple_tag
def pooled(values: dict[str, str], name: str) -> str:
    """One pool's value."""
    return values[name]
