"""Indexes abroad without dates have no weeks; of them is asked whether a hazard is named with a product more than its share.

One source is one table of reports: the source's own word for a product by the hazard that its text names. The relative rate of
each cell is shrunk by the distribution of all cells' (empirical Bayes, zero cells included); flagged is what lies at twice its
share or more with 95 % posterior certainty, on three reports at least. A cell is raised again only when reports were added.
"""

from __future__ import annotations

import io
import json
import os
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256
from typing import Any

import numpy as np
from django.utils.translation import override
from scipy.stats import poisson

from riskstats.disproportionality import GammaMixture, Shrunk, count_reports, fit_prior, shrink
from riskstats.inputs import Floats, Ints
from riskwatch.catalogue import queries as catalogue
from riskwatch.collection import queries as collection
from riskwatch.detection import parameters, wording
from riskwatch.detection.counting import NOT_RISK, RECEIVED, UNKNOWN
from riskwatch.detection.evidence import opened, path_of
from riskwatch.detection.figures import BAND, LISTED
from riskwatch.detection.models import Signal, Watch
from riskwatch.look.words import either

LEAST_CELLS, LEAST_REPORTS, TWICE, CERTAIN = 30, 3, 2.0, 0.05
# DuMouchel, The American Statistician 53 (1999) 177-190: where the fit of a table begins.
USUAL = GammaMixture(0.2, 0.1, 2.0, 4.0, 1 / 3)
RULE = {"statistic": "EB05", "at_least": TWICE, "reports": LEAST_REPORTS, "cells": LEAST_CELLS}


