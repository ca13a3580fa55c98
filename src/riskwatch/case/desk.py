"""The desk: for each step its form and its action, for each kind what a sheet says; page, API and print read it here.

A room enters its acts and its facts when Django starts. So a step looks and refuses the same wherever it is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from riskwatch.case import agents, lifecycle
from riskwatch.case.access import AGENT, FILLED
from riskwatch.case.models import Folder, Sheet
from riskwatch.case.steps import NEW, Step
from riskwatch.case.taking import take as take
from riskwatch.documents.forms import FilesField
from riskwatch.look.asked import plausible
from riskwatch.parties.models import Organisation, Person
from riskwatch.refusals import Refusal


class StepForm(forms.Form):
    """A form that knows its subject, person and time.

    ``own_fields`` names fields that differ from record to record: they are left as they are when an act is taken on many.
    """

    required_css_class = "required"
    own_fields: tuple[str, ...] = ()
    fields: Any

    def __init__(self, *args: Any, subject: Any, by: Person, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subject, self.by, self.at = subject, by, at
        self.prepare()

    def prepare(self) -> None:
        """Narrow choices to the subject and the person; nothing by default."""


class ReasonForm(StepForm):
    """A step that needs its reason in words."""

    reason = forms.CharField(label=gettext_lazy("理由"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)


class PlainForm(StepForm):
    """A step that needs nothing but the wish to take it, and may carry a remark."""

    remark = forms.CharField(
        label=gettext_lazy("备注"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000, required=False
    )


class DateInput(forms.DateInput):
    """The browser's own date field."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(attrs={"lang": "zh-CN", "min": "1900-01-01", "max": "2200-12-31"}, format="%Y-%m-%d")


def text(label: Any, *, rows: int = 3, required: bool = True, help_text: Any = "", most: int = 8000) -> forms.CharField:
    """A field for several lines of text."""
    return forms.CharField(
        label=label,
        widget=forms.Textarea(attrs={"rows": rows}),
        required=required,
        help_text=help_text,
        max_length=most,
    )


def day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    """A field for a Shanghai date."""
    return forms.DateField(
        label=label, widget=DateInput(), required=required, help_text=help_text, validators=[plausible]
    )


def organisations(label: Any, *kinds: str, several: bool = True, required: bool = True) -> Any:
    """A field that picks organisations of some kinds."""
    rows = Organisation.objects.filter(kind__in=kinds).order_by("kind", "code")
    if several:
        return forms.ModelMultipleChoiceField(
            rows, label=label, required=required, widget=forms.SelectMultiple(attrs={"data-filter": "1", "size": 6})
        )
    return forms.ModelChoiceField(rows, label=label, required=required, widget=forms.Select(attrs={"data-filter": "1"}))


@dataclass(frozen=True)
class Act:
    """A step as people take it.

    Attributes
    ----------
    do : callable
        ``do(subject, *, by, at, **cleaned)``; returns the sheet or folder to show next.
    begins_on : tuple of str
        For steps that create: the kinds of sheet, or ``"folder"``, on which they are offered.
    when : callable
        Whether to offer it on a subject; only spares people useless buttons, the action refuses by itself.
    page : str
        A page of the room's own on which the act is prepared, by its address's name at a door; empty for the form.
    place : str
        Where the role must be held, as in the table of steps, for acts that move nothing or begin elsewhere; by default
        with the owner or any organisation that the record concerns.
    offered_to : callable
        Whether to offer it to this person, for acts that each addressee takes once.
    preview : callable
        ``preview(subject, *, by, at)``: the paper that the act would make, as a PDF marked as a draft.
    files_for : str
        Whom its files are shown to besides the office, as `sharing.SHARED`; by default nobody outside but who put them.
    """

    kind: str
    step: str
    form: type[StepForm]
    do: Callable[..., Any]
    begins_on: tuple[str, ...] = ()
    when: Callable[[Sheet | Folder, datetime], bool] = lambda subject, at: True
    label: Any = ""
    roles: tuple[str, ...] = ()
    rule: str = ""
    page: str = ""
    place: str = ""
    offered_to: Callable[[Sheet | Folder, lifecycle.Standing], bool] = lambda subject, me: True
    preview: Callable[..., bytes] | None = None
    files_for: str = ""

    @property
    def key(self) -> str:
        return f"{self.kind}-{self.step}"

    @property
    def row(self) -> Step | None:
        return lifecycle.BY_NAME.get((self.kind, self.step))

    def bind(self, said: Any, files: Any = None, *, subject: Any, by: Person, at: datetime) -> StepForm:
        """The act's form on a subject, refused where the act does not belong.

        An act on a sheet may bring files, which end up on the sheet that it returns.
        """
        _refuse_misplaced(self, subject, by=by, at=at)
        form = self.form(said, files, subject=subject, by=by, at=at)
        if isinstance(subject, Sheet) and subject.kind in self.begins_on:
            form.initial = suggestions(subject) | dict(form.initial)
        if self.kind != "folder":
            form.fields["files"] = FilesField(label=gettext_lazy("附件"), required=False)
        return form

    @property
    def name(self) -> str:
        """What the button says."""
        return str(self.label or (self.row.zh if self.row else self.step))

    def cite(self, language: str) -> str:
        """The rule behind the step, for people."""
        import decree188

        name = self.rule or (self.row.rule if self.row else "")
        return decree188.by_name(name).cite(language) if name else ""


