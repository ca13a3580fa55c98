"""The form of an assessment document as JSON Schema (draft 2020-12), built from the same code tables that reading uses.

The file ``assessment.schema.json`` beside this module is its published copy; ``python -m riskmethods --schema`` prints it.
"""

from __future__ import annotations

import json
from typing import Any

from riskmethods.annexes import FORMS
from riskmethods.editions import DEFAULT, LEVELS, edition, scenario_methods
from riskmethods.injuries import INJURIES
from riskmethods.limits import LONGEST_TEXT
from riskmethods.reading import MOST_ITEMS
from riskmethods.records import DRAWS, FEWEST_DRAWS, FORMAT, MOST_DRAWS, SEED
from riskmethods.vocabulary import codes

Schema = dict[str, Any]
_P = {"$ref": "#/$defs/probability"}
_SHARE = {"$ref": "#/$defs/share"}
_TEXT = {"$ref": "#/$defs/text"}
_STRING = {"type": "string", "maxLength": LONGEST_TEXT}
_FULL = {"type": "string", "maxLength": LONGEST_TEXT, "pattern": r"\S"}
_GRADE = {"type": "integer", "minimum": 1, "maximum": 4}


def _object(properties: Schema, *required: str) -> Schema:
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def _code(table: str) -> Schema:
    return {"enum": list(codes(table))}


def _list(of: str, fewest: int = 0) -> Schema:
    return {"type": "array", "items": {"$ref": f"#/$defs/{of}"}, "minItems": fewest, "maxItems": MOST_ITEMS}


def _origin() -> Schema:
    return {"evidence": _code("evidence"), "source": _STRING, "author": _STRING}


def _curve(kind: str, **properties: Schema) -> Schema:
    return _object({"dist": {"const": kind}, **properties}, "dist", *properties)


def _quantities() -> Schema:
    positive = {"type": "number", "exclusiveMinimum": 0}
    return {
        "probability": {"anyOf": [{"type": "number", "exclusiveMinimum": 0, "maximum": 1},
                                  {"type": "string", "minLength": 1, "maxLength": 60}],
                        "description": "above 0 and at most 1, as entered: \"1/50\", \"2 %\", 0.02"},
        "share": {"anyOf": [{"type": "number", "minimum": 0, "maximum": 1}, {"type": "string", "minLength": 1, "maxLength": 60}]},
        "quantity": {"anyOf": [
            _P, _object({"p": _P}, "p"), _object({"low": _P, "high": _P}, "low", "high"),
            _object({"word": {"enum": [word for words in edition(DEFAULT).words[:-1] for word in words]}}, "word"),
            _curve("loguniform", low=_P, high=_P), _curve("beta", a=positive, b=positive),
            _curve("pert", min=_SHARE, mode=_P, max=_P),
            _curve("lognormal", median=_P, ef={"type": "number", "exclusiveMinimum": 1}),
            _object({"fault_tree": {"type": "object", "description": "top, gates, events: as riskmethods.faulttree.from_json takes it"}}, "fault_tree"),
        ]},
        "share_range": {"anyOf": [_SHARE, _object({"low": _SHARE, "best": _SHARE, "high": _SHARE}, "low", "best", "high")]},
    }  # fmt: skip


