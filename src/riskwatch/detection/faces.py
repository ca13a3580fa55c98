"""A signal as one person may see it: the same for the wall, its page and the API."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from decree188.calendar import shanghai_date
from riskwatch.case import access as case_access
from riskwatch.case.access import folders_visible
from riskwatch.case.models import Folder
from riskwatch.detection import charts, places, queries
from riskwatch.detection.models import Signal
from riskwatch.detection.naming import Wordbook, series_called, sources_called
from riskwatch.detection.parameters import RECENT
from riskwatch.detection.queries import PortCount
from riskwatch.detection.wording import LABELS, source_words
from riskwatch.journal import queries as journal
from riskwatch.journal.models import Entry
from riskwatch.parties.models import Person


@dataclass(frozen=True, slots=True)
class Course:
    """One labelled series of a signal: its words, its weeks, and the drawing of them."""

    source: str
    basis: str
    called: str
    line: charts.Line
    drawing: SafeString


@dataclass(frozen=True, slots=True)
class Share:
    """How much more often a source names a product with a hazard than their shares let expect, with the drawing of it."""

    called: str
    cases: int
    expected: float
    rate: float
    low: float
    high: float
    drawing: SafeString


@dataclass(frozen=True, slots=True)
class Face:
    """A signal in words and drawings.

    Attributes
    ----------
    title : str
        What it is about, in a line.
    cell : list of (str, str)
        What it fixes.
    main : Course or None
        The series that shows it most; None where the source has no weeks.
    share : Share or None
        What is unusual about a share; None for a rise.
    ports : list of PortCount
        Ports with cases that the reader may see, most cases first.
    likes : list of Signal
        What was decided on its like before.
    acts : set of str
        What the reader may do with it now.
    """

    signal: Signal
    title: str
    cell: list[tuple[str, str]]
    sources: str
    main: Course | None
    share: Share | None
    ports: list[PortCount]
    likes: list[Signal]
    acts: set[str]

    @property
    def excess_by_district(self) -> dict[str, float]:
        """Cases beyond what was to be expected, by directly affiliated customs on the map."""
        return excess_by_district(self.ports)

    def as_map(self) -> dict[str, Any]:
        """What the page's script needs to show this signal on the map."""
        return {"title": self.title, "districts": self.excess_by_district, "rows": port_rows(self.ports)}


def face(signal: Signal, *, to: Person, at: datetime, book: Wordbook) -> Face:
    """A signal's face for one person."""
    return Face(
        signal=signal,
        title=book.title(signal),
        cell=book.cell(signal),
        sources=sources_called(signal),
        main=main_course(signal),
        share=share_of(signal),
        ports=queries.ports_of(signal, to=to, at=at),
        likes=queries.likes(signal, to=to, at=at),
        acts=queries.acts(signal, to=to, at=at),
    )


def main_course(signal: Signal) -> Course | None:
    """The series with the greatest excess, drawn small."""
    lines = signal.series.get("lines", [])
    if not lines:
        return None
    first = main_finding(signal)
    wanted = (first["source"], first["basis"]) if first else ("", "")
    row = next((r for r in lines if (r["source"], r["basis"]) == wanted), lines[0])
    return _course(signal, row, large=False)


def share_of(signal: Signal) -> Share | None:
    """An unusual share's numbers; None for a rise."""
    found = main_finding(signal)
    if signal.kind != Signal.Kind.SHARE or found is None:
        return None
    rate, low, high = found["ebgm"], found["eb05"], found["eb95"]
    words = _("相对比例%(rate)s倍，90%%区间%(low)s至%(high)s") % {
        "rate": f"{rate:.1f}",
        "low": f"{low:.1f}",
        "high": f"{high:.1f}",
    }
    drawn = charts.interval(low, rate, high, words)
    called = series_called(found["source"], found["basis"])
    return Share(called, found["cases"], found["expected"], rate, low, high, drawn)


def courses(signal: Signal) -> list[Course]:
    """Every series of a signal, drawn large; sources and ways of seeing are never added."""
    return [_course(signal, row, large=True) for row in signal.series.get("lines", [])]


def _course(signal: Signal, row: dict[str, Any], *, large: bool) -> Course:
    found = next((f for f in signal.findings if (f["source"], f["basis"]) == (row["source"], row["basis"])), None)
    weeks = signal.series["weeks"]
    line = charts.Line(weeks, row["counts"], row["expected"], row["upper"], RECENT, _level(signal, found))
    called = series_called(row["source"], row["basis"])
    words = _("%(series)s：%(first)s 至 %(last)s 每周数量，最近四周共 %(n)s，预期 %(e)s") % {
        "series": called, "first": weeks[0], "last": weeks[-1], "n": sum(v or 0 for v in line.counts[-RECENT:]),
        "e": f"{line.level[0] * RECENT:.1f}" if line.level else "—",
    }  # fmt: skip
    drawing = charts.course(line, words) if large else charts.spark(line, words)
    return Course(row["source"], row["basis"], called, line, drawing)


