"""A calibrated panel as a document: seed and target questions in, Cooke's weights, and how much hangs on each of them.

>>> seeds = [{"name": f"s{n}", "truth": truth, "answers": {"A": [4, 10, 30], "B": [9, 10, 11]}}
...          for n, truth in enumerate([5, 6, 8, 9, 12, 7, 13, 20, 25, 40])]
>>> panel = from_json({"seeds": seeds, "targets": [{"name": "P", "scale": "log",
...                    "answers": {"A": ["1e-4", "1e-3", "1e-2"], "B": ["2e-3", "3e-3", "4e-3"]}}]})
>>> found = panel.decide()
>>> {e: round(w, 6) for e, w in found.weights.items()}, found.equal_because
({'A': 1.0, 'B': 0.0}, '')
>>> {e: f"{s.calibration:.2g}" for e, s in found.experts.items()}
{'A': '0.68', 'B': '5.5e-10'}
>>> [f"{q:.1e}" for q in found.quantities["P"]]
['1.0e-04', '1.0e-03', '1.0e-02']
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from riskmethods.errors import raise_at
from riskmethods.inputs import distinct, fields, listed, one_of, real, text, within
from riskmethods.panels.cooke import ENOUGH_SEEDS, Decision, Item, decide, intrinsic_range

MOST_QUESTIONS, MOST_EXPERTS = 500, 100
BACKGROUNDS = ("uniform", "log")


@dataclass(frozen=True)
class Question:
    """A quantity, its background scale, every expert's three percentiles on that scale, and the truth of a seed."""

    name: str
    logarithmic: bool
    answers: Mapping[str, tuple[float, float, float]]
    truth: float | None

    def item(self, experts: Sequence[str]) -> Item:
        """The question for these experts alone: the intrinsic range is theirs."""
        answers = np.array([self.answers[e] for e in experts])
        return Item(self.name, answers, self.truth, *intrinsic_range(answers, self.truth), self.logarithmic)


@dataclass(frozen=True)
class Panel:
    """Experts, seeds and targets, checked."""

    experts: tuple[str, ...]
    seeds: tuple[Question, ...]
    targets: tuple[Question, ...]

    def decide(self) -> Decision:
        """Weights by performance, or equal ones with the reason."""
        return self._without()

    def without_seed(self) -> dict[str, Decision]:
        """Leave one seed out at a time: does one question carry the weights? With ten seeds, nine are enough here."""
        if len(self.seeds) < 2:
            raise_at("seeds", "empty", "至少两个种子问题才能逐一剔除", "two seeds are needed to leave one out")
        return {seed.name: self._without(seed=seed.name) for seed in self.seeds}

    def without_expert(self) -> dict[str, Decision]:
        """Leave one expert out at a time: does one person carry the answer?"""
        if len(self.experts) < 2:
            raise_at("experts", "empty", "至少两位专家才能逐一剔除", "two experts are needed to leave one out")
        return {expert: self._without(expert=expert) for expert in self.experts}

    def _without(self, *, seed: str = "", expert: str = "") -> Decision:
        experts = [e for e in self.experts if e != expert]
        seeds = [s.item(experts) for s in self.seeds if s.name != seed]
        enough = ENOUGH_SEEDS - 1 if seed else ENOUGH_SEEDS
        return decide(experts, seeds, [t.item(experts) for t in self.targets], enough=enough)


def from_json(document: Any, *, place: str = "") -> Panel:
    """A panel from ``{"seeds": [{"name", "truth", "answers": {expert: [q05, q50, q95]}, "scale"}], "targets": [..]}``.

    ``scale`` is the background: ``uniform`` (when left out) or ``log``, for quantities above 0. Every expert answers every
    question.

    Raises
    ------
    MethodError
        Rules ``empty`` (no seed, no expert), ``duplicate``, ``missing`` (an expert who did not answer), ``order``
        (percentiles that do not rise), ``out_of_range``, ``not_a_number``.
    """
    record = fields(document, place, needed=("seeds", "targets"))
    seeds = [
        _question(q, within(place, f"seeds[{n}]"), seed=True)
        for n, q in enumerate(listed(record["seeds"], within(place, "seeds"), most=MOST_QUESTIONS))
    ]
    targets = [
        _question(q, within(place, f"targets[{n}]"), seed=False)
        for n, q in enumerate(listed(record["targets"], within(place, "targets"), least=0, most=MOST_QUESTIONS))
    ]
    experts = tuple(seeds[0].answers)
    distinct([q.name for q in seeds], within(place, "seeds"))
    distinct([q.name for q in targets], within(place, "targets"))
    for kind, questions in (("seeds", seeds), ("targets", targets)):
        for n, question in enumerate(questions):
            fields(question.answers, within(place, f"{kind}[{n}].answers"), needed=experts)
    return Panel(experts, tuple(seeds), tuple(targets))


def _question(given: Any, place: str, *, seed: bool) -> Question:
    needed = ("name", "answers", "truth") if seed else ("name", "answers")
    record = fields(given, place, needed=needed, optional=("scale",))
    logarithmic = one_of(record.get("scale", "uniform"), BACKGROUNDS, f"{place}.scale") == "log"
    answers = record["answers"]
    if not isinstance(answers, Mapping):
        raise_at(f"{place}.answers", "not_an_object", "须是以专家为键的对象", "an object keyed by expert is needed")
    listed(list(answers), f"{place}.answers", most=MOST_EXPERTS)
    read = {
        text(e, f"{place}.answers"): _percentiles(q, f"{place}.answers.{e}", logarithmic) for e, q in answers.items()
    }
    truth = _on_scale(record["truth"], f"{place}.truth", logarithmic) if seed else None
    return Question(text(record["name"], f"{place}.name"), logarithmic, read, truth)


def _percentiles(given: Any, place: str, logarithmic: bool) -> tuple[float, float, float]:
    low, middle, high = (
        _on_scale(v, f"{place}[{n}]", logarithmic) for n, v in enumerate(listed(given, place, least=3, most=3))
    )
    if not low < middle < high:
        raise_at(place, "order", "三个分位数须依次递增", "the 5th, 50th and 95th percentile must rise")
    return low, middle, high


def _on_scale(given: Any, place: str, logarithmic: bool) -> float:
    value = real(given, place)
    if logarithmic and value <= 0:
        raise_at(
            place, "out_of_range", f"对数尺度须大于0，不能是{given}", f"on a log scale it must be above 0, not {given}"
        )
    return math.log(value) if logarithmic else value
