"""The arithmetic of the chain: canonical bytes, digests and hashes, without a database."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

ZERO = bytes(32)


@dataclass(frozen=True, slots=True)
class Broken:
    """The first place that does not hold."""

    where: str
    why: str


@dataclass(frozen=True, slots=True)
class Header:
    """What an entry's hash covers besides its content."""

    strand: str
    number: int
    at: datetime
    actor: int
    on_behalf_of: int | None
    act: str
    rule: str
    basis: str
    sheet: int | None


def canonical(content: Any) -> bytes:
    """Bytes of a JSON value that do not depend on key order or spacing."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest_of(content: Any, *, salt: bytes) -> bytes:
    """SHA-256 of salt and content: hides a small content, and proves it while salt and content are kept."""
    return hashlib.sha256(salt + canonical(content)).digest()


def hash_of(header: Header, *, previous: bytes, digest: bytes) -> bytes:
    """An entry's hash: the hash before, the header, and the content's digest."""
    fields: Mapping[str, Any] = {
        "strand": header.strand,
        "number": header.number,
        "at": header.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": header.actor,
        "for": header.on_behalf_of,
        "act": header.act,
        "rule": header.rule,
        "basis": header.basis,
        "sheet": header.sheet,
    }
    return hashlib.sha256(previous + canonical(fields) + digest).digest()


def heads_digest(heads: Iterable[tuple[str, int, bytes]]) -> bytes:
    """SHA-256 over sealed heads (strand key, number, hash), ordered by key."""
    rows = [[key, number, head.hex()] for key, number, head in sorted(heads)]
    return hashlib.sha256(canonical(rows)).digest()


def seal_hash(*, number: int, at: datetime, previous: bytes, heads: bytes) -> bytes:
    """A seal's hash: the seal before, its number and time, and the digest of its heads."""
    fields = {"seal": number, "at": at.astimezone(UTC).isoformat(timespec="microseconds")}
    return hashlib.sha256(previous + canonical(fields) + heads).digest()
