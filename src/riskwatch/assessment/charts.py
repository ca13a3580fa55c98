"""An assessment's charts as SVG, the same on the page and in print: the grid with its points, P(level), the tornado."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from html import escape
from typing import Any

from riskmethods.editions import LEVELS, Edition, edition
from riskmethods.panels.elicitation import Pooled, Round
from riskmethods.wording import level_words

COLOURS = {"low": "#7fb77e", "medium": "#f4c542", "high": "#ee8a3a", "serious": "#cf4436"}
_FONT = "font-family='PingFang SC, Microsoft YaHei, Noto Sans CJK SC, Noto Sans SC, sans-serif'"
_LEFT, _TOP, _CELL, _ROW = 148, 34, 104, 34
_FLOOR = Fraction(1, 100_000_000)  # the open last row is drawn two decades deep


def _svg(width: int, height: int, body: Iterator[str], title: str) -> str:
    return (f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' width='100%' role='img' {_FONT}>"
            f"<title>{escape(title)}</title>{''.join(body)}</svg>")  # fmt: skip


def _text(x: float, y: float, said: str, *, size: int = 12, anchor: str = "start", fill: str = "#33404f") -> str:
    return (
        f"<text x='{x:.1f}' y='{y:.1f}' font-size='{size}' text-anchor='{anchor}' fill='{fill}'>{escape(said)}</text>"
    )


def _rect(x: float, y: float, w: float, h: float, fill: str, *, more: str = "") -> str:
    return f"<rect x='{x:.1f}' y='{y:.1f}' width='{max(w, 0):.1f}' height='{h:.1f}' fill='{fill}' {more}/>"


# ---- the grid --------------------------------------------------------------------------------------------------


def grid(data: Mapping[str, Any], cloud: Sequence[Mapping[str, Any]], lang: str) -> str:
    """The method's grid with each scenario at its probability and severity, and the cloud of drawn points around it."""
    one = edition(data["method"]["id"])
    height = _TOP + _ROW * len(one.levels) + 26
    title = "风险矩阵：概率与严重程度" if lang == "zh" else "Risk grid: probability and severity"
    return _svg(_LEFT + 4 * _CELL + 12, height, _grid(one, data, cloud, lang), title)


def _grid(one: Edition, data: Mapping[str, Any], cloud: Sequence[Mapping[str, Any]], lang: str) -> Iterator[str]:
    words = (
        ("1 轻微", "2 中等", "3 严重", "4 危及生命")
        if lang == "zh"
        else ("1 minor", "2 moderate", "3 severe", "4 life-threatening")
    )
    for column, word in enumerate(words):
        yield _text(_LEFT + _CELL * (column + 0.5), _TOP - 12, word, anchor="middle")
    for row, levels in enumerate(one.levels):
        y = _TOP + row * _ROW
        yield _text(_LEFT - 8, y + _ROW / 2 + 4, one.band_words(row, lang), size=11, anchor="end")
        for column, level in enumerate(levels):
            x = _LEFT + column * _CELL
            yield _rect(x, y, _CELL, _ROW, COLOURS[level], more="fill-opacity='.55' stroke='#fff'")
            yield _text(x + _CELL - 6, y + _ROW - 5, _short(level, lang), size=10, anchor="end", fill="#4a4a4a")
    for n, point in enumerate(cloud):
        x = _LEFT + (point["severity"] - 0.5 + _jitter(n) * 0.6) * _CELL
        yield f"<circle cx='{x:.1f}' cy='{_height(one, 10 ** point['log10_p']):.1f}' r='1.6' fill='#1f3a5f' fill-opacity='.28'/>"
    yield from _points(one, data)
    foot = (
        "圆点为各情景；小点为不确定性抽样" if lang == "zh" else "circles: scenarios; dots: draws of what is uncertain"
    )
    yield _text(_LEFT, _TOP + _ROW * len(one.levels) + 18, foot, size=11, fill="#6b7785")


def _points(one: Edition, data: Mapping[str, Any]) -> Iterator[str]:
    for n, scenario in enumerate(data["scenarios"], 1):
        x = _LEFT + (scenario["severity"]["level"] - 0.5) * _CELL + (n % 5 - 2) * 12
        y = _height(one, float(Fraction(scenario["probability"]["value"])))
        yield f"<circle class='scenario-point' cx='{x:.1f}' cy='{y:.1f}' r='9' fill='#fff' stroke='#14325a' stroke-width='2.5'/>"
        yield _text(x, y + 4, str(n), size=11, anchor="middle", fill="#14325a")


