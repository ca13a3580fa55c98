"""Where the directly affiliated customs stand on our schematic map: places only, no boundaries.

Longitude and latitude are those of the city of each customs' seat, in degrees, to the hundredth (about one kilometre);
the map is an equal-area cone (Albers) on the parallels 25° and 47° around the meridian 105° east.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

# code -> degrees east, degrees north, side on which the name stands
PLACES: dict[str, tuple[float, float, str]] = {
    "0100": (116.41, 39.90, "nw"), "0200": (117.20, 39.13, "e"), "0400": (114.51, 38.04, "e"), "0500": (112.55, 37.87, "w"),
    "0600": (117.43, 49.60, "w"), "0700": (111.75, 40.84, "w"), "0800": (123.43, 41.81, "e"), "0900": (121.61, 38.91, "e"),
    "1500": (125.32, 43.82, "e"), "1900": (126.53, 45.80, "e"), "2200": (121.47, 31.23, "e"), "2300": (118.80, 32.06, "n"),
    "2900": (120.16, 30.27, "w"), "3100": (121.55, 29.87, "e"), "3300": (117.23, 31.82, "w"), "3500": (119.30, 26.07, "e"),
    "3700": (118.09, 24.48, "e"), "4000": (115.86, 28.68, "e"), "4200": (120.38, 36.07, "e"), "4300": (117.12, 36.65, "w"),
    "4600": (113.63, 34.75, "e"), "4700": (114.31, 30.59, "n"), "4900": (112.94, 28.23, "w"), "5100": (113.26, 23.13, "n"),
    "5200": (113.45, 23.10, "s"), "5300": (114.06, 22.54, "w"), "5700": (113.55, 22.22, "s"), "6000": (116.68, 23.35, "e"),
    "6400": (110.20, 20.04, "e"), "6700": (110.36, 21.27, "e"), "6800": (113.08, 22.58, "s"), "7200": (108.37, 22.82, "w"),
    "7900": (104.07, 30.57, "w"), "8000": (106.55, 29.56, "e"), "8300": (106.63, 26.65, "e"), "8600": (102.83, 24.88, "w"),
    "8800": (91.17, 29.65, "e"), "9000": (108.94, 34.34, "w"), "9400": (87.62, 43.83, "e"), "9500": (103.83, 36.06, "s"),
    "9600": (106.23, 38.49, "e"), "9700": (101.78, 36.62, "w"),
}  # fmt: skip
# Named even where nothing happened, so that people find their way.
LANDMARKS = ("0100", "1900", "2200", "7900", "8800", "9400", "6400")
# The mouth of the Pearl River holds five customs within a degree and a half: they are drawn in a window of their own.
DELTA = ("5100", "5200", "5300", "5700", "6800")
WIDTH, HEIGHT = 640, 524
WINDOW = (490.0, 374.0, 146.0, 142.0)  # x, y, width, height of that window
_LOW, _HIGH, _ORIGIN, _MERIDIAN = 25.0, 47.0, 36.0, 105.0
_SCALE, _MIDDLE = 930.0, (238.0, 246.0)
_WINDOW_SCALE, _WINDOW_MIDDLE = 4300.0, (113.58, 22.66)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on the map: customs code, x and y in the map's units, the side of its name."""

    code: str
    x: float
    y: float
    side: str


def district(code: str) -> str:
    """The directly affiliated customs of a customs code; empty where the code names none on the map.

    >>> district("2201"), district("2200"), district(""), district("0000")
    ('2200', '2200', '', '')
    """
    direct = f"{code[:2]}00"
    return direct if direct in PLACES else ""


def spots() -> list[Spot]:
    """Every directly affiliated customs at its place on the map."""
    found = []
    for code, (east, north, side) in PLACES.items():
        x, y = _in_window(east, north) if code in DELTA else on_map(east, north)
        found.append(Spot(code, round(x, 1), round(y, 1), side))
    return found


def on_map(east: float, north: float) -> tuple[float, float]:
    """Degrees to the map's units: x to the right, y downward."""
    x, y = _albers(east, north)
    return _MIDDLE[0] + _SCALE * x, _MIDDLE[1] - _SCALE * y


def window_frame() -> tuple[float, float, float, float]:
    """The rectangle of the map that the window shows larger: x, y, width, height."""
    left, top = on_map(112.75, 23.45)
    right, bottom = on_map(114.4, 21.9)
    return round(left, 1), round(top, 1), round(right - left, 1), round(bottom - top, 1)


def graticule() -> list[list[tuple[float, float]]]:
    """Every tenth meridian and parallel as a line of points."""
    lines = [[on_map(east, north / 2) for north in range(36, 105)] for east in range(80, 131, 10)]
    return lines + [[on_map(east, north) for east in range(76, 133)] for north in range(20, 51, 10)]


def _in_window(east: float, north: float) -> tuple[float, float]:
    x, y = _albers(east, north)
    x0, y0 = _albers(*_WINDOW_MIDDLE)
    return WINDOW[0] + WINDOW[2] / 2 + _WINDOW_SCALE * (x - x0), WINDOW[1] + WINDOW[3] / 2 - _WINDOW_SCALE * (y - y0)


def _albers(east: float, north: float) -> tuple[float, float]:
    """The equal-area cone on a sphere of radius one (Snyder, Map Projections, 1987, equations 14-1 to 14-6)."""
    low, high, origin, lat = (math.radians(v) for v in (_LOW, _HIGH, _ORIGIN, north))
    n = (math.sin(low) + math.sin(high)) / 2
    c = math.cos(low) ** 2 + 2 * n * math.sin(low)
    rho = math.sqrt(c - 2 * n * math.sin(lat)) / n
    rho_origin = math.sqrt(c - 2 * n * math.sin(origin)) / n
    theta = n * math.radians(east - _MERIDIAN)
    return rho * math.sin(theta), rho_origin - rho * math.cos(theta)
