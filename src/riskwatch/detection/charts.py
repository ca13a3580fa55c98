"""The wall's drawings as SVG: a cell's weeks with the band of what was to be expected, and ports on the map.

Colours and strokes are classes of ``detection/wall.css``; every drawing has a table beside it that says the same.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString, mark_safe

from riskwatch.detection import places

LARGEST = 24.0  # radius of the largest circle on the map
LEAST = 3.5


@dataclass(frozen=True, slots=True)
class Line:
    """One source seen in one way, week by week.

    Attributes
    ----------
    weeks : sequence of str
        Mondays, ISO.
    counts : sequence of (int or None)
        None in the weeks before the source began.
    expected, upper : sequence of (float or None)
        What was to be expected and its upper bound; None where the history tells no season.
    recent : int
        How many of the last weeks the signal is about.
    level : (float, float, float) or None
        Where no season is known: expected, low and high of the recent weeks, as of one week of them.
    """

    weeks: Sequence[str]
    counts: Sequence[int | None]
    expected: Sequence[float | None]
    upper: Sequence[float | None]
    recent: int
    level: tuple[float, float, float] | None = None

    def rows(self) -> list[tuple[str, int, float | None, float | None]]:
        """Its table, newest week first, without the weeks before the source began."""
        table = zip(self.weeks, self.counts, self.expected, self.upper, strict=True)
        return [(week, n, mean, bound) for week, n, mean, bound in table if n is not None][::-1]

    @property
    def most(self) -> float:
        """The largest value drawn; at least 1."""
        drawn = (*self.counts, *self.expected, *self.upper, *(self.level or ()))
        return max([1.0, *(float(v) for v in drawn if v is not None)])


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where weeks and counts fall on a drawing."""

    left: float
    top: float
    width: float
    height: float
    number: int
    most: float

    def x(self, n: int) -> float:
        return self.left + (self.width * n / (self.number - 1) if self.number > 1 else self.width / 2)

    def y(self, value: float) -> float:
        return self.top + self.height * (1 - min(value, self.most) / self.most)

    def path(self, points: Iterable[tuple[int, float]]) -> str:
        return " ".join(f"{self.x(n):.1f},{self.y(v):.1f}" for n, v in points)


def spark(line: Line, words: str) -> SafeString:
    """The weeks, small: counts, the band, the recent weeks marked. ``words`` says it to those who do not see it."""
    frame = _Frame(4, 5, 252, 50, len(line.weeks), line.most)
    return _svg(260, 60, "spark", words, _curves(line, frame))


def course(line: Line, words: str) -> SafeString:
    """All weeks, large, with a scale for counts and one for time."""
    most, step = _scale(line.most)
    frame = _Frame(40, 12, 708, 168, len(line.weeks), most)
    return _svg(760, 212, "course", words, [*_axes(line, frame, step), *_curves(line, frame)])


def _curves(line: Line, frame: _Frame) -> list[str]:
    parts = []
    for run in _runs(line.upper):
        above = [(n, line.upper[n] or 0.0) for n in run]
        below = [(n, 0.0) for n in reversed(run)]
        parts.append(f'<polygon class="band" points="{frame.path([*above, *below])}"/>')
    for run in _runs(line.expected):
        parts.append(f'<polyline class="expected" points="{frame.path((n, line.expected[n] or 0.0) for n in run)}"/>')
    if line.level and not any(v is not None for v in line.upper):
        parts += _level(line, frame, *line.level)
    for run in _runs(line.counts):
        parts.append(f'<polyline class="counts" points="{frame.path((n, line.counts[n] or 0.0) for n in run)}"/>')
    for n, count in list(enumerate(line.counts))[-line.recent :]:
        if count is not None:
            bound = line.upper[n] if line.upper[n] is not None else line.level[2] if line.level else None
            css = "over" if bound is not None and count > bound else "recent"
            parts.append(f'<circle class="{css}" cx="{frame.x(n):.1f}" cy="{frame.y(count):.1f}" r="3"/>')
    return parts


def _level(line: Line, frame: _Frame, expected: float, low: float, high: float) -> list[str]:
    """The recent weeks' band where there is none by week."""
    left, right = frame.x(max(0, len(line.weeks) - line.recent)), frame.x(len(line.weeks) - 1)
    y, top, bottom = frame.y(expected), frame.y(high), frame.y(low)
    return [
        f'<rect class="band" x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" height="{max(bottom - top, 1):.1f}"/>',
        f'<line class="expected" x1="{left:.1f}" x2="{right:.1f}" y1="{y:.1f}" y2="{y:.1f}"/>',
    ]


def _axes(line: Line, frame: _Frame, step: float) -> Iterator[str]:
    value = 0.0
    while value <= frame.most + step / 2:
        y = frame.y(value)
        yield f'<line class="grid" x1="{frame.left}" x2="{frame.left + frame.width}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text class="axis" x="{frame.left - 6}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>'
        value += step
    every = max(1, math.ceil(len(line.weeks) / 7))
    for n in range((len(line.weeks) - 1) % every, len(line.weeks), every):
        yield f'<text class="axis" x="{frame.x(n):.1f}" y="{frame.top + frame.height + 20}" text-anchor="{_anchor(n, line)}">{escape(line.weeks[n])}</text>'


