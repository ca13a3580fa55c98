"""The one way to say no: what is refused and why, what to do instead, and the rule behind it."""

from __future__ import annotations

from typing import Protocol


class Cited(Protocol):
    """Anything of the law library that can name its place."""

    def cite(self, language: str = "zh") -> str: ...


class Refusal(Exception):
    """An act that may not be done, told so that the person knows why and what to do.

    Attributes
    ----------
    reason : str
        What is wrong, one sentence in the reader's language.
    remedy : str
        What the person can do about it; there is always something, if only to look again or whom to ask.
    rule : Cited or None
        The rule of law behind the refusal, when there is one.
    code : str
        Stable machine word for the API, for example ``"conflict"`` or ``"not_in_force"``.
    status : int
        HTTP status: 409 (state does not allow it) unless said otherwise; 403 when the person may not.
    fields : dict of str to str
        Reasons by field name, when single fields are at fault.
    """

    def __init__(
        self,
        reason: str,
        *,
        remedy: str,
        rule: Cited | None = None,
        code: str = "refused",
        status: int = 409,
        fields: dict[str, str] | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = str(reason)
        self.remedy = str(remedy)
        self.rule = rule
        self.code = code
        self.status = status
        self.fields = fields or {}


def refuse_unless(
    holds: object,
    reason: str,
    *,
    remedy: str,
    rule: Cited | None = None,
    code: str = "refused",
    status: int = 409,
) -> None:
    """Raise a `Refusal` unless ``holds`` is true."""
    if not holds:
        raise Refusal(reason, remedy=remedy, rule=rule, code=code, status=status)
