"""Cases that were merged: which folders one case now consists of, however many merges deep."""

from __future__ import annotations

from collections.abc import Iterable

from riskwatch.case.models import Cause, Enclosure, Folder, Sheet

# Deeper than anybody merges; a wrong circle in the data ends here instead of never.
DEEPEST = 50
# Sheets that belong to a case through the sheet that caused them, without lying in its folder.
ATTACHED = ("verification", "proposal", "correction", "amendment")


def merged_in(folder: int) -> list[int]:
    """Keys of a folder and of every folder merged into it, directly or by way of another."""
    found, front = [folder], [folder]
    for _deep in range(DEEPEST):
        front = list(Folder.objects.filter(merged_into__in=front).exclude(pk__in=found).values_list("pk", flat=True))
        if not front:
            break
        found += front
    return found


def root_of(folder: int) -> int:
    """The folder that a case was merged into in the end; itself when it was not merged."""
    for _deep in range(DEEPEST):
        above = Folder.objects.filter(pk=folder).values_list("merged_into", flat=True).first()
        if above is None:
            break
        folder = above
    return folder


def family(folder: int) -> list[int]:
    """Every folder of the one case that a folder is, or was merged into."""
    return merged_in(root_of(folder))


def enclosed(folders: Iterable[int]) -> list[int]:
    """Keys of what lies in some folders now."""
    rows = Enclosure.objects.filter(folder__in=list(folders), taken_out_at=None)
    return list(rows.values_list("sheet", flat=True))


def attached(sheets: Iterable[int]) -> list[int]:
    """Keys of the sheets that hang on some sheets without lying in a folder: verifications, proposals, corrections, amendments."""
    rows = Cause.objects.filter(cause__in=list(sheets), effect__kind__in=ATTACHED, effect__folder=None)
    return list(rows.values_list("effect", flat=True))


def folders_of(sheet: Sheet) -> list[int]:
    """Keys of the folders to which a sheet belongs: its own, those it lies in, or those that its causes lie in."""
    if sheet.folder_id:
        return [sheet.folder_id]
    front, seen = {sheet.pk}, {sheet.pk}
    while front and len(seen) < 500:
        front = set(Cause.objects.filter(effect__in=front).values_list("cause", flat=True)) - seen
        seen |= front
    lies = set(Enclosure.objects.filter(sheet__in=seen, taken_out_at=None).values_list("folder", flat=True))
    return sorted(lies | set(Sheet.objects.filter(pk__in=seen).exclude(folder=None).values_list("folder", flat=True)))