def _anchor(n: int, line: Line) -> str:
    return "start" if n == 0 else "end" if n == len(line.weeks) - 1 else "middle"


def _scale(most: float) -> tuple[float, float]:
    """A round top of the scale and the step of its marks.

    >>> _scale(7), _scale(1), _scale(230)
    ((8.0, 2.0), (1.0, 1.0), (250.0, 50.0))
    """
    rough = most / 5
    power = 10.0 ** math.floor(math.log10(rough)) if rough > 0 else 1.0
    step = max(1.0, next(m * power for m in (1, 2, 5, 10) if m * power >= rough))
    return math.ceil(most / step) * step, step


def _runs(values: Sequence[float | None]) -> Iterator[list[int]]:
    """Stretches of weeks in which there is a value."""
    run: list[int] = []
    for n, value in enumerate(values):
        if value is not None:
            run.append(n)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _svg(width: int, height: int, css: str, words: str, parts: Iterable[str]) -> SafeString:
    body = "".join(parts)
    return mark_safe(  # noqa: S308 - numbers and escaped texts only
        f'<svg class="{css}" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(words)}">{body}</svg>'
    )


# ---- the map ---------------------------------------------------------------------------------------------------


def radius(excess: float, most: float) -> float:
    """The radius of a circle whose area says the excess; 0 for none.

    >>> radius(0, 5), radius(5, 5), round(radius(1.25, 5), 1)
    (0.0, 24.0, 12.0)
    """
    return max(LEAST, LARGEST * math.sqrt(excess / most)) if excess > 0 and most > 0 else 0.0


def map_of(excess: Mapping[str, float], names: Mapping[str, str], words: str) -> SafeString:
    """Customs at their places, each with a circle as large as its excess.

    Parameters
    ----------
    excess : mapping
        Directly affiliated customs' code to cases beyond what was to be expected.
    names : mapping
        Code to short name in the reader's language.
    words : str
        What the map shows, for those who do not see it.
    """
    most = max(excess.values(), default=0.0)
    parts = [f'<polyline class="graticule" points="{_points(line)}"/>' for line in places.graticule()]
    x, y, width, height = places.WINDOW
    fx, fy, fw, fh = places.window_frame()
    parts.append(f'<rect class="frame" x="{fx}" y="{fy}" width="{fw}" height="{fh}"/>')
    parts.append(f'<line class="frame" x1="{fx + fw}" y1="{fy + fh}" x2="{x}" y2="{y + height}"/>')
    parts.append(f'<line class="frame" x1="{fx + fw}" y1="{fy}" x2="{x}" y2="{y}"/>')
    parts.append(f'<rect class="window" x="{x}" y="{y}" width="{width}" height="{height}"/>')
    spots = places.spots()
    for spot in spots:
        r = radius(excess.get(spot.code, 0.0), most)
        parts.append(f'<circle class="excess" data-district="{spot.code}" cx="{spot.x}" cy="{spot.y}" r="{r:.1f}"/>')
    for spot in spots:
        name = names.get(spot.code, spot.code)
        parts.append(f'<circle class="place" cx="{spot.x}" cy="{spot.y}" r="3"><title>{escape(name)}</title></circle>')
        parts.append(_name(spot, name, lit=excess.get(spot.code, 0.0) > 0))
    return _svg(places.WIDTH, places.HEIGHT, "ports-map", words, parts)


def _points(line: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in line)


def _name(spot: places.Spot, name: str, *, lit: bool) -> str:
    anchor = {"e": "start", "w": "end", "nw": "end"}.get(spot.side, "middle")
    dx = {"e": 6, "w": -6, "nw": -4}.get(spot.side, 0)
    dy = {"n": -8, "nw": -4, "s": 23}.get(spot.side, 7)
    css = "place-name landmark" if spot.code in places.LANDMARKS else "place-name"
    return (
        f'<text class="{css}{" lit" if lit else ""}" data-name="{spot.code}" x="{spot.x + dx:.1f}" y="{spot.y + dy:.1f}" '
        f'text-anchor="{anchor}">{escape(name)}</text>'
    )


# ---- a share ---------------------------------------------------------------------------------------------------


def interval(low: float, value: float, high: float, words: str) -> SafeString:
    """A relative rate with its interval on a logarithmic scale; the line at one is the share that chance lets expect."""
    least, most = min(0.5, low), max(4.0, high) * 1.2

    def x(rate: float) -> float:
        return 10 + 240 * math.log(max(rate, 1e-6) / least) / math.log(most / least)

    parts = [f'<line class="expected" x1="{x(1):.1f}" x2="{x(1):.1f}" y1="6" y2="42"/>']
    parts.append(f'<rect class="band" x="{x(low):.1f}" y="17" width="{max(x(high) - x(low), 1):.1f}" height="14"/>')
    parts.append(f'<circle class="over" cx="{x(value):.1f}" cy="24" r="4"/>')
    for rate in (r for r in (1, 2, 5, 10, 20, 50, 100) if least <= r <= most):
        parts.append(f'<text class="axis" x="{x(rate):.1f}" y="56" text-anchor="middle">{rate}×</text>')
    return _svg(260, 60, "spark", words, parts)
