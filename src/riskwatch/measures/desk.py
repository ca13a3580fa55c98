"""Measures on the desk: every kind's acts and facts."""

from __future__ import annotations

from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from decree188.measure_rules import MEASURE_RULES
from riskwatch.case.desk import Act, PlainForm, ReasonForm, enter
from riskwatch.case.lifecycle import Standing
from riskwatch.case.models import Folder, Sheet
from riskwatch.case.steps import MEASURES
from riskwatch.decision import queries as decisions
from riskwatch.documents import actions as documents
from riskwatch.look.words import later
from riskwatch.measures import actions, checks, filing, served
from riskwatch.measures import forms as made
from riskwatch.measures.facts import facts, filing_facts, own_facts
from riskwatch.measures.models import Addressee, Line, Measure
from riskwatch.measures.words import paper_content


def _draft(kind: str) -> Any:
    apart = ("title", "addressees", "measured", "role_in_case", "lines", "ends_on")

    def do(decision: Sheet, *, by: Any, at: Any, **said: Any) -> Sheet:
        named = {name: said.pop(name) for name in apart if name in said}
        return actions.draft(decision, kind, texts=said, by=by, at=at, **named)

    return do


def preview(sheet: Sheet, *, by: Any, at: Any) -> bytes:
    """A measure as it would be printed, marked as a draft."""
    measure = Measure.objects.select_related("sheet__owner").get(pk=sheet.pk)
    return documents.preview(sheet.kind, paper_content(measure, by=by), at=at)


def _decided(subject: Sheet | Folder, at: object) -> bool:
    return isinstance(subject, Sheet) and subject.stage == "decided" and not decisions.withdrawn(subject)


def _own_level(subject: Sheet | Folder, at: object) -> bool:
    return isinstance(subject, Sheet) and not checks.sent_up(subject.kind, subject.owner)


def _higher_level(subject: Sheet | Folder, at: object) -> bool:
    return not _own_level(subject, at)


def _unserved(subject: Sheet | Folder, at: object) -> bool:
    return subject.stage == "in_force" and Addressee.objects.filter(measure=subject.pk, served_on=None).exists()  # type: ignore[union-attr]


def _in_force(subject: Sheet | Folder, at: object) -> bool:
    return isinstance(subject, Sheet) and subject.stage == "in_force"


def _mine_unacknowledged(subject: Sheet | Folder, me: Standing) -> bool:
    mine = {p.organisation for p in me.posts}
    return Addressee.objects.filter(measure=subject.pk, acknowledged_at=None, organisation__in=mine).exists()


def _has_term(subject: Sheet | Folder, at: object) -> bool:
    return isinstance(subject, Sheet) and subject.ends_on is not None


def _has_lines(subject: Sheet | Folder, at: object) -> bool:
    return _in_force(subject, at) and Line.objects.filter(measure=subject.pk, lifted_on=None).exists()


def _names_operators(subject: Sheet | Folder, at: object) -> bool:
    return isinstance(subject, Sheet) and subject.concerns.filter(organisation__kind="operator").exists()


def install() -> None:
    """Enter every kind's acts and facts."""
    for kind in MEASURES:
        rules = MEASURE_RULES[kind]
        enter(
            Act(kind, "draft", made.draft_form(kind), _draft(kind), begins_on=("decision",), when=_decided, label=format_lazy(_("拟制{kind}"), kind=later(rules))),
            Act(kind, "redraft", made.redraft_form(kind), actions.redraft),
            Act(kind, "review", made.ReviewForm, actions.review, preview=preview),
            Act(kind, "send_back", ReasonForm, actions.send_back),
            Act(kind, "issue", made.IssueForm, actions.issue, when=_own_level, preview=preview),
            Act(kind, "adjust", made.adjust_form(kind), actions.adjust),
            Act(kind, "extend", made.ExtendForm, actions.extend, when=_has_term),
            Act(kind, "lift_lines", made.LiftLinesForm, actions.lift_lines, when=_has_lines),
            Act(kind, "lift", made.LiftForm, actions.lift),
            Act(kind, "cancel", ReasonForm, actions.cancel),
            Act(kind, "serve", made.ServeForm, served.record_service, begins_on=(kind,), label=_("登记送达"), place="owner",
                roles=("case_officer", "verifier"), when=_unserved),
            Act(kind, "execute", made.ExecuteForm, actions.execute, begins_on=(kind,), label=_("登记执行数量"), place="owner",
                when=_has_lines, roles=("case_officer", "verifier")),
            Act(kind, "set_role", made.RoleForm, actions.set_role, begins_on=(kind,), label=_("登记企业身份"), place="owner",
                when=_names_operators, roles=("case_officer",), rule="operator_roles"),
            facts={kind: facts},
            own_facts={kind: own_facts},
        )  # fmt: skip
        if rules.acknowledged:
            enter(Act(kind, "acknowledge", PlainForm, served.acknowledge, begins_on=(kind,), label=_("签收"), place="addressee", when=_in_force,
                      offered_to=_mine_unacknowledged,
                      roles=("operator_staff", "operator_manager", "case_officer", "registrar", "assessor", "body_head", "tester")))  # fmt: skip
        if kind in ("order", "seizure", "survey", "joint_handling"):
            enter(Act(kind, "fulfil", made.FulfilForm, actions.fulfil))
    enter(
        Act("announcement", "send_up", PlainForm, actions.send_up, when=_higher_level),
        Act("filing", "file", made.SummaryForm, filing.send),
        Act("filing", "receipt", PlainForm, filing.receipt),
        Act("filing", "send_back", ReasonForm, filing.send_back),
        facts={"filing": filing_facts},
    )
