"""Stored results scored again under another edition, without drawing again: probabilities do not depend on a grid.

>>> from riskmethods.assessment import assess
>>> from riskmethods.editions import edition, filled
>>> steps = [{"text": "breaks", "quantity": "1/100"}, {"text": "cuts", "quantity": "1/20"}]
>>> stored = assess({"scenarios": [{"id": "cut", "severity": 1, "steps": steps}]}).as_json()
>>> stricter = filled("gb-22760-2020", ("SSSS",) * 4 + ("HHSS", "LMHS", "LLMH", "LLLM"), source="made up for this example")
>>> [(one.before, one.after, one.scenarios) for one in rescore([stored], stricter)]
[('low', 'high', (('cut', 'low', 'high'),))]
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from riskmethods.assessment import FORMAT, decide
from riskmethods.editions import LEVELS, LONGEST_CHAIN, Edition
from riskmethods.errors import MethodError, raise_at
from riskmethods.numbers import parse
from riskmethods.policy import Policy
from riskmethods.scenario import by_interest, highest
from riskmethods.vocabulary import term


@dataclass(frozen=True, slots=True)
class Rescored:
    """One stored result under the new edition.

    Attributes
    ----------
    inputs_sha256 : str
        The fingerprint of its inputs: which assessment it is.
    before, after : str
        The product's level; ``after`` is empty where the new edition refuses.
    basis : str
    p95 : str
        The new level at the 95th percentile; empty where nothing was computed.
    scenarios : tuple of (id, before, after)
        Every scenario.
    interests : dict
        The new level of each interest that a scenario touches.
    refused : MethodError or None
        Why the new edition does not take it: more steps than its cap, or a clause that is not its own.
    """

    inputs_sha256: str
    before: str
    after: str
    basis: str
    p95: str
    scenarios: tuple[tuple[str, str, str], ...]
    interests: dict[str, str]
    refused: MethodError | None

    @property
    def changed(self) -> bool:
        """Whether the product's level differs, or is refused."""
        return self.before != self.after


def rescore(results: Iterable[Mapping[str, Any] | bytes | str], edition: Edition) -> Iterator[Rescored]:
    """Score stored results again, one after the other.

    Parameters
    ----------
    results
        ``Result.as_json()`` as stored, or the values parsed from it.
    edition
        The new edition, registered or loaded.

    Raises
    ------
    MethodError
        Rule ``format`` when a record is not a result; ``empty_slot`` when the edition has no readable grid.
    """
    grid = edition.levels
    for data in _parsed(results):
        yield _again(data, edition, grid)


@dataclass(frozen=True, slots=True)
class Regraded:
    """One stored result under another policy: customs' grade and the measures proposed, before and after.

    Grades and measures are None where no table was in force.
    """

    inputs_sha256: str
    level: str
    before: str | None
    after: str | None
    measures_before: tuple[str, ...] | None
    measures_after: tuple[str, ...] | None

    @property
    def changed(self) -> bool:
        """Whether grade or measures differ."""
        return (self.before, self.measures_before) != (self.after, self.measures_after)


def regrade(results: Iterable[Mapping[str, Any] | bytes | str], policy: Policy, *, day: str = "") -> Iterator[Regraded]:
    """Customs' grades of stored results under another policy as it stands on an ISO day (empty: its latest table).

    Levels do not depend on a policy and stay as they are.

    Raises
    ------
    MethodError
        Rule ``format`` when a record is not a result.
    """
    for data in _parsed(results):
        spread, told = data["uncertainty"], data["grade"]
        upper = max(data["level"], spread["level_at_p95"] if spread else data["level"], key=LEVELS.index)
        graded = policy.grade(data["level"], upper, day=day)
        yield Regraded(
            inputs_sha256=data["inputs_sha256"], level=data["level"], before=told["code"] if told else None,
            after=graded.grade if graded else None,
            measures_before=tuple(m["code"] for m in told["proposed_measures"]) if told else None,
            measures_after=graded.measures if graded else None,
        )  # fmt: skip


def _parsed(results: Iterable[Mapping[str, Any] | bytes | str]) -> Iterator[Mapping[str, Any]]:
    for n, record in enumerate(results):
        data = json.loads(record) if isinstance(record, bytes | str) else record
        if data.get("format") != FORMAT:
            raise_at(f"results[{n}]", "format", f"格式须为{FORMAT}", f"the format must be {FORMAT}")
        yield data


def _again(data: Mapping[str, Any], edition: Edition, grid: tuple[tuple[str, ...], ...]) -> Rescored:
    refused = _refusal(data, edition)
    found, upper, interests = [], [], []
    for scenario in data["scenarios"]:
        probability, column = scenario["probability"], scenario["severity"]["level"] - 1
        level = grid[edition.band(parse(probability["value"]))][column]
        upper.append(grid[edition.band(parse(probability["p95"]))][column])
        found.append((scenario["id"], scenario["level"], level))
        interests.append((scenario["interest"], level))
    presumed = bool(data["presumption"]) and not data["presumption"].get("rebuttal")
    precaution = data["precaution"]["level"] if data["precaution"] else None
    computed = highest([level for _, _, level in found]) if found else None
    level, basis = ("", "refused") if refused else decide(computed, presumed=presumed, precaution=precaution)
    return Rescored(
        inputs_sha256=data["inputs_sha256"], before=data["level"], after=level, basis=basis,
        p95=highest(upper) if upper else "", scenarios=tuple(found), interests=by_interest(interests), refused=refused,
    )  # fmt: skip


def _refusal(data: Mapping[str, Any], edition: Edition) -> MethodError | None:
    most = edition.most_steps or LONGEST_CHAIN
    for n, scenario in enumerate(data["scenarios"]):
        if len(scenario["steps"]) > most:
            return MethodError(f"scenarios[{n}].steps", "too_many_steps", f"步骤至多{most}个，现有{len(scenario['steps'])}个",
                               f"at most {most} steps, {len(scenario['steps'])} given")  # fmt: skip
    if data["presumption"] and not term("presumptions", data["presumption"]["clause"]).note.startswith(edition.id):
        return MethodError(
            "presumption.clause",
            "foreign_clause",
            f"该条款不属于{edition.id}",
            f"this clause is not one of {edition.id}",
        )
    return None
