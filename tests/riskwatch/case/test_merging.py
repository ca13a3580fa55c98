"""Merging loses nothing, however many merges deep, and each can be undone."""

import pytest

from riskwatch.case import actions as case
from riskwatch.case import queries
from riskwatch.doors.jobs.simulator.river import walk
from riskwatch.refusals import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def chained(cast, at, told):
    """A merged into B, B merged into C."""
    walks = [walk(cast, told[n], upto="opened", at=at) for n in range(3)]
    a, b, c = (w.folder for w in walks)
    case.merge(a, b, by=cast["sh-case_officer"], at=at, reason="同一产品")
    case.merge(b, c, by=cast["sh-case_officer"], at=at, reason="同一产品")
    for folder in (a, b, c):
        folder.refresh_from_db()
    return walks


def _pieces(folder):
    return set(queries.of_folder(folder).filter(kind="information"))


def test_the_last_case_shows_every_piece_of_the_chain(chained):
    a, b, c = chained
    assert _pieces(c.folder) == {a.information, b.information, c.information}
    assert _pieces(b.folder) == {a.information, b.information}
    assert _pieces(a.folder) == {a.information}


def test_each_merge_of_a_chain_can_be_undone(chained, cast, at):
    a, b, c = chained
    case.unmerge(b.folder, by=cast["sh-case_officer"], at=at, reason="误并")
    assert _pieces(c.folder) == {c.information}
    assert _pieces(b.folder) == {a.information, b.information}
    case.unmerge(a.folder, by=cast["sh-case_officer"], at=at, reason="误并")
    assert _pieces(b.folder) == {b.information}


def test_a_chain_cannot_bite_its_tail(chained, cast, at):
    a, _b, c = chained
    with pytest.raises(Refusal):
        case.merge(c.folder, a.folder, by=cast["sh-case_officer"], at=at, reason="r")


def test_the_last_case_does_not_close_before_those_merged_into_it(chained, cast, at):
    a, b, c = chained
    officer = cast["sh-case_officer"]
    for folder in (c.folder, b.folder):
        with pytest.raises(Refusal):
            case.close(folder, by=officer, at=at, summary="s")
    for one in (a, b, c):
        case.close(one.folder, by=officer, at=at, summary="s")
