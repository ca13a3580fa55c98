"""Code trees (commodities, hazards, regions): parents, levels, ancestors; a cycle or an unknown parent is refused.

>>> hs = Tree.from_parents({"85": None, "8516": "85", "851660": "8516", "851671": "8516"})
>>> [hs.names[i] for i in hs.path(hs.index("851660"))], hs.names[hs.ancestors_at(1)[hs.index("851660")]]
(['85', '8516', '851660'], '8516')
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from riskstats.inputs import refuse

Codes = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Tree:
    """A forest of named nodes.

    Attributes
    ----------
    names : tuple of str
        One per node.
    parents : ndarray of int32
        The parent's index, -1 for a root.

    Raises
    ------
    InputError
        Rule ``cycle``, ``unknown_node`` or ``twice``.
    """

    names: tuple[str, ...]
    parents: Codes

    def __post_init__(self) -> None:
        parents = np.asarray(self.parents, dtype=np.int32)
        parents.setflags(write=False)
        object.__setattr__(self, "parents", parents)
        if len(parents) != len(self.names):
            refuse("parents", "shape", "名称与上级数目不一", f"{len(self.names)} names, {len(parents)} parents")
        if len(set(self.names)) < len(self.names):
            again = next(n for i, n in enumerate(self.names) if n in self.names[:i])
            refuse(f"names[{again!r}]", "twice", "节点名重复", "a node is named twice")
        outside = np.flatnonzero((parents < -1) | (parents >= len(parents)))
        if len(outside):
            refuse(f"parent of {self.names[outside[0]]!r}", "unknown_node", "上级节点不存在", "no such node")
        _ = self.depth

    @classmethod
    def from_parents(cls, parents: Mapping[str, str | None]) -> Tree:
        """A tree from each node's parent, None for a root.

        >>> Tree.from_parents({"a": "b", "b": "a"})
        Traceback (most recent call last):
        riskstats.inputs.InputError: parent of 'a': a cycle: a < b < a
        """
        index = {name: i for i, name in enumerate(parents)}
        for name, parent in parents.items():
            if parent is not None and parent not in index:
                refuse(f"parent of {name!r}", "unknown_node", f"上级节点{parent}不存在", f"no node {parent!r}")
        above = [-1 if parent is None else index[parent] for parent in parents.values()]
        return cls(tuple(parents), np.array(above, dtype=np.int32))

    @classmethod
    def flat(cls, names: Sequence[str], root: str = "*") -> Tree:
        """One root over ``names``: ports, makers, anything without levels; the root is node 0."""
        return cls((root, *names), np.array([-1] + [0] * len(names), dtype=np.int32))

    def __len__(self) -> int:
        return len(self.names)

    @cached_property
    def _index(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.names)}

    def index(self, name: str) -> int:
        """The index of a named node.

        Raises
        ------
        InputError
            Rule ``unknown_node``.
        """
        if name not in self._index:
            refuse(f"node {name!r}", "unknown_node", f"没有节点{name}", "no such node in the tree")
        return self._index[name]

    @cached_property
    def depth(self) -> Codes:
        """Each node's level, 0 for a root."""
        depth = np.zeros(len(self), dtype=np.int32)
        at = self.parents.copy()
        for _ in range(len(self) + 1):
            inside = at >= 0
            if not inside.any():
                return depth
            depth[inside] += 1
            at[inside] = self.parents[at[inside]]
        self._refuse_cycle(int(np.flatnonzero(at >= 0)[0]))
        return depth

    def _refuse_cycle(self, node: int) -> None:
        seen: list[int] = []
        while node not in seen:
            seen.append(node)
            node = int(self.parents[node])
        ring = [self.names[i] for i in [*seen[seen.index(node) :], node]]
        shown = " < ".join(ring[:8])
        refuse(f"parent of {ring[0]!r}", "cycle", f"树中有环：{shown}", f"a cycle: {shown}")

    @property
    def height(self) -> int:
        """The greatest level."""
        return int(self.depth.max()) if len(self) else 0

    @cached_property
    def upward(self) -> Codes:
        """All nodes, children before their parents."""
        return np.argsort(-self.depth, kind="stable").astype(np.int32)

    @cached_property
    def is_leaf(self) -> NDArray[np.bool_]:
        """Whether a node has no children."""
        leaf = np.ones(len(self), dtype=bool)
        leaf[self.parents[self.parents >= 0]] = False
        return leaf

    def path(self, node: int) -> list[int]:
        """From the root down to the node, both included."""
        found = [node]
        while self.parents[found[-1]] >= 0:
            found.append(int(self.parents[found[-1]]))
        return found[::-1]

    def ancestors_at(self, level: int) -> Codes:
        """Each node's ancestor at a level; a node above that level answers with itself."""
        at = np.arange(len(self), dtype=np.int32)
        for _ in range(self.height):
            deeper = self.depth[at] > level
            at[deeper] = self.parents[at[deeper]]
        return at
