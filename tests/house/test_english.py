"""Whoever chooses English reads English: the catalogue is whole, and pages hold Chinese only where it is data."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urldefrag

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.test import Client
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.translation import override

import riskwatch
from riskwatch.case.models import Folder, Sheet
from riskwatch.doors.jobs import messages
from riskwatch.doors.jobs.simulator.river import walk
from riskwatch.parties.models import Organisation

PACKAGE = Path(riskwatch.__file__).parent
# Ideographs, and the marks that only Chinese sets.
MARK = r"[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff01-\uff60]"
CHINESE = re.compile(MARK)
SHORT = 4
# A reader of every post and door; the last is the public.
READERS = ("sh-case_officer", "sh-registrar", "sh-verifier", "sh-approver", "sh-decider", "sh-issuer", "sh-releaser", "sh-archivist",
           "sh-supervisor", "hq-case_officer", "hq-policy", "hq-system", "hq-security", "hq-audit", "tech-assessor", "tech-head", "panel-chair",
           "lab-tester", "centre-registrar", "centre-approver", "centre-analyst", "hq-analyst", "firm-manager", "firm-staff", "")  # fmt: skip
DOORS = ("/office/", "/counter/")
PUBLIC = ("/", "/api/docs")
OFTEN = 1


class Page(HTMLParser):
    """What a page says to its reader, and where it leads; an element said to be Chinese by ``lang`` is not for this reader."""

    SPOKEN = ("title", "placeholder", "alt", "aria-label", "data-confirm")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.links: list[str] = []
        self._mute: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if self._mute or tag in ("script", "style") or (tag != "html" and known.get("lang", "").startswith("zh")):
            if tag not in ("input", "br", "img", "path", "meta", "link", "hr"):
                self._mute.append(tag)
            return
        if tag == "a" and known.get("href"):
            self.links.append(urldefrag(known["href"]).url)
        self.said += [known[name] for name in self.SPOKEN if known.get(name)]

    def handle_endtag(self, tag: str) -> None:
        if self._mute and self._mute[-1] == tag:
            self._mute.pop()

    def handle_data(self, data: str) -> None:
        if not self._mute and data.strip():
            self.said.append(" ".join(data.split()))


def typed() -> list[str]:
    """Data, longest first: whatever stands in a table as text and is no choice of ours, taken whole.

    The code tables are left out, and organisations' Chinese names where they have an English one: pages must say the English.
    """
    found: set[str] = set()
    for model in apps.get_models():
        if not model.__module__.startswith("riskwatch.") or model._meta.app_label == "catalogue":
            continue
        fields = [
            f for f in model._meta.get_fields() if isinstance(f, models.CharField | models.TextField | models.JSONField)
        ]
        names = [f.name for f in fields if not f.choices]
        for row in model._default_manager.values_list(*names) if names else ():
            for value in row:
                found.update(_texts(value))
    for said in Organisation.objects.exclude(name_en="").values_list("name_zh", "full_name_zh"):
        found.difference_update(said)
    return sorted((t for t in found if CHINESE.search(t)), key=len, reverse=True)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield from (" ".join(line.split()) for line in (value, *value.splitlines()))
    elif isinstance(value, dict | list | tuple):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


def less(said: str, data: list[str]) -> str:
    """What is left of a text when the data in it is taken out; a short datum counts where it stands by itself."""
    for one in data:
        if not CHINESE.search(said):
            break
        if one in said:
            alone = rf"(?<!{MARK}){re.escape(one)}(?!{MARK})"
            said = said.replace(one, " ") if len(one) > SHORT else re.sub(alone, " ", said)
    return said


def about(kwargs: dict[str, object]) -> str:
    """What a page's address is about: the kind of record."""
    sheet = Sheet.objects.filter(pk=kwargs.get("pk", 0)).first() if isinstance(kwargs.get("pk"), int) else None
    return sheet.kind if sheet else ""