def _parts() -> Schema:
    weights = {
        "type": "object",
        "patternProperties": {"^[1-4]$": _P},
        "additionalProperties": False,
        "minProperties": 1,
    }
    return {
        "text": {"anyOf": [_FULL, _object({"zh": _STRING, "en": _STRING})]},
        "step": _object({"id": _STRING, "text": _TEXT, "quantity": {"$ref": "#/$defs/quantity"}, "key": _STRING, **_origin()},
                        "text", "quantity"),
        "severity": {"anyOf": [
            _GRADE, _object({"level": _GRADE, "why": _STRING, **_origin()}, "level"),
            _object({"weights": weights, "why": _STRING, **_origin()}, "weights"),
        ]},
        "scenario": _object({
            "id": _STRING, "title": {"anyOf": [_STRING, _TEXT]}, "interest": _code("interests"), "hazard": _code("hazards"),
            "injury": {"enum": [one.code for one in INJURIES]}, "user": _code("users"),
            "severity": {"$ref": "#/$defs/severity"}, "steps": _list("step", 1), "observed": _observed()}, "severity", "steps"),
        "effect": _object({"scenario": _FULL, "step": _FULL, "effectiveness": {"$ref": "#/$defs/share_range"}},
                          "scenario", "step", "effectiveness"),
        "measure": _object({
            "id": _STRING, "title": _TEXT, "kind": _code("measure_kinds"), "effects": _list("effect"),
            "severity": {"type": "object", "additionalProperties": _GRADE},
            "coverage": {"$ref": "#/$defs/share_range"}, **_origin()}, "title"),
        "annex": _object({"id": _STRING, "method": {"enum": [one.code for one in FORMS]}, "title": {"anyOf": [_STRING, _TEXT]},
                          "input": {"type": "object", "description": "the method's own fields, riskmethods.annexes.FORMS"}, **_origin()}, "method", "input"),
    }  # fmt: skip


def _observed() -> Schema:
    positive = {"type": "number", "exclusiveMinimum": 0}
    share = {**positive, "maximum": 1}
    pair = {"type": "array", "items": positive, "minItems": 2, "maxItems": 2}
    return _object({"incidents": {"type": "integer", "minimum": 0}, "units": positive, "exposed": positive,
                    "life_observed": share, "reporting": {"anyOf": [share, pair]}, "source": _STRING}, "incidents", "units")  # fmt: skip


def schema() -> Schema:
    """The schema of a document that :func:`riskmethods.assess` takes.

    What a schema cannot say (a probability in words, ids that must exist, a method's cap on steps) is refused in
    reading, with place and rule.

    >>> schema()["properties"]["method"]["enum"]
    ['eu-2024-3173', 'eu-2019-417', 'eu-2010-15', 'uk-prism-2']
    """
    texts = {"type": "object", "additionalProperties": _STRING}
    properties = {
        "format": {"const": FORMAT}, "method": {"enum": [m.id for m in scenario_methods() if m.grid], "default": DEFAULT},
        "edition": {"type": "string", "description": "the sha256 of the method's edition, pinned"},
        "policy": {"type": "string", "description": "the sha256 of headquarters' policy, pinned"},
        "date": {"type": "string", "pattern": r"^(\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01]))?$"}, "author": _STRING,
        "category": _code("categories"), "product": texts, "report": texts, "panel": {"type": "object"},
        "considerations": {"type": "object", "properties": dict.fromkeys(codes("considerations"), _STRING), "additionalProperties": False},
        "scenarios": _list("scenario"), "annexes": _list("annex"),
        "presumption": _object({"clause": _code("presumptions"), "facts": _FULL, "rebuttal": _STRING, **_origin()}, "clause", "facts"),
        "precaution": _object({"level": {"enum": list(LEVELS), "default": "serious"}, "reason": _FULL}, "reason"),
        "residual": _object({"measures": _list("measure"), "target": {"enum": list(LEVELS), "default": "low"}}),
        "draws": {"type": "integer", "minimum": FEWEST_DRAWS, "maximum": MOST_DRAWS, "default": DRAWS},
        "seed": {"type": "integer", "minimum": 0, "maximum": 2**32 - 1, "default": SEED},
        "dependence": _code("dependence"),
    }  # fmt: skip
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"urn:{FORMAT.replace('/', ':')}",
        "title": "Risk assessment document", **_object(properties), "$defs": _quantities() | _parts(),
    }  # fmt: skip


def published() -> str:
    """The text of the published file."""
    return json.dumps(schema(), ensure_ascii=False, indent=1) + "\n"
