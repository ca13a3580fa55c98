"""What the lattice is: code trees crossed, the roll-ups that are counted, and keys of 63 bits for records and cells.

A record names one node in each tree (commodity, hazard, origin, port, maker …). A roll-up gives each tree a level: 0
leaves the dimension out, 1 is the level below the root, and so on; its cells are the combinations of nodes at those
levels. A record known only to a coarser level than a roll-up asks for has no cell in it.

>>> goods = Tree.from_parents({"*": None, "85": "*", "8516": "85", "8517": "85"})
>>> schema = Schema((Dimension("product", goods), Dimension("port", Tree.flat(["CNSHA", "CNSZX"]))))
>>> plan = Plan.of(schema, [(2, 1), (1, 0), (2, 0)])
>>> plan.rollups, plan.cell_names(0, plan.key_of(0, {"product": "85"}))
(((1, 0), (2, 0), (2, 1)), {'product': '85'})
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from riskstats.inputs import Ints, refuse, same_length
from riskstats.trees import Tree

RollUp = tuple[int, ...]
_BITS = 62
_MOST = 62  # roll-ups, one bit each
LEAD = 2  # the first dimensions, commodity and hazard say, lead the order of the records


@dataclass(frozen=True)
class Dimension:
    """A named code tree with one root, its first node; the root stands for "any".

    Raises
    ------
    InputError
        Rule ``one_root``.
    """

    name: str
    tree: Tree

    def __post_init__(self) -> None:
        roots = int((self.tree.parents < 0).sum())
        if roots != 1 or self.tree.parents[0] >= 0:
            refuse(f"dimension {self.name!r}", "one_root", "须恰有一个根节点且列于首位",
                   f"one root is needed, the first node; there are {roots}")  # fmt: skip


@dataclass(frozen=True)
class Schema:
    """The dimensions, and where each has its bits in a packed record.

    Raises
    ------
    InputError
        Rule ``too_many`` where the trees need more than 62 bits together, ``twice`` where a name recurs.
    """

    dimensions: tuple[Dimension, ...]

    def __post_init__(self) -> None:
        if len(set(self.names)) < len(self.names):
            refuse("dimensions", "twice", "维度名重复", "a dimension is named twice")
        if sum(self.bits) > _BITS:
            refuse("dimensions", "too_many", "编码位数超过62", f"{sum(self.bits)} bits are needed, {_BITS} are there")

    @property
    def names(self) -> tuple[str, ...]:
        """The dimensions' names."""
        return tuple(d.name for d in self.dimensions)

    @property
    def bits(self) -> tuple[int, ...]:
        """Bits per dimension."""
        return tuple(max(1, (len(d.tree) - 1).bit_length()) for d in self.dimensions)

    @property
    def shifts(self) -> tuple[int, ...]:
        """How far each dimension's bits lie from the right; the first dimension lies leftmost and leads the sorting."""
        total = np.cumsum((0, *reversed(self.bits)))[:-1]
        return tuple(int(s) for s in reversed(total))

    def position(self, name: str) -> int:
        """The index of a named dimension."""
        if name not in self.names:
            refuse(f"dimension {name!r}", "unknown_dimension", "没有此维度", f"there are {', '.join(self.names)}")
        return self.names.index(name)

    def pack(self, codes: Iterable[ArrayLike]) -> Ints:
        """Records as packed keys.

        Parameters
        ----------
        codes : iterable of array_like of int
            One column of node indices per dimension.

        Raises
        ------
        InputError
            Rule ``unknown_node`` or ``shape``.
        """
        columns = [np.asarray(c) for c in codes]
        if len(columns) != len(self.dimensions):
            refuse(
                "codes", "shape", "列数与维度数不符", f"{len(self.dimensions)} columns are needed, not {len(columns)}"
            )
        packed = np.zeros(same_length("codes", *columns), dtype=np.int64)
        for column, dimension, shift in zip(columns, self.dimensions, self.shifts, strict=True):
            if len(column) and (column.min() < 0 or column.max() >= len(dimension.tree)):
                bad = int(np.flatnonzero((column < 0) | (column >= len(dimension.tree)))[0])
                refuse(f"{dimension.name}[{bad}]", "unknown_node", "没有此节点", f"no node {column[bad]} in the tree")
            packed |= column.astype(np.int64) << shift
        return packed

    def unpack(self, packed: Ints) -> list[NDArray[np.int64]]:
        """One column of node indices per dimension."""
        return [(packed >> shift) & ((1 << bit) - 1) for shift, bit in zip(self.shifts, self.bits, strict=True)]


