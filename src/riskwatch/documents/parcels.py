"""Does an office file hold only what a document or a table needs? Every part is on a list, and none leads outside."""

from __future__ import annotations

import re
import zipfile

# What programs write into a workbook or a document: texts, pictures, fonts, a printer's settings; nothing that runs.
PARTS = re.compile(
    r"(?:\[content_types\]\.xml"
    r"|(?:[a-z0-9_\-]+/)*[a-z0-9_\-. ]*\.(?:xml|rels|vml|png|jpe?g|gif|bmp|tiff?|emf|wmf|svg|wdp|odttf)"
    r"|(?:xl|word)/printersettings/[a-z0-9]+\.bin"
    r"|docprops/thumbnail\.[a-z]+)",
    re.IGNORECASE,
)
RUNS = re.compile(
    r"vba|macrosheets|dialogsheets|activex|embeddings/|externallink|oleobject|customui|attachedtemplate|afchunk|connections\.xml|querytables",
    re.IGNORECASE,
)
MAIN = {"xlsx": re.compile(r"xl/workbook\d*\.xml"), "docx": re.compile(r"word/document\d*\.xml")}
# Of what lies outside, a link that a person may click is the only harmless kind.
OUTSIDE = re.compile(
    rb"<Relationship\b(?=[^>]*TargetMode\s*=\s*[\"']External)(?![^>]*/(?:hyperlink)[\"'])", re.IGNORECASE
)
TYPES_THAT_RUN = re.compile(rb"macroenabled|vbaproject|oleobject|activex|application/x-ms", re.IGNORECASE)
MOST_DESCRIPTION = 2**22


def what_is_wrong(parcel: zipfile.ZipFile, kind: str) -> str:
    """The first part that does not belong in a file of a kind (``xlsx`` or ``docx``); empty when all do."""
    names = [p.filename for p in parcel.infolist() if not p.is_dir()]
    if not any(MAIN[kind].fullmatch(n) for n in names) or "[Content_Types].xml" not in names:
        return kind
    for name in names:
        if RUNS.search(name) or not PARTS.fullmatch(name):
            return name
    for name in names:
        described = name == "[Content_Types].xml"
        if not (described or name.lower().endswith(".rels")):
            continue
        with parcel.open(name) as part:
            text = part.read(MOST_DESCRIPTION + 1)
        if len(text) > MOST_DESCRIPTION or (TYPES_THAT_RUN if described else OUTSIDE).search(text):
            return name
    return ""
