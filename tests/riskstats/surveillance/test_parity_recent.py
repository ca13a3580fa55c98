"""EARS, CUSUM, Bayes, RKI and outbreakP give what R's package surveillance gives, case by case.

Deliberate differences, each with its reason:

* EARS C3: ``form="surveillance"`` is set; the package's bound starts from the observed count. Ours as published does not.
* CUSUM with Rossi's transformation: where no number of cases could keep the chart below its boundary the package squares a
  negative root and reports a spurious bound. Ours is 0.
* outbreakP: the package multiplies ratios and overflows (statistic 0 and no alarm after the strongest rise). Ours is a
  logarithm; values beyond 1e250 and those overflown to 0 are not compared, and ours alarm there.
"""

from __future__ import annotations

import numpy as np
import pytest

from riskstats.surveillance.bayes import Bayes, bayes
from riskstats.surveillance.charts import Cusum, cusum
from riskstats.surveillance.ears import Ears, ears
from riskstats.surveillance.outbreakp import outbreak_p
from riskstats.surveillance.rki import Rki, rki
from tests.riskstats.surveillance.reference_cases import ABSENT, FOLDER, cases, series, stored, weeks

pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason=ABSENT)
RTOL = 1e-6


def agree(found, out, bound=None):
    ours = found.upperbound[0] if bound is None else bound
    np.testing.assert_allclose(ours, out["upperbound"], rtol=RTOL, atol=1e-9)
    close = np.abs(ours - out["observed"]) < 1e-6
    np.testing.assert_array_equal(found.alarm[0][~close], out["alarm"][~close] == 1)


@pytest.mark.parametrize("case", cases("earsC"), ids=lambda c: c["id"])
def test_ears(case):
    p, out = case["params"], stored(case["output"])
    options = Ears(p["method"], p["baseline"], p["alpha"], p["minSigma"], form="surveillance")
    agree(ears(series(case["input"]).counts, weeks=weeks(out), options=options), out)


@pytest.mark.parametrize("case", cases("cusum"), ids=lambda c: c["id"])
def test_cusum(case):
    p, out = case["params"], stored(case["output"])
    options = Cusum(reference_value=p["k"], boundary=p["h"], transform=p["trans"])
    found = cusum(series(case["input"]).counts, weeks=weeks(out), options=options)
    spurious = (found.upperbound[0] == 0) & (out["upperbound"] > 0) & (p["trans"] == "rossi")
    agree(found, out, np.where(spurious, out["upperbound"], found.upperbound[0]))
    assert (out["alarm"][spurious] == 1).all()
    assert spurious.mean() < 0.05


@pytest.mark.parametrize("case", cases("bayes"), ids=lambda c: c["id"])
def test_bayes(case):
    p, out = case["params"], stored(case["output"])
    options = Bayes(p["b"], p["w"], p["actY"], case["freq"], p["alpha"])
    agree(bayes(series(case["input"]).counts, weeks=weeks(out), options=options), out)


@pytest.mark.parametrize("case", cases("rki"), ids=lambda c: c["id"])
def test_rki(case):
    p, out = case["params"], stored(case["output"])
    found = rki(series(case["input"]).counts, weeks=weeks(out), options=Rki(p["b"], p["w"], p["actY"], case["freq"]))
    agree(found, out)


@pytest.mark.parametrize("case", cases("outbreakP"), ids=lambda c: c["id"])
def test_outbreak_p(case):
    out = stored(case["output"])
    found = outbreak_p(series(case["input"]).counts, weeks=weeks(out), threshold=case["params"]["k"])
    ours = np.exp(np.minimum(found.score[0], 709.0))
    sound = (out["upperbound"] > 0) & (out["upperbound"] < 1e250) & (ours < 1e250)
    np.testing.assert_allclose(ours[sound], out["upperbound"][sound], rtol=RTOL)
    np.testing.assert_array_equal(found.alarm[0][sound], out["alarm"][sound] == 1)
    assert found.alarm[0][~sound].all()
    assert sound.any() or case["id"] == "outbreakP__salmHospitalized__a"
