"""What a method demands of a document beyond its form: caps, known names, pinned edition; what to warn of; what is missing.

``breaches`` refuse; ``warnings`` are told with the result; ``gaps`` are what a finished report may not leave open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction

from riskmethods.editions import LONGEST_CHAIN, Edition
from riskmethods.errors import MethodError
from riskmethods.injuries import scale, severities_of
from riskmethods.observed import confront
from riskmethods.records import Document, Measure, Origin, Scenario
from riskmethods.uncertain import Uncertain
from riskmethods.vocabulary import codes

# Ours, not a source's: what a warning alone may claim before it must show evidence.
WARNING_ALONE = Fraction(1, 10)
MOST_STEPS = 1_000
MOST_WORK = 100_000_000  # draws times uncertain steps: some three seconds


def breaches(document: Document) -> list[MethodError]:
    """Everything for which the method refuses a well-formed document."""
    return [*_whole(document), *_chains(document), *_measures(document)]


def too_long(document: Document) -> list[MethodError]:
    """The scenarios beyond the method's cap on steps: told even while a document is otherwise faulty."""
    return [
        f for n, s in enumerate(document.scenarios) for f in _too_long(document.edition, s, f"scenarios[{n}].steps")
    ]


def _whole(document: Document) -> Iterator[MethodError]:
    one = document.edition
    if document.pinned and document.pinned != one.sha256:
        yield MethodError("edition", "edition_changed", "文件所固定的方法版本与现有版本不同；请用重新评定",
                          f"the document pins another edition of {one.id} ({document.pinned[:12]}…); re-score it instead")  # fmt: skip
    if not one.grid:
        yield MethodError("method", "empty_slot", f"{one.id}的矩阵尚无可读原文；请先按标准原文录入",
                          f"{one.id} has no readable grid; load it from the standard's own text first")  # fmt: skip
    presumed = document.presumption
    stands = presumed is not None and not presumed.rebuttal
    if not (document.scenarios or stands or document.precaution):
        yield MethodError("scenarios", "no_scenario", "至少需要一个伤害情景", "at least one scenario is needed")
    if presumed and presumed.rebuttal and not presumed.clause.startswith("uk."):
        yield MethodError(
            "presumption.rebuttal",
            "not_rebuttable",
            "该方法的推定不可反驳",
            "this method's presumption cannot be rebutted",
        )
    steps = sum(len(s.steps) for s in document.scenarios)
    if steps > MOST_STEPS:
        yield MethodError("scenarios", "too_many_steps", f"全部情景的步骤合计至多{MOST_STEPS}个，现有{steps}个",
                          f"all scenarios together have at most {MOST_STEPS} steps, {steps} given")  # fmt: skip
    work = document.draws * sum(not step.certain for s in document.scenarios for step in s.steps)
    if work > MOST_WORK:
        yield MethodError("draws", "too_much_work", f"抽样次数乘不确定步骤数至多{MOST_WORK:,}，现为{work:,}",
                          f"draws times uncertain steps are at most {MOST_WORK:,}, not {work:,}")  # fmt: skip


def _chains(document: Document) -> Iterator[MethodError]:
    yield from _repeated("scenarios", [s.id for s in document.scenarios])
    yield from _repeated("annexes", [a.id for a in document.annexes])
    yield from _shared(document)
    for n, scenario in enumerate(document.scenarios):
        place = f"scenarios[{n}].steps"
        if not scenario.steps:
            yield MethodError(place, "no_step", "至少需要一个步骤", "at least one step is needed")
        yield from _repeated(place, [step.id for step in scenario.steps])
        yield from _too_long(document.edition, scenario, place)


def _shared(document: Document) -> Iterator[MethodError]:
    """Steps of one key are one unknown: stated alike, and once in a scenario."""
    known: dict[str, Uncertain] = {}
    for n, scenario in enumerate(document.scenarios):
        yield from _repeated(f"scenarios[{n}].steps", [step.key for step in scenario.steps if step.key])
        for m, step in enumerate(scenario.steps):
            if step.key and known.setdefault(step.key, step.quantity) != step.quantity:
                yield MethodError(f"scenarios[{n}].steps[{m}].key", "key_conflict", f"“{step.key}”在别处填的是另一个值",
                                  f"{step.key!r} is stated otherwise elsewhere")  # fmt: skip


def _too_long(one: Edition, scenario: Scenario, place: str) -> Iterator[MethodError]:
    most = one.most_steps or LONGEST_CHAIN
    if len(scenario.steps) > most:
        yield MethodError(place, "too_many_steps", f"步骤至多{most}个，现有{len(scenario.steps)}个",
                          f"at most {most} steps, {len(scenario.steps)} given")  # fmt: skip


def _repeated(place: str, names: Sequence[str]) -> Iterator[MethodError]:
    for name, times in Counter(names).items():
        if times > 1:
            yield MethodError(place, "repeated_id", f"编号“{name}”重复", f"id {name!r} occurs {times} times")


def _measures(document: Document) -> Iterator[MethodError]:
    if document.residual is None:
        return
    known = {s.id: s for s in document.scenarios}
    yield from _repeated("residual.measures", [m.id for m in document.residual.measures])
    for n, measure in enumerate(document.residual.measures):
        place = f"residual.measures[{n}]"
        yield from _effects(measure, known, place)
        for name, severity in measure.severities:
            if name not in known:
                yield _unknown(f"{place}.severity.{name}", name)
            elif severity > min(k for k, _ in known[name].severity.weights):
                yield MethodError(f"{place}.severity.{name}", "severity_raised", "措施不能提高严重程度",
                                  "a measure cannot raise a severity")  # fmt: skip


