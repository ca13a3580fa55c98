"""Folders (cases) and sheets (whatever in them has a life of its own), and what ties sheets together."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from riskwatch.look.words import Sentence


class Grade(models.TextChoices):
    """Secrecy; state secrets have no grade here because they may not enter."""

    OPEN = "open", _("公开")
    INTERNAL = "internal", _("内部")
    WORK_SECRET = "work_secret", _("工作秘密")


class Direction(models.TextChoices):
    IMPORT = "import", _("进口")
    EXPORT = "export", _("出口")


class Folder(models.Model):
    """A case. Where it stands is read from its sheets and never stored."""

    class State(models.TextChoices):
        OPEN = "open", _("办理中")
        CLOSED = "closed", _("已结案")
        ARCHIVED = "archived", _("已归档")
        DESTROYED = "destroyed", _("已销毁")

    number = models.CharField(_("案卷号"), max_length=40, unique=True)
    title = models.CharField(_("案由"), max_length=200)
    owner = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    direction = models.CharField(max_length=10, choices=Direction, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    grade = models.CharField(max_length=12, choices=Grade, default=Grade.INTERNAL)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closing_summary = models.TextField(blank=True)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    split_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["owner", "state", "-opened_at"], name="folder_list")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def strand(self) -> str:
        """Key of the folder's strand in the journal."""
        return f"folder:{self.pk}"


class Sheet(models.Model):
    """The common columns of every record with a life of its own; a room's table is a row on a sheet."""

    kind = models.CharField(max_length=30)
    number = models.CharField(_("编号"), max_length=60, blank=True)
    folder = models.ForeignKey(Folder, on_delete=models.PROTECT, null=True, blank=True, related_name="sheets")
    owner = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, related_name="+")
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    stage = models.CharField(max_length=30)
    grade = models.CharField(max_length=12, choices=Grade, default=Grade.INTERNAL)
    title = models.CharField(_("标题"), max_length=300)
    words = models.TextField(blank=True)
    tokens = SearchVectorField(null=True, editable=False)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(_("期限截止"), null=True, blank=True)
    ends_by_itself = models.BooleanField(default=False)
    lifted_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(_("办理期限"), null=True, blank=True)
    escalated_on = models.DateField(null=True, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    moved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    moved_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    readers = ArrayField(models.BigIntegerField(), default=list, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    destroyed_at = models.DateTimeField(null=True, blank=True)
    causes: ClassVar = models.ManyToManyField("self", symmetrical=False, through="Cause", related_name="effects")

    class Meta:
        indexes = [
            models.Index(fields=["owner", "kind", "stage", "due_on"], name="sheet_inbox"),
            models.Index(fields=["kind", "-made_at"], name="sheet_list"),
            models.Index(fields=["folder", "kind"], name="sheet_of_folder"),
            # Counting the register reads these columns only.
            models.Index(
                fields=["id"],
                include=["owner", "stage", "made_at"],
                condition=Q(kind="information"),
                name="sheet_register",
            ),
            models.Index(fields=["ends_on"], condition=Q(ends_by_itself=True, lifted_on=None), name="sheet_ends"),
            models.Index(OpClass(Upper("number"), name="text_pattern_ops"), name="sheet_number"),
            GinIndex(fields=["readers"], name="sheet_readers"),
            GinIndex(fields=["tokens"], name="sheet_tokens"),
            GinIndex(OpClass(Upper("words"), name="gin_trgm_ops"), name="sheet_words"),
        ]

    def __str__(self) -> str:
        return f"{self.number or _('未编号')} {self.title}"

    @property
    def strand(self) -> str:
        """Key of the strand that records this sheet: its folder's, else its own."""
        return f"folder:{self.folder_id}" if self.folder_id else f"sheet:{self.pk}"


class OnSheet(models.Model):
    """A room's own table: one row on one sheet, under the sheet's key."""

    sheet = models.OneToOneField(Sheet, on_delete=models.PROTECT, primary_key=True, related_name="+")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.sheet)


class Cause(models.Model):
    """Why a sheet exists: the sheet before it. Read both ways."""

    effect = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="+")
    cause = models.ForeignKey(Sheet, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["effect", "cause"], name="cause_once"),
            models.CheckConstraint(condition=~Q(effect=models.F("cause")), name="not_its_own_cause"),
        ]


