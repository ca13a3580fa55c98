"""``riskwatch rescore``: what another method edition or another assessment policy would change; nothing is stored."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from decree188.calendar import shanghai_date
from riskmethods import MethodError, editions, policy
from riskmethods.limits import load


class Command(BaseCommand):
    help = "Score every accepted assessment again under another method edition or policy, and print what would change."

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--method", help="id of a registered method edition, for example uk-prism-2")
        what.add_argument("--grid", type=Path, metavar="FILE", help="a method edition as JSON")
        what.add_argument("--policy", metavar="NUMBER|FILE", help="a policy edition's number, or a policy as JSON")
        parser.add_argument("--lang", choices=["zh", "en"], default="zh")
        parser.add_argument("--json", action="store_true", help="every assessment that changes, as JSON")

    def handle(self, *args: Any, lang: str, json: bool, **asked: Any) -> None:
        try:
            effect = _effect(asked, lang)
        except MethodError as error:
            raise CommandError(f"{error.place}: {error.zh if lang == 'zh' else error.en}") from None
        except OSError as lost:
            raise CommandError(f"{lost.filename}: {lost.strerror}") from None
        self.stdout.write(_as_json(effect) if json else _as_text(effect, lang))


def _effect(asked: dict[str, Any], lang: str) -> Any:
    from riskwatch.assessment import effects

    if asked["method"]:
        return effects.of_edition(editions.edition(asked["method"]), lang=lang)
    if asked["grid"]:
        given = load(asked["grid"].read_bytes())
        if not isinstance(given, dict):
            raise MethodError(str(asked["grid"]), "not_an_object", "须是对象", "an object is needed")
        return effects.of_edition(editions.from_json(given), lang=lang)
    found, day = _policy(asked["policy"])
    return effects.of_policy(found, day=day)


def _policy(said: str) -> tuple[policy.Policy, str]:
    """A policy with the day to grade on: an edition's first day, or today for a file."""
    from riskwatch.assessment import policies
    from riskwatch.assessment.models import PolicyEdition

    if not said.isdigit():
        return policy.from_json(load(Path(said).read_bytes())), shanghai_date(timezone.now()).isoformat()
    row = PolicyEdition.objects.filter(number=int(said)).first()
    if row is None:
        raise MethodError("--policy", "unknown_id", f"没有第{said}版", f"there is no edition {said}")
    return policies.policy_of(row), row.valid_from.isoformat()


def _as_json(effect: Any) -> str:
    moved = [{"sheet": m.sheet, "before": m.before, "after": m.after, "why": m.why} for m in effect.moved]
    return json.dumps({"counted": effect.counted, "measures": effect.measures, "moved": moved}, ensure_ascii=False)


def _as_text(effect: Any, lang: str) -> str:
    zh = lang == "zh"
    head = (
        f"试算{effect.counted}份，{len(effect.moved)}份会不同"
        if zh
        else f"{effect.counted} scored, {len(effect.moved)} would differ"
    )
    lines = [f"{a} → {b}: {n}" for a, b, n in effect.table(lang)]
    if effect.measures:
        lines.append(
            f"等级不变但措施不同: {effect.measures}" if zh else f"same grade, other measures: {effect.measures}"
        )
    return "\n".join([head, *lines])
