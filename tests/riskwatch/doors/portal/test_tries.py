"""Tries are counted exactly, also side by side, and a window ends when it was said to end."""

import threading

import pytest
from django.db import connection
from django.test import Client

from riskwatch.doors.portal import limits
from riskwatch.doors.portal.models import Tries
from riskwatch.refusals import Refusal


def tries(n, *, seconds=600):
    refused = 0
    for _turn in range(n):
        try:
            limits.limit_key("10.0.0.1", "receipt", most=20, seconds=seconds)
        except Refusal:
            refused += 1
    return refused


@pytest.mark.django_db
def test_the_twenty_first_try_is_refused_and_does_not_prolong_the_window(db):
    assert tries(1) == 0
    until = Tries.objects.get().until
    assert tries(20) == 1
    assert Tries.objects.get().until == until


@pytest.mark.django_db
def test_a_closed_window_begins_anew_and_is_forgotten(db):
    assert tries(21, seconds=0) == 0
    assert limits.forget_closed() == 1
    assert not Tries.objects.exists()


@pytest.mark.django_db
def test_the_page_says_when_there_were_too_many(cast):
    browser = Client()
    codes = [browser.post("/receipt/", {"number": f"x{n}", "secret": "y"}).status_code for n in range(21)]
    assert codes == [200] * 20 + [429]


@pytest.mark.django_db(transaction=True)
def test_sixty_tries_side_by_side_let_twenty_through():
    refused = []

    def shoot():
        refused.append(tries(10))
        connection.close()

    Tries.objects.all().delete()
    shooters = [threading.Thread(target=shoot) for _n in range(6)]
    for one in shooters:
        one.start()
    for one in shooters:
        one.join()
    Tries.objects.all().delete()
    assert sum(refused) == 40
