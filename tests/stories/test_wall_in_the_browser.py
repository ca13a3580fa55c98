"""An analyst's Monday: the watch runs over collected files, the wall is read by keys, one flag becomes a case, another is ruled out."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command
from django.utils import timezone

from riskwatch.case.models import Enclosure
from riskwatch.collection import bulk
from riskwatch.connectors import intake, neiss
from riskwatch.detection.models import Run, Signal
from tests.riskwatch.detection.conftest import HEAD, NEISS, intake_rows, neiss_rows, table

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def monday(house):
    """Files were collected, and the watch ran over the last week of them."""
    batch = bulk.Batch(intake.SOURCE, house.orgs["hq"], house["hq-registrar"], timezone.now())
    bulk.collect(io.BytesIO(table(HEAD, intake_rows(1))), "complaints.csv", batch)
    batch = bulk.Batch(neiss.SOURCE, house.orgs["hq"], house["hq-registrar"], timezone.now())
    bulk.collect(io.BytesIO(table(NEISS, neiss_rows(2, rise=7))), "visits.csv", batch)
    call_command("watch", week="2026-W10")
    return Run.objects.get()


def test_an_analyst_reads_the_wall_opens_a_case_and_rules_another_flag_out(visit, monday):
    analyst = visit("hq-analyst")
    analyst.goto(analyst.home + "/office/inbox/")
    analyst.click("aside >> text=预警信号")
    analyst.wait_for_selector("[data-chosen]")
    kettle = Signal.objects.get(product__startswith="8516", held=False)
    burnt = Signal.objects.filter(sources__contains=["neiss"], held=False).first()
    assert analyst.locator("[data-signal]").count() == monday.raised

    # The keys move between flags, and the map follows.
    for _press in range(kettle.place):
        analyst.keyboard.press("j")
    assert analyst.evaluate("document.activeElement.dataset.signal") == str(kettle.pk)
    lit = "[...document.querySelectorAll('[data-district]')].filter((c) => Number(c.getAttribute('r')) > 0).map((c) => c.dataset.district)"
    assert set(analyst.evaluate(lit)) == {"2200", "5300"}
    assert analyst.locator("[data-map-rows] tr").count() == len(kettle.by_port)

    # Enter opens; the numbers come out again from the kept inputs.
    analyst.keyboard.press("Enter")
    analyst.wait_for_selector("#behind")
    analyst.click("text=由保存的输入重算")
    analyst.wait_for_selector("text=每个数字都相同")

    analyst.click("[data-act=accept]")
    analyst.fill("[name=title]", "电热器具触电")
    analyst.click("main form button.btn-primary")
    analyst.wait_for_selector(".alert-success")
    assert "/office/folders/" in analyst.url
    assert "电热器具触电" in analyst.inner_text("h1")
    kettle.refresh_from_db()
    inside = set(Enclosure.objects.filter(folder=kettle.folder).values_list("sheet", flat=True))
    assert inside == set(kettle.reports["sheets"])

    # Another is chosen with x and ruled out with its reason.
    analyst.goto(f"{analyst.home}/office/signals/")
    analyst.focus(f"#signal-{burnt.pk}")
    analyst.keyboard.press("x")
    assert analyst.inner_text("[data-chosen-number]") == "1"
    analyst.click("[data-chosen] button")
    analyst.select_option("[name=ground]", label="季节或节日的正常波动")
    analyst.fill("[name=reason]", "供暖季每年如此")
    analyst.click("main form button.btn-primary")
    analyst.wait_for_selector(".alert-success")
    burnt.refresh_from_db()
    assert (burnt.state, burnt.ground, burnt.reason) == ("dismissed", "season", "供暖季每年如此")
    assert "供暖季每年如此" in analyst.inner_text(f"#signal-{burnt.pk}")

    # What was ruled out is measured.
    analyst.goto(f"{analyst.home}/office/signals/back-test/")
    assert "季节或节日的正常波动" in analyst.inner_text("main")


def test_the_wall_fits_a_narrow_screen(visit, monday):
    phone = visit("hq-analyst", width=390)
    for path in (
        "signals/",
        f"signals/{Signal.objects.filter(held=False).first().pk}/",
        "watches/",
        "signals/back-test/",
    ):
        phone.goto(f"{phone.home}/office/{path}")
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390, path
