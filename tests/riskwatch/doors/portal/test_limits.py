"""Limits count the client, not the proxy in front of it, and each receipt number by itself."""

import pytest
from django.test import Client, RequestFactory

from riskwatch.config.accounts import ClosedAdapter
from riskwatch.doors.addresses import client_address

pytestmark = pytest.mark.django_db
PROXY = "10.0.0.5"


def seen(peer, forwarded=None):
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded is not None else {}
    return client_address(RequestFactory().get("/", REMOTE_ADDR=peer, **headers))


def test_without_a_trusted_proxy_the_header_is_not_believed():
    assert seen("203.0.113.9", "198.51.100.1") == "203.0.113.9"


@pytest.mark.parametrize(
    ("forwarded", "client"),
    [("198.51.100.1", "198.51.100.1"), ("6.6.6.6, 198.51.100.1", "198.51.100.1"), ("198.51.100.1, 10.0.0.7", "198.51.100.1"),
     ("6.6.6.6, nonsense, 10.0.0.7", "10.0.0.7"), ("", PROXY), (None, PROXY), ("2001:db8::1", "2001:db8::1"),
     ("::ffff:198.51.100.1", "198.51.100.1")],
)  # fmt: skip
def test_behind_a_trusted_proxy_it_is_the_right_most_stranger(forwarded, client, settings):
    settings.TRUSTED_PROXIES = ["10.0.0.0/24", "fd00::/8"]
    assert seen(PROXY, forwarded) == client


def test_the_login_library_counts_the_same_address(settings):
    settings.TRUSTED_PROXIES = ["10.0.0.0/24"]
    request = RequestFactory().get("/", REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR="198.51.100.1")
    assert ClosedAdapter(request).get_client_ip(request) == "198.51.100.1"


def look(number, client):
    said = {"number": number, "secret": "ABCDEFGH2345"}
    return Client().post("/receipt/", said, REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=client).status_code


def test_people_behind_one_proxy_do_not_use_up_each_others_tries(settings):
    settings.TRUSTED_PROXIES = ["10.0.0.0/24"]
    assert {look(f"RI-{n}", "198.51.100.1") for n in range(20)} == {200}
    assert look("RI-99", "198.51.100.1") == 429
    assert look("RI-99", "198.51.100.2") == 200


def test_one_receipt_number_is_not_guessed_from_many_addresses(settings):
    settings.TRUSTED_PROXIES = ["10.0.0.0/24"]
    assert {look("RI-1", f"198.51.100.{n}") for n in range(10)} == {200}
    assert look("RI-1", "198.51.100.77") == 429


def test_a_network_that_is_none_stops_the_start():
    from django.core.exceptions import ImproperlyConfigured

    from riskwatch.config.settings import _networks

    assert _networks("10.0.0.0/8, fd00::/8") == ["10.0.0.0/8", "fd00::/8"]
    with pytest.raises(ImproperlyConfigured, match="TRUSTED_PROXIES"):
        _networks("10.0.0.0/8,proxy")
