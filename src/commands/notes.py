"""Note things of customers: tags, notes, and files."""

from __future__ import annotations

from collections.abc import Callable

from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.events import Event
from billing_core.notes import (
    CustomerNotes,
    add_note,
    apply_notes,
    attach_file,
    pin_note,
    restore_note,
    tag_customer,
    withdraw_file,
    withdraw_note,
)
from commands.parties import require_customer_known
from commands.platform.area import Area
from commands.platform.attached import attached_file
from commands.platform.bus import Command, Decision
from commands.platform.concerns import HOUSE
from commands.platform.ports import Append, Origin, Transaction

MOST_CUSTOMERS = 1_000

# --- commands


class NoteOfCustomer(Command, frozen=True, kw_only=True):
    customer: str


class TagCustomer(NoteOfCustomer, frozen=True, kw_only=True):
    """Add tags to a customer and remove tags: words in small letters, by which customers are found and counted."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


class TagCustomers(Command, frozen=True, kw_only=True):
    """Add tags to many customers at once, and remove tags: all of them, or none if one is refused."""

    customers: tuple[str, ...]
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


class AddNote(NoteOfCustomer, frozen=True, kw_only=True):
    """Note something of a customer, for the house alone. A pinned note stands before the others."""

    text: str
    is_pinned: bool = False


class PinNote(NoteOfCustomer, frozen=True, kw_only=True):
    """Let a note of a customer stand before the others, or among them again."""

    note: int
    is_pinned: bool = True


class WithdrawNote(NoteOfCustomer, frozen=True, kw_only=True):
    """Show a note no more. It stays in the LOG, and `restore-note` shows it again."""

    note: int


class RestoreNote(NoteOfCustomer, frozen=True, kw_only=True):
    """Show a note again that was withdrawn."""

    note: int


class AttachCustomerFile(NoteOfCustomer, frozen=True, kw_only=True):
    """Attach a file to a customer, by the hash under which it was kept, with a name."""

    content_hash: str
    name: str


class WithdrawCustomerFile(NoteOfCustomer, frozen=True, kw_only=True):
    """Take a file from a customer. Its content is removed after a day, unless something else names it."""

    file: int


# --- handlers


def notes_stream(customer: str) -> str:
    return f"notes/{customer}"


def _decided(
    customer: str, transaction: Transaction, decide: Callable[[CustomerNotes], list[Event]]
) -> tuple[Append, CustomerNotes]:
    """What is decided on the notes of a customer, and those before.

    What is there already may be pinned and withdrawn too after the customer was merged into another one.
    """
    state, version = transaction.load(notes_stream(customer), apply_notes)
    before = state or CustomerNotes()
    return Append(notes_stream(customer), version, decide(before)), before


def handle_tag_customer(command: TagCustomer, transaction: Transaction, origin: Origin) -> Decision:
    require_customer_known(transaction, command.customer)
    append, _ = _decided(
        command.customer,
        transaction,
        lambda state: tag_customer(state, command.customer, command.add, command.remove, origin.today),
    )
    return Decision((append,))


def handle_tag_customers(command: TagCustomers, transaction: Transaction, origin: Origin) -> Decision:
    if len(command.customers) > MOST_CUSTOMERS:
        raise InvalidValue(f"are more than {MOST_CUSTOMERS:,}; name them in several commands", field="customers",
                           value=len(command.customers))  # fmt: skip
    appends: list[Append] = []
    for number in dict.fromkeys(command.customers):
        one = TagCustomer(customer=number, add=command.add, remove=command.remove)
        appends += handle_tag_customer(one, transaction, origin).appends
    changed = sum(bool(append.events) for append in appends)
    return Decision(tuple(appends), {"changed": changed})


def handle_add_note(command: AddNote, transaction: Transaction, origin: Origin) -> Decision:
    require_customer_known(transaction, command.customer)
    append, before = _decided(
        command.customer,
        transaction,
        lambda state: add_note(state, command.customer, command.text, origin.today, is_pinned=command.is_pinned),
    )
    return Decision((append,), {"note": len(before.notes) + 1})


def handle_pin_note(command: PinNote, transaction: Transaction, origin: Origin) -> Decision:
    append, _ = _decided(
        command.customer,
        transaction,
        lambda state: pin_note(state, command.customer, command.note, origin.today, is_pinned=command.is_pinned),
    )
    return Decision((append,))


def handle_withdraw_note(command: WithdrawNote, transaction: Transaction, origin: Origin) -> Decision:
    append, _ = _decided(
        command.customer,
        transaction,
        lambda state: withdraw_note(state, command.customer, command.note, origin.today),
    )
    return Decision((append,))


def handle_restore_note(command: RestoreNote, transaction: Transaction, origin: Origin) -> Decision:
    append, _ = _decided(
        command.customer,
        transaction,
        lambda state: restore_note(state, command.customer, command.note, origin.today),
    )
    return Decision((append,))


def handle_attach_customer_file(command: AttachCustomerFile, transaction: Transaction, origin: Origin) -> Decision:
    require_customer_known(transaction, command.customer)
    attachment = attached_file(command.content_hash, transaction)
    append, before = _decided(
        command.customer,
        transaction,
        lambda state: attach_file(state, command.customer, attachment, command.name, origin.today),
    )
    number = len(before.files) + 1 if append.events else before.files.index(attachment.content_hash) + 1
    return Decision((append,), {"file": number})


def handle_withdraw_customer_file(command: WithdrawCustomerFile, transaction: Transaction, origin: Origin) -> Decision:
    append, _ = _decided(
        command.customer,
        transaction,
        lambda state: withdraw_file(state, command.customer, command.file, origin.today),
    )
    return Decision((append,))


AREA = Area(
    handlers={
        TagCustomer: handle_tag_customer,
        TagCustomers: handle_tag_customers,
        AddNote: handle_add_note,
        PinNote: handle_pin_note,
        WithdrawNote: handle_withdraw_note,
        RestoreNote: handle_restore_note,
        AttachCustomerFile: handle_attach_customer_file,
        WithdrawCustomerFile: handle_withdraw_customer_file,
    },
    concerns={TagCustomers: HOUSE},
)
