"""Releasing by two persons, copying out, marking ended, correcting; and the receipt states that reporters read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

import decree188
from decree188.calendar import shanghai_date
from riskwatch.case import deadlines, journalling, outbox
from riskwatch.case.actions import refuse_without_post
from riskwatch.case.lifecycle import advance, hold, lock
from riskwatch.case.models import Sheet
from riskwatch.case.sheets import Plan, begin, put, tokens
from riskwatch.disclosure.following import ask, end_of, slug_of, waiting_of
from riskwatch.disclosure.models import Correction, Publication, ReceiptState, Release
from riskwatch.disclosure.redaction import refuse_unredacted
from riskwatch.documents import actions as documents
from riskwatch.journal.queries import happened
from riskwatch.look.words import kept, sentence
from riskwatch.parties.models import Person
from riskwatch.refusals import refuse_unless


@transaction.atomic
def request(measure: Sheet, *, by: Person, at: datetime, title: str, body: str, left_out: str) -> Sheet:
    """Ask to publish a measure, saying what is left out and why."""
    refuse_unless(measure.kind in ("announcement", "notice", "order"), _("这类记录不对外公开"), remedy=_("公开通告、公告和责令等措施"), rule=decree188.by_name("secrecy"),
                  code="not_publishable")  # fmt: skip
    refuse_unless(
        measure.stage == "in_force", _("只有执行中的措施可以公开"), remedy=_("签发后再申请公开"), code="not_in_force"
    )
    refuse_unredacted(measure, {"title": title, "body": body})
    waiting = waiting_of(measure)
    if waiting is not None:
        return _take_over(waiting, by=by, at=at, title=title, body=body, left_out=left_out)
    plan = Plan(kind="release", title=title, owner=measure.owner, folder=measure.folder, causes=(measure,), words=measure.words,
                number=documents.record_number("PU", office=measure.owner.code, at=at),
                due_on=deadlines.due_on("disclosure", shanghai_date(at)))  # fmt: skip
    sheet = begin(plan, "request", by=by, at=at, content={"title": title, "body": body, "left_out": left_out})
    Release.objects.create(sheet=sheet, measure_id=measure.pk, title=title, body=body, left_out=left_out)
    return sheet


def _take_over(waiting: Sheet, *, by: Person, at: datetime, **said: str) -> Sheet:
    """An officer words a release that opened by itself; one that somebody asked for already is judged first."""
    lock(waiting)
    post = refuse_without_post(waiting.owner, ("case_officer",), by=by, at=at)
    asked = happened(("release.request",), sheets=[waiting.pk], since=waiting.made_at)
    refuse_unless(not asked, _("已有待审核的公开申请"), remedy=_("等审核结果，或请审核人退回"), code="already_open")
    Release.objects.filter(pk=waiting.pk).update(**said)
    Sheet.objects.filter(pk=waiting.pk).update(title=said["title"], version=waiting.version + 1)
    journalling.record(
        waiting, "release.request", by=by, at=at, rule="publish_by_rule", content=said, holder=post.holder
    )
    waiting.refresh_from_db()
    return waiting


@transaction.atomic
def publish(sheet: Sheet, *, by: Person, at: datetime, redacted: bool) -> Sheet:
    """A second person approves; the text is copied out, and that copy alone is public."""
    refuse_unless(redacted, _("须确认公开内容不含秘密、商业秘密和个人信息"), remedy=_("逐段核对后勾选"), rule=decree188.by_name("secrecy"), code="not_redacted",
                  status=422)  # fmt: skip
    lock(sheet)
    row = Release.objects.select_related("measure__sheet__owner").get(pk=sheet.pk)
    refuse_unredacted(row.measure.sheet, {"title": row.title, "body": row.body, "product": row.measure.product})
    advance(sheet, "publish", by=by, at=at, content={"title": row.title})
    _copy_out(row, at=at, note="")
    end_of(row.measure.sheet, shanghai_date(at))
    return sheet


def _copy_out(row: Release, *, at: datetime, note: str) -> Publication:
    measure = row.measure.sheet
    slug = slug_of(measure.pk)
    last = Publication.objects.filter(slug=slug).aggregate(n=Max("version"))["n"] or 0
    Publication.objects.filter(slug=slug).update(current=False)
    return Publication.objects.create(
        slug=slug, version=last + 1, number=measure.number, title=row.title, office=measure.owner.name_zh,
        office_en=measure.owner.name_en, product=row.measure.product, body=row.body, starts_on=measure.starts_on,
        ends_on=measure.ends_on, published_at=at, note=note, release_id=row.pk,
        words=tokens(f"{measure.number} {row.title} {row.measure.product} {row.body}")[:20000],
    )  # fmt: skip


@transaction.atomic
def refuse(sheet: Sheet, *, by: Person, at: datetime, reason: str) -> Sheet:
    """Refuse to publish, with the reason."""
    Release.objects.filter(pk=sheet.pk).update(refused_because=reason)
    advance(sheet, "refuse", by=by, at=at, content={"reason": reason})
    outbox.tell([sheet.owner], subject=_("不予公开：%(title)s") % {"title": sheet.title}, at=at, sheet=sheet, body=reason,
                role="case_officer")  # fmt: skip
    return sheet


@transaction.atomic
def end(sheet: Sheet, *, by: Person, at: datetime, reason: str) -> Sheet:
    """Mark a publication ended; it stays at its address, plainly marked."""
    row = Release.objects.get(pk=sheet.pk)
    Publication.objects.filter(slug=slug_of(row.measure_id)).update(ended_on=shanghai_date(at), ended_note=reason[:300])
    return advance(sheet, "end", by=by, at=at, content={"reason": reason})


def follow_measures(*, at: datetime) -> int:
    """Mark publications ended whose measure was lifted, lapsed or fulfilled. The page computes it too; this keeps the copy true."""
    today = shanghai_date(at)
    ended = 0
    for row in Publication.objects.filter(ended_on=None, current=True):
        ended += end_of(Sheet.objects.get(pk=int(row.slug[1:])), today)
    return ended


@transaction.atomic
def withdraw_version(sheet: Sheet, *, version: int, reason: str, by: Person, at: datetime) -> Sheet:
    """Take one version's text down at once; its address says so, and what it said stays in the house alone.

    A measure still in force whose current version is taken down asks for its release again.
    """
    hold(sheet)
    post = refuse_without_post(sheet.owner, ("releaser",), by=by, at=at)
    refuse_unless(reason.strip(), _("撤下须写明理由"), remedy=_("填写理由"), code="reason_missing", status=422,
                  rule=decree188.by_name("secrecy"))  # fmt: skip
    release = Release.objects.select_related("measure__sheet").get(pk=sheet.pk)
    rows = Publication.objects.select_for_update().filter(slug=slug_of(release.measure_id), version=version)
    row = rows.first()
    refuse_unless(
        row is not None, _("没有第%(n)s版") % {"n": version}, remedy=_("核对版次"), code="no_version", status=404
    )
    assert row is not None
    refuse_unless(
        row.withdrawn_at is None, _("第%(n)s版已经撤下") % {"n": version}, remedy=_("不必再办理"), code="withdrawn"
    )
    digest = sha256(f"{row.title}\n{row.body}".encode()).hexdigest()
    rows.update(
        title=kept(lambda: _("（本版已撤下）"))(), body="", words="", withdrawn_at=at, withdrawn_note=reason[:300]
    )
    journalling.record(sheet, "release.withdraw_version", by=by, at=at, rule="secrecy",
                       content={"version": version, "reason": reason, "sha256": digest}, holder=post.holder)  # fmt: skip
    measure = release.measure.sheet
    if row.current and measure.stage == "in_force":
        ask(measure, _("原公开版本已撤下：%(why)s") % {"why": reason}, by=by, at=at)
    return sheet


@transaction.atomic
def ask_correction(publication: Publication, *, wrong: str, right: str, by: Person, at: datetime) -> Sheet:
    """Anybody asks to correct a publication; ``by`` is the portal's service account."""
    release = Release.objects.select_related("sheet__owner", "measure__sheet").get(pk=publication.release_id)
    plan = Plan(kind="correction", title=sentence("更正请求：%(title)s", title=publication.title).chinese(), owner=release.sheet.owner,
                folder=None, causes=(release.sheet,), number=documents.record_number("CR", office=release.sheet.owner.code, at=at),
                due_on=deadlines.due_on("correction_answer", shanghai_date(at)))  # fmt: skip
    sheet = put(plan, stage="received", by=by, at=at)
    Correction.objects.create(sheet=sheet, publication=publication, wrong=wrong, right=right)
    outbox.tell(
        [release.sheet.owner], subject=sentence("收到更正请求：%(title)s", title=publication.title), at=at, sheet=sheet
    )
    journalling.record(sheet, "correction.ask", by=by, at=at, content={"wrong": wrong, "right": right})
    return sheet


