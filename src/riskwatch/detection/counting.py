"""What is counted: the register's pieces and the kept rows of mass sources, each as nodes of five trees, a week and an item.

Nothing is guessed: a product that is not stated is the node ``?``, one that the source names in its own words without a code
``?words``; an origin, port or maker that is not known has no node and counts in the coarser cells alone.
A piece from a file counts in the week that the file dates it (publication, else occurrence); one registered by hand in the week
of its receipt, since reports on long past events are news when they come. An index abroad without dates has no weeks: its pieces
are told as undated. Copies of one item count once. Every series is labelled by how it is seen: all that arrived, or what was verified.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db.models import Q
from numpy.typing import NDArray

from decree188.calendar import shanghai_date
from riskstats.inputs import Floats, Ints
from riskstats.trees import Tree
from riskwatch.case.models import Sheet
from riskwatch.collection import queries as collection
from riskwatch.collection.ports import sources as known_sources
from riskwatch.detection.access import area_codes
from riskwatch.detection.models import Watch
from riskwatch.detection.parameters import DIMENSIONS, FLOOR

ROOT, UNKNOWN = "*", "?"
RECEIVED, VERIFIED = "received", "verified"
NOT_RISK = ("refuted", "out_of_scope", "transferred", "withdrawn")
SURE = ("verified", "entered")
COLUMNS = ("source", "item", "product", "commodity_code", "hazard", "origin", "maker", "port")
SCHEMA = pa.schema([*((name, pa.string()) for name in COLUMNS), ("day", pa.date32()), ("weight", pa.float64()),
                    ("file", pa.string()), ("row", pa.int64()), ("sheet", pa.int64()), ("sure", pa.bool_())])  # fmt: skip


def week_of(day: date) -> int:
    """Weeks since the first Monday of the calendar, so that weeks follow each other across years."""
    return (day.toordinal() - 1) // 7


def monday(week: int) -> date:
    """The Monday of a running week."""
    return date.fromordinal(week * 7 + 1)


@dataclass(frozen=True, eq=False)
class Records:
    """All that a watch counts up to the end of a week.

    Attributes
    ----------
    names : tuple of str
        Labelled series, ``"received:cpsc-api"``.
    trees : dict of str to Tree
    codes : tuple of ndarray
        Node of each record, by dimension.
    source, week, item : ndarray of int64
    weight : ndarray of float64
        How many cases a record stands for.
    origin : pyarrow.Table
        Columns source, file, row, sheet of the distinct records; ``ref`` tells each record's place there.
    undated : int
        Pieces and rows that no week can be given.
    """

    names: tuple[str, ...]
    trees: dict[str, Tree]
    codes: tuple[Ints, ...]
    source: Ints
    week: Ints
    item: Ints
    weight: Floats
    ref: Ints
    origin: pa.Table
    undated: int

    def __len__(self) -> int:
        return len(self.week)


def gather(watch: Watch, until: date) -> Records:
    """Read what a watch counts up to a day.

    Raises
    ------
    Refusal
        A kept file of a mass source is gone.
    """
    register, undated = _register(until)
    kept, without = collection.observations("observations", until)
    extra = {"sheet": pa.nulls(len(kept), pa.int64()), "sure": pa.repeat(False, len(kept))}
    for name, column in extra.items():
        kept = kept.append_column(name, column)
    table = pa.concat_tables([register, kept.select(SCHEMA.names).cast(SCHEMA)]).combine_chunks()
    table = table.filter(_wanted(table, watch, until))
    return _coded(table, undated + without)


def _register(until: date) -> tuple[pa.Table, int]:
    """The register's pieces up to a day as a table, and the number of those that no week can be given."""
    indexed = collection.indexes()
    rows = collection.counted(Sheet.objects.filter(kind="information", destroyed_at=None).exclude(stage__in=NOT_RISK))
    dateless = Q(source__in=indexed, published_on=None, occurred_on=None)
    undated = rows.filter(dateless).count()
    shown = rows.exclude(dateless).order_by("pk").values_list(
        "pk", "source", "source_kind", "external_id", "declaration_number", "commodity_code", "batch", "hazard", "origin_code", "maker",
        "port", "published_on", "occurred_on", "received_at", "sheet__stage", "sheet__owner__code",
    )  # fmt: skip
    found: dict[str, list[Any]] = {name: [] for name in SCHEMA.names}
    ports: list[tuple[str, str, str]] = []
    for (pk, source, kind, external, declared, code, batch, hazard, origin, maker, port, published, occurred, received,
         stage, owner) in shown.iterator(chunk_size=5000):  # fmt: skip
        day = (source and (published or occurred)) or shanghai_date(received)
        if day > until:
            continue
        item = external or (f"declaration:{declared}:{code}:{batch}" if declared else f"sheet:{pk}")
        row = (
            source if source in indexed else kind,
            item,
            "",
            code,
            hazard,
            origin,
            maker,
            "",
            day,
            1.0,
            None,
            None,
            pk,
            stage in SURE,
        )
        for name, value in zip(SCHEMA.names, row, strict=True):
            found[name].append(value)
        ports.append((declared[:4], port, owner))
    places = collection.areas_of({port for _declared, port, _owner in ports})
    found["port"] = [d or places[p] or ("" if o == "0000" or not o.isdigit() else o) for d, p, o in ports]
    return pa.table(found, schema=SCHEMA), undated


