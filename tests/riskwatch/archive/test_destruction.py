"""Destruction leaves no word anywhere, spares what others keep, and every kind of record has its way to go."""

import importlib
import json
import zipfile
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from riskwatch.archive import actions as archive
from riskwatch.archive.models import ArchiveItem
from riskwatch.archive.ports import by_kind, holdings
from riskwatch.assessment import triggers
from riskwatch.case import actions as case
from riskwatch.case import desk, queries
from riskwatch.case.models import Folder, Sheet
from riskwatch.case.sheets import attach
from riskwatch.case.words import KINDS
from riskwatch.collection import actions as collection
from riskwatch.collection.models import Identity, Information
from riskwatch.documents import actions as documents
from riskwatch.doors.jobs.simulator.river import walk
from riskwatch.doors.portal.ports import hand_in
from riskwatch.followup import actions as followup
from riskwatch.journal.packaged import verify_package
from riskwatch.journal.verification import verify
from riskwatch.measures import actions as measures
from riskwatch.measures import filing, served
from riskwatch.refusals import Refusal

pytestmark = pytest.mark.django_db
LATE = timedelta(days=4 * 366)
# What outlives the files: what was published, the partner's own memory, counters and sessions.
OUTSIDE = {"disclosure_publication", "eciq_twininstruction", "django_migrations", "cache", "procrastinate_jobs"}


def _upload(body, name):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, body)


