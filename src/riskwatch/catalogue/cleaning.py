"""How the shipped tables came to be: reads the authorities' published tables, cleans, and writes ours.

Run by hand when a newer table is at hand: ``python -m riskwatch.catalogue.cleaning FOLDER``. The result is committed;
the source files are not.
"""

from __future__ import annotations

import csv
import gzip
import sys
from collections.abc import Iterable
from pathlib import Path

from pypinyin import Style, lazy_pinyin

ROOM = Path(__file__).parent
OFFICES = ROOM.parent / "parties" / "tables"
AS_OF = "2018-12-25"
# Special heads: neither direct customs nor places, but offices all the same.
HEADS = {"0000": ("海关总署", "headquarters"), "5000": ("广东分署", "sub_administration")}


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def _write(path: Path, header: list[str], rows: Iterable[Iterable[str]]) -> None:
    opened = (
        gzip.open(path, "wt", encoding="utf-8", newline="")
        if path.suffix == ".gz"
        else path.open("w", encoding="utf-8", newline="")
    )
    with opened as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def offices(source: Path) -> tuple[int, int]:
    """Offices as a tree: headquarters, the Guangdong branch, the 42, and their subordinate offices; the rest with a reason."""
    direct = {r["code"]: r for r in _rows(source / "customs_directly_affiliated_42.csv")}
    kept: list[list[str]] = []
    dropped: list[list[str]] = []
    seen: set[str] = set()
    for row in _rows(source / "customs_districts_2018.csv"):
        code, name = row["code"], row["name_zh"].strip()
        reason = _why_not(code, name, direct, seen)
        if reason:
            dropped.append([code, name, reason])
            continue
        seen.add(name)
        kept.append(_office(code, name, direct))
    kept += [
        [c, n, "中华人民共和国" + n, _pinyin(n), level, "" if c == "0000" else "0000", AS_OF]
        for c, (n, level) in HEADS.items()
    ]
    kept.sort()
    _write(OFFICES / "offices.csv", ["code", "name_zh", "full_name_zh", "name_en", "level", "parent", "as_of"], kept)
    _write(OFFICES / "offices_dropped.csv", ["code", "name_zh", "reason"], sorted(dropped))
    return len(kept), len(dropped)


def _why_not(code: str, name: str, direct: dict[str, dict[str, str]], seen: set[str]) -> str:
    if code in HEADS:
        return "a special head, entered by hand"
    if code in direct:
        return ""
    if code[:2] + "00" not in direct:
        return "its prefix is none of the 42 directly affiliated customs"
    if not name.endswith("海关"):
        return "an internal unit, a place or an abbreviation, not an office"
    if "驻" in name or "关区" in name:
        return "a unit stationed elsewhere"
    if name in seen or any(name == d["name_zh"] for d in direct.values()):
        return "the same office under another code"
    return ""


def _office(code: str, name: str, direct: dict[str, dict[str, str]]) -> list[str]:
    if code in direct:
        row = direct[code]
        return [
            code,
            row["name_zh"],
            row["full_name_zh"],
            row["name_en"].replace(" District", ""),
            "direct",
            "0000",
            AS_OF,
        ]
    return [code, name, "中华人民共和国" + name, _pinyin(name), "subordinate", code[:2] + "00", AS_OF]


def _pinyin(name: str) -> str:
    if name == "海关总署":
        return "General Administration of Customs"
    place = name.removesuffix("海关").removesuffix("分署")
    tail = "Sub-administration" if name.endswith("分署") else "Customs"
    return "".join(lazy_pinyin(place, style=Style.NORMAL)).capitalize() + " " + tail


def commodities(source: Path) -> int:
    """The harmonised system of 2022: English as published, Chinese for chapters and for codes of the older Chinese tariff."""
    chapters = {r["chapter"]: r["name_zh"] for r in _rows(source / "hs_chapters_zh.csv")}
    chinese: dict[str, str] = {}
    for line in _rows(source / "tariff_lines_8digit_hs2012_zh.csv"):
        chinese.setdefault(line["code8"][:6], line["name_zh"])
    rows = []
    for row in _rows(source / "hs2022_en.csv"):
        code = row["hscode"]
        if len(code) in (2, 4, 6):
            zh = chapters.get(code, "") if len(code) == 2 else chinese.get(code, "") if len(code) == 6 else ""
            rows.append([code, zh, row["description_en"], row["section"]])
    _write(ROOM / "tables" / "commodities.csv.gz", ["code", "name_zh", "name_en", "section"], rows)
    return len(rows)


def small(source: Path) -> None:
    """Countries, ports, currencies, units and other short lists, one file for all."""
    rows: list[list[str]] = []
    for table, file in (
        ("currency", "currencies_2018"), ("unit", "measure_units_2018"), ("trade_mode", "trade_modes_2018"),
        ("transport_mode", "transport_modes_2018"), ("goods_attribute", "goods_attributes_2018"),
        ("goods_purpose", "goods_purposes_2018"), ("port", "domestic_ports_2018"),
    ):  # fmt: skip
        for row in _rows(source / f"{file}.csv"):
            rows.append([table, row["code"], row["name_zh"], row.get("name_en") or row.get("name_latin") or ""])
    for row in _rows(source / "countries_customs_2018.csv"):
        rows.append(["country", row["code"], row["name_zh"], row["name_en"]])
    for row in _rows(source / "countries_customs_legacy_numeric.csv"):
        rows.append(["country_numeric", row["code"], row["name_zh"], ""])
    _write(ROOM / "tables" / "codes.csv.gz", ["table", "code", "name_zh", "name_en"], rows)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    sys.stdout.write(f"offices {offices(folder)}, commodities {commodities(folder)}\n")
    small(folder)
