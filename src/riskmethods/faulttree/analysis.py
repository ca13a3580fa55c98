"""What a fault tree says: top event, bounds, minimal cut sets, importance of each basic event.

Basic events are taken as independent; an event shared by several gates is decided once, so that gate-by-gate
products, which would count it twice, are never used. The top event is linear in each event's probability, so the
mean of the top event is its value at the means.

Sources: IEC 61025 (fault tree analysis), Vesely et al., "Fault Tree Handbook", NUREG-0492 (1981); importance after
Birnbaum (1969), Fussell and Vesely (1972/75). SN/T 5589.3-2023 asks for the method; its text was not readable.

>>> from riskmethods.faulttree.tree import from_json
>>> brakes = from_json({
...     "top": "no braking",
...     "gates": {"no braking": {"type": "and", "inputs": ["front fails", "rear fails"]},
...               "front fails": {"type": "or", "inputs": ["pad", "fluid"]},
...               "rear fails": {"type": "or", "inputs": ["cable", "fluid"]}},
...     "events": {"pad": "1/100", "cable": "1/50", "fluid": "1/1000"}})
>>> found = analyse(brakes)
>>> found.probability, found.cut_sets
(Fraction(5999, 5000000), (('fluid',), ('pad', 'cable')))
>>> found.rare_event, found.upper_bound
(Fraction(3, 2500), Fraction(5999, 5000000))
>>> [(i.event, round(float(i.fussell_vesely), 3)) for i in found.importance]
[('fluid', 0.833), ('pad', 0.167), ('cable', 0.167)]
>>> step(brakes)
Point(p=Fraction(5999, 5000000), entered='5999/5000000')
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from typing import Any, TypeAlias

from riskmethods import numbers
from riskmethods.errors import raise_at
from riskmethods.faulttree.bdd import Diagram, compiled, diagram
from riskmethods.faulttree.cutsets import MOST_SETS, Families, every_set, family_diagram
from riskmethods.faulttree.sampling import sample
from riskmethods.faulttree.tree import Tree
from riskmethods.faulttree.values import Parts, Valuation, fits_exact, total_of_sets
from riskmethods.uncertain import Interval, Lognormal, LogUniform, Pert, Point, Uncertain

Chance: TypeAlias = Fraction | float


@dataclass(frozen=True, slots=True)
class Importance:
    """How much one basic event matters.

    Attributes
    ----------
    event : str
    probability : Fraction or float
        Its own.
    birnbaum : Fraction or float
        dTOP/dp: TOP with the event certain less TOP with it excluded.
    criticality : Fraction or float
        Birnbaum times p over TOP: the share of TOP in which this event makes the difference.
    fussell_vesely : Fraction or float
        P(at least one minimal cut set with this event happens in full) over TOP.
    raw : Fraction or float
        Risk achievement worth: TOP with the event certain, over TOP.
    rrw : Fraction or float or None
        Risk reduction worth: TOP over TOP with the event excluded; None when nothing of TOP is left.
    """

    event: str
    probability: Chance
    birnbaum: Chance
    criticality: Chance
    fussell_vesely: Chance
    raw: Chance
    rrw: Chance | None

    def as_json(self) -> dict[str, Any]:
        """Numbers in six digits, as printed; ``rrw`` is null when unbounded."""
        shown = {name: _shown(getattr(self, name)) for name in
                 ("probability", "birnbaum", "criticality", "fussell_vesely", "raw")}  # fmt: skip
        return {"event": self.event, **shown, "rrw": None if self.rrw is None else _shown(self.rrw)}


@dataclass(frozen=True, slots=True)
class Analysis:
    """The results for one tree.

    Attributes
    ----------
    probability : Fraction or float
        Of the top event, at the means of its basic events; a Fraction when ``exact``.
    exact : bool
        Every basic event is one exact number and the arithmetic stayed exact.
    bounds : (low, high)
        Top event at the lowest and at the highest values that the basic events can take.
    cut_sets : tuple of tuple of str
        Minimal cut sets, the smallest first; also the single points of failure, those of one event.
    rare_event : Fraction or float
        Sum of the cut sets' probabilities; never below TOP, may exceed one.
    upper_bound : Fraction or float
        1 - prod(1 - P(cut)): min-cut upper bound, never below TOP.
    importance : tuple of Importance
        The most important (Fussell-Vesely) first; empty when the top event cannot happen.
    unused : tuple of str
        What the top event does not reach.
    """

    probability: Chance
    exact: bool
    bounds: tuple[Chance, Chance]
    cut_sets: tuple[tuple[str, ...], ...]
    rare_event: Chance
    upper_bound: Chance
    importance: tuple[Importance, ...]
    unused: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The results as a report shows them."""
        return {
            "probability": _shown(self.probability), "exact": self.exact, "bounds": [_shown(b) for b in self.bounds],
            "cut_sets": [list(one) for one in self.cut_sets], "rare_event": _shown(self.rare_event),
            "upper_bound": _shown(self.upper_bound), "importance": [i.as_json() for i in self.importance],
            "unused": list(self.unused),
        }  # fmt: skip


