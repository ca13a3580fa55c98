"""Printing: one plain layout for every kind of paper, typeset by typst from JSON, offline."""

from __future__ import annotations

import importlib.util
import json
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import typst
from django.utils.translation import gettext as _

from decree188.calendar import SHANGHAI
from riskwatch.refusals import Refusal

TEMPLATE = Path(__file__).parent / "paper.typ"
# kind -> (title, subtitle, fields that must not be empty)
KINDS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "assessment": ("风险评估报告", "Risk assessment report", ("organ", "sections", "signer")),
    "decision": ("风险处置决定", "Disposal decision", ("organ", "sections", "signer")),
    "circular": ("风险警示通报", "Warning circular", ("organ", "addressees", "sections", "signer")),
    "notice": ("风险警示通告", "Warning notice", ("organ", "addressees", "sections", "signer")),
    "announcement": ("风险警示公告", "Public announcement", ("organ", "sections", "signer")),
    "order": ("责令通知书", "Order", ("organ", "addressees", "sections", "signer")),
    "regime_change": ("检验监管模式调整通知", "Change of inspection regime", ("organ", "sections", "signer")),
    "survey": ("专项调查方案", "Survey plan", ("organ", "sections", "signer")),
    "joint_handling": ("协同处置函", "Letter for joint handling", ("organ", "addressees", "sections", "signer")),
    "filing": ("备案报告", "Filing report", ("organ", "addressees", "sections", "signer")),
}


def draft(kind: str, content: dict[str, Any], *, at: datetime) -> bytes:
    """A paper as it would look: marked as a draft, without a number, kept nowhere."""
    return render(kind, content | {"number": "草稿，未编号", "version": 0, "draft": "草稿"}, at=at)


def render(kind: str, content: dict[str, Any], *, at: datetime) -> bytes:
    """The PDF of a paper.

    Parameters
    ----------
    content : dict
        ``organ``, ``number``, ``addressees`` (list), ``sections`` (list of [heading, text or rows]), ``signer``,
        ``note``. Texts are printed as they are; nothing in them is run.

    Raises
    ------
    Refusal
        A field that this kind needs is empty.
    """
    title, english, needed = KINDS[kind]
    for field in needed:
        if not content.get(field):
            raise Refusal(
                _("文书缺少“%(field)s”") % {"field": field},
                remedy=_("补全后再制作"),
                code="paper_incomplete",
                fields={field: _("不能为空")},
            )
    shown = {"title": title, "english": english, "date": f"{at.astimezone(SHANGHAI):%Y年%-m月%-d日}"} | content
    shown["mark"] = sha256(json.dumps(shown, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    body: Any = _compiler().compile(
        format="pdf", sys_inputs={"content": json.dumps(shown, ensure_ascii=False)}, timestamp=int(at.timestamp())
    )
    return bytes(body)


@lru_cache(maxsize=1)
def _compiler() -> typst.Compiler:
    return typst.Compiler(input=str(TEMPLATE), root=str(TEMPLATE.parent), font_paths=[str(p) for p in font_folders()])


def font_folders() -> list[Path]:
    """Folders with Chinese fonts: the machine's, and those that came with the wheel."""
    found = [Path("/usr/share/fonts")] if Path("/usr/share/fonts").exists() else []
    spec = importlib.util.find_spec("pylopdf_fonts_zh_cn")
    if spec is not None and spec.origin:
        found.append(Path(spec.origin).parent)
    return found
