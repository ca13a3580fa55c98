"""The chain holds, and any change, gap or cut-off end is named."""

import json
import zipfile
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from riskwatch.journal import actions, chain
from riskwatch.journal.models import Entry, Payload, Strand
from riskwatch.journal.verification import verify

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(cast, at):
    with transaction.atomic():
        for n in range(3):
            actions.write(
                "folder:1", "folder.open", by=cast["sh-case_officer"], at=at + timedelta(minutes=n), content={"n": n}
            )


def _meddle(sql, *args):
    """What somebody with the database's keys could do."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("journal_entry", "journal_payload", "journal_seal", "journal_sealedhead"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(sql, args)
        for table in ("journal_entry", "journal_payload", "journal_seal", "journal_sealedhead"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_a_written_journal_holds(three):
    verdict = verify()
    assert verdict.holds
    assert verdict.entries >= 3


@pytest.mark.parametrize("model", [Entry, Payload])
def test_nothing_can_be_changed_or_deleted(three, model):
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.all().delete()


def test_a_changed_content_is_named(three):
    _meddle(
        "UPDATE journal_payload SET content = '{\"n\": 9}' WHERE entry_id = (SELECT id FROM journal_entry WHERE number = 2)"
    )
    assert verify().broken.where == "folder:1 #2"


def test_a_changed_header_is_named(three):
    _meddle("UPDATE journal_entry SET act = 'folder.close' WHERE number = 3")
    assert "header" in verify().broken.why


def test_a_removed_entry_is_named(three):
    _meddle("DELETE FROM journal_payload WHERE entry_id = (SELECT id FROM journal_entry WHERE number = 2)")
    _meddle("DELETE FROM journal_entry WHERE number = 2")
    assert verify().broken is not None


def test_a_cut_off_end_is_named_even_when_the_head_was_set_back(three, at, tmp_path):
    actions.seal(at=at)
    second = Entry.objects.get(strand__key="folder:1", number=2)
    _meddle("DELETE FROM journal_payload WHERE entry_id = (SELECT id FROM journal_entry WHERE number = 3)")
    _meddle("DELETE FROM journal_entry WHERE number = 3")
    Strand.objects.filter(key="folder:1").update(head_number=2, head_hash=second.hash)
    assert "cut off" in verify().broken.why


@pytest.mark.django_db(transaction=False)
def test_a_seal_kept_outside_shows_a_rewritten_database(three, at, tmp_path, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        actions.seal(at=at, keep_in=tmp_path)
    kept = next(tmp_path.glob("seal-*.json"))
    assert verify(seals_from=tmp_path).holds
    body = json.loads(kept.read_text())
    kept.write_text(json.dumps(body | {"hash": "00"}))
    assert verify(seals_from=tmp_path).broken.where == kept.name


def test_sealing_twice_without_change_makes_no_second_seal(three, at):
    assert actions.seal(at=at) is not None
    assert actions.seal(at=at) is None


def test_lawful_destruction_of_contents_leaves_the_chain_whole(three, cast, at):
    with transaction.atomic():
        gone = actions.destroy_payloads("folder:1", by=cast["sh-archivist"], at=at, reason="term over")
    assert gone == 3
    verdict = verify()
    assert verdict.holds
    assert verdict.destroyed_contents == 3


def test_the_digest_hides_a_small_content():
    assert chain.digest_of({"a": 1}, salt=b"x" * 16) != chain.digest_of({"a": 1}, salt=b"y" * 16)


def test_a_package_verifies_alone_and_a_flipped_byte_shows(tmp_path, cast, at, told):
    from riskwatch.archive import packing
    from riskwatch.doors.jobs.simulator.river import walk
    from riskwatch.journal.packaged import verify_package

    done = walk(cast, told[0], upto="accepted", at=at)
    body = packing.package(
        packing.sheets_of(done.folder), [done.folder.strand, done.information.strand], {"folder": done.folder.number}
    )
    path = tmp_path / "package.zip"
    path.write_bytes(body)
    assert verify_package(path) is None
    with zipfile.ZipFile(path) as parcel:
        parts = {n: parcel.read(n) for n in parcel.namelist()}
    parts["journal.jsonl"] = parts["journal.jsonl"].replace(b"regional", b"isolated", 1)
    with zipfile.ZipFile(path, "w") as parcel:
        for name, part in parts.items():
            parcel.writestr(name, part)
    assert verify_package(path).where == "journal.jsonl"
