"""What a run rests on: counted from the records, kept under its own hash, and read back years later.

A kept file holds every array the engine saw: trees, roll-ups, series, exposures, the records of the last year, and how much was
declared. Its name is the hash of its contents, so that whoever changes it cannot keep its name.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol, TypeVar
from zipfile import BadZipFile

import numpy as np
from django.conf import settings
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from riskstats.decide import Evidence, SourceEvidence
from riskstats.inputs import Floats
from riskstats.lattice import CellCounts, Dimension, EventStore, Floors, Plan, Schema
from riskstats.trees import Tree
from riskwatch.collection.ports import sources as known_sources
from riskwatch.detection import engine, parameters
from riskwatch.detection.counting import Records
from riskwatch.refusals import Refusal

ARRAYS = ("rollup", "key", "series", "exposure", "packed", "week")


@dataclass(frozen=True, eq=False)
class Inputs:
    """The evidence of one run, and what was declared lately by product and origin (weekly, by node names)."""

    evidence: Evidence
    declared: Mapping[str, float]

    @cached_property
    def sha256(self) -> str:
        """The fingerprint of everything here."""
        said = json.dumps(self.declared, sort_keys=True)
        return sha256(f"{self.evidence.sha256} {said}".encode()).hexdigest()

    def weight(self, cell: Mapping[str, str]) -> float:
        """A cell's weight by what was declared: 1 where nothing is known, one more for each tenfold a week."""
        return 1.0 + float(
            np.log10(1.0 + self.declared.get(f"{cell.get('product', '')}|{cell.get('origin', '')}", 0.0))
        )


def prepare(records: Records, declared: NDArray[Any], now: int) -> Inputs | None:
    """Count a week's candidates and take what the decision needs; None where no source has history enough."""
    kept = records.week > now - parameters.HISTORY
    if not kept.any():
        return None
    plan = parameters.plan_of(records.trees)
    store = EventStore(plan.schema, records.names)
    store.add(
        [c[kept] for c in records.codes], source=records.source[kept], week=records.week[kept], item=records.item[kept]
    )
    floors = Floors("hazard", parameters.FLOOR, parameters.floors_of(records.trees["hazard"]))
    counts = engine.counted(store, plan, floors, window=parameters.RECENT, now=now, first=now - parameters.HISTORY + 1)
    begun = {name: int(records.week[records.source == s].min(initial=now + 1)) for s, name in enumerate(records.names)}
    known = {n: c for n, c in counts.items() if now - begun[n] + 1 >= parameters.LEAST_WEEKS}
    if not known:
        return None
    looked = {n: _exposure(plan, n, known[n], declared, now - begun[n] + 1) for n in known}
    given = {n: x for n, x in looked.items() if x is not None}
    span = min(parameters.SPAN, max(now - begun[n] + 1 for n in known))
    found = Evidence.gather(store, plan, known, history=parameters.HISTORY, span=span, exposure=given)
    return Inputs(replace(found, sources=tuple(_since(one, now - begun[one.name] + 1) for one in found.sources)),
                  _declared_lately(declared, now))  # fmt: skip


def _since(one: SourceEvidence, weeks: int) -> SourceEvidence:
    """A source's part without the weeks before it began: that nobody told then is not a count of zero."""
    cut = one.series[:, -weeks:]
    looked = None if one.exposure is None else np.ascontiguousarray(one.exposure[:, -weeks:])
    return replace(one, series=np.ascontiguousarray(cut), exposure=looked)


def _exposure(plan: Plan, name: str, counts: CellCounts, declared: NDArray[Any], weeks: int) -> Floats | None:
    """Declarations of each candidate's product and origin by week, for sources that come of looking at declared goods.

    Only the weeks since the source began are asked. A cell whose goods were not declared in every one of them keeps the
    constant 1: a rate without its whole denominator would be wrong.
    """
    kinds = {s.id: s.source_kind for s in known_sources()}
    base = name.partition(":")[2]
    if not len(declared) or kinds.get(base, base) not in parameters.DECLARED or not len(counts):
        return None
    out = np.ones((len(counts), counts.last - counts.first + 1))
    for row, (rollup, key) in enumerate(zip(counts.rollup.tolist(), counts.key.tolist(), strict=True)):
        cell = plan.cell_names(rollup, key)
        inside = np.char.startswith(declared["product"], cell.get("product", ""))
        if "origin" in cell:
            inside &= declared["origin"] == cell["origin"]
        column = declared["week"][inside] - counts.first
        good = (column >= 0) & (column < out.shape[1])
        total = np.bincount(column[good], weights=declared["number"][inside][good], minlength=out.shape[1])
        if (total[-weeks:] > 0).all():
            out[row, -weeks:] = total[-weeks:]
    return out


