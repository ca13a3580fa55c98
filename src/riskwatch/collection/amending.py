"""Mending what a piece says: at once while it is not verified, by two persons afterwards; nothing is mended silently."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from decree188.calendar import shanghai_date
from decree188.scope import excluded_products
from riskwatch.case import actions as case
from riskwatch.case import deadlines, outbox
from riskwatch.case.lifecycle import advance, lock
from riskwatch.case.models import Sheet
from riskwatch.case.sheets import Plan, begin
from riskwatch.catalogue import queries as catalogue
from riskwatch.collection import recording
from riskwatch.collection.models import Amendment, Information
from riskwatch.documents import actions as documents
from riskwatch.look.words import aside, kept, labelled, sentence
from riskwatch.parties.models import Person
from riskwatch.refusals import refuse_unless

# Where verification has spoken; from here on what a piece says is changed by two persons.
JUDGED = ("verified", "refuted", "unverifiable", "entered")
# Where a piece came from is no finding; everything else is.
FORMAL = frozenset({"reference", "url", "source_words", "published_on"})
Changes = dict[str, tuple[Any, Any]]


@transaction.atomic
def amend(
    sheet: Sheet, *, by: Person, at: datetime, reason: str, title: str = "", clear: Iterable[str] = (), **facts: Any
) -> Sheet:
    """Mend facts of a piece: old and new value stand in the journal. First knowledge is not among them.

    Empty facts are left as they are; what is to be emptied is named in ``clear``. After verification a change of
    substance is only proposed, and the proposal is returned.
    """
    now = lock(sheet)
    post = case.refuse_without_post(now.owner, ("registrar", "case_officer"), by=by, at=at, about=now, jointly=True)
    changes = _changes(now, facts | ({"title": title} if title else {}), tuple(clear))
    refuse_unless(changes, _("没有改动"), remedy=_("改动后再提交"), code="nothing_changed")
    refuse_unless(reason.strip(), _("更正须写明理由"), remedy=_("填写理由"), code="reason_missing")
    if now.stage in JUDGED and not set(changes) <= FORMAL:
        return _propose(now, changes, by=by, at=at, reason=reason)
    _apply(now, changes, by=by, at=at, reason=reason, holder=post.holder)
    sheet.refresh_from_db()
    return sheet


def _changes(sheet: Sheet, said: dict[str, Any], clear: tuple[str, ...]) -> Changes:
    info = recording.information(sheet)
    given = {k: v for k, v in said.items() if v not in ("", None, [], ())}
    clean = recording.checked({"spread_reason": info.spread_reason, "source_words": info.source_words} | given)
    clean = {k: v for k, v in clean.items() if k in given}
    for name in clear:
        refuse_unless(name in recording.FIELDS and name not in ("source_kind", "text") and name not in given,
                      _("“%(field)s”不能清空") % {"field": name}, remedy=_("填写后再提交"), code="wrong_fields", status=422)  # fmt: skip
        clean[name] = recording.column(name).get_default() if name != "aspects" else []
    changes = {k: (getattr(info, k), v) for k, v in clean.items() if not _same(getattr(info, k), v)}
    if given.get("title") and given["title"] != sheet.title:
        changes["title"] = (sheet.title, str(given["title"])[:300])
    return changes


def _same(old: Any, new: Any) -> bool:
    """Equal, whatever a browser does to line ends and outer blanks."""
    if isinstance(old, str) and isinstance(new, str):
        return old.replace("\r\n", "\n").strip() == new.replace("\r\n", "\n").strip()
    return bool(old == new)


def _apply(sheet: Sheet, changes: Changes, *, by: Person, at: datetime, reason: str, proposed_by: str = "",
           holder: int | None = None) -> None:  # fmt: skip
    info = recording.information(sheet)
    fresh = {k: new for k, (_old, new) in changes.items() if k != "title"}
    if "origin" in fresh:
        fresh["origin_code"] = catalogue.country(fresh["origin"])
    if "commodity_code" in fresh:
        answer = excluded_products(fresh["commodity_code"])
        fresh |= {"scope": str(answer.scope), "scope_reason": answer.reason_zh, "elsewhere": answer.elsewhere_zh}
    Information.objects.filter(pk=sheet.pk).update(**fresh)
    info.refresh_from_db()
    words = recording.words({f: getattr(info, f) for f in recording.FIELDS})
    title = changes["title"][1] if "title" in changes else sheet.title
    Sheet.objects.filter(pk=sheet.pk).update(words=words, title=title)
    told = reason + kept(lambda: aside(labelled(_("提出人"), proposed_by)))() if proposed_by else reason
    case.amend(sheet, changes, by=by, at=at, reason=told, holder=holder)


def _propose(sheet: Sheet, changes: Changes, *, by: Person, at: datetime, reason: str) -> Sheet:
    waiting = Amendment.objects.filter(information=sheet.pk, sheet__stage="proposed").exists()
    refuse_unless(not waiting, _("已有待审核的更正"), remedy=_("先审核前一项更正"), code="already_open")
    count = Amendment.objects.filter(information=sheet.pk).count() + 1
    plan = Plan(kind="amendment", title=sentence("更正：%(title)s", title=sheet.title).chinese(), owner=sheet.owner, causes=(sheet,),
                number=f"{sheet.number}-G{count}" if sheet.number else documents.record_number("RM", office=sheet.owner.code, at=at),
                due_on=deadlines.due_on("handling", shanghai_date(at)))  # fmt: skip
    shown = {k: {"from": _plain(old), "to": _plain(new)} for k, (old, new) in changes.items()}
    made = begin(plan, "propose", by=by, at=at, content={"changes": shown, "reason": reason})
    Amendment.objects.create(sheet=made, information_id=sheet.pk, changes=shown, reason=reason)
    outbox.tell(
        [sheet.owner], subject=sentence("更正待审核：%(title)s", title=sheet.title), at=at, sheet=made, role="approver"
    )
    return made


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else list(value) if isinstance(value, tuple) else value


@transaction.atomic
def approve(amendment: Sheet, *, by: Person, at: datetime, answer: str = "") -> Sheet:
    """A second person approves: the facts change as proposed, unless they changed meanwhile."""
    row = Amendment.objects.select_related("information__sheet__owner", "sheet__made_by").get(pk=amendment.pk)
    sheet = lock(Sheet.objects.get(pk=row.information_id))
    info = recording.information(sheet)
    for name, change in row.changes.items():
        now = sheet.title if name == "title" else getattr(info, name)
        refuse_unless(_plain(now) == change["from"], _("“%(field)s”在提出更正之后已变") % {"field": name},
                      remedy=_("不同意这项更正，按现在的内容重新提出"), code="moved")  # fmt: skip
    changes = {k: (c["from"], _value(k, c["to"])) for k, c in row.changes.items()}
    Amendment.objects.filter(pk=row.pk).update(answer=answer)
    _apply(sheet, changes, by=by, at=at, reason=row.reason, proposed_by=str(row.sheet.made_by))
    return advance(amendment, "approve", by=by, at=at, content={"changes": row.changes, "answer": answer})


def _value(name: str, kept: Any) -> Any:
    return kept if name == "title" else recording.column(name).to_python(kept)


@transaction.atomic
def refuse(amendment: Sheet, *, by: Person, at: datetime, answer: str) -> Sheet:
    """Refuse a proposed change, with the reason."""
    Amendment.objects.filter(pk=amendment.pk).update(answer=answer)
    return advance(amendment, "refuse", by=by, at=at, content={"answer": answer})
