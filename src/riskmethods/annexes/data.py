"""Annexes that learn from counts: incidents, tests, border samples, hospital cases; and cases to be expected."""

from __future__ import annotations

from typing import Any

from riskmethods.annexes.said import Found, Given, Row, both, percent, renamed, shown
from riskmethods.errors import MethodError, raise_at
from riskmethods.evidence.conflict import conflict as confronted
from riskmethods.evidence.priors import beta_prior, discounted
from riskmethods.evidence.proportions import clopper_pearson, rule_of_three, zero_event_bound
from riskmethods.evidence.proportions import defect_share as shared
from riskmethods.evidence.rates import Reporting, lifetime
from riskmethods.evidence.rates import incident_rate as counted
from riskmethods.population import border, cases, national

_VERDICTS = {
    "": ("不矛盾", "no contradiction"), "more": ("事故显著多于情景所预示，须核对概率或重新评估", "significantly more incidents than predicted: check the numbers, or reassess"),
    "fewer": ("事故显著少于情景所预示（也可能漏报）", "significantly fewer incidents than predicted (or unreported ones)"),
}  # fmt: skip


def _reporting(given: Given) -> Reporting | float:
    """The share reported: known, or with a beta prior of both shapes."""
    if given.has("reporting_a") or given.has("reporting_b"):
        if given.has("reporting"):
            raise_at(
                given.at("reporting"), "ambiguous", "报告比例与其先验只填一种", "state the share or its prior, not both"
            )
        return Reporting(float(given.number("reporting_a")), float(given.number("reporting_b")))
    return float(given.part("reporting", 1))


def incident_rate(given: Given) -> Found:
    """Incidents over unit-years, with under-reporting; over a lifetime where one is stated."""
    x, seen = given.whole("incidents"), given.number("unit_years")
    try:
        rate = counted(x, seen, reporting=_reporting(given))
    except MethodError as fault:
        raise renamed(fault, given, {"exposure": "unit_years", "reporting.a": "reporting_a", "reporting.b": "reporting_b"}) from None  # fmt: skip
    rows = [
        Row("平均发生率（每件每年）", "mean rate per unit-year", shown(rate.mean)),
        Row("95%可信区间", "95 % credible interval", both(*rate.interval(0.95))),
    ]
    if not given.has("years"):
        return Found(tuple(rows))
    lasting = lifetime(rate, given.number("years"))
    rows += [Row("寿命内概率（均值）", "lifetime probability (mean)", shown(lasting.mean)),
             Row("寿命内概率（5%、50%、95%）", "lifetime probability (5, 50, 95 %)", f"{shown(lasting.low)}, {shown(lasting.median)}, {shown(lasting.high)}")]  # fmt: skip
    return Found(tuple(rows), quantity=lasting.quantity())


def defect_share(given: Given) -> Found:
    """Defective of tested: Bayesian, exact classical, and the bound where nothing was found."""
    n = given.whole("tested", least=1)
    k = given.whole("defective", most=n)
    found = shared(k, n)
    rows = [Row("平均比例", "mean share", percent(found.mean)), Row("95%可信区间", "95 % credible interval", both(*found.interval(0.95), as_percent=True)),
            Row("精确置信区间（Clopper-Pearson）", "exact confidence interval (Clopper-Pearson)", both(*clopper_pearson(k, n), as_percent=True))]  # fmt: skip
    if k == 0:
        rows += [Row("零发现的95%上限", "95 % upper bound with none found", percent(zero_event_bound(n))),
                 Row("三分之规则（3/n）", "rule of three (3/n)", percent(rule_of_three(n)))]  # fmt: skip
    return Found(tuple(rows), quantity=found.quantity())


def expert_prior(given: Given) -> Found:
    """Experts' median and 95th percentile as a beta curve, discounted to the observations it may count for."""
    try:
        prior = beta_prior(median=given.between("median"), p95=given.between("p95"))
        held = discounted(prior, given.number("observations")) if given.has("observations") else prior
    except MethodError as fault:
        raise renamed(fault, given, {}) from None
    rows = [Row("贝塔分布 a、b", "beta curve a, b", f"{shown(held.a)}, {shown(held.b)}"), Row("相当于观测次数", "counts as observations", shown(held.a + held.b)),
            Row("均值", "mean", percent(held.mean)), Row("95%可信区间", "95 % credible interval", both(*held.interval(0.95), as_percent=True))]  # fmt: skip
    return Found(tuple(rows), quantity={"dist": "beta", "a": float(f"{held.a:.6g}"), "b": float(f"{held.b:.6g}")})


