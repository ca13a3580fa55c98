"""Binding a rule to its place: functions, tables and lists of required contents, each found again by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, ParamSpec, TypeVar

from decree188.places import Place, place

P = ParamSpec("P")
R = TypeVar("R")
V = TypeVar("V")


class Rule(Generic[P, R]):
    """A function of law at its place; call it, or cite it."""

    def __init__(self, function: Callable[P, R], at: Place, source: str = "") -> None:
        self.function = function
        self.name = function.__name__
        self.place = at
        self.source = source
        self.__doc__ = function.__doc__

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        return self.function(*args, **kwargs)

    def cite(self, language: str = "zh") -> str:
        """The place in words, for people."""
        return _cite(self.place, self.source, language)


@dataclass(frozen=True)
class Term(Generic[V]):
    """One named value of a table: code and words."""

    code: str
    zh: str
    en: str
    note: V | None = None

    def words(self, language: str = "zh") -> str:
        """The value in one language."""
        return self.en if language.startswith("en") else self.zh


class Table(Mapping[str, Term[Any]]):
    """Named values that the law fixes, at their place."""

    def __init__(self, name: str, at: Place, doc: str, terms: tuple[Term[Any], ...], source: str = "") -> None:
        self.name, self.place, self.__doc__, self.source = name, at, doc, source
        self._terms = {t.code: t for t in terms}

    def __getitem__(self, code: str) -> Term[Any]:
        return self._terms[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._terms)

    def __len__(self) -> int:
        return len(self._terms)

    def cite(self, language: str = "zh") -> str:
        """The place in words, for people."""
        return _cite(self.place, self.source, language)

    def choices(self, language: str = "zh") -> list[tuple[str, str]]:
        """Codes and words, for forms."""
        return [(t.code, t.words(language)) for t in self._terms.values()]


def _cite(at: Place, source: str, language: str) -> str:
    if source:
        chinese, _, english = source.partition("|")
        return english if english and language.startswith("en") else chinese
    return ("Decree 188 " if language.startswith("en") else "《进出口工业品风险管理办法》") + at.label(language)


RULES: dict[str, Rule[Any, Any] | Table] = {}


def rule(
    *, article: int, paragraph: int = 1, item: int = 0, source: str = ""
) -> Callable[[Callable[P, R]], Rule[P, R]]:
    """Bind a function to its place. ``source`` names another law when the rule stands there: ``中文|English``."""

    def bind(function: Callable[P, R]) -> Rule[P, R]:
        key = f"{article}.{paragraph}" + (f".{item}" if item else "")
        return _enter(Rule(function, place(key), source))

    return bind


def table(
    name: str, doc: str, *rows: tuple[str, str, str], article: int, paragraph: int = 1, item: int = 0, source: str = ""
) -> Table:
    """Bind a list of (code, zh, en) to its place."""
    key = f"{article}.{paragraph}" + (f".{item}" if item else "")
    return _enter(Table(name, place(key), doc, tuple(Term(*row) for row in rows), source))


E = TypeVar("E", bound="Rule[Any, Any] | Table")


def _enter(entry: E) -> E:
    if entry.name in RULES:
        raise ValueError(f"two rules are called {entry.name}")
    RULES[entry.name] = entry
    return entry


def by_name(name: str) -> Rule[Any, Any] | Table:
    """The rule or table of a name; KeyError when there is none."""
    return RULES[name]


def rules_at(at: Place) -> tuple[Rule[Any, Any] | Table, ...]:
    """Every rule bound to one place (rules taken from other laws left out)."""
    return tuple(r for r in RULES.values() if r.place == at and not r.source)
