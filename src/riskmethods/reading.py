"""From JSON to an assessment document: every fault found is named with its place and rule.

>>> faulty = {"method": "eu-2024-3173", "scenarios": [{"steps": [{"text": "", "quantity": "2"}], "severity": 5}]}
>>> for fault in read(faulty)[1]:
...     print(fault.place, fault.rule)
scenarios[0].steps[0].text empty
scenarios[0].steps[0].quantity probability
scenarios[0].severity severity
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any, TypeVar

from riskmethods import faulttree, vocabulary
from riskmethods.annexes import calculate, form
from riskmethods.editions import DEFAULT, LEVELS, SEVERITIES, Edition, edition
from riskmethods.errors import MethodError, raise_at
from riskmethods.injuries import injury
from riskmethods.inputs import count, positive
from riskmethods.numbers import ONE, parse
from riskmethods.records import (
    DRAWS,
    FEWEST_DRAWS,
    FORMAT,
    MOST_DRAWS,
    SEED,
    Annex,
    Document,
    Effect,
    Measure,
    Observed,
    Origin,
    Precaution,
    Presumption,
    Residual,
    Scenario,
    Severity,
    Share,
    Step,
    Text,
)
from riskmethods.rules import breaches, too_long
from riskmethods.uncertain import Point, Uncertain, from_json

T = TypeVar("T")
_CHINESE = re.compile(r"[㐀-鿿]")
_ORIGIN = ("evidence", "source", "author")
MOST_ITEMS = 200


class Node:
    """A JSON object and its place; what is wrong with it goes on the list of faults and reading goes on."""

    def __init__(self, value: object, place: str, faults: list[MethodError], keys: tuple[str, ...]) -> None:
        self.place, self.faults = place, faults
        self.value: Mapping[str, Any] = value if isinstance(value, Mapping) else {}
        if not isinstance(value, Mapping):
            self.refuse("", "not_an_object", "须是对象", "an object is needed")
            self.faults = []  # what it then lacks is no news
        for key in self.value:
            if key not in keys:
                self.refuse(str(key), "unknown_key", f"此处没有“{key}”这一项", f"has no place here: {', '.join(keys)}")

    def at(self, key: str) -> str:
        """The place of a key."""
        return ".".join(part for part in (self.place, key) if part)

    def refuse(self, key: str, rule: str, zh: str, en: str) -> None:
        """Put a fault on the list."""
        self.faults.append(MethodError(self.at(key), rule, zh, en))

    def attempt(self, read: Callable[[], T], fallback: T) -> T:
        """What ``read`` gives, or the fallback and a fault."""
        try:
            return read()
        except MethodError as fault:
            self.faults.append(fault)
            return fallback

    def string(self, key: str, *, needed: bool = False) -> str:
        """A string without surrounding space."""
        value = self.value.get(key, "")
        if not isinstance(value, str):
            self.refuse(key, "not_a_text", "须是文字", "a text is needed")
            return ""
        if needed and not value.strip():
            self.refuse(key, "empty", "不能为空", "must not be empty")
        return value.strip()

    def text(self, key: str, *, needed: bool = False) -> Text:
        """A text in either language: ``{"zh": …, "en": …}`` or a bare string."""
        value = self.value.get(key, "")
        if isinstance(value, str):
            bare = value.strip()
            made = Text(zh=bare) if _CHINESE.search(bare) else Text(en=bare)
        else:
            pair = Node(value, self.at(key), self.faults, ("zh", "en"))
            made = Text(pair.string("zh"), pair.string("en"))
        if needed and not made:
            self.refuse(key, "empty", "不能为空", "must not be empty")
        return made

    def code(self, key: str, table: str, default: str = "") -> str:
        """A code of the vocabulary; absent, the default."""
        if self.value.get(key) in (None, ""):
            return default
        return self.attempt(lambda: vocabulary.term(table, self.value[key], place=self.at(key)).code, default)

    def level(self, key: str, default: str) -> str:
        """A method's level."""
        value = self.value.get(key, default)
        if value not in LEVELS:
            self.refuse(key, "unknown_code", f"没有等级“{value}”", f"no level {value!r}; there are {', '.join(LEVELS)}")
            return default
        return str(value)

    def items(self, key: str) -> list[tuple[str, Any]]:
        """A list's items, each with its place."""
        value = self.value.get(key, [])
        if not isinstance(value, list) or len(value) > MOST_ITEMS:
            self.refuse(key, "not_a_list", f"须是列表，至多{MOST_ITEMS}项", f"a list of at most {MOST_ITEMS} is needed")
            return []
        return [(f"{self.at(key)}[{n}]", item) for n, item in enumerate(value)]

    def part(self, key: str, keys: tuple[str, ...]) -> Node | None:
        """An object within, None when absent."""
        value = self.value.get(key)
        return None if value is None else Node(value, self.at(key), self.faults, keys)

    def origin(self) -> Origin:
        """Evidence grade, source and author."""
        return Origin(self.code("evidence", "evidence"), self.string("source"), self.string("author"))


