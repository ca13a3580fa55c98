"""Signals over the API: what the wall shows at the same depth, the same acts, and nothing for strangers."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from riskwatch.detection import actions
from riskwatch.parties.actions import issue_token
from tests.riskwatch.detection.conftest import LAST

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(cast):
    """``call(who, path)`` reads, with a body it writes; gives status and JSON."""
    heads = {}

    def called(who, path, body=None):
        by = cast[who]
        if who not in heads:
            key = issue_token(by, name="t", days=1, by=by, at=timezone.now())
            heads[who] = {"authorization": f"Bearer {key}"}
        if body is None:
            answer = Client().get(f"/api{path}", headers=heads[who])
        else:
            answer = Client().post(f"/api{path}", body, content_type="application/json", headers=heads[who])
        return answer.status_code, answer.json()

    return called


@pytest.fixture
def kettle(world, detector, at):
    run = actions.run_watch(actions.national_watch(by=detector, at=at), LAST, by=detector, at=at)
    return next(s for s in run.signals.all() if s.product.startswith("8516"))


def test_an_analyst_reads_and_judges_signals(call, kettle):
    status, rows = call("hq-analyst", "/signals")
    assert status == 200
    assert [r["place"] for r in rows] == sorted(r["place"] for r in rows)
    mine = next(r for r in rows if r["id"] == kettle.pk)
    assert mine["acts"] == ["accept", "dismiss", "refer", "watch"]
    assert {p["code"] for p in mine["ports"]} == {"2201", "5300"}
    assert call("hq-analyst", "/signals?product=0101") == (200, [])

    _status, full = call("hq-analyst", f"/signals/{kettle.pk}")
    assert full["inputs"] == kettle.run.inputs
    assert sorted(full["sheets"]) == sorted(kettle.reports["sheets"])
    assert full["series"] == kettle.series
    assert call("hq-analyst", f"/signals/{kettle.pk}/replay", {})[1]["same"] is True

    wrong, told = call("hq-analyst", f"/signals/{kettle.pk}/dismiss", {"fields": {"ground": "weather", "reason": "x"}})
    assert (wrong, told["status"]) == (422, 422)
    status, watched = call("hq-analyst", f"/signals/{kettle.pk}/watch", {"fields": {"reason": "看下周"}})
    assert (status, watched["state"], watched["acts"]) == (200, "watched", ["accept", "dismiss", "refer"])
    status, done = call(
        "hq-analyst", f"/signals/{kettle.pk}/dismiss", {"fields": {"ground": "duplicate", "reason": "同一批"}}
    )
    assert (status, done["state"], done["ground"], done["acts"]) == (200, "dismissed", "duplicate", [])
    status, told = call("hq-analyst", f"/signals/{kettle.pk}/watch", {"fields": {}})
    assert (status, told["title"]) == (409, "conflict")

    status, runs = call("hq-analyst", "/runs?watch=national")
    assert (status, len(runs), runs[0]["inputs"]) == (200, 1, kettle.run.inputs)
    status, record = call("hq-analyst", "/back-test")
    assert (status, record["false_a_week"], record["dismissed"]) == (200, 1.0, [{"ground": "duplicate", "number": 1}])
    assert record["watches"][0]["false"] == 1


def test_an_office_gets_its_own_ports_and_can_accept(call, kettle, cast):
    status, full = call("pj-case_officer", f"/signals/{kettle.pk}")
    assert (status, [p["code"] for p in full["ports"]], full["acts"]) == (200, ["2201"], ["accept"])
    assert (full["inputs"], full["record"], full["parameters"]) == ("", "", {})
    assert {t["value"] for t in full["spread"] if t["dimension"] == "port"} <= {"2200", "2201"}
    assert call("pj-case_officer", f"/signals/{kettle.pk}/replay", {})[0] == 404
    refused, _told = call(
        "pj-case_officer", f"/signals/{kettle.pk}/dismiss", {"fields": {"ground": "season", "reason": "x"}}
    )
    assert refused == 403
    own = {"title": "电热器具触电", "owner": cast.orgs["sz"].pk}
    assert call("pj-case_officer", f"/signals/{kettle.pk}/accept", {"fields": own})[0] == 422
    status, done = call("hq-analyst", f"/signals/{kettle.pk}/accept", {"fields": own | {"owner": cast.orgs["hq"].pk}})
    kettle.refresh_from_db()
    assert (status, done["folder"]) == (200, kettle.folder_id)
    assert kettle.folder_id is not None


def test_a_stranger_gets_nothing(call, kettle):
    for who in ("firm-manager", "tech-head", "hq-system", "hq-audit"):
        for path in ("/signals", f"/signals/{kettle.pk}", "/watches", "/runs", "/back-test"):
            assert call(who, path)[0] == 404, (who, path)
        assert call(who, f"/signals/{kettle.pk}/dismiss", {"fields": {"ground": "season", "reason": "x"}})[0] == 404
        assert call(who, f"/signals/{kettle.pk}/replay", {})[0] == 404
    kettle.refresh_from_db()
    assert kettle.state == "new"
    assert Client().get("/api/signals").status_code == 401


def test_a_centre_makes_its_watch_and_ends_it(call, cast):
    plan = {
        "owner": cast.orgs["centre"].pk, "title": "磁力玩具", "name": "toys", "products": "9503 950300", "starts_on": "2026-03-09",
        "budget": 5,
    }  # fmt: skip
    status, told = call("centre-analyst", "/watches", {"fields": plan | {"products": "8516"}})
    assert (status, told["title"]) == (403, "outside_remit")
    status, made = call("centre-analyst", "/watches", {"fields": plan})
    assert (status, made["products"], made["owner"]) == (200, ["9503", "950300"], "NC-001")
    assert call("centre-registrar", f"/watches/{made['id']}/end", {"fields": {"reason": "x"}})[0] == 403
    assert call("firm-manager", f"/watches/{made['id']}/end", {"fields": {"reason": "x"}})[0] == 404
    status, ended = call("centre-analyst", f"/watches/{made['id']}/end", {"fields": {"reason": "活动结束"}})
    assert (status, ended["ended"]) == (200, True)
    assert [w["name"] for w in call("centre-analyst", "/watches")[1]] == ["toys"]
