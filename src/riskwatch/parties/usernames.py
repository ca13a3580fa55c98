"""Which user names may be given: plain letters, and nobody's in any spelling, because log-in does not look at case."""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext as _

from riskwatch.parties.guards import officers
from riskwatch.parties.models import Person
from riskwatch.refusals import Refusal

FORM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,59}")


def free(username: str) -> str:
    """The user name as it is kept; refused when it is somebody's, or could be taken for somebody's.

    Full-width forms become plain ones. Other letters are refused: some look like a Latin letter, and some become
    one when a database changes case.
    """
    kept = unicodedata.normalize("NFKC", username).strip()
    if not FORM.fullmatch(kept):
        raise _wrong(_("用户名只能用英文字母、数字和 . _ @ + -，以字母或数字开头，最多60个"), code="wrong_username")
    if Person.objects.filter(username__iexact=kept).exists():
        raise _wrong(_("用户名已被使用"), code="taken")
    return kept


def _wrong(reason: str, *, code: str) -> Refusal:
    return Refusal(
        reason, remedy=_("换一个用户名"), rule=officers(), code=code, status=422, fields={"username": reason}
    )