@transaction.atomic
def mend(sheet: Sheet, *, by: Person, at: datetime, title: str, body: str, answer: str) -> Sheet:
    """Draft a correction; another releaser publishes it."""
    lock(sheet)
    row = Correction.objects.select_related("publication").get(pk=sheet.pk)
    release = Release.objects.select_related("measure__sheet").get(pk=row.publication.release_id)
    refuse_unredacted(release.measure.sheet, {"title": title, "body": body})
    Correction.objects.filter(pk=sheet.pk).update(title=title, body=body, answer=answer, returned_because="")
    return advance(sheet, "mend", by=by, at=at, content={"title": title, "body": body, "answer": answer})


@transaction.atomic
def publish_correction(sheet: Sheet, *, by: Person, at: datetime, redacted: bool, withdraw_old: bool = False) -> Sheet:
    """A second releaser publishes a drafted correction: a new version at the same address, saying that it was corrected."""
    refuse_unless(redacted, _("须确认公开内容不含秘密、商业秘密和个人信息"), remedy=_("逐段核对后勾选"), rule=decree188.by_name("secrecy"), code="not_redacted",
                  status=422)  # fmt: skip
    lock(sheet)
    row = Correction.objects.select_related("publication").get(pk=sheet.pk)
    release = Release.objects.select_related("sheet__owner", "measure__sheet__owner").get(pk=row.publication.release_id)
    texts = {"title": row.title, "body": row.body, "product": release.measure.product}
    refuse_unredacted(release.measure.sheet, texts)
    advance(sheet, "publish", by=by, at=at, content={"answer": row.answer, "withdraw_old": withdraw_old})
    Release.objects.filter(pk=release.pk).update(title=row.title, body=row.body)
    _tell_asker(sheet, "mended", row.answer, at=at)
    release.refresh_from_db()
    before = Publication.objects.filter(slug=row.publication.slug, current=True).first()
    made = _copy_out(release, at=at, note=_("本版已更正：%(answer)s") % {"answer": row.answer[:200]})
    if before is not None:
        kept = {"stale_since": before.stale_since, "ended_on": before.ended_on, "ended_note": before.ended_note}
        Publication.objects.filter(pk=made.pk).update(**kept)
    if withdraw_old:
        withdraw_version(release.sheet, version=row.publication.version, reason=row.answer or _("更正"), by=by, at=at)
    return sheet


