"""The chain holds, and any change, gap or cut-off end is named."""

import io
import json
import zipfile
from datetime import datetime, timedelta
from hashlib import sha256

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.utils import DatabaseError

from riskwatch.journal import actions, chain
from riskwatch.journal.models import Entry, Payload, Strand
from riskwatch.journal.packaged import verify_package
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


def test_a_content_deleted_without_a_destroying_entry_is_named(three):
    _meddle("DELETE FROM journal_payload WHERE entry_id = (SELECT id FROM journal_entry WHERE number = 2)")
    broken = verify().broken
    assert broken.where == "folder:1 #2"
    assert "no later entry destroyed it" in broken.why


def test_a_content_deleted_after_the_destroying_entry_is_named(three, cast, at):
    with transaction.atomic():
        actions.destroy_payloads("folder:1", by=cast["sh-archivist"], at=at, reason="term over")
    _meddle("DELETE FROM journal_payload WHERE entry_id = (SELECT max(id) FROM journal_entry)")
    assert verify().broken.where == "folder:1 #4"


@pytest.fixture
def sealed(three, cast, at, tmp_path, django_capture_on_commit_callbacks):
    """Three seals, kept in a folder."""
    for minute in range(3):
        with transaction.atomic():
            actions.write("folder:1", "folder.amend", by=cast["sh-case_officer"], at=at + timedelta(hours=1 + minute))
        with django_capture_on_commit_callbacks(execute=True):
            actions.seal(at=at + timedelta(hours=1, minutes=minute), keep_in=tmp_path)
    return tmp_path


def edit(path, **change):
    path.write_text(json.dumps(json.loads(path.read_text()) | change))


def test_whole_seals_are_compared_and_the_range_is_said(sealed):
    verdict = verify(seals_from=sealed)
    assert verdict.holds
    assert (verdict.kept.first, verdict.kept.last, verdict.kept.newest) == (1, 3, 3)


def test_heads_taken_out_of_a_kept_seal_are_named(sealed):
    edit(sealed / "seal-000000002.json", heads=[])
    assert verify(seals_from=sealed).broken.where == "seal-000000002.json"


def test_a_gap_in_the_kept_seals_is_named(sealed):
    (sealed / "seal-000000002.json").unlink()
    assert verify(seals_from=sealed).broken.where == "seal-000000002.json"


def test_a_missing_newest_file_shows_in_the_range(sealed):
    (sealed / "seal-000000003.json").unlink()
    verdict = verify(seals_from=sealed)
    assert (verdict.kept.last, verdict.kept.newest) == (2, 3)
    assert "newest is 3" in str(verdict.kept)


def test_a_seal_file_that_is_no_seal_is_named(sealed):
    (sealed / "seal-000000003.json").write_text("[]")
    assert verify(seals_from=sealed).broken.where == "seal-000000003.json"


def test_a_folder_without_seals_does_not_pass_for_a_comparison(sealed, tmp_path_factory):
    assert "not compared" in verify(seals_from=tmp_path_factory.mktemp("none")).broken.why


def test_the_command_says_what_it_compared_and_fails_without_the_folder(sealed, tmp_path):
    out = io.StringIO()
    call_command("journal", "verify", "--seals", str(sealed), stdout=out)
    assert "seal files 1 to 3 compared" in out.getvalue()
    with pytest.raises(CommandError, match="not compared"):
        call_command("journal", "verify", "--seals", str(tmp_path / "nowhere"))


@pytest.fixture
def packed(tmp_path, cast, at, told, django_capture_on_commit_callbacks):
    """A case's package, the seals of its time beside it."""
    from riskwatch.archive import packing
    from riskwatch.doors.jobs.simulator.river import walk

    done = walk(cast, told[0], upto="accepted", at=at)
    path = tmp_path / "package.zip"
    strands = [done.folder.strand, done.information.strand]
    path.write_bytes(packing.package(packing.sheets_of(done.folder), strands, {"folder": done.folder.number}))
    with django_capture_on_commit_callbacks(execute=True):
        actions.seal(at=at + timedelta(days=2), keep_in=tmp_path / "seals")
    return path


def repack(path, change):
    """A forger's package: parts changed, checksums made anew."""
    with zipfile.ZipFile(path) as parcel:
        parts = {n: parcel.read(n) for n in parcel.namelist() if n != "manifest.json"}
    change(parts)
    parts["manifest.json"] = json.dumps({n: sha256(b).hexdigest() for n, b in parts.items()}).encode()
    with zipfile.ZipFile(path, "w") as parcel:
        for name, part in parts.items():
            parcel.writestr(name, part)


def test_a_whole_package_agrees_with_the_seals_of_its_time(packed):
    assert verify_package(packed, seals_from=packed.parent / "seals") is None


def test_a_package_whose_last_lines_were_cut_does_not_hold(packed):
    def cut(parts):
        parts["journal.jsonl"] = b"\n".join(parts["journal.jsonl"].splitlines()[:-2])

    repack(packed, cut)
    assert "cut off" in verify_package(packed).why


def test_a_package_that_does_not_say_how_long_its_strands_are_does_not_hold(packed):
    def forget(parts):
        parts["about.json"] = b"{}"

    repack(packed, forget)
    assert verify_package(packed).where == "about.json"


def test_a_package_rewritten_with_new_hashes_does_not_agree_with_the_seals(packed):
    def rewrite(parts):
        rows = [json.loads(line) for line in parts["journal.jsonl"].splitlines()]
        heads, previous, key = {}, chain.ZERO, ""
        for row in rows:
            previous = previous if row["strand"] == key else chain.ZERO
            key = row["strand"]
            row["actor"] = 1
            header = chain.Header(key, row["number"], datetime.fromisoformat(row["at"]), 1, row["for"], row["act"],
                                  row["rule"], row["basis"], row["sheet"])  # fmt: skip
            own = chain.hash_of(header, previous=previous, digest=bytes.fromhex(row["digest"]))
            row["previous"], row["hash"] = previous.hex(), own.hex()
            previous = own
            heads[key] = [row["number"], own.hex()]
        parts["journal.jsonl"] = b"\n".join(json.dumps(r).encode() for r in rows)
        parts["about.json"] = json.dumps({"strands": heads}).encode()

    repack(packed, rewrite)
    assert verify_package(packed) is None
    assert "is not the entry that" in verify_package(packed, seals_from=packed.parent / "seals").why


def test_a_forged_record_is_known_by_the_digest_that_the_journal_recorded(packed):
    def forge(parts):
        parts["records.json"] = parts["records.json"].replace(b'"title"', b'"titel"', 1)

    repack(packed, forge)
    assert verify_package(packed) is None
    with pytest.raises(CommandError, match="altered"):
        call_command("journal", "verify", "--package", str(packed))


def test_what_is_no_package_is_said_so(tmp_path):
    (tmp_path / "x.zip").write_bytes(b"PK")
    assert "not a whole package" in verify_package(tmp_path / "x.zip").why


def test_a_package_verifies_alone_and_a_flipped_byte_shows(tmp_path, cast, at, told):
    from riskwatch.archive import packing
    from riskwatch.doors.jobs.simulator.river import walk

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
