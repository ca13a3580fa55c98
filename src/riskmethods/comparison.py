"""Two versions of an assessment told apart: which inputs changed, and whether the level did, in words.

>>> def chair(p):
...     steps = [{"text": "back folds", "quantity": p}, {"text": "finger in the gap", "quantity": "1/10"}]
...     return {"scenarios": [{"id": "pinch", "severity": 1, "steps": steps}]}
>>> told = compare(chair("1/50"), chair("1/5"))
>>> print(told.text("en"), end="")
level: low → medium
scenario pinch: low → medium
scenario pinch · step 1 · probability: 1/50 → 1/5
>>> print(told.text(), end="")
等级：低风险 → 中等风险
情景pinch：低风险 → 中等风险
情景pinch · 步骤1 · 概率：1/50 → 1/5
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from riskmethods.assessment import Result, assess
from riskmethods.wording import level_words, quantity_words

Path: TypeAlias = tuple[str, ...]
_LONGEST = 120
# Told as one thing, whatever stands inside.
_WHOLE = {
    "quantity",
    "weights",
    "coverage",
    "effectiveness",
    "effects",
    "title",
    "text",
    "severity",
    "panel",
    "observed",
    "input",
}
_WORDS = {
    "method": ("方法", "method"), "edition": ("方法版本", "edition"), "policy": ("政策版本", "policy edition"), "date": ("日期", "date"), "author": ("作者", "author"),
    "category": ("风险类别", "category"), "product": ("产品", "product"), "considerations": ("人群考虑", "considerations"),
    "report": ("报告文字", "report"), "panel": ("专家小组", "panel"), "scenarios": ("情景", "scenario"), "steps": ("步骤", "step"),
    "quantity": ("概率", "probability"), "severity": ("严重程度", "severity"), "text": ("文字", "text"),
    "title": ("名称", "title"), "interest": ("利益", "interest"), "hazard": ("危害", "hazard"), "injury": ("伤害", "injury"),
    "user": ("使用者", "user"), "evidence": ("证据等级", "evidence grade"), "source": ("来源", "source"), "key": ("共用键", "key"),
    "presumption": ("推定", "presumption"), "clause": ("条款", "clause"), "facts": ("事实", "facts"), "rebuttal": ("反驳", "rebuttal"),
    "precaution": ("预防", "precaution"), "level": ("等级", "level"), "reason": ("理由", "reason"), "residual": ("剩余风险", "residual risk"),
    "measures": ("措施", "measure"), "target": ("目标等级", "target level"), "kind": ("种类", "kind"), "coverage": ("覆盖率", "coverage"),
    "effects": ("效果", "effects"), "annexes": ("其他方法", "other method"), "input": ("输入", "inputs"), "observed": ("观察到的事故", "observed incidents"), "draws": ("抽样次数", "draws"), "seed": ("随机种子", "seed"), "dependence": ("相依", "dependence"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One input that differs; None where one version does not have it."""

    path: Path
    before: Any
    after: Any

    @property
    def place(self) -> str:
        """The path with ids: ``scenarios[pinch].steps[1].quantity``."""
        return ".".join(self.path).replace(".[", "[")

    def words(self, lang: str) -> str:
        """The change for people."""
        old, new = _shown(self.before), _shown(self.after)
        added, gone = ("新增", "删除") if lang == "zh" else ("added", "removed")
        what = " · ".join(_named(self.path, lang))
        if self.before is None or self.after is None:
            fate, value = (added, new) if self.before is None else (gone, old)
            return f"{what}：{fate} {value}" if lang == "zh" else f"{what}: {fate} {value}"
        return f"{what}：{old} → {new}" if lang == "zh" else f"{what}: {old} → {new}"

    def as_json(self) -> dict[str, Any]:
        return {
            "place": self.place,
            "before": self.before,
            "after": self.after,
            "zh": self.words("zh"),
            "en": self.words("en"),
        }


