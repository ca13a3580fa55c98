"""The REST API: the same acts and reads, under the same access rules, with problem documents for refusals."""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError
from ninja.security import HttpBearer

from riskwatch.doors.api import (
    acts,
    arrivals,
    bench,
    cases,
    house,
    numbers,
    papers,
    parties,
    people,
    policies,
    records,
    signals,
)
from riskwatch.doors.api.shapes import FAULTS, FolderOut, Problem, SheetFull
from riskwatch.look.words import language
from riskwatch.parties.actions import person_of_token
from riskwatch.refusals import Refusal


class Token(HttpBearer):
    """A key that belongs to a person or a service account; it carries their posts and nothing more."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        return person_of_token(token, at=timezone.now())


api = NinjaAPI(title="Riskwatch", version="1", auth=Token(), docs_url=None, urls_namespace="api",
               description="Records, cases and acts. A record lists the acts that the caller may take now; each act is an operation.")  # fmt: skip


def problem(request: HttpRequest, status: int, kind: str, detail: str, *, remedy: str, **more: Any) -> HttpResponse:
    """A problem document: what is wrong, what to do, and the rule behind it."""
    body = Problem(type=f"urn:riskwatch:{kind}", title=kind, status=status, detail=detail, remedy=remedy, **more)
    response = api.create_response(request, body.dict(), status=status)
    response["Content-Type"] = "application/problem+json"
    return response


@api.exception_handler(Refusal)
def refused(request: HttpRequest, error: Refusal) -> HttpResponse:
    """A refusal as a problem document."""
    rule = error.rule.cite(language()) if error.rule else ""
    return problem(request, error.status, error.code, error.reason, remedy=error.remedy, rule=rule, fields=error.fields)


@api.exception_handler(Http404)
def missing(request: HttpRequest, error: Http404) -> HttpResponse:
    """Not there, or not for this reader: the same answer."""
    return problem(request, 404, "not_found", _("没有找到"), remedy=_("它可能不存在，或者不在您可以查看的范围内"))


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A request that does not fit its schema."""
    fields = {".".join(str(p) for p in e["loc"]): str(e["msg"]) for e in error.errors}
    return problem(
        request,
        422,
        "invalid",
        _("请求内容不符合格式"),
        remedy=_("按fields中列出的位置改正；格式见/api/docs"),
        fields=fields,
    )


@api.exception_handler(AuthenticationError)
def unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """No key, or one that is not valid any more."""
    return problem(request, 401, "no_valid_token", _("没有有效的令牌"), remedy=_("请安全管理员发放令牌"))


@api.exception_handler(SuspiciousOperation)
def suspicious(request: HttpRequest, error: SuspiciousOperation) -> HttpResponse:
    """A body that is too large or was not made by an honest program."""
    if isinstance(error, RequestDataTooBig):
        return problem(request, 413, "too_large", _("请求过大"), remedy=_("分成几次提交"))
    return problem(request, 400, "bad_request", _("请求有误"), remedy=_("按/api/docs中的格式重新提交"))


@api.exception_handler(Exception)
def broken(request: HttpRequest, error: Exception) -> HttpResponse:
    """Our own fault: logged for us, told without details."""
    logging.getLogger("django.request").error("%s %s broke", request.method, request.path, exc_info=error)
    return problem(request, 500, "broken", _("系统出错了"), remedy=_("请稍后再试；仍不行请联系系统管理员"))


records.lay(api, FAULTS)
cases.lay(api, FAULTS)
papers.lay(api, FAULTS)
arrivals.lay(api, FAULTS)
bench.lay(api, FAULTS)
parties.lay(api, FAULTS)
people.lay(api, FAULTS)
numbers.lay(api, FAULTS)
house.lay(api, FAULTS)
policies.lay(api, FAULTS)
signals.lay(api, FAULTS)
acts.lay(api, sheets=(records.take_on_sheet, SheetFull), folders=(records.take_on_folder, FolderOut), faults=FAULTS)
