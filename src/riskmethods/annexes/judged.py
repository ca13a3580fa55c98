"""Annexes that judge by structure or table: fault tree, chemicals, AHP, FMEA, other matrices."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from riskmethods import ahp as hierarchy
from riskmethods import chemicals as chemistry
from riskmethods import faulttree, matrices
from riskmethods import fmea as modes
from riskmethods.annexes.said import Found, Given, Row, Table, percent, renamed, shown
from riskmethods.errors import MethodError, raise_at
from riskmethods.injuries import Words
from riskmethods.inputs import distinct
from riskmethods.uncertain import to_json

_WARNED = {"secondary": ("表读自他处转载", "the table was read in another's copy"), "unverified": ("表未经原文核对", "the table was not checked against its source"),
           "empty": ("表不可读", "the table is not readable")}  # fmt: skip
_LEGAL = {
    "banned": ("禁用物质", "banned"), "above_limit": ("超过法定限量", "above the legal limit"), "undecided": ("测量区间跨越限量", "the measurement spans the limit"),
    "within_limit": ("未超限量", "within the limit"), "no_limit": ("未给出限量", "no limit given"),
}  # fmt: skip
_CONTROLLED = {"controlled": ("受控（低于1）", "controlled (below 1)"), "not_controlled": ("不受控（1以上）", "not controlled (1 or above)"),
               "undecided": ("区间跨越1，不能判定", "the interval spans 1: undecided")}  # fmt: skip


def trusted(status: str) -> tuple[Row, ...]:
    """What to say of a table that was not read in its source."""
    return (Row(*_WARNED[status], ""),) if status in _WARNED else ()


# ---- fault tree ------------------------------------------------------------------------------------------------


def tree_of(given: Given) -> dict[str, Any]:
    """Rows of gates and events as the library's document."""
    gates: dict[str, Any] = {}
    for one in given.rows("gates", ("name", "type", "inputs", "k"), most=1_000):
        gate: dict[str, Any] = {"type": one.values.get("type") or "or", "inputs": one.names("inputs", most=200)}
        if one.has("k"):
            gate["k"] = one.whole("k", least=1)
        _once(gates, one, gate)
    events: dict[str, Any] = {}
    for one in given.rows("events", ("name", "p"), most=1_000):
        if not one.has("p"):
            raise_at(one.at("p"), "missing", "须填写", "is to be filled in")
        _once(events, one, one.values["p"])
    return {"top": given.words("top"), "gates": gates, "events": events}


def _once(found: dict[str, Any], one: Given, value: Any) -> None:
    name = one.words("name")
    if name in found:
        raise_at(one.at("name"), "duplicate", f"“{name}”重复", f"{name!r} stands twice")
    found[name] = value


def fault_tree(given: Given) -> Found:
    """Top event, bounds, minimal cut sets and importance; the top event may be a step's probability."""
    try:
        tree = faulttree.from_json(tree_of(given), place=given.place)
        found = faulttree.analyse(tree)
        quantity = to_json(faulttree.step(tree, place=given.place))
    except MethodError as fault:
        raise fault from None
    top = found.as_json()
    rows = [Row("顶事件概率", "probability of the top event", f"{top['probability']} ({shown(Fraction(found.probability))})"),
            Row("罕见事件上界", "rare-event bound", shown(Fraction(found.rare_event))), Row("最小割集上界", "min-cut upper bound", shown(Fraction(found.upper_bound)))]  # fmt: skip
    rows += [Row("最小割集", "minimal cut set", "{" + ", ".join(cut) + "}") for cut in found.cut_sets[:30]]
    table = Table(("基本事件", "概率", "Birnbaum", "Fussell-Vesely"), ("basic event", "probability", "Birnbaum", "Fussell-Vesely"),
                  tuple((i.event, shown(Fraction(i.probability)), shown(Fraction(i.birnbaum)), shown(Fraction(i.fussell_vesely))) for i in found.importance))  # fmt: skip
    return Found(tuple(rows), table, quantity=quantity)


# ---- chemicals -------------------------------------------------------------------------------------------------


def chemicals(given: Given) -> Found:
    """The ratio by route and in all, and the legal status beside it."""
    columns = ("name", "exposure", "exposure_low", "exposure_high", "limit")
    routes = []
    for one in given.rows("routes", columns, most=20):
        best = one.number("exposure")
        ends = {"low": one.number("exposure_low", best), "best": best, "high": one.number("exposure_high", best)}
        routes.append(
            chemistry.Route(
                one.words("name"), chemistry.amount(ends, one.at("exposure")), chemistry.amount(one.number("limit"))
            )
        )
    content, limit = (chemistry.amount(given.number(k)) if given.has(k) else None for k in ("content", "legal_limit"))
    legal = chemistry.Legal(content, limit, given.words("legal_source", needed=False), bool(given.values.get("banned")))
    try:
        found = chemistry.characterise(routes, legal=legal)
    except MethodError as fault:
        raise renamed(fault, given, {"legal.source": "legal_source", "routes": "routes"}) from None
    rows = [Row(f"{name}的比值", f"ratio, {name}", _range(ratio)) for name, ratio in found.routes.items()]
    rows += [Row("风险表征比合计", "risk characterisation ratio in all", _range(found.ratio)), Row("结论", "verdict", *_CONTROLLED[found.controlled]),
             Row("法律状态", "legal status", *_LEGAL[found.legal])]  # fmt: skip
    notes = [
        Row(
            "比值不折算为风险矩阵的格子，由评估人说明严重程度",
            "no ratio is turned into a grid cell: the assessor justifies the severity",
            "",
        )
    ]
    if found.presumed_serious:
        notes.append(
            Row(
                "禁用或超限：可按条款推定为严重风险",
                "banned or above a limit: a serious risk may be presumed by its clause",
                "",
            )
        )
    return Found(tuple(rows), notes=tuple(notes))


