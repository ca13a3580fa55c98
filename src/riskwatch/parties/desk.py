"""The desk of people and organisations: each act with its form, its action and who is offered it; page and API read it here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

import decree188
from decree188.calendar import shanghai_date
from riskwatch.journal import queries as journal
from riskwatch.look.templatetags.look import shanghai
from riskwatch.parties import actions, forms, mandates, organisations, queries
from riskwatch.parties.models import Mandate, Organisation, Person
from riskwatch.parties.queries import Post
from riskwatch.refusals import Refusal, refuse_unless

Posts = tuple[Post, ...]


@dataclass(frozen=True)
class Secret:
    """A result that is shown once and kept nowhere."""

    words: str
    key: str


@dataclass(frozen=True)
class PartyAct:
    """An act on a person, on an organisation, or on the house (where there is no subject yet).

    Attributes
    ----------
    do : callable
        ``do(subject, *, by, at, **cleaned)``; returns what to show next, or a `Secret`.
    offered : callable
        ``offered(subject, posts, person)``: whether to show the button; the action refuses by itself.
    api : bool
        Whether programs may do it; keys are made by people alone.
    button : bool
        Whether pages show a button for it; not where a page has the act's form on it already.
    """

    on: str
    key: str
    form: type[forms.PartyForm]
    do: Callable[..., Any]
    label: Any
    offered: Callable[[Any, Posts, Person], bool]
    rule: str = "officers"
    api: bool = True
    button: bool = True

    @property
    def name(self) -> str:
        return str(self.label)

    def cite(self, language: str) -> str:
        """The rule behind the act, for people."""
        return decree188.by_name(self.rule).cite(language)

    def bind(self, said: Any, files: Any = None, *, subject: Any, by: Person, at: datetime) -> forms.PartyForm:
        """The act's form on a subject."""
        return self.form(said, files, subject=subject, by=by, at=at)


_ACTS: dict[tuple[str, str], PartyAct] = {}


def enter(*acts: PartyAct) -> None:
    """Enter acts; a layer above may enter its own."""
    for act in acts:
        _ACTS[act.on, act.key] = act


def act(on: str, key: str) -> PartyAct:
    """The act of a key; KeyError when there is none."""
    return _ACTS[on, key]


def acts() -> Iterable[PartyAct]:
    """Every act."""
    return _ACTS.values()


def offered(on: str, subject: Any, *, by: Person, at: datetime) -> list[PartyAct]:
    """The acts that a person may take on a subject."""
    posts = queries.posts(by, shanghai_date(at))
    return [one for one in _ACTS.values() if one.on == on and one.offered(subject, posts, by)]


def refuse_unoffered(one: PartyAct, subject: Any, *, by: Person, at: datetime) -> None:
    """Refuse an act that does not belong to this subject or this person."""
    posts = queries.posts(by, shanghai_date(at))
    refuse_unless(
        one.offered(subject, posts, by),
        _now("您不能在这里办理“%(act)s”") % {"act": one.name},
        remedy=_now("请由有此岗位的人办理，或返回查看现在的状态"),
        rule=decree188.by_name(one.rule),
        code="no_post",
        status=403,
    )


# What changes on a row without anybody acting on it, and what nobody may learn from a version.
UNTOLD = ("last_login", "password", "one_time_password")


def version_of(subject: Organisation | Person) -> str:
    """What a page sends back to show which state of somebody's particulars it saw."""
    fields = [f for f in subject._meta.concrete_fields if f.name not in UNTOLD]
    said = "\x1f".join(f"{f.name}={f.value_from_object(subject)}" for f in fields)
    return sha256(said.encode()).hexdigest()[:16]


@transaction.atomic
def take(one: PartyAct, subject: Any, said: dict[str, Any], *, by: Person, at: datetime, seen: str = "") -> Any:
    """Take an act with a form's cleaned values: the subject's row is locked, and one that changed meanwhile is refused.

    ``seen`` is the version that the person's page showed; empty when they saw none.
    """
    if isinstance(subject, Organisation | Person):
        now = subject.__class__._default_manager.select_for_update().get(pk=subject.pk)
        if seen and version_of(now) != seen:
            raise _moved(now)
        subject.refresh_from_db()
    return one.do(subject, by=by, at=at, **said)


def _moved(subject: Any) -> Refusal:
    names = [subject.pk, getattr(subject, "code", ""), getattr(subject, "username", "")]
    key = "organisation" if isinstance(subject, Organisation) else "person"
    last = journal.latest_naming(key, [n for n in names if n])
    words = (
        _now("%(who)s已于%(when)s改动过，您看到的已不是最新内容") % {"who": last.actor, "when": shanghai(last.at)}
        if last
        else _now("内容已有改动，您看到的已不是最新内容")
    )
    return Refusal(words, remedy=_now("刷新页面，看过新内容后再办理"), rule=decree188.by_name("officers"), code="moved")