@transaction.atomic
def return_correction(sheet: Sheet, *, by: Person, at: datetime, reason: str) -> Sheet:
    """Return a drafted correction for another draft."""
    Correction.objects.filter(pk=sheet.pk).update(returned_because=reason)
    return advance(sheet, "send_back", by=by, at=at, content={"reason": reason})


@transaction.atomic
def decline_correction(sheet: Sheet, *, by: Person, at: datetime, answer: str) -> Sheet:
    """Decline a correction, with the reason."""
    Correction.objects.filter(pk=sheet.pk).update(answer=answer)
    _tell_asker(sheet, "declined", answer, at=at)
    return advance(sheet, "decline", by=by, at=at, content={"answer": answer})


CORRECTION_WORDS = {"received": _("已收到，等待处理"), "mended": _("已更正"), "declined": _("未予更正")}


def _tell_asker(sheet: Sheet, stage: str, answer: str, *, at: datetime) -> None:
    """Who asked for a correction reads the answer with the receipt."""
    words = CORRECTION_WORDS[stage]
    ReceiptState.objects.filter(number=sheet.number).update(words=words, answer=answer, closed=True, updated_at=at)


RECEIPT_WORDS = {
    "received": _("已收到，等待处理"), "verifying": _("正在核实"), "verified": _("已核实"), "entered": _("已核实并录入"),
    "refuted": _("经核实情况不属实"), "unverifiable": _("暂时无法核实"), "out_of_scope": _("不属于本平台受理范围"),
    "transferred": _("已移送其他部门"), "withdrawn": _("已撤回"),
}  # fmt: skip


# Where nothing more can be said to a report.
RECEIPT_OVER = ("out_of_scope", "transferred", "withdrawn")


def open_receipt(number: str, secret_digest: str, *, at: datetime, kind: str = "report") -> None:
    """Give a report, or a request to correct, its state outside the house."""
    ReceiptState.objects.create(
        number=number, kind=kind, secret_digest=secret_digest, words=RECEIPT_WORDS["received"], updated_at=at
    )


def copy_receipts(rows: Iterable[tuple[str, str, str | None, datetime]]) -> int:
    """Copy states (number, stage, answer, when) out to the receipts that exist. Returns how many changed.

    Without an answer the one that stands there stays.
    """
    changed = 0
    for number, stage, answer, when in rows:
        said = {"words": RECEIPT_WORDS[stage], "closed": stage in RECEIPT_OVER}
        said |= {} if answer is None else {"answer": answer}
        known = ReceiptState.objects.filter(number=number).exclude(**said)
        changed += known.update(**said, updated_at=when)
    return changed
