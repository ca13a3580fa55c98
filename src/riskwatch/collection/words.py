"""Sources and licence notes in the reader's language, once for every page and export."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from riskwatch.collection.ports import sources

# Licence notes are kept with a file as its source states them; a note that is not listed is shown as it stands.
LICENCES = {
    "US federal government work, public domain in the US": _("美国联邦政府作品，在美国属于公有领域"),
    "European Union, reuse with attribution": _("欧盟，注明出处可再利用"),
    "Chinese government information": _("中国政府信息"),
    "as the sender states": _("以提供者说明为准"),
}


def source_words(code: str) -> str:
    """What a source is called; a source that is no longer in use keeps its code, what came by hand has none."""
    found = next((s for s in sources() if s.id == code), None)
    if found is None:
        return code
    return found.name_en if (get_language() or "").startswith("en") else found.name_zh


def licence_words(note: str) -> str:
    """A licence note for people."""
    return str(LICENCES.get(note, note))