def _wanted(table: pa.Table, watch: Watch, until: date) -> pa.Array:
    """What lies in a watch's products, areas and sources."""
    keep = pc.less_equal(table["day"], pa.scalar(until))
    if watch.products:
        inside = [pc.starts_with(table["commodity_code"], pattern=prefix) for prefix in watch.products]
        keep = pc.and_(keep, _any(inside))
    if watch.areas:
        keep = pc.and_(keep, pc.is_in(table["port"], pa.array(area_codes(watch.areas, until))))
    if watch.sources:
        kinds = {s.id for s in known_sources() if s.source_kind in watch.sources}
        keep = pc.and_(keep, pc.is_in(table["source"], pa.array(sorted({*watch.sources, *kinds}))))
    return keep


def _any(masks: list[Any]) -> Any:
    found = masks[0]
    for mask in masks[1:]:
        found = pc.or_(found, mask)
    return found


def _coded(table: pa.Table, undated: int) -> Records:
    named = pc.binary_join_element_wise(UNKNOWN, table["product"], "")
    goods = pc.if_else(pc.equal(table["commodity_code"], ""), named, table["commodity_code"])
    makers = pc.utf8_lower(pc.utf8_normalize(pc.utf8_trim_whitespace(table["maker"]), form="NFKC"))
    read: dict[str, tuple[Any, Callable[[str], list[str]]]] = {
        "product": (goods, product_path), "hazard": (table["hazard"], hazard_path), "origin": (table["origin"], _flat),
        "port": (table["port"], port_path), "maker": (_frequent(makers), _flat),
    }  # fmt: skip
    trees, codes = {}, []
    for name in DIMENSIONS:
        trees[name], node = _tree(*read[name])
        codes.append(node)
    series, source, item = _series(table)
    sure = np.flatnonzero(table["sure"].to_numpy(zero_copy_only=False))
    every = np.arange(len(table))
    ref = np.concatenate([every, sure])
    basis = np.repeat([0, 1], [len(every), len(sure)])
    names = tuple(f"{label}:{one}" for label in (RECEIVED, VERIFIED) for one in series)
    days = table["day"].cast(pa.int32()).to_numpy().astype(np.int64) + date(1970, 1, 1).toordinal()
    return Records(
        names, trees, tuple(node[ref] for node in codes), source[ref] + basis * len(series), ((days - 1) // 7)[ref],
        item[ref] * 2 + basis, table["weight"].to_numpy()[ref], ref, table.select(["source", "file", "row", "sheet"]), undated,
    )  # fmt: skip


def _series(table: pa.Table) -> tuple[list[str], Ints, Ints]:
    """The sources in alphabetic order, each record's, and each record's item number."""
    encoded = table["source"].combine_chunks().dictionary_encode()
    found = encoded.dictionary.to_pylist()
    names = sorted(found)
    place = np.array([names.index(name) for name in found], dtype=np.int64)
    item = table["item"].combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64)
    return names, place[encoded.indices.to_numpy()] if len(table) else np.zeros(0, dtype=np.int64), item