@dataclass(frozen=True)
class Fact:
    """One thing that a sheet says."""

    label: Any
    value: Any
    wide: bool = False
    alert: bool = False
    to: Sheet | Folder | None = None


@dataclass(frozen=True)
class Origin:
    """Something that happened to a record and stands in another strand than its own: when, what, by whom."""

    at: datetime
    words: str
    who: str


Facts = Callable[[Sheet, str], list[Fact]]
# What a sheet says to an organisation that sees it as its own: ``(sheet, organisations of the reader)``.
OwnFacts = Callable[[Sheet, Collection[int]], list[Fact]]
_ACTS: dict[str, Act] = {}
_FACTS: dict[str, Facts] = {}
# kind -> (address's name at a door, words, depths that may open it, whether a record has it)
_PAGES: dict[str, tuple[str, Any, tuple[str, ...], Callable[[Sheet], bool]]] = {}
_OWN_FACTS: dict[str, OwnFacts] = {}
# What a sheet says to an agent whose mandate is over: what it filed, as it filed it.
_FILED_FACTS: dict[str, OwnFacts] = {}
_ORIGINS: dict[str, Callable[[Sheet], list[Origin]]] = {}
_FIELDS: dict[str, tuple[Mapping[str, Any], Callable[[str, Any], str]]] = {}
_SUGGESTIONS: dict[str, Callable[[Sheet], Mapping[str, Any]]] = {}
NEVER = {"actions"}


def enter(
    *acts: Act,
    facts: Mapping[str, Facts] | None = None,
    own_facts: Mapping[str, OwnFacts] | None = None,
    filed_facts: Mapping[str, OwnFacts] | None = None,
) -> None:
    """Enter a room's acts and facts; two acts under one name are a mistake."""
    for act in acts:
        if act.key in _ACTS and _ACTS[act.key] is not act:
            raise ValueError(f"two acts are called {act.key}")
        _ACTS[act.key] = act
    _FACTS.update(facts or {})
    _OWN_FACTS.update(own_facts or {})
    _FILED_FACTS.update(filed_facts or {})


def enter_page(
    kind: str, name: str, words: Any, depths: tuple[str, ...], when: Callable[[Sheet], bool] = lambda sheet: True
) -> None:
    """Enter a room's own page on a kind of record; the record's page links to it where the record has one."""
    _PAGES[kind] = (name, words, depths, when)


def enter_course(
    kind: str, origins: Callable[[Sheet], list[Origin]], fields: Mapping[str, Any], say: Callable[[str, Any], str]
) -> None:
    """Enter what a kind's course shows beside its own strand, and how its fields and their values are said in it."""
    _ORIGINS[kind] = origins
    _FIELDS[kind] = (fields, say)


def origins(sheet: Sheet) -> list[Origin]:
    """What happened to a record in other strands than its own, oldest first."""
    return sorted(_ORIGINS[sheet.kind](sheet), key=lambda o: o.at) if sheet.kind in _ORIGINS else []


def enter_suggestions(kind: str, suggest: Callable[[Sheet], Mapping[str, Any]]) -> None:
    """Enter what is already known where something begins on a kind: the forms' fields of these names start with it."""
    _SUGGESTIONS[kind] = suggest


def suggestions(sheet: Sheet) -> dict[str, Any]:
    """What the forms of acts that begin on a record start with."""
    return dict(_SUGGESTIONS[sheet.kind](sheet)) if sheet.kind in _SUGGESTIONS else {}


def changes(kind: str, content: Mapping[str, Any]) -> list[str]:
    """What an entry's content says was changed: old and new value of each field, in words."""
    fields, say = _FIELDS.get(kind, ({}, lambda name, value: str(value)))
    found = content.get("changes") or {}
    return [
        f"{fields.get(name, name)}：{say(name, change['from']) or '—'} → {say(name, change['to']) or '—'}"
        for name, change in found.items()
        if isinstance(change, Mapping) and {"from", "to"} <= set(change)
    ]


def page_of(sheet: Sheet, depth: str) -> tuple[str, str] | None:
    """A room's own page on a record, for who sees it at a depth: its address's name and words."""
    if sheet.kind not in _PAGES:
        return None
    name, words, depths, when = _PAGES[sheet.kind]
    return (name, str(words)) if depth in depths and when(sheet) else None