def _effects(measure: Measure, known: dict[str, Scenario], place: str) -> Iterator[MethodError]:
    if not (measure.effects or measure.severities):
        yield MethodError(
            f"{place}.effects",
            "no_effect",
            "须写明措施降低哪一步骤或严重程度",
            "state which step or severity it lowers",
        )
    for m, effect in enumerate(measure.effects):
        inner = f"{place}.effects[{m}]"
        if effect.scenario not in known:
            yield _unknown(f"{inner}.scenario", effect.scenario)
        elif effect.step not in {step.id for step in known[effect.scenario].steps}:
            yield _unknown(f"{inner}.step", effect.step)
        bare = not (measure.origin.source and measure.origin.evidence)
        if measure.kind == "warning" and effect.effectiveness.best > WARNING_ALONE and bare:
            yield MethodError(f"{inner}.effectiveness", "warning_needs_evidence", "仅靠警示而主张高于10%的效果，须有证据和来源",
                              "a warning alone that claims more than 10 % needs evidence and a source")  # fmt: skip


def _unknown(place: str, name: str) -> MethodError:
    return MethodError(place, "unknown_id", f"没有“{name}”", f"there is no {name!r}")


def warnings(document: Document) -> list[MethodError]:
    """What the method allows but the reader must know."""
    return [*_edition_warnings(document)] + [w for n, s in enumerate(document.scenarios) for w in _warn(document, s, n)]


def _edition_warnings(document: Document) -> Iterator[MethodError]:
    one = document.edition
    if one.status != "verified":
        yield MethodError("method", "not_verified", f"{one.id}的矩阵未经原文核对（{one.status}）",
                          f"the grid of {one.id} was not checked against the source ({one.status})")  # fmt: skip
    if document.date and not one.in_force(document.date):
        yield MethodError("date", "not_in_force", f"{one.id}在{document.date}不在有效期内",
                          f"{one.id} was not in force on {document.date}")  # fmt: skip


def _warn(document: Document, scenario: Scenario, n: int) -> Iterator[MethodError]:
    place = f"scenarios[{n}]"
    fewest, most = document.edition.usual_steps
    if not fewest <= len(scenario.steps) <= most:
        yield MethodError(f"{place}.steps", "unusual_length", f"通常为{fewest}到{most}步：缺陷或危险状况、事故、伤害；每多一步概率都变小",
                          f"{fewest} to {most} steps are usual: defect, accident, harm; each step lowers the product")  # fmt: skip
    if scenario.observed and (told := confront(scenario).contradicts):
        zh = "多于" if told == "more" else "少于"
        yield MethodError(f"{place}.observed", "contradicted", f"实际报告的事故显著{zh}本情景所预示的；请核对概率，或重新评估",
                          f"significantly {told} incidents were reported than this scenario predicts: check the numbers, or reassess")  # fmt: skip
    off = _off_table(scenario)
    if off:
        yield MethodError(
            f"{place}.severity",
            "off_table",
            f"伤害表中该伤害没有{off}级",
            f"the injury table has no level {off} for this injury",
        )
    if scale(scenario.interest).policy:
        yield MethodError(f"{place}.interest", "policy_scale", "此项利益没有公认标度，按本系统政策标度评定",
                          "no source has a scale for this interest; our own policy scale is applied")  # fmt: skip


def _off_table(scenario: Scenario) -> str:
    known = severities_of(scenario.injury) if scenario.injury else (1, 2, 3, 4)
    return "、".join(str(k) for k, _ in scenario.severity.weights if k not in known)


def gaps(document: Document) -> list[MethodError]:
    """What a finished assessment still lacks: evidence, source and author of every number, codes, reasons.

    The seven written parts of a report are the platform's to check.
    """
    found = [g for n, s in enumerate(document.scenarios) for g in _scenario_gaps(document, s, f"scenarios[{n}]")]
    if not document.product.get("name"):
        found.append(_gap("product.name"))
    if document.edition.id.startswith("uk-prism") and document.scenarios:
        found += [_gap(f"considerations.{k}") for k in codes("considerations") if not document.considerations.get(k)]
    presumed = document.presumption
    if presumed:
        found += _origin_gaps(document, presumed.origin, "presumption")
    for n, measure in enumerate(document.residual.measures if document.residual else ()):
        found += _origin_gaps(document, measure.origin, f"residual.measures[{n}]")
    for n, annex in enumerate(document.annexes):
        found += _origin_gaps(document, annex.origin, f"annexes[{n}]")
    return found


def _scenario_gaps(document: Document, scenario: Scenario, place: str) -> Iterator[MethodError]:
    person = scenario.interest == "health"
    for key in ("hazard", "injury", "user") if person else ("hazard",):
        if not getattr(scenario, key):
            yield _gap(f"{place}.{key}")
    if _off_table(scenario) and not scenario.severity.why:
        yield _gap(f"{place}.severity.why")
    for n, step in enumerate(scenario.steps):
        yield from _origin_gaps(document, step.origin, f"{place}.steps[{n}]")
    yield from _origin_gaps(document, scenario.severity.origin, f"{place}.severity")


def _origin_gaps(document: Document, origin: Origin, place: str) -> Iterator[MethodError]:
    for key in ("evidence", "source"):
        if not getattr(origin, key):
            yield _gap(f"{place}.{key}")
    if not (origin.author or document.author):
        yield _gap(f"{place}.author")


def _gap(place: str) -> MethodError:
    return MethodError(place, "gap", "尚未填写", "is still to be filled in")
