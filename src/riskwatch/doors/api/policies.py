"""Headquarters' assessment policy over the API: editions, a new one, a second person's decision, what a method would change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Literal

from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import NinjaAPI, Schema
from pydantic import Field

from riskmethods import MethodError
from riskmethods.editions import edition, from_json
from riskwatch.assessment import effects, policies, policy_words, scoring
from riskwatch.assessment.models import PolicyEdition
from riskwatch.doors.api.acts import Day, Strict
from riskwatch.doors.api.bench import faulty
from riskwatch.doors.api.house import officials_only
from riskwatch.look.words import language
from riskwatch.parties.guards import refuse_outside_headquarters


class EditionOut(Schema):
    number: int
    state: str
    valid_from: date
    sha256: str
    reason: str
    proposed_by: str
    proposed_at: datetime
    decided_by: str = ""
    decided_at: datetime | None = None


class EditionFull(EditionOut):
    policy: dict[str, Any] = Field(description="The whole policy, as the method library reads it")
    changes: list[Any] = Field(description="What it changes against the edition before, in words")
    effect: list[Any] = Field(description="While proposed: accepted assessments by grade now, grade then, and how many")


class EditionIn(Strict):
    rows: list[dict[str, Any]] = Field(
        max_length=400, description="The table of levels and grades, as in policy.tables"
    )
    scales: list[dict[str, Any]] = Field(max_length=20)
    priority: dict[str, Any] | None = None
    valid_from: Day
    reason: str = Field(min_length=1, max_length=500)


class RemarkIn(Strict):
    remark: str = Field("", max_length=500)


class RescoreIn(Strict):
    method: str = Field("", max_length=60, description="The id of a method edition of the library")
    edition: dict[str, Any] | None = Field(None, description="Or an edition as data")


class RescoreOut(Schema):
    counted: int
    changed: int
    moves: list[tuple[str, str, int]]


def _told(row: PolicyEdition) -> dict[str, Any]:
    return {
        "number": row.number, "state": row.state, "valid_from": row.valid_from, "sha256": row.sha256, "reason": row.reason,
        "proposed_by": str(row.proposed_by), "proposed_at": row.proposed_at,
        "decided_by": str(row.decided_by) if row.decided_by_id else "", "decided_at": row.decided_at,
    }  # fmt: skip


def _full(row: PolicyEdition) -> dict[str, Any]:
    policy, lang = policies.policy_of(row), scoring.language()
    proposed = row.state == PolicyEdition.State.PROPOSED
    effect = effects.of_policy(policy, day=row.valid_from.isoformat()).table(lang) if proposed else []
    changes = policy_words.differences(policies.before(row), policy, lang)
    return _told(row) | {"policy": row.policy, "changes": changes, "effect": effect}


def _editions(request: Any) -> Any:
    officials_only(request)
    return [_told(r) for r in PolicyEdition.objects.select_related("proposed_by", "decided_by").order_by("-number")]


def _edition(request: Any, pk: int) -> Any:
    officials_only(request)
    return _full(get_object_or_404(PolicyEdition, number=pk))


def _propose(request: Any, body: EditionIn) -> Any:
    at = timezone.now()
    refuse_outside_headquarters(policies.WRITERS, by=request.auth, at=at, rule=policies.RULE)
    try:
        record = {"rows": body.rows, "scales": body.scales, "priority": body.priority}
        drafted = policies.drafted(record, valid_from=body.valid_from)
    except MethodError as error:
        raise faulty(error) from None
    return _full(
        policies.propose(policy=drafted, valid_from=body.valid_from, reason=body.reason, by=request.auth, at=at)
    )


def _deciding(act: Callable[..., PolicyEdition]) -> Callable[..., Any]:
    def operation(request: Any, pk: int, body: RemarkIn) -> Any:
        officials_only(request)
        row = get_object_or_404(PolicyEdition, number=pk)
        return _full(act(row, remark=body.remark, by=request.auth, at=timezone.now()))

    return operation


def _rescore(request: Any, body: RescoreIn) -> Any:
    refuse_outside_headquarters(policies.KEEPERS, by=request.auth, at=timezone.now(), rule=policies.RULE)
    try:
        chosen = from_json(body.edition) if body.edition is not None else edition(body.method)
        found = effects.of_edition(chosen, lang=scoring.language())
    except MethodError as error:
        raise faulty(error) from None
    return {"counted": found.counted, "changed": len(found.moved), "moves": found.table(language())}


ACTS: tuple[tuple[Literal["publish", "reject", "withdraw"], Callable[..., PolicyEdition], str], ...] = (
    ("publish", policies.publish, "Publish an edition that somebody else proposed · 发布"),
    ("reject", policies.reject, "Do not publish it, with the reason · 不通过"),
    ("withdraw", policies.withdraw, "Take back one's own proposal · 撤回"),
)


def lay(api: NinjaAPI, faults: Any) -> None:
    """Lay the operations on the assessment policy."""
    whole: Any = {200: EditionFull, **faults}
    base = "/assessment-policy"
    said: dict[str, Any] = {"tags": ["assessment"]}
    api.get(
        base,
        response={200: list[EditionOut], **faults},
        summary="Editions of the assessment policy, the latest first · 评估政策",
        **said,
    )(_editions)
    api.get(f"{base}/{{int:pk}}", response=whole, summary="One edition, what it changes · 一版评估政策", **said)(
        _edition
    )
    api.post(base, response=whole, summary="Propose an edition · 起草评估政策", **said)(_propose)
    api.post(f"{base}/rescore", response={200: RescoreOut, **faults},
             summary="Accepted assessments under another method edition; nothing is stored · 按另一方法版本重算", **said)(_rescore)  # fmt: skip
    for name, act, words in ACTS:
        api.post(
            f"{base}/{{int:pk}}/{name}", response=whole, summary=words, operation_id=f"assessment_policy_{name}", **said
        )(_deciding(act))