def _jitter(n: int) -> float:
    """Spread evenly between -1/2 and 1/2 without chance (golden ratio), so that equal data draw equal pictures."""
    return (n * 0.6180339887498949) % 1 - 0.5


def _height(one: Edition, p: float) -> float:
    """Where a probability lies from the top: rows are equally high, logarithmic within."""
    p = min(max(p, float(_FLOOR)), 1.0)
    row = one.band(Fraction(repr(p)))
    lower, upper = one.edges(row)
    top, bottom = float(upper or 1), float(lower or _FLOOR)
    return _TOP + _ROW * (row + math.log(top / p) / math.log(top / bottom))


def _short(level: str, lang: str) -> str:
    return level_words(level, lang).removesuffix("风险")


# ---- probability of each level ---------------------------------------------------------------------------------


def shares(data: Mapping[str, Any], lang: str) -> str:
    """How probable each level is, given what is uncertain; a bar of four parts with its figures."""
    spread = data["uncertainty"]
    title = "各等级的概率" if lang == "zh" else "Probability of each level"
    return _svg(560, 58, _shares(spread["shares"], lang) if spread else iter(()), title)


def _shares(rows: Mapping[str, Mapping[str, float]], lang: str) -> Iterator[str]:
    x = 0.0
    for n, level in enumerate(LEVELS):
        share = rows[level]["share"]
        yield _rect(x, 4, share * 560, 20, COLOURS[level])
        x += share * 560
        yield _rect(n * 140, 36, 11, 11, COLOURS[level])
        yield _text(n * 140 + 16, 46, f"{_short(level, lang)} {share:.1%}", size=12)


# ---- by what factor the level changes ---------------------------------------------------------------------------

_FLIP_LEFT, _FLIP_WIDTH, _DECADES = 60, 480, 4


def flips(data: Mapping[str, Any], lang: str) -> str:
    """For each scenario: its level as it stands, and the level that it has once P is so many times smaller or greater."""
    title = "概率变动多少倍等级才变" if lang == "zh" else "By what factor the level changes"
    rows = data["scenarios"]
    return _svg(560, 26 + 24 * max(1, len(rows)) + 18, _flips(rows, lang), title)


def _flips(rows: Sequence[Mapping[str, Any]], lang: str) -> Iterator[str]:
    for power in range(-_DECADES, _DECADES + 1, 2):
        said = "×1" if power == 0 else f"×{10**power:,}" if power > 0 else f"÷{10**-power:,}"
        yield _text(_times(10.0**power), 14, said, size=10, anchor="middle", fill="#6b7785")
    for n, scenario in enumerate(rows):
        y, moved = 20 + 24 * n, scenario["sensitivity"]
        yield _text(0, y + 15, f"{'情景' if lang == 'zh' else 'No.'} {n + 1}", size=11)
        ends = [float(_FLIP_LEFT), float(_FLIP_LEFT + _FLIP_WIDTH)]
        for side, key in enumerate(("down", "up")):
            if flip := moved[key]:
                factor = float(Fraction(flip["factor"]))
                edge = _times(1 / factor if key == "down" else factor)
                x, w = (ends[0], edge - ends[0]) if key == "down" else (edge, ends[1] - edge)
                yield _rect(x, y, w, 20, COLOURS[flip["level"]], more="fill-opacity='.55'")
                ends[side] = edge
        yield _rect(ends[0], y, ends[1] - ends[0], 20, COLOURS[scenario["level"]])
        yield _rect(_times(1.0) - 1, y - 2, 2, 24, "#000")
    foot = (
        "黑线为现值；深色为现等级，浅色为变动后的下一等级"
        if lang == "zh"
        else "black: as assessed; dark: the level now; light: the next one beyond"
    )
    yield _text(_FLIP_LEFT, 26 + 24 * max(1, len(rows)) + 12, foot, size=11, fill="#6b7785")


def _times(factor: float) -> float:
    half = _FLIP_WIDTH / 2
    return _FLIP_LEFT + half + half * min(max(math.log10(factor) / _DECADES, -1), 1)


# ---- what would change the level -------------------------------------------------------------------------------

_BAR, _AXIS = 22, 300


def tornado(data: Mapping[str, Any], lang: str) -> str:
    """Each step moved through its stated range (or by a factor of ten): where the scenario's probability would then lie.

    The ground shows the level of each stretch at the scenario's severity.
    """
    one = edition(data["method"]["id"])
    bars = [row for n, s in enumerate(data["scenarios"], 1) for row in _ranges(n, s)][:14]
    title = "逐步变动时情景概率的范围" if lang == "zh" else "Range of the scenario's probability, step by step"
    return _svg(560, 30 + _BAR * max(1, len(bars)) + 22, _tornado(one, bars, lang), title)


