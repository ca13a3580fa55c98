"""Looking at translated rows before they are stored: one that the tables would not take is told as a bad row."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

from decree188.collection import source_kinds
from decree188.scope import aspects
from riskwatch.case.models import Direction
from riskwatch.collection.ports import Arrival, BadRow
from riskwatch.collection.reading import nesting
from riskwatch.collection.recording import column
from riskwatch.collection.remit import refuse_foreign_arrival
from riskwatch.parties.models import Organisation
from riskwatch.refusals import Refusal

DEEPEST = 64
TEXTS = ("external_id", "position", "title", "text", "reference", "url", "language", "product", "brand", "model", "batch",
         "commodity_code", "quantity", "origin", "maker", "importer", "port", "hazard_text", "injuries", "disposition")  # fmt: skip
# Fields that are cut to fit when stored; the others must fit.
CUT = ("reference", "url")
MOST = {n: f.max_length for n in TEXTS if n not in (*CUT, "title") and (f := column(n)).max_length}


class _Unfit(Exception):
    """A field that the tables would not take."""

    def __init__(self, field_name: str, reason: str) -> None:
        super().__init__(reason)
        self.field, self.reason = field_name, reason


@dataclass(frozen=True, slots=True)
class Fit:
    """An arrival that may be stored, with the hash of its original."""

    arrival: Arrival
    revision: str


@dataclass
class Inspection:
    """What is asked of each row for one office on one day; the rows that are fit by their id, and the bad ones."""

    office: Organisation
    source_kind: str
    today: date
    fit: dict[str, Fit] = field(default_factory=dict)
    bad: list[BadRow] = field(default_factory=list)
    _remit: dict[tuple[str, str], str] = field(default_factory=dict)

    def look(self, block: list[Arrival | BadRow]) -> Inspection:
        """Look at a block; of rows with the same id the last counts."""
        for row in block:
            if isinstance(row, BadRow):
                self.bad.append(row)
                continue
            try:
                key = self._id(row)
                self._refuse_unfit(row, key)
                self.fit[key] = Fit(row, _revision(row))
            except _Unfit as unfit:
                self.bad.append(
                    BadRow(row.position, unfit.field, unfit.reason, f"{row.external_id} {row.title}"[:2000])
                )
        return self

    def _id(self, row: Arrival) -> str:
        return f"{self.office.code}/{row.external_id}" if row.private else row.external_id

    def _refuse_unfit(self, row: Arrival, key: str) -> None:
        if len(key) > MOST["external_id"]:
            raise _Unfit("external_id", f"编号超过{MOST['external_id']}个字符")
        for name in TEXTS:
            value = getattr(row, name)
            if not value.isascii() and not _is_writable(value):
                raise _Unfit(name, "含有不成对的代理字符，不是有效文本")
            if name in MOST and len(value) > MOST[name]:
                raise _Unfit(name, f"超过{MOST[name]}个字符")
        kind = self.source_kind or str(row.original.get("kind"))
        coded = (("source_kind", kind in source_kinds), ("direction", not row.direction or row.direction in Direction.values),
                 ("aspects", all(a in aspects for a in row.aspects)))  # fmt: skip
        for name, known in coded:
            if not known:
                raise _Unfit(name, "不在可用值中")
        self._refuse_foreign(row)

    def _refuse_foreign(self, row: Arrival) -> None:
        asked = (row.commodity_code, row.port)
        if asked not in self._remit:
            try:
                facts = {"commodity_code": row.commodity_code, "port": row.port}
                refuse_foreign_arrival(self.office, facts, self.today)
                self._remit[asked] = ""
            except Refusal as refused:
                self._remit[asked] = refused.reason
        if self._remit[asked]:
            raise _Unfit("commodity_code", self._remit[asked])


def _is_writable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _revision(row: Arrival) -> str:
    """The same hash as `Arrival.revision`, refused where the original cannot be kept as JSON."""
    if nesting(row.original, DEEPEST) > DEEPEST:
        raise _Unfit("", f"嵌套超过{DEEPEST}层")
    try:
        body = json.dumps(row.original, ensure_ascii=False, sort_keys=True, default=str, allow_nan=False).encode()
    except UnicodeEncodeError:
        raise _Unfit("", "含有不成对的代理字符，不是有效文本") from None
    except (ValueError, TypeError) as error:
        raise _Unfit("", f"含有无法保存的数值（{type(error).__name__}）") from None
    return sha256(body).hexdigest()


def plain(text: str) -> str:
    """A text that the database takes."""
    return (
        text.encode("utf-8", "replace").decode().replace("\x00", "") if not text.isascii() else text.replace("\x00", "")
    )


def cleaned(value: Any) -> Any:
    """An original without the character that the database does not take."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, dict):
        return {plain(str(k)): cleaned(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [cleaned(v) for v in value]
    return value
