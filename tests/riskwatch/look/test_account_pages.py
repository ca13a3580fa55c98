"""The log-in library's pages look and speak like ours."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/accounts/password/reset/", "发送重设链接"), ("/accounts/password/reset/done/", "邮件已经发出"),
        ("/accounts/password/reset/key/x-y/", "链接无效"), ("/accounts/signup/", "申请企业账号"), ("/accounts/inactive/", "账号已停用"),
        ("/accounts/login/", "忘记密码"),
    ],
)  # fmt: skip
def test_a_visitors_page_is_ours(path, words):
    said = Client().get(path, follow=True).content.decode()
    assert words in said
    assert "tabler.min.css" in said


def test_two_factor_pages_are_ours_from_switching_on_to_recovery_codes(cast):
    client = Client()
    client.post("/accounts/login/", {"login": "sh-registrar", "password": "Riskwatch-demo-1"})
    assert "验证器应用" in client.get("/accounts/2fa/").content.decode()
    page = client.get("/accounts/2fa/totp/activate/", follow=True)
    if page.redirect_chain:
        assert "请再次确认身份" in page.content.decode()
        page = client.post(page.redirect_chain[-1][0], {"password": "Riskwatch-demo-1"}, follow=True)
    assert "密钥" in page.content.decode()
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    secret = page.context["form"].secret
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    client.post("/accounts/2fa/totp/activate/", {"code": code})
    assert "已启用" in client.get("/accounts/2fa/").content.decode()
    assert "恢复码" in client.get("/accounts/2fa/recovery-codes/", follow=True).content.decode()
    assert "停用验证器" in client.get("/accounts/2fa/totp/deactivate/", follow=True).content.decode()
    client.post("/accounts/logout/")
    asked = client.post("/accounts/login/", {"login": "sh-registrar", "password": "Riskwatch-demo-1"}, follow=True)
    assert "请输入验证器上的验证码" in asked.content.decode()
