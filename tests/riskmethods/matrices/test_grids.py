"""A faulty matrix is refused before anything is judged by it."""

from __future__ import annotations

import pytest

from riskmethods.errors import MethodError
from riskmethods.matrices import from_json

SOUND = {"id": "own", "title": {"zh": "自用", "en": "own"}, "source": "policy", "status": "verified", "rows": ["often", "seldom"],
         "columns": ["grave", "slight"], "scale": ["low", "high"], "cells": [["high", "high"], ["high", "low"]]}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "place", "rule"),
    [
        ({"cells": [["high", "high"]]}, "own.cells", "bad_grid"),
        ({"cells": [["high"], ["high"]]}, "own.cells", "bad_grid"),
        ({"cells": [["high", "huge"], ["high", "low"]]}, "own.cells", "bad_grid"),
        ({"cells": [["low", "low"], ["high", "low"]]}, "own.cells", "bad_grid"),
        ({"cells": [["low", "high"], ["low", "low"]]}, "own.cells", "bad_grid"),
        ({"cells": []}, "own.cells", "bad_grid"),
        ({"status": "empty"}, "own.cells", "bad_grid"),
        ({"status": "sure"}, "status", "unknown_code"),
        ({"rows": ["often", "often"]}, "own.rows[1]", "duplicate"),
        ({"rows": []}, "rows", "empty"),
        ({"edges": ["0.1", "0.2"]}, "own.edges", "bad_grid"),
        ({"edges": [float("nan")]}, "edges[0]", "not_a_number"),
        ({"colour": 1}, "colour", "unknown_key"),
        ({"title": {"zh": "自用"}}, "title.en", "missing"),
    ],
)
def test_a_faulty_matrix_is_refused(changed, place, rule):
    with pytest.raises(MethodError) as refused:
        from_json(SOUND | changed)
    assert (refused.value.place, refused.value.rule) == (place, rule)


def test_the_fingerprint_follows_cells_and_edges_only():
    one = from_json(SOUND)
    assert from_json(SOUND | {"source": "another printing"}).sha256 == one.sha256
    assert from_json(SOUND | {"cells": [["high", "high"], ["low", "low"]]}).sha256 != one.sha256
    assert from_json(SOUND | {"edges": ["0.5"]}).sha256 != one.sha256