def _frequent(makers: Any) -> Any:
    """Makers named often enough to be a cell; others count in the coarser cells alone."""
    counts = pc.value_counts(makers)
    often = [c["values"] for c in counts.to_pylist() if c["counts"] >= FLOOR]
    return pc.if_else(pc.is_in(makers, pa.array(often, pa.string())), makers, "")


def _tree(column: Any, path_of: Callable[[str], list[str]]) -> tuple[Tree, Ints]:
    """The tree of the nodes that records name, and each record's node."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    encoded = array.dictionary_encode()
    paths = [path_of(value) for value in encoded.dictionary.to_pylist()]
    parents: dict[str, str | None] = {}
    for path in paths:
        for above, node in zip([ROOT, *path], path, strict=False):
            parents[node] = above
    tree = Tree.from_parents(
        {ROOT: None} | {node: parents[node] for node in sorted(parents, key=lambda n: (len(n), n))}
    )
    codes = np.array([tree.index(path[-1]) if path else 0 for path in paths], dtype=np.int64)
    return tree, codes[encoded.indices.to_numpy()] if len(array) else np.zeros(0, dtype=np.int64)


def product_path(code: str) -> list[str]:
    """Chapter, heading and six digits; for what has no code ``?`` and perhaps the source's own word.

    >>> product_path("8516601000"), product_path("?Oven"), product_path("?")
    (['85', '8516', '851660'], ['?', '?Oven'], ['?'])
    """
    if code.startswith(UNKNOWN):
        return [UNKNOWN] if code == UNKNOWN else [UNKNOWN, code]
    return [code[:n] for n in (2, 4, 6) if len(code) >= n]


def hazard_path(code: str) -> list[str]:
    """Family and hazard; ``?`` where none is stated.

    >>> hazard_path("fire.battery"), hazard_path("")
    (['fire', 'fire.battery'], ['?'])
    """
    if not code:
        return [UNKNOWN]
    family = code.partition(".")[0]
    return [family] if family == code else [family, code]


def port_path(code: str) -> list[str]:
    """Direct customs and the subordinate one; nothing where the port is not known.

    >>> port_path("2201"), port_path("2200"), port_path("")
    (['2200', '2201'], ['2200'], [])
    """
    if not code:
        return []
    direct = f"{code[:2]}00"
    return [direct] if direct == code else [direct, code]


def _flat(name: str) -> list[str]:
    return [name] if name else []


def exposures(until: date) -> NDArray[Any]:
    """Declarations up to a day: structured rows (product six digits, origin, week, number)."""
    table, _undated = collection.observations("exposure", until)
    kind = [("product", "U6"), ("origin", "U3"), ("week", "i8"), ("number", "i8")]
    if not len(table):
        return np.zeros(0, dtype=kind)
    weeks = pa.array(
        (table["day"].cast(pa.int32()).to_numpy().astype(np.int64) + date(1970, 1, 1).toordinal() - 1) // 7
    )
    plain = pa.table(
        {"product": pc.utf8_slice_codeunits(table["commodity_code"], 0, 6), "origin": table["origin"], "week": weeks}
    )
    grouped = plain.group_by(["product", "origin", "week"]).aggregate([([], "count_all")])
    rows = zip(*(grouped[c].to_pylist() for c in ("product", "origin", "week", "count_all")), strict=True)
    return np.array(sorted(rows), dtype=kind)


def sundays(first: date, last: date) -> Iterable[tuple[date, date]]:
    """Monday and Sunday of every week from one day to another."""
    day = first - timedelta(days=first.weekday())
    while day <= last:
        yield day, day + timedelta(days=6)
        day += timedelta(days=7)
