"""Batch surveillance of counts: one call scores every series. ``early_warning`` is the recommended detector."""

from riskstats.surveillance.bayes import Bayes, bayes
from riskstats.surveillance.borrow import Borrow, early_warning_in_tree
from riskstats.surveillance.charts import Cusum, Ewma, cusum, ewma
from riskstats.surveillance.early import Early, early_warning
from riskstats.surveillance.ears import Ears, ears
from riskstats.surveillance.errors import SurveillanceError
from riskstats.surveillance.farrington import FARRINGTON_1996, Farrington, farrington
from riskstats.surveillance.glr import Glr, glr
from riskstats.surveillance.outbreakp import outbreak_p
from riskstats.surveillance.panel import Panel
from riskstats.surveillance.reference import Reference
from riskstats.surveillance.rki import Rki, rki
from riskstats.surveillance.signals import Signals, State

__all__ = [
    "FARRINGTON_1996",
    "Bayes",
    "Borrow",
    "Cusum",
    "Early",
    "Ears",
    "Ewma",
    "Farrington",
    "Glr",
    "Panel",
    "Reference",
    "Rki",
    "Signals",
    "State",
    "SurveillanceError",
    "bayes",
    "cusum",
    "early_warning",
    "early_warning_in_tree",
    "ears",
    "ewma",
    "farrington",
    "glr",
    "outbreak_p",
    "rki",
]
