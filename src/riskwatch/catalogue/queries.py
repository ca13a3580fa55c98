"""Looking codes up: commodities, hazards and countries, in either language."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from django.db.models import Q, QuerySet

from riskwatch.catalogue.models import Code, Commodity, Hazard


def commodity(code: str, on: date) -> Commodity | None:
    """The commodity of a code on a day, or its nearest known heading above."""
    for length in (10, 8, 6, 4, 2):
        if len(code) < length:
            continue
        rows = Commodity.objects.filter(code=code[:length], valid_from__lte=on)
        found = rows.filter(Q(valid_until=None) | Q(valid_until__gte=on)).order_by("-valid_from").first()
        if found:
            return found
    return None


def search_commodities(text: str, on: date) -> QuerySet[Commodity]:
    """Commodities whose code begins with, or whose name holds, a text."""
    wanted = Q(code__startswith=text) if text.isdigit() else Q(name_zh__icontains=text) | Q(name_en__icontains=text)
    return Commodity.objects.filter(wanted, valid_from__lte=on).order_by("code")


def chapters() -> QuerySet[Commodity]:
    """The two-digit chapters of the commodity codes."""
    return Commodity.objects.filter(code__regex=r"^\d\d$").order_by("code", "valid_from")


def codes(table: str) -> QuerySet[Code]:
    """The rows of a short list."""
    return Code.objects.filter(table=table).order_by("code")


def hazards() -> QuerySet[Hazard]:
    """Every hazard, families before their members."""
    return Hazard.objects.order_by("code")


@lru_cache(maxsize=1)
def _needles() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Each hazard's words as they are looked for: Latin ones from the beginning of a word, Chinese ones anywhere."""
    rows = []
    for code, words in Hazard.objects.values_list("code", "words"):
        found = tuple(f" {w.lower()}" if w.isascii() else w for w in words.split("|") if w)
        if found:
            rows.append((code, found))
    return tuple(rows)


_APART = re.compile(r"[^a-z0-9\u4e00-\u9fff]+")


@lru_cache(maxsize=8192)
def guess_hazard(text: str) -> str:
    """The hazard whose words a text names most often, a family before its members on a tie; empty when none.

    A guess for sorting; the person who registers confirms it.
    """
    plain = " " + _APART.sub(" ", text.lower())
    scores = [(sum(map(plain.count, words)), -code.count("."), code) for code, words in _needles()]
    best = max(scores, default=(0, 0, ""))
    return best[2] if best[0] else ""


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    names: dict[str, str] = {}
    for code, zh, en in codes("country").values_list("code", "name_zh", "name_en"):
        for name in (code, zh, en):
            names.setdefault(name.strip().lower(), code)
    by_zh = {zh.strip(): code for code, zh in codes("country").values_list("code", "name_zh")}
    for number, zh in codes("country_numeric").values_list("code", "name_zh"):
        if zh.strip() in by_zh:
            names.setdefault(number, by_zh[zh.strip()])
    names |= {"united states": "USA", "usa": "USA", "u.s.": "USA", "south korea": "KOR", "taiwan": "TWN", "hong kong": "HKG",
              "people's republic of china": "CHN", "uk": "GBR", "united kingdom": "GBR", "vietnam": "VNM"}  # fmt: skip
    return names


def country(text: str) -> str:
    """Alpha-3 code of a country by any of its names or codes; empty when unknown."""
    return _countries().get(text.strip().lower(), "")


def forget() -> None:
    """Drop what was remembered after a table changed."""
    _needles.cache_clear()
    guess_hazard.cache_clear()
    _countries.cache_clear()