def _range(one: chemistry.Amount) -> str:
    return shown(one.best) if one.low == one.high else f"{shown(one.low)} – {shown(one.best)} – {shown(one.high)}"


def dose(given: Given) -> Found:
    """A dose in mg per kg and day."""
    shares = {key: given.part(key, 1) for key in ("absorption", "released")}
    for key, value in shares.items():
        if not value:
            raise_at(given.at(key), "out_of_range", "须大于0且不大于1", "must be above 0 and at most 1")
    common = {"frequency": given.number("frequency", 1), "body_weight": given.number("body_weight")}
    if given.words("way") == "contact":
        if given.has("released"):
            raise_at(
                given.at("released"),
                "unknown_key",
                "皮肤接触以迁移量计，不另填释放比例",
                "skin contact counts what migrates: no share released",
            )
        found = chemistry.contact_dose(
            given.number("content"), area=given.number("amount"), absorption=shares["absorption"], **common
        )
    elif given.words("way") == "intake":
        found = chemistry.intake_dose(given.number("content"), taken=given.number("amount"), **shares, **common)
    else:
        raise_at(given.at("way"), "unknown_code", "途径为contact或intake", "the way is contact or intake")
    return Found((Row("剂量（mg/kg·日）", "dose (mg/kg and day)", shown(found.best)),))


def excess_risk(given: Given) -> Found:
    """Slope times dose, and where that is no longer a probability."""
    found = chemistry.excess_lifetime_risk(given.number("slope"), given.number("dose"))
    notes = (
        ()
        if found.linear_holds
        else (
            Row(
                "线性值高于1/100，只能采用饱和值",
                "the linear value is above 1 in 100: only the saturating one holds",
                "",
            ),
        )
    )
    p = found.linear.best if found.linear_holds else Fraction(repr(found.saturating))
    return Found((Row("线性外推", "linear", shown(found.linear.best)), Row("饱和值 1−exp(−斜率×剂量)", "saturating, 1 − exp(−slope × dose)", shown(found.saturating))),
                 notes=notes, quantity={"p": f"{float(p):.6g}"} if 0 < p <= 1 else None)  # fmt: skip


# ---- AHP and FMEA ----------------------------------------------------------------------------------------------


def ahp(given: Given) -> Found:
    """Weights from pairwise judgements, one judge's or a group's; refused when inconsistent, naming the worst triad."""
    items = given.names("items", least=2, most=hierarchy.MOST_ITEMS)
    distinct(items, given.at("items"))
    judges: dict[str, dict[tuple[str, str], object]] = {}
    for one in given.rows("pairs", ("judge", "first", "second", "times")):
        pair = one.words("first"), one.words("second")
        for key, name in zip(("first", "second"), pair, strict=True):
            if name not in items:
                raise_at(one.at(key), "unknown_code", f"要素中没有“{name}”", f"no item {name!r}")
        said = judges.setdefault(one.words("judge", needed=False) or "—", {})
        if pair[0] == pair[1] or pair in said or pair[::-1] in said:
            raise_at(
                one.at("first"),
                "duplicate",
                f"“{pair[0]}”与“{pair[1]}”已比较过",
                f"{pair[0]!r} and {pair[1]!r} are compared twice",
            )
        said[pair] = one.number("times")
    matrix = {judge: _matrix(items, said, judge, given) for judge, said in judges.items()}
    try:
        found = hierarchy.accepted(hierarchy.joined(items, matrix), place="pairs")
    except MethodError as fault:
        raise renamed(fault, given, {"judges": "pairs", "matrix": "pairs"}) from None
    rows = [
        Row(f"“{item}”的权重", f"weight of {item}", shown(w))
        for item, w in zip(found.items, found.weights, strict=True)
    ]
    rows += [
        Row("λmax", "λmax", f"{found.lambda_max:.5g}"),
        Row("一致性比率CR（须<0.10）", "consistency ratio CR (below 0.10)", f"{found.cr:.4f}"),
    ]
    if scores := given.rows("scores", ("item", "score"), least=0):
        rows.append(Row("加权得分", "weighted score", shown(_score(found, scores, given))))
    return Found(tuple(rows))