@dataclass(frozen=True, eq=False)
class Table:
    """One source's products by hazards: reports, and how many were to be expected were the two independent."""

    source: str
    products: tuple[str, ...]
    hazards: tuple[str, ...]
    product: Ints
    hazard: Ints
    n: Ints
    expected: Floats

    @cached_property
    def sha256(self) -> str:
        """The fingerprint of everything here."""
        digest = sha256(json.dumps([self.source, self.products, self.hazards], ensure_ascii=False).encode())
        for array in (self.product, self.hazard, self.n, self.expected):
            digest.update(repr((array.dtype.str, array.shape)).encode() + np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()


def tables(watch: Watch, until: date) -> tuple[list[Table], dict[tuple[str, str, str], list[int]]]:
    """The tables of a watch's dateless sources, and the pieces of each cell; none for a watch of single areas."""
    rows: dict[str, list[tuple[str, str, str]]] = {}
    pieces: dict[tuple[str, str, str], list[int]] = {}
    if watch.areas:
        return [], pieces
    for pk, source, kind, report, brand, hazard, code in collection.dateless(until, besides=NOT_RISK):
        wanted = not watch.sources or source in watch.sources or kind in watch.sources
        inside = not watch.products or any(code.startswith(prefix) for prefix in watch.products)
        # A make whose own name says the hazard ("Spartan Fire") would be found in every text about it.
        if wanted and inside and brand and hazard and catalogue.guess_hazard(brand) != hazard:
            name = f"{UNKNOWN}{brand.strip().upper()}"
            rows.setdefault(source, []).append((report, name, hazard))
            pieces.setdefault((source, name, hazard), []).append(pk)
    return [
        t for t in (_table(source, found) for source, found in sorted(rows.items())) if len(t.n) >= LEAST_CELLS
    ], pieces


def _table(source: str, rows: list[tuple[str, str, str]]) -> Table:
    cells = count_reports(*(list(column) for column in zip(*rows, strict=True)), zeroes=True)
    return Table(source, cells.products, cells.hazards, cells.product, cells.hazard, cells.n, cells.expected)


def keep(table: Table) -> None:
    """Write a table under its fingerprint."""
    target = path_of(table.sha256)
    if target.exists():
        return
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    head = json.dumps([table.source, table.products, table.hazards], ensure_ascii=False).encode()
    out = io.BytesIO()
    np.savez_compressed(out, head=np.frombuffer(head, dtype=np.uint8), product=table.product, hazard=table.hazard, n=table.n,
                        expected=table.expected)  # fmt: skip
    part = target.with_name(f"{table.sha256}.{os.getpid()}.part")
    part.write_bytes(out.getvalue())
    os.replace(part, target)


def read(digest: str) -> Table:
    """Read a kept table back; refused where it is gone or was changed."""

    def built(arrays: Any) -> Table:
        source, products, hazards = json.loads(arrays["head"].tobytes().decode())
        return Table(
            source, tuple(products), tuple(hazards), *(arrays[n] for n in ("product", "hazard", "n", "expected"))
        )

    return opened(digest, built)


def scored(table: Table) -> tuple[GammaMixture, Shrunk]:
    """The prior and every cell's shrunken rate.

    Where the fit runs to the edge of what is searched (the other cells do not differ beyond chance, so that a rate would be
    shrunk to a point), the usual prior before any data stands in its place.
    """
    fitted = fit_prior(table.n, table.expected, least=0)
    prior = USUAL if fitted.at_edge else fitted.prior
    return prior, shrink(table.n, table.expected, prior, quantiles=(CERTAIN, 1 - CERTAIN))


def record_of(table: Table, row: int, prior: GammaMixture, scores: Shrunk) -> str:
    """A cell's numbers, every digit, as they are kept and compared in a replay."""
    said = {"inputs": table.sha256, "source": table.source, "cell": _cell(table, row), "n": int(table.n[row]),
            "expected": float(table.expected[row]), "ebgm": float(scores.ebgm[row]), "eb05": float(scores.quantile(CERTAIN)[row]),
            "eb95": float(scores.quantile(1 - CERTAIN)[row]), "below": float(scores.below[row]),
            "prior": prior.as_array().tolist(), "rule": RULE}  # fmt: skip
    return json.dumps(said, sort_keys=True, ensure_ascii=False)


def _cell(table: Table, row: int) -> dict[str, str]:
    return {"product": table.products[int(table.product[row])], "hazard": table.hazards[int(table.hazard[row])]}


def flagged(
    watch: Watch, week: date, found: list[Table], pieces: dict[tuple[str, str, str], list[int]]
) -> list[Signal]:
    """Signals of the tables, the greatest certain excess first; what an earlier week raised on no fewer reports is left out."""
    signals = []
    for table in found:
        prior, scores = scored(table)
        low = scores.quantile(CERTAIN)
        for row in np.flatnonzero((low >= TWICE) & (table.n >= LEAST_REPORTS)).tolist():
            signals.append(_signal(table, row, prior, scores, pieces, week))
    raised = Signal.objects.filter(run__watch=watch, kind=Signal.Kind.SHARE, week__lt=week, replaced_by=None)
    known: dict[str, int] = {}
    for key, observed in raised.exclude(state=Signal.State.LAPSED).values_list("cell_key", "observed"):
        known[key] = max(observed, known.get(key, 0))
    fresh = [s for s in signals if s.observed > known.get(s.cell_key, 0)]
    return sorted(fresh, key=lambda s: (-s.rank, s.p, s.cell_key))


def _signal(
    table: Table,
    row: int,
    prior: GammaMixture,
    scores: Shrunk,
    pieces: dict[tuple[str, str, str], list[int]],
    week: date,
) -> Signal:
    cell = _cell(table, row)
    n, expected = int(table.n[row]), float(table.expected[row])
    low, high = float(scores.quantile(CERTAIN)[row]), float(scores.quantile(1 - CERTAIN)[row])
    excess, severity = (low - 1.0) * expected, parameters.severity_of(cell["hazard"])
    band = poisson.ppf(BAND, expected)
    behind = sorted(pieces[table.source, cell["product"], cell["hazard"]], reverse=True)
    finding = {"source": table.source, "basis": RECEIVED, "cases": n, "expected": expected, "dispersion": 1.0, "p": float(scores.below[row]),
               "excess": excess, "ebgm": float(scores.ebgm[row]), "eb05": low, "eb95": high}  # fmt: skip
    zh, en = _why(table.source, cell, n, expected, (float(scores.ebgm[row]), low, high))
    return Signal(
        week=week, kind=Signal.Kind.SHARE, cell=cell, cell_key=sha256(json.dumps([table.source, cell], sort_keys=True).encode()).hexdigest(),
        product=cell["product"][:200], hazard=cell["hazard"], sources=[table.source], observed=n, expected=expected, low=float(band[0]),
        high=float(band[1]), excess=excess, p=float(scores.below[row]), rank=excess * severity, severity=severity, exposure=1.0,
        extent=Signal.Extent.UNTESTED, spread=[], findings=[finding], series={"weeks": [], "lines": []}, by_port=[], ports=[],
        reports={"sheets": behind[:LISTED], "rows": [], "total": len(behind)}, why_zh=zh, why_en=en,
        record=record_of(table, row, prior, scores),
    )  # fmt: skip


def _why(
    source: str, cell: dict[str, str], n: int, expected: float, rate: tuple[float, float, float]
) -> tuple[str, str]:
    said = []
    for language in ("zh-hans", "en"):
        with override(language):
            goods, harm = (wording.node_words(d, cell[d]) for d in ("product", "hazard"))
            name = wording.source_words(source)
            chinese = (f"{goods}，{harm}：{name}中{n}份报告同时提到，按两者各自所占比例预期约{expected:.1f}份；相对比例{rate[0]:.1f}倍"
                       f"（90%区间{rate[1]:.1f}至{rate[2]:.1f}）；来源未注明日期，按全部报告计算。")  # fmt: skip
            english = (f"{goods}, {harm}: {n} reports in {name} name both, about {expected:.1f} expected by their shares; relative rate "
                       f"{rate[0]:.1f} (90 % interval {rate[1]:.1f} to {rate[2]:.1f}); the source gives no dates, all its reports count.")  # fmt: skip
            said.append(either(chinese, english))
    return said[0], said[1]
