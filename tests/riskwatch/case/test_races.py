"""Two people at the same moment: one wins, the other is told who and when; no number is lost, no update vanishes."""

import threading

import pytest
from django.db import close_old_connections, connection, transaction

from riskwatch.refusals import Refusal

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house(django_db_blocker):
    """Tables and cast, made anew because these tests commit."""
    from riskwatch.catalogue import loading as catalogue
    from riskwatch.doors.jobs.simulator import cast
    from riskwatch.parties import loading as parties

    parties.load()
    catalogue.load()
    return cast.make()


def _together(*jobs):
    results, gate = [None] * len(jobs), threading.Barrier(len(jobs))

    def run(number, job):
        close_old_connections()
        gate.wait()
        try:
            results[number] = job()
        except Refusal as refused:
            results[number] = refused
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    [t.start() for t in threads]
    [t.join(60) for t in threads]
    return results


def test_of_two_deciders_one_wins_and_the_other_is_told_who_and_when(house, at, told):
    from riskwatch.decision import actions as decision
    from riskwatch.doors.jobs.simulator.river import walk

    with transaction.atomic():
        done = walk(house, told[0], upto="proposed", at=at)
    results = _together(
        lambda: decision.decide(done.decision, by=house["sh-decider"], at=at),
        lambda: decision.send_back(done.decision, reason="r", by=house["hq-decider"], at=at),
    )
    refused = [r for r in results if isinstance(r, Refusal)]
    assert len(refused) == 1
    assert refused[0].code == "moved"
    assert str(house["sh-decider"]) in refused[0].reason or str(house["hq-decider"]) in refused[0].reason


def test_a_decision_and_its_paper_say_the_same_when_the_proposal_changes_meanwhile(house, at, told):
    """The decider comes while the proposal is being made anew: decided and printed is what stands, not what stood."""
    from riskwatch.decision import actions as decision
    from riskwatch.decision.models import Decision
    from riskwatch.documents.models import Paper
    from riskwatch.doors.jobs.simulator.river import walk

    with transaction.atomic():
        done = walk(house, told[0], upto="proposed", at=at)
    sheet, held, tried = done.decision, threading.Event(), threading.Event()
    anew = {"deliberation": "d", "options": "o", "conclusion": "measures", "grounds": "g", "conflict_checked": True}

    def propose_anew():
        with transaction.atomic():
            decision.send_back(sheet, reason="r", by=house["hq-decider"], at=at)
            held.set()
            tried.wait(10)
            decision.propose(sheet, measures="改为公告", by=house["sh-case_officer"], at=at, **anew)

    def decide():
        held.wait(10)
        threading.Timer(1.5, tried.set).start()
        return decision.decide(type(sheet).objects.get(pk=sheet.pk), by=house["sh-decider"], at=at)

    results = _together(propose_anew, decide)
    assert not [r for r in results if isinstance(r, Refusal)]
    row, paper = Decision.objects.select_related("sheet").get(pk=sheet.pk), Paper.objects.get(sheet_id=sheet.pk)
    assert (row.sheet.stage, row.measures) == ("decided", "改为公告")
    assert ["四、措施", "改为公告"] in paper.content["sections"]


def test_numbers_have_no_gap_and_no_twin_under_eight_writers(house, at):
    from riskwatch.documents.actions import next_number

    def take():
        found = []
        for _n in range(20):
            with transaction.atomic():
                found.append(next_number("RI", office="2200", at=at))
        return found

    results = _together(*[take] * 8)
    assert sorted(n for r in results for n in r) == list(range(1, 161))


def test_two_collectors_of_one_file_store_each_row_once(house, at):
    import io

    from riskwatch.collection import bulk
    from riskwatch.collection.models import Information
    from riskwatch.connectors import cpsc_csv

    rows = "Recall Number,Date,Recall Heading\n" + "\n".join(f"26-{n:03d},2026-01-01,Title {n}" for n in range(300))
    body = rows.encode()

    def collect(office, who):
        return lambda: bulk.collect(
            io.BytesIO(body), "a.csv", bulk.Batch(cpsc_csv.SOURCE, house.orgs[office], house[who], at)
        )

    _together(collect("sh", "sh-registrar"), collect("sz", "sz-registrar"))
    assert Information.objects.count() == 300


def test_the_journal_holds_under_twenty_writers(house, at):
    from riskwatch.journal import actions as journal
    from riskwatch.journal.verification import verify

    def write(number):
        def job():
            for _n in range(15):
                with transaction.atomic():
                    journal.write(f"folder:{number % 4}", "folder.open", by=house["sh-case_officer"], at=at)

        return job

    _together(*[write(n) for n in range(20)])
    verdict = verify()
    assert verdict.holds
    assert verdict.entries == 300
