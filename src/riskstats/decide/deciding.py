"""From candidates to a short list: score, combine, test parent first, collapse, tell the extent, rank, keep the budget.

1. Each source's series are scored; p-values of a cell are combined over sources.
2. The lattice is tested parent first at one false discovery rate. A cell's *gate* joins its own p-value with those
   beneath it, so that a local outbreak diluted in its parents is not lost; only cells whose own p-value also passes
   are rejected.
3. Of overlapping rejected cells the one of the greatest likelihood ratio is kept; its excess is taken out of the others
   by the records they share, and what no longer passes is explained by it. So a maker's outbreak ends at the maker, and
   one common to all ports at the product.
4. The extent is tested, flags are ranked by lower bound of excess x severity x exposure, and the budget is cut.

Every flag carries inputs' fingerprint, parameters and engine; :func:`replay` gives the same numbers or says why not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from riskstats.decide.combining import Combination, combine
from riskstats.decide.evidence import Evidence
from riskstats.decide.flags import ENGINE, Decision, Flag, SourceFinding
from riskstats.decide.scoring import Outlook, RecentExcess, Scorer
from riskstats.decide.spread import classify, spread_tests
from riskstats.inputs import Floats, Ints, positive, refuse
from riskstats.multiplicity import Tested, lattice_fdr


@dataclass(frozen=True)
class Rules:
    """How to decide.

    Attributes
    ----------
    level : float
        False discovery rate over the lattice.
    combination : str
        How sources' p-values are combined.
    budget : int
        Flags a week.
    spread : tuple of (str, int)
        Dimensions of the spread test with the level at which values are told apart.
    region : str
        Which of them is the dimension of ports or areas.
    spread_alpha : float
        Level of the spread tests.
    hazard : str
        The dimension that severities belong to.
    severity : mapping
        Hazard node to severity weight, inherited by the nodes beneath; 1 elsewhere.
    baseline : RecentExcess
        Weeks tested and the history they are set against, for expectations, excesses and residuals.
    """

    level: float = 0.05
    combination: Combination = "cauchy"
    budget: int = 20
    spread: tuple[tuple[str, int], ...] = (("port", 1), ("origin", 1), ("maker", 1))
    region: str = "port"
    spread_alpha: float = 0.01
    hazard: str = "hazard"
    severity: Mapping[str, float] = field(default_factory=dict)
    baseline: RecentExcess = field(default_factory=RecentExcess)

    def as_json(self) -> dict[str, Any]:
        """The rules as plain data, as flags carry them."""
        plain = asdict(replace(self, severity=dict(self.severity)))
        plain["spread"] = [list(pair) for pair in self.spread]
        return plain


@dataclass(frozen=True, eq=False)
class _Cells:
    """All cells that any source scored: roll-up, key, outlooks by source, p by source (NaN unseen), combined p."""

    rollup: Ints
    key: Ints
    outlook: tuple[Outlook, ...]
    p_source: Floats
    p: Floats


def _merge(evidence: Evidence, rules: Rules, score: Scorer) -> _Cells:
    size = [len(one.key) for one in evidence.sources]
    rollup = np.concatenate([one.rollup for one in evidence.sources])
    key = np.concatenate([one.key for one in evidence.sources])
    order = np.lexsort((key, rollup))
    new = np.ones(len(order), dtype=bool)
    new[1:] = (np.diff(rollup[order]) != 0) | (np.diff(key[order]) != 0)
    where = np.empty(len(order), dtype=np.intp)
    where[order] = np.cumsum(new) - 1
    total = int(new.sum())
    p_source, outlooks, at = np.full((total, len(size)), np.nan), [], 0
    for s, one in enumerate(evidence.sources):
        rows = where[at : at + size[s]]
        at += size[s]
        blank = Outlook(np.zeros(total), np.ones(total), np.ones(total), np.zeros(total))
        if size[s]:
            p = np.asarray(score(one.series, one.exposure), dtype=np.float64)
            if p.shape != (size[s],):
                refuse("score", "shape", "须每单元格一个p值", f"{size[s]} p-values are needed, not shape {p.shape}")
            p_source[rows, s] = p
            seen = rules.baseline.outlook(one.series, one.exposure)
            for name in ("observed", "mean", "dispersion", "history"):
                getattr(blank, name)[rows] = getattr(seen, name)
        outlooks.append(blank)
    first = order[new]
    return _Cells(rollup[first], key[first], tuple(outlooks), p_source, combine(p_source, rules.combination))


def _parents(evidence: Evidence, cells: _Cells) -> list[list[int]]:
    """Each cell's direct coarser cells among those scored."""
    plan = evidence.plan
    parents: list[list[int]] = [[] for _ in cells.key]
    by_rollup = [np.flatnonzero(cells.rollup == g) for g in range(len(plan))]
    for g, mine in enumerate(by_rollup):
        for above in plan.parents[g]:
            theirs = by_rollup[above]
            if len(mine) == 0 or len(theirs) == 0:
                continue
            wanted = plan.keys(above, cells.key[mine])
            at = np.minimum(np.searchsorted(cells.key[theirs], wanted), len(theirs) - 1)
            for node, parent in zip(
                mine[cells.key[theirs[at]] == wanted], theirs[at][cells.key[theirs[at]] == wanted], strict=True
            ):
                parents[int(node)].append(int(parent))
    return parents


