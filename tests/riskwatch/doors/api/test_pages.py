"""The API's page shows every operation with its fields, and asks no other host."""

import re

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_every_operation_is_on_the_page_with_its_fields():
    schema = Client().get("/api/openapi.json").json()
    answer = Client().get("/api/docs")
    assert answer.status_code == 200
    page = answer.content.decode()
    for path, methods in schema["paths"].items():
        for said in methods.values():
            assert f'id="{said["operationId"]}"' in page, path
            assert path in page
    for name in ("fields.reason", "facts.deaths", "files[].content", "source_kind", "version"):
        assert f"<code>{name}</code>" in page, name
    assert "100000" in page


def test_the_page_asks_no_other_host_and_runs_nothing_of_its_own():
    page = Client().get("/api/docs").content.decode()
    assert not re.search(r"(src|href)=\"(https?:)?//", page)
    assert "<script>" not in page