class Enclosure(models.Model):
    """A piece of information lies in a case; it may lie in many, and be taken out again."""

    folder = models.ForeignKey(Folder, on_delete=models.PROTECT, related_name="enclosures")
    sheet = models.ForeignKey(Sheet, on_delete=models.PROTECT, related_name="enclosures")
    put_in_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    put_in_at = models.DateTimeField()
    taken_out_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    taken_out_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["folder", "sheet"], condition=Q(taken_out_at=None), name="enclosed_once")
        ]


class Concern(models.Model):
    """An organisation's part in a sheet: reporter, addressee, commissioned, measured, party, joint."""

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="concerns")
    organisation = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=20)
    role_in_case = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sheet", "organisation", "part"], name="concern_once")]
        indexes = [models.Index(fields=["organisation", "part"], name="concern_of")]


class JointOffice(models.Model):
    """An office that handles a case together with its owner."""

    folder = models.ForeignKey(Folder, on_delete=models.PROTECT, related_name="joint_offices")
    office = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["folder", "office"], condition=Q(until=None), name="joint_once")]


class Recusal(models.Model):
    """A person stays out of a case."""

    folder = models.ForeignKey(Folder, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["folder", "person"], name="recused_once")]


class Transfer(OnSheet):
    """A case moves to another office, is shared with it, or part of it goes there."""

    class Mode(models.TextChoices):
        TRANSFER = "transfer", _("移送")
        JOINT = "joint", _("共同办理")
        SPLIT = "split", _("分案")

    mode = models.CharField(max_length=10, choices=Mode)
    to = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    taken: ClassVar = models.ManyToManyField(Sheet, related_name="+", blank=True)
    answer = models.TextField(blank=True)
    ruling = models.TextField(blank=True)


class WorkYear(models.Model):
    """One uploaded day of a year's working calendar that departs from the library's table.

    A later upload of the year replaces it; the earlier one stays, with the day on which it was replaced.
    """

    day = models.DateField()
    works = models.BooleanField()
    year = models.PositiveSmallIntegerField(db_index=True)
    source = models.CharField(max_length=200)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day"], condition=Q(replaced_at=None), name="day_once")]


class Policy(models.Model):
    """A time limit or number that the law leaves open; headquarters edits it, old cases keep old values."""

    key = models.CharField(max_length=60)
    amount = models.DecimalField(max_digits=12, decimal_places=4)
    unit = models.CharField(max_length=20)
    valid_from = models.DateField()
    reason = models.CharField(max_length=300)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "valid_from"], name="policy_once_a_day")]
        ordering = ["key", "-valid_from"]


class Message(models.Model):
    """Something a person or an organisation should know; channels outside send copies when switched on."""

    to_organisation = models.ForeignKey(
        "parties.Organisation", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    to_person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    role = models.CharField(max_length=30, blank=True)
    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    subject = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    # {"subject" | "body": [words, values]}: what is said anew in each reader's language; the columns keep the Chinese.
    said = models.JSONField(default=dict, blank=True)
    once_key = models.CharField(max_length=120, unique=True, null=True, blank=True)
    sent_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["to_organisation", "-sent_at"], name="message_of_org")]

    @property
    def subject_words(self) -> str:
        """The subject in the reader's language."""
        return str(Sentence(*self.said["subject"])) if "subject" in self.said else self.subject

    @property
    def body_words(self) -> str:
        """The body in the reader's language, where the house wrote it; as written, where a person did."""
        return str(Sentence(*self.said["body"])) if "body" in self.said else self.body


class MessageRead(models.Model):
    """A person has read a message; for colleagues in the same post it stays new."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "person"], name="read_once")]


class SheetFile(models.Model):
    """A file put on a sheet; once there it stays."""

    sheet = models.ForeignKey(Sheet, on_delete=models.PROTECT, related_name="files")
    attachment = models.ForeignKey("documents.Attachment", on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=100, blank=True)
    shown_to = models.CharField(max_length=12, default="full")
    put_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    put_at = models.DateTimeField()
