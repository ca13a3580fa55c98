"""Where a request comes from: the address that the trusted proxies in front report, not the one they are at."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

Address = IPv4Address | IPv6Address


def client_address(request: HttpRequest) -> str:
    """The client's address.

    Without trusted proxies it is the peer's. Behind one (the peer lies in a network of ``TRUSTED_PROXIES``) it is the
    right-most address of ``X-Forwarded-For`` that is no trusted proxy: everything left of it could be made up.
    """
    peer = request.META.get("REMOTE_ADDR", "")
    known = _parsed(peer)
    if known is None or not _trusted(known):
        return str(known or peer)
    for text in reversed(request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        step = _parsed(text)
        if step is None:
            break
        known = step
        if not _trusted(step):
            break
    return str(known)


def _parsed(text: str) -> Address | None:
    try:
        found = ip_address(text.strip().strip("[]"))
    except ValueError:
        return None
    mapped = getattr(found, "ipv4_mapped", None)
    return mapped or found


def _trusted(address: Address) -> bool:
    return any(address in ip_network(network, strict=False) for network in settings.TRUSTED_PROXIES)
