"""Risk assessment methods: scenario grids with exact probabilities, uncertainty, sensitivity, residual risk. Pure.

:func:`assess` takes one document and gives one result; :func:`compare` tells two results apart in words;
:func:`rescore` scores stored results again under another edition; :func:`schema` publishes the document's form.
"""

from riskmethods.assessment import Result, assess, check
from riskmethods.errors import MethodError, Refused

__all__ = ["MethodError", "Refused", "Result", "assess", "check"]
