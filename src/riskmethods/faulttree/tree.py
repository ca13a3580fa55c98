"""A fault tree as a document: gates over gates and basic events, checked for cycles and loose ends.

>>> brakes = from_json({
...     "top": "no braking",
...     "gates": {"no braking": {"type": "and", "inputs": ["front fails", "rear fails"]},
...               "front fails": {"type": "or", "inputs": ["pad", "fluid"]},
...               "rear fails": {"type": "or", "inputs": ["cable", "fluid"]}},
...     "events": {"pad": "1/100", "cable": "1/50", "fluid": "1/1000"}})
>>> brakes.bottom_up
('front fails', 'rear fails', 'no braking')
>>> brakes.basic
('pad', 'fluid', 'cable')
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from riskmethods import uncertain
from riskmethods.errors import raise_at
from riskmethods.inputs import count, distinct, exact, fields, listed, one_of, text, within
from riskmethods.numbers import parse
from riskmethods.uncertain import Point, Uncertain

KINDS = ("and", "or", "k_of_n")
MOST_GATES = 1_000
MOST_EVENTS = 1_000
MOST_INPUTS = 200
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Gate:
    """Happens when at least ``k`` of its inputs happen: ``k`` is 1 for OR and their number for AND."""

    kind: str
    inputs: tuple[str, ...]
    k: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """A basic event and its probability; 0 and 1 are allowed, for what was excluded or taken for granted."""

    quantity: Uncertain
    text: str = ""


@dataclass(frozen=True)
class Tree:
    """A checked fault tree.

    Attributes
    ----------
    top : str
        The top event: a gate, or a basic event standing alone.
    gates, events : mapping
        By name; each name stands in one of them only.
    bottom_up : tuple of str
        The gates under the top event, inputs before the gates that need them.
    basic : tuple of str
        The basic events under the top event, in the order in which a reader meets them.
    unused : tuple of str
        Gates and events that the top event does not reach.
    """

    top: str
    gates: Mapping[str, Gate]
    events: Mapping[str, Event]
    bottom_up: tuple[str, ...]
    basic: tuple[str, ...]
    unused: tuple[str, ...]


def from_json(document: Any, *, place: str = "") -> Tree:
    """A fault tree from its JSON form.

    Parameters
    ----------
    document
        ``{"top": name, "gates": {name: {"type": "and" | "or" | "k_of_n", "k": 2, "inputs": [names], "text": ".."}},
        "events": {name: quantity | {"quantity": quantity, "text": ".."}}}``; a quantity as in
        :func:`riskmethods.uncertain.from_json`, and ``0`` besides.

    Raises
    ------
    MethodError
        Rules ``cycle``, ``unknown_event``, ``duplicate``, ``empty``, ``too_large``, ``probability`` …

    >>> from_json({"top": "T", "gates": {"T": {"type": "or", "inputs": ["A", "U"]},
    ...                                  "U": {"type": "or", "inputs": ["T", "A"]}}, "events": {"A": "0.1"}})
    Traceback (most recent call last):
    riskmethods.errors.MethodError: gates.U.inputs[0]: the tree runs in a circle: T > U > T
    """
    record = fields(document, place, needed=("top", "events"), optional=("gates", "id", "title"))
    top = text(record["top"], within(place, "top"), most=LONGEST_NAME)
    gates = {
        name: _gate(given, where)
        for name, given, where in _named(record.get("gates", {}), within(place, "gates"), MOST_GATES)
    }
    events = {
        name: _event(given, where)
        for name, given, where in _named(record["events"], within(place, "events"), MOST_EVENTS)
    }
    for name in gates:
        if name in events:
            raise_at(within(place, f"events.{name}"), "duplicate", f"“{name}”既是门又是基本事件",
                     f"{name!r} is a gate and a basic event at once")  # fmt: skip
    if top not in gates and top not in events:
        raise_at(within(place, "top"), "unknown_event", f"没有“{top}”", f"{top!r} is neither a gate nor a basic event")
    return _checked(top, gates, events, place)


def _named(given: Any, place: str, most: int) -> list[tuple[str, Any, str]]:
    if not isinstance(given, Mapping):
        raise_at(place, "not_an_object", "须是以名称为键的对象", "an object keyed by name is needed")
    if len(given) > most:
        raise_at(place, "too_large", f"至多{most}个", f"at most {most} are taken, {len(given)} given")
    return [(text(name, place, most=LONGEST_NAME), value, f"{place}.{name}") for name, value in given.items()]


def _gate(given: Any, place: str) -> Gate:
    record = fields(given, place, needed=("type", "inputs"), optional=("k", "text"))
    kind = one_of(record["type"], KINDS, f"{place}.type")
    inputs = tuple(
        text(name, f"{place}.inputs[{n}]", most=LONGEST_NAME)
        for n, name in enumerate(listed(record["inputs"], f"{place}.inputs", most=MOST_INPUTS))
    )
    distinct(inputs, f"{place}.inputs")
    if kind != "k_of_n" and "k" in record:
        raise_at(f"{place}.k", "unknown_key", "只有表决门才有 k", "only a k_of_n gate has a k")
    if kind == "k_of_n" and "k" not in record:
        raise_at(f"{place}.k", "missing", "表决门缺少 k", "a k_of_n gate needs its k")
    k = {"or": 1, "and": len(inputs)}.get(kind) or count(record["k"], f"{place}.k", least=1, most=len(inputs))
    return Gate(kind, inputs, k, text(record.get("text", ""), f"{place}.text", needed=False))


def _event(given: Any, place: str) -> Event:
    words = ""
    if isinstance(given, Mapping) and "quantity" in given:
        record = fields(given, place, needed=("quantity",), optional=("text",))
        words = text(record.get("text", ""), f"{place}.text", needed=False)
        given, place = record["quantity"], f"{place}.quantity"
    if isinstance(given, Mapping):
        quantity = uncertain.from_json(given, place=place)
        for end in ("low", "median"):
            if hasattr(quantity, end):
                exact(getattr(quantity, end), f"{place}.{end}")
        return Event(quantity, words)
    return Event(Point(parse(given, place=place, zero=True), str(given).strip()), words)


def _checked(top: str, gates: dict[str, Gate], events: dict[str, Event], place: str) -> Tree:
    """Walk down from the top, depth first and without recursion, naming the circle if there is one."""
    basic: dict[str, None] = {top: None} if top in events else {}
    done: dict[str, None] = {}
    path = [(top, 0)] if top in gates else []
    on_path = {top}
    while path:
        name, n = path[-1]
        if n == 0:  # a gate's own events first: a long chain then stays a small diagram
            basic |= dict.fromkeys(below for below in gates[name].inputs if below in events)
        if n == len(gates[name].inputs):
            path.pop()
            on_path.discard(name)
            done[name] = None
            continue
        path[-1] = (name, n + 1)
        below, where = gates[name].inputs[n], within(place, f"gates.{name}.inputs[{n}]")
        if below in on_path:
            circle = [step for step, _ in path]
            shown = " > ".join([*circle[circle.index(below) :], below])
            raise_at(where, "cycle", f"故障树成环：{shown}", f"the tree runs in a circle: {shown}")
        if below in events:
            continue
        if below not in gates:
            raise_at(where, "unknown_event", f"没有“{below}”", f"{below!r} is neither a gate nor a basic event")
        if below not in done:
            path.append((below, 0))
            on_path.add(below)
    unused = tuple(name for name in (*gates, *events) if name not in done and name not in basic)
    return Tree(top, gates, events, tuple(done), tuple(basic), unused)
