"""A refusal becomes a page that says reason, remedy and rule."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import get_language

from riskwatch.parties.queries import remembering
from riskwatch.refusals import Refusal


class ChineseFirst:
    """Chinese, unless the reader chose English; what the browser prefers does not decide."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
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
        return render(request, "look/refusal.html", {"refusal": error, "cite": cite}, status=error.status)
