"""Commissions, conflict statements, reports in versions, centres' proposals, and editions of headquarters' assessment policy."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from decree188 import assessment as law
from decree188 import scope
from riskwatch.case.models import OnSheet
from riskwatch.look.words import choices

LEVELS = [("serious", _("严重")), ("high", _("高")), ("medium", _("中")), ("low", _("低"))]
BASES = [("computed", _("按情景计算")), ("presumed", _("按条款推定")), ("precautionary", _("按预防从严"))]


class Assessment(OnSheet):
    """A commission to a body, panel or centre, and where it stands."""

    assessor = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, related_name="+")
    question = models.TextField(_("评估任务"))
    trigger = models.CharField(_("重新评估原因"), max_length=30, choices=choices(law.reassess_on_change), blank=True)
    trigger_words = models.TextField(_("变化情况"), blank=True)
    previous = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    team: ClassVar = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True)
    urgent_unverified = models.BooleanField(default=False)
    returned_because = models.TextField(blank=True)
    declined_because = models.TextField(blank=True)


class ConflictStatement(models.Model):
    """A member states whether they are tied to the operator."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="statements")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    has_interest = models.BooleanField()
    text = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["assessment", "person"], name="stated_once")]


class Draft(models.Model):
    """An assessment document as it was saved on the way; every saved version stays, with who saved it."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="drafts")
    number = models.PositiveIntegerField()
    document = models.JSONField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["assessment", "number"], name="draft_number_once")]
        triggers = [pgtrigger.Protect(name="drafts_stay", operation=pgtrigger.Update | pgtrigger.Delete)]


class Report(models.Model):
    """One submitted version of a written report; it is never edited.

    ``document`` is what was assessed, ``result`` what the method library made of it; equal documents give equal results.
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="reports")
    version = models.PositiveIntegerField()
    method = models.CharField(_("评估方法"), max_length=200)
    method_id = models.CharField(max_length=40, default="eu-2024-3173")
    basis = models.CharField(_("定级依据"), max_length=20, choices=BASES, default="computed")
    document = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    inputs_sha256 = models.CharField(_("输入指纹"), max_length=64, blank=True)
    category = models.CharField(_("风险类别"), max_length=200)
    level = models.CharField(_("风险等级"), max_length=20, choices=LEVELS)
    hazard = models.TextField(_("危害"))
    extent = models.TextField(_("范围"))
    residual = models.TextField(_("残余风险"))
    proposal = models.TextField(_("处置建议"))
    interests = ArrayField(models.CharField(max_length=20, choices=choices(scope.interests)))
    likelihood = models.CharField(_("可能性"), max_length=200)
    degree = models.PositiveSmallIntegerField(_("严重程度"), null=True, blank=True)
    difference = models.TextField(blank=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()
    in_time = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["assessment", "version"], name="report_version_once")]
        triggers = [pgtrigger.Protect(name="reports_stay", operation=pgtrigger.Update | pgtrigger.Delete)]


class PanelRound(models.Model):
    """One private round of an expert panel: what was asked, and when it was opened and closed.

    ``questions`` is a list of ``{key, kind, words, scenario, step, truth}``; kind is ``probability``, ``severity`` or ``seed``.
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    questions = models.JSONField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_early = models.CharField(_("提前结束的理由"), max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assessment", "number"], name="panel_round_once"),
            models.UniqueConstraint(fields=["assessment"], condition=models.Q(closed_at=None), name="one_round_open"),
        ]
        triggers = [pgtrigger.Protect(name="rounds_stay", operation=pgtrigger.Delete)]


class PanelAnswer(models.Model):
    """A member's private answer to one question of a round, as entered; it may be changed until the round is closed."""

    round = models.ForeignKey(PanelRound, on_delete=models.PROTECT, related_name="answers")
    question = models.CharField(max_length=40)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answer = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "question", "person"], name="panel_answer_once")]
        triggers = [pgtrigger.Protect(name="answers_stay", operation=pgtrigger.Delete)]


class Proposal(OnSheet):
    """A national centre's findings and proposed disposal, which headquarters answers."""

    designation = models.ForeignKey("parties.Designation", on_delete=models.PROTECT, related_name="+")
    findings = models.TextField(_("监测评估结果"))
    proposal = models.TextField(_("处置建议"))
    answer = models.TextField(_("总署答复"), blank=True)


class ReassessmentDue(OnSheet):
    """A change that calls for the same assessor again; the case officer begins it, or says why not."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="+")
    trigger = models.CharField(_("变化种类"), max_length=30, choices=choices(law.reassess_on_change))
    trigger_words = models.TextField(_("变化情况"))
    once_key = models.CharField(max_length=120, unique=True)
    declined_because = models.TextField(_("不重新评估的理由"), blank=True)


class IncidentCheck(models.Model):
    """Incidents counted after a report, held against what one of its scenarios predicted; it stays as it was made."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="checks")
    scenario = models.CharField(max_length=200)
    scenario_words = models.CharField(max_length=300, blank=True)
    observed = models.JSONField()
    source = models.CharField(max_length=300)
    result = models.JSONField()
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField()

    class Meta:
        triggers = [pgtrigger.Protect(name="checks_stay", operation=pgtrigger.Update | pgtrigger.Delete)]


class PolicyEdition(models.Model):
    """One edition of headquarters' assessment policy: grade tables, own scales, FMEA priorities; proposed by one, published by another.

    ``policy`` is what :func:`riskmethods.policy.from_json` reads; ``base`` the fingerprint of the policy that it was
    written over. Once decided nothing in it changes.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("待审核")
        PUBLISHED = "published", _("已发布")
        REJECTED = "rejected", _("未通过")
        WITHDRAWN = "withdrawn", _("已撤回")

    number = models.PositiveIntegerField(unique=True)
    policy = models.JSONField()
    sha256 = models.CharField(_("指纹"), max_length=64)
    base = models.CharField(max_length=64)
    valid_from = models.DateField(_("生效日期"))
    reason = models.CharField(_("修改理由"), max_length=500)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    remark = models.CharField(_("审核意见"), max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["valid_from"], condition=models.Q(state="published"), name="one_policy_edition_a_day"
            )
        ]
        triggers = [
            pgtrigger.Protect(name="policy_editions_stay", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="decided_policy_stays", operation=pgtrigger.Update, condition=~pgtrigger.Q(old__state="proposed")
            ),
            pgtrigger.Protect(
                name="proposed_policy_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__policy__df=pgtrigger.F("new__policy"))
                | pgtrigger.Q(old__valid_from__df=pgtrigger.F("new__valid_from")),
            ),
        ]
