"""Signals in words: what a cell is, who tells of it, and why it was raised, in one sentence of each language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from decree188.collection import source_kinds
from riskstats.decide import Flag
from riskwatch.catalogue import queries as catalogue
from riskwatch.collection.ports import sources
from riskwatch.detection.counting import RECEIVED, UNKNOWN
from riskwatch.detection.figures import Band, main
from riskwatch.detection.parameters import DIMENSIONS, RECENT
from riskwatch.look.words import either
from riskwatch.parties.models import Organisation

LABELS = {"product": _("产品"), "hazard": _("危害"), "origin": _("原产地"), "port": _("口岸"), "maker": _("生产企业")}
EXTENTS = {"systemic": ("多口岸、多产地或多厂家普遍出现", "present across ports, origins or makers"), "regional": ("集中在一个口岸或地区", "concentrated at one port or area"),
           "isolated": ("范围未见扩散", "no sign of spread")}  # fmt: skip
LONGEST = 60
BASES = {"received": ("收到", "received"), "verified": ("已核实", "verified")}


def node_words(dimension: str, node: str) -> str:
    """A node of a dimension in the reader's language, its code left out."""
    readers: dict[str, Callable[[str], str]] = {
        "product": _product,
        "hazard": _hazard,
        "origin": _origin,
        "port": _port,
    }
    return readers.get(dimension, str)(node)


def _product(node: str) -> str:
    if node == UNKNOWN:
        return either("产品未注明", "product not stated")
    if node.startswith(UNKNOWN):
        return either(f"{node[1:]}（来源原词，未归类）", f"{node[1:]} (the source's words, not classified)")
    found = catalogue.commodity(node, date(9999, 1, 1))
    return f"{node} {found}".strip() if found and found.code == node else node


def _hazard(node: str) -> str:
    if node == UNKNOWN:
        return either("危害未注明", "hazard not stated")
    return str(catalogue.hazards().filter(code=node).first() or node)


def _origin(node: str) -> str:
    return str(catalogue.codes("country").filter(code=node).first() or node)


def _port(node: str) -> str:
    return str(Organisation.objects.filter(code=node).first() or node)


def cell_words(cell: Mapping[str, str]) -> list[tuple[str, str]]:
    """Label and words of each dimension that a cell names, in the order of the dimensions."""
    return [(str(LABELS[d]), node_words(d, cell[d])) for d in DIMENSIONS if d in cell]


@lru_cache(maxsize=1)
def _source_names() -> dict[str, tuple[str, str]]:
    names = {code: (term.words("zh"), term.words("en")) for code, term in source_kinds.items()}
    return names | {s.id: (s.name_zh, s.name_en) for s in sources()}


def source_words(name: str) -> str:
    """A source in the reader's language; a labelled series (``received:neiss``) with how it is seen."""
    basis, mark, source = name.rpartition(":")
    words = either(*_source_names().get(source, (source, source)))
    return f"{words}{either('·', ', ')}{either(*BASES[basis])}" if mark else words


def why(flag: Flag, bands: Mapping[str, Band]) -> tuple[str, str]:
    """Why a flag was raised, in Chinese and in English."""
    said = []
    for language in ("zh-hans", "en"):
        with override(language):
            said.append(_sentence(flag, bands))
    return said[0], said[1]


def _sentence(flag: Flag, bands: Mapping[str, Band]) -> str:
    seen = main(flag)
    band = bands[seen.source]
    words = [_short(node_words(d, flag.cell[d])) for d in DIMENSIONS if d in flag.cell]
    also = len(flag.findings) - 1
    zh, en = EXTENTS[flag.extent]
    source = source_words(seen.source)
    chinese = (
        f"{'，'.join(words)}：近{RECENT}周{source}{seen.cases}件，预期约{band.expected:.1f}件（{band.low:.0f}至{band.high:.0f}件），"
        f"偶然出现的概率{_chance(flag.p)}；{zh}{f'；另有{also}个序列可见' if also else ''}。"
    )
    english = (
        f"{', '.join(words)}: {seen.cases} in {RECENT} weeks ({source}), about {band.expected:.1f} expected "
        f"({band.low:.0f} to {band.high:.0f}); chance of this {_chance(flag.p)}; {en}{f'; {also} more series see it' if also else ''}."
    )
    return either(chinese, english)


def _short(words: str) -> str:
    """A name as it fits into a sentence."""
    return words if len(words) <= LONGEST else f"{words[:LONGEST].rstrip()}…"


def _chance(p: float) -> str:
    if p >= 0.001:
        return f"{p:.3f}"
    return either(f"小于{max(p, 1e-16):.0e}", f"below {max(p, 1e-16):.0e}") if p < 1e-15 else f"{p:.1e}"


def basis_of(name: str) -> str:
    """How a labelled series sees its source: ``received`` or ``verified``."""
    return name.partition(":")[0] or RECEIVED