def has(*wanted: str) -> Callable[[Any, Posts, Person], bool]:
    """Offered to whoever holds one of some posts."""
    return lambda subject, posts, person: any(p.role in wanted for p in posts)


def of_kind(kinds: tuple[str, ...], test: Callable[[Any, Posts, Person], bool]) -> Any:
    """Offered on organisations of some kinds that are not closed."""
    return lambda subject, posts, person: (
        subject.kind in kinds and subject.until is None and test(subject, posts, person)
    )


def keeper(subject: Any, posts: Posts, person: Person) -> bool:
    """Offered to headquarters' keepers of the rules."""
    return any(p.role in organisations.KEEPERS and p.level == Organisation.Level.HEADQUARTERS for p in posts)


def own(subject: Any, posts: Posts, person: Person) -> bool:
    """Offered to people on themselves."""
    return bool(subject.pk == person.pk)


def either(*tests: Callable[[Any, Posts, Person], bool]) -> Callable[[Any, Posts, Person], bool]:
    """Offered where one of some tests holds."""
    return lambda subject, posts, person: any(test(subject, posts, person) for test in tests)


def inside(*wanted: str) -> Callable[[Any, Posts, Person], bool]:
    """Offered to whoever holds one of some posts in this very organisation."""
    return lambda subject, posts, person: any(p.role in wanted and p.organisation == subject.pk for p in posts)


def _active(test: Callable[[Any, Posts, Person], bool]) -> Callable[[Any, Posts, Person], bool]:
    return lambda subject, posts, person: subject.is_active and test(subject, posts, person)


def _service(subject: Any, posts: Posts, person: Person) -> bool:
    return subject.kind == Person.Kind.SERVICE and has("security_admin")(subject, posts, person)


def _panel_post(subject: Organisation, posts: Posts, person: Person) -> bool:
    return subject.kind == Organisation.Kind.PANEL and has("security_admin")(subject, posts, person)


def _customs(subject: Any, posts: Posts, person: Person) -> bool:
    return any(p.role in mandates.CUSTOMS and p.kind == Organisation.Kind.OFFICE for p in posts)


def _principal_manager(subject: Organisation, posts: Posts, person: Person) -> bool:
    """A manager of this firm, or of one that it acts for or is acted for by."""
    firms = {p.organisation for p in posts if p.role == "operator_manager"}
    if subject.pk in firms:
        return True
    sides = Mandate.objects.filter(agent=subject).values_list("principal", flat=True)
    return bool(firms & set(sides))


def _make_service(subject: None, **said: Any) -> Person:
    return actions.make_service(**said)


def _issue(person: Person, *, by: Person, at: datetime, name: str, days: int) -> Secret:
    key = actions.issue_token(person, name=name, days=days, by=by, at=at)
    return Secret(_now("令牌“%(name)s”只显示这一次，请立即妥善保存") % {"name": name}, key)


def _then(do: Callable[..., Any], row: str) -> Callable[..., Any]:
    """An action on a row that the form picked; the subject is shown next."""

    def run(subject: Any, **said: Any) -> Any:
        do(said.pop(row), **said)
        return subject

    return run


def _on_subject(do: Callable[..., Any]) -> Callable[..., Any]:
    def run(subject: Any, **said: Any) -> Any:
        do(subject, **said)
        return subject

    return run


def _declare(subject: Any, *, operator: Organisation, **said: Any) -> Any:
    about = {"person": subject} if isinstance(subject, Person) else {"organisation": subject}
    organisations.declare_interest(operator, **about, **said)
    return subject


def _grant(person: Person, *, organisation: Organisation, role: str, **said: Any) -> Person:
    actions.grant(person, organisation, role, **said)
    return person


def _colleague(firm: Organisation, **said: Any) -> Person:
    return actions.make_colleague(firm=firm, **said)


def _reporting_system(firm: Organisation, *, reporting_system: str, by: Person, at: datetime) -> Organisation:
    actions.declare_reporting_system(firm, reporting_system, by=by, at=at)
    return firm


