"""Names that the pages give to signals, ports, series and short runs, each node looked up once a page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from riskwatch.detection.models import Signal
from riskwatch.detection.parameters import DIMENSIONS, LEAST_WEEKS
from riskwatch.detection.wording import LABELS, node_words, source_words
from riskwatch.look.words import aside, either, listed
from riskwatch.parties.models import Organisation

LONGEST = 60  # characters of a commodity's name in a title; its page has the whole


@dataclass(slots=True)
class Wordbook:
    """Words for the nodes of the five trees, remembered while one page is made."""

    _known: dict[tuple[str, str], str] = field(default_factory=dict)

    def node(self, dimension: str, node: str) -> str:
        """A node in words."""
        key = dimension, node
        if key not in self._known:
            self._known[key] = node_words(dimension, node)
        return self._known[key]

    def cell(self, signal: Signal) -> list[tuple[str, str]]:
        """The dimensions that a cell fixes: what each is called, and its node in words."""
        return [(str(LABELS[name]), self.node(name, signal.cell[name])) for name in DIMENSIONS if name in signal.cell]

    def title(self, signal: Signal) -> str:
        """What a signal is about, in a line: product and hazard, then what else its cell fixes."""
        cell = signal.cell
        product = (
            Truncator(self.node("product", cell["product"])).chars(LONGEST) if "product" in cell else _("各类产品")
        )
        hazard = self.node("hazard", cell["hazard"]) if "hazard" in cell else _("各类危害")
        rest = [self.node(name, cell[name]) for name in ("origin", "port", "maker") if name in cell]
        return f"{product} · {hazard}{aside(listed(rest))}"


def sources_called(signal: Signal) -> str:
    """The sources that show a signal."""
    return listed(source_words(one) for one in signal.sources)


def series_called(source: str, basis: str) -> str:
    """One labelled series: a source and how it is seen."""
    return source_words(f"{basis}:{source}")


def short_names() -> dict[str, str]:
    """Directly affiliated customs' names as a map writes them: the place alone."""
    rows = Organisation.objects.filter(kind=Organisation.Kind.OFFICE, code__endswith="00", until=None)
    named = ((code, either(zh, en)) for code, zh, en in rows.values_list("code", "name_zh", "name_en"))
    return {code: name.removesuffix("海关").removesuffix(" Customs") for code, name in named}


def short_called(short: str) -> str:
    """Why a run could test nothing."""
    known: dict[str, Any] = {"no_history": _("没有一个来源的历史达到%(n)s周，还不能检验") % {"n": LEAST_WEEKS}}
    return str(known.get(short, short))
