"""Probabilities and numbers of signals as people read them."""

from __future__ import annotations

from django import template

register = template.Library()
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@register.filter
def chance(p: float | None) -> str:
    """A probability: three decimals, or a power of ten where it is small.

    >>> chance(0.0123), chance(4.21e-07), chance(0.0), chance(None)
    ('0.012', '4.2×10⁻⁷', '<10⁻³⁰⁰', '—')
    """
    if p is None:
        return "—"
    if p >= 0.001:
        return f"{p:.3f}"
    if p < 1e-300:
        return "<10⁻³⁰⁰"
    digits, _e, power = f"{p:.1e}".partition("e")
    return f"{digits}×10{str(int(power)).translate(RAISED)}"


@register.filter
def number(value: float | None, decimals: int = 1) -> str:
    """A number with so many decimals, one more where it is small; a dash for none.

    >>> number(3.14159), number(0.034), number(None), number(2.5, 0)
    ('3.1', '0.03', '—', '2')
    """
    if value is None:
        return "—"
    small = decimals > 0 and 0 < abs(value) < 0.1
    return f"{value:.{decimals + small}f}"


@register.filter
def tone(extent: str) -> str:
    """The colour of an extent: systemic is the gravest."""
    return {"systemic": "red", "regional": "orange"}.get(extent, "secondary")
