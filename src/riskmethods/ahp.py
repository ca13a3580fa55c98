"""The analytic hierarchy process: weights from pairwise judgements, with the consistency that they need.

Weights are the principal eigenvector w of the judgement matrix; ``CI = (lambda_max - n) / (n - 1)``, ``CR = CI / RI``
with the mean CI of random matrices as RI; judgements are consistent enough when CR < 0.10. A group's judgements are
joined by their geometric mean, which keeps them reciprocal.

Sources: Saaty, "The Analytic Hierarchy Process" (1980); Aczél and Saaty, J. Math. Psychology 27 (1983) for groups.
SN/T 5589.1-2023 asks for the method; its text was not readable.

>>> judged = from_json({"items": ["severity", "frequency", "detectability"],
...                     "matrix": [["1", "3", "5"], ["1/3", "1", "2"], ["1/5", "1/2", "1"]]})
>>> [round(w, 4) for w in judged.weights], round(judged.lambda_max, 4), round(judged.cr, 4)
([0.6483, 0.2297, 0.122], 3.0037, 0.0032)
>>> from_json({"items": ["a", "b", "c"], "matrix": [["1", "5", "1/5"], ["1/5", "1", "5"], ["5", "1/5", "1"]]})
Traceback (most recent call last):
riskmethods.errors.MethodError: matrix: CR 2.76 is not below 0.10; worst triad a, b, c: a/b = 5 and b/c = 5 make a/c = 25, but 0.2 was judged
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from riskmethods.errors import raise_at
from riskmethods.inputs import distinct, exact, fields, listed, positive, text, within

RANDOM_INDEX = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49)  # for n = 1 to 10
MOST_ITEMS = len(RANDOM_INDEX)
MOST_JUDGES = 200
ACCEPTED_CR = 0.10
LARGEST_JUDGEMENT = 9
_LARGEST = LARGEST_JUDGEMENT + Fraction(1, 10**6)
_RECIPROCAL = 1e-6  # so that 1/3 may come as a float, while 0.33 is refused


@dataclass(frozen=True, slots=True)
class Triad:
    """Three items whose judgements disagree: i/j times j/k is not i/k.

    ``implied`` is what i/j and j/k make of i/k; ``judged`` is what was judged.
    """

    items: tuple[str, str, str]
    first: float
    second: float
    implied: float
    judged: float

    def __str__(self) -> str:
        i, j, k = self.items
        said = f"{i}/{j} = {self.first:.3g} and {j}/{k} = {self.second:.3g} make {i}/{k} = {self.implied:.3g}"
        return f"{i}, {j}, {k}: {said}, but {self.judged:.3g} was judged"


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights of the items, summing to one, with their consistency.

    Attributes
    ----------
    items : tuple of str
    weights : tuple of float
    lambda_max, ci, cr : float
    worst : Triad or None
        The triad that disagrees most; None when all agree or there are fewer than three items.
    """

    items: tuple[str, ...]
    weights: tuple[float, ...]
    lambda_max: float
    ci: float
    cr: float
    worst: Triad | None

    @property
    def consistent(self) -> bool:
        """CR below 0.10."""
        return self.cr < ACCEPTED_CR

    def as_json(self) -> dict[str, Any]:
        """As a report shows it."""
        shown = {item: float(f"{w:.6g}") for item, w in zip(self.items, self.weights, strict=True)}
        return {"weights": shown, "lambda_max": float(f"{self.lambda_max:.6g}"), "ci": float(f"{self.ci:.6g}"),
                "cr": float(f"{self.cr:.6g}"), "consistent": self.consistent,
                "worst_triad": None if self.worst is None else str(self.worst)}  # fmt: skip


def weigh(items: Sequence[str], matrix: Sequence[Sequence[object]], *, place: str = "matrix") -> Weights:
    """Weights from one judgement matrix, consistent or not: see :attr:`Weights.consistent` and ``worst``.

    Parameters
    ----------
    items : sequence of str
        One to ten; more are to be split into a hierarchy.
    matrix : n by n
        ``matrix[i][j]``: how many times item i outweighs item j, 1/9 to 9; reciprocal, with ones on the diagonal.

    Raises
    ------
    MethodError
        Rules ``shape``, ``not_a_number``, ``scale`` (outside 1/9 to 9), ``diagonal``, ``reciprocal``.
    """
    names = [text(item, f"items[{n}]") for n, item in enumerate(listed(items, "items", most=MOST_ITEMS))]
    distinct(names, "items")
    return _weighed(names, _read(matrix, len(names), place))


