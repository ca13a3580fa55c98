"""What every request meets: its language, an end to idle sessions, a page for what was refused."""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import BadRequest
from django.core.handlers.exception import response_for_exception
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from riskwatch.parties.queries import remembering
from riskwatch.refusals import Refusal

USED = "last used"
NUL = "\0"
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class SoundText:
    """Turns away text that no database keeps (a NUL in an address, a cookie or a form) before anything looks at it."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = unquote_to_bytes(request.META.get("QUERY_STRING", ""))
        if NUL in request.path_info or b"\0" in query or any(NUL in k + v for k, v in request.COOKIES.items()):
            return self.turn_away(request)
        if request.content_type in FORMS and any(NUL in k or NUL in "".join(v) for k, v in request.POST.lists()):
            return self.turn_away(request)
        return self.respond(request)

    def turn_away(self, request: HttpRequest) -> HttpResponse:
        """400, as a problem document for programs and as a page for people."""
        if request.path_info.startswith("/api/"):
            words = {
                "type": "urn:riskwatch:bad_text",
                "title": "bad_text",
                "status": 400,
                "detail": _("请求中有不能保存的字符（NUL）"),
                "remedy": _("去掉这个字符后再提交"),
            }
            return JsonResponse(words, status=400, content_type="application/problem+json")
        return response_for_exception(request, BadRequest("NUL in request"))


class ChineseFirst:
    """Chinese, unless the reader chose English; what the browser prefers does not decide."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if not chosen and request.path.startswith("/api/"):
            # A program has no button to press: it says its language itself.
            chosen = request.headers.get("Accept-Language", "")[:2].lower()
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        translation.activate(language)
        request.LANGUAGE_CODE = language
        if request.method in ("GET", "HEAD"):
            with remembering():
                response = self.respond(request)
        else:
            response = self.respond(request)
        response.headers.setdefault("Content-Language", language)
        return response


class IdleEnds:
    """A session that nobody used for a while ends; the person logs in again.

    The last use is kept to the minute, so that a click a second does not write the session each time.
    """

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = int(time.time())
            used = request.session.get(USED, now)
            if now - used > settings.SESSION_IDLE:
                logout(request)
                messages.info(request, _("您已较长时间没有操作，请重新登录"))
            elif USED not in request.session or now - used >= 60:
                request.session[USED] = now
        return self.respond(request)


class OneTimePassword:
    """Whoever came in with a one-time password chooses their own before anything else."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and request.user.one_time_password:
            change = reverse("account_change_password")
            if request.path not in (change, reverse("account_logout"), reverse("set_language")):
                messages.info(request, _("这是一次性密码，请先设置自己的密码"))
                return redirect(change)
        return self.respond(request)


class RefusalMiddleware:
    """Turns a `Refusal` that a view did not catch into a page; never a stack trace."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.respond(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Only refusals are ours; other errors keep their way."""
        if not isinstance(error, Refusal):
            return None
        cite = error.rule.cite(get_language() or "zh") if error.rule else ""
        context = {"refusal": error, "cite": cite, "back": _came_from(request)}
        return render(request, "look/refusal.html", context, status=error.status)


def _came_from(request: HttpRequest) -> str:
    """The page of ours that the person came from; another site's address or a script is never made a link."""
    said = request.META.get("HTTP_REFERER", "")
    ours = url_has_allowed_host_and_scheme(said, {request.get_host()}, require_https=request.is_secure())
    return said if ours else "/"
