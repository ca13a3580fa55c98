"""A call that may come twice is done once: who sends it again under the same key gets the first answer again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from riskwatch.doors.api.models import Answer
from riskwatch.doors.api.urls import problem
from riskwatch.parties.actions import person_of_token
from riskwatch.parties.models import Person

HEADER = "Idempotency-Key"
KEPT = timedelta(days=7)
LONGEST = 80


class DoneOnce:
    """Keeps the answer to a POST that carries ``Idempotency-Key``, in the transaction of what the call did.

    A second call of the same person under the same key waits for the first, and gets its answer with
    ``Idempotency-Replayed: true``. What was refused is not kept: it did nothing, and may be mended and sent again. A key
    that comes back with another address or body is refused. Files sent as multipart are not covered: collecting a file
    twice adds nothing by itself.
    """

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.headers.get(HEADER, "").strip()
        if request.method != "POST" or not request.path.startswith("/api/") or not key:
            return self.respond(request)
        if (request.content_type or "").startswith("multipart/"):
            return self.respond(request)
        if len(key) > LONGEST:
            words = _("Idempotency-Key超过%(n)s个字符") % {"n": LONGEST}
            return problem(request, 422, "wrong_key", words, remedy=_("换一个较短的键"))
        at = timezone.now()
        scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
        person = person_of_token(token.strip(), at=at) if scheme.lower() == "bearer" else None
        try:
            digest = sha256(f"{request.path}\n".encode() + request.body).hexdigest()
        except RequestDataTooBig:
            return self.respond(request)
        return self.respond(request) if person is None else self._once(request, person, key, digest, at)

    @transaction.atomic
    def _once(self, request: HttpRequest, person: Person, key: str, digest: str, at: datetime) -> HttpResponse:
        Answer.objects.filter(at__lt=at - KEPT).delete()
        fresh = Answer(person=person, key=key, digest=digest, at=at)
        Answer.objects.bulk_create([fresh], ignore_conflicts=True)
        row = Answer.objects.select_for_update().get(person=person, key=key)
        if row.digest != digest:
            words = _("这个Idempotency-Key已用于另一次请求")
            return problem(request, 422, "key_reused", words, remedy=_("每次新的请求换一个键"))
        if row.status:
            return _again(row)
        response: Any = self.respond(request)
        if response.status_code >= 400 or response.streaming:
            row.delete()
            return response  # type: ignore[no-any-return]
        media = response.headers.get("Content-Type", "")[:80]
        Answer.objects.filter(pk=row.pk).update(status=response.status_code, media=media, body=response.content)
        return response  # type: ignore[no-any-return]


def _again(row: Answer) -> HttpResponse:
    response = HttpResponse(bytes(row.body), status=row.status, content_type=row.media)
    response["Idempotency-Replayed"] = "true"
    return response
