"""The English catalogue: every message of the sources gathered, kept translations carried over, compiled.

Messages are Chinese, so what the sources say is what a Chinese reader sees; the one catalogue is English.
"""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

# Where the words stand among the arguments: context, singular, plural.
_CALLS: dict[str, tuple[int | None, int, int | None]] = {
    **dict.fromkeys(("_", "_now", "gettext", "gettext_lazy", "gettext_noop", "sentence"), (None, 0, None)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), (0, 1, None)),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (None, 0, 1)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), (0, 1, 2)),
}
Words = str | tuple[str, ...]
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[a-z]|\{\w*\}")
HEADER = """\
# English of Riskwatch. Refreshed by `riskwatch messages`; write translations here, in `msgstr`."""


def catalogue_path(package: Path) -> Path:
    """Where the English of a package lies."""
    return package / "locale" / "en" / "LC_MESSAGES" / "django.po"


def gathered(package: Path) -> Catalog:
    """Every message of a package's Python and templates, without places: a moved line changes nothing."""
    catalogue = Catalog(locale="en", project="Riskwatch", charset="utf-8", fuzzy=False)
    for path in sorted(package.rglob("*")):
        if path.suffix not in (".py", ".html", ".txt") or (path.suffix != ".py" and "templates" not in path.parts):
            continue
        for words, context in _messages(path):
            catalogue.add(words, context=context)
    return catalogue


def _messages(path: Path) -> Iterator[tuple[Words, str | None]]:
    text = path.read_text(encoding="utf-8")
    return _of_python(text) if path.suffix == ".py" else _of_template(text, str(path))


def _of_python(text: str) -> Iterator[tuple[Words, str | None]]:
    """Read from the syntax tree, so that words inside f-strings are found too."""
    for node in ast.walk(ast.parse(text)):
        called = getattr(node, "func", None)
        place = _CALLS.get(str(getattr(called, "id", getattr(called, "attr", ""))))
        if place and isinstance(node, ast.Call):
            said = [a.value if isinstance(a, ast.Constant) and isinstance(a.value, str) else None for a in node.args]
            context, one, several = (None if n is None or n >= len(said) else said[n] for n in place)
            if one:
                yield (one, several) if several else one, context


def _of_template(text: str, name: str) -> Iterator[tuple[Words, str | None]]:
    # Indentation means nothing in a template, and everything to what reads Python.
    calls = "\n".join(line.strip() for line in templatize(text, origin=name).splitlines())
    for _line, words, _comments, context in extract("python", io.BytesIO(calls.encode())):
        yield (words if isinstance(words, str) else tuple(words)), context


def kept(path: Path) -> Catalog:
    """The catalogue as it lies on disk."""
    with path.open("rb") as source:
        return read_po(source, locale="en")


def refreshed(package: Path) -> Catalog:
    """The sources' messages with the translations that were kept; what no source says any more is dropped."""
    catalogue, old = gathered(package), kept(catalogue_path(package))
    for message in catalogue:
        before = old.get(message.id, message.context) if message.id else None
        if before is not None and isinstance(before.id, str) == isinstance(message.id, str):
            message.string = before.string
    return catalogue


def write(catalogue: Catalog, path: Path) -> None:
    """Write the messages sorted, so that two branches that add some seldom meet on a line."""
    catalogue.header_comment = HEADER
    body = io.BytesIO()
    write_po(body, catalogue, width=0, no_location=True, sort_output=True, omit_header=True)
    head = f'{HEADER}\nmsgid ""\nmsgstr ""\n"Language: en\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    head += f'"Plural-Forms: {catalogue.plural_forms}\\n"\n\n'
    path.write_bytes(head.encode() + body.getvalue())


def compile_into(path: Path) -> Path:
    """Compile a catalogue beside itself, as Django reads it."""
    target = path.with_suffix(".mo")
    with target.open("wb") as out:
        write_mo(out, kept(path))
    return target


def untranslated(catalogue: Catalog) -> list[Message]:
    """Messages with no English, in one form or in all."""
    return [m for m in catalogue if m.id and not all(strings(m))]


def strings(message: Message) -> list[str]:
    """A message's translations: one, or one for each form of the plural."""
    return [message.string or ""] if isinstance(message.string, str | None) else list(message.string)


def placeholders(words: str) -> list[str]:
    """The places that a sentence leaves for values, sorted."""
    return sorted(PLACEHOLDER.findall(words))
