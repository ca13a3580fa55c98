"""The home folder: its owner's alone, with all that lies in it."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

INSIDE = ("files", "seals", "mail")
PRIVATE = 0o077


def own(home: Path) -> None:
    """Make the home folder and what people's words lie in, and close them to others.

    Root's database runs as nobody and must be able to pass through, though not to look around.
    """
    for folder, mode in ((home, 0o711 if os.geteuid() == 0 else 0o700), *((home / name, 0o700) for name in INSIDE)):
        folder.mkdir(mode=mode, parents=True, exist_ok=True)
        with suppress(PermissionError):  # somebody else's folder, lent to us: its owner decides
            if folder.stat().st_mode & PRIVATE & ~mode:
                folder.chmod(mode)
