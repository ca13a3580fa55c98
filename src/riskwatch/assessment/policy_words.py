"""What differs between two assessment policies, in words, and a policy laid out for a page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from riskmethods import Policy
from riskmethods.fmea import ACTION_PRIORITY, PriorityTable
from riskmethods.injuries import Scale, scale
from riskmethods.policy import GradeRow
from riskmethods.vocabulary import codes, term
from riskmethods.wording import level_words

AXES = (("severity", "S"), ("occurrence", "O"), ("detection", "D"))


def laid_out(policy: Policy, lang: str) -> dict[str, Any]:
    """A policy as the page shows it: the newest table, the scales marked as ours, the priorities in force."""
    scales = [policy.scale(code) for code in codes("interests")]
    return {
        "table": policy.tables[-1], "rows": [_row(row, lang) for row in policy.tables[-1].rows],
        "earlier": policy.tables[:-1],
        "scales": [{"name": _term("interests", s.interest, lang), "levels": [getattr(w, lang) for w in s.levels],
                    "likelihood": [getattr(w, lang) for w in s.likelihood], "source": sourced(s, lang)} for s in scales if s.policy],
        "priority": _priorities(policy.priority or ACTION_PRIORITY), "loaded": policy.priority is not None,
    }  # fmt: skip


def sourced(one: Scale, lang: str) -> str:
    """Where a scale comes from; the library's own says so in the reader's language."""
    if one.source == scale(one.interest).source:
        return "本系统初始标度，由海关总署修改" if lang == "zh" else one.source
    return one.source


def _row(row: GradeRow, lang: str) -> tuple[str, str, str, list[str]]:
    return (level_words(row.level, lang), level_words(row.reaches, lang) if row.reaches else "",
            _term("grades", row.grade, lang), [_term("responses", m, lang) for m in row.measures])  # fmt: skip


def _term(table: str, code: str, lang: str) -> str:
    one = term(table, code)
    return one.zh if lang == "zh" else one.en


def _span(pair: tuple[int, int]) -> str:
    return str(pair[0]) if pair[0] == pair[1] else f"{pair[0]}–{pair[1]}"


def _priorities(table: PriorityTable) -> dict[str, Any]:
    rows = [(_span(s), list(line)) for s, line in zip(table.bands["severity"], table.cells, strict=True)]
    return {"columns": [_span(o) for o in table.bands["occurrence"]], "detection": [_span(d) for d in table.bands["detection"]],
            "rows": rows, "source": table.source, "status": table.status}  # fmt: skip


def differences(before: Policy, after: Policy, lang: str) -> list[tuple[str, str, str]]:
    """What changed: (what, before, after) in words."""
    return [*_tables(before, after, lang), *_scales(before, after, lang), *_priority(before, after, lang)]


def _tables(before: Policy, after: Policy, lang: str) -> Iterator[tuple[str, str, str]]:
    say = 0 if lang == "zh" else 1
    old, new = ({(r.level, r.reaches): r for r in p.tables[-1].rows} for p in (before, after))
    for key in dict.fromkeys([*old, *new]):
        level, reaches = (level_words(k, lang) if k else "" for k in key)
        what = level + ((f"（95%分位达到{reaches}）", f" (95th percentile reaches {reaches})")[say] if reaches else "")
        one, other = (_told(side.get(key), lang) for side in (old, new))
        if one != other:
            yield what, one, other
    if list(old) != list(new) and set(old) == set(new):
        yield ("各行的次序", "order of the rows")[say], "", ("已调整", "changed")[say]


def _told(row: GradeRow | None, lang: str) -> str:
    if row is None:
        return "—"
    _level, _reaches, grade, measures = _row(row, lang)
    comma = "、" if lang == "zh" else ", "
    return f"{grade}{'：' if lang == 'zh' else ': '}{comma.join(measures) or '—'}"


def _scales(before: Policy, after: Policy, lang: str) -> Iterator[tuple[str, str, str]]:
    kinds = {"levels": ("严重程度", "severity"), "likelihood": ("可能性", "likelihood")}
    for code in codes("interests"):
        old, new = before.scale(code), after.scale(code)
        for key, (zh, en) in kinds.items():
            ours, theirs = getattr(old, key), getattr(new, key)
            for n in range(max(len(ours), len(theirs))):
                one, other = (side[n] if n < len(side) else None for side in (ours, theirs))
                if one != other:
                    what = f"{_term('interests', code, lang)} · {zh if lang == 'zh' else en} {n + 1}"
                    yield what, _words(one, lang), _words(other, lang)
        if old.source != new.source:
            yield (
                f"{_term('interests', code, lang)} · {'依据' if lang == 'zh' else 'source'}",
                sourced(old, lang),
                sourced(new, lang),
            )


def _words(words: Any, lang: str) -> str:
    return "—" if words is None else f"{words.zh} / {words.en}"


def _priority(before: Policy, after: Policy, lang: str) -> Iterator[tuple[str, str, str]]:
    old, new = (p.priority or ACTION_PRIORITY for p in (before, after))
    name = "FMEA行动优先级" if lang == "zh" else "FMEA action priority"
    if (old.source, old.status) != (new.source, new.status):
        yield name, f"{old.source} ({old.status})", f"{new.source} ({new.status})"
    changed = [_cell(s, o, d) for s in range(1, 11) for o in range(1, 11) for d in range(1, 11) if _letter(old, s, o, d) != _letter(new, s, o, d)]  # fmt: skip
    if changed:
        count = (
            f"{len(changed)}个组合，如{changed[0]}"
            if lang == "zh"
            else f"{len(changed)} combinations, such as {changed[0]}"
        )
        s, o, d = (int(part[1:]) for part in changed[0].split())
        yield f"{name} · {count}", _letter(old, s, o, d), _letter(new, s, o, d)


def _cell(s: int, o: int, d: int) -> str:
    return " ".join(f"{letter}{value}" for (_axis, letter), value in zip(AXES, (s, o, d), strict=True))


def _letter(table: PriorityTable, s: int, o: int, d: int) -> str:
    from riskmethods.fmea import Ratings

    return table.priority(Ratings(s, o, d))
