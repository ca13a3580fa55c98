"""Closed cases wait for the archivist; a package comes down whole to who may read it, and verifies alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from riskwatch.archive import actions as archive
from riskwatch.archive import queries
from riskwatch.doors.jobs.simulator.river import Way, walk
from riskwatch.journal.packaged import verify_package

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def closed(cast, told, at):
    from riskwatch.case import actions as case

    done = walk(cast, told[0], upto="decided", at=at, way=Way(conclusion="no_action"))
    return case.close(done.folder, summary="已全部退运", by=cast["sh-case_officer"], at=at + 2 * DAY)


def page(cast, who, path):
    client = Client()
    client.force_login(cast[who])
    return client.get(path)


def test_a_closed_case_waits_in_the_archivists_inbox_with_its_act(cast, closed):
    said = page(cast, "sh-archivist", "/office/inbox/").content.decode()
    assert closed.number in said
    assert f"/office/folders/{closed.pk}/archive_item-file/" in said
    assert page(cast, "sh-archivist", f"/office/folders/{closed.pk}/archive_item-file/").status_code == 200
    assert closed.number not in page(cast, "sz-archivist", "/office/inbox/").content.decode()


def test_a_package_comes_down_whole_and_verifies_by_itself(cast, closed, at, tmp_path):
    item = archive.file_folder(closed, retention_class="ordinary", by=cast["sh-archivist"], at=at + 3 * DAY)
    path = f"/office/archive/{item.pk}/package.zip"
    shown = page(cast, "sh-archivist", f"/office/sheets/{item.pk}/").content.decode()
    assert path in shown
    assert f'href="/office/folders/{closed.pk}/"' in shown
    parcel = tmp_path / "package.zip"
    parcel.write_bytes(page(cast, "sh-archivist", path).content)
    assert verify_package(parcel) is None
    for stranger in ("sz-archivist", "firm-manager", "hq-audit"):
        assert page(cast, stranger, path).status_code == 404, stranger


def test_an_item_is_put_up_for_appraisal_the_day_after_its_term(cast, closed, at):
    item = archive.file_folder(closed, retention_class="ordinary", by=cast["sh-archivist"], at=at + 3 * DAY)
    closed_on = (at + 2 * DAY).date()
    last = at.replace(year=closed_on.year + 3, month=closed_on.month, day=closed_on.day)
    assert not queries.to_appraise(to=cast["sh-archivist"], at=last).exists()
    assert list(queries.to_appraise(to=cast["sh-archivist"], at=last + DAY)) == [item]
    assert not queries.to_appraise(to=cast["sz-archivist"], at=last + DAY).exists()
