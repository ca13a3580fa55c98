"""The regulation on quality-safety risk of import and export industrial products, as a library.

Each of its 59 places is a rule here (a function, a table, a list of required contents) or stands in
`left_to_people` with the reason. Rooms ask rules and cite them; they never name an article.

>>> import decree188
>>> decree188.by_name("lapses").cite("en")
'Decree 188 Art. 21(1)'
"""

from decree188 import assessment, collection, disposal, general, liability, measure_rules, records, scope, supervision
from decree188.basis import NotYetInForce, basis_on
from decree188.general import left_to_people
from decree188.places import PLACES, Place, place
from decree188.registry import RULES, Rule, Table, by_name, rules_at

__all__ = [
    "PLACES", "RULES", "NotYetInForce", "Place", "Rule", "Table", "assessment", "basis_on", "by_name", "collection",
    "disposal", "general", "left_to_people", "liability", "measure_rules", "place", "records", "rules_at", "scope",
    "supervision",
]
