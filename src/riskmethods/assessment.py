"""One document in, one result out: level with basis, uncertainty, sensitivity, residual risk; same bytes, same result.

>>> step = lambda text, p: {"text": text, "quantity": p}
>>> chair = {"product": {"name": "folding chair"}, "scenarios": [{"severity": 1, "steps": [step("weak joint", "1"),
...     step("back folds", "1/50"), step("finger in the gap", "1/10"), step("finger is pinched", "1")]}]}
>>> result = assess(chair)
>>> result.level, result.basis, result.data["scenarios"][0]["probability"]["value"]
('low', 'computed', '1/500')
>>> result.as_json() == assess(chair).as_json()
True
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from riskmethods import faulttree
from riskmethods.annexes import calculate, form
from riskmethods.chains import Chain
from riskmethods.editions import EDGE_RULE, LEVEL_WORDS, LEVELS, Edition
from riskmethods.errors import MethodError, Refused
from riskmethods.fmea import ACTION_PRIORITY
from riskmethods.injuries import Scale, injury
from riskmethods.limits import canonical, fingerprint, load
from riskmethods.numbers import decimal, one_in, one_in_zh, percent
from riskmethods.observed import confront
from riskmethods.policy import DEFAULT, Policy
from riskmethods.propagation import propagate
from riskmethods.reading import read
from riskmethods.records import Annex, Document, Scenario
from riskmethods.residual import After, after
from riskmethods.rules import gaps, warnings
from riskmethods.scenario import Judged, by_interest, highest, judge
from riskmethods.sensitivity import examine, product_flips
from riskmethods.spreads import ScenarioSpread, Spread
from riskmethods.uncertain import to_json
from riskmethods.vocabulary import codes, term
from riskmethods.wording import summary

FORMAT = "riskmethods/result/1"
BASES = ("computed", "presumed", "precautionary")


@dataclass(frozen=True)
class Result:
    """An assessment's outcome.

    Attributes
    ----------
    document : Document
        What it follows from, read and checked.
    data : dict
        Everything, as plain values; ``as_json`` is its canonical form.
    spread : Spread or None
        The propagated uncertainty with the cloud of points for a chart; None without scenarios.
    """

    document: Document
    data: dict[str, Any]
    spread: Spread | None

    @property
    def level(self) -> str:
        """The product's level: ``low``, ``medium``, ``high`` or ``serious``."""
        return str(self.data["level"])

    @property
    def basis(self) -> str:
        """``computed``, ``presumed`` (by a clause) or ``precautionary``."""
        return str(self.data["basis"])

    @property
    def complete(self) -> bool:
        """Whether nothing is left open: every number has its evidence, source and author."""
        return not self.data["gaps"]

    def as_json(self) -> bytes:
        """The canonical bytes: equal documents give equal bytes."""
        return canonical(self.data)

    def text(self, lang: str = "zh", *, style: str = "table") -> str:
        """A plain-text summary, ``zh`` or ``en``, as ``table`` or ``narrative``."""
        return summary(self.data, lang, style=style)


@dataclass(frozen=True)
class _Scored:
    """One scenario with what was found about it."""

    scenario: Scenario
    judged: Judged
    spread: ScenarioSpread


def assess(
    document: Mapping[str, Any] | bytes | str, *, policy: Policy = DEFAULT, under: Edition | None = None
) -> Result:
    """Assess one document.

    Parameters
    ----------
    document
        JSON bytes or text, or the values parsed from it; its form is :func:`riskmethods.schema`.
    policy
        Headquarters' grade tables and scales; the default is ours.
    under
        An edition in place of the one that the document names, for scoring again under a new or a loaded grid.

    Raises
    ------
    MethodError
        :class:`~riskmethods.errors.Refused`, with every fault found in ``faults``, each with place and rule; or a plain
        one when the document exceeds a bound or is no JSON.
    """
    read_, faults = read(load(document), under=under)
    if faults or (faults := _other_policy(read_, policy)):
        raise Refused(faults)
    spread = _propagate(read_)
    scored = [_score(read_.edition, s, spread.scenarios[n]) for n, s in enumerate(read_.scenarios)] if spread else []
    computed = highest([one.judged.level for one in scored]) if scored else None
    presumed, precaution = read_.presumption, read_.precaution
    level, basis = decide(
        computed, presumed=bool(presumed and not presumed.rebuttal), precaution=precaution.level if precaution else None
    )
    data = {
        "format": FORMAT, "inputs_sha256": fingerprint(read_.as_json()), "method": _method(read_.edition),
        "policy_sha256": policy.sha256, "date": read_.date, "author": read_.author, "category": read_.category,
        "product": dict(read_.product), "level": level, "basis": basis, "computed_level": computed,
        "presumption": _presumed(read_), "precaution": precaution.as_json() if precaution else None,
        "grade": _grade(read_, level, spread, policy), "interests": _interests(scored),
        "scenarios": [_scenario(read_, one, policy) for one in scored], "uncertainty": _uncertainty(read_.edition, scored, spread),
        "residual": _residual(read_, scored), "considerations": dict(read_.considerations), "report": dict(read_.report),
        "panel": read_.panel, "warnings": [w.as_json() for w in warnings(read_)], "gaps": [g.place for g in gaps(read_)],
    }  # fmt: skip
    annexes = (
        {"annexes": [_annex(one, f"annexes[{n}].input", policy) for n, one in enumerate(read_.annexes)]}
        if read_.annexes
        else {}
    )
    return Result(read_, data | annexes | {"prism": _prism(data)}, spread)


