"""The calculation behind every annex method: inputs read, the library's own function asked, what it says in rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from riskmethods.annexes import data, judged
from riskmethods.annexes.forms import form
from riskmethods.annexes.said import Found, Given
from riskmethods.errors import raise_at
from riskmethods.fmea import PriorityTable

Calculation = Callable[[Given], Found]
_BY_CODE: Mapping[str, Calculation] = {
    "fault_tree": judged.fault_tree, "incident_rate": data.incident_rate, "defect_share": data.defect_share, "expert_prior": data.expert_prior,
    "conflict": data.conflict, "expected_cases": data.expected_cases, "prevalence": data.prevalence, "lot": data.lot,
    "national_estimate": data.national_estimate, "chemicals": judged.chemicals, "dose": judged.dose, "excess_risk": judged.excess_risk,
    "ahp": judged.ahp, "matrix": judged.matrix, "iec_62061": judged.iec_62061, "fine_kinney": judged.fine_kinney,
}  # fmt: skip


def calculate(method: object, inputs: Any, *, place: str = "", priority: PriorityTable | None = None) -> Found:
    """What a method says about its inputs.

    Parameters
    ----------
    method
        A code of :data:`riskmethods.annexes.FORMS`.
    inputs
        An object with the method's fields; numbers may be texts (``"1/50"``, ``"2 %"``), empty texts count as absent.
    place
        Where the inputs stand, for what is refused.
    priority
        FMEA's action priorities; the library's own, unverified, unless given.

    Raises
    ------
    MethodError
        With place and rule of the input at fault, as the method's own function raises it.
    """
    asked = form(method)
    if not isinstance(inputs, Mapping):
        raise_at(place, "not_an_object", "须是对象", "an object is needed")
    given = Given(inputs, place)
    given.refuse_unknown(asked.keys)
    if asked.code == "fmea":
        return judged.fmea(given, priority)
    return _BY_CODE[asked.code](given)
