"""What every write on people and organisations begins and ends with: a check of the post, an entry in the journal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

import decree188
from decree188.calendar import shanghai_date
from riskwatch.journal import actions as journal
from riskwatch.look.words import listed
from riskwatch.parties import queries, roles
from riskwatch.parties.models import Organisation, Person
from riskwatch.parties.queries import Post
from riskwatch.refusals import Refusal, refuse_unless


def separation() -> Any:
    """The rule that two steps which check each other are two people's."""
    return decree188.by_name("separation_of_duties")


def officers() -> Any:
    """The rule on what officers must not do."""
    return decree188.by_name("officers")


def absent_of(fitting: Iterable[Post], by: Person) -> Person | None:
    """For whom a person acts in some posts: None when one of them is their own, else who is absent."""
    holders = [p.holder for p in fitting]
    return None if not holders or by.pk in holders else Person(pk=holders[0])


def refuse_without_role(role: str | tuple[str, ...], *, by: Person, at: datetime) -> Person | None:
    """Refuse a person who holds none of some roles anywhere; returns who is absent when they act as a deputy."""
    wanted = (role,) if isinstance(role, str) else role
    fitting = [p for p in queries.posts(by, shanghai_date(at)) if p.role in wanted]
    refuse_unless(
        fitting,
        _("须由%(who)s办理") % {"who": _names(wanted)},
        remedy=_("请有该岗位的同事办理，或由安全管理员授予岗位"),
        rule=officers(),
        code="no_post",
        status=403,
    )
    return absent_of(fitting, by)


def refuse_outside_headquarters(wanted: tuple[str, ...], *, by: Person, at: datetime, rule: str) -> Person | None:
    """Refuse a person who holds none of some roles at headquarters; returns who is absent when they act as a deputy."""
    posts = queries.posts(by, shanghai_date(at))
    fitting = [p for p in posts if p.role in wanted and p.level == Organisation.Level.HEADQUARTERS]
    refuse_unless(
        fitting,
        _("须由海关总署的%(who)s办理") % {"who": _names(wanted)},
        remedy=_("请报海关总署办理"),
        rule=decree188.by_name(rule),
        code="no_post",
        status=403,
    )
    return absent_of(fitting, by)


def refuse_outside_own(organisation: Organisation, wanted: tuple[str, ...], *, by: Person, at: datetime) -> None:
    """Refuse a person who holds none of some roles in this very organisation."""
    posts = queries.posts(by, shanghai_date(at))
    refuse_unless(
        any(p.role in wanted and p.organisation == organisation.pk for p in posts),
        _("须由%(place)s的%(who)s办理") % {"place": organisation, "who": _names(wanted)},
        remedy=_("请该单位有此岗位的人办理"),
        rule=officers(),
        code="no_post",
        status=403,
    )


def _names(wanted: Iterable[str]) -> str:
    return listed(roles.BY_CODE[r].name for r in wanted)


def refuse_wrong_term(since: Any, until: Any, *, rule: str = "officers") -> None:
    """Refuse a term that ends before it begins."""
    if since > until:
        words = _("结束日期不能早于开始日期")
        raise Refusal(
            words,
            remedy=_("改正日期后再提交"),
            rule=decree188.by_name(rule),
            code="wrong_term",
            status=422,
            fields={"until": words},
        )


def write(
    act: str, *, by: Person, at: datetime, content: dict[str, Any], rule: str = "officers", absent: Person | None = None
) -> None:
    """One entry in the strand of the day's acts on people and organisations; last statement of its transaction."""
    journal.write(f"parties:{shanghai_date(at)}", act, by=by, at=at, rule=rule, content=content, on_behalf_of=absent)