def _where(word):
    """Every table and column of the database in which a word still stands."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' AND data_type IN "
            "('text', 'character varying', 'jsonb', 'json', 'ARRAY', 'tsvector')"
        )
        for table, column in cursor.fetchall():
            if table in OUTSIDE:
                continue
            cursor.execute(f'SELECT count(*) FROM "{table}" WHERE "{column}"::text LIKE %s', [f"%{word}%"])
            if cursor.fetchone()[0]:
                found.append(f"{table}.{column}")
    return found


def _closed(cast, at, done):
    """Bring a walked case with a notice to its end."""
    day = timedelta(days=1)
    officer = cast["sh-case_officer"]
    served.acknowledge(done.measure, by=cast["firm-staff"], at=at + 2 * day)
    measures.lift(done.measure, reason="琥珀风险消失", by=cast["sh-issuer"], at=at + 3 * day)
    for sheet in done.measure.effects.filter(kind="duty"):
        followup.release_duty(sheet, reason="琥珀解除", by=officer, at=at + 3 * day)
    for sheet in done.measure.effects.filter(kind="filing"):
        filing.send(sheet, summary="琥珀概要", by=officer, at=at + 3 * day)
        filing.receipt(sheet, by=cast["hq-registrar"], at=at + 3 * day)
    for sheet in Sheet.objects.filter(folder=done.folder, kind="reassessment_due"):
        triggers.decline(sheet, reason="琥珀已考虑", by=officer, at=at + 4 * day)
    case.close(done.folder, by=officer, at=at + 4 * day, summary="琥珀小结")
    done.folder.refresh_from_db()
    return archive.file_folder(done.folder, retention_class="ordinary", by=cast["sh-archivist"], at=at + 5 * day)


def _destroy(cast, item, at):
    archive.appraise(item, destroy=True, appraisal="无保存价值", by=cast["sh-archivist"], at=at)
    archive.approve_destruction(item, by=cast["sh-approver"], at=at)
    return archive.destroy(item, by=cast["sh-decider"], at=at)


def _telling(event):
    from dataclasses import replace

    facts = {k: (f"琥珀{v}" if isinstance(v, str) and k in ("text", "product", "brand", "model", "batch", "hazard_text") else v)
             for k, v in event.facts.items()}  # fmt: skip
    return replace(event, title=f"琥珀{event.title}", facts=facts | {"injuries": "琥珀受伤"})


def test_after_destruction_no_word_is_left_anywhere_and_the_journal_still_holds(cast, at, told):
    done = walk(cast, _telling(told[0]), upto="issued", at=at)
    attach(done.information, [_upload("琥珀证据".encode(), "琥珀.txt")], by=cast["sh-registrar"], at=at)
    again = walk(cast, _telling(told[1]), upto="verified", at=at).information
    case.enclose(done.folder, [again], by=cast["sh-case_officer"], at=at)
    assert done.folder.sheets.filter(kind="reassessment_due").exists()
    case.recuse(done.folder, cast["pj-verifier"], by=cast["pj-verifier"], at=at, reason="琥珀亲属")
    item = _closed(cast, at, done)
    assert _where("琥珀")
    _destroy(cast, item, at + LATE)
    assert _where("琥珀") == []
    assert _where("无保存价值") != []  # why it was destroyed stays with the item
    assert verify().holds
    for sheet in queries.of_folder(done.folder):
        fresh = Sheet.objects.get(pk=sheet.pk)
        assert fresh.destroyed_at
        assert len(desk.facts(fresh, "full")) == 1
    assert Folder.objects.get(pk=done.folder.pk).state == "destroyed"
    certificate = ArchiveItem.objects.get(pk=item.pk).certificate
    assert certificate["records"] == queries.of_folder(done.folder).count()
    assert certificate["appraised_by"] == str(cast["sh-archivist"])


def test_what_lies_in_another_case_stays_whole_and_its_file_can_be_read(
    cast, at, told, django_capture_on_commit_callbacks
):
    done = walk(cast, told[0], upto="issued", at=at)
    attach(done.information, [_upload(b"shared evidence", "a.txt")], by=cast["sh-registrar"], at=at)
    attach(done.assessment, [_upload(b"evidence of the case alone", "b.txt")], by=cast["sh-case_officer"], at=at)
    other = case.open_folder(
        title="另案", owner=cast.orgs["sh"], direction="", sheets=[done.information], by=cast["sh-case_officer"], at=at
    )
    item = _closed(cast, at, done)
    text = Information.objects.get(pk=done.information.pk).text
    with django_capture_on_commit_callbacks(execute=True):
        _destroy(cast, item, at + LATE)
    fresh = Sheet.objects.get(pk=done.information.pk)
    assert fresh.destroyed_at is None
    assert fresh.title == done.information.title
    assert Information.objects.get(pk=fresh.pk).text == text
    assert documents.read(fresh.files.get().attachment) == b"shared evidence"
    assert fresh.effects.get(kind="verification").title == done.information.title
    assert fresh in queries.of_folder(other)
    with pytest.raises(Refusal) as gone:
        documents.read(done.assessment.files.get().attachment)
    assert gone.value.code == "destroyed"
    assert ArchiveItem.objects.get(pk=item.pk).certificate["spared"] == 1


def test_the_same_bytes_held_by_another_record_stay_readable(cast, at, told, django_capture_on_commit_callbacks):
    first, second = (walk(cast, told[n], upto="entered", at=at).information for n in (0, 1))
    for sheet in (first, second):
        attach(sheet, [_upload(b"the same photograph", "p.txt")], by=cast["sh-registrar"], at=at)
    item = archive.file_information(first, retention_class="ordinary", by=cast["sh-archivist"], at=at)
    with django_capture_on_commit_callbacks(execute=True):
        _destroy(cast, item, at + LATE)
    assert documents.read(second.files.get().attachment) == b"the same photograph"


def test_a_reporters_sealed_identity_and_receipt_go_with_the_report(cast, at):
    from riskwatch.disclosure.models import ReceiptState

    number, _secret = hand_in(cast.orgs["sh"], title="琥珀", facts={"product": "水壶", "text": "琥珀"},
                              who={"name": "某人", "proof": "360426199101010071"}, files=[], at=at)  # fmt: skip
    sheet = Sheet.objects.get(number=number)
    collection.answer(sheet, text="琥珀答复", by=cast["sh-registrar"], at=at)
    ReceiptState.objects.filter(number=number).update(answer="琥珀答复")
    collection.withdraw(sheet, reason="琥珀", by=cast["sh-registrar"], at=at)
    item = archive.file_information(sheet, retention_class="ordinary", by=cast["sh-archivist"], at=at)
    package = documents.read(ArchiveItem.objects.get(pk=item.pk).package)
    assert b"sealed" not in package
    _destroy(cast, item, at + LATE)
    row = Identity.objects.get(information=sheet.pk)
    assert row.destroyed_at == at + LATE
    assert bytes(row.sealed) == b""
    assert row.secret_digest == ""
    assert _where("琥珀") == []


def test_a_collected_file_goes_with_its_last_piece_and_reading_it_again_brings_nothing_back(
    cast, at, django_capture_on_commit_callbacks
):
    import io

    from riskwatch.collection import bulk
    from riskwatch.connectors import intake
    from riskwatch.verification.actions import verify_batch

    body = "来源,标题,内容,外部编号\n媒体舆情信息,琥珀甲,琥珀一,X1\n媒体舆情信息,琥珀乙,琥珀二,X2\n".encode()
    batch = bulk.Batch(intake.SOURCE, cast.orgs["sh"], cast["sh-registrar"], at)
    file = bulk.collect(io.BytesIO(body), "琥珀.csv", batch)
    first, second = Sheet.objects.filter(kind="information").order_by("pk")
    verify_batch(
        [first.pk, second.pk], cast.orgs["sh"], result="refuted", method="m", sample="s", by=cast["sh-approver"], at=at
    )
    items = []
    for sheet in (first, second):
        sheet.refresh_from_db()
        items.append(archive.file_information(sheet, retention_class="ordinary", by=cast["sh-archivist"], at=at))
    with django_capture_on_commit_callbacks(execute=True):
        _destroy(cast, items[0], at + LATE)
    assert documents.read(file.file) == body
    with django_capture_on_commit_callbacks(execute=True):
        _destroy(cast, items[1], at + LATE)
    file.file.refresh_from_db()
    with pytest.raises(Refusal):
        documents.read(file.file)
    assert _where("琥珀") == []
    again = bulk.collect(io.BytesIO(body + b"\n"), "again.csv", batch)
    assert again.added == 0
    assert _where("琥珀一") == []


def test_a_single_piece_that_lies_in_a_case_is_not_destroyed_by_itself(cast, at, told):
    info = walk(cast, told[0], upto="entered", at=at).information
    item = archive.file_information(info, retention_class="ordinary", by=cast["sh-archivist"], at=at)
    case.open_folder(title="t", owner=cast.orgs["sh"], direction="", sheets=[info], by=cast["sh-case_officer"], at=at)
    archive.appraise(item, destroy=True, appraisal="x", by=cast["sh-archivist"], at=at + LATE)
    archive.approve_destruction(item, by=cast["sh-approver"], at=at + LATE)
    with pytest.raises(Refusal) as refused:
        archive.destroy(item, by=cast["sh-decider"], at=at + LATE)
    assert refused.value.code == "in_case"
    assert Information.objects.get(pk=info.pk).text


def test_a_piece_kept_as_an_item_on_hold_outlives_its_case(cast, at, told):
    done = walk(cast, told[0], upto="issued", at=at)
    item = _closed(cast, at, done)
    own = Sheet.objects.create(kind="archive_item", owner=cast.orgs["sh"], stage="kept", title="t", made_by=cast["sh-archivist"],
                               made_at=at, moved_by=cast["sh-archivist"], moved_at=at)  # fmt: skip
    ArchiveItem.objects.create(sheet=own, holds_sheet=done.information, retention="ordinary", closed_on=at.date(),
                               keep_until=at.date(), on_hold=True)  # fmt: skip
    _destroy(cast, item, at + LATE)
    assert Sheet.objects.get(pk=done.information.pk).destroyed_at is None
    assert Information.objects.get(pk=done.information.pk).text


def test_a_case_merged_in_goes_too_unless_it_is_archived_by_itself(cast, at, told):
    main, merged, apart = (walk(cast, told[n], upto="issued", at=at) for n in (0, 1, 2))
    for one in (merged, apart):
        case.merge(one.folder, main.folder, by=cast["sh-case_officer"], at=at, reason="同一产品")
        one.folder.refresh_from_db()
    kept = _closed(cast, at, apart)
    _closed_only(cast, at, merged)
    item = _closed(cast, at, main)
    archive.hold(kept, on_hold=True, reason="诉讼", by=cast["sh-archivist"], at=at)
    _destroy(cast, item, at + LATE)
    assert Folder.objects.get(pk=merged.folder.pk).state == "destroyed"
    assert Sheet.objects.get(pk=merged.decision.pk).destroyed_at
    assert Folder.objects.get(pk=apart.folder.pk).state == "archived"
    assert Information.objects.get(pk=apart.information.pk).text


def _closed_only(cast, at, done):
    item = _closed(cast, at, done)
    ArchiveItem.objects.filter(pk=item.pk).delete()
    Folder.objects.filter(pk=done.folder.pk).update(state="closed")


def test_the_package_of_a_case_holds_every_strand_and_a_missing_one_shows(cast, at, told, tmp_path):
    done = walk(cast, told[0], upto="issued", at=at)
    item = _closed(cast, at, done)
    body = documents.read(ArchiveItem.objects.get(pk=item.pk).package)
    path = tmp_path / "package.zip"
    path.write_bytes(body)
    assert verify_package(path) is None
    task = done.information.effects.get(kind="verification")
    with zipfile.ZipFile(path) as parcel:
        parts = {n: parcel.read(n) for n in parcel.namelist()}
    lines = [json.loads(line) for line in parts["journal.jsonl"].decode().splitlines()]
    assert {done.folder.strand, done.information.strand, task.strand} <= {row["strand"] for row in lines}
    records = {r["id"]: r for r in json.loads(parts["records.json"])}
    assert records[task.pk]["rows"]["verification"][0]["method"].startswith("现场查验与实验室检测")
    left = [row for row in lines if row["strand"] != task.strand]
    parts["journal.jsonl"] = "\n".join(json.dumps(row, ensure_ascii=False, sort_keys=True) for row in left).encode()
    from hashlib import sha256

    listed = json.loads(parts["manifest.json"]) | {"journal.jsonl": sha256(parts["journal.jsonl"]).hexdigest()}
    parts["manifest.json"] = json.dumps(listed, cls=DjangoJSONEncoder).encode()
    with zipfile.ZipFile(path, "w") as parcel:
        for name, part in parts.items():
            parcel.writestr(name, part)
    assert verify_package(path).where.startswith(task.strand)


def test_every_kind_of_record_has_its_one_holding():
    kinds = [kind for one in holdings() for kind in one.kinds]
    assert sorted(kinds) == sorted(KINDS)
    assert set(by_kind()) == set(KINDS)


def test_every_room_with_records_on_sheets_is_among_the_holdings():
    from riskwatch.case.models import OnSheet

    rooms = {m._meta.app_label for m in apps.get_models() if issubclass(m, OnSheet)}
    assert rooms == {one.label for one in holdings()}
    for room in rooms:
        assert importlib.import_module(f"riskwatch.{room}.holdings").HOLDING in holdings()
