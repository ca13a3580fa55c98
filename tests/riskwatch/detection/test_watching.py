"""From files to signals: a planted outbreak is found, accepted into a case, and its numbers come out again from the kept inputs."""

from datetime import timedelta

import pytest

from riskwatch.case.models import Enclosure, Sheet, SheetFile
from riskwatch.collection.models import Information
from riskwatch.detection import actions, entering, evidence, queries
from riskwatch.detection.models import Run, Signal
from riskwatch.detection.replaying import replay
from riskwatch.documents.actions import path_of
from riskwatch.journal.models import Entry
from riskwatch.refusals import Refusal
from tests.riskwatch.detection.conftest import LAST

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(world, detector, at):
    """The week after the outbreak, run nationally."""
    national = actions.national_watch(by=detector, at=at)
    return actions.run_watch(national, LAST, by=detector, at=at)


def test_a_planted_outbreak_is_found_once_with_its_maker_ports_and_reports(run, cast, at):
    kettles = [s for s in run.signals.all() if s.product.startswith("8516")]
    assert len(kettles) == 1, [s.cell for s in run.signals.all()]
    signal = kettles[0]
    assert signal.maker == "厂9" or signal.hazard.startswith("electrical"), signal.cell
    assert signal.observed >= 18 > signal.high
    assert {"2200", "2201", "5300"} <= set(signal.ports)
    assert signal.reports["total"] >= 18
    assert "consumer_complaint" in signal.sources
    assert str(signal.observed) in signal.why_zh
    assert str(signal.observed) in signal.why_en
    assert len(signal.series["weeks"]) == 52 == len(signal.series["lines"][0]["counts"])
    assert sum(signal.series["lines"][0]["counts"][-4:]) == signal.observed


def test_quiet_goods_are_not_flagged(run):
    assert not run.signals.filter(product__startswith="9503").exists()
    assert not run.signals.filter(product__startswith="?Oven").exists()


def test_a_source_without_products_is_shown_as_unknown_and_its_weights_are_told(run):
    burnt = [s for s in run.signals.all() if "neiss" in s.sources]
    assert burnt, [s.cell for s in run.signals.all()]
    signal = burnt[0]
    assert signal.product in ("", "?")
    assert signal.hazard in ("fire", "")
    told = signal.estimate["received:neiss"]
    assert told["cases"] > told["rows"] > told["effective"] > 1
    assert len(signal.reports["rows"]) == told["rows"]


def test_running_again_is_the_same_run_and_other_inputs_take_the_undecided_signals_place(
    run, world, collect, detector, cast, at
):
    again = actions.run_watch(run.watch, LAST, by=detector, at=at)
    assert (again.pk, Run.objects.count()) == (run.pk, 1)
    first = queries.wall(cast["hq-analyst"], at).first()
    decided = actions.dismiss(first, ground="season", reason="核对过", by=cast["hq-analyst"], at=at)
    late_reports(collect)
    later = actions.run_watch(run.watch, LAST, by=detector, at=at)
    assert later.pk != run.pk
    wall = list(queries.wall(cast["hq-analyst"], at, held=None))
    assert decided.pk in {s.pk for s in wall}
    assert len({(s.kind, s.cell_key) for s in wall}) == len(wall)
    assert not Signal.objects.filter(run=later, cell_key=decided.cell_key).exists()


def late_reports(collect):
    from riskwatch.connectors import intake
    from tests.riskwatch.detection.conftest import HEAD, table

    row = ["消费者投诉信息", "迟报", "触电", "851650", LAST.isoformat(), "LATE1", "触电", "德国", "浦江海关", "厂9"]
    collect(intake.SOURCE, table(HEAD, [row]), name="late.csv")


def test_a_replay_from_the_kept_inputs_gives_every_digit(run):
    for signal in run.signals.all():
        done = replay(signal)
        assert done.same, done.differs


def test_changed_inputs_cannot_be_replayed_unnoticed(run):
    signal = run.signals.first()
    path = evidence.path_of(run.inputs)
    body = path.read_bytes()
    try:
        other = evidence.read(run.inputs)
        other.evidence.sources[0].series[0, -1] += 1
        path.unlink()
        evidence.keep(evidence.Inputs(other.evidence, other.declared))
        fake = evidence.path_of(evidence.Inputs(other.evidence, other.declared).sha256)
        fake.rename(path) if fake != path else None
        with pytest.raises(Refusal) as refused:
            replay(signal)
        assert refused.value.code in ("inputs_changed", "inputs_unreadable")
    finally:
        path.write_bytes(body)


