"""What a decision still carries."""

from __future__ import annotations

from riskwatch.case.models import Sheet
from riskwatch.decision.models import Decision


def calls_for_measures(decision: Sheet) -> bool:
    """Whether a decision to take measures was taken."""
    return Decision.objects.filter(pk=decision.pk, sheet__stage="decided", conclusion="measures").exists()


def withdrawn(decision: Sheet) -> bool:
    """Whether an emergency decision ended with its last review: what follows needs a decision of its own."""
    last = Sheet.objects.filter(kind="emergency_review", causes=decision).order_by("-pk").first()
    return last is not None and last.stage == "lifted"