def _ranges(n: int, scenario: Mapping[str, Any]) -> list[dict[str, Any]]:
    whole = float(Fraction(scenario["probability"]["value"]))
    rows = []
    for step, moved in zip(scenario["steps"], scenario["sensitivity"]["steps"], strict=True):
        now = float(Fraction(step["p"]))
        low, high = (min(whole * float(Fraction(moved[k])) / now, 1.0) for k in ("low_p", "high_p"))
        rows.append({"name": f"{n}.{step['id']}", "text": step["text"], "low": low, "high": high, "now": whole,
                     "severity": scenario["severity"]["level"], "ten": moved["span"] == "factor_10"})  # fmt: skip
    return sorted(rows, key=lambda row: row["low"] / row["high"])


def _tornado(one: Edition, bars: Sequence[Mapping[str, Any]], lang: str) -> Iterator[str]:
    for n, bar in enumerate(bars):
        y = 24 + n * _BAR
        said = bar["text"].get(lang) or bar["text"].get("zh") or bar["text"].get("en") or ""
        yield _text(0, y + 14, f"{bar['name']} {said}"[:17], size=11)
        yield from _ground(one, bar["severity"], y)
        x, end = _along(bar["low"]), _along(bar["high"])
        dashed = "stroke='#14325a' stroke-dasharray='3 2' fill-opacity='.25'" if bar["ten"] else "fill-opacity='.75'"
        yield _rect(x, y + 5, end - x, _BAR - 10, "#14325a", more=dashed)
        yield _rect(_along(bar["now"]) - 1, y + 2, 2, _BAR - 4, "#000")
    for power in range(-8, 1, 2):
        yield _text(_along(10.0**power), 16, f"10^{power}" if power else "1", size=10, anchor="middle", fill="#6b7785")
    foot = (
        "实线框：所述范围；虚线框：乘除10" if lang == "zh" else "solid: as stated; dashed: a factor of ten either way"
    )
    yield _text(0, 24 + _BAR * max(1, len(bars)) + 16, foot, size=11, fill="#6b7785")


def _along(p: float) -> float:
    return 548 + _AXIS * math.log10(min(max(p, 1e-8), 1.0)) / 8


def _ground(one: Edition, severity: int, y: float) -> Iterator[str]:
    for row, levels in enumerate(one.levels):
        lower, upper = one.edges(row)
        x, end = _along(float(lower or _FLOOR)), _along(float(upper or 1))
        yield _rect(x, y, end - x, _BAR - 2, COLOURS[levels[severity - 1]], more="fill-opacity='.45'")


# ---- a panel's answers -----------------------------------------------------------------------------------------


def log10(p: Fraction | float) -> float:
    """The decimal logarithm of a probability above 0."""
    return math.log10(p)


def answers(one: Round, pooled: Pooled, lang: str) -> str:
    """Every answer of a round as an interval with its best value, unnamed and sorted; below, the mean of the panel."""
    title = "各专家的意见（不署名）" if lang == "zh" else "The experts' answers, unnamed"
    return _svg(560, 40 + 20 * (len(one.answers) + 1), _answers(one, pooled, lang), title)


def _answers(one: Round, pooled: Pooled, lang: str) -> Iterator[str]:
    for power in range(-8, 1, 2):
        yield _text(_along(10.0**power), 14, f"10^{power}" if power else "1", size=10, anchor="middle", fill="#6b7785")
    rows = sorted(one.standardised(), key=lambda s: (s.best, s.low, s.high))
    lines = [(s.low, s.best, s.high, "#5b6b7c") for s in rows] + [(pooled.low, pooled.best, pooled.high, "#14325a")]
    for n, (low, best, high, colour) in enumerate(lines):
        y = 30 + n * 20
        name = (
            ("小组平均" if lang == "zh" else "panel's mean")
            if n == len(rows)
            else f"{'意见' if lang == 'zh' else 'answer'} {n + 1}"
        )
        yield _text(0, y + 4, name, size=11, fill=colour)
        yield _rect(_along(low), y - 2, _along(high) - _along(low), 4, colour, more="fill-opacity='.6'")
        yield f"<circle cx='{_along(best):.1f}' cy='{y}' r='5' fill='{colour}'/>"
