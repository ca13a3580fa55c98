"""Between the pages and the method library: a document scored for a page, faults in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

import decree188
from decree188.assessment import missing_parts
from riskmethods import MethodError, Policy, Refused, Result, assess
from riskmethods.annexes import calculate
from riskmethods.limits import load
from riskmethods.vocabulary import term
from riskmethods.wording import annex_rows, level_words, summary
from riskwatch.assessment import charts
from riskwatch.assessment.models import BASES
from riskwatch.look.words import listed
from riskwatch.refusals import Refusal

# The written parts that people word themselves; method, category and level follow from the document.
WRITTEN = ("hazard", "extent", "residual", "proposal")
MOST_ANNEXES = 200


def language() -> str:
    """The reader's language as the library names it."""
    return "en" if (get_language() or "zh").startswith("en") else "zh"


def faults(error: MethodError) -> list[dict[str, str]]:
    """Every fault with place and rule, in the reader's language."""
    found = error.faults if isinstance(error, Refused) else (error,)
    return [{"place": f.place, "rule": f.rule, "why": f.zh if language() == "zh" else f.en} for f in found]


def scored(document: Mapping[str, Any], policy: Policy) -> dict[str, Any]:
    """What the workbench shows: the result with its charts, or the faults. A draft may be faulty; nothing is raised."""
    try:
        result = assess(document, policy=policy)
    except MethodError as error:
        return {"faults": faults(error), "annexes": _annexes(document, policy)}
    return {"result": result.data, "annexes": result.data.get("annexes", []),
            "charts": drawn(result.data, cloud=result.spread.cloud if result.spread else [])}  # fmt: skip


def _annexes(document: Mapping[str, Any], policy: Policy) -> list[dict[str, Any] | None]:
    """What each other method says while the rest of the document is still faulty; None for one that is faulty itself."""
    given = document.get("annexes")
    return [_annex(one, policy) for one in given[:MOST_ANNEXES]] if isinstance(given, list) else []


def _annex(one: Any, policy: Policy) -> dict[str, Any] | None:
    if not isinstance(one, dict):
        return None
    try:
        load(one)
        return calculate(one.get("method"), one.get("input"), priority=policy.priority).as_json()
    except MethodError:
        return None


def drawn(data: Mapping[str, Any], *, cloud: list[dict[str, Any]] | None = None, lang: str = "") -> dict[str, str]:
    """The charts of a result, as SVG: the grid with its points, the level's probability, what would change it."""
    lang = lang or language()
    return {
        "grid": charts.grid(data, cloud or [], lang),
        "shares": charts.shares(data, lang),
        "flips": charts.flips(data, lang),
        "tornado": charts.tornado(data, lang),
    }


def refuse_unfit(document: Mapping[str, Any], policy: Policy) -> Result:
    """The result of a document that is ready to be a report.

    Raises
    ------
    Refusal
        The document is faulty, a number lacks evidence, source or author, or one of the seven parts is empty.
    """
    try:
        result = assess(document, policy=policy)
    except MethodError as error:
        why = faults(error)
        raise Refusal(_("评估文件有误：%(why)s") % {"why": why[0]["why"]}, remedy=_("按标出的位置改正"), code="assessment_faulty",
                      rule=decree188.by_name("in_set_time"), status=422,
                      fields={f["place"] or "document": f["why"] for f in why}) from None  # fmt: skip
    _refuse_parts_missing(result)
    if result.data["gaps"]:
        raise Refusal(_("还有%(n)s处没有填写依据") % {"n": len(result.data["gaps"])},
                      remedy=_("为每个数值写明证据等级和来源，再提交"), code="evidence_missing", status=422,
                      rule=decree188.by_name("assessors_true_reports"), fields=dict.fromkeys(result.data["gaps"], _("须填写")))  # fmt: skip
    return result


def _refuse_parts_missing(result: Result) -> None:
    said = {part: result.data["report"].get(part, "") for part in WRITTEN}
    whole = said | {"method": result.data["method"]["id"], "category": result.data["category"], "level": result.level}
    missing = missing_parts(whole)
    if missing:
        names = listed(m.words(get_language() or "zh") for m in missing)
        raise Refusal(_("报告缺少：%(names)s") % {"names": names}, remedy=_("补齐七项内容后再提交"), code="parts_missing",
                      rule=decree188.by_name("report_contents"), status=422,
                      fields={f"report.{m.code}" if m.code in WRITTEN else m.code: _("不能为空") for m in missing})  # fmt: skip