def install() -> None:
    """Enter the acts of this room."""
    watch = has("policy", "supervisor", "security_admin")
    bodies = ("technical_body", "testing_body", "panel", "centre")
    who, where = "who_may_assess", "operator_roles"
    enter(
        PartyAct("house", "organisation-make", forms.OrganisationForm, lambda subject, **said: organisations.make_organisation(**said),
                 _("建立单位"), has("system_admin"), "nationwide"),
        PartyAct("house", "person-make", forms.PersonForm, lambda subject, **said: actions.make_person(**said), _("建立账号"), has("system_admin")),
        PartyAct("house", "service-make", forms.ServiceForm, _make_service, _("建立服务账号"), has("system_admin")),
        PartyAct("organisation", "amend", forms.AmendForm, organisations.amend_organisation, _("更正单位资料"),
                 lambda s, p, w: s.kind != "office" and has("system_admin")(s, p, w)),
        PartyAct("organisation", "close", forms.ReasonForm, organisations.close_organisation, _("撤销单位"),
                 lambda s, p, w: s.kind != "office" and s.until is None and has("system_admin")(s, p, w)),
        PartyAct("organisation", "qualification-add", forms.QualificationForm, _on_subject(organisations.add_qualification), _("登记资质"),
                 of_kind(organisations.QUALIFIED, keeper), who),
        PartyAct("organisation", "qualification-withdraw", forms.WithdrawForm, _then(organisations.withdraw_qualification, "qualification"),
                 _("撤销资质"), of_kind(organisations.QUALIFIED, keeper), who),
        PartyAct("organisation", "designate", forms.DesignateForm, _on_subject(organisations.designate), _("指定监测中心"),
                 of_kind(("centre",), keeper), "centre_remit"),
        PartyAct("organisation", "designation-end", forms.EndDesignationForm, _then(organisations.end_designation, "designation"), _("终止指定"),
                 of_kind(("centre",), keeper), "centre_remit"),
        PartyAct("organisation", "seat", forms.SeatForm, _on_subject(organisations.seat), _("增加专家"), of_kind(("panel",), _panel_post), who),
        PartyAct("organisation", "post-end", forms.EndPostForm, _then(actions.end, "post"), _("收回岗位"), has("security_admin")),
        PartyAct("organisation", "interest-declare", forms.InterestForm, _declare, _("声明利害关系"),
                 of_kind(bodies, either(inside("body_head", "panel_chair"), watch)), who),
        PartyAct("organisation", "interest-end", forms.EndInterestForm, _then(organisations.end_interest, "interest"), _("解除利害关系"),
                 of_kind((*bodies, "operator"), watch), who),
        PartyAct("organisation", "mandate-file", forms.MandateForm, _on_subject(mandates.file_mandate), _("报送委托"),
                 of_kind(("operator",), inside("operator_manager")), where),
        PartyAct("organisation", "mandate-confirm", forms.ConfirmForm, _then(mandates.confirm_mandate, "mandate"), _("确认委托"),
                 of_kind(("operator",), _customs), where),
        PartyAct("organisation", "mandate-revoke", forms.RevokeMandateForm, _then(mandates.revoke_mandate, "mandate"), _("撤销委托"),
                 of_kind(("operator",), either(_customs, _principal_manager)), where),
        PartyAct("organisation", "colleague-add", forms.ColleagueForm, _colleague, _("增加同事账号"),
                 of_kind(("operator",), inside("operator_manager")), where, button=False),
        PartyAct("organisation", "reporting-system", forms.SystemForm, _reporting_system, _("备案风险信息报告制度"),
                 of_kind(("operator",), inside("operator_manager")), "operator_must_report", button=False),
        PartyAct("person", "post-grant", forms.PostForm, _grant, _("授予岗位"), _active(has("security_admin"))),
        PartyAct("person", "post-end", forms.EndPostForm, _then(actions.end, "post"), _("收回岗位"), has("security_admin")),
        PartyAct("person", "token-issue", forms.TokenForm, _issue, _("生成令牌"), _active(either(own, _service)), api=False),
        PartyAct("person", "token-revoke", forms.RevokeForm, _then(actions.revoke_token, "token"), _("收回令牌"), either(own, has("security_admin"))),
        PartyAct("person", "deputy-name", forms.DeputyForm, _on_subject(actions.name_deputy), _("指定代理人"), _active(either(own, has("security_admin")))),
        PartyAct("person", "deputy-end", forms.EndDeputyForm, _then(actions.end_deputy, "term"), _("结束代理"), either(own, has("security_admin"))),
        PartyAct("person", "interest-declare", forms.InterestForm, _declare, _("声明利害关系"), either(own, has("security_admin"))),
        PartyAct("person", "interest-end", forms.EndInterestForm, _then(organisations.end_interest, "interest"), _("解除利害关系"),
                 lambda s, p, w: s.pk != w.pk and has("security_admin")(s, p, w)),
    )  # fmt: skip
