"""Checking the whole journal offline: every link, every digest, every seal, and nothing cut off at the end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db.models import Max

from riskwatch.journal import chain
from riskwatch.journal.models import Entry, Seal, SealedHead, Strand


@dataclass(frozen=True, slots=True)
class Broken:
    """The first place that does not hold."""

    where: str
    why: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was checked, and the first break, if any."""

    strands: int
    entries: int
    destroyed_contents: int
    seals: int
    broken: Broken | None

    @property
    def holds(self) -> bool:
        return self.broken is None


def verify(*, seals_from: Path | None = None, strand: str | None = None) -> Verdict:
    """Check entries strand by strand, then seals, then (when given) the seal files kept outside.

    The walk streams; memory does not grow with the journal. It stops at the first break and names it.
    """
    counts = {"strands": 0, "entries": 0, "destroyed": 0, "seals": 0}
    broken = next(_breaks(counts, seals_from=seals_from, strand=strand), None)
    return Verdict(counts["strands"], counts["entries"], counts["destroyed"], counts["seals"], broken)


def _breaks(counts: dict[str, int], *, seals_from: Path | None, strand: str | None) -> Iterator[Broken]:
    yield from _entry_breaks(counts, strand=strand)
    yield from _head_breaks(strand=strand)
    if strand is None:
        yield from _seal_breaks(counts)
        if seals_from is not None:
            yield from _kept_seal_breaks(seals_from)


def _entry_breaks(counts: dict[str, int], *, strand: str | None) -> Iterator[Broken]:
    entries = Entry.objects.select_related("strand", "payload").order_by("strand__key", "number")
    if strand is not None:
        entries = entries.filter(strand__key=strand)
    key, number, previous = "", 0, chain.ZERO
    for entry in entries.iterator(chunk_size=2000):
        if entry.strand.key != key:
            key, number, previous = entry.strand.key, 0, chain.ZERO
            counts["strands"] += 1
        counts["entries"] += 1
        where = f"{key} #{entry.number}"
        if entry.number != number + 1:
            yield Broken(where, f"entry {number + 1} is missing")
        if bytes(entry.previous) != previous:
            yield Broken(where, "does not follow the entry before it")
        if entry_hash(entry) != bytes(entry.hash):
            yield Broken(where, "its header was changed")
        payload = getattr(entry, "payload", None)
        if payload is None:
            counts["destroyed"] += 1
        elif chain.digest_of(payload.content, salt=bytes(payload.salt)) != bytes(entry.digest):
            yield Broken(where, "its content was changed")
        number, previous = entry.number, bytes(entry.hash)


def entry_hash(entry: Entry) -> bytes:
    """The hash that an entry ought to have."""
    header = chain.Header(
        strand=entry.strand.key,
        number=entry.number,
        at=entry.at,
        actor=entry.actor_id,
        on_behalf_of=entry.on_behalf_of_id,
        act=entry.act,
        rule=entry.rule,
        basis=entry.basis,
        sheet=entry.sheet_id,
    )
    return chain.hash_of(header, previous=bytes(entry.previous), digest=bytes(entry.digest))


def _head_breaks(*, strand: str | None) -> Iterator[Broken]:
    """A strand whose last entries were cut off no longer reaches its own head, or its sealed one."""
    strands = Strand.objects.all() if strand is None else Strand.objects.filter(key=strand)
    lengths = dict(Entry.objects.values_list("strand_id").annotate(Max("number")))
    sealed = dict(SealedHead.objects.values_list("strand_id").annotate(Max("number")))
    for row in strands.order_by("key").iterator(chunk_size=2000):
        length = lengths.get(row.pk, 0)
        claimed = max(row.head_number, sealed.get(row.pk, 0))
        if length < claimed:
            yield Broken(f"{row.key} #{length + 1}", f"cut off: {claimed} entries were written, {length} are left")
        if length > row.head_number:
            yield Broken(f"{row.key} #{row.head_number + 1}", "entries follow that the strand's head does not know")


def _seal_breaks(counts: dict[str, int]) -> Iterator[Broken]:
    number, previous = 0, chain.ZERO
    for seal in Seal.objects.order_by("number").iterator():
        counts["seals"] += 1
        where = f"seal {seal.number}"
        heads = list(seal.heads.values_list("strand__key", "number", "hash"))
        digest = chain.heads_digest((key, n, bytes(h)) for key, n, h in heads)
        if seal.number != number + 1:
            yield Broken(where, f"seal {number + 1} is missing")
        if bytes(seal.previous) != previous:
            yield Broken(where, "does not follow the seal before it")
        if digest != bytes(seal.heads_digest):
            yield Broken(where, "its heads were changed")
        if chain.seal_hash(number=seal.number, at=seal.at, previous=previous, heads=digest) != bytes(seal.hash):
            yield Broken(where, "its header was changed")
        number, previous = seal.number, bytes(seal.hash)
    for head in SealedHead.objects.select_related("strand", "seal").iterator(chunk_size=2000):
        found = Entry.objects.filter(strand=head.strand, number=head.number).values_list("hash", flat=True).first()
        if found is None or bytes(found) != bytes(head.hash):
            yield Broken(f"{head.strand.key} #{head.number}", f"is not the entry that seal {head.seal.number} saw")


def _kept_seal_breaks(folder: Path) -> Iterator[Broken]:
    """Compare the seals kept outside with the database: a rewritten or shortened database shows here."""
    for path in sorted(folder.glob("seal-*.json")):
        kept = json.loads(path.read_text(encoding="utf-8"))
        seal = Seal.objects.filter(number=kept["seal"]).first()
        if seal is None:
            yield Broken(path.name, "the database no longer holds this seal")
        elif bytes(seal.hash).hex() != kept["hash"]:
            yield Broken(path.name, "the database holds another seal under this number")
