"""Verifying strands outside the database, from an archive package; with the seals kept outside, also against those."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from riskwatch.journal import chain, kept
from riskwatch.journal.chain import Broken
from riskwatch.journal.verification import Gone


@dataclass
class Package:
    """What a package holds of the journal: every entry's hash by strand and number, and how far each strand goes."""

    digest: str
    hashes: dict[tuple[str, int], bytes] = field(default_factory=dict)
    ends: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    sealed: int = 0


def verify_package(path: Path, *, seals_from: Path | None = None) -> Broken | None:
    """The first thing in a package that does not hold; see `open_package` and `compare_with_seals`."""
    found = open_package(path)
    if isinstance(found, Broken) or seals_from is None:
        return found if isinstance(found, Broken) else None
    return compare_with_seals(found, seals_from)


def open_package(path: Path) -> Package | Broken:
    """Check a package by itself: checksums, links, headers, contents, and that no strand ends before it should."""
    try:
        with zipfile.ZipFile(path) as parcel:
            parts = {name: parcel.read(name) for name in parcel.namelist()}
        manifest = json.loads(parts["manifest.json"])
        heads = json.loads(parts["about.json"]).get("strands", {})
        rows = [json.loads(line) for line in parts["journal.jsonl"].decode().splitlines()]
    except (OSError, zipfile.BadZipFile, ValueError, KeyError, AttributeError) as error:
        return Broken(path.name, f"is not a whole package: {error}")
    for name in sorted({*manifest, *parts} - {"manifest.json"}):
        if name not in parts or name not in manifest or sha256(parts[name]).hexdigest() != manifest[name]:
            return Broken(name, "its checksum does not agree")
    found = Package(sha256(path.read_bytes()).hexdigest())
    return next(_breaks(rows, found), None) or _cut_off(heads, found) or found


def _breaks(rows: Iterable[dict[str, Any]], found: Package) -> Iterator[Broken]:
    key, number, previous = "", 0, chain.ZERO
    gone = Gone()
    for row in rows:
        if row["strand"] != key:
            yield from gone.unexplained()
            key, number, previous = row["strand"], 0, chain.ZERO
            if key in found.ends:
                yield Broken(key, "comes twice")
        where = f"{key} #{row['number']}"
        digest, own = bytes.fromhex(row["digest"]), bytes.fromhex(row["hash"])
        header = chain.Header(key, row["number"], datetime.fromisoformat(row["at"]), row["actor"], row["for"], row["act"],
                              row["rule"], row["basis"], row["sheet"])  # fmt: skip
        if row["number"] != number + 1 or bytes.fromhex(row["previous"]) != previous:
            yield Broken(where, "does not follow the entry before it")
        if chain.hash_of(header, previous=previous, digest=digest) != own:
            yield Broken(where, "its header was changed")
        if row["salt"] is not None and chain.digest_of(row["content"], salt=bytes.fromhex(row["salt"])) != digest:
            yield Broken(where, "its content was changed")
        gone.see(where, act=row["act"], missing=row["salt"] is None)
        number, previous = row["number"], own
        found.hashes[key, number] = own
        found.ends[key] = (number, own)
    yield from gone.unexplained()


def _cut_off(heads: dict[str, list[Any]], found: Package) -> Broken | None:
    """A strand that the package claims and does not hold to its end, or holds without claiming it."""
    if not heads and found.ends:
        return Broken("about.json", "does not say where the strands end: a cut-off end would not show")
    for key in sorted({*heads, *found.ends}):
        number, own = found.ends.get(key, (0, chain.ZERO))
        if heads.get(key) != [number, own.hex()]:
            claimed = heads.get(key, [0])[0]
            return Broken(f"{key} #{number + 1}", f"cut off: {claimed} entries were packed, {number} are here")
    return None


def compare_with_seals(package: Package, folder: Path) -> Broken | None:
    """Every sealed head of the package's strands must be the entry that the package holds, as far as it goes.

    Entries that were sealed later than the package's end are no fault: a case goes on to be archived. ``sealed``
    counts the heads that agreed.
    """
    before: kept.KeptSeal | None = None
    for seal in kept.read(folder):
        if isinstance(seal, Broken):
            return seal
        if broken := kept.does_not_follow(seal, before):
            return broken
        before = seal
        for key, number, own in seal.heads:
            if number > package.ends.get(key, (0, b""))[0]:
                continue
            if package.hashes[key, number] != own:
                return Broken(f"{key} #{number}", f"is not the entry that {seal.name} saw")
            package.sealed += 1
    if before is None:
        return Broken(str(folder), "holds no seals: the package was not compared")
    if not package.sealed:
        return Broken(str(folder), "saw no entry of this package: these are another house's or another time's seals")
    return None
