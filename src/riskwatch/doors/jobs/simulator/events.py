"""Seeded events: products that fail in plausible ways, told in our own words, as intake rows or registered facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from riskwatch.doors.jobs.simulator.stories import STORIES, Story

BRANDS = ("星河", "Nordik", "蓝鲸", "Kestrel", "小松果", "Velora", "长风", "Aurum")
KINDS = ("inspection", "foreign_recall", "consumer_complaint", "random_inspection", "hospital_injury", "media", "fire", "government_association",
         "traffic_accident", "product_accident", "certification", "returned_export")  # fmt: skip
PORTS = ("浦江", "洋山", "吴淞", "皇岗", "大窑湾", "白云机场")


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, and the story of its product."""

    title: str
    facts: dict[str, object]
    story: Story


def events(seed: int, count: int, *, product: str = "") -> Iterator[Event]:
    """Events of a seed: the same seed tells the same story; with a product, of that product alone."""
    luck = Random(seed)  # noqa: S311 - a story, not a secret
    known = [s for s in STORIES if not product or s.product == product]
    for number in range(count):
        story = luck.choice(known)
        brand = luck.choice(BRANDS)
        model = f"{luck.choice('ABCDKMT')}{luck.randrange(10, 999)}"
        batch = f"B{luck.randrange(2301, 2612)}-{number:05d}"
        units = luck.randrange(40, 9000)
        facts: dict[str, object] = {
            "source_kind": luck.choice(KINDS), "text": f"{brand}{story.product}（型号{model}）{story.harm}，涉及批次{batch}，数量{units}件。",
            "product": story.product, "brand": brand, "model": model, "batch": batch, "commodity_code": story.code, "quantity": f"{units}件",
            "origin": story.origin, "direction": "import", "port": luck.choice(PORTS), "hazard_text": story.harm,
            "injuries": story.injury_told, "aspects": ["safety"],
        }  # fmt: skip
        yield Event(f"{brand}{story.product}{model}{story.harm}", facts, story)
