"""Loading the shipped tables; running it again changes nothing."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from riskwatch.catalogue.models import Code, Commodity, Hazard

TABLES = Path(__file__).parent / "tables"
HS_2022 = date(2022, 1, 1)
CODES_2018 = date(2018, 8, 1)


def _read(name: str) -> Iterator[dict[str, str]]:
    path = TABLES / name
    opened = (
        gzip.open(path, "rt", encoding="utf-8", newline="")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8", newline="")
    )
    with opened as lines:
        yield from csv.DictReader(lines)


def load() -> dict[str, int]:
    """Load commodity codes, hazards and code lists. Returns rows by table."""
    commodities = [
        Commodity(code=r["code"], name_zh=r["name_zh"], name_en=r["name_en"], section=r["section"], edition="HS 2022",
                  valid_from=HS_2022)
        for r in _read("commodities.csv.gz")
    ]  # fmt: skip
    codes = [
        Code(table=r["table"], code=r["code"], name_zh=r["name_zh"], name_en=r["name_en"], valid_from=CODES_2018)
        for r in _read("codes.csv.gz")
    ]
    hazards = [Hazard(**r) for r in _read("hazards.csv")]
    Commodity.objects.bulk_create(commodities, ignore_conflicts=True, batch_size=4000)
    Code.objects.bulk_create(codes, ignore_conflicts=True, batch_size=4000)
    Hazard.objects.bulk_create(
        hazards, update_conflicts=True, unique_fields=["code"], update_fields=["parent", "name_zh", "name_en", "words"]
    )
    return {"commodities": len(commodities), "codes": len(codes), "hazards": len(hazards)}
