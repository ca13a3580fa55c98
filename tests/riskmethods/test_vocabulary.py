"""Codes are stable, unique, and speak both languages; every readable cell of the injury table is reachable."""

import pytest

from riskmethods.editions import scenario_methods
from riskmethods.injuries import INJURIES, cells, severities_of
from riskmethods.vocabulary import TABLES, codes, term


@pytest.mark.parametrize("table", TABLES)
def test_terms_are_unique_bilingual_and_in_known_families(table):
    terms = TABLES[table]
    assert len({t.code for t in terms}) == len(terms)
    assert all(t.zh and t.en and not t.en.isspace() for t in terms)
    families = {t.code for t in terms} | {"very_vulnerable", "vulnerable", "e"}
    assert {t.within for t in terms} - {""} <= families


def test_every_clause_belongs_to_a_method():
    methods = [one.id for one in scenario_methods()]
    assert all(any(term("presumptions", c).note.startswith(m) for m in methods) for c in codes("presumptions"))


# From the specification's condensed table: which severities each injury has.
KNOWN = {
    "laceration": "1234", "bruise": "1234", "concussion": "234", "pinch": "134", "sprain": "123", "dislocation": "234",
    "fracture": "234", "crushing": "34", "amputation": "34", "piercing": "1234", "suffocation": "34", "drowning": "4",
    "burn": "1234", "electric_shock": "14", "eye": "1234", "ear": "1234", "poisoning": "1234", "irritation": "1234",
    "allergy": "1234", "long_term": "1234", "infection": "234",
}  # fmt: skip


def test_the_injury_table_has_these_rows():
    assert {one.code for one in INJURIES} == set(KNOWN)


@pytest.mark.parametrize("code", KNOWN)
def test_every_cell_of_the_injury_table(code):
    assert "".join(map(str, severities_of(code))) == KNOWN[code]
    assert all(cell is None or (cell.zh and cell.en) for cell in cells(code))
