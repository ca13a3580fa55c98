"""A release is refused because it names too much, worded anew, and published; the public reads the redacted text alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from riskwatch.doors.jobs.simulator.river import walk
from tests.stories.verbs import PRESS, follow, go, open_, refused, said, send, shot, take

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "进口单价每件3.2元"
FIRST = {
    "title": "关于磁力积木的风险提示",
    "body": f"部分磁力积木小磁铁易脱落，{SECRET}。请立即停用。",
    "left_out": "无",
}


def test_a_release_is_refused_then_granted_and_the_public_reads_the_redacted_text_alone(visit, house, clock, told, at):
    notice = walk(house, told[0], upto="issued", at=clock(at)).measure
    clock(at + timedelta(days=2))
    officer, releaser, public = visit("sh-case_officer"), visit("sh-releaser"), visit()
    open_(officer, notice)
    no = refused(officer, "release-request", FIRST | {"body": "联系人电话13912345678"})
    assert "13912345678" in no
    assert "删去或改写后再提交" in no
    open_(officer, notice)
    take(officer, "release-request", FIRST)
    release = officer.url
    go(releaser, "inbox/")
    follow(releaser, "text=PU-2200-")
    assert SECRET in said(releaser)
    take(releaser, "release-refuse", {"reason": "单价属商业秘密，请删去"})
    assert public.goto(f"{public.home}/announcements/p{notice.pk}/").status == 404

    # The officer is told, finds the reason and the first wording in the form, and asks again without the price.
    assert "单价属商业秘密，请删去" in go(officer, "messages/")
    follow(officer, "text=不予公开")
    assert officer.url == release
    open_(officer, notice)
    officer.click("[data-act='release-request']")
    assert SECRET in officer.input_value("[name=body]")
    assert "单价属商业秘密，请删去" in said(officer)
    shot(officer, "release-again")
    officer.fill("[name=body]", "部分磁力积木小磁铁易脱落。请立即停用。")
    officer.fill("[name=left_out]", "进口单价，属商业秘密")
    send(officer)

    go(releaser, "inbox/")
    follow(releaser, "text=PU-2200-")
    releaser.click("[data-act='release-publish']")
    releaser.click(PRESS)
    assert releaser.locator(".invalid-feedback").count() == 1  # the releaser confirms that nothing secret is left
    releaser.check("[name=redacted]")
    send(releaser)
    public.goto(public.home + "/announcements/")
    assert "请立即停用" in follow(public, "text=关于磁力积木的风险提示")
    shot(public, "released")
    for address in (f"/announcements/p{notice.pk}/", f"/announcements/p{notice.pk}/?version=1", "/announcements/?q=磁力", "/announcements.json",
                    "/api/announcements", "/"):  # fmt: skip
        answer = public.request.get(public.home + address)
        body = answer.text() if "html" in answer.headers["content-type"] else str(answer.json())
        assert "磁力积木的风险提示" in body
        for inside in (SECRET, "3.2", "商业秘密", notice.owner.name_zh + "经办岗"):
            assert inside not in body, address
    # And nobody finds it by searching for what was left out.
    public.goto(public.home + "/announcements/?q=3.2")
    assert "没有找到公告" in said(public)
