"""Note that the fiscal printer of a desk has printed a receipt."""

from __future__ import annotations

from billing_core.cash.printing import PRINTED_CLAIM, apply_prints, note_printed
from commands.cash.streams import load_session_of
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class NoteReceiptPrinted(Command, frozen=True, kw_only=True):
    """Note that a receipt was printed, under which number of the printer's own; what is noted already stays.

    The follower that prints gives it. A person gives it for a receipt that was printed another way.
    """

    receipt: str
    printer: str
    fiscal_number: str


# --- handlers


def prints_stream(desk: str) -> str:
    return f"cash-prints/{desk}"


def handle_note_printed(command: NoteReceiptPrinted, transaction: Transaction, origin: Origin) -> Decision:
    session, _ = load_session_of(transaction, command.receipt)
    if transaction.claimed(PRINTED_CLAIM, [command.receipt]):
        return Decision(())
    _, version = transaction.load(prints_stream(session.desk), apply_prints)
    noted = note_printed(session.desk, command.receipt, command.printer, command.fiscal_number, origin.today)
    return Decision((Append(prints_stream(session.desk), version, [noted]),))


HANDLERS: Handlers = {NoteReceiptPrinted: handle_note_printed}
