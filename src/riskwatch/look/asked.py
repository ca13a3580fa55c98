"""What somebody typed into an address or a form: a whole number, a plausible day."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LARGEST = 2**63 - 1
YEARS = range(1900, 2201)


def whole_number(text: str | None, *, most: int = LARGEST) -> int | None:
    """The number that a text of plain digits says; None when it says none, or one larger than ``most``.

    Examples
    --------
    >>> whole_number("17"), whole_number("²"), whole_number("-1"), whole_number("9" * 5000), whole_number(None)
    (17, None, None, None, None)
    """
    if not text or not text.isascii() or not text.isdecimal() or len(text.lstrip("0")) > 19:
        return None
    number = int(text)
    return number if number <= most else None


def plausible(day: date) -> None:
    """Refuse a day or moment that cannot be meant, such as one of the year 1; arithmetic with it would break."""
    if day.year not in YEARS:
        raise ValidationError(
            _("年份应在%(first)s至%(last)s之间") % {"first": YEARS[0], "last": YEARS[-1]}, code="implausible"
        )
