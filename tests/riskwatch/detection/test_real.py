"""The real files, end to end: collected, counted, raised, replayed. Skipped where the data are not beside the project."""

import csv
import gzip
import io
from datetime import date
from pathlib import Path

import pytest

from riskwatch.collection import bulk, mass
from riskwatch.collection.models import Information
from riskwatch.collection.ports import sources
from riskwatch.connectors import nhtsa
from riskwatch.detection import actions, queries
from riskwatch.detection.replaying import replay

REAL = Path(__file__).parents[4] / "shared" / "data"
FILES = ("neiss_infants/neiss_infants_2002_2018.csv.gz", "toronto_fires/toronto_fires_before_2021.csv.gz", "fars_crashes/accident_2013.csv.gz",
         "fars_crashes/accident_2014.csv.gz", "kcs_import_declarations/df_syn_train_eng.csv.gz")  # fmt: skip
# In the last days of 2013 an ice storm left the city without power: people heated with fireplaces and lit candles.
QUIET, STORM = date(2013, 11, 18), date(2013, 12, 23)
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not REAL.exists(), reason="real data are not beside the project"),
]


@pytest.fixture
def collected(cast, at):
    done = {}
    for name in FILES:
        path = REAL / name
        with path.open("rb") as stream:
            chosen = bulk.choose(sources(), stream, path.name)
            done[path.name] = bulk.collect(
                stream, path.name, bulk.Batch(chosen, cast.orgs["hq"], cast["hq-registrar"], at)
            )
    return done


def test_real_statistics_go_in_are_counted_and_raise_signals_that_replay(collected, cast, detector, at):
    rows = {name: (file.source, file.rows_read, file.bad) for name, file in collected.items()}
    assert rows["neiss_infants_2002_2018.csv.gz"][:2] == ("neiss", 382_570)
    assert rows["toronto_fires_before_2021.csv.gz"][:2] == ("toronto-fires", 13_298)
    assert rows["accident_2013.csv.gz"][:2] == ("fars", 30_202)
    assert all(bad <= read / 100 for _source, read, bad in rows.values()), rows
    assert Information.objects.count() == 0
    assert len(mass.observations("exposure", at.date())[0]) == collected["df_syn_train_eng.csv.gz"].added
    national = actions.national_watch(by=detector, at=at)
    raised = []
    for week in (QUIET, STORM):
        run = actions.run_watch(national, week, by=detector, at=at)
        assert run.cells > 10
        assert run.raised <= 20
        raised += list(run.signals.order_by("place"))
    assert {s.week for s in raised} == {STORM}
    assert any("Fireplace" in s.product for s in raised)
    assert all(s.product.startswith("?") for s in raised), "no product of these files has a code, and none is guessed"
    for signal in raised[:3]:
        assert replay(signal).same
        shown = queries.behind(signal, to=cast["hq-analyst"], at=at)
        assert shown.rows
        assert all(row.original for row in shown.rows)
        assert shown.unlisted == signal.reports["total"] - len(shown.rows)


def test_real_recall_documents_without_dates_are_tested_for_unusual_shares(cast, detector, at):
    with gzip.open(
        REAL / "nhtsa_recall_documents" / "RCL_FROM_2020_2024.csv.gz", "rt", encoding="utf-8", newline=""
    ) as stream:
        rows = [row for n, row in enumerate(csv.reader(stream)) if n == 0 or n % 6 == 1]
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    batch = bulk.Batch(nhtsa.SOURCE, cast.orgs["hq"], cast["hq-registrar"], at)
    file = bulk.collect(io.BytesIO(out.getvalue().encode()), "every sixth row.csv", batch)
    run = actions.run_watch(actions.national_watch(by=detector, at=at), at.date(), by=detector, at=at)
    assert run.undated == file.added > 30_000
    assert run.raised == 5
    makes = {s.product for s in run.signals.filter(hazard="explosion")}
    assert makes & {"?CHEVROLET", "?GMC", "?CADILLAC"}, "the airbags whose inflators burst"
    assert all(replay(s).same for s in run.signals.all())
