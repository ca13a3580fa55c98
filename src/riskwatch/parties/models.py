"""People, organisations, and what ties them: posts, deputies, qualifications, designations, mandates."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from riskwatch.parties import roles


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> Person:
        person = self.model(username=username, **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(username=username)


class Person(AbstractBaseUser):
    """Someone who acts here; a service account is one too, answered for by a person."""

    class Kind(models.TextChoices):
        HUMAN = "human", _("自然人")
        SERVICE = "service", _("服务账号")

    username = models.CharField(_("用户名"), max_length=60, unique=True)
    name_zh = models.CharField(_("姓名"), max_length=60)
    name_en = models.CharField(_("英文名"), max_length=80, blank=True)
    email = models.EmailField(_("电子邮箱"), blank=True)
    phone = models.CharField(_("电话"), max_length=30, blank=True)
    language = models.CharField(max_length=10, default="zh-hans")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.HUMAN)
    answered_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    is_active = models.BooleanField(default=True)
    one_time_password = models.BooleanField(default=False)
    joined_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name_zh"]
    objects = PersonManager()

    class Meta:
        # Log-in does not look at case, so neither may uniqueness: two accounts that differ in case lock each other out.
        constraints = [models.UniqueConstraint(Lower("username"), name="username_once_in_any_case")]

    def __str__(self) -> str:
        return self.name_zh or self.username

    def get_full_name(self) -> str:
        return self.name_zh


class Organisation(models.Model):
    """An office, centre, body, panel, operator or other department."""

    class Kind(models.TextChoices):
        OFFICE = "office", _("海关")
        CENTRE = "centre", _("国家监测中心")
        TECHNICAL_BODY = "technical_body", _("技术机构")
        TESTING_BODY = "testing_body", _("检验检测机构")
        PANEL = "panel", _("专家小组")
        OPERATOR = "operator", _("生产经营者")
        DEPARTMENT = "department", _("其他部门")

    class Level(models.TextChoices):
        HEADQUARTERS = "headquarters", _("海关总署")
        SUB_ADMINISTRATION = "sub_administration", _("分署")
        DIRECT = "direct", _("直属海关")
        SUBORDINATE = "subordinate", _("隶属海关")

    kind = models.CharField(max_length=20, choices=Kind)
    code = models.CharField(_("代码"), max_length=40, unique=True)
    name_zh = models.CharField(_("名称"), max_length=200)
    full_name_zh = models.CharField(_("全称"), max_length=240, blank=True)
    name_en = models.CharField(_("英文名称"), max_length=240, blank=True)
    sort_key = models.CharField(max_length=240, blank=True)
    uscc = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    level = models.CharField(max_length=20, choices=Level, blank=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    region = models.CharField(_("地区"), max_length=12, blank=True)
    contact = models.CharField(_("联系方式"), max_length=200, blank=True)
    legal_representative = models.CharField(_("法定代表人"), max_length=60, blank=True)
    responsible_person = models.CharField(_("主要责任人"), max_length=60, blank=True)
    reporting_system = models.TextField(_("风险信息报告制度"), blank=True)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["uscc"], condition=~Q(uscc=""), name="uscc_once"),
            models.CheckConstraint(condition=~Q(kind="office") | ~Q(level=""), name="office_has_level"),
        ]
        indexes = [models.Index(fields=["kind", "sort_key"], name="organisation_list")]

    def __str__(self) -> str:
        english = (get_language() or "").startswith("en")
        if english and self.name_en:
            return self.name_en
        return self.name_zh.removeprefix("中华人民共和国") if self.kind == self.Kind.OFFICE else self.name_zh

    @property
    def is_headquarters(self) -> bool:
        return self.level == self.Level.HEADQUARTERS


class OfficeReach(models.Model):
    """The office tree as pairs (office, an office in its reach, itself included), dated."""

    office = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    below = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    depth = models.PositiveSmallIntegerField()
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "below", "since"], name="reach_once")]
        indexes = [models.Index(fields=["below", "depth"], name="reach_upwards")]


class Membership(models.Model):
    """A post: this person holds this role in this organisation from a day, perhaps until a day."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=30, choices=roles.choices)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    granted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["organisation", "role"], name="post_holders")]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation", "role"], condition=Q(until=None), name="post_held_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.organisation} {self.get_role_display()}"


