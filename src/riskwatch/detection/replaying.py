"""Computing a signal again from its kept inputs, and saying whether the numbers are the same."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from riskstats.decide import decide
from riskwatch.detection import evidence, parameters, shares
from riskwatch.detection.models import Signal


@dataclass(frozen=True, slots=True)
class Replay:
    """What came out of computing a signal again.

    Attributes
    ----------
    same : bool
        Every number is the recorded one, to the last digit.
    differs : tuple of (str, str, str)
        What differs: name, recorded, computed now.
    inputs, engine : str
        The recorded fingerprint and engine.
    """

    same: bool
    differs: tuple[tuple[str, str, str], ...]
    inputs: str
    engine: str


def replay(signal: Signal) -> Replay:
    """Decide the signal's week again from the kept inputs with the recorded parameters.

    Raises
    ------
    Refusal
        The kept inputs are gone or were changed.
    """
    run = signal.run
    if signal.kind == Signal.Kind.SHARE:
        return _replay_share(signal)
    inputs = evidence.read(run.inputs)
    rules, scorer = parameters.from_json(run.parameters)
    decision = decide(inputs.evidence, rules, score=scorer, exposure=inputs.weight)
    recorded: dict[str, Any] = json.loads(signal.record)
    flags = [*decision.flags, *decision.held]
    again = next(
        (json.loads(f.to_json()) for f in flags if f.cell == signal.cell and list(f.rollup) == recorded["rollup"]), None
    )
    return _compared(signal, run.inputs, recorded, again)


def _replay_share(signal: Signal) -> Replay:
    recorded: dict[str, Any] = json.loads(signal.record)
    table = shares.read(recorded["inputs"])
    prior, scores = shares.scored(table)
    rows = (
        json.loads(shares.record_of(table, row, prior, scores))
        for row in np.flatnonzero(table.n == recorded["n"]).tolist()
    )
    again = next((r for r in rows if r["cell"] == signal.cell), None)
    return _compared(signal, recorded["inputs"], recorded, again)


def _compared(signal: Signal, inputs: str, recorded: dict[str, Any], again: dict[str, Any] | None) -> Replay:
    engine = signal.run.engine
    differs = [("engine", engine, parameters.ENGINE)] if engine != parameters.ENGINE else []
    if again is None:
        differs.append(("flag", "raised", "not raised"))
    else:
        differs += [(k, _short(recorded[k]), _short(again.get(k))) for k in recorded if recorded[k] != again.get(k)]
    return Replay(not differs, tuple(differs), inputs, engine)


def _short(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)[:200]