def gates(parents: list[list[int]], depth: NDArray[np.int64], p: Floats) -> Floats:
    """For each cell a p-value of "no excess here or beneath": its own, joined with the Simes value of its children.

    Joined by Cauchy's combination, which small p-values may be by whatever depends on what.
    """
    gate = p.copy()
    children: list[list[int]] = [[] for _ in parents]
    for node in np.argsort(-depth, kind="stable").tolist():
        below = np.sort(gate[children[node]]) if children[node] else None
        if below is not None:
            simes = min(1.0, float((below * len(below) / np.arange(1, len(below) + 1)).min()))
            gate[node] = combine([[p[node], simes]], "cauchy")[0]
        for parent in parents[node]:
            children[parent].append(node)
    return gate


def decide(
    evidence: Evidence, rules: Rules | None = None, *, score: Scorer | None = None,
    exposure: Callable[[dict[str, str]], float] | None = None,
) -> Decision:  # fmt: skip
    """Decide what a week's evidence calls for.

    Parameters
    ----------
    evidence : Evidence
    rules : Rules, optional
    score : Scorer, optional
        P-values of an excess from (counts, exposure); the rules' baseline by default.
    exposure : callable, optional
        A cell's weight by the people it reaches, from its names; 1 by default. Not negative, finite.

    Raises
    ------
    InputError
        Rule ``unknown_dimension``, ``unknown_node``, ``budget``, ``probability``, ``not_negative``, ``shape`` …
    """
    rules = rules or Rules()
    _check(evidence, rules)
    cells = _merge(evidence, rules, score or rules.baseline)
    if len(cells.key) == 0:
        return Decision((), (), 0, 0)
    parents = _parents(evidence, cells)
    depth = np.array([sum(evidence.plan.rollups[g]) for g in cells.rollup], dtype=np.int64)
    gate = gates(parents, depth, cells.p)
    tested = lattice_fdr(parents, gate, level=rules.level)
    rejected = tested.rejected & (cells.p <= np.nan_to_num(tested.threshold, nan=-1.0))
    kept, explained = collapse(evidence, cells, rejected, tested.threshold, rules)
    flags = [_flag(evidence, rules, cells, i, (gate, tested), explained[i], exposure) for i in kept]
    flags.sort(key=lambda flag: (-flag.rank, flag.p, sorted(flag.cell.items())))
    return Decision(
        tuple(flags[: rules.budget]), tuple(flags[rules.budget :]), int(tested.tested.sum()), int(rejected.sum())
    )


def _check(evidence: Evidence, rules: Rules) -> None:
    schema = evidence.plan.schema
    tree = schema.dimensions[schema.position(rules.hazard)].tree
    for name, weight in rules.severity.items():
        tree.index(name)
        positive(weight, place=f"severity of {name!r}", zero=True)
    for name, _ in rules.spread:
        schema.position(name)
    if rules.budget < 1:
        refuse("budget", "budget", "每周名额须至少为1", f"{rules.budget}: 1 or more a week")


def collapse(
    evidence: Evidence, cells: _Cells, rejected: NDArray[np.bool_], threshold: Floats, rules: Rules
) -> tuple[list[int], dict[int, list[int]]]:
    """Keep the cells that account for the rejected ones; which cells each accounts for.

    The strongest is kept; its excess is taken out of every other in proportion to the recent records they share; cells
    that no longer pass are its; then the strongest of the rest.
    """
    open_ = np.flatnonzero(rejected)
    sources = len(cells.outlook)
    observed = np.array([o.observed for o in cells.outlook])
    index = {(int(cells.rollup[i]), int(cells.key[i])): int(i) for i in open_}
    kept: list[int] = []
    explained: dict[int, list[int]] = {}
    while len(open_):
        ratio = sum(
            cells.outlook[s].ratio(observed[s])[open_] * ~np.isnan(cells.p_source[open_, s]) for s in range(sources)
        )
        best = int(open_[int(np.argmax(ratio))])
        kept.append(best)
        open_ = open_[open_ != best]
        touched = np.zeros(len(cells.key), dtype=bool)
        for s in range(sources):
            excess = observed[s, best] - cells.outlook[s].mean[best]
            if np.isnan(cells.p_source[best, s]) or excess <= 0:
                continue
            share = _shared(evidence, s, cells, best, index, rules)
            others = share > 0
            observed[s, others] -= excess * share[others]
            touched |= others
        p = np.full(cells.p_source.shape, np.nan)
        for s in range(sources):
            seen = touched & ~np.isnan(cells.p_source[:, s])
            p[seen, s] = np.maximum(cells.outlook[s].tail(observed[s])[seen], cells.p_source[seen, s])
        gone = open_[touched[open_]]
        gone = gone[combine(p[gone], rules.combination) > threshold[gone]]
        explained[best] = [int(i) for i in gone]
        open_ = np.setdiff1d(open_, gone)
    return kept, explained


