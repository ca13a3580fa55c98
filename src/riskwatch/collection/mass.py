"""Statistics by the hundred thousand: kept as Parquet beside the register, under the hash of the original file.

A file's rows become one Parquet file, written beside and moved into place when whole: killed half-way, nothing of it is counted,
and the next run begins anew; run twice, it adds nothing. A row that several files bring counts once, for the first of them.
The original bytes stay as they came, and each row keeps its own original, so that an officer can have it entered into the register.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import file_digest
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings
from django.utils.translation import gettext as _

from decree188.calendar import shanghai_date
from riskwatch.catalogue import queries as catalogue
from riskwatch.collection.inspecting import Fit, Inspection, cleaned, plain
from riskwatch.collection.models import BadRow, SourceFile
from riskwatch.collection.ports import Arrival, Source, sources
from riskwatch.collection.ports import BadRow as Bad
from riskwatch.parties.models import Organisation
from riskwatch.refusals import Refusal

TEXTS = (
    "external_id",
    "item",
    "title",
    "product",
    "commodity_code",
    "hazard",
    "origin",
    "maker",
    "port",
    "position",
    "original",
)
SCHEMA = pa.schema([*((name, pa.string()) for name in TEXTS), ("day", pa.date32()), ("weight", pa.float64())])


@dataclass(frozen=True, slots=True)
class Row:
    """One kept row: its source, the file's hash and its number there, what it says, and the row as it came."""

    source: str
    file: str
    number: int
    position: str
    external_id: str
    day: date | None
    title: str
    original: Mapping[str, Any]


def holds(source: Source) -> str:
    """Where a source's rows belong: ``information`` (the register), ``observations`` or ``exposure`` (here)."""
    return str(getattr(source, "holds", "information"))


def path_of(source: str, sha256: str) -> Path:
    """Where a file's rows lie."""
    return Path(settings.FILES) / "observations" / source / f"{sha256}.parquet"


def store(
    blocks: Iterator[list[Arrival | Bad]], file: SourceFile, source: Source, office: Organisation, *, at: datetime,
    progress: Callable[[SourceFile], None],
) -> str:  # fmt: skip
    """Keep a file's rows. Returns the sha256 of what was written; the file's counts are brought up to date."""
    target = path_of(file.source, file.sha256)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = target.with_name(f"{target.stem}.{os.getpid()}.part")
    try:
        with pq.ParquetWriter(part, SCHEMA, compression="zstd") as out:
            for block in blocks:
                looked = Inspection(office, source.source_kind, shanghai_date(at)).look(block)
                BadRow.objects.bulk_create(_told(looked.bad, file))
                out.write_table(_table(looked.fit.values()))
                file.rows_read += len(block)
                file.bad += len(looked.bad)
                file.save(update_fields=["rows_read", "bad"])
                progress(file)
        file.added = _new_in(part, file)
        file.known = file.rows_read - file.bad - file.added
        with part.open("rb") as written:
            digest = file_digest(written, "sha256").hexdigest()
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)
    file.save(update_fields=["added", "known"])
    return digest


def _told(bad: Iterable[Bad], file: SourceFile) -> list[BadRow]:
    return [BadRow(file=file, position=plain(b.position)[:80], field=plain(b.field)[:60], reason=plain(b.reason)[:300],
                   raw=plain(b.raw)) for b in bad]  # fmt: skip


def _table(rows: Iterable[Fit]) -> pa.Table:
    return pa.Table.from_pylist([_columns(fit.arrival) for fit in rows], schema=SCHEMA)


def _columns(a: Arrival) -> dict[str, Any]:
    """What is counted of a row, and the row itself. The hazard is what the source's own words say, nothing else."""
    said = {name: plain(str(getattr(a, name, ""))) for name in TEXTS if name not in ("hazard", "origin", "original")}
    return said | {
        "item": plain(a.item or a.external_id),
        "hazard": catalogue.guess_hazard(a.hazard_text[:500]) if a.hazard_text else "",
        "origin": catalogue.country(a.origin),
        "original": _as_json(a.original),
        "day": a.published_on or a.occurred_on,
        "weight": a.weight,
    }


def _as_json(original: Mapping[str, Any]) -> str:
    """The row as it came; looked through value by value only where it may hold what cannot be written."""
    body = json.dumps(original, ensure_ascii=False)
    return body if body.isascii() and "\\u0000" not in body else json.dumps(cleaned(original), ensure_ascii=False)