def accepted(weights: Weights, *, place: str = "matrix") -> Weights:
    """The weights themselves when they are consistent.

    Raises
    ------
    MethodError
        Rule ``inconsistent``, naming the worst triad.
    """
    if not weights.consistent:
        raise_at(place, "inconsistent", f"一致性比率CR={weights.cr:.3g}，须小于0.10；最矛盾的三项：{weights.worst}",
                 f"CR {weights.cr:.3g} is not below 0.10; worst triad {weights.worst}")  # fmt: skip
    return weights


def joined(
    items: Sequence[str],
    matrices: Mapping[str, Sequence[Sequence[object]]],
    *,
    voice: Mapping[str, object] | None = None,
) -> Weights:
    """A group's weights: the geometric mean of its members' judgements, by voice where voices differ.

    >>> two = joined(["a", "b"], {"E1": [[1, 4], ["1/4", 1]], "E2": [[1, 1], [1, 1]]})
    >>> [round(w, 6) for w in two.weights]
    [0.666667, 0.333333]

    Raises
    ------
    MethodError
        As :func:`weigh`, with the member in the place; rule ``empty`` without members.
    """
    if not matrices:
        raise_at("judges", "empty", "没有专家判断", "nobody judged")
    if len(matrices) > MOST_JUDGES:
        raise_at("judges", "too_large", f"至多{MOST_JUDGES}位专家", f"at most {MOST_JUDGES} judges")
    names = [text(item, f"items[{n}]") for n, item in enumerate(listed(items, "items", most=MOST_ITEMS))]
    distinct(names, "items")
    logs = [np.log(_read(matrix, len(names), f"judges.{judge}")) for judge, matrix in matrices.items()]
    heard = fields({} if voice is None else voice, "voice", needed=(), optional=tuple(matrices))
    loud = [positive(heard.get(judge, 1), f"voice.{judge}") for judge in matrices]
    return _weighed(names, np.exp(np.average(np.array(logs), axis=0, weights=loud)))


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """Global weights of the leaves: each branch's weight times the weight within it.

    ``cr`` is that of the whole: the branches' CI over their RI, both weighed by the branch's weight.
    """

    goal: Weights
    branches: Mapping[str, Weights]
    weights: Mapping[str, float]
    cr: float

    def score(self, values: Mapping[str, object]) -> float:
        """The weighted sum of the leaves' scores; every leaf needs one.

        Raises
        ------
        MethodError
            Rules ``missing``, ``unknown_key``, ``not_a_number``.
        """
        given = fields(values, "scores", needed=tuple(self.weights))
        return math.fsum(
            w * float(exact(given[leaf], f"scores.{leaf}", above=None)) for leaf, w in self.weights.items()
        )


def hierarchy(goal: Weights, branches: Mapping[str, Weights]) -> Hierarchy:
    """A hierarchy of two storeys; an item of the goal without a branch is a leaf itself.

    Raises
    ------
    MethodError
        Rules ``unknown_code`` (a branch under no item), ``duplicate`` (a leaf twice), ``inconsistent``.
    """
    for name, below in branches.items():
        if name not in goal.items:
            raise_at(f"branches.{name}", "unknown_code", f"目标层没有“{name}”", f"the goal has no item {name!r}")
        accepted(below, place=f"branches.{name}")
    accepted(goal, place="goal")
    leaves: dict[str, float] = {}
    ci = ri = 0.0
    for item, weight in zip(goal.items, goal.weights, strict=True):
        below = branches.get(item) or Weights((item,), (1.0,), 1.0, 0.0, 0.0, None)
        ci, ri = ci + weight * below.ci, ri + weight * RANDOM_INDEX[len(below.items) - 1]
        for leaf, part in zip(below.items, below.weights, strict=True):
            if leaf in leaves:
                raise_at(f"branches.{item}", "duplicate", f"“{leaf}”重复", f"{leaf!r} stands twice")
            leaves[leaf] = weight * part
    return Hierarchy(goal, dict(branches), leaves, ci / ri if ri else 0.0)


