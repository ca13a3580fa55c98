"""Words in the reader's language that stand in no catalogue of messages: terms of law, and the marks between words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import wraps
from typing import Any, ParamSpec, Protocol, TypeVar

from django.conf import settings
from django.utils.functional import lazy
from django.utils.translation import get_language, gettext, override

P = ParamSpec("P")
R = TypeVar("R")


class Worded(Protocol):
    """Anything that says itself in one language."""

    def words(self, language: str = "zh") -> str: ...


def language() -> str:
    """The reader's language; Chinese where nobody reads yet."""
    return get_language() or "zh"


def english() -> bool:
    """Whether the reader chose English."""
    return language().startswith("en")


def either(chinese: str, in_english: str) -> str:
    """The one of two names that the reader reads; the other where one is missing."""
    return (in_english if english() else chinese) or chinese or in_english


def said(term: Worded) -> str:
    """A term in the reader's language, now."""
    return term.words(language())


later = lazy(said, str)


def choices(table: Mapping[str, Worded]) -> list[tuple[str, Any]]:
    """A table's codes and words for a form or a field, in the language of whoever reads it then."""
    return [(code, later(term)) for code, term in table.items()]


def listed(things: Iterable[Any]) -> str:
    """Things one after another in a sentence.

    >>> from django.utils.translation import override
    >>> with override("en"): listed(["recall", "destruction"])
    'recall, destruction'
    >>> with override("zh-hans"): listed(["召回", "销毁"])
    '召回、销毁'
    """
    return (", " if english() else "、").join(map(str, things))


def clauses(things: Iterable[Any]) -> str:
    """Clauses one after another."""
    return ("; " if english() else "；").join(map(str, things))


def labelled(label: Any, value: Any) -> str:
    """A label and what it labels.

    >>> from django.utils.translation import override
    >>> with override("en"): labelled("Lot", "B-1")
    'Lot: B-1'
    """
    return f"{label}{': ' if english() else '：'}{value}"


def aside(words: Any) -> str:
    """Words in brackets after others; nothing for no words."""
    if not words:
        return ""
    return f" ({words})" if english() else f"（{words}）"


def capital(words: Any) -> str:
    """Words as a heading or button begins: English with a capital."""
    text = str(words)
    return text[:1].upper() + text[1:]


def kept(make: Callable[P, R]) -> Callable[P, R]:
    """What is printed or kept for good is in the house's language, whichever the person who acts reads."""

    @wraps(make)
    def made(*args: P.args, **kwargs: P.kwargs) -> R:
        with override(settings.LANGUAGE_CODE):
            return make(*args, **kwargs)

    return made


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with its values that is said later, to each reader in their own language.

    Attributes
    ----------
    words : str
        The message, in Chinese, with places for the values: ``"移送待接收：%(title)s"``.
    values : mapping
        What goes into the places. Text, numbers and days stay as they are; whatever else has names in both
        languages (an organisation, a term) is kept in both: ``{"zh": ..., "en": ...}``.
    """

    words: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        said = {k: either(v["zh"], v["en"]) if isinstance(v, dict) else v for k, v in self.values.items()}
        try:
            return gettext(self.words) % said if said else gettext(self.words)
        except (KeyError, TypeError, ValueError):
            return self.words % said

    def chinese(self) -> str:
        """The sentence as it is printed or kept for good."""
        return kept(self.__str__)()


def sentence(words: str, /, **values: Any) -> Sentence:
    """A sentence to be said later; the catalogue of messages gathers its words here.

    >>> sentence("收到%(title)s", title="通告").chinese()
    '收到通告'
    """
    return Sentence(words, {name: _both(value) for name, value in values.items()})


def _both(value: Any) -> Any:
    if isinstance(value, str | int):
        return value
    if isinstance(value, date | datetime):
        return value.isoformat()
    with override("zh-hans"):
        chinese = str(value)
    with override("en"):
        ours = str(value)
    return chinese if ours == chinese else {"zh": chinese, "en": ours}
