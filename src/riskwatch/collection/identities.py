"""Reporters' identities: sealed on arrival, opened only for the handling officer, with a reason that is logged."""

from __future__ import annotations

import base64
import hmac
import json
import secrets
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from cryptography.fernet import Fernet
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from riskwatch.case import journalling
from riskwatch.case.lifecycle import refuse_recused
from riskwatch.case.models import Sheet
from riskwatch.collection.models import Identity, Information
from riskwatch.parties.models import Person
from riskwatch.refusals import refuse_unless


def _cipher() -> Fernet:
    key = sha256(f"identity:{settings.IDENTITY_KEY}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def new_secret() -> str:
    """A receipt's secret: twelve characters that are hard to mistake, 60 bits."""
    alphabet = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
    return "".join(secrets.choice(alphabet) for _n in range(12))


def digest_of(number: str, secret: str) -> str:
    """What is stored of a secret."""
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, f"{number}:{secret.strip().upper()}".encode(), sha256).hexdigest()


def seal(information: Information, who: dict[str, str], *, secret: str, at: datetime) -> Identity:
    """Put an identity away, encrypted and apart from the report."""
    body = _cipher().encrypt(json.dumps(who, ensure_ascii=False).encode())
    return Identity.objects.create(
        information=information, sealed=body, consented_at=at,
        secret_digest=digest_of(information.sheet.number, secret),
    )  # fmt: skip


@transaction.atomic
def reveal(sheet: Sheet, *, by: Person, at: datetime, reason: str) -> dict[str, str]:
    """Open an identity for the officer who handles the report; every opening stands in the journal.

    Raises
    ------
    Refusal
        The person does not handle this report, gives no reason, or there is nothing to open.
    """
    now = Sheet.objects.select_for_update().get(pk=sheet.pk)
    refuse_unless(
        now.handler_id == by.pk,
        _("只有这条信息的承办人可以查看报告人身份"),
        remedy=_("先由承办人办理，或由主管改派承办人"),
        code="not_handler",
        status=403,
    )
    refuse_recused([by.pk], now)
    refuse_unless(reason.strip(), _("查看身份须写明理由"), remedy=_("填写理由"), code="reason_missing")
    row = Identity.objects.filter(information=now.pk, destroyed_at=None).first()
    refuse_unless(row is not None, _("没有可查看的报告人身份"), code="no_identity", status=404)
    assert row is not None
    who: dict[str, str] = json.loads(_cipher().decrypt(bytes(row.sealed)))
    journalling.record(now, "information.reveal_identity", by=by, at=at, rule="secrecy", content={"reason": reason})
    return who


def mentioned(informations: Iterable[int], texts: Iterable[str]) -> set[str]:
    """Which names and telephones of reporters occur in some texts: nothing is learnt but what the texts already say."""
    said = "\n".join(texts)
    found: set[str] = set()
    for row in Identity.objects.filter(information__in=list(informations), destroyed_at=None):
        who: dict[str, str] = json.loads(_cipher().decrypt(bytes(row.sealed)))
        found |= {
            v for v in (who.get("name", ""), who.get("phone", ""), who.get("proof", "")) if len(v) >= 2 and v in said
        }
    return found
