"""What must not leave the house: identity numbers, telephones, names of people in the case, words of secrecy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

import decree188
from decree188.identifiers import InvalidIdentifier, check_resident_id
from riskwatch.case.models import Sheet
from riskwatch.collection import identities
from riskwatch.look.words import clauses
from riskwatch.parties.models import Organisation, Person
from riskwatch.refusals import Refusal

IDENTITY = re.compile(r"(?<![0-9A-Za-z])\d{17}[0-9Xx](?![0-9A-Za-z])")
TELEPHONE = re.compile(r"(?<!\d)(?:1[3-9]\d[- ]?\d{4}[- ]?\d{4}|0\d{2,3}[- ]?\d{7,8})(?!\d)")
SECRECY = (
    "绝密",
    "机密",
    "国家秘密",
    "工作秘密",
    "商业秘密",
    "内部资料",
    "内部文件",
    "内部掌握",
    "仅供内部",
    "不得公开",
    "不得外传",
)


@dataclass(frozen=True, slots=True)
class Spot:
    """One thing that must go: what it is, where it stands (field and line), and the words themselves."""

    what: str
    field: str
    line: int
    found: str


def spots(texts: Mapping[str, str], *, names: Iterable[str] = (), public_numbers: str = "") -> list[Spot]:
    """Everything in some texts that must not be released.

    ``names`` are people in the case; ``public_numbers`` holds the telephones that offices publish themselves.
    """
    wanted = sorted({n for n in names if len(n) >= 2})
    return [
        Spot(what, field, number, found)
        for field, text in texts.items()
        for number, line in enumerate(text.splitlines(), 1)
        for what, found in _in_line(line, wanted, re.sub(r"\D", " ", public_numbers).split())
    ]


def _in_line(line: str, names: Iterable[str], public: Iterable[str]) -> Iterator[tuple[str, str]]:
    yield from ((_("身份证号码"), m.group()) for m in IDENTITY.finditer(line) if _is_identity(m.group()))
    known = "".join(public)
    for match in TELEPHONE.finditer(line):
        if re.sub(r"\D", "", match.group()) not in known:
            yield _("电话号码"), match.group()
    yield from ((_("案件中的人名"), name) for name in names if name in line)
    yield from ((_("涉密字样"), word) for word in SECRECY if word in line)


def _is_identity(text: str) -> bool:
    try:
        check_resident_id(text.upper())
    except InvalidIdentifier:
        return False
    return True


def people_of(measure: Sheet, texts: Iterable[str]) -> set[str]:
    """Names that a release about a measure must not hold: who worked on the case, and reporters that the texts name."""
    inside = Sheet.objects.filter(Q(folder=measure.folder_id) | Q(enclosures__folder=measure.folder_id))
    keys = set(inside.values_list("pk", flat=True)) if measure.folder_id else {measure.pk}
    rows = Sheet.objects.filter(pk__in=keys)
    columns = ("made_by", "moved_by", "handler")
    staff = {pk for column in columns for pk in rows.values_list(column, flat=True) if pk}
    names = set(Person.objects.filter(pk__in=staff).exclude(kind=Person.Kind.SERVICE).values_list("name_zh", flat=True))
    return names | identities.mentioned(keys, texts)


def refuse_unredacted(measure: Sheet, texts: Mapping[str, str]) -> None:
    """Refuse a text with the spots that must go.

    Raises
    ------
    Refusal
        Something must not be released; the reason names field, line and words.
    """
    numbers = " ".join(Organisation.objects.filter(kind="office").exclude(contact="").values_list("contact", flat=True))
    found = spots(texts, names=people_of(measure, texts.values()), public_numbers=numbers)
    if not found:
        return
    words = {"title": _("标题"), "body": _("正文"), "product": _("产品")}
    named = clauses(
        _("%(field)s第%(line)s行的%(what)s“%(found)s”")
        % {"field": words.get(s.field, s.field), "line": s.line, "what": s.what, "found": s.found}
        for s in found[:6]
    )
    raise Refusal(_("公开内容中有不应公开的内容：%(named)s") % {"named": named}, remedy=_("删去或改写后再提交"), code="not_redacted", status=422,
                  rule=decree188.by_name("secrecy"), fields={s.field: f"{s.what}：{s.found}" for s in found})  # fmt: skip
