"""The rule book of measures: per kind its place, term, lapse, contents, audience, approval and filing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from decree188.places import Place, place


class TermRule(StrEnum):
    """Whether a measure carries a last day."""

    REQUIRED = "required"
    ALLOWED = "allowed"
    FORBIDDEN = "forbidden"


@dataclass(frozen=True, slots=True)
class MeasureRule:
    """How one kind of measure is made, ended and filed.

    Attributes
    ----------
    needs : tuple of str
        Codes of the fields without which it cannot be reviewed.
    audience : str
        ``"offices"``, ``"named"`` (operators and bodies) or ``"public"``.
    level : str
        Lowest level of office that may issue it: ``"office"`` or ``"headquarters"`` (policy).
    filing : str
        Key of the time limit for filing upward.
    """

    kind: str
    place: Place
    zh: str
    en: str
    term: TermRule
    ends_by_itself: bool
    needs: tuple[str, ...]
    audience: str
    acknowledged: bool
    level: str = "office"
    filing: str = "filing_upward"
    refuses: str = ""
    refuses_en: str = ""

    def words(self, language: str = "zh") -> str:
        """The kind's name."""
        return self.en if language.startswith("en") else self.zh


_A, _R, _F = TermRule.ALLOWED, TermRule.REQUIRED, TermRule.FORBIDDEN
MEASURE_RULES: dict[str, MeasureRule] = {
    r.kind: r
    for r in (
        MeasureRule("circular", place("16.1.1"), "风险警示通报", "warning circular", _A, True,
                    ("product", "risk", "text", "addressees"), "offices", True),
        MeasureRule("notice", place("16.1.2"), "风险警示通告", "warning notice", _A, True,
                    ("product", "risk", "required_actions", "addressees"), "named", True),
        MeasureRule("announcement", place("16.1.3"), "风险警示公告", "public announcement", _R, True,
                    ("product", "risk", "compulsory", "basis", "advice"), "public", False, "headquarters"),
        MeasureRule("regime_change", place("17.1.1"), "调整检验监管模式", "change of inspection regime", _R, True,
                    ("product", "regime_from", "regime_to", "scope"), "offices", True),
        MeasureRule("order", place("17.1.2"), "责令通知书", "order", _A, False,
                    ("order_kind", "product", "grounds", "required_actions", "addressees", "lines", "perform_by"), "named", True,
                    filing="filing_upward_urgent"),
        MeasureRule("seizure", place("17.1.3"), "查封扣押", "sealing and detention", _R, False, (), "named", True,
                    filing="filing_upward_urgent",
                    refuses="查封、扣押须先具备审批、两名执法人员、决定书和清单等法定手续，本平台的手续办理尚未开通",
                    refuses_en="sealing and detention need approval, two officers, a written decision and an inventory first; this platform "
                               "does not yet carry out these formalities"),
        MeasureRule("survey", place("17.1.4"), "专项调查", "survey", _R, False,
                    ("product", "scope", "plan", "addressees"), "offices", True),
        MeasureRule("joint_handling", place("17.1.5"), "协同处置", "joint handling", _A, False,
                    ("facts", "proposal", "addressees"), "named", True),
    )
}
