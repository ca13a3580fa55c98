"""Error pages: what happened, what to do, never a trace."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def _page(request: HttpRequest, status: int, reason: str, remedy: str) -> HttpResponse:
    return render(request, "look/error.html", {"status": status, "reason": reason, "remedy": remedy}, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 400, _("请求有误"), _("请返回上一页重新填写"))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 403, _("不能进行这个操作"), _("需要权限的，请联系安全管理员"))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 404, _("没有找到这个页面"), _("它可能不存在，或者不在您可以查看的范围内"))


def server_error(request: HttpRequest) -> HttpResponse:
    return _page(request, 500, _("系统出错了"), _("内容没有丢失，请稍后再试；仍不行请联系系统管理员"))