def _declared_lately(declared: NDArray[Any], now: int) -> dict[str, float]:
    """Weekly declarations of the recent weeks, for each product node and product by origin."""
    recent = declared[(declared["week"] > now - parameters.RECENT) & (declared["week"] <= now)]
    found: dict[str, float] = {}
    for product, origin, _week, number in recent.tolist():
        for node in (product[:2], product[:4], product):
            for place in ("", origin) if origin else ("",):
                found[f"{node}|{place}"] = found.get(f"{node}|{place}", 0.0) + number / parameters.RECENT
    return found


def path_of(digest: str) -> Path:
    """Where the inputs of a fingerprint lie."""
    return Path(settings.FILES) / "evidence" / digest[:2] / f"{digest}.npz"


def keep(inputs: Inputs) -> str:
    """Write the inputs under their fingerprint; what lies there already is the same."""
    target = path_of(inputs.sha256)
    if target.exists():
        return inputs.sha256
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    plan, found = inputs.evidence.plan, inputs.evidence
    head = {
        "now": found.now, "span": found.span, "rollups": plan.rollups, "sources": [s.name for s in found.sources],
        "trees": [[d.name, list(d.tree.names), d.tree.parents.tolist()] for d in plan.schema.dimensions], "declared": dict(inputs.declared),
    }  # fmt: skip
    arrays = {"head": np.frombuffer(json.dumps(head, ensure_ascii=False).encode(), dtype=np.uint8)}
    for number, one in enumerate(found.sources):
        arrays |= {f"{name}_{number}": a for name in ARRAYS if (a := getattr(one, name)) is not None}
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)  # type: ignore[arg-type]
    part = target.with_name(f"{inputs.sha256}.{os.getpid()}.part")
    part.write_bytes(out.getvalue())
    os.replace(part, target)
    return inputs.sha256


def read(digest: str) -> Inputs:
    """Read kept inputs back; see :func:`opened`."""
    return opened(digest, _built)


class Fingerprinted(Protocol):
    """Anything that knows the hash of its contents."""

    @property
    def sha256(self) -> str: ...


F = TypeVar("F", bound=Fingerprinted)


def opened(digest: str, build: Callable[[Mapping[str, NDArray[Any]]], F]) -> F:
    """What is kept under a fingerprint, built from its arrays.

    Raises
    ------
    Refusal
        The file is gone, cannot be read, or its contents no longer have the fingerprint.
    """
    try:
        with np.load(path_of(digest), allow_pickle=False) as kept:
            found = build({name: kept[name] for name in kept.files})
    except (OSError, ValueError, KeyError, TypeError, BadZipFile) as error:
        raise Refusal(
            _("保存的输入无法读取：%(file)s（%(why)s）") % {"file": digest[:16], "why": type(error).__name__},
            remedy=_("从备份恢复这个文件后再重算"), code="inputs_unreadable",
        ) from None  # fmt: skip
    if found.sha256 != digest:
        raise Refusal(
            _("保存的输入与记录的指纹不符：%(file)s") % {"file": digest[:16]},
            remedy=_("文件被改动过；从备份恢复后再重算"), code="inputs_changed",
        )  # fmt: skip
    return found


def _built(arrays: Mapping[str, NDArray[Any]]) -> Inputs:
    head = json.loads(arrays["head"].tobytes().decode())
    trees = tuple(
        Dimension(name, Tree(tuple(names), np.array(parents, dtype=np.int32))) for name, names, parents in head["trees"]
    )
    plan = Plan.of(Schema(trees), [tuple(r) for r in head["rollups"]])
    parts = []
    for number, name in enumerate(head["sources"]):
        columns = {n: arrays.get(f"{n}_{number}") for n in ARRAYS}
        parts.append(SourceEvidence(name=name, **columns))  # type: ignore[arg-type]
    return Inputs(Evidence(plan, head["now"], head["span"], tuple(parts)), head["declared"])