def analyse(tree: Tree, *, most_sets: int = MOST_SETS) -> Analysis:
    """Everything about a tree at once.

    Raises
    ------
    MethodError
        Rule ``too_large`` (more nodes than a diagram may have) or ``too_many_cut_sets``.
    """
    forest, root = compiled(tree)
    families = Families(forest)
    family = families.minimal(root)
    sets = every_set(family_diagram(tree.basic, families, family), most=most_sets)
    shape = diagram(tree.basic, forest, root)
    parts, exact = _parts(tree, shape)
    valuation = Valuation(shape, parts)
    own = {name: parts.result(s, w) for name, s, w in zip(tree.basic, parts.share, parts.whole, strict=True)}
    return Analysis(
        probability=valuation.root, exact=exact, bounds=_bounds(tree, shape), cut_sets=sets,
        rare_event=total_of_sets(family_diagram(tree.basic, families, family), parts),
        upper_bound=1 - _product(1 - _product(own[name] for name in one) for one in sets),
        importance=_importance(tree, valuation, families, family), unused=tree.unused,
    )  # fmt: skip


def top_event(tree: Tree) -> Chance:
    """The top event's probability alone: a Fraction when every basic event is one exact number."""
    forest, root = compiled(tree)
    shape = diagram(tree.basic, forest, root)
    result: Chance = Valuation(shape, _parts(tree, shape)[0]).root
    return result


def step(tree: Tree, *, place: str = "") -> Uncertain:
    """The top event as the quantity of a scenario's step.

    Points give a point (exact), intervals an interval between exact ends. Where a distribution is among the basic
    events, the top event is sampled and given as a lognormal with its median and error factor (95th percentile over
    median).

    Raises
    ------
    MethodError
        Rule ``probability``: the top event cannot happen, and a step's probability is above 0.
    """
    quantities = [tree.events[name].quantity for name in tree.basic]
    forest, root = compiled(tree)
    shape = diagram(tree.basic, forest, root)
    low, high = (_fraction(end) for end in _bounds(tree, shape))
    if high == 0:
        raise_at(place, "probability", "顶事件不会发生，不能作为情景步骤", "the top event cannot happen: it is no step")
    if all(isinstance(q, Point) for q in quantities):
        written = str(high) if high.denominator < 10**20 else ""
        return Point(high, written)
    if all(isinstance(q, Point | Interval) for q in quantities) and low > 0:
        return Interval(low, high)
    drawn = sample(tree)
    median, upper = (drawn.quantile(q) for q in (0.5, 0.95))
    if not 0 < median < upper:
        return Point(_fraction(median or upper))
    return Lognormal(_fraction(median), upper / median)


def _parts(tree: Tree, shape: Diagram) -> tuple[Parts, bool]:
    quantities = [tree.events[name].quantity for name in tree.basic]
    points = [q.p for q in quantities if isinstance(q, Point)]
    if len(points) == len(quantities) and fits_exact(shape, points):
        return Parts.exact(points), True
    return Parts.rounded([q.mean for q in quantities]), False


def _bounds(tree: Tree, shape: Diagram) -> tuple[Chance, Chance]:
    """A tree without negation rises with each of its events, so its ends lie at theirs."""
    ends = [_ends(tree.events[name].quantity) for name in tree.basic]
    low, high = (_value(shape, [pair[n] for pair in ends]) for n in (0, 1))
    return low, high


def _value(shape: Diagram, chances: list[Fraction]) -> Chance:
    parts = Parts.exact(chances) if fits_exact(shape, chances) else Parts.rounded([float(p) for p in chances])
    result: Chance = Valuation(shape, parts).root
    return result


def _ends(quantity: Uncertain) -> tuple[Fraction, Fraction]:
    match quantity:
        case Point():
            return quantity.p, quantity.p
        case Interval() | LogUniform() | Pert():
            return quantity.low, quantity.high
        case _:
            return Fraction(0), Fraction(1)


def _importance(tree: Tree, valuation: Valuation, families: Families, family: int) -> tuple[Importance, ...]:
    top, parts = valuation.root, valuation.parts
    if top == 0:
        return ()
    found = []
    for n, (name, slope) in enumerate(zip(tree.basic, valuation.slopes(), strict=True)):
        p = parts.result(parts.share[n], parts.whole[n])
        cut = families.decision(families.holding(family, n))
        through = Valuation(diagram(tree.basic, families.decisions, cut), parts).root
        left = top - p * slope
        found.append(
            Importance(
                name,
                p,
                slope,
                p * slope / top,
                through / top,
                (top + (1 - p) * slope) / top,
                top / left if left > 0 else None,
            )
        )
    return tuple(sorted(found, key=lambda one: -one.fussell_vesely))


def _product(factors: Any) -> Any:
    return reduce(lambda a, b: a * b, factors, 1)


def _fraction(value: Chance) -> Fraction:
    return value if isinstance(value, Fraction) else Fraction(repr(float(value)))


def _shown(value: Chance) -> str:
    return numbers.decimal(_fraction(value))