def _annex(one: Annex, place: str, policy: Policy) -> dict[str, Any]:
    """A calculation by another method: where it comes from, the fingerprint of its inputs, what it says."""
    asked = form(one.method)
    status = (policy.priority or ACTION_PRIORITY).status if one.method == "fmea" else asked.status
    return {
        "id": one.id, "title": one.title.as_json(), "method": {"code": asked.code, "zh": asked.zh, "en": asked.en, "source": asked.source, "status": status},
        "input_sha256": fingerprint(dict(one.input)), "evidence": one.origin.evidence, "source": one.origin.source, "author": one.origin.author,
        **calculate(one.method, one.input, place=place, priority=policy.priority).as_json(),
    }  # fmt: skip


def _other_policy(document: Document, policy: Policy) -> list[MethodError]:
    """A document pins the policy that it was assessed under; another one is not slipped beneath it."""
    if document.policy in ("", policy.sha256):
        return []
    return [MethodError("policy", "policy_changed", "文件所固定的政策版本与现用版本不同；请用当时的版本，或重新评定",
                        f"the document pins another policy ({document.policy[:12]}…): use that one, or assess anew")]  # fmt: skip


def _propagate(document: Document) -> Spread | None:
    chains = [
        Chain(tuple(step.quantity for step in s.steps), dict(s.severity.weights), tuple(step.key for step in s.steps))
        for s in document.scenarios
    ]
    run = {"draws": document.draws, "seed": document.seed}
    return propagate(chains, document.edition, **run, dependence=document.dependence) if chains else None


def _score(edition: Edition, scenario: Scenario, spread: ScenarioSpread) -> _Scored:
    """The level at the exact product, or at the drawn median where a step is uncertain."""
    return _Scored(scenario, judge(edition, spread.median, scenario.severity.worst), spread)


def decide(computed: str | None, *, presumed: bool, precaution: str | None) -> tuple[str, str]:
    """The product's level and its basis: a presumption that stands, then a precaution above what was computed.

    >>> decide("low", presumed=True, precaution=None), decide("low", presumed=False, precaution="high")
    (('serious', 'presumed'), ('high', 'precautionary'))
    """
    if presumed:
        return "serious", "presumed"
    if precaution and (computed is None or LEVELS.index(precaution) > LEVELS.index(computed)):
        return precaution, "precautionary"
    assert computed is not None  # without presumption and precaution a scenario is demanded
    return computed, "computed"


def _method(one: Edition) -> dict[str, Any]:
    return {
        "id": one.id,
        "zh": one.zh,
        "en": one.en,
        "status": one.status,
        "sha256": one.sha256,
        "edge_rule": EDGE_RULE,
    }


def _presumed(document: Document) -> dict[str, Any] | None:
    if document.presumption is None:
        return None
    clause = term("presumptions", document.presumption.clause)
    return document.presumption.as_json() | {"zh": clause.zh, "en": clause.en, "place": clause.note}


def _grade(document: Document, level: str, spread: Spread | None, policy: Policy) -> dict[str, Any] | None:
    above = spread.level_at_p95 if spread else level
    graded = policy.grade(level, max(level, above, key=LEVELS.index), day=document.date)
    return graded.as_json() if graded else None


def _interests(scored: Sequence[_Scored]) -> dict[str, str | None]:
    """All five, each with its own highest level, or null where no scenario touches it."""
    found = by_interest((one.scenario.interest, one.judged.level) for one in scored)
    return {code: found.get(code) for code in codes("interests")}


# ---- one scenario ----------------------------------------------------------------------------------------------


def _scenario(document: Document, one: _Scored, policy: Policy) -> dict[str, Any]:
    scenario, judged = one.scenario, one.judged
    words = {"hazard": ("hazards", scenario.hazard), "user": ("users", scenario.user)}
    named = {key: term(table, code).as_json() for key, (table, code) in words.items() if code}
    hurt = {"injury": {"code": i.code, "zh": i.zh, "en": i.en}} if (i := _injury(scenario)) else {}
    return {
        "id": scenario.id, "title": scenario.title.as_json(), "interest": scenario.interest, **named, **hurt,
        "steps": [_step(document, step) for step in scenario.steps], "severity": _severity(document, scenario, policy),
        "probability": _probability(document.edition, one, policy.scale(scenario.interest)), "level": judged.level, "edge": judged.edge,
        "level_across_edge": judged.other_level if judged.edge else None,
        "flags": [{"code": f.code, "zh": f.zh, "en": f.en} for f in judged.flags],
        "spread": one.spread.as_json(),
        "sensitivity": examine(document.edition, scenario, judged.probability).as_json(),
        **({"observed": confront(scenario).as_json()} if scenario.observed else {}),
    }  # fmt: skip


