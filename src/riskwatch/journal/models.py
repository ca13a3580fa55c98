"""Strands of entries, their payloads apart, and the seals over the strands' heads."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class Strand(models.Model):
    """One chain: a folder's, a free-standing information's, or one office's day."""

    key = models.CharField(max_length=80, unique=True)
    head_number = models.PositiveIntegerField(default=0)
    head_hash = models.BinaryField(default=bytes(32))
    # The machine's clock, not the act's time: the sealer asks "changed since the last seal".
    touched_at = models.DateTimeField(db_default=Now(), db_index=True)

    def __str__(self) -> str:
        return self.key


class Entry(models.Model):
    """One act: person, act, rule, time, and the digest of its content, chained to the entry before."""

    strand = models.ForeignKey(Strand, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    act = models.CharField(max_length=60)
    rule = models.CharField(max_length=60, blank=True)
    basis = models.CharField(max_length=40, blank=True)
    sheet_id = models.BigIntegerField(null=True, blank=True)
    previous = models.BinaryField()
    digest = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["strand", "number"], name="entry_once")]
        indexes = [
            models.Index(fields=["sheet_id", "act"], name="entry_of_sheet"),
            models.Index(fields=["actor", "at"], name="entry_of_person"),
        ]
        triggers = [
            pgtrigger.Protect(name="entries_stay", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.strand_id}#{self.number} {self.act}"


class Payload(models.Model):
    """An entry's content; it may be lawfully destroyed, and the chain still verifies."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, primary_key=True, related_name="payload")
    salt = models.BinaryField()
    content = models.JSONField()

    class Meta:
        triggers = [
            pgtrigger.Protect(name="payloads_unchanged", operation=pgtrigger.Update),
            pgtrigger.Protect(name="payloads_kept", operation=pgtrigger.Delete),
        ]


class Seal(models.Model):
    """One minute's hash over every head that changed, chained to the seal before."""

    number = models.PositiveIntegerField(unique=True)
    at = models.DateTimeField()
    # The machine's clock: the next sealer looks at strands touched after this, less the slowest commit.
    looked_at = models.DateTimeField(db_default=Now())
    previous = models.BinaryField()
    heads_digest = models.BinaryField()
    heads_count = models.PositiveIntegerField()
    hash = models.BinaryField()

    class Meta:
        triggers = [pgtrigger.Protect(name="seals_stay", operation=pgtrigger.Update | pgtrigger.Delete)]


class SealedHead(models.Model):
    """Where one strand stood when it was sealed."""

    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="heads")
    strand = models.ForeignKey(Strand, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    hash = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["strand", "number"], name="head_sealed_once")]
        triggers = [pgtrigger.Protect(name="heads_stay", operation=pgtrigger.Update | pgtrigger.Delete)]
