"""What docs/api.md shows exists: every address, and every example fits its operation's schema."""

import json
import re
from pathlib import Path

import pytest
from django.test import Client

TEXT = (Path(__file__).parents[4] / "docs" / "api.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"-d '(\{.*?\})' \\\n\s+http://127\.0\.0\.1:8000(/api/\S+)", TEXT)
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def schema():
    return json.loads(Client().get("/api/openapi.json").content)


def operation(schema, path, how):
    pattern = re.sub(r"/\d+(?=/|$)", "/{pk}", path)
    assert pattern in schema["paths"], path
    return schema["paths"][pattern][how]


def test_there_are_examples():
    assert len(EXAMPLES) == 2


@pytest.mark.parametrize(("body", "path"), EXAMPLES, ids=[path for _body, path in EXAMPLES])
def test_an_example_fits_its_operation(body, path, schema):
    said = json.loads(body)
    parts = schema["components"]["schemas"]
    whole = parts[
        operation(schema, path, "post")["requestBody"]["content"]["application/json"]["schema"]["$ref"].split("/")[-1]
    ]
    assert set(said) <= set(whole["properties"])
    assert set(whole.get("required", [])) <= set(said)
    inner = json.dumps(whole["properties"]["fields"])
    fields = parts[re.search(r"schemas/(\w+)", inner).group(1)]
    assert set(said["fields"]) <= set(fields["properties"])
    assert set(fields.get("required", [])) <= set(said["fields"])


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`(?:POST )?(/api/[\w/{}.-]+)`", TEXT))))
def test_an_address_that_the_page_names_is_there(path, schema):
    if path in ("/api/openapi.json", "/api/docs"):
        assert Client().get(path).status_code == 200
        return
    wanted = path.replace("{id}", "{pk}")
    if wanted.endswith("/{act}"):
        assert [p for p in schema["paths"] if p.startswith(wanted.removesuffix("{act}"))], path
    else:
        assert wanted in schema["paths"], path
