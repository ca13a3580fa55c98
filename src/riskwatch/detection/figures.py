"""What a person is shown of a flag: weekly lines with their band, counts by port, the reports behind it, weighted estimates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import nbinom, poisson

from riskstats.decide import Flag, SourceFinding
from riskstats.inputs import Ints
from riskstats.surveillance import Early, early_warning
from riskwatch.detection.counting import Records, monday
from riskwatch.detection.evidence import Inputs
from riskwatch.detection.parameters import DIMENSIONS, RECENT, SPAN, Seasonal

SHOWN_WEEKS = 52
LISTED = 5000
BAND = (0.05, 0.95)
TELLS = 0.05  # a series of this probability or less shows the excess too


@dataclass(frozen=True)
class Band:
    """Expected cases of the recent weeks with a 90 % band."""

    expected: float
    low: float
    high: float


def main(flag: Flag) -> SourceFinding:
    """The series that shows a flag most clearly: greatest excess, then least probability."""
    return min(flag.findings, key=lambda f: (-f.excess, f.p, f.source))


def rows_of(flag: Flag, inputs: Inputs) -> dict[str, int]:
    """The candidate's row in each source's arrays."""
    plan = inputs.evidence.plan
    rollup = plan.rollups.index(flag.rollup)
    key = plan.key_of(rollup, flag.cell)
    found = {}
    for one in inputs.evidence.sources:
        here = np.flatnonzero((one.rollup == rollup) & (one.key == key))
        if len(here):
            found[one.name] = int(here[0])
    return found


def lines(flag: Flag, inputs: Inputs, scorer: Seasonal) -> tuple[dict[str, Any], dict[str, Band]]:
    """Weekly counts of the last year with expected and upper bound, and the recent weeks' band, by series."""
    found, bands = [], {}
    now = inputs.evidence.now
    rows = rows_of(flag, inputs)
    for one in inputs.evidence.sources:
        if one.name not in rows:
            continue
        row = rows[one.name]
        counts = one.series[row : row + 1]
        looked = None if one.exposure is None else one.exposure[row : row + 1]
        expected, upper, phi = _model(counts, looked, scorer)
        finding = next(f for f in flag.findings if f.source == one.name)
        recent = expected[-RECENT:].sum() if np.isfinite(expected[-RECENT:]).all() else finding.expected
        bands[one.name] = _band(float(recent), phi if np.isfinite(phi) else finding.dispersion)
        shown = min(SHOWN_WEEKS, counts.shape[1])
        basis, _, source = one.name.partition(":")
        found.append({"source": source, "basis": basis, "counts": _padded(counts[0, -shown:], 0),
                      "expected": _padded(expected[-shown:], None), "upper": _padded(upper[-shown:], None)})  # fmt: skip
    weeks = [monday(w).isoformat() for w in range(now - SHOWN_WEEKS + 1, now + 1)]
    return {"weeks": weeks, "lines": found}, bands


def _model(
    counts: NDArray[Any], exposure: NDArray[Any] | None, scorer: Seasonal
) -> tuple[NDArray[Any], NDArray[Any], float]:
    """Expected and upper bound by week, not known where no season can be told, and the dispersion of the last week."""
    width = counts.shape[1]
    blank = np.full(width, np.nan)
    if not scorer.seasons(counts)[0]:
        return blank, blank, float("nan")
    options = Early()
    first = max(options.skip + options.least_weeks, width - SHOWN_WEEKS)
    found = early_warning(counts, weeks=list(range(first, width)), exposure=exposure, options=options)
    assert found.expected is not None
    assert found.upperbound is not None
    assert found.phi is not None
    expected, upper = blank.copy(), blank.copy()
    expected[first:], upper[first:] = found.expected[0], found.upperbound[0]
    return expected, upper, float(found.phi[0, -1])


def _band(mean: float, dispersion: float) -> Band:
    """The central 90 % of a count of this mean; negative binomial where the weeks vary more than chance."""
    mean = max(mean, 1e-9)
    if dispersion <= 1.0 + 1e-9:
        low, high = poisson.ppf(BAND, mean)
    else:
        low, high = nbinom.ppf(BAND, mean / (dispersion - 1), 1 / dispersion)
    return Band(mean, float(low), float(high))


