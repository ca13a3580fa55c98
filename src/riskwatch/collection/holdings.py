"""Information in archive packages, and its destruction: with the report goes the identity of who reported."""

from __future__ import annotations

from datetime import datetime

from riskwatch.case.holdings import Room, blank
from riskwatch.case.models import Sheet
from riskwatch.collection.models import BadRow, Identity, Information, SourceFile
from riskwatch.documents import actions as documents

# What was collected before stays known by its outside key, so that reading the same file again does not bring it back.
CODES = ("source", "external_id", "revision", "language", "origin_code", "commodity_code", "hazard", "scope")


class _Collection(Room):
    def destroy(self, sheet: Sheet, *, at: datetime) -> None:
        super().destroy(sheet, at=at)
        Identity.objects.filter(information=sheet.pk, destroyed_at=None).update(destroyed_at=at)
        for file in SourceFile.objects.filter(pk__in=Information.objects.filter(pk=sheet.pk).values("file")):
            others = Information.objects.filter(file=file, sheet__destroyed_at=None).exclude(pk=sheet.pk)
            if not others.exists():
                _destroy_file(file, at=at)


def _destroy_file(file: SourceFile, *, at: datetime) -> None:
    """The collected file goes with the last piece that came in it."""
    blank(BadRow.objects.filter(file=file))
    SourceFile.objects.filter(pk=file.pk).update(name="")
    documents.destroy(file.file, at=at)


HOLDING = _Collection(
    "collection", kinds=("information", "amendment"), keep={"information": CODES}, unpacked=("identity",)
)