class Deputy(models.Model):
    """While one person is absent another acts for them; the journal names both."""

    absent = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    deputy = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField()
    reason = models.CharField(max_length=200)
    named_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")


class Qualification(models.Model):
    """What a technical or testing body is qualified for, and until when."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="qualifications")
    kind = models.CharField(_("资质种类"), max_length=60)
    number = models.CharField(_("证书编号"), max_length=80)
    scope = models.TextField(_("范围"), blank=True)
    products = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    valid_from = models.DateField()
    valid_until = models.DateField()
    certificate = models.UUIDField(null=True, blank=True)
    withdrawn_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.number}（{self.valid_from} — {self.valid_until}）"


class Designation(models.Model):
    """Headquarters' designation of a national monitoring centre: products, area, period."""

    centre = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="designations")
    number = models.CharField(max_length=60, unique=True)
    products = ArrayField(
        models.CharField(max_length=10), help_text=_("商品编码前缀；空为全部"), default=list, blank=True
    )
    areas = ArrayField(models.CharField(max_length=4), help_text=_("关区代码；空为全国"), default=list, blank=True)
    valid_from = models.DateField()
    valid_until = models.DateField()
    designated_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    withdrawn_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.number}（{self.valid_from} — {self.valid_until}）"


class Interest(models.Model):
    """A tie between a person or body and an operator that a fair judge would want to know of."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    operator = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    nature = models.CharField(max_length=200)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    declared_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False) ^ Q(organisation__isnull=False), name="interest_of_one"
            )
        ]


class Mandate(models.Model):
    """An agent may act for an operator: dated, for a direction and a scope, with proof, once customs confirmed it.

    ``scope`` holds commodity-code prefixes with spaces between them; empty means every product.
    """

    class Direction(models.TextChoices):
        IMPORT = "import", _("进口")
        EXPORT = "export", _("出口")
        BOTH = "both", _("进出口")

    agent = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    principal = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    direction = models.CharField(max_length=10, choices=Direction)
    scope = models.CharField(max_length=200, blank=True)
    since = models.DateField()
    until = models.DateField()
    proof = models.UUIDField()
    filed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_on = models.DateField(null=True, blank=True)
    revoked_on = models.DateField(null=True, blank=True)


class SignUp(models.Model):
    """An operator asks for an account, with proof; an officer of its customs approves or refuses."""

    class State(models.TextChoices):
        WAITING = "waiting", _("待审核")
        APPROVED = "approved", _("已通过")
        REFUSED = "refused", _("未通过")

    number = models.CharField(_("回执编号"), max_length=60, blank=True)
    secret_digest = models.CharField(max_length=64, blank=True)
    uscc = models.CharField(_("统一社会信用代码"), max_length=18)
    name_zh = models.CharField(_("企业名称"), max_length=200)
    legal_representative = models.CharField(_("法定代表人"), max_length=60)
    region_office = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    applicant_name = models.CharField(_("经办人姓名"), max_length=60)
    applicant_phone = models.CharField(_("经办人电话"), max_length=30)
    applicant_email = models.EmailField(_("经办人邮箱"))
    username = models.CharField(_("用户名"), max_length=60)
    password = models.CharField(max_length=128)
    proof = models.UUIDField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    asked_at = models.DateTimeField()
    checks = models.JSONField(default=dict)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["number"], condition=~Q(number=""), name="sign_up_once")]


class Token(models.Model):
    """A key for machines; it belongs to a person or a service account and carries their posts."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    since = models.DateTimeField()
    until = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    issued_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