def _injury(scenario: Scenario) -> Any:
    return injury(scenario.injury) if scenario.injury else None


def _step(document: Document, step: Any) -> dict[str, Any]:
    """A step as entered, with its point or median, and where the number comes from."""
    author = step.origin.author or document.author
    return {
        "id": step.id, "text": step.text.as_json(), "entered": to_json(step.quantity),
        "p": str(step.central) if step.certain else decimal(step.central), "certain": step.certain, "key": step.key,
        "evidence": step.origin.evidence, "source": step.origin.source, "author": author,
        **({"fault_tree": faulttree.analyse(faulttree.from_json(step.tree)).as_json()} if step.tree else {}),
    }  # fmt: skip


def _severity(document: Document, scenario: Scenario, policy: Policy) -> dict[str, Any]:
    severity, scale = scenario.severity, policy.scale(scenario.interest)
    cell = injury(scenario.injury).cells[severity.worst - 1] if scenario.injury else None
    return {
        "level": severity.worst, "weights": {str(k): str(w) for k, w in severity.weights}, "why": severity.why,
        "meaning": scale.levels[severity.worst - 1].as_json(), "policy_scale": scale.policy, "scale_source": scale.source,
        "injury_cell": cell.as_json() if cell else None, "evidence": severity.origin.evidence,
        "source": severity.origin.source, "author": severity.origin.author or document.author,
    }  # fmt: skip


def _probability(edition: Edition, one: _Scored, scale: Scale) -> dict[str, Any]:
    """The exact product, or the drawn median; with band and words, and the policy's own words where it has them."""
    p, band, certain = one.judged.probability, one.judged.band, one.scenario.certain
    return {
        "value": str(p) if certain else decimal(p), "kind": "product" if certain else "median", "decimal": decimal(p),
        "percent": percent(p), "one_in": {"zh": one_in_zh(p), "en": one_in(p)}, "band": band,
        "band_words": {"zh": edition.band_words(band, "zh"), "en": edition.band_words(band)},
        "p95": str(one.spread.p95) if certain else decimal(one.spread.p95),
        **({"policy_words": scale.likelihood[band].as_json()} if len(scale.likelihood) > band else {}),
    }  # fmt: skip


# ---- the whole -------------------------------------------------------------------------------------------------


def _uncertainty(edition: Edition, scored: Sequence[_Scored], spread: Spread | None) -> dict[str, Any] | None:
    """The product's spread and what would change its level; None where nothing was computed."""
    if spread is None:
        return None
    whole = {k: v for k, v in spread.as_json().items() if k not in ("scenarios", "cloud", "method")}
    flips = product_flips(edition, [(one.scenario, one.judged.probability) for one in scored])
    return whole | {"flips": [flip.as_json() for flip in flips]}


def _residual(document: Document, scored: Sequence[_Scored]) -> dict[str, Any] | None:
    """Level before, after and for units not reached, per scenario and for the product."""
    if document.residual is None or not scored:
        return None
    rows: list[After] = [
        after(document.edition, one.scenario, one.judged.probability, document.residual) for one in scored
    ]
    return {
        "target": document.residual.target, "measures": [m.as_json() for m in document.residual.measures],
        "before": highest([row.before for row in rows]), "after": highest([row.levels["best"] for row in rows]),
        "pessimistic": highest([row.levels["pessimistic"] for row in rows]),
        "optimistic": highest([row.levels["optimistic"] for row in rows]),
        "reached": highest([row.reached for row in rows]), "unreached": highest([row.before for row in rows]),
        "scenarios": [row.as_json() for row in rows],
    }  # fmt: skip


def _prism(data: Mapping[str, Any]) -> dict[str, Any]:
    """The outcome as PRISM reports it: level, statement of uncertainty, population considerations, kept apart."""
    said, spread = data["considerations"], data["uncertainty"]
    computed = {k: spread[k] for k in ("level_at_median", "level_at_p95", "levels", "shares")} if spread else None
    return {
        "level": data["level"], "level_words": dict(zip(("zh", "en"), LEVEL_WORDS[data["level"]], strict=True)),
        "uncertainty": {"stated": said.get("uncertainty", ""), "computed": computed},
        "population": {code: said.get(code, "") for code in codes("considerations") if code != "uncertainty"},
    }  # fmt: skip


def check(document: Mapping[str, Any] | bytes | str) -> list[MethodError]:
    """Every fault of a document, without assessing it; empty when it may be assessed.

    >>> [str(fault) for fault in check({"scenarios": []})]
    ['scenarios: at least one scenario is needed']
    """
    try:
        return read(load(document))[1]
    except MethodError as fault:
        return [fault]