def _matrix(items: list[str], said: Mapping[tuple[str, str], object], judge: str, given: Given) -> list[list[object]]:
    matrix: list[list[object]] = [[Fraction(1)] * len(items) for _ in items]
    for i, first in enumerate(items):
        for j, second in enumerate(items[i + 1 :], i + 1):
            times: Any = said.get((first, second))
            if times is None and (other := said.get((second, first))) is not None:
                times = 1 / Fraction(str(other))
            if times is None:
                who = "" if judge == "—" else f"{judge}："
                raise_at(
                    given.at("pairs"),
                    "missing",
                    f"{who}还没有比较“{first}”与“{second}”",
                    f"{judge}: {first!r} and {second!r} are not compared yet",
                )
            matrix[i][j], matrix[j][i] = times, 1 / Fraction(times)
    return matrix


def _score(found: hierarchy.Weights, rows: list[Given], given: Given) -> float:
    scores = {one.words("item"): one.number("score", above=None) for one in rows}
    for item in found.items:
        if item not in scores:
            raise_at(given.at("scores"), "missing", f"“{item}”没有得分", f"{item!r} has no score")
    for item in scores:
        if item not in found.items:
            raise_at(given.at("scores"), "unknown_code", f"要素中没有“{item}”", f"no item {item!r}")
    return sum(w * float(scores[item]) for item, w in zip(found.items, found.weights, strict=True))


def fmea(given: Given, priority: modes.PriorityTable | None) -> Found:
    """Modes in the order in which they call for action, with the warnings that go with the numbers."""
    axes = ("severity", "occurrence", "detection")
    listed = []
    for one in given.rows("modes", ("id", "text", *axes, *(f"{axis}_after" for axis in axes))):
        mode: dict[str, Any] = {"id": one.words("id"), "text": one.words("text", needed=False)}
        mode |= {axis: one.whole(axis, least=1, most=10) for axis in axes}
        if any(one.has(f"{axis}_after") for axis in axes):
            mode["after"] = {axis: one.whole(f"{axis}_after", least=1, most=10, default=mode[axis]) for axis in axes}
        listed.append(mode)
    form = modes.from_json({"form": given.words("form"), "modes": listed}, place=given.place, table=priority)
    rows: list[tuple[str, ...]] = []
    said: dict[str, Words] = {}
    for row in form.ranked():
        drop = "" if row.reduction is None else percent(row.reduction)
        rows.append(
            (
                row.mode.id,
                row.mode.text,
                str(row.rpn),
                "" if row.rpn_after is None else str(row.rpn_after),
                drop,
                row.priority,
                "●" if row.must_act else "",
            )
        )
        said |= {warning.code: warning.words for warning in row.warnings}
    table = Table(
        ("编号", "说明", "RPN", "措施后RPN", "降低", "优先级", "须处置"),
        ("id", "text", "RPN", "RPN after", "reduction", "priority", "must act"),
        tuple(rows),
    )
    return Found((Row("分析表", "form", form.id), Row("优先级表来源", "source of the priorities", f"{form.table.source} ({form.table.status})")),
                 table, notes=tuple(Row(w.zh, w.en, "") for w in said.values()))  # fmt: skip


# ---- matrices --------------------------------------------------------------------------------------------------


def matrix(given: Given) -> Found:
    """The cell of a row's code or of a number, and a column's code."""
    one = matrices.grid(given.words("grid"), place=given.at("grid"))
    said, column = given.words("likelihood"), given.words("severity")
    try:
        row = said if said in one.rows or not one.edges else one.row(said)
        found = one.cell(row, column)
    except MethodError as fault:
        raise renamed(
            fault, given, {f"{one.id}.row": "likelihood", f"{one.id}.column": "severity", one.id: "grid"}
        ) from None
    rows = (
        Row("矩阵", "matrix", one.zh, one.en),
        Row("行", "row", row),
        Row("列", "column", column),
        Row("结果", "result", found),
        Row("指纹", "sha256", one.sha256[:12]),
    )
    return Found(rows, notes=trusted(one.status))


def iec_62061(given: Given) -> Found:
    """The safety integrity level that is asked for."""
    ranks = {key: given.whole(key, least=1, most=5) for key in ("severity", "frequency", "probability", "avoidance")}
    try:
        found = matrices.required_sil(ranks.pop("severity"), **ranks)
    except MethodError as fault:
        raise fault.within(given.place) from None
    return Found((Row("所需安全完整性等级", "integrity level required", found),), notes=trusted("unverified"))


def fine_kinney(given: Given) -> Found:
    """Probability times exposure times consequence, and its class."""
    try:
        found = matrices.fine_kinney(
            given.words("probability"), exposure=given.words("exposure"), consequence=given.words("consequence")
        )
    except MethodError as fault:
        raise fault.within(given.place) from None
    return Found(
        (Row("得分", "score", shown(found.value)), Row("级别", "class", found.level)), notes=trusted("secondary")
    )
