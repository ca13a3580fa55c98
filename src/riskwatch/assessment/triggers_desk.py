"""The forms of answering a change that calls for a reassessment, and what it says."""

from __future__ import annotations

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from riskwatch.assessment import triggers
from riskwatch.assessment.models import ReassessmentDue
from riskwatch.case.desk import Act, Fact, ReasonForm, StepForm, day, enter, text
from riskwatch.case.models import Sheet


class BeginForm(StepForm):
    trigger_words = text(_("变化情况"))
    due_on = day(_("完成期限"), required=False, help_text=_("不填按规定期限"))

    def prepare(self) -> None:
        said = ReassessmentDue.objects.get(pk=self.subject.pk).trigger_words
        self.initial = {"trigger_words": said} | dict(self.initial)


def facts(sheet: Sheet, depth: str) -> list[Fact]:
    """What changed, which report it concerns, and why it was declined."""
    row = ReassessmentDue.objects.select_related("assessment__sheet").get(pk=sheet.pk)
    return [Fact(_now("变化种类"), row.get_trigger_display()), Fact(_now("变化情况"), row.trigger_words, True),
            Fact(_now("原评估"), row.assessment.sheet.number), Fact(_now("不重新评估的理由"), row.declined_because, True)]  # fmt: skip


def install() -> None:
    """Enter the two answers and the facts."""
    enter(
        Act("reassessment_due", "reassess", BeginForm, triggers.begin),
        Act("reassessment_due", "decline", ReasonForm, triggers.decline),
        facts={"reassessment_due": facts},
    )