@dataclass(frozen=True)
class Comparison:
    """What changed between two results.

    Attributes
    ----------
    inputs : tuple of Change
    levels : (str, str)
        The product's level before and after; ``bases`` likewise.
    credible : (tuple, tuple)
        The levels that the stated uncertainty leaves possible. When they or the level change, a reassessment is due.
    scenarios : tuple of (id, before, after)
        Scenarios whose level differs; None where a version does not have it.
    """

    inputs: tuple[Change, ...]
    levels: tuple[str, str]
    bases: tuple[str, str]
    credible: tuple[tuple[str, ...], tuple[str, ...]]
    scenarios: tuple[tuple[str, str | None, str | None], ...]

    @property
    def level_changed(self) -> bool:
        return self.levels[0] != self.levels[1]

    @property
    def credible_changed(self) -> bool:
        return self.credible[0] != self.credible[1]

    def text(self, lang: str = "zh") -> str:
        """Level first, then scenarios, then inputs, one a line."""
        colon = "：" if lang == "zh" else ": "
        scenario = "情景" if lang == "zh" else "scenario "
        old, new = (level_words(level, lang) for level in self.levels)
        same = ("等级不变：" if lang == "zh" else "level unchanged: ") + old
        lines = [("等级" if lang == "zh" else "level") + colon + f"{old} → {new}" if self.level_changed else same]
        lines += [
            f"{scenario}{name}{colon}{level_words(before or '', lang)} → {level_words(after or '', lang)}"
            for name, before, after in self.scenarios
        ]
        return "\n".join(lines + [change.words(lang) for change in self.inputs]) + "\n"

    def as_json(self) -> dict[str, Any]:
        return {
            "inputs": [change.as_json() for change in self.inputs],
            "level": {"before": self.levels[0], "after": self.levels[1], "changed": self.level_changed},
            "basis": {"before": self.bases[0], "after": self.bases[1]},
            "credible": {"before": list(self.credible[0]), "after": list(self.credible[1]), "changed": self.credible_changed},
            "scenarios": [{"id": i, "before": b, "after": a} for i, b, a in self.scenarios],
        }  # fmt: skip


def compare(before: Result | Mapping[str, Any] | bytes, after: Result | Mapping[str, Any] | bytes) -> Comparison:
    """Changed inputs and changed levels of two versions, results or documents yet to be assessed under our own policy.

    Raises
    ------
    MethodError
        When a document cannot be assessed.
    """
    old, new = (one if isinstance(one, Result) else assess(one) for one in (before, after))
    levels = [{s["id"]: s["level"] for s in one.data["scenarios"]} for one in (old, new)]
    names = list(dict.fromkeys([*levels[0], *levels[1]]))
    return Comparison(
        inputs=tuple(_differences(old.document.as_json(), new.document.as_json(), ())),
        levels=(old.level, new.level), bases=(old.basis, new.basis), credible=(_credible(old), _credible(new)),
        scenarios=tuple((n, levels[0].get(n), levels[1].get(n)) for n in names if levels[0].get(n) != levels[1].get(n)),
    )  # fmt: skip


def _credible(result: Result) -> tuple[str, ...]:
    return tuple(result.spread.levels) if result.spread else (result.level,)


def _differences(old: Any, new: Any, path: Path) -> Iterator[Change]:
    if old == new:
        return
    whole = bool(path) and path[-1] in _WHOLE
    if isinstance(old, Mapping) and isinstance(new, Mapping) and not whole:
        for key in dict.fromkeys([*old, *new]):
            yield from _differences(old.get(key), new.get(key), (*path, str(key)))
    elif isinstance(old, list) and isinstance(new, list) and not whole:
        left, right = ({one["id"]: one for one in side} for side in (old, new))
        for name in dict.fromkeys([*left, *right]):
            yield from _differences(left.get(name), right.get(name), (*path, f"[{name}]"))
    else:
        yield Change(path, old, new)


def _named(path: Path, lang: str) -> Iterator[str]:
    """The path in words; an id joins the word before it."""
    column = 0 if lang == "zh" else 1
    for n, part in enumerate(path):
        if part.startswith("["):
            continue
        word = _WORDS[part][column] if part in _WORDS else part
        follows = path[n + 1][1:-1] if n + 1 < len(path) and path[n + 1].startswith("[") else ""
        yield f"{word}{'' if lang == 'zh' or not follows else ' '}{follows}"


def _shown(value: Any) -> str:
    """A value short enough for a line."""
    shown = " ".join(_plain(value).splitlines())
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_plain(one) for one in value)
    if not isinstance(value, Mapping):
        return str(value)
    if "steps" in value or "effects" in value or "input" in value:
        return _plain(value.get("title")) if value.get("title") else str(value["id"])
    if value.keys() <= {"zh", "en"}:
        return str(value.get("zh") or value.get("en"))
    return quantity_words(value)
