"""What every request meets."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("came_from", "shown"),
    [("http://testserver/office/search/?q=a", "http://testserver/office/search/?q=a"), ("https://evil.example/x", "/"),
     ("javascript:alert(1)", "/"), ("", "/")],
)  # fmt: skip
def test_a_refusal_leads_back_to_our_own_pages_only(cast, came_from, shown):
    browser = Client()
    browser.force_login(cast["firm-manager"])
    answer = browser.get("/office/inbox/", headers={"referer": came_from})
    assert answer.status_code == 403
    assert f'class="btn" href="{shown}"' in answer.content.decode()
    assert "evil" not in answer.content.decode()
