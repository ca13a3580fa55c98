"""A result in words, Chinese or English, as a table or a narrative; made from the result's values alone.

What a stored result says can be worded again at any time: no number is computed here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from riskmethods.editions import LEVEL_WORDS, LEVELS
from riskmethods.errors import raise_at
from riskmethods.vocabulary import term

Say = Callable[[str, str], str]
STYLES = ("table", "narrative")
_BASIS = {
    "computed": ("按情景计算", "computed from scenarios"), "presumed": ("按条款推定", "presumed by a clause"),
    "precautionary": ("紧急且不确定，按预防从严", "precautionary: urgent and uncertain"),
}  # fmt: skip
_DIRECTION = {"up": ("升高", "rise"), "down": ("降低", "fall")}


def level_words(level: str, lang: str) -> str:
    """A level in one language; a dash for none.

    >>> level_words("medium", "zh"), level_words("serious", "en")
    ('中等风险', 'serious')
    """
    return LEVEL_WORDS[level][0 if lang == "zh" else 1] if level in LEVELS else "—"


def summary(data: Mapping[str, Any], lang: str = "zh", *, style: str = "table") -> str:
    """A result as plain text.

    Parameters
    ----------
    data
        ``Result.data``, or a stored result parsed from JSON.
    lang
        ``zh`` or ``en``.
    style
        ``table``: one line per step; ``narrative``: one paragraph per scenario.
    """
    if lang not in ("zh", "en"):
        raise_at("lang", "unknown_code", f"没有语言“{lang}”", f"no language {lang!r}; zh or en")
    if style not in STYLES:
        raise_at("style", "unknown_code", f"没有样式“{style}”", f"no style {style!r}; {' or '.join(STYLES)}")

    def say(zh: str, en: str) -> str:
        return zh if lang == "zh" else en

    tell = _steps_as_table if style == "table" else _steps_as_story
    lines = [*_head(data, lang, say)]
    for scenario in data["scenarios"]:
        lines += ["", *_scenario(scenario, lang, say), *tell(scenario, lang, say), *_outcome(scenario, lang, say)]
    lines += ["", *_whole(data, lang, say)]
    if data["residual"]:
        lines += _residual(data["residual"], lang, say)
    for annex in data.get("annexes", ()):
        lines += ["", *_annex(annex, lang, say)]
    # A line break inside a text would let it pass for a line of ours.
    return "".join(" ".join(line.splitlines()) + "\n" for line in [*lines, *_open_points(data, lang, say)])


def _pick(texts: Mapping[str, str], lang: str) -> str:
    """The text of a language, the other one where it is lacking."""
    return texts.get(lang) or texts.get("en" if lang == "zh" else "zh") or ""


def _head(data: Mapping[str, Any], lang: str, say: Say) -> Iterator[str]:
    method, grade = data["method"], data["grade"]
    yield say("风险评估结果", "Risk assessment result")
    yield say("产品：", "Product: ") + (data["product"].get("name") or "—")
    yield say("方法：", "Method: ") + f"{_pick(method, lang)} [{method['id']}, {method['sha256'][:12]}]"
    basis = say(*_BASIS[data["basis"]])
    yield say("等级：", "Level: ") + f"{level_words(data['level'], lang)} ({basis})"
    if data["presumption"]:
        presumed = data["presumption"]
        yield (
            say("推定：", "Presumption: ")
            + f"{presumed['place']} ({presumed['clause']}) {_pick(presumed, lang)} · {presumed['facts']}"
        )
        if presumed.get("rebuttal"):
            yield say("反驳：", "Rebutted: ") + presumed["rebuttal"]
    if data["precaution"]:
        yield say("预防理由：", "Reason for precaution: ") + data["precaution"]["reason"]
    if data["basis"] != "computed":
        yield say("计算等级：", "Computed level: ") + level_words(data["computed_level"] or "", lang)
    if grade:
        measures = say("、", ", ").join(m[lang] for m in grade["proposed_measures"]) or say("无", "none")
        table = f" [{grade['table']}, {data['policy_sha256'][:12]}]"
        yield say("海关等级（建议）：", "Customs grade (proposed): ") + grade[lang] + table
        yield say("措施（仅建议，未决定）：", "Measures (proposed, not decided): ") + measures
    words = [f"{term('interests', code).zh if lang == 'zh' else term('interests', code).en} "
             f"{level_words(level, lang) if level else say('未评定', 'not assessed')}" for code, level in data["interests"].items()]  # fmt: skip
    yield say("各项利益：", "Interests: ") + say("；", "; ").join(words)


def _scenario(scenario: Mapping[str, Any], lang: str, say: Say) -> Iterator[str]:
    title = _pick(scenario["title"], lang)
    yield say("情景", "Scenario ") + f" {scenario['id']}".strip() + (f" {title}" if title else "")
    named = [f"{label} {scenario[key][lang]}" for key, label in (
        ("hazard", say("危害", "hazard")), ("user", say("使用者", "user")), ("injury", say("伤害", "injury"))) if key in scenario]  # fmt: skip
    if named:
        yield "  " + say("；", "; ").join(named)


def quantity_words(entered: Mapping[str, Any]) -> str:
    """A quantity in its JSON form as a reader takes it in.

    >>> quantity_words({"p": "1/50"}), quantity_words({"low": "1/100", "high": "1/10"})
    ('1/50', '1/100 – 1/10')
    >>> quantity_words({"dist": "lognormal", "median": "1/20", "ef": 3.0})
    'lognormal(median 1/20, ef 3.0)'
    """
    if set(entered) in ({"p"}, {"word"}):
        return str(next(iter(entered.values())))
    if set(entered) == {"low", "high"}:
        return f"{entered['low']} – {entered['high']}"
    inner = ", ".join(f"{k} {v}" for k, v in entered.items() if k != "dist")
    return f"{entered['dist']}({inner})" if "dist" in entered else inner


def _steps_as_table(scenario: Mapping[str, Any], lang: str, say: Say) -> Iterator[str]:
    for step in scenario["steps"]:
        origin = " · ".join(part for part in (
            say("证据", "evidence ") + step["evidence"] if step["evidence"] else "", step["source"], step["author"]) if part)  # fmt: skip
        yield f"  {step['id']}. {_pick(step['text'], lang)} | {quantity_words(step['entered'])} | {origin or '—'}"


def _steps_as_story(scenario: Mapping[str, Any], lang: str, say: Say) -> Iterator[str]:
    told = [f"{_pick(step['text'], lang)} ({quantity_words(step['entered'])})" for step in scenario["steps"]]
    yield "  " + say("，然后", ", then ").join(told) + say("。", ".")


def _outcome(scenario: Mapping[str, Any], lang: str, say: Say) -> Iterator[str]:
    p, severity, across = scenario["probability"], scenario["severity"], scenario["sensitivity"]
    kind = say("乘积", "product") if p["kind"] == "product" else say("中位数", "median")
    yield (
        "  "
        + say("概率", "Probability ")
        + f" {p['value']} ({kind}, {p['one_in'][lang]}), {p['band_words'][lang]}".strip()
    )
    if p.get("policy_words"):
        yield "  " + say("可能性（政策标度）：", "Likelihood (policy scale): ") + _pick(p["policy_words"], lang)
    yield "  " + say("严重程度", "Severity ") + f"{severity['level']}: {_pick(severity['meaning'], lang)}"
    yield "  → " + level_words(scenario["level"], lang)
    for flag in scenario["flags"]:
        yield "  ! " + flag[lang]
    for way in ("up", "down"):
        if across[way]:
            verb, flip = say(*_DIRECTION[way]), across[way]
            alone = [s["step"] for s in across["steps"] if s["raise_above" if way == "up" else "lower_to"] is not None]
            yield "  " + say(f"概率{verb}{flip['factor']}倍则为{level_words(flip['level'], lang)}；可单独做到的步骤：{'、'.join(alone) or '无'}",
                             f"a {verb} by a factor of {flip['factor']} makes it {level_words(flip['level'], lang)}; steps that can alone: {', '.join(alone) or 'none'}")  # fmt: skip
    for driver in scenario["spread"]["drivers"][:1]:
        step, share = scenario["steps"][driver["step"]]["id"], f"{driver['variance_share']:.0%}"
        yield "  " + say(
            f"不确定性主要来自步骤{step}（方差份额{share}）",
            f"the uncertainty comes mostly from step {step} ({share} of the variance)",
        )
    if across["flips_as_stated"]:
        levels = say("至", " to ").join(
            level_words(level, lang) for level in (across["stated_levels"][0], across["stated_levels"][-1])
        )
        yield "  ! " + say(
            f"在所述不确定范围内等级会变化：{levels}", f"the level changes within the stated uncertainty: {levels}"
        )


def _whole(data: Mapping[str, Any], lang: str, say: Say) -> Iterator[str]:
    spread, prism = data["uncertainty"], data["prism"]
    yield say(
        "结论（等级、不确定性、人群考虑分列，互不折算）", "Outcome (level, uncertainty and population stand apart)"
    )
    yield say("等级：", "Level: ") + level_words(prism["level"], lang)
    if spread:
        shares = ", ".join(
            f"{level_words(level, lang)} {row['share']:.1%}" for level, row in spread["shares"].items() if row["share"]
        )
        yield say("不确定性：", "Uncertainty: ") + shares
        yield say(f"中位数等级{level_words(spread['level_at_median'], lang)}，95%分位等级{level_words(spread['level_at_p95'], lang)}",
                  f"Level at the median {level_words(spread['level_at_median'], lang)}, at the 95th percentile {level_words(spread['level_at_p95'], lang)}")  # fmt: skip
        if spread["precaution"]:
            yield "! " + say(
                "两者相差两级以上，可考虑按预防处理", "they lie two levels or more apart: precaution may be argued"
            )
    said = {"uncertainty": prism["uncertainty"]["stated"], **prism["population"]}
    for code, text in said.items():
        if text:
            one = term("considerations", code)
            yield say(one.zh + "：", one.en + ": ") + text


def _residual(residual: Mapping[str, Any], lang: str, say: Say) -> Iterator[str]:
    b, a, u = (level_words(residual[k], lang) for k in ("before", "after", "unreached"))
    yield say(
        f"剩余风险：措施前{b}，措施后{a}，未覆盖的产品{u}",
        f"Residual risk: before {b}, after {a}, units not reached {u}",
    )
    target = level_words(residual["target"], lang)
    for row in residual["scenarios"]:
        for needed in row["needed"]:
            e, who = needed["effectiveness"], f"{needed['measure']} · {say('情景', 'scenario ')}{row['scenario']}"
            enough = say(f"须有效率{e}", f"needs effectiveness {e}") if e else say("达不到", "cannot reach it")
            yield "  " + say(f"{who}：要到{target}，{enough}", f"{who}: for {target} it {enough}")


def _annex(annex: Mapping[str, Any], lang: str, say: Say) -> Iterator[str]:
    title = _pick(annex["title"], lang)
    yield (
        say("其他方法 ", "Other method ") + f"{annex['id']} {annex['method'][lang]}" + (f" · {title}" if title else "")
    )
    for name, value in annex_rows(annex, lang):
        yield f"  {name}{say('：', ': ')}{value}"
    for row in annex["table"]["rows"] if "table" in annex else ():
        yield "  " + " | ".join(row)
    for note in annex.get("notes", ()):
        yield "  ! " + note[lang]
    yield "  " + say("来源：", "Source: ") + f"{annex['method']['source']} [{annex['input_sha256'][:12]}]"


def annex_rows(annex: Mapping[str, Any], lang: str) -> list[tuple[str, str]]:
    """What a calculation found, line by line, in one language."""
    return [(row[lang], (lang == "en" and row.get("value_en")) or row["value"]) for row in annex["rows"]]


_PLACES = {
    "scenarios": "情景", "steps": "步骤", "measures": "措施", "annexes": "其他方法", "severity": "严重程度", "interest": "受损害的利益", "observed": "观察到的事故",
    "hazard": "危害", "injury": "伤害", "user": "使用者", "evidence": "证据等级", "source": "来源", "author": "作者", "why": "定级理由", "product": "产品",
    "name": "名称", "method": "方法", "date": "日期", "presumption": "推定", "considerations": "人群考虑", "residual": "",
}  # fmt: skip


def placed(place: str) -> str:
    """A place in the document as a Chinese reader names it.

    >>> placed("scenarios[0].steps[1].source"), placed("product.name")
    ('情景1步骤2来源', '产品名称')
    """

    def one(part: re.Match[str]) -> str:
        return _PLACES.get(part[1], part[1]) + (str(int(part[2]) + 1) if part[2] else "")

    return re.sub(r"(\w+)(?:\[(\d+)\])?\.?", one, place)


def _open_points(data: Mapping[str, Any], lang: str, say: Say) -> Iterator[str]:
    for warning in data["warnings"]:
        yield "! " + say(f"{placed(warning['place'])}：{warning['zh']}", f"{warning['place']}: {warning['en']}")
    if data["gaps"]:
        named = say("，".join(map(placed, data["gaps"])), ", ".join(data["gaps"]))
        yield say(f"尚缺{len(data['gaps'])}项：", f"{len(data['gaps'])} still to be filled in: ") + named
    yield say("输入指纹：", "Inputs: ") + data["inputs_sha256"]
