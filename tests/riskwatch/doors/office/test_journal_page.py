"""The audit administrator finds entries by person, kind, record and day, and gets no way into cases."""

from __future__ import annotations

import pytest
from django.test import Client

from riskwatch.case import policy
from riskwatch.doors.jobs.simulator.river import walk

pytestmark = pytest.mark.django_db


@pytest.fixture
def audit(cast):
    client = Client()
    client.force_login(cast["hq-audit"])
    return client


def test_entries_are_found_by_person_kind_record_and_day(audit, cast, told, at):
    first, second = (walk(cast, e, upto="verifying", at=at).information for e in told[:2])
    policy.set_policy(
        key="handling", amount=4, unit="working_days", valid_from=at.date(), reason="r", by=cast["hq-policy"], at=at
    )

    def said(query):
        return audit.get("/office/journal/?" + query).content.decode()

    assert "设定期限" in said("kind=policy")
    assert "登记" not in said("kind=policy").split("<tbody>")[1]
    assert "sh-verifier" not in said("person=sh-registrar").split("<tbody>")[1]
    assert said(f"number={first.number}").split("<tbody>")[1].count("开始核实") == 1
    assert "没有符合条件的记录" in said("until=2020-01-01")
    assert f"/office/sheets/{second.pk}/" not in said("")  # an administrator reaches no case work


def test_only_the_audit_administrator_reads_the_journal(cast):
    for who in ("hq-decider", "hq-system", "sh-supervisor"):
        client = Client()
        client.force_login(cast[who])
        assert client.get("/office/journal/").status_code == 403, who


def test_only_the_rule_keeper_is_offered_to_change_time_limits(cast):
    for who, may in (("hq-policy", True), ("sh-decider", False)):
        client = Client()
        client.force_login(cast[who])
        assert ("修改政策值" in client.get("/office/policy/").content.decode()) is may, who