def from_json(document: Any, *, place: str = "") -> Weights:
    """Consistent weights from ``{"items": [..], "matrix": [[..]]}`` or, for a group, ``{"items": [..], "judges": {..}}``.

    Raises
    ------
    MethodError
        As :func:`weigh` and :func:`joined`; rule ``inconsistent`` with the worst triad.
    """
    record = fields(document, place, needed=("items",), optional=("matrix", "judges", "voice"))
    if ("matrix" in record) == ("judges" in record):
        raise_at(
            within(place, "matrix"), "missing", "须有 matrix 或 judges 之一", "either a matrix or judges are needed"
        )
    if "matrix" in record:
        where = within(place, "matrix")
        return accepted(weigh(record["items"], record["matrix"], place=where), place=where)
    judges = record["judges"]
    if not isinstance(judges, Mapping):
        raise_at(within(place, "judges"), "not_an_object", "须是以专家为键的对象", "an object keyed by judge is needed")
    return accepted(joined(record["items"], judges, voice=record.get("voice")), place=within(place, "judges"))


def _read(matrix: Any, n: int, place: str) -> NDArray[np.float64]:
    rows = [
        listed(row, f"{place}[{i}]", most=MOST_ITEMS) for i, row in enumerate(listed(matrix, place, most=MOST_ITEMS))
    ]
    if len(rows) != n or any(len(row) != n for row in rows):
        raise_at(place, "shape", f"须为{n}×{n}矩阵", f"{n} items need a matrix of {n} by {n}")
    judged = [[exact(v, f"{place}[{i}][{j}]") for j, v in enumerate(row)] for i, row in enumerate(rows)]
    for i in range(n):
        for j in range(n):
            _check(judged[i][j], judged[j][i], f"{place}[{i}][{j}]", diagonal=i == j)
    return np.array([[float(v) for v in row] for row in judged])


def _check(one: Fraction, other: Fraction, place: str, *, diagonal: bool) -> None:
    if diagonal and one != 1:
        raise_at(place, "diagonal", "对角线须为1", "an item outweighs itself once: the diagonal is 1")
    if not 1 / _LARGEST <= one <= _LARGEST:
        raise_at(place, "scale", "须在1/9到9之间", f"a judgement is from 1/9 to 9, not {float(one):.4g}")
    if abs(one * other - 1) > _RECIPROCAL:
        raise_at(place, "reciprocal", f"与对称位置不互为倒数：{float(one):.4g}与{float(other):.4g}；写成1/3而不是0.33",
                 f"{float(one):.4g} and {float(other):.4g} are not reciprocal; write 1/3, not 0.33")  # fmt: skip


def _weighed(names: list[str], matrix: NDArray[np.float64]) -> Weights:
    n = len(names)
    values, vectors = np.linalg.eig(matrix)
    first = int(np.argmax(values.real))
    w = np.abs(vectors[:, first].real)
    lambda_max = max(float(values[first].real), float(n))  # never below n but for rounding
    ci = (lambda_max - n) / (n - 1) if n > 2 else 0.0
    cr = ci / RANDOM_INDEX[n - 1] if n > 2 else 0.0
    return Weights(tuple(names), tuple(float(x) for x in w / w.sum()), lambda_max, ci, cr, _worst(names, matrix))


def _worst(names: list[str], matrix: NDArray[np.float64]) -> Triad | None:
    found: Triad | None = None
    worst = 1e-5
    for i, j, k in combinations(range(len(names)), 3):
        first, second, judged = (float(matrix[cell]) for cell in ((i, j), (j, k), (i, k)))
        gap = abs(math.log(first * second / judged))
        if gap > worst * (1 + 1e-9):
            found, worst = Triad((names[i], names[j], names[k]), first, second, first * second, judged), gap
    return found
