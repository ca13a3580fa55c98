"""Writing an entry, and sealing the heads that changed."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import pgtrigger
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from decree188.basis import basis_on
from decree188.calendar import shanghai_date
from riskwatch.journal import chain, kept
from riskwatch.journal.models import Entry, Payload, Seal, SealedHead, Strand

SEALING_LOCK = 188_001
# A transaction may take this long between touching its strand and committing; the sealer looks that far back.
SLOWEST_COMMIT = timedelta(minutes=10)


class Actor(Protocol):
    """A person or a service account."""

    pk: int


def write(
    strand: str,
    act: str,
    *,
    by: Actor,
    at: datetime,
    sheet: int | None = None,
    rule: str = "",
    content: Mapping[str, Any] | None = None,
    on_behalf_of: Actor | None = None,
) -> Entry:
    """Append one entry to a strand; call it last in the transaction, because it locks the strand's head.

    Parameters
    ----------
    strand : str
        Key of the strand, for example ``"folder:17"``; it begins with its first entry.
    act : str
        What was done, ``"kind.step"``.
    rule : str
        Name of the rule in the law library.
    content : mapping
        JSON-ready facts of the act, kept apart from the entry under a salted digest.
    """
    said = json.loads(json.dumps(content or {}, cls=DjangoJSONEncoder))
    salt = secrets.token_bytes(16)
    head = _lock(strand)
    header = chain.Header(
        strand=strand,
        number=head.head_number + 1,
        at=at,
        actor=by.pk,
        on_behalf_of=on_behalf_of.pk if on_behalf_of else None,
        act=act,
        rule=rule,
        basis=basis_on(shanghai_date(at)).id,
        sheet=sheet,
    )
    digest = chain.digest_of(said, salt=salt)
    entry = Entry.objects.create(
        strand=head,
        number=header.number,
        at=at,
        actor_id=by.pk,
        on_behalf_of_id=header.on_behalf_of,
        act=act,
        rule=rule,
        basis=header.basis,
        sheet_id=sheet,
        previous=bytes(head.head_hash),
        digest=digest,
        hash=chain.hash_of(header, previous=bytes(head.head_hash), digest=digest),
    )
    Payload.objects.create(entry=entry, salt=salt, content=said)
    Strand.objects.filter(pk=head.pk).update(head_number=entry.number, head_hash=entry.hash, touched_at=Now())
    return entry


def _lock(key: str) -> Strand:
    assert connection.in_atomic_block, "a journal entry belongs in its act's transaction"
    Strand.objects.bulk_create([Strand(key=key)], ignore_conflicts=True)
    return Strand.objects.select_for_update().get(key=key)


@transaction.atomic
def seal(*, at: datetime, keep_in: Path | None = None) -> Seal | None:
    """Seal every head that changed since it was last sealed; None when nothing changed.

    With ``keep_in`` the seal is also written to a file of that folder, so that a later cut or
    rewrite inside the database shows against a copy that the database does not hold.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEALING_LOCK])
    last = Seal.objects.order_by("-number").first()
    changed = Strand.objects.filter(head_number__gt=0).filter(
        ~Exists(SealedHead.objects.filter(strand=OuterRef("pk"), number=OuterRef("head_number")))
    )
    if last is not None:
        changed = changed.filter(touched_at__gt=last.looked_at - SLOWEST_COMMIT)
    heads = [(s.key, s.head_number, bytes(s.head_hash), s.pk) for s in changed.order_by("key")]
    if not heads:
        return None
    number = last.number + 1 if last else 1
    previous = bytes(last.hash) if last else chain.ZERO
    digest = chain.heads_digest((key, n, h) for key, n, h, _ in heads)
    made = Seal.objects.create(
        number=number,
        at=at,
        previous=previous,
        heads_digest=digest,
        heads_count=len(heads),
        hash=chain.seal_hash(number=number, at=at, previous=previous, heads=digest),
    )
    SealedHead.objects.bulk_create(
        [SealedHead(seal=made, strand_id=pk, number=n, hash=h) for _, n, h, pk in heads], batch_size=2000
    )
    if keep_in is not None:
        transaction.on_commit(lambda: _keep(made, heads, keep_in))
    return made


def _keep(made: Seal, heads: list[tuple[str, int, bytes, int]], folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    body = {
        "seal": made.number,
        "at": made.at.isoformat(),
        "previous": bytes(made.previous).hex(),
        "hash": bytes(made.hash).hex(),
        "heads": [[key, number, head.hex()] for key, number, head, _ in heads],
    }
    target = folder / kept.name_of(made.number)
    partial = target.with_suffix(".partial")
    partial.write_text(json.dumps(body, ensure_ascii=False), encoding="utf-8")
    os.replace(partial, target)


@transaction.atomic
def destroy_payloads(strand: str, *, by: Actor, at: datetime, reason: str) -> int:
    """Lawfully destroy the contents of a strand; its entries stay and still verify. Returns how many."""
    _lock(strand)
    with pgtrigger.ignore("journal.Payload:payloads_kept"):
        count, _ = Payload.objects.filter(entry__strand__key=strand).delete()
    write(strand, "journal.destroy_contents", by=by, at=at, content={"reason": reason, "contents": count})
    return count