def pages(reader: Client, doors: tuple[str, ...], seen: Counter[tuple[str, ...]]) -> Iterator[tuple[str, Page]]:
    """Every kind of page that a reader can reach by links: lists and records for each reader, forms once."""
    ahead = deque(doors)
    known = set(ahead)
    while ahead:
        url = ahead.popleft()
        answer = reader.get(url)
        found = [answer["Location"]] if answer.status_code in (301, 302) else []
        if not found and answer.headers.get("Content-Type", "").startswith("text/html"):
            page = Page(answer.content.decode())
            yield url, page
            found = [url.partition("?")[0] + link if link.startswith("?") else link for link in page.links]
        for link in found:
            if link in known or not link.startswith("/"):
                continue
            known.add(link)
            try:
                there = resolve(link.partition("?")[0])
            except Resolver404:
                continue
            asked = link.partition("?")[2].partition("=")[0]
            # A list and a record offer each reader something else; an act's form is the same for all.
            own = there.view_name.startswith(("office:", "counter:")) and not asked and "key" not in there.kwargs
            whose = str(reader.session.get("_auth_user_id")) if own else ""
            kind = (there.view_name, str(there.kwargs.get("key", "")), about(there.kwargs), asked, whose)
            if seen[kind] < OFTEN and "logout" not in link and "language" not in link:
                seen[kind] += 1
                ahead.append(link)


@pytest.fixture(scope="module", autouse=True)
def english():
    """The catalogue as it lies in the sources, compiled where Django looks for it."""
    from django.utils.translation import trans_real

    messages.compile_into(messages.catalogue_path(PACKAGE))
    trans_real._translations.pop("en", None)
    with override(settings.LANGUAGE_CODE):  # a page's language outlives its request
        yield


def test_every_message_of_the_sources_is_translated():
    kept = messages.kept(messages.catalogue_path(PACKAGE))
    for message in messages.gathered(PACKAGE):
        if message.id:
            there = kept.get(message.id, message.context)
            assert there is not None, f"run: riskwatch messages; {message.id}"
            assert all(messages.strings(there)), f"no English: {message.id}"


def test_a_translation_keeps_the_places_for_values_and_speaks_english():
    for message in messages.kept(messages.catalogue_path(PACKAGE)):
        if not message.id:
            continue
        assert not message.fuzzy, message.id
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        for source, said in zip(ids, messages.strings(message), strict=True):
            assert messages.placeholders(source) == messages.placeholders(said), source
            assert not CHINESE.search(said), said


def test_the_catalogue_holds_nothing_that_no_source_says():
    said = {(m.id, m.context) for m in messages.gathered(PACKAGE)}
    for message in messages.kept(messages.catalogue_path(PACKAGE)):
        assert (message.id, message.context) in said, f"run: riskwatch messages; {message.id}"


def test_words_inside_f_strings_and_templates_are_found():
    code = 'f"{_(\'甲%(n)s\') % {}}" + pgettext("c", "乙") + ngettext("丙", "丁", 2) + _("戊" "己") + _(variable)'
    assert set(messages._of_python(code)) == {("甲%(n)s", None), ("乙", "c"), (("丙", "丁"), None), ("戊己", None)}
    text = "{% load i18n %}\n  {% translate '戊' context 'c' %}\n{% blocktranslate with n=1 %}己{{ n }}{% endblocktranslate %}"
    assert set(messages._of_template(text, "x.html")) == {("戊", "c"), ("己%(n)s", None)}


@pytest.mark.django_db
def test_pages_in_english_hold_chinese_only_as_data(cast, told):
    at = timezone.now() - timedelta(days=2)
    for n, (kind, office, upto) in enumerate((("notice", "sh", "issued"), ("order", "sh", "issued"), ("announcement", "hq", "issued"),
                                              ("notice", "sh", "working"), ("notice", "sh", "drafted"))):  # fmt: skip
        walk(cast, told[n], upto=upto, at=at, office=office, kind=kind)
    assert Folder.objects.exists()
    data, seen, left = typed(), Counter(), {}
    for name in READERS:
        reader = Client()
        reader.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        if name:
            reader.force_login(cast[name])
        for url, page in pages(reader, DOORS if name else PUBLIC, seen):
            for said in page.said:
                if CHINESE.search(less(said, data)):
                    left.setdefault(said[:120], (name, url))
    print(len(seen), "kinds of page read")
    assert len(seen) > 100, "the readers reached too few pages to judge by"
    assert not left, "\n".join(f"{said!r} for {name or 'the public'} at {url}" for said, (name, url) in left.items())