def test_accepting_opens_a_case_with_everything_behind_the_signal(run, cast, at):
    signal = next(s for s in run.signals.all() if s.product.startswith("8516"))
    folder = actions.accept(signal, owner=cast.orgs["hq"], title="电热水壶漏电", by=cast["hq-analyst"], at=at)
    signal.refresh_from_db()
    assert (signal.state, signal.folder) == ("accepted", folder)
    inside = set(Enclosure.objects.filter(folder=folder).values_list("sheet", flat=True))
    assert inside == set(signal.reports["sheets"])
    acts = set(Entry.objects.filter(strand__key=folder.strand).values_list("act", flat=True))
    assert {"folder.open", "signal.accept"} <= acts
    with pytest.raises(Refusal) as refused:
        actions.dismiss(signal, ground="chance", reason="晚了", by=cast["hq-analyst"], at=at)
    assert refused.value.code == "conflict"


def test_rows_of_a_mass_source_enter_the_register_with_their_source_row(run, cast, at):
    signal = next(s for s in run.signals.all() if "neiss" in s.sources)
    before = Sheet.objects.filter(kind="information").count()
    folder = actions.accept(signal, owner=cast.orgs["hq"], title="火灾伤害增多", by=cast["hq-analyst"], at=at)
    pieces = Information.objects.filter(source="neiss")
    assert pieces.count() == len(signal.reports["rows"]) == Sheet.objects.filter(kind="information").count() - before
    piece = pieces.first()
    assert piece.original["id"] in piece.external_id
    assert piece.commodity_code == ""
    assert piece.file is not None
    inside = set(Enclosure.objects.filter(folder=folder).values_list("sheet", flat=True))
    assert inside == {*pieces.values_list("pk", flat=True), *signal.reports["sheets"]}


def test_an_entered_row_does_not_count_twice(run, cast, at, detector):
    signal = next(s for s in run.signals.all() if "neiss" in s.sources)
    actions.accept(signal, owner=cast.orgs["hq"], title="火灾伤害增多", by=cast["hq-analyst"], at=at)
    again = actions.run_watch(run.watch, LAST, by=detector, at=at)
    same = again.signals.filter(cell_key=signal.cell_key).first() or signal
    assert same.observed == signal.observed


def test_a_watch_without_history_says_so_and_raises_nothing(cast, at, detector):
    national = actions.national_watch(by=detector, at=at)
    run = actions.run_watch(national, LAST, by=detector, at=at)
    assert (run.short, run.raised) == ("no_history", 0)
    assert actions.run_watch(national, LAST, by=detector, at=at).pk == run.pk


def test_a_week_ahead_is_refused(cast, at, detector):
    national = actions.national_watch(by=detector, at=at)
    with pytest.raises(Refusal) as refused:
        actions.run_watch(national, at.date() + timedelta(days=14), by=detector, at=at)
    assert refused.value.code == "week_ahead"


def test_an_interrupted_run_leaves_nothing_and_the_next_one_is_whole(world, detector, at):
    national = actions.national_watch(by=detector, at=at)

    def stop(text):
        if Run.objects.exists() or text == "记录信号":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        actions.run_watch(national, LAST, by=detector, at=at, progress=stop)
    assert not Run.objects.exists()
    assert not Signal.objects.exists()
    assert actions.run_watch(national, LAST, by=detector, at=at).raised
    assert Entry.objects.filter(act="watch.run").count() == 1


def test_a_case_can_be_opened_from_verified_pieces_and_both_series_are_labelled(world, detector, cast, at):
    Sheet.objects.filter(kind="information").update(stage="entered")
    run = actions.run_watch(actions.national_watch(by=detector, at=at), LAST, by=detector, at=at)
    signal = next(s for s in run.signals.all() if s.product.startswith("8516"))
    assert {f["basis"] for f in signal.findings} == {"received", "verified"}
    assert {line["basis"] for line in signal.series["lines"]} == {"received", "verified"}
    folder = actions.accept(signal, owner=cast.orgs["hq"], title="电热水壶", by=cast["hq-analyst"], at=at)
    assert Enclosure.objects.filter(folder=folder).count() == len(signal.reports["sheets"]) == signal.reports["total"]


def test_of_very_many_reports_the_newest_go_in_and_all_are_listed(run, cast, at, monkeypatch):
    monkeypatch.setattr(entering, "MOST_ROWS", 3)
    monkeypatch.setattr(entering, "MOST_SHEETS", 5)
    burnt = next(s for s in run.signals.all() if "neiss" in s.sources)
    folder = actions.accept(burnt, owner=cast.orgs["hq"], title="火灾伤害增多", by=cast["hq-analyst"], at=at)
    assert Information.objects.filter(source="neiss").count() == 3
    kettles = next(s for s in run.signals.all() if s.product.startswith("8516"))
    other = actions.accept(kettles, owner=cast.orgs["hq"], title="电热水壶", by=cast["hq-analyst"], at=at)
    assert Enclosure.objects.filter(folder=other).count() == 5
    for case, signal in ((folder, burnt), (other, kettles)):
        inside = Enclosure.objects.filter(folder=case).values("sheet")
        listed = [path_of(f.attachment.sha256).read_bytes() for f in SheetFile.objects.filter(sheet__in=inside)]
        total = len(signal.reports["rows"]) or len(signal.reports["sheets"])
        assert any(len(body.splitlines()) in (total, total + 1) for body in listed)
