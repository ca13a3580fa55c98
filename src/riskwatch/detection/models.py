"""Watches (monitoring plans), their weekly runs, and the signals that the runs raise."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

SERVICE = "detector-service"  # the account of the watches that run by themselves
NATIONAL = "national"


class Watch(models.Model):
    """A monitoring plan: which products, areas and sources are counted week by week, for whom, and how long.

    Empty lists mean everything. A centre's watch lies inside its designation; the national watch is headquarters'.
    """

    name = models.SlugField(_("监测名称"), max_length=60, unique=True)
    title = models.CharField(_("说明"), max_length=200, blank=True)
    owner = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, related_name="+")
    products = ArrayField(models.CharField(max_length=10), verbose_name=_("商品编码前缀"), default=list, blank=True)
    areas = ArrayField(models.CharField(max_length=4), verbose_name=_("关区代码"), default=list, blank=True)
    sources = ArrayField(models.CharField(max_length=40), verbose_name=_("信息来源"), default=list, blank=True)
    starts_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("结束日期"), null=True, blank=True)
    budget = models.PositiveSmallIntegerField(_("每周名额"), default=20)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_reason = models.CharField(_("结束理由"), max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="watch_has_a_term"),
            models.CheckConstraint(condition=Q(budget__gte=1), name="watch_has_a_budget"),
        ]

    def __str__(self) -> str:
        return self.title or self.name


class Run(models.Model):
    """One run of a watch over a week: what went in (by hash), how it was computed, and what came out.

    A run of the same inputs by the same engine and parameters is the same run: it is stored once.
    """

    watch = models.ForeignKey(Watch, on_delete=models.PROTECT, related_name="runs")
    week = models.DateField(_("周"))  # the Monday
    inputs = models.CharField(_("输入指纹"), max_length=64)  # sha256 of the kept evidence
    parameters = models.JSONField(_("参数"))
    engine = models.CharField(_("引擎版本"), max_length=60)
    digest = models.CharField(max_length=64)  # of inputs, parameters and engine
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("运行时间"))
    seconds = models.FloatField(_("用时（秒）"))
    records = models.PositiveIntegerField(_("计入记录"))
    undated = models.PositiveIntegerField(_("无日期未计入"))
    cells = models.PositiveIntegerField(_("候选单元"))
    tested = models.PositiveIntegerField(_("检验单元"))
    rejected = models.PositiveIntegerField(_("超出单元"))
    raised = models.PositiveIntegerField(_("名额内信号"))
    held = models.PositiveIntegerField(_("名额外信号"))
    short = models.CharField(_("说明"), max_length=40, blank=True)  # why nothing could be tested

    class Meta:
        constraints = [models.UniqueConstraint(fields=["watch", "week", "digest"], name="run_once")]
        indexes = [models.Index(fields=["watch", "-week", "-id"], name="run_latest")]

    def __str__(self) -> str:
        return f"{self.watch.name} {self.week.isoformat()}"


class Signal(models.Model):
    """One flagged cell of one week: what, how much, why, on which reports, and what people decided on it.

    What was computed never changes (a trigger holds it); only what people decide does.
    """

    class Kind(models.TextChoices):
        RISE = "rise", _("数量上升")
        SHARE = "share", _("占比异常")

    class State(models.TextChoices):
        NEW = "new", _("待研判")
        WATCHED = "watched", _("持续关注")
        DISMISSED = "dismissed", _("已排除")
        ACCEPTED = "accepted", _("已立案")
        LAPSED = "lapsed", _("按新数据不再超出")

    class Extent(models.TextChoices):
        SYSTEMIC = "systemic", _("系统性")
        REGIONAL = "regional", _("区域性")
        ISOLATED = "isolated", _("个别")
        UNTESTED = "untested", _("未检验")

    class Reason(models.TextChoices):
        ARTEFACT = "artefact", _("数据或报送方式变化")
        SEASON = "season", _("季节或节日的正常波动")
        DUPLICATE = "duplicate", _("同一事件重复报送")
        KNOWN = "known", _("已在其他案卷办理")
        OUTSIDE = "outside", _("不属于工业品质量安全")
        CHANCE = "chance", _("核对后无实际风险")

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="signals")
    week = models.DateField(_("周"))
    place = models.PositiveSmallIntegerField(_("名次"))  # 1 is first; those held follow those raised
    held = models.BooleanField(_("名额外"), default=False)
    kind = models.CharField(_("类别"), max_length=10, choices=Kind, default=Kind.RISE)
    cell = models.JSONField(_("单元"))  # dimension -> node: product, hazard, origin, port, maker
    cell_key = models.CharField(max_length=64)  # digest of the cell: the same cell in any week
    product = models.CharField(_("产品"), max_length=200, blank=True)
    hazard = models.CharField(_("危害"), max_length=40, blank=True)
    origin = models.CharField(_("原产地"), max_length=10, blank=True)
    port = models.CharField(_("口岸"), max_length=10, blank=True)
    maker = models.CharField(_("生产企业"), max_length=300, blank=True)
    sources = ArrayField(models.CharField(max_length=40), verbose_name=_("来源"))
    observed = models.PositiveIntegerField(_("近四周数量"))
    expected = models.FloatField(_("预期"))
    low = models.FloatField(_("预期下限"))
    high = models.FloatField(_("预期上限"))
    excess = models.FloatField(_("超出下限"))
    p = models.FloatField(_("概率"))
    rank = models.FloatField(_("排序分"))
    severity = models.FloatField(_("严重程度权重"))
    exposure = models.FloatField(_("暴露权重"))
    extent = models.CharField(_("影响范围"), max_length=10, choices=Extent)
    spread = models.JSONField(_("范围检验"))
    findings = models.JSONField(_("分来源结果"))
    series = models.JSONField(_("周序列"))
    by_port = models.JSONField(_("分口岸数量"))
    ports = ArrayField(models.CharField(max_length=10), verbose_name=_("涉及口岸"), default=list)
    reports = models.JSONField(_("依据"))
    estimate = models.JSONField(_("加权估计"), null=True, blank=True)
    why_zh = models.TextField(_("为何提示"))
    why_en = models.TextField()
    record = models.TextField()  # the engine's own record, every digit: what a replay is compared with
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.NEW)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    ground = models.CharField(_("排除原因"), max_length=10, choices=Reason, blank=True)
    reason = models.TextField(_("理由"), blank=True)
    folder = models.ForeignKey("case.Folder", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    replaced_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "kind", "cell_key"], name="signal_once_a_run"),
            models.CheckConstraint(
                condition=~Q(state="dismissed") | (~Q(reason="") & ~Q(ground="")), name="dismissed_with_a_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(folder__isnull=False), name="accepted_into_a_case"
            ),
        ]
        indexes = [
            models.Index(fields=["-week", "held", "place"], name="signal_wall"),
            models.Index(fields=["cell_key", "-week"], name="signal_likes"),
            GinIndex(fields=["ports"], name="signal_ports"),
        ]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="computed_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "run", "week", "cell", "observed", "expected", "p", "rank", "record", "reports"
                ),
                func="RAISE EXCEPTION 'what a run computed cannot be changed';",
            ),
            pgtrigger.Protect(name="signals_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.run.watch.name} {self.week.isoformat()} #{self.place}"

    @property
    def why(self) -> str:
        """Why it was raised, one sentence in the reader's language."""
        return self.why_en if (get_language() or "").startswith("en") else self.why_zh
