"""One run of a watch over a week: gather, count, decide within the budget, keep the inputs, raise the signals.

Nothing is stored until the end: an interrupted run leaves nothing, and the next begins anew. Inputs, parameters and engine that
were run before give the run that is there. A later run of a week with other inputs (late reports) takes the undecided signals'
place; what people decided stays as it is.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

import decree188
from decree188.calendar import shanghai_date
from riskstats.decide import Decision, Flag, Rules, decide
from riskwatch.case import journalling
from riskwatch.detection import access, counting, engine, evidence, figures, parameters, shares, wording
from riskwatch.detection.counting import Records
from riskwatch.detection.evidence import Inputs
from riskwatch.detection.models import NATIONAL, SERVICE, Run, Signal, Watch
from riskwatch.parties.models import Person
from riskwatch.refusals import refuse_unless

NO_HISTORY = "no_history"
NOTHING = "0" * 64  # the fingerprint where no source is known for long enough
PART = 4
# What stands in the signal's own columns is for filters; the cell keeps the whole name.
LONGEST = {"product": 200, "hazard": 40, "origin": 10, "port": 10, "maker": 300}
Progress = Callable[[str], None]


def run_watch(watch: Watch, week: date, *, by: Person, at: datetime, progress: Progress = lambda text: None) -> Run:
    """Run a watch over the week that a day lies in.

    Parameters
    ----------
    week : date
        Any day of the week; the week must be over, or be the current one.
    progress : callable
        Told what is being done.

    Raises
    ------
    Refusal
        The person may not run it, the week lies outside the watch or ahead, a centre's designation ended, or kept rows
        are gone.
    """
    monday = week - timedelta(days=week.weekday())
    _refuse(watch, monday, by=by, at=at)
    begun = time.perf_counter()
    progress(_("读取记录"))
    records = counting.gather(watch, min(monday + timedelta(days=6), watch.ends_on or date.max))
    now = counting.week_of(monday)
    progress(_("计数：%(n)s条记录") % {"n": len(records)})
    inputs = evidence.prepare(records, counting.exposures(monday + timedelta(days=6)), now)
    dateless, pieces = shares.tables(watch, monday + timedelta(days=6))
    if inputs is None and not dateless:
        return _store_short(watch, monday, records, by=by, at=at, seconds=time.perf_counter() - begun)
    rules = parameters.rules_of(records.trees["hazard"], watch.budget)
    said = _said(watch, inputs, rules, dateless)
    fingerprint = inputs.sha256 if inputs is not None else NOTHING
    run = Run(watch=watch, week=monday, inputs=fingerprint, parameters=said, engine=parameters.ENGINE,
              digest=digest_of(fingerprint, said), by=by, at=at, records=len(records), undated=records.undated,
              tested=0, rejected=0)  # fmt: skip
    known = Run.objects.filter(watch=watch, week=monday, digest=run.digest).first()
    if known is not None:
        progress(_("输入、参数和引擎与上次相同"))
        return known
    found = inputs.evidence.sources if inputs is not None else ()
    run.cells = sum(len(s.key) for s in found) + sum(len(t.n) for t in dateless)
    progress(_("检验：%(n)s个单元") % {"n": run.cells})
    rises = _rises(run, records, inputs, rules) if inputs is not None else []
    for table in dateless:
        shares.keep(table)
    made = _placed(rises, shares.flagged(watch, monday, dateless, pieces), watch.budget)
    progress(_("记录信号"))
    run.raised, run.held = sum(not s.held for s in made), sum(s.held for s in made)
    run.seconds = round(time.perf_counter() - begun, 3)
    return _store(run, made, by=by, at=at)


def _said(watch: Watch, inputs: Inputs | None, rules: Rules, dateless: list[shares.Table]) -> dict[str, Any]:
    """All parameters of a run as plain data."""
    said = {"watch": _scope(watch), "shares": {t.source: t.sha256 for t in dateless}, "share_rule": shares.RULE}
    return (
        said
        if inputs is None
        else said | parameters.as_json(rules, parameters.Seasonal(rules.baseline), inputs.evidence.plan)
    )


def _rises(run: Run, records: Records, inputs: Inputs, rules: Rules) -> list[Signal]:
    """Decide, keep the inputs, write the counts onto the run."""
    scorer = parameters.Seasonal(rules.baseline)
    decision = decide(inputs.evidence, rules, score=engine.scorer(scorer), exposure=inputs.weight)
    evidence.keep(inputs)
    run.tested, run.rejected = decision.tested, decision.rejected
    return _rows(decision, records, inputs, scorer)


def _placed(rises: list[Signal], parts: list[Signal], budget: int) -> list[Signal]:
    """Rises first; unusual shares take what they leave of the budget, a quarter of it at most. Then what is held."""
    raised = [s for s in rises if not s.held]
    room = min(budget - len(raised), max(1, budget // PART))
    for signal in parts[room:]:
        signal.held = True
    order = [*raised, *parts[:room], *(s for s in rises if s.held), *parts[room : room + parameters.HELD_MOST]]
    for place, signal in enumerate(order, 1):
        signal.place = place
    return order


def digest_of(inputs: str, said: dict[str, Any]) -> str:
    """What makes two runs the same: inputs, parameters and engine."""
    body = json.dumps([inputs, said, parameters.ENGINE], sort_keys=True, ensure_ascii=False)
    return sha256(body.encode()).hexdigest()


def _scope(watch: Watch) -> dict[str, Any]:
    return {"name": watch.name, "products": watch.products, "areas": watch.areas, "sources": watch.sources}


def _refuse(watch: Watch, monday: date, *, by: Person, at: datetime) -> None:
    may = by.username == SERVICE or watch.owner_id in access.judges(by, at)
    refuse_unless(may, _("须由%(office)s的监测分析岗或监测程序运行") % {"office": watch.owner}, remedy=_("请分析岗同事运行"),
                  code="no_post", status=403)  # fmt: skip
    refuse_unless(
        monday <= shanghai_date(at), _("这一周还没有开始"), remedy=_("选择已经开始的周"), code="week_ahead", status=422
    )
    last = monday + timedelta(days=6)
    in_term = last >= watch.starts_on and (watch.ends_on is None or monday <= watch.ends_on)
    refuse_unless(in_term, _("这一周不在监测的期间内"), remedy=_("选择期间内的周"), code="outside_term", status=422)
    if not watch.owner.is_headquarters:
        refuse_unless(access.designations(watch.owner_id, last).exists(), _("监测中心在这一周没有有效的指定"),
                      remedy=_("由总署调整指定后再运行"), rule=decree188.by_name("centre_remit"), code="outside_remit", status=403)  # fmt: skip


def _store_short(watch: Watch, monday: date, records: Records, *, by: Person, at: datetime, seconds: float) -> Run:
    """A run that had nothing to test is a run too: that nobody was warned must be explainable."""
    said = {"watch": _scope(watch), "least_weeks": parameters.LEAST_WEEKS}
    inputs = sha256(f"{len(records)} {records.undated}".encode()).hexdigest()
    digest = digest_of(inputs, said)
    run = Run(watch=watch, week=monday, inputs=inputs, parameters=said, engine=parameters.ENGINE, digest=digest, by=by, at=at,
              seconds=round(seconds, 3), records=len(records), undated=records.undated, cells=0, tested=0, rejected=0, raised=0,
              held=0, short=NO_HISTORY)  # fmt: skip
    return Run.objects.filter(watch=watch, week=monday, digest=digest).first() or _store(run, [], by=by, at=at)


def _rows(decision: Decision, records: Records, inputs: Inputs, scorer: parameters.Seasonal) -> list[Signal]:
    recent = figures.Recent.of(records, inputs)
    flags = [(f, False) for f in decision.flags] + [(f, True) for f in decision.held[: parameters.HELD_MOST]]
    return [_row(flag, held, recent, scorer) for flag, held in flags]


def cell_key(cell: dict[str, str]) -> str:
    """The same for the same cell in any week."""
    return sha256(json.dumps(cell, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _row(flag: Flag, held: bool, recent: figures.Recent, scorer: parameters.Seasonal) -> Signal:
    seen = figures.main(flag)
    series, bands = figures.lines(flag, recent.inputs, scorer)
    band = bands[seen.source]
    zh, en = wording.why(flag, bands)
    record = json.loads(flag.to_json())
    findings = [
        f | {"basis": f["source"].partition(":")[0], "source": f["source"].partition(":")[2]}
        for f in record["findings"]
    ]
    return Signal(
        week=counting.monday(flag.week), held=held, cell=flag.cell, cell_key=cell_key(flag.cell),
        **{name: flag.cell.get(name, "")[:longest] for name, longest in LONGEST.items()},
        sources=sorted({f["source"] for f in findings}), observed=seen.cases, expected=band.expected, low=band.low, high=band.high,
        excess=seen.excess, p=flag.p, rank=flag.rank, severity=flag.severity, exposure=flag.exposure, extent=flag.extent,
        spread=record["spread"], findings=findings, series=series, by_port=recent.by_port(flag, seen.source),
        ports=recent.ports(flag), reports=recent.reports(flag), estimate=recent.estimate(flag), why_zh=zh, why_en=en,
        record=flag.to_json(),
    )  # fmt: skip


@transaction.atomic
def _store(run: Run, made: list[Signal], *, by: Person, at: datetime) -> Run:
    Watch.objects.select_for_update().get(pk=run.watch_id)
    known = Run.objects.filter(watch=run.watch, week=run.week, digest=run.digest).first()
    if known is not None:
        return known
    run.save()
    before = {
        (s.kind, s.cell_key): s for s in Signal.objects.filter(run__watch=run.watch, week=run.week, replaced_by=None)
    }
    decided = (Signal.State.ACCEPTED, Signal.State.DISMISSED)
    for signal in made:
        signal.run = run
        old = before.pop((signal.kind, signal.cell_key), None)
        if old is None:
            signal.save()
        elif old.state not in decided:
            signal.state, signal.reason = old.state, old.reason
            signal.decided_by, signal.decided_at = old.decided_by, old.decided_at
            signal.save()
            Signal.objects.filter(pk=old.pk).update(replaced_by=signal)
    gone = [s.pk for s in before.values() if s.state == Signal.State.NEW]
    Signal.objects.filter(pk__in=gone).update(state=Signal.State.LAPSED, decided_by=by, decided_at=at)
    said = {"watch": run.watch.name, "week": run.week, "inputs": run.inputs, "engine": run.engine, "records": run.records,
            "raised": run.raised, "held": run.held, "lapsed": gone, "short": run.short}  # fmt: skip
    rule = "nationwide" if run.watch.name == NATIONAL else "centre_remit"
    journalling.record_in_office(run.watch.owner, "watch.run", by=by, at=at, rule=rule, content=said)
    return run
