"""How a room's records are packed into an archive package, and how they are destroyed so that no word of them is left.

A room names its kinds in ``holdings.py``; its tables are read off Django's registry, so that a table added later is
packed and destroyed without anybody having to remember it. Free text, JSON, arrays of words and bytes go; codes
(fields with choices, and those that a room keeps by name), numbers, dates and links stay, for counting and the chain.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol

import pgtrigger
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db.models import BinaryField, CharField, Field, JSONField, Model, Q, QuerySet, TextField

from riskwatch.case.models import Folder, Message, OnSheet, Recusal, Sheet, SheetFile

# What stands where a title was.
GONE = "已依法销毁"


class Holding(Protocol):
    """What archive asks of a room."""

    kinds: tuple[str, ...]

    def pack(self, sheet: Sheet) -> Mapping[str, list[dict[str, Any]]]:
        """The room's rows on a sheet, by table."""
        ...

    def destroy(self, sheet: Sheet, *, at: datetime) -> None:
        """Leave nothing of what the room's rows on a sheet said. Asked for every sheet, whoever's kind it is."""
        ...


class Room:
    """The holding of a room whose tables all hang on sheets.

    Parameters
    ----------
    label : str
        Django's name of the room.
    kinds : tuple of str
        Kinds of sheets that are this room's.
    keep : mapping of str to tuple of str
        By table (lower case), codes without a closed list that stay when the words go.
    unpacked : tuple of str
        Tables that stay out of packages, for example sealed identities.
    """

    def __init__(
        self,
        label: str,
        *,
        kinds: tuple[str, ...],
        keep: Mapping[str, tuple[str, ...]] | None = None,
        unpacked: tuple[str, ...] = (),
    ) -> None:
        self.label, self.kinds, self.keep, self.unpacked = label, kinds, keep or {}, unpacked

    def pack(self, sheet: Sheet) -> dict[str, list[dict[str, Any]]]:
        """The rows as they are, bytes left out."""
        found = {}
        for model, rows in self._rows(sheet):
            shown = [f.attname for f in model._meta.concrete_fields if not isinstance(f, BinaryField)]
            if model._meta.model_name not in self.unpacked and (values := list(rows.order_by("pk").values(*shown))):
                found[str(model._meta.model_name)] = values
        return found

    def destroy(self, sheet: Sheet, *, at: datetime) -> None:
        """Blank every row on the sheet; triggers that keep rows as they are stand back for this."""
        for model, rows in self._rows(sheet):
            blank(rows, keep=self.keep.get(str(model._meta.model_name), ()))

    def _rows(self, sheet: Sheet) -> Iterator[tuple[type[Model], QuerySet[Any]]]:
        for model, paths in self.tables.items():
            condition = Q(pk__in=[])
            for path in paths:
                condition |= Q(**{path: sheet.pk})
            yield model, model._default_manager.filter(condition)

    @cached_property
    def tables(self) -> dict[type[Model], tuple[str, ...]]:
        """The room's tables, each with its ways to a sheet."""
        models = list(apps.get_app_config(self.label).get_models())
        found: dict[type[Model], tuple[str, ...]] = {m: ("sheet",) for m in models if issubclass(m, OnSheet)}
        while further := {m: ways for m in models if m not in found and (ways := _ways(m, found))}:
            found |= further
        return found


def _ways(model: type[Model], known: Mapping[type[Model], tuple[str, ...]]) -> tuple[str, ...]:
    ways = []
    for field in model._meta.concrete_fields:
        target = field.related_model
        if field.is_relation and target in known and isinstance(target, type):
            ways += [f"{field.name}__{way}" for way in known[target]]
    return tuple(ways)


def blank(rows: QuerySet[Any], *, keep: tuple[str, ...] = ()) -> None:
    """Empty the free text of some rows.

    Raises
    ------
    ValueError
        A text that must be unique is not among those kept.
    """
    changes: dict[str, Any] = {}
    for field in rows.model._meta.concrete_fields:
        if field.name in keep or field.primary_key or field.is_relation or field.choices or not _says(field):
            continue
        if field.unique:
            raise ValueError(f"{field} is unique: keep it, or say what becomes of it")
        changes[field.name] = _empty(field)
    if changes and rows.exists():
        with _unguarded(rows.model):
            rows.update(**changes)


def _says(field: Field[Any, Any]) -> bool:
    if isinstance(field, ArrayField):
        return isinstance(field.base_field, (CharField, TextField)) and not field.base_field.choices
    return isinstance(field, (CharField, TextField, JSONField, BinaryField, SearchVectorField))


def _empty(field: Field[Any, Any]) -> Any:
    if isinstance(field, ArrayField):
        return []
    if isinstance(field, SearchVectorField):
        return None
    if isinstance(field, BinaryField):
        return b""
    if isinstance(field, JSONField):
        return None if field.null else {}
    return ""


@contextmanager
def _unguarded(model: type[Model]) -> Iterator[None]:
    names = [f"{model._meta.label}:{t.name}" for t in getattr(model._meta, "triggers", [])]
    if not names:
        yield
        return
    with pgtrigger.ignore(*names):
        yield


class _Case(Room):
    """The common columns of every sheet, its messages and the names of its files, besides transfers."""

    def destroy(self, sheet: Sheet, *, at: datetime) -> None:
        super().destroy(sheet, at=at)
        blank(Message.objects.filter(sheet=sheet.pk), keep=("role", "once_key"))
        blank(SheetFile.objects.filter(sheet=sheet.pk), keep=("shown_to",))
        bury(sheet, at=at)


def bury(sheet: Sheet, *, at: datetime) -> None:
    """Take a sheet's own words; its number, kind, stage and days stay."""
    Sheet.objects.filter(pk=sheet.pk).update(title=GONE, words="", tokens=None, destroyed_at=at)


def destroy_folder(folder: Folder) -> None:
    """Take a case's own words and mark it destroyed."""
    blank(Recusal.objects.filter(folder=folder.pk))
    Folder.objects.filter(pk=folder.pk).update(title=GONE, closing_summary="", state=Folder.State.DESTROYED)


HOLDING = _Case("case", kinds=("transfer",))
