"""Does a PDF hold something that runs? Names are decoded and packed objects opened, as a reader would."""

from __future__ import annotations

import re
import zlib

MAX_UNPACKED = 200 * 2**20
# Too long to come about by chance in a picture's bytes; looked for everywhere.
ACTIVE = (b"JavaScript", b"Launch", b"EmbeddedFile", b"Encrypt", b"OpenAction", b"RichMedia", b"ImportData", b"SubmitForm",
          b"GoToE", b"XFA")  # fmt: skip
# Looked for where objects are written, not in pictures and drawings; what they start has one of the names above.
SHORT = (b"JS", b"AA")
_END = rb"(?=[\s/()<>\[\]{}%]|$)"
_LONG_NAME = re.compile(rb"/(" + b"|".join(ACTIVE) + rb")[A-Za-z]*" + _END)
_SHORT_NAME = re.compile(rb"/(" + b"|".join(SHORT) + rb")" + _END)
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"(?<!end)stream(?:\r\n|\n|\r)")
_PICTURE = re.compile(rb"/Subtype\s*/Image" + _END)
_PIECE = 2**16


class TooLarge(ValueError):
    """Unpacked, the file is larger than any honest one."""


def what_runs(body: bytes) -> str:
    """The first name of something that runs, or that hides what runs; empty when there is none.

    Raises
    ------
    TooLarge
        The packed objects come to more than 200 MB.
    """
    written, left, at = [], MAX_UNPACKED, 0
    while found := _STREAM.search(body, at):
        head = body[at : found.start()]
        written.append(head)
        says = _plain(head[max(head.rfind(b"obj"), 0) :])
        unpacked, end = (b"", found.end()) if _PICTURE.search(says) else _unpacked(body, found.end(), left)
        left -= len(unpacked)
        objects = b"/ObjStm" in says or (b"/First" in says and b"/N" in says)
        # Packed another way than by plain deflation, objects cannot be read here; no honest program does it.
        if objects and (not unpacked or b"/DecodeParms" in says or b"/DP" in says):
            return "ObjStm"
        if name := _named(_plain(unpacked), short=objects):
            return name
        ends = body.find(b"endstream", end)
        at = len(body) if ends < 0 else ends + len(b"endstream")
    written.append(body[at:])
    return _named(_plain(b" ".join(written)), short=True) or _named(_plain(body), short=False)


def _plain(text: bytes) -> bytes:
    """A name's letters may be written as ``#`` and two hexadecimal digits."""
    return _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), text)


def _named(text: bytes, *, short: bool) -> str:
    found = _LONG_NAME.search(text) or (_SHORT_NAME.search(text) if short else None)
    return found[1].decode() if found else ""


def _unpacked(body: bytes, start: int, left: int) -> tuple[bytes, int]:
    """What a deflated stream holds, and where it ends: by its own account, not by a word that may lie inside it."""
    opener = zlib.decompressobj()
    parts: list[bytes] = []
    taken, at = 0, start
    while not opener.eof and (opener.unconsumed_tail or at < len(body)):
        piece = opener.unconsumed_tail or body[at : at + _PIECE]
        at += 0 if opener.unconsumed_tail else len(piece)
        try:
            part = opener.decompress(piece, 2**20)
        except zlib.error:
            return b"".join(parts), start
        parts.append(part)
        taken += len(part)
        if taken > left:
            raise TooLarge
    return b"".join(parts), at - len(opener.unused_data) if opener.eof else start
