"""Risk assessment methods: scenario grids with exact probabilities, uncertainty, sensitivity, residual risk. Pure.

:func:`assess` takes one document and gives one result, :func:`check` lists its faults; :func:`compare` tells two
versions apart in words; :func:`rescore` scores stored results again under another edition, :func:`regrade` under another policy; :func:`schema` publishes the
document's form.
"""

from riskmethods.assessment import Result, assess, check
from riskmethods.comparison import Comparison, compare
from riskmethods.editions import Edition, edition, scenario_methods
from riskmethods.errors import MethodError, Refused
from riskmethods.policy import Policy
from riskmethods.rescoring import Regraded, Rescored, regrade, rescore
from riskmethods.schemas import schema
from riskmethods.wording import summary

__all__ = [
    "Comparison",
    "Edition",
    "MethodError",
    "Policy",
    "Refused",
    "Regraded",
    "Rescored",
    "Result",
    "assess",
    "check",
    "compare",
    "edition",
    "regrade",
    "rescore",
    "scenario_methods",
    "schema",
    "summary",
]