def _level(signal: Signal, found: dict[str, Any] | None) -> tuple[float, float, float] | None:
    """The recent weeks' expectation and band, as of one week; the band is kept for the series that shows the signal most."""
    if found is None:
        return None
    if found is main_finding(signal):
        return signal.expected / RECENT, signal.low / RECENT, signal.high / RECENT
    mean = found["expected"] / RECENT
    return mean, mean, mean


def main_finding(signal: Signal) -> dict[str, Any] | None:
    """The series that shows a signal most clearly, chosen as the run chose it."""
    return min(signal.findings, key=lambda f: (-f["excess"], f["p"], f"{f['basis']}:{f['source']}"), default=None)


def excess(port: PortCount) -> float:
    """Cases of a port beyond what was to be expected there."""
    return max(0.0, port.cases - port.expected)


def excess_by_district(ports: Iterable[PortCount]) -> dict[str, float]:
    """Excess by directly affiliated customs; ports that are not known stand on no map."""
    found: dict[str, float] = {}
    for port in ports:
        if code := places.district(port.code):
            found[code] = found.get(code, 0.0) + port.cases - port.expected
    return {code: round(value, 2) for code, value in found.items() if value > 0}


def together(faces: Iterable[Face]) -> tuple[dict[str, float], list[PortCount]]:
    """Excess by district and cases by port of several signals taken together, for the map of the whole wall."""
    districts: dict[str, float] = {}
    ports: dict[str, PortCount] = {}
    for one in faces:
        for code, value in one.excess_by_district.items():
            districts[code] = districts.get(code, 0.0) + value
        for p in one.ports:
            known = ports.get(p.code, PortCount(p.code, p.name, 0, 0.0))
            ports[p.code] = PortCount(p.code, p.name, known.cases + p.cases, known.expected + p.expected)
    return districts, sorted(ports.values(), key=lambda p: (-excess(p), p.code))


def port_words(port: PortCount) -> str:
    """A port's name; said to be unknown where it has no code."""
    return port.name or port.code or _("口岸不明")


def port_rows(ports: Iterable[PortCount]) -> list[list[Any]]:
    """The map's table: port, cases, expected, excess."""
    return [[port_words(p), p.cases, f"{p.expected:.1f}", f"{excess(p):.1f}"] for p in ports]


def spread_seen(signal: Signal, ports: Iterable[PortCount], book: Wordbook, *, whole: bool) -> list[dict[str, Any]]:
    """The tests behind a signal's extent, in words; those on ports only for ports that the reader sees."""
    seen = {p.code for p in ports} | {places.district(p.code) for p in ports}
    rows = [t for t in signal.spread if whole or t["dimension"] != "port" or t["value"] in seen]
    return [t | {"label": LABELS[t["dimension"]], "words": book.node(t["dimension"], t["value"])} for t in rows]


def sees_whole(signal: Signal, *, to: Person, at: datetime) -> bool:
    """Whether a person sees all of a signal's numbers: headquarters, and the analysts whom it concerns."""
    return case_access.reader(to, at).headquarters or queries.may_judge(signal, by=to, at=at)


def findings(signal: Signal) -> list[dict[str, Any]]:
    """What each series shows, in words, the greatest excess first."""
    rows = sorted(signal.findings, key=lambda f: -f["excess"])
    return [f | {"called": series_called(f["source"], f["basis"])} for f in rows]


def estimates(signal: Signal) -> list[dict[str, Any]]:
    """For sampled sources: how many cases the rows stand for."""
    return [row | {"called": source_words(name)} for name, row in (signal.estimate or {}).items()]


def history(signal: Signal, *, at: datetime) -> QuerySet[Entry]:
    """The journal's entries about a signal, from its run until now, the first first."""
    first, last = shanghai_date(signal.run.at), shanghai_date(at)
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    strands = (f"office:{signal.run.watch.owner.code}:{day}" for day in days)
    return journal.course(*strands).filter(act__startswith="signal.", payload__content__signal=signal.pk)


def folder_seen(signal: Signal, *, to: Person, at: datetime) -> bool:
    """Whether a person sees the case that a signal was accepted into."""
    return (
        signal.folder_id is not None
        and folders_visible(Folder.objects.filter(pk=signal.folder_id), to=to, at=at).exists()
    )