def read(record: object, *, under: Edition | None = None) -> tuple[Document, list[MethodError]]:
    """A document and every fault found in it; only a document without faults may be assessed.

    ``under`` stands in for the edition that the document names, and frees it of the one that it pins.
    """
    faults: list[MethodError] = []
    top = Node(record, "", faults, (
        "format", "method", "edition", "policy", "date", "author", "category", "product", "considerations", "report",
        "panel", "scenarios", "annexes", "presumption", "precaution", "residual", "draws", "seed", "dependence"))  # fmt: skip
    if top.value.get("format", FORMAT) != FORMAT:
        top.refuse("format", "format", f"格式须为{FORMAT}", f"the format must be {FORMAT}")
    method, pinned = top.string("method") or DEFAULT, top.string("edition")
    one = under or top.attempt(lambda: edition(method), edition(DEFAULT))
    document = Document(
        edition=one, pinned="" if under else pinned, policy=top.string("policy"), date=_day(top), author=top.string("author"),
        draws=_whole(top, "draws", DRAWS, (FEWEST_DRAWS, MOST_DRAWS)), seed=_whole(top, "seed", SEED, (0, 2**32 - 1)),
        dependence=top.code("dependence", "dependence", "independent"), category=top.code("category", "categories"),
        product=_texts(top, "product"), considerations=_considerations(top), report=_texts(top, "report"),
        scenarios=tuple(_scenario(item, place, faults) for place, item in top.items("scenarios")),
        presumption=_presumption(top, one), precaution=_precaution(top), residual=_residual(top),
        panel=_object(top, "panel"), annexes=tuple(_annex(item, place, faults) for place, item in top.items("annexes")),
    )  # fmt: skip
    return document, faults + (breaches(document) if not faults else too_long(document))


def is_day(text: object) -> bool:
    """Whether a text is a day of the calendar, written as 2026-11-24.

    >>> is_day("2026-11-24"), is_day("2026-02-30"), is_day("20261124")
    (True, False, False)
    """
    try:
        return isinstance(text, str) and len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False


def _day(top: Node) -> str:
    day = top.string("date")
    if day and not is_day(day):
        top.refuse("date", "date", "日期写成2026-11-24", "write the date as 2026-11-24")
    return day


def _whole(top: Node, key: str, default: int, ends: tuple[int, int]) -> int:
    value = top.value.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int) or not ends[0] <= value <= ends[1]:
        top.refuse(
            key, "whole_number", f"须是{ends[0]}到{ends[1]}的整数", f"a whole number from {ends[0]} to {ends[1]}"
        )
        return default
    return value


def _object(top: Node, key: str) -> Mapping[str, Any] | None:
    value = top.value.get(key)
    if value is not None and not isinstance(value, Mapping):
        top.refuse(key, "not_an_object", "须是对象", "an object is needed")
        return None
    return value


def _texts(top: Node, key: str) -> Mapping[str, str]:
    value = _object(top, key) or {}
    for name, text in value.items():
        if not isinstance(text, str):
            top.refuse(f"{key}.{name}", "not_a_text", "须是文字", "a text is needed")
    return value


def _considerations(top: Node) -> Mapping[str, str]:
    value = _texts(top, "considerations")
    for name in value:
        top.attempt(lambda name=name: vocabulary.term("considerations", name, place=f"considerations.{name}"), None)  # type: ignore[misc]
    return value


