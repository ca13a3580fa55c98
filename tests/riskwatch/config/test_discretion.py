"""What goes wrong is logged; whose words were in the row is not."""

import logging

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from riskwatch.config.discretion import Discreet
from riskwatch.parties.models import Person

pytestmark = pytest.mark.django_db


# Made up here, so that a traceback's source lines do not hold them.
NAME, PHONE, USER, PROOF = "王" + "举报", "138" + "00000000", "wang." + "jubao", "P123" + "45678"


def logged(do):
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        do()
    error = caught.value
    record = logging.LogRecord("django.request", logging.ERROR, "", 0, "broke: %s", (str(error),), (type(error), error, error.__traceback__))  # fmt: skip
    return Discreet().format(record)


def run(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_failing_row_is_withheld(cast):
    told = logged(lambda: Person.objects.create(username=USER, name_zh=f"{NAME}\n第二行{PHONE}", kind=None))
    assert "violates not-null constraint" in told
    for word in (NAME, USER, PHONE):
        assert word not in told


def test_a_doubled_key_is_withheld(cast):
    taken = cast["sh-decider"].username
    told = logged(lambda: Person.objects.create(username=taken, name_zh="某人"))
    assert "duplicate key" in told
    assert "sh-" + "decider" not in told


def test_a_value_of_the_wrong_kind_is_withheld(cast):
    told = logged(lambda: run(f"SELECT CAST('{PROOF}' AS integer)"))
    assert "invalid input syntax" in told
    assert PROOF not in told


def test_a_message_without_its_exception_is_cut_too():
    record = logging.LogRecord(
        "x", logging.ERROR, "", 0, "failed\nDETAIL:  Failing row contains (1, 王举报\n第二行).", (), None
    )
    assert Discreet().format(record) == "failed\nDETAIL [withheld]"


def test_an_ordinary_record_is_left_as_it_is():
    record = logging.LogRecord("x", logging.WARNING, "", 0, 'Not Found: "/x/"', (), None)
    assert Discreet().format(record) == 'Not Found: "/x/"'


def test_every_handler_of_the_settings_is_discreet():
    assert {h["formatter"] for h in settings.LOGGING["handlers"].values()} == {"discreet"}
    assert not logging.getLogger("django").handlers
