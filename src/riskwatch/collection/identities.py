"""Reporters' identities: sealed on arrival, opened only for the handling officer, with a reason that is logged."""

from __future__ import annotations

import base64
import hmac
import json
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

import decree188
from decree188.identifiers import InvalidIdentifier, check_passport, check_resident_id, check_uscc
from riskwatch.case import journalling
from riskwatch.case.actions import refuse_without_post
from riskwatch.case.lifecycle import refuse_recused
from riskwatch.case.models import Sheet
from riskwatch.collection.models import Identity, Information
from riskwatch.documents.inspection import inspect
from riskwatch.look.words import either
from riskwatch.parties.models import Person
from riskwatch.parties.queries import Post
from riskwatch.refusals import Refusal, refuse_unless


@dataclass(frozen=True, slots=True)
class Proof:
    """A way to prove one's name: its check, and whether the paper itself must be shown."""

    words: Any
    check: Callable[[str], str]
    document: bool = False


PROOFS = {
    "resident_id": Proof(gettext_lazy("居民身份证"), check_resident_id),
    "uscc": Proof(gettext_lazy("统一社会信用代码（单位）"), check_uscc),
    "passport": Proof(gettext_lazy("护照或往来通行证（附证件照片）"), check_passport, document=True),
    "other": Proof(gettext_lazy("其他证件（附证件照片）"), lambda text: text.strip(), document=True),
}
SHOWN_AS = ("image/jpeg", "image/png", "image/webp", "application/pdf")
MOST_OF_DOCUMENT = 10 * 2**20


def proven(who: Mapping[str, str], document: Any = None) -> dict[str, str]:
    """Who reports, with the proof checked by its kind; refused with the field at fault."""
    kind = PROOFS.get(who.get("proof_kind") or "resident_id")
    rule = decree188.by_name("real_name_reports")
    if kind is None:
        raise Refusal(
            _("没有这种证件"),
            remedy=_("在列出的证件种类中选择"),
            rule=rule,
            code="wrong_proof",
            status=422,
            fields={"proof_kind": _("没有这种证件")},
        )
    try:
        number = kind.check(who["proof"])
    except InvalidIdentifier as error:
        raise Refusal(either(error.reason_zh, error.reason_en), remedy=_("核对证件号码，或改选证件种类"), rule=rule, code="wrong_proof", status=422,
                      fields={"proof": either(error.reason_zh, error.reason_en)}) from None  # fmt: skip
    if kind.document and document is None:
        why = _("这种证件须附照片或扫描件")
        raise Refusal(
            why, remedy=_("上传证件照片"), rule=rule, code="document_missing", status=422, fields={"document": why}
        )
    return {**who, "proof_kind": who.get("proof_kind") or "resident_id", "proof": number}


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


def seal(
    information: Information, who: Mapping[str, str], *, secret: str, at: datetime, document: File[Any] | None = None
) -> Identity:
    """Put an identity away, with the paper that proves it, encrypted and apart from the report."""
    said, paper = dict(who), None
    if document is not None:
        name = document.name or "document"
        media, kept = inspect(document.read(MOST_OF_DOCUMENT + 1), name, limit=MOST_OF_DOCUMENT)
        refuse_unless(
            media in SHOWN_AS,
            _("证件须是照片或 PDF"),
            remedy=_("换成照片或 PDF 后重新上传"),
            code="file_refused",
            status=422,
        )
        said |= {"document": name[-100:], "document_type": media}
        paper = _cipher().encrypt(kept)
    body = _cipher().encrypt(json.dumps(said, ensure_ascii=False).encode())
    return Identity.objects.create(
        information=information, sealed=body, sealed_document=paper, consented_at=at,
        secret_digest=digest_of(information.sheet.number, secret),
    )  # fmt: skip


def in_words(who: Mapping[str, str]) -> dict[str, str]:
    """An opened identity with its parts named."""
    names = {"name": _("姓名或单位名称"), "proof_kind": _("证件种类"), "proof": _("证件号码"), "phone": _("电话"),
             "contact": _("联系人"), "document": _("证件文件")}  # fmt: skip
    kind = PROOFS.get(who.get("proof_kind", ""))
    shown = {**who, "proof_kind": str(kind.words) if kind else ""}
    return {str(words): shown[key] for key, words in names.items() if shown.get(key)}


@transaction.atomic
def reveal(sheet: Sheet, *, by: Person, at: datetime, reason: str) -> dict[str, str]:
    """Open an identity for the officer who handles the report; every opening stands in the journal.

    Raises
    ------
    Refusal
        The person does not handle this report, gives no reason, or there is nothing to open.
    """
    row, post = _opened(sheet, by=by, at=at, reason=reason)
    who: dict[str, str] = json.loads(_cipher().decrypt(bytes(row.sealed)))
    journalling.record(sheet, "information.reveal_identity", by=by, at=at, rule="secrecy", content={"reason": reason},
                       holder=post.holder)  # fmt: skip
    return who


@transaction.atomic
def reveal_document(sheet: Sheet, *, by: Person, at: datetime, reason: str) -> tuple[str, str, bytes]:
    """Open the paper behind an identity: name, media type and bytes; under the same terms and journalled too."""
    row, post = _opened(sheet, by=by, at=at, reason=reason)
    sealed = row.sealed_document
    refuse_unless(
        sealed is not None,
        _("报告人没有附证件"),
        remedy=_("按登记的姓名和证件号码核对"),
        code="no_document",
        status=404,
    )
    assert sealed is not None
    who = json.loads(_cipher().decrypt(bytes(row.sealed)))
    journalling.record(sheet, "information.reveal_identity", by=by, at=at, rule="secrecy",
                       content={"reason": reason, "document": True}, holder=post.holder)  # fmt: skip
    return who["document"], who["document_type"], _cipher().decrypt(bytes(sealed))


def _opened(sheet: Sheet, *, by: Person, at: datetime, reason: str) -> tuple[Identity, Post]:
    now = Sheet.objects.select_for_update(of=("self",)).select_related("owner").get(pk=sheet.pk)
    post = refuse_without_post(now.owner, ("registrar", "verifier", "case_officer"), by=by, at=at)
    refuse_unless(
        now.handler_id == by.pk,
        _("只有这条信息的承办人可以查看报告人身份"),
        remedy=_("先由承办人办理，或由主管改派承办人"),
        rule=decree188.by_name("secrecy"),
        code="not_handler",
        status=403,
    )
    refuse_recused([by.pk], now)
    refuse_unless(reason.strip(), _("查看身份须写明理由"), remedy=_("填写理由"), code="reason_missing")
    row = Identity.objects.filter(information=now.pk, destroyed_at=None).first()
    refuse_unless(
        row is not None,
        _("没有可查看的报告人身份"),
        remedy=_("这条信息不是实名报告，不必查看"),
        code="no_identity",
        status=404,
    )
    assert row is not None
    return row, post


def mentioned(informations: Iterable[int], texts: Iterable[str]) -> set[str]:
    """Which names and telephones of reporters occur in some texts: nothing is learnt but what the texts already say."""
    said = "\n".join(texts)
    found: set[str] = set()
    for row in Identity.objects.filter(information__in=list(informations), destroyed_at=None):
        who: dict[str, str] = json.loads(_cipher().decrypt(bytes(row.sealed)))
        found |= {
            v
            for v in (who.get("name", ""), who.get("phone", ""), who.get("proof", ""), who.get("contact", ""))
            if len(v) >= 2 and v in said
        }
    return found
