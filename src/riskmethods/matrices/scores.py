"""Methods that multiply or add ranks before a table is asked: IEC 62061's class and Fine-Kinney's score.

>>> required_sil(3, frequency=5, probability=4, avoidance=3)
'SIL2'
>>> fine_kinney("6", exposure="3", consequence="15")
Score(value=Fraction(270, 1), level='high')
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from riskmethods.errors import raise_at
from riskmethods.inputs import count, exact
from riskmethods.matrices.tables import grid

_AVOIDANCE = (1, 3, 5)
# Kinney and Wiruth, NWC TP 5865 (1976); scales and classes read in secondary accounts, which agree on them.
KINNEY_STATUS, KINNEY_SOURCE = "secondary", "Kinney and Wiruth (1976), scales and classes as in later accounts"
KINNEY_SCALES = {
    "probability": tuple(Fraction(p) for p in ("0.1", "0.2", "0.5", "1", "3", "6", "10")),
    "exposure": tuple(Fraction(e) for e in ("0.5", "1", "2", "3", "6", "10")),
    "consequence": tuple(Fraction(c) for c in ("1", "3", "7", "15", "40", "100")),
}
# A score on an edge belongs to the class above it, but for 400: work stops above it.
_CLASSES = ((200, "high"), (70, "substantial"), (20, "possible"))


def required_sil(severity: int, *, frequency: int, probability: int, avoidance: int) -> str:
    """The safety integrity level that IEC 62061 Annex A asks for: ``SIL1`` to ``SIL3``, ``OM`` (other measures), ``none``.

    Parameters
    ----------
    severity : int
        1 (reversible, first aid) to 4 (irreversible: death, loss of an eye or arm).
    frequency, probability : int
        Of exposure, and of the hazardous event, 1 to 5 each.
    avoidance : int
        1 (probable), 3 (rarely possible) or 5 (impossible).

    Raises
    ------
    MethodError
        Rules ``out_of_range``, ``not_a_count``.
    """
    se = count(severity, "severity", least=1, most=4)
    fr, pr = count(frequency, "frequency", least=1, most=5), count(probability, "probability", least=1, most=5)
    av = count(avoidance, "avoidance", least=1, most=5)
    if av not in _AVOIDANCE:
        raise_at("avoidance", "out_of_range", "避免可能性只有1、3、5", f"avoidance is 1, 3 or 5, not {av}")
    return grid("iec-62061").judge(fr + pr + av, str(se))


@dataclass(frozen=True, slots=True)
class Score:
    """A Fine-Kinney score and its class: ``stop``, ``high``, ``substantial``, ``possible``, ``low``."""

    value: Fraction
    level: str


def fine_kinney(probability: object, *, exposure: object, consequence: object) -> Score:
    """Probability times exposure times consequence, each a value of its scale.

    Raises
    ------
    MethodError
        Rules ``unknown_code`` (between the scale's values), ``out_of_range``, ``not_a_number``.
    """
    value = Fraction(1)
    for axis, given in (("probability", probability), ("exposure", exposure), ("consequence", consequence)):
        rank = exact(given, axis)
        if rank not in KINNEY_SCALES[axis]:
            known = ", ".join(f"{float(v):g}" for v in KINNEY_SCALES[axis])
            raise_at(axis, "unknown_code", f"只能取{known}", f"{given} is none of {known}")
        value *= rank
    return Score(value, kinney_class(value))


def kinney_class(score: object) -> str:
    """The class of a score.

    >>> [kinney_class(s) for s in (401, 400, 200, 70, 20, "19.9")]
    ['stop', 'high', 'high', 'substantial', 'possible', 'low']
    """
    value = exact(score, "score")
    if value > 400:
        return "stop"
    return next((name for edge, name in _CLASSES if value >= edge), "low")
