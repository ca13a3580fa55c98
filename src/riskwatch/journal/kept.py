"""Seals kept as files outside the database: each is recomputed, and each follows the one before it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from riskwatch.journal import chain
from riskwatch.journal.chain import Broken


@dataclass(frozen=True, slots=True)
class Compared:
    """The range of seal files that were compared, and the newest seal that the database holds."""

    first: int
    last: int
    newest: int
    at: str

    def __str__(self) -> str:
        if not self.last:
            return "no seal files compared"
        lag = f"; the database's newest is {self.newest}" if self.newest != self.last else ""
        return f"seal files {self.first} to {self.last} compared (the last of {self.at}{lag})"


@dataclass(frozen=True, slots=True)
class KeptSeal:
    """One seal file whose hash agrees with its own heads."""

    name: str
    number: int
    at: str
    previous: bytes
    hash: bytes
    heads: tuple[tuple[str, int, bytes], ...]


def read(folder: Path) -> Iterator[KeptSeal | Broken]:
    """The folder's seals by number; a file that cannot be read or does not agree with itself is named."""
    for path in sorted(folder.glob("seal-*.json")):
        try:
            body = json.loads(path.read_text(encoding="utf-8"))
            heads = tuple((str(key), int(n), bytes.fromhex(head)) for key, n, head in body["heads"])
            seal = KeptSeal(path.name, int(body["seal"]), str(body["at"]), bytes.fromhex(body["previous"]),
                            bytes.fromhex(body["hash"]), heads)  # fmt: skip
            at = datetime.fromisoformat(seal.at)
        except (OSError, ValueError, KeyError, TypeError):
            yield Broken(path.name, "cannot be read as a seal")
            return
        own = chain.seal_hash(number=seal.number, at=at, previous=seal.previous, heads=chain.heads_digest(heads))
        if own != seal.hash or path.name != name_of(seal.number):
            yield Broken(path.name, "was changed: its hash does not agree with its heads")
            return
        yield seal


def name_of(number: int) -> str:
    """The file's name of a seal."""
    return f"seal-{number:09d}.json"


def does_not_follow(seal: KeptSeal, before: KeptSeal | None) -> Broken | None:
    """A gap in the files, or a seal that was made after another one than the file before it."""
    if before is None:
        first = seal.number == 1 and seal.previous != chain.ZERO
        return Broken(seal.name, "is not a first seal") if first else None
    if seal.number != before.number + 1:
        return Broken(name_of(before.number + 1), f"is missing: the files go on with {seal.number}")
    if seal.previous != before.hash:
        return Broken(seal.name, "does not follow the seal before it")
    return None
