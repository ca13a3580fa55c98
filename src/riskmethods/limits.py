"""What comes in from outside, bounded before anything reads it: size, depth, number of values, sound text and numbers.

>>> load(b'{"method": "eu-2024-3173", "method": "uk-prism-2"}')
Traceback (most recent call last):
riskmethods.errors.MethodError: method: the key occurs twice
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping
from typing import Any

from riskmethods.errors import raise_at

MOST_BYTES = 2_000_000
MOST_DEPTH = 16
MOST_VALUES = 100_000
LONGEST_TEXT = 20_000
LARGEST_WHOLE = 10**60
# Control characters, halves of characters, and marks that turn the direction of what is read.
_UNSOUND = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def canonical(value: object) -> bytes:
    """The one form in which equal documents have equal bytes: keys sorted, no space, UTF-8.

    >>> canonical({"b": 1, "a": "风险"}).decode()
    '{"a":"风险","b":1}'
    """
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def fingerprint(value: object) -> str:
    """SHA-256 of the canonical form."""
    return hashlib.sha256(canonical(value)).hexdigest()


def load(document: Mapping[str, Any] | bytes | str) -> object:
    """The document as plain values, refused when it is no JSON or exceeds a bound.

    Raises
    ------
    MethodError
        Rule ``not_json``, ``repeated_key``, ``too_large``, ``too_deep``, ``not_a_number`` or ``unsound_text``.
    """
    value: object = document
    if isinstance(document, bytes | str):
        if len(document) > MOST_BYTES:
            raise_at("", "too_large", f"文件超过{MOST_BYTES:,}字节", f"the document exceeds {MOST_BYTES:,} bytes")
        try:
            value = json.loads(document, object_pairs_hook=_once)
        except RecursionError:
            _too_deep("")
        except ValueError as fault:
            if hasattr(fault, "rule"):
                raise
            raise_at("", "not_json", f"不是JSON：{fault}", f"no JSON: {fault}")
    _walk(value)
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise_at(twice[:60], "repeated_key", "同一个键出现两次", "the key occurs twice")
    return found


def _too_deep(place: str) -> None:
    raise_at(place, "too_deep", f"嵌套超过{MOST_DEPTH}层", f"nested deeper than {MOST_DEPTH}")


def _walk(value: object) -> None:
    """Look at every value once, without recursion."""
    waiting: list[tuple[object, str, int]] = [(value, "", 0)]
    seen = 0
    while waiting:
        here, place, depth = waiting.pop()
        seen += 1
        if depth > MOST_DEPTH:
            _too_deep(place)
        if seen > MOST_VALUES:
            raise_at("", "too_large", f"超过{MOST_VALUES:,}个值", f"more than {MOST_VALUES:,} values")
        if isinstance(here, Mapping):
            for key, inner in here.items():
                if not isinstance(key, str):
                    raise_at(place, "not_json", f"键“{key!r}”须是文字", f"the key {key!r} is no text")
                _sound(key, place)
                waiting.append((inner, f"{place}.{key}" if place else str(key), depth + 1))
        elif isinstance(here, list | tuple):
            waiting += [(inner, f"{place}[{n}]", depth + 1) for n, inner in enumerate(here)]
        else:
            _sound(here, place)


def _sound(value: object, place: str) -> None:
    """A text without control characters, a finite number of a size that someone can mean."""
    if isinstance(value, str):
        if len(value) > LONGEST_TEXT:
            raise_at(place, "too_large", f"文字超过{LONGEST_TEXT:,}字", f"a text exceeds {LONGEST_TEXT:,} characters")
        if _UNSOUND.search(value):
            raise_at(place, "unsound_text", "文字含控制字符或残缺字符", "the text holds control or broken characters")
    elif isinstance(value, int) and abs(value) > LARGEST_WHOLE:
        raise_at(place, "not_a_number", "数字过大", "the number is too large")
    elif isinstance(value, float) and not math.isfinite(value):
        raise_at(place, "not_a_number", "须是有限的数", "a finite number is needed")
    elif value is not None and not isinstance(value, int | float) and not hasattr(value, "as_integer_ratio"):
        raise_at(
            place, "not_json", f"不认识的值类型{type(value).__name__}", f"a {type(value).__name__} is no JSON value"
        )
