"""What is refused of a measure before it goes out: decision, level, addressees, dates, batches, missing contents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

import decree188
from decree188.measure_rules import MEASURE_RULES, MeasureRule, TermRule
from riskwatch.case.models import Sheet
from riskwatch.decision import queries as decisions
from riskwatch.look.words import listed, said
from riskwatch.measures.models import Measure
from riskwatch.parties.models import Organisation
from riskwatch.refusals import Refusal, refuse_unless

KINDS_OF_AUDIENCE = {
    "offices": ("office",),
    "named": ("operator", "technical_body", "testing_body", "department"),
    "public": (),
}
Batch = tuple[str, Decimal, str, Organisation | None]


def rule_book(kind: str) -> MeasureRule:
    """The rule book's row of a kind."""
    return MEASURE_RULES[kind]


def audience_of(kind: str) -> tuple[str, ...]:
    """The kinds of organisation to which a kind of measure may be addressed; orders bind operators alone."""
    return ("operator",) if kind == "order" else KINDS_OF_AUDIENCE[rule_book(kind).audience]


def sent_up(kind: str, owner: Organisation) -> bool:
    """Whether a kind is beyond an office's level, so that its draft goes up to headquarters."""
    return rule_book(kind).level == "headquarters" and not owner.is_headquarters


def refuse_undecided(decision: Sheet) -> None:
    """No measure without a decision that calls for one."""
    refuse_unless(decisions.calls_for_measures(decision), _("没有采取措施的处置决定，不能拟制措施"), remedy=_("先研判并作出决定"),
                  rule=decree188.by_name("judge_then_decide"), code="no_decision")  # fmt: skip
    refuse_withdrawn(decision)


def refuse_withdrawn(decision: Sheet) -> None:
    """An emergency decision that was lifted in review carries nothing more."""
    refuse_unless(not decisions.withdrawn(decision), _("紧急决定已在复核后解除，不能再据以采取措施"),
                  remedy=_("确有需要的，重新作出决定"), rule=decree188.by_name("emergency"), code="decision_lifted")  # fmt: skip


def refuse_level(kind: str, owner: Organisation) -> None:
    """What only headquarters may issue is not issued by another office."""
    refuse_unless(not sent_up(kind, owner), _("%(name)s由海关总署发布") % {"name": said(rule_book(kind))}, remedy=_("报请总署发布"),
                  rule=decree188.by_name("warning_kinds"), code="level", status=403)  # fmt: skip


def refuse_addressees(kind: str, addressees: Iterable[Organisation]) -> None:
    """Addressees outside the kind's audience are refused by name."""
    allowed = audience_of(kind)
    wrong = [o for o in addressees if o.kind not in allowed]
    if wrong:
        names = listed(wrong)
        rule = "warning_kinds" if kind in decree188.by_name("warning_kinds") else "rapid_responses"  # type: ignore[operator]
        words = listed(Organisation.Kind(k).label for k in allowed) or _("公众")
        raise Refusal(_("%(name)s的主送对象应是%(kinds)s，不能是%(wrong)s") % {"name": said(rule_book(kind)), "kinds": words, "wrong": names},
                      remedy=_("通报其他部门请用“协同处置”"), rule=decree188.by_name(rule), code="wrong_addressee", status=422,
                      fields={"addressees": names})  # fmt: skip


def refuse_term(kind: str, ends_on: date | None, today: date) -> None:
    """A term is given where the rule book wants one, and not where it forbids one; it lies ahead."""
    rules = rule_book(kind)
    if rules.term is TermRule.REQUIRED and ends_on is None:
        raise Refusal(_("%(name)s必须规定实施期限") % {"name": said(rules)}, remedy=_("填写期限"), code="term_missing", status=422,
                      fields={"ends_on": _("不能为空")})  # fmt: skip
    refuse_unless(not (rules.term is TermRule.FORBIDDEN and ends_on), _("%(name)s不设期限") % {"name": said(rules)}, remedy=_("清空期限后再提交"), code="term_given",
                  status=422)  # fmt: skip
    refuse_past("ends_on", _("实施期限"), ends_on, today, code="term_past")


def refuse_past(field: str, words: str, day: date | None, today: date, *, code: str = "past") -> None:
    """A day on which something shall begin or be done does not lie behind."""
    if day is not None and day < today:
        raise Refusal(_("%(what)s%(day)s早于今天") % {"what": words, "day": day}, remedy=_("改为今天或以后的日期"), code=code, status=422,
                      fields={field: _("早于今天")})  # fmt: skip


def refuse_dates(measure: Measure, starts_on: date | None, today: date) -> None:
    """On the day of issue: what begins begins today or later, and no term is over before it begins."""
    refuse_past("starts_on", _("生效日期"), starts_on, today)
    refuse_past("perform_by", _("履行期限"), measure.perform_by, today)
    begins = starts_on or today
    for words, day in ((_("实施期限"), measure.sheet.ends_on), (_("履行期限"), measure.perform_by)):
        if day is not None and day < begins:
            raise Refusal(_("%(what)s%(day)s早于生效日期%(begins)s") % {"what": words, "day": day, "begins": begins}, code="past", status=422,
                          remedy=_("改生效日期，或退回修改期限"), fields={"starts_on": _("晚于%(day)s") % {"day": day}})  # fmt: skip


def batches(lines: Iterable[Sequence[object]], addressees: Sequence[Organisation]) -> list[Batch]:
    """Batches with the addressee whose they are; a fourth part names it by name or code, without one it is everybody's.

    Raises
    ------
    Refusal
        A batch names an organisation that is not addressed.
    """
    known = {name: o for o in addressees for name in (o.name_zh, o.name_en, o.code, o.uscc) if name}
    found: list[Batch] = []
    for batch, amount, unit, *rest in lines:
        name = str(rest[0]).strip() if rest and rest[0] else ""
        if name and name not in known:
            raise Refusal(_("批次%(batch)s所写的企业“%(name)s”不是主送对象") % {"batch": batch, "name": name}, remedy=_("写主送对象的名称或代码"),
                          code="wrong_addressee", status=422, fields={"lines": name})  # fmt: skip
        found.append((str(batch), Decimal(str(amount)), str(unit), known.get(name)))
    return found


def missing_fields(kind: str, measure: Measure) -> dict[str, str]:
    """Fields that the rule book wants of a kind and that are empty, by name with their label."""
    found: dict[str, str] = {}
    for name in rule_book(kind).needs:
        if name == "addressees":
            if not measure.addressees.exists():
                found[name] = _("主送对象")
        elif name == "lines":
            if not measure.lines.exists():
                found[name] = _("批次和数量")
        elif not getattr(measure, name):
            found[name] = str(Measure._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    return found
