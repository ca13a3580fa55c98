"""Changes of regime on their way to inspection control: written with their cause, sent until received, reconciled."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from riskwatch.measures.models import Instruction, Measure
from riskwatch.measures.ports import Finding, InspectionControl, PartnerRefusal, PartnerTrouble

MOST_TRIES = 20


def put(measure: Measure, action: str, *, at: datetime) -> None:
    """Write an instruction in the transaction that causes it; only a change of regime sends one."""
    if measure.sheet.kind != "regime_change":
        return
    body = {"from": measure.regime_from, "to": measure.regime_to, "scope": measure.scope, "product": measure.product,
            "commodity_code": measure.commodity_code, "start": str(measure.sheet.starts_on or ""),
            "end": str(measure.sheet.ends_on or ""), "action": action}  # fmt: skip
    key = f"{measure.pk}:{action}"
    Instruction.objects.get_or_create(
        key=key, defaults={"measure": measure, "action": action[:10], "body": body, "made_at": at}
    )


def send_waiting(control: InspectionControl, *, at: datetime) -> tuple[int, int]:
    """Send what waits, in order of making. A lost answer is looked up before sending again. Returns (received, waiting)."""
    received = 0
    for pk in (
        Instruction.objects.filter(received_at=None, tries__lt=MOST_TRIES).order_by("pk").values_list("pk", flat=True)
    ):
        received += _send(pk, control, at=at)
    return received, Instruction.objects.filter(received_at=None).count()


@transaction.atomic
def _send(pk: int, control: InspectionControl, *, at: datetime) -> int:
    row = Instruction.objects.select_for_update(skip_locked=True).filter(pk=pk, received_at=None).first()
    if row is None:
        return 0
    receipt, problem = "", ""
    try:
        with transaction.atomic():
            receipt = (control.known(row.key) if row.tries else None) or control.send(row.key, row.body)
    except PartnerTrouble as trouble:
        problem = str(trouble)
    except PartnerRefusal as refusal:
        problem = f"refused: {refusal}"
    done = {"receipt": receipt, "received_at": at} if receipt else {}
    Instruction.objects.filter(pk=pk).update(tries=F("tries") + 1, problem=problem[:300], **done)
    return 1 if receipt else 0


def findings_of(control: InspectionControl, measure: Measure) -> tuple[int, int]:
    """Lots inspected and failed under a measure; a result that came twice counts once."""
    keys = set(Instruction.objects.filter(measure=measure).values_list("key", flat=True))
    unique: dict[str, Finding] = {f.key: f for f in control.results() if f.key in keys}
    return sum(f.lots for f in unique.values()), sum(f.failed for f in unique.values())
