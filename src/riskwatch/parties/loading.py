"""Loading the office tree; running it again changes nothing."""

from __future__ import annotations

import csv
from pathlib import Path

from django.db import transaction
from pypinyin import lazy_pinyin

from riskwatch.parties.models import OfficeReach, Organisation

TABLE = Path(__file__).parent / "tables" / "offices.csv"


def sort_key(name: str) -> str:
    """Pinyin of a name, for ordering lists as Chinese readers expect."""
    return " ".join(lazy_pinyin(name))[:240]


@transaction.atomic
def load() -> int:
    """Load headquarters, direct and subordinate customs with their reach. Returns the number of offices."""
    with TABLE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    Organisation.objects.bulk_create(
        [
            Organisation(kind="office", code=r["code"], name_zh=r["name_zh"], full_name_zh=r["full_name_zh"],
                         name_en=r["name_en"], level=r["level"], sort_key=sort_key(r["name_zh"]))
            for r in rows
        ],
        update_conflicts=True, unique_fields=["code"],
        update_fields=["name_zh", "full_name_zh", "name_en", "level", "sort_key"],
    )  # fmt: skip
    keys = dict(Organisation.objects.filter(kind="office").values_list("code", "pk"))
    for r in rows:
        if r["parent"]:
            Organisation.objects.filter(code=r["code"]).update(parent_id=keys[r["parent"]])
    rebuild_reach({keys[r["code"]]: keys.get(r["parent"]) for r in rows})
    return len(rows)


def rebuild_reach(parents: dict[int, int | None]) -> None:
    """Make the pairs (office, office in its reach) anew from a tree given as child to parent."""
    pairs = []
    for office in parents:
        above: int | None = office
        depth = 0
        while above is not None:
            pairs.append(OfficeReach(office_id=above, below_id=office, depth=depth))
            above, depth = parents.get(above), depth + 1
    OfficeReach.objects.filter(since=None).delete()
    OfficeReach.objects.bulk_create(pairs, batch_size=2000)
