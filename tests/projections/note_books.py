"""Tags, notes and files for the books on which every read model is tried."""

from __future__ import annotations

from datetime import date

from adapters.bootstrap.origins import origin_of_process
from billing_core.notes import apply_notes, attach_file
from commands.notes import AddNote, PinNote, RestoreNote, TagCustomer, WithdrawCustomerFile, WithdrawNote, notes_stream
from commands.platform.ports import Append
from tests.operators import Operator
from tests.projections.work.ticket_books import PICTURE

ON = date(2026, 4, 10)


def keep_notes(operator: Operator) -> None:
    """Tags that were added and removed, notes that were pinned, withdrawn and restored, files that were withdrawn."""
    operator.tell(TagCustomer(customer="A0001", add=("vip", "fibre")), today=ON)
    operator.tell(TagCustomer(customer="A0001", add=("paid-late",), remove=("vip",)), today=ON)
    operator.tell(TagCustomer(customer="A0002", add=("fibre",)), today=ON)
    for text in ("The dog bites", "Calls after six", "Has moved"):
        operator.tell(AddNote(customer="A0001", text=text), today=ON)
    operator.tell(PinNote(customer="A0001", note=1), today=ON)
    for number in (2, 3):
        operator.tell(WithdrawNote(customer="A0001", note=number), today=ON)
    operator.tell(RestoreNote(customer="A0001", note=3), today=ON)
    for number in (1, 2):
        attach(operator, str(number) * 64, f"page {number}.png")
    operator.tell(WithdrawCustomerFile(customer="A0001", file=2), today=ON)


def attach(operator: Operator, content_hash: str, name: str) -> None:
    """A file that was never kept, as the events alone tell of it."""
    file = type(PICTURE)(content_hash=content_hash, media_type="image/png", size_bytes=1_000)
    stream = notes_stream("A0001")
    with operator.application.store.transaction() as transaction:
        state, version = transaction.load(stream, apply_notes)
        assert state is not None
        events = attach_file(state, "A0001", file, name, ON)
        transaction.append([Append(stream, version, events)], [], origin_of_process("anna", ON))
