"""Which operator a person acts for, and whether a measure concerns it."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from riskwatch.case.lifecycle import posts_of
from riskwatch.case.models import Sheet
from riskwatch.parties.models import Organisation, Person
from riskwatch.refusals import Cited, refuse_unless


def own_operator(person: Person, at: datetime) -> Organisation:
    """The operator in which a person holds a post; refused without one."""
    posts = [p for p in posts_of(person, at).posts if p.kind == "operator"]
    refuse_unless(posts, _("您没有代表企业办理的岗位"), remedy=_("请本企业有岗位的人办理"), code="no_post", status=403)
    return Organisation.objects.get(pk=posts[0].organisation)


def refuse_unconcerned(measure: Sheet, operator: Organisation, reason: str, *, rule: Cited | None = None) -> None:
    """Refuse an operator that a measure neither addresses nor hits."""
    concerned = measure.concerns.filter(organisation=operator, part__in=("addressee", "measured")).exists()
    refuse_unless(concerned, reason, remedy=_("核对措施的编号和主送单位"), rule=rule, code="not_addressee", status=403)