def act(key: str) -> Act:
    """The act of a key; KeyError when there is none."""
    return _ACTS[key]


def acts() -> Iterable[Act]:
    """Every act."""
    return _ACTS.values()


def facts(sheet: Sheet, depth: str, *, organisations: Collection[int] = ()) -> list[Fact]:
    """What a sheet says to somebody of some organisations who sees it at a depth; empty values are left out."""
    if sheet.destroyed_at:
        return [Fact(_("已依法销毁"), sheet.destroyed_at)]
    if depth == "filed":
        found = _FILED_FACTS[sheet.kind](sheet, organisations) if sheet.kind in _FILED_FACTS else []
    elif depth == "own" and sheet.kind in _OWN_FACTS:
        found = _OWN_FACTS[sheet.kind](sheet, organisations)
    else:
        found = _FACTS[sheet.kind](sheet, depth) if sheet.kind in _FACTS else []
    return [f for f in found if f.value not in ("", None, [], ())]


def offered(subject: Sheet | Folder, me: lifecycle.Standing, at: datetime) -> list[Act]:
    """The acts that a person may take on a subject now: moves first, then what may begin here."""
    if lifecycle.recused([me.person.pk], subject):
        return []
    if isinstance(subject, Folder):
        return _begins("folder", subject, subject, me, at)
    moves = [
        _ACTS[f"{row.kind}-{row.name}"] for row in lifecycle.possible(subject, me) if f"{row.kind}-{row.name}" in _ACTS
    ]
    moves = [a for a in moves if a.when(subject, at)]
    return moves + _begins(subject.kind, subject, subject.folder, me, at)


def _begins(kind: str, subject: Any, folder: Folder | None, me: lifecycle.Standing, at: datetime) -> list[Act]:
    found = []
    closed = folder is not None and folder.state != Folder.State.OPEN
    kept = isinstance(subject, Sheet) and bool(subject.archived_at or subject.destroyed_at)
    for one in _ACTS.values():
        if kind not in one.begins_on or not one.when(subject, at):
            continue
        if (closed or kept) and one.key not in ("folder-reopen", "archive_item-file", "release-withdraw_version"):
            continue
        if _may_begin(one, subject, me) and one.offered_to(subject, me):
            found.append(one)
    return found


def _may_begin(one: Act, subject: Sheet | Folder, me: lifecycle.Standing) -> bool:
    roles = one.roles or (one.row.roles if one.row else ())
    place = one.place or (one.row.at if one.row else "owner|concerned")
    probe = Sheet(owner_id=subject.owner_id, folder=subject) if isinstance(subject, Folder) else subject
    for post in me.posts:
        if post.role not in roles:
            continue
        for where in place.split("|"):
            if where in ("addressee", "reporter", "commissioned", "concerned"):
                if isinstance(subject, Sheet) and _has_part(subject, post.organisation, where, me.today):
                    return True
            elif lifecycle._held_at(where, post, probe, me.today):
                return True
    return False


def _has_part(sheet: Sheet, organisation: int, where: str, today: date) -> bool:
    """Whether an organisation has the part in a sheet from which an act begins; who is hit answers like an addressee."""
    parts = ("addressee", "measured") if where == "addressee" else ()
    rows = sheet.concerns.filter(organisation=organisation).exclude(part=AGENT)
    held = (rows.filter(part__in=parts) if parts else rows).exists()
    if where == "concerned":
        return held or any(agents.stands_in(sheet, organisation, part, today) for part in FILLED)
    return held or agents.stands_in(sheet, organisation, where, today)


def _refuse_misplaced(one: Act, subject: Sheet | Folder, *, by: Person, at: datetime) -> None:
    """An act is taken where it belongs; one that moves nothing has no row to check its post, so it is checked here."""
    kind = "folder" if isinstance(subject, Folder) else subject.kind
    begins = kind in one.begins_on
    if not begins and (one.kind != kind or one.row is None or NEW in one.row.leaves):
        raise Refusal(
            _("这份记录上没有“%(act)s”这一步") % {"act": one.name},
            remedy=_("在记录的“可以办理”中选择"),
            code="not_here",
            status=422,
        )
    if begins and not one.when(subject, at):
        raise Refusal(
            _("现在不能办理“%(act)s”") % {"act": one.name},
            remedy=_("状态可能已变，请返回查看"),
            code="not_now",
            status=409,
        )
    if one.row is None and not _may_begin(one, subject, lifecycle.posts_of(by, at)):
        raise Refusal(
            _("您没有办理“%(act)s”的岗位") % {"act": one.name},
            remedy=_("请由有此岗位的人办理"),
            code="no_post",
            status=403,
        )