def _padded(values: NDArray[Any], blank: float | None) -> list[float | None]:
    """As plain numbers, with nothing for the weeks before a source began."""
    plain = [None if not np.isfinite(v) else round(float(v), 4) for v in values]
    return [None] * (SHOWN_WEEKS - len(plain)) + [blank if v is None else v for v in plain]


@dataclass(frozen=True, eq=False)
class Recent:
    """The records of the last year, packed once, among which a flag's own are found."""

    records: Records
    inputs: Inputs
    packed: Ints
    rows: Ints

    @classmethod
    def of(cls, records: Records, inputs: Inputs) -> Recent:
        """Pack the records that count: dated within the span, up to the week."""
        now = inputs.evidence.now
        rows = np.flatnonzero((records.week > now - SPAN) & (records.week <= now))
        return cls(records, inputs, inputs.evidence.plan.schema.pack([c[rows] for c in records.codes]), rows)

    def inside(self, flag: Flag) -> Ints:
        """A flag's records, by position; every series that knows the cell."""
        plan = self.inputs.evidence.plan
        rollup = plan.rollups.index(flag.rollup)
        return np.asarray(self.rows[plan.keys(rollup, self.packed) == plan.key_of(rollup, flag.cell)])

    def telling(self, flag: Flag) -> Ints:
        """A flag's records of the recent weeks in the series that show the excess; others only happen to know the cell."""
        records, first = self.records, main(flag)
        shown = [f.source for f in flag.findings if f.excess > 0 or f.p <= TELLS or f is first]
        inside = self.inside(flag)
        inside = inside[records.week[inside] > self.inputs.evidence.now - RECENT]
        return np.asarray(inside[np.isin(records.source[inside], [records.names.index(name) for name in shown])])

    def reports(self, flag: Flag) -> dict[str, Any]:
        """The reports that tell of it, each once, the newest first: sheets of the register, rows of mass sources."""
        records, inside = self.records, self.telling(flag)
        order = inside[np.lexsort((records.ref[inside], -records.week[inside]))]
        refs = list(dict.fromkeys(records.ref[order].tolist()))
        rows = records.origin.take(refs).to_pylist()
        sheets = [r["sheet"] for r in rows if r["sheet"] is not None]
        kept = [[r["source"], r["file"], r["row"]] for r in rows if r["sheet"] is None]
        return {"sheets": sheets[:LISTED], "rows": kept[:LISTED], "total": len(refs)}

    def by_port(self, flag: Flag, series: str) -> list[dict[str, Any]]:
        """Cases of one series by port in the recent weeks, and what the weeks before let expect."""
        records, now = self.records, self.inputs.evidence.now
        inside = self.inside(flag)
        inside = inside[records.source[inside] == records.names.index(series)]
        _items, first = np.unique(records.item[inside], return_index=True)  # a piece with several rows counts once
        inside = inside[first]
        new = records.week[inside] > now - RECENT
        port = records.codes[DIMENSIONS.index("port")][inside]
        before = max(
            1, min(SPAN, now - int(records.week[records.source == records.names.index(series)].min()) + 1) - RECENT
        )
        tree = records.trees["port"]
        found = []
        for node in np.unique(port).tolist():
            here = port == node
            name = "" if node == 0 else tree.names[node]
            found.append({"port": name, "cases": int((here & new).sum()),
                          "expected": round(float((here & ~new).sum()) * RECENT / before, 3)})  # fmt: skip
        return [row for row in found if row["cases"]]

    def ports(self, flag: Flag) -> list[str]:
        """Every port that the reports name, its direct customs included."""
        records, inside = self.records, self.telling(flag)
        names = {
            records.trees["port"].names[n]
            for n in np.unique(records.codes[DIMENSIONS.index("port")][inside]).tolist()
            if n
        }
        return sorted(names | {f"{name[:2]}00" for name in names})

    def estimate(self, flag: Flag) -> dict[str, Any] | None:
        """For sampled sources: how many cases the recent rows stand for, and the number of equal rows that would tell as much."""
        records, inside = self.records, self.telling(flag)
        found = {}
        for number in np.unique(records.source[inside]).tolist():
            weight = records.weight[inside[records.source[inside] == number]]
            if (weight != 1.0).any():
                found[records.names[number]] = {"cases": round(float(weight.sum()), 1), "rows": len(weight),
                                                "effective": round(float(weight.sum() ** 2 / (weight**2).sum()), 1)}  # fmt: skip
        return found or None
