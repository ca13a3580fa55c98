"""Verifying a strand outside the database, from an archive package."""

from __future__ import annotations

import json
import zipfile
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from riskwatch.journal import chain
from riskwatch.journal.verification import Broken


def verify_package(path: Path) -> Broken | None:
    """The first thing in a package that does not hold: a file's checksum, a link, a header or a content."""
    with zipfile.ZipFile(path) as parcel:
        manifest = json.loads(parcel.read("manifest.json"))
        for name, digest in manifest.items():
            if name not in parcel.namelist() or sha256(parcel.read(name)).hexdigest() != digest:
                return Broken(name, "its checksum does not agree")
        lines = parcel.read("journal.jsonl").decode().splitlines()
        heads = json.loads(parcel.read("about.json")).get("strands", {})
    ends: dict[str, list[object]] = {}
    key, number, previous = "", 0, chain.ZERO
    for line in lines:
        row = json.loads(line)
        if row["strand"] != key:
            key, number, previous = row["strand"], 0, chain.ZERO
        where = f"{key} #{row['number']}"
        digest, own = bytes.fromhex(row["digest"]), bytes.fromhex(row["hash"])
        header = chain.Header(key, row["number"], datetime.fromisoformat(row["at"]), row["actor"], row["for"], row["act"],
                              row["rule"], row["basis"], row["sheet"])  # fmt: skip
        if row["number"] != number + 1 or bytes.fromhex(row["previous"]) != previous:
            return Broken(where, "does not follow the entry before it")
        if chain.hash_of(header, previous=previous, digest=digest) != own:
            return Broken(where, "its header was changed")
        if row["content"] is not None and chain.digest_of(row["content"], salt=bytes.fromhex(row["salt"])) != digest:
            return Broken(where, "its content was changed")
        number, previous = row["number"], own
        ends[key] = [number, own.hex()]
    return _cut_off(heads, ends)


def _cut_off(heads: dict[str, list[object]], ends: dict[str, list[object]]) -> Broken | None:
    """A strand that the package claims and does not hold to its end."""
    for key, head in heads.items():
        if ends.get(key, [0, chain.ZERO.hex()]) != head:
            return Broken(f"{key} #{head[0]}", "cut off: the package does not hold this strand to its end")
    return None
