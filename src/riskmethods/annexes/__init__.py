"""Calculations by other methods beside the scenarios: each with its inputs kept, worked out again whenever it is read.

An annex names a method and its inputs; :func:`calculate` gives what it says, in rows that a page or a report shows, and,
where the method yields a probability, the quantity that a scenario's step may take.

>>> found = calculate("defect_share", {"defective": "2", "tested": "50"})
>>> found.quantity
{'dist': 'beta', 'a': 2.5, 'b': 48.5}
>>> [(row.en, row.value) for row in found.rows][:2]
[('mean share', '4.9 %'), ('95 % credible interval', '0.84 % – 12.2 %')]
>>> calculate("defect_share", {"defective": "60", "tested": "50"}, place="annexes[0].input")
Traceback (most recent call last):
riskmethods.errors.MethodError: annexes[0].input.defective: must be 0 to 50, not 60
"""

from riskmethods.annexes.forms import FORMS, Field, Form, form
from riskmethods.annexes.methods import calculate
from riskmethods.annexes.said import Found, Row, Table

__all__ = ["FORMS", "Field", "Form", "Found", "Row", "Table", "calculate", "form"]