def conflict(given: Given) -> Found:
    """A scenario's probability against the incidents reported."""
    life = float(given.part("life_observed", 1))
    if not life:
        raise_at(given.at("life_observed"), "out_of_range", "须大于0且不大于1", "must be above 0 and at most 1")
    try:
        found = confronted(given.whole("observed", most=10**12), given.chance("probability"), units=given.number("units"),
                           exposed=given.number("exposed", 1), life_observed=life, reporting=_reporting(given))  # fmt: skip
    except MethodError as fault:
        raise renamed(fault, given, {}) from None
    zh, en = _VERDICTS[found.contradicts]
    return Found((Row("情景预示的报告事故数", "reported incidents predicted", shown(found.expected)), Row("实际报告", "reported", str(found.observed)),
                  Row("预测p值（双侧）", "predictive p-value (two-sided)", shown(found.p_value)), Row("结论", "verdict", zh, en)))  # fmt: skip


def expected_cases(given: Given) -> Found:
    """Individual probability and expected cases side by side, before and after a recall."""
    probability = given.chance("probability")
    reach = cases.expected_cases(
        probability,
        units=given.number("units"),
        exposed=given.number("exposed", 1),
        retrieved=given.part("retrieved", 0),
    )

    def words(one: cases.Range) -> str:
        if one.low == one.high:
            return shown(one.low)
        middle = "" if one.best is None else f" {shown(one.best)} "
        return f"{shown(one.low)} –{middle or ' '}{'– ' if middle else ''}{shown(one.high)}"

    return Found((Row("个体概率", "individual probability", words(reach.individual)), Row("预期受害人数", "expected cases", words(reach.before)),
                  Row("召回后预期受害人数", "expected cases after the recall", words(reach.after)),
                  Row("召回后至少一例的概率", "probability of at least one case after it", percent(reach.any_after))),
                 notes=(Row("人数与等级各自陈述，互不折算", "cases and level stand apart; neither moves the other", ""),))  # fmt: skip


def prevalence(given: Given) -> Found:
    """The share of defective units over strata; a targeted sample is refused."""
    rows = given.rows("strata", ("name", "units", "tested", "defective", "basis"))
    strata = []
    for one in rows:
        units = one.whole("units", least=1)
        tested = one.whole("tested", least=1, most=units)
        strata.append(
            border.Stratum(
                one.words("name"),
                units,
                tested,
                one.whole("defective", most=tested),
                one.values.get("basis") or "random",
            )
        )
    try:
        found = border.prevalence(strata)
    except MethodError as fault:
        raise fault.within(given.place) from None
    low, high = found.interval
    shownrows = (Row("不合格率", "share defective", percent(found.estimate)), Row("标准误", "standard error", percent(found.se)),
                 Row("95%区间", "95 % interval", both(low, high, as_percent=True)), Row("估计不合格件数", "defective units, estimated", shown(found.defective_units)))  # fmt: skip
    quantity = {"low": f"{low:.6g}", "high": f"{high:.6g}"} if 0 < low < high else None
    return Found(shownrows, quantity=quantity)


def lot(given: Given) -> Found:
    """How many of a small lot may be defective after a test without replacement, and how many tests would have told."""
    size = given.whole("lot", least=1, most=border.LARGEST_LOT)
    tested = given.whole("tested", least=1, most=size)
    low, high = border.lot_defectives(size, tested=tested, defective=given.whole("defective", most=tested))
    need = border.sample_size(size, defective=max(1, -(-size // 10)))
    return Found((Row("批中不合格件数（95%）", "defective units in the lot (95 %)", f"{low} – {high}"), Row("不合格比例", "share", both(low / size, high / size, as_percent=True)),
                  Row("若一成不合格，95%把握发现须检", "to find one with 95 % if a tenth is defective, test", str(need))))  # fmt: skip


def national_estimate(given: Given) -> Found:
    """A weighted estimate from hospital cases, flagged where the reporting system's own rule calls it unstable."""
    rows = given.rows("cases", ("weight", "stratum", "hospital"))
    drawn: dict[str, int] = {}
    for one in given.rows("drawn", ("stratum", "hospitals"), least=0):
        drawn[one.words("stratum")] = one.whole("hospitals", least=1)
    weights = [float(one.number("weight")) for one in rows]
    strata = [one.words("stratum") for one in rows]
    try:
        found = national.national_estimate(
            weights, strata=strata, hospitals=[one.words("hospital") for one in rows], drawn=drawn or None
        )
    except MethodError as fault:
        raise fault.within(given.place) from None
    why = {
        "estimate": ("估计数低于1200", "estimate below 1,200"),
        "cases": ("病例少于20", "fewer than 20 cases"),
        "cv": ("变异系数高于33%", "CV above 33 %"),
    }
    notes: list[Any] = [Row(f"不稳定：{why[u][0]}", f"unstable: {why[u][1]}", "") for u in found.unstable]
    if found.warnings:
        notes.append(
            Row(
                "未给出各层抽取的医院数，没有病例的医院未计入误差",
                "hospitals drawn were not given: those without a case are missing from the error",
                "",
            )
        )
    return Found((Row("全国估计数", "national estimate", shown(found.estimate)), Row("病例数", "cases", str(found.cases)), Row("变异系数", "CV", percent(found.cv)),
                  Row("95%区间", "95 % interval", both(*found.interval))), notes=tuple(notes))  # fmt: skip