def _shared(
    evidence: Evidence, source: int, cells: _Cells, best: int, index: Mapping[tuple[int, int], int], rules: Rules
) -> Floats:
    """For each rejected cell, the share of the kept cell's recent records that lie in it too."""
    packed, week = evidence.records_of(source, int(cells.rollup[best]), int(cells.key[best]))
    packed = packed[week > evidence.now - rules.baseline.recent]
    share = np.zeros(len(cells.key))
    if len(packed) == 0:
        return share
    for g in range(len(evidence.plan)):
        keys, number = np.unique(evidence.plan.keys(g, packed), return_counts=True)
        for key, n in zip(keys.tolist(), number.tolist(), strict=True):
            i = index.get((g, key))
            if i is not None and i != best:
                share[i] = n / len(packed)
    return share


def _severity(evidence: Evidence, rules: Rules, cell: dict[str, str]) -> float:
    schema = evidence.plan.schema
    tree = schema.dimensions[schema.position(rules.hazard)].tree
    node = tree.index(cell[rules.hazard]) if rules.hazard in cell else 0
    for above in reversed(tree.path(node)):
        if tree.names[above] in rules.severity:
            return float(rules.severity[tree.names[above]])
    return 1.0


def _general(evidence: Evidence, cell_rollup: int, key: int, rules: Rules) -> tuple[int, int]:
    """The scored cell freed of the spread dimensions, where a roll-up has it; else the cell itself."""
    plan = evidence.plan
    free = {plan.schema.position(name) for name, _ in rules.spread}
    wanted = tuple(0 if d in free else level for d, level in enumerate(plan.rollups[cell_rollup]))
    if wanted not in plan.rollups:
        return cell_rollup, key
    rollup = plan.rollups.index(wanted)
    return rollup, int(plan.keys(rollup, np.array([key], dtype=np.int64))[0])


def _flag(
    evidence: Evidence, rules: Rules, cells: _Cells, i: int, gate: tuple[Floats, Tested], explains: list[int],
    exposure: Callable[[dict[str, str]], float] | None,
) -> Flag:  # fmt: skip
    plan = evidence.plan
    cell = plan.cell_names(int(cells.rollup[i]), int(cells.key[i]))
    findings = []
    for s, one in enumerate(evidence.sources):
        if not np.isnan(cells.p_source[i, s]):
            look = cells.outlook[s]
            findings.append(SourceFinding(one.name, int(look.observed[i]), float(look.mean[i]), float(look.dispersion[i]),
                                          float(cells.p_source[i, s]), float(look.excess()[i])))  # fmt: skip
    tests = spread_tests(evidence, *_general(evidence, int(cells.rollup[i]), int(cells.key[i]), rules), rules.spread,
                         recent=rules.baseline.recent)  # fmt: skip
    severity = _severity(evidence, rules, cell)
    weight = 1.0 if exposure is None else float(positive(exposure(cell), place=f"exposure of {cell}", zero=True))
    rank = max(f.excess for f in findings) * severity * weight
    names = tuple(plan.cell_names(int(cells.rollup[j]), int(cells.key[j])) for j in explains)
    return Flag(evidence.now, cell, plan.rollups[int(cells.rollup[i])], classify(tests, region=rules.region, alpha=rules.spread_alpha),
                tuple(tests), float(cells.p[i]), float(gate[0][i]), float(gate[1].threshold[i]), rank, severity, weight,
                tuple(findings), names, evidence.sha256, rules.as_json())  # fmt: skip


def replay(
    record: Flag, evidence: Evidence, rules: Rules, *, score: Scorer | None = None,
    exposure: Callable[[dict[str, str]], float] | None = None,
) -> Flag:  # fmt: skip
    """Decide again from the archived evidence and find the recorded flag, number for number.

    Raises
    ------
    InputError
        Rule ``engine``, ``inputs`` or ``parameters`` where these are not the recorded ones; ``replay`` where the flag
        does not come out again with the same numbers.
    """
    if record.engine != ENGINE:
        refuse("record", "engine", "引擎版本不同", f"made by {record.engine}, this is {ENGINE}")
    if record.inputs != evidence.sha256:
        refuse(
            "evidence",
            "inputs",
            "输入与记录不符",
            f"sha256 {evidence.sha256[:12]}… is not the recorded {record.inputs[:12]}…",
        )
    if record.parameters != rules.as_json():
        refuse("rules", "parameters", "参数与记录不符", "the parameters are not the recorded ones")
    again = decide(evidence, rules, score=score, exposure=exposure)
    for flag in (*again.flags, *again.held):
        if flag.cell == record.cell and flag.rollup == record.rollup:
            if flag.to_json() != record.to_json():
                break
            return flag
    refuse("record", "replay", "重算结果与记录不同", "the flag does not come out again with the same numbers")
