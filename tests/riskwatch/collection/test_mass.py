"""Statistics by the hundred thousand: kept once beside the register, bad rows told, a killed run leaves nothing half."""

import io

import pytest

from riskwatch.collection import actions, bulk, mass
from riskwatch.collection.models import Information, SourceFile
from riskwatch.connectors import declarations, fars, neiss, toronto_fires
from riskwatch.refusals import Refusal

pytestmark = pytest.mark.django_db
NEISS = "id,weight,date,age,sex,race,disposition,location,fire,alcohol,drugs,stratum,psu\n"
FIRES = "_id,area_of_origin,ignition_source,possible_cause,final_incident_type,tfs_alarm_time\n"
GOOD = "1,15.5,2026-01-05,8,M,,1,1,0,,,V,41\n2,80.25,2026-01-06,9,F,,8,1,1,,,S,5\n"


@pytest.fixture
def take(cast, at):
    def taken(source, text, *, name="x.csv", office="hq", by="hq-registrar"):
        batch = bulk.Batch(source, cast.orgs[office], cast[by], at)
        return bulk.collect(io.BytesIO(text.encode()), name, batch)

    return taken


def kept(at, kind="observations"):
    return mass.observations(kind, at.date())


def test_rows_are_kept_beside_the_register_with_weight_and_without_a_product(take, at):
    file = take(neiss.SOURCE, NEISS + GOOD)
    assert (file.added, file.known, file.bad, Information.objects.count()) == (2, 0, 0, 0)
    table, undated = kept(at)
    assert undated == 0
    assert table.column("weight").to_pylist() == [15.5, 80.25]
    assert set(table.column("product").to_pylist()) == {""} == set(table.column("commodity_code").to_pylist())
    assert table.column("hazard").to_pylist() == ["", "fire"]


def test_bad_rows_are_told_with_place_field_and_reason_and_the_others_are_kept(take, at):
    bad = "3,inf,2026-01-05,8,M,,1,1,,,,V,41\n4,-1,2026-01-05,8,M,,1,1,,,,V,41\n5,1,2026-02-30,8,M,,1,1,,,,V,41\n6,1,2026-01-05,8,M,,7,1,,,,V,41\n,1,2026-01-05,8,M,,1,1,,,,V,41\n"
    file = take(neiss.SOURCE, NEISS + GOOD + bad)
    assert (file.rows_read, file.added, file.bad) == (7, 2, 5)
    told = [(b.position, b.field) for b in file.bad_rows.order_by("pk")]
    assert told == [
        ("第4行", "weight"),
        ("第5行", "weight"),
        ("第6行", "date"),
        ("第7行", "disposition"),
        ("第8行", "id"),
    ]


def test_twice_adds_nothing_and_a_row_in_two_files_counts_once(take, at):
    for _twice in range(2):
        take(neiss.SOURCE, NEISS + GOOD)
    assert SourceFile.objects.count() == 1
    more = take(neiss.SOURCE, NEISS + GOOD + "3,2,2026-01-07,8,M,,1,1,,,,V,41\n", name="y.csv")
    assert (more.added, more.known) == (1, 2)
    assert len(kept(at)[0]) == 3


def test_a_run_that_is_killed_leaves_nothing_counted_and_the_next_one_begins_anew(take, at, monkeypatch):
    whole = mass.pq.ParquetWriter.close

    def die(self):
        whole(self)
        raise KeyboardInterrupt

    monkeypatch.setattr(mass.pq.ParquetWriter, "close", die)
    with pytest.raises(KeyboardInterrupt):
        take(neiss.SOURCE, NEISS + GOOD)
    assert len(kept(at)[0]) == 0
    monkeypatch.undo()
    assert take(neiss.SOURCE, NEISS + GOOD).added == 2
    assert len(kept(at)[0]) == 2


def test_a_kept_file_that_is_gone_is_refused_because_counts_would_be_wrong(take, at):
    file = take(neiss.SOURCE, NEISS + GOOD)
    mass.path_of(file.source, file.sha256).unlink()
    with pytest.raises(Refusal) as refused:
        kept(at)
    assert refused.value.code == "rows_missing"


def test_a_fires_product_is_the_citys_word_or_nothing(take, at):
    rows = ("1.0,x,12 - Oven,52 - Electrical Failure,01 - Fire,2026-01-05 10:00:00+00:00\n"
            "2.0,x,9990 - Under Investigation,99 - Undetermined,02 - Explosion,2026-01-05 10:00:00+00:00\n"
            "3.0,x,Oven,52,01 - Fire,2026-01-05 10:00:00+00:00\n")  # fmt: skip
    file = take(toronto_fires.SOURCE, FIRES + rows)
    assert (file.added, file.bad) == (2, 1)
    table = kept(at)[0]
    assert table.column("product").to_pylist() == ["Oven", ""]
    assert table.column("hazard").to_pylist() == ["fire", "explosion"]


def test_a_crash_names_no_product_and_a_wrong_day_is_told(take, at):
    head = "ST_CASE,VE_TOTAL,PERSONS,DAY,MONTH,YEAR,HARM_EV,FATALS\n"
    file = take(fars.SOURCE, head + "10001,1,2,6,1,2013,42,2\n10002,1,2,31,2,2013,42,1\n10003,1,2,6,1,2013,2,1\n")
    assert (file.added, file.bad) == (2, 1)
    assert kept(at)[0].column("hazard").to_pylist() == ["", "fire"]


def test_declarations_are_exposure_and_never_observations(take, at):
    head = "Declaration ID,Date,HS6 Code,Country of Origin,Importer ID,Net Mass\n"
    file = take(
        declarations.SOURCE, head + "1,2020-01-01,30420,DE,A,1.0\n2,2020-01-01,851650,ZZ,A,1\n3,2020-01-01,12,DE,A,1\n"
    )
    assert (file.added, file.bad) == (2, 1)
    assert len(kept(at)[0]) == 0
    table = kept(at, "exposure")[0]
    assert table.column("commodity_code").to_pylist() == ["030420", "851650"]
    assert table.column("origin").to_pylist() == ["DEU", ""]


def test_a_row_is_entered_once_with_its_original_and_only_by_someone_in_post(take, cast, at):
    file = take(neiss.SOURCE, NEISS + GOOD)
    refs = [("neiss", file.sha256, 1), ("neiss", file.sha256, 0)]
    for _twice in range(2):
        sheets = actions.enter_rows(refs, cast.orgs["sh"], by=cast["sh-case_officer"], at=at)
    assert [s.owner for s in sheets] == [cast.orgs["sh"]] * 2
    assert Information.objects.count() == 2
    assert Information.objects.get(external_id="neiss:2").original["weight"] == "80.25"
    with pytest.raises(Refusal):
        actions.enter_rows(refs, cast.orgs["sh"], by=cast["sz-case_officer"], at=at)


def test_a_stranger_may_not_collect_statistics(take):
    with pytest.raises(Refusal):
        take(neiss.SOURCE, NEISS + GOOD, office="sh", by="firm-staff")
