"""Changes of regime on their way to inspection control: written with their cause, sent until received, reconciled."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from riskwatch.case import outbox
from riskwatch.look.words import Sentence, sentence
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


def put_lapsed(*, at: datetime) -> int:
    """Write the end of changes of regime that lapsed by themselves, once each. Returns how many were new."""
    told = Instruction.objects.filter(action="stop").values("measure")
    over = Measure.objects.filter(sheet__kind="regime_change", sheet__stage="lapsed").exclude(pk__in=told)
    rows = list(over.select_related("sheet").order_by("pk"))
    for measure in rows:
        put(measure, "stop", at=at)
    return len(rows)


def _waiting() -> QuerySet[Instruction]:
    return Instruction.objects.filter(received_at=None, refused_at=None)


def send_waiting(control: InspectionControl, *, at: datetime) -> tuple[int, int]:
    """Send what waits, in order of making. A lost answer is looked up before sending again. Returns (received, waiting).

    What the partner refuses is not sent again: the owner is told why and what to do. What it did not take after many
    tries is told too, and tried no more.
    """
    put_lapsed(at=at)
    received = 0
    for pk in _waiting().filter(tries__lt=MOST_TRIES).order_by("pk").values_list("pk", flat=True):
        received += _send(pk, control, at=at)
    return received, _waiting().count()


@transaction.atomic
def _send(pk: int, control: InspectionControl, *, at: datetime) -> int:
    rows = Instruction.objects.select_related("measure__sheet__owner")
    row = (
        rows.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk, received_at=None, refused_at=None).first()
    )
    if row is None:
        return 0
    done: dict[str, Any] = {"problem": ""}
    try:
        # No savepoint: what the partner took stands, even when its answer is lost on the way back.
        receipt = (control.known(row.key) if row.tries else None) or control.send(row.key, row.body)
        done |= {"receipt": receipt, "received_at": at}
    except PartnerTrouble as trouble:
        done["problem"] = str(trouble)[:300]
        if row.tries + 1 >= MOST_TRIES:
            _tell(
                row,
                sentence("布控指令多次未送达：%(title)s", title=row.measure.sheet.title),
                sentence("请系统管理员检查与布控系统的连接，恢复后“延期”或“调整”措施即重新下达"),
                at=at,
            )
    except PartnerRefusal as refusal:
        done |= {"problem": str(refusal)[:300], "refused_at": at}
        remedy = sentence(
            "对方不接受的原因：%(why)s。请按原因“调整”措施，新版本将重新下达；不能调整的，改用其他措施",
            why=str(refusal),
        )
        _tell(row, sentence("布控指令被拒：%(title)s", title=row.measure.sheet.title), remedy, at=at)
    Instruction.objects.filter(pk=pk).update(tries=F("tries") + 1, **done)
    return 1 if "receipt" in done else 0


def _tell(row: Instruction, subject: Sentence, remedy: Sentence, *, at: datetime) -> None:
    sheet = row.measure.sheet
    for role in ("case_officer", "issuer"):
        outbox.tell([sheet.owner], subject=subject, body=remedy, at=at, sheet=sheet, role=role,
                    once=f"partner:{row.pk}:{role}")  # fmt: skip


def keep_results(control: InspectionControl) -> int:
    """Keep what came back under each instruction; a result that comes twice counts once. Returns how many changed."""
    try:
        unique: dict[str, Finding] = {f.key: f for f in control.results()}
    except PartnerTrouble:
        return 0
    changed = 0
    for row in Instruction.objects.filter(key__in=unique):
        found = unique[row.key]
        if (row.lots, row.failed) != (found.lots, found.failed):
            changed += Instruction.objects.filter(pk=row.pk).update(lots=found.lots, failed=found.failed)
    return changed