def _scenario(item: object, place: str, faults: list[MethodError]) -> Scenario:
    node = Node(item, place, faults, ("id", "title", "steps", "severity", "interest", "hazard", "injury", "user", "observed"))  # fmt: skip
    steps = tuple(_step(inner, at, faults, f"{n}") for n, (at, inner) in enumerate(node.items("steps"), 1))
    return Scenario(
        id=node.string("id") or f"s{place[place.rindex('[') + 1 : -1]}",
        title=node.text("title"), steps=steps, severity=_severity(node), interest=node.code("interest", "interests", "health"),
        hazard=node.code("hazard", "hazards"), injury=_injury(node), user=node.code("user", "users"),
        observed=_observed(node),
    )  # fmt: skip


def _observed(node: Node) -> Observed | None:
    inner = node.part("observed", ("incidents", "units", "exposed", "life_observed", "reporting", "source"))
    if inner is None:
        return None
    told = inner.value.get("reporting", 1.0)
    pair = isinstance(told, list) and len(told) == 2
    return node.attempt(lambda: Observed(
        incidents=count(inner.value.get("incidents"), inner.at("incidents"), most=10**12),
        units=positive(inner.value.get("units"), inner.at("units")),
        exposed=positive(inner.value.get("exposed", 1.0), inner.at("exposed")),
        life_observed=_up_to_one(inner.value.get("life_observed", 1.0), inner.at("life_observed")),
        reporting=(positive(told[0], inner.at("reporting[0]")), positive(told[1], inner.at("reporting[1]"))) if pair
        else _up_to_one(told, inner.at("reporting")),
        source=inner.string("source"),
    ), None)  # fmt: skip


def _up_to_one(given: object, place: str) -> float:
    value = positive(given, place)
    if value > 1:
        raise_at(place, "out_of_range", "须大于0且不大于1", f"must be above 0 and at most 1, not {value:g}")
    return value


def _injury(node: Node) -> str:
    stated = node.value.get("injury")
    if stated in (None, ""):
        return ""
    return node.attempt(lambda: injury(stated, place=node.at("injury")).code, "")


def _step(item: object, place: str, faults: list[MethodError], number: str) -> Step:
    node = Node(item, place, faults, ("id", "text", "quantity", "key", *_ORIGIN))
    text = node.text("text", needed=True)
    quantity: Uncertain = Point(ONE)
    given = node.value.get("quantity")
    tree = given["fault_tree"] if isinstance(given, Mapping) and set(given) == {"fault_tree"} else None
    if given is None:
        node.refuse("quantity", "missing", "须填概率", "a probability is needed")
    elif tree is not None:
        quantity = node.attempt(lambda: _from_tree(tree, node.at("quantity.fault_tree")), quantity)
    else:
        quantity = node.attempt(lambda: from_json(given, place=node.at("quantity")), quantity)
    return Step(node.string("id") or number, text, quantity, node.origin(), node.string("key"), tree)


def _from_tree(given: object, place: str) -> Uncertain:
    """A fault tree's top event as the step's quantity."""
    return faulttree.step(faulttree.from_json(given, place=place), place=place)


def _severity(node: Node) -> Severity:
    stated = node.value.get("severity")
    if not isinstance(stated, Mapping):
        return Severity(((node.attempt(lambda: _grade(stated, node.at("severity")), 1), ONE),))
    inner = Node(stated, node.at("severity"), node.faults, ("level", "weights", "why", *_ORIGIN))
    fallback: tuple[tuple[int, Fraction], ...] = ((1, ONE),)
    weights = inner.attempt(lambda: _weights(stated, inner), fallback)
    return Severity(weights, inner.string("why"), inner.origin())


def _grade(stated: object, place: str) -> int:
    if isinstance(stated, bool) or not isinstance(stated, int) or stated not in SEVERITIES:
        raise_at(place, "severity", f"严重程度为1到4，不是“{stated}”", f"severity is 1 to 4, not {stated!r}")
    return stated


