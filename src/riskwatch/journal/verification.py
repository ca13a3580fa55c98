"""Checking the whole journal offline: every link, every digest, every seal, and nothing cut off at the end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db.models import Max

from riskwatch.journal import chain, kept
from riskwatch.journal.chain import Broken
from riskwatch.journal.models import Entry, Seal, SealedHead, Strand

DESTROYS = "journal.destroy_contents"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was checked, and the first break, if any.

    ``kept`` says which seal files outside the database were compared; None when none were asked for.
    """

    strands: int
    entries: int
    destroyed_contents: int
    seals: int
    broken: Broken | None
    kept: kept.Compared | None = None

    @property
    def holds(self) -> bool:
        return self.broken is None


def verify(*, seals_from: Path | None = None, strand: str | None = None) -> Verdict:
    """Check entries strand by strand, then seals, then (when given) the seal files kept outside.

    The walk streams; memory does not grow with the journal. It stops at the first break and names it.
    """
    counts = {"strands": 0, "entries": 0, "destroyed": 0, "seals": 0}
    broken = next(_breaks(counts, strand=strand), None)
    compared = None
    if broken is None and seals_from is not None and strand is None:
        compared, broken = _compare_kept(seals_from)
    return Verdict(counts["strands"], counts["entries"], counts["destroyed"], counts["seals"], broken, compared)


def _breaks(counts: dict[str, int], *, strand: str | None) -> Iterator[Broken]:
    yield from _entry_breaks(counts, strand=strand)
    yield from _head_breaks(strand=strand)
    if strand is None:
        yield from _seal_breaks(counts)


def _entry_breaks(counts: dict[str, int], *, strand: str | None) -> Iterator[Broken]:
    entries = Entry.objects.select_related("strand", "payload").order_by("strand__key", "number")
    if strand is not None:
        entries = entries.filter(strand__key=strand)
    key, number, previous = "", 0, chain.ZERO
    gone = Gone()
    for entry in entries.iterator(chunk_size=2000):
        if entry.strand.key != key:
            yield from gone.unexplained()
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
        gone.see(where, act=entry.act, missing=payload is None)
        if payload is None:
            counts["destroyed"] += 1
        elif chain.digest_of(payload.content, salt=bytes(payload.salt)) != bytes(entry.digest):
            yield Broken(where, "its content was changed")
        number, previous = entry.number, bytes(entry.hash)
    yield from gone.unexplained()


class Gone:
    """Contents of a strand that are no longer there; each needs a later entry of the strand that destroyed them."""

    def __init__(self) -> None:
        self.first = ""

    def see(self, where: str, *, act: str, missing: bool) -> None:
        """The next entry of the strand."""
        if act == DESTROYS:
            self.first = ""
        if missing and not self.first:
            self.first = where

    def unexplained(self) -> Iterator[Broken]:
        """The first missing content that nothing explains, at the end of a strand."""
        if self.first:
            yield Broken(self.first, "its content is gone, and no later entry destroyed it")
        self.first = ""


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


def _compare_kept(folder: Path) -> tuple[kept.Compared, Broken | None]:
    """Compare the seals kept outside with the database: a rewritten or shortened database shows here."""
    newest = Seal.objects.order_by("-number").values_list("number", flat=True).first() or 0
    compared = kept.Compared(0, 0, newest, "")
    previous: kept.KeptSeal | None = None
    for one in kept.read(folder):
        if isinstance(one, Broken):
            return compared, one
        if broken := kept.does_not_follow(one, previous) or _is_another(one):
            return compared, broken
        previous = one
        compared = kept.Compared(compared.first or one.number, one.number, newest, one.at)
    if newest and previous is None:
        return compared, Broken(str(folder), f"holds none of the {newest} seals: the seals were not compared")
    return compared, None


def _is_another(one: kept.KeptSeal) -> Broken | None:
    found = Seal.objects.filter(number=one.number).values_list("hash", flat=True).first()
    if found is None:
        return Broken(one.name, "the database no longer holds this seal")
    if bytes(found) != one.hash:
        return Broken(one.name, "the database holds another seal under this number")
    return None