@dataclass(frozen=True, eq=False)
class Plan:
    """The roll-ups in an order from coarse to fine, each with its direct coarser ones; made by :meth:`of`."""

    schema: Schema
    rollups: tuple[RollUp, ...]

    @classmethod
    def of(cls, schema: Schema, rollups: Iterable[RollUp]) -> Plan:
        """A plan for these roll-ups.

        Raises
        ------
        InputError
            Rule ``rollup``: wrong length, a level below 0 or beneath the tree, none, more than 62, or one given twice.
        """
        wanted = [tuple(int(level) for level in r) for r in rollups]
        if not 0 < len(wanted) <= _MOST or len(set(wanted)) < len(wanted):
            refuse(
                "rollups",
                "rollup",
                "须有1至62个互异的汇总",
                f"1 to {_MOST} different roll-ups are needed, not {len(wanted)}",
            )
        for r in wanted:
            fits = len(r) == len(schema.dimensions) and all(
                0 <= level <= d.tree.height for level, d in zip(r, schema.dimensions, strict=False)
            )
            if not fits:
                refuse(f"rollup {r}", "rollup", "层级与维度不符", "the levels do not fit the dimensions' trees")
        return cls(schema, tuple(sorted(wanted, key=lambda r: (sum(r), r))))

    def __len__(self) -> int:
        return len(self.rollups)

    @cached_property
    def parents(self) -> tuple[tuple[int, ...], ...]:
        """For each roll-up the coarser ones with none between."""
        above = [
            [h for h, o in enumerate(self.rollups) if h != g and _covers(o, r)] for g, r in enumerate(self.rollups)
        ]
        return tuple(tuple(h for h in hs if not any(h in above[k] for k in hs if k != h)) for hs in above)

    @cached_property
    def needs(self) -> NDArray[np.int64]:
        """The direct coarser roll-ups as bits."""
        return np.array([sum(1 << h for h in hs) for hs in self.parents], dtype=np.int64)

    @cached_property
    def features(self) -> tuple[tuple[int, int], ...]:
        """The distinct (dimension, level) pairs in use, level 0 left out."""
        return tuple(sorted({(d, level) for r in self.rollups for d, level in enumerate(r) if level}))

    @cached_property
    def layout(self) -> tuple[Any, ...]:
        """For the kernels: (code table, offsets, shifts, masks by feature), the features of each roll-up in the first two
        dimensions and in the others (starts, features), whether it has only the former, the former's shift, and the
        second dimension's bits.
        """
        table, offset, at = [], [], 0
        for d, level in self.features:
            tree = self.schema.dimensions[d].tree
            code = tree.ancestors_at(level).astype(np.int64) << self.schema.shifts[d]
            table.append(np.where(tree.depth >= level, code, -1))
            offset.append(at)
            at += len(tree)
        shift = [self.schema.shifts[d] for d, _ in self.features]
        mask = [(1 << self.schema.bits[d]) - 1 for d, _ in self.features]
        codes = (np.concatenate([*table, np.zeros(0, dtype=np.int64)]), _line(offset), _line(shift), _line(mask))
        first = self._features_of(range(LEAD))
        others = self._features_of(range(LEAD, len(self.schema.dimensions)))
        d = min(LEAD, len(self.schema.dimensions)) - 1
        width = self.schema.bits[d] if d else 0
        return codes, first, others, np.diff(others[0]) == 0, self.schema.shifts[d], width

    def _features_of(self, dimensions: range) -> tuple[Ints, Ints]:
        rows = [[self.features.index((d, r[d])) for d in dimensions if d < len(r) and r[d]] for r in self.rollups]
        return _line(np.cumsum([0, *(len(row) for row in rows)])), _line([f for row in rows for f in row])

    def lead(self, keys: Ints) -> Ints:
        """Cells with the bits of all but the first two dimensions cleared."""
        shift = self.layout[4]
        return _line((keys >> shift) << shift)

    def keys(self, rollup: int, packed: Ints) -> Ints:
        """The cell of each packed record (or finer cell) in a roll-up; -1 where it has none."""
        out = np.zeros(len(packed), dtype=np.int64)
        for d, level in enumerate(self.rollups[rollup]):
            if level:
                table, offset, shift, mask = self.layout[0]
                f = self.features.index((d, level))
                out |= table[offset[f] + ((packed >> shift[f]) & mask[f])]
        return out

    def cell_names(self, rollup: int, key: int) -> dict[str, str]:
        """A cell in words: the node of each dimension that its roll-up does not leave out."""
        nodes = self.schema.unpack(np.array([key], dtype=np.int64))  # a dimension left out has bits 0: its root
        return {
            d.name: d.tree.names[int(node[0])]
            for d, node, level in zip(self.schema.dimensions, nodes, self.rollups[rollup], strict=True)
            if level
        }

    def key_of(self, rollup: int, names: Mapping[str, str]) -> int:
        """The key of a named cell.

        Raises
        ------
        InputError
            Rule ``unknown_node``, ``unknown_dimension``, or ``rollup`` where the names do not lie at its levels.
        """
        key, levels = 0, [0] * len(self.schema.dimensions)
        for name, code in names.items():
            d = self.schema.position(name)
            tree = self.schema.dimensions[d].tree
            node = tree.index(code)
            key |= node << self.schema.shifts[d]
            levels[d] = int(tree.depth[node])
        if tuple(levels) != self.rollups[rollup]:
            refuse(f"cell {dict(names)}", "rollup", "与汇总层级不符", f"levels {levels} are not {self.rollups[rollup]}")
        return key


def _line(values: ArrayLike) -> Ints:
    return np.asarray(values, dtype=np.int64)


def _covers(coarse: RollUp, fine: RollUp) -> bool:
    return all(a <= b for a, b in zip(coarse, fine, strict=True))