def _new_in(part: Path, file: SourceFile) -> int:
    """How many of a file's rows no earlier file of the source brought."""
    others = [str(p) for p in _paths(_done([file.source]).exclude(pk=file.pk))]
    with duckdb.connect() as db:
        rows = "SELECT DISTINCT external_id FROM read_parquet($1)"
        if others:
            rows += " EXCEPT SELECT external_id FROM read_parquet($2)"
        found = db.execute(f"SELECT count(*) FROM ({rows})", [str(part), *([others] if others else [])]).fetchone()  # noqa: S608
    return int(found[0]) if found else 0


def _done(named: Iterable[str]) -> Any:
    return SourceFile.objects.filter(source__in=list(named)).exclude(done_at=None).order_by("pk")


def _paths(files: Iterable[SourceFile]) -> list[Path]:
    """The Parquet files of some collected files; one that is gone is refused, because counts without it would be wrong."""
    paths = [path_of(f.source, f.sha256) for f in files]
    for path in paths:
        if not path.exists():
            raise Refusal(
                _("统计数据文件缺失：%(file)s") % {"file": path.name[:16]},
                remedy=_("从备份恢复文件，或删除登记后重新采集原文件"), code="rows_missing",
            )  # fmt: skip
    return paths


def kept_sources(kind: str) -> list[str]:
    """The sources whose rows are ``observations``, or ``exposure``, among those that the settings list."""
    return [s.id for s in sources() if holds(s) == kind]


def observations(kind: str, until: date, *, named: Iterable[str] = ()) -> tuple[pa.Table, int]:
    """The kept rows of one kind up to a day, each once, and how many have no day.

    Parameters
    ----------
    kind : str
        ``observations`` or ``exposure``.
    named : iterable of str
        Sources; all by default.

    Returns
    -------
    pyarrow.Table
        Columns source, item, day, product, commodity_code, hazard, origin, maker, port, weight, file, row; in the order of the
        files and their rows.

    Raises
    ------
    Refusal
        A kept file is gone.
    """
    wanted = [s for s in kept_sources(kind) if not named or s in set(named)]
    files = list(_done(wanted))
    paths = _paths(files)
    if not files:
        empty = pa.schema([(n, pa.string()) for n in _SHOWN] + [("day", pa.date32()), ("weight", pa.float64()),
                          ("file", pa.string()), ("row", pa.int64())])  # fmt: skip
        return empty.empty_table(), 0
    listed = pa.table({"path": [str(p) for p in paths], "place": range(len(files)), "source": [f.source for f in files],
                       "file": [f.sha256 for f in files]})  # fmt: skip
    with duckdb.connect() as db:
        db.register("listed", listed)
        db.execute(_ONCE, [[str(p) for p in paths]])
        shown = "SELECT * EXCLUDE place FROM once WHERE day <= ? ORDER BY place, row"
        table = db.sql(shown, params=[until]).to_arrow_table()
        undated = db.execute("SELECT count(*) FROM once WHERE day IS NULL").fetchone()
    return table, int(undated[0]) if undated else 0


_SHOWN = ("source", "item", "product", "commodity_code", "hazard", "origin", "maker", "port")
_ONCE = """CREATE TEMP TABLE once AS SELECT source, item, product, commodity_code, hazard, origin, maker, port, day, weight, file,
    file_row_number AS row, place
    FROM read_parquet(?, filename = true, file_row_number = true) AS r JOIN listed ON r.filename = listed.path
    QUALIFY row_number() OVER (PARTITION BY source, external_id ORDER BY place, file_row_number) = 1"""


def rows_of(refs: Iterable[tuple[str, str, int]]) -> list[Row]:
    """Kept rows by source, file's hash and number, as they came, in the order asked for."""
    asked = list(refs)
    by_file: dict[tuple[str, str], list[int]] = {}
    for source, file, number in asked:
        by_file.setdefault((source, file), []).append(int(number))
    found: dict[tuple[str, str, int], Row] = {}
    for (source, file), numbers in by_file.items():
        with duckdb.connect() as db:
            rows = db.execute(
                "SELECT file_row_number, position, external_id, day, title, original FROM read_parquet(?, file_row_number = true) "
                "WHERE list_contains(?, file_row_number)", [str(path_of(source, file)), numbers],
            ).fetchall()  # fmt: skip
        for number, position, external_id, day, title, original in rows:
            found[source, file, number] = Row(
                source, file, number, position, external_id, day, title, json.loads(original)
            )
    return [found[key] for key in asked if key in found]
