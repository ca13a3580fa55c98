"""Whether a measure concerns an operator."""

from __future__ import annotations

from django.utils.translation import gettext as _

from riskwatch.case.models import Sheet
from riskwatch.parties.models import Organisation
from riskwatch.refusals import Cited, refuse_unless


def refuse_unconcerned(measure: Sheet, operator: Organisation, reason: str, *, rule: Cited | None = None) -> None:
    """Refuse an operator that a measure neither addresses nor hits."""
    concerned = measure.concerns.filter(organisation=operator, part__in=("addressee", "measured")).exists()
    refuse_unless(concerned, reason, remedy=_("核对措施的编号和主送单位"), rule=rule, code="not_addressee", status=403)
