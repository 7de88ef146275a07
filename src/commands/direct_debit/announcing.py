"""Announce the debits of a frozen batch to their customers, once, if the seller announces by message."""

from __future__ import annotations

from billing_core.direct_debit.batches import DebitBatch, part_of
from billing_core.outreach.rendering import Facts
from commands.direct_debit.batches import load_batch
from commands.direct_debit.mandates import load_mandate
from commands.direct_debit.terms import terms_of
from commands.outreach.addressees import About, NotWritten
from commands.outreach.writing import Wanted, write_message
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.concerns import HOUSE, Concerns
from commands.platform.ports import Append, Origin, Transaction
from commands.platform.wakes import WakeHandlers, WakeUp

# --- commands


class AnnounceDebits(Command, frozen=True, kw_only=True):
    """Tell the customers of a part of a frozen batch what is debited on which day. The freezing gives it by itself.

    No message is queued if the seller's terms have none of the kind `debit`, or announce debits on the invoice.
    """

    batch: str
    part: int


# --- handlers


def handle_announce(command: AnnounceDebits, transaction: Transaction, origin: Origin) -> Decision:
    batch, _ = load_batch(transaction, command.batch)
    terms = terms_of(transaction, batch.drawn_up.seller)
    if terms.notice != "message" or batch.stage not in ("frozen", "sent"):
        return Decision(())
    appends: list[Append] = []
    for end_to_end in part_of(batch, command.part):
        if batch.debits[end_to_end].state != "left-out":
            wanted = _wanted(batch, end_to_end, terms.creditor_id, transaction)
            try:
                written = write_message(wanted, transaction, origin)
            except NotWritten:
                continue
            appends += [written.append] if written.append else []
    return Decision(tuple(appends), {"messages": len(appends)})


def _wanted(batch: DebitBatch, end_to_end: str, creditor_id: str, transaction: Transaction) -> Wanted:
    debit = batch.debits[end_to_end].debit
    reference = load_mandate(transaction, debit.mandate)[0].details[debit.amendments].reference
    values = {
        "amount": str(debit.amount), "collect_on": str(batch.drawn_up.collect_on), "mandate": reference,
        "creditor_id": creditor_id,
    }  # fmt: skip
    return Wanted(
        kind="debit", about=About(account=debit.account, seller=batch.drawn_up.seller), cause=f"debit {end_to_end}",
        facts=Facts(values, ()), subject_matter=end_to_end,
    )  # fmt: skip


# --- what happens by itself


def _announce(wake_up: WakeUp) -> AnnounceDebits:
    return AnnounceDebits(batch=wake_up.number, part=int(wake_up.subject))


HANDLERS: Handlers = {AnnounceDebits: handle_announce}
CONCERNS: Concerns = {AnnounceDebits: HOUSE}
WAKES: WakeHandlers = {"debit-announcement": _announce}