def likelihood(data: Mapping[str, Any], lang: str = "zh") -> tuple[str, int | None]:
    """Likelihood in words and degree of the scenario that decides the level; by clause where it was presumed."""
    if data["basis"] == "presumed":
        words = "按条款推定，不作概率计算" if lang == "zh" else "presumed by a clause; no probability is computed"
        return f"{words} ({data['presumption']['place']})"[:200], None
    worst = max(data["scenarios"], key=lambda s: (s["level"] == data["computed_level"], s["severity"]["level"]))
    p = worst["probability"]
    return f"{p['value']}{'，' if lang == 'zh' else ', '}{p['band_words'][lang]}"[:200], worst["severity"]["level"]


def seven_parts(data: Mapping[str, Any], lang: str) -> dict[str, str]:
    """The statutory parts of a report in words; empty where they are not written yet."""
    one = term("categories", data["category"]) if data["category"] else None
    basis = dict(BASES)[data["basis"]] if lang == "zh" else data["basis"]
    comma, left, right = ("；", "（", "）") if lang == "zh" else ("; ", " (", ")")
    grade = f"{comma}{data['grade'][lang]}" if data["grade"] else ""
    return {
        "method": f"{data['method'][lang]} [{data['method']['id']}]", "category": (one.zh if lang == "zh" else one.en) if one else "",
        "level": f"{named(data['level'], lang)}{left}{basis}{grade}{right}", **{part: data["report"].get(part, "") for part in WRITTEN},
    }  # fmt: skip


def grounds(data: Mapping[str, Any], lang: str) -> list[list[str]]:
    """Every step with its number, evidence grade, source and author; after each scenario its outcome."""
    head = (
        ["情景", "步骤", "概率", "证据", "来源", "作者"]
        if lang == "zh"
        else ["No.", "step", "probability", "evidence", "source", "author"]
    )
    table = [head]
    for n, scenario in enumerate(data["scenarios"], 1):
        for s in scenario["steps"]:
            said = s["text"].get(lang) or next(iter(s["text"].values()), "")
            table.append([str(n), said, s["p"], s["evidence"], s["source"], s["author"]])
        severity = scenario["severity"]
        outcome = f"{scenario['probability']['value']} → {named(scenario['level'], lang)}"
        word = f"合计，严重程度{severity['level']}" if lang == "zh" else f"product, severity {severity['level']}"
        table.append([str(n), word, outcome, severity["evidence"], severity["source"], severity["author"]])
    return table


def annex_table(annex: Mapping[str, Any], lang: str) -> list[list[str]]:
    """What another method found, as a table of a report."""
    lines = [
        ["项目", "结果"] if lang == "zh" else ["item", "result"],
        *([name, value] for name, value in annex_rows(annex, lang)),
    ]
    if "table" in annex:
        lines += [
            [
                row[0],
                " | ".join(
                    f"{head} {cell}" for head, cell in zip(annex["table"][lang][1:], row[1:], strict=True) if cell
                ),
            ]
            for row in annex["table"]["rows"]
        ]
    lines += [["!", note[lang]] for note in annex.get("notes", ())]
    origin = " · ".join(part for part in (annex["evidence"], annex["source"], annex["author"]) if part)
    return [*lines, ["依据" if lang == "zh" else "grounds", origin or "—"], ["方法来源" if lang == "zh" else "source of the method", annex["method"]["source"]],
            ["输入指纹" if lang == "zh" else "fingerprint of the inputs", annex["input_sha256"]]]  # fmt: skip


def harmed(data: Mapping[str, Any]) -> list[str]:
    """The protected interests that the scenarios touch; a presumption concerns people's health and safety."""
    touched = [code for code, level in data["interests"].items() if level]
    return touched or ["health"]


def named(level: str, lang: str = "") -> str:
    """A level in words."""
    return level_words(level, lang or language())


def category(data: Mapping[str, Any]) -> str:
    """The risk category in words, Chinese with English beside."""
    one = term("categories", data["category"])
    return f"{one.zh} {one.en}"


def summary_of(data: Mapping[str, Any], lang: str) -> str:
    """The whole result in words."""
    return summary(data, lang)