def _weights(stated: Mapping[str, Any], inner: Node) -> tuple[tuple[int, Fraction], ...]:
    if "weights" not in stated:
        return ((_grade(stated.get("level"), inner.at("level")), ONE),)
    place, weights = inner.at("weights"), stated["weights"]
    if "level" in stated or not isinstance(weights, Mapping) or not weights:
        raise_at(place, "severity", "填一个等级，或填各等级的份额", "state one level, or shares over levels")
    found = []
    for key in sorted(weights):
        if key not in ("1", "2", "3", "4"):
            raise_at(f"{place}.{key}", "severity", f"严重程度为1到4，不是“{key}”", f"severity is 1 to 4, not {key!r}")
        found.append((int(key), parse(weights[key], place=f"{place}.{key}")))
    if sum(w for _, w in found) != 1:
        raise_at(place, "shares", "份额之和须为1", "the shares must add up to 1")
    return tuple(found)


def _presumption(top: Node, one: Edition) -> Presumption | None:
    node = top.part("presumption", ("clause", "facts", "rebuttal", *_ORIGIN))
    if node is None:
        return None
    clause = node.code("clause", "presumptions")
    if not clause and not node.value.get("clause"):
        node.refuse("clause", "missing", "须指明条款", "a clause is needed")
    if clause and not vocabulary.term("presumptions", clause).note.startswith(one.id):
        node.refuse("clause", "foreign_clause", f"该条款不属于{one.id}", f"this clause is not one of {one.id}")
    return Presumption(clause, node.string("facts", needed=True), node.string("rebuttal"), node.origin())


def _precaution(top: Node) -> Precaution | None:
    node = top.part("precaution", ("level", "reason"))
    return None if node is None else Precaution(node.level("level", "serious"), node.string("reason", needed=True))


def _residual(top: Node) -> Residual | None:
    node = top.part("residual", ("measures", "target"))
    if node is None:
        return None
    measures = tuple(_measure(item, place, top.faults) for place, item in node.items("measures"))
    return Residual(measures, node.level("target", "low"))


def _annex(item: object, place: str, faults: list[MethodError]) -> Annex:
    """An annex; its calculation is tried, so that a fault in it is told with the others."""
    node = Node(item, place, faults, ("id", "method", "title", "input", *_ORIGIN))
    method, given = node.string("method", needed=True), node.value.get("input")
    if method:
        node.attempt(lambda: calculate(form(method, place=node.at("method")).code, given, place=node.at("input")), None)
    inputs = given if isinstance(given, Mapping) else {}
    number = int(place[place.rindex("[") + 1 : -1]) + 1
    return Annex(node.string("id") or f"A{number}", method, node.text("title"), inputs, node.origin())


def _measure(item: object, place: str, faults: list[MethodError]) -> Measure:
    node = Node(item, place, faults, ("id", "title", "kind", "effects", "severity", "coverage", *_ORIGIN))
    effects = tuple(_effect(inner, at, faults) for at, inner in node.items("effects"))
    lowered = _object(node, "severity") or {}
    severities = tuple(
        (str(k), node.attempt(lambda v=v, k=k: _grade(v, node.at(f"severity.{k}")), 1)) for k, v in lowered.items()  # type: ignore[misc]
    )  # fmt: skip
    return Measure(node.string("id") or place[place.rindex("[") + 1 : -1], node.text("title", needed=True),
                   node.code("kind", "measure_kinds", "other"), effects, severities,
                   _share(node, "coverage", ONE), node.origin())  # fmt: skip


def _effect(item: object, place: str, faults: list[MethodError]) -> Effect:
    node = Node(item, place, faults, ("scenario", "step", "effectiveness"))
    return Effect(
        node.string("scenario", needed=True), node.string("step", needed=True), _share(node, "effectiveness", None)
    )


def _share(node: Node, key: str, default: Fraction | None) -> Share:
    stated = node.value.get(key, default)
    if stated is None:
        node.refuse(key, "missing", "不能为空", "must not be empty")
        stated = ONE
    if not isinstance(stated, Mapping):
        value = node.attempt(lambda: parse(stated, place=node.at(key), zero=True), ONE)
        return Share(value, value, value)
    inner = Node(stated, node.at(key), node.faults, ("low", "best", "high"))
    low, best, high = (
        inner.attempt(lambda k=k: parse(stated.get(k), place=inner.at(k), zero=True), ONE) for k in ("low", "best", "high")  # type: ignore[misc]
    )  # fmt: skip
    if not low <= best <= high:
        node.refuse(key, "order", "须由小到大：low、best、high", "low, best and high must rise")
    return Share(low, best, high)
