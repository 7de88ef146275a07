"""What the house notes of a customer: tags, notes, and files.

Decides which tags and notes are sound, and that nothing is withdrawn twice. Details of the customer are in `parties`,
what the customer bought and owes with the account. All of it is personal, and erased when the customer is forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

import msgspec

from billing_core.kernel.attachments import Attachment, require_file_name
from billing_core.kernel.errors import InvalidValue, NotFound, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.kernel.personal import Personal, PersonNumber

TAG = re.compile(r"[^\W_][\w-]{0,49}")
MOST_TAGS = 50
MOST_NOTE = 5_000

# --- events


@event("customer-tagged")
class CustomerTagged(Event, frozen=True, kw_only=True):
    """The customer has these tags too from now on."""

    customer: PersonNumber
    tags: Personal[tuple[str, ...]] = ()


@event("customer-untagged")
class CustomerUntagged(Event, frozen=True, kw_only=True):
    """The customer has these tags no more."""

    customer: PersonNumber
    tags: Personal[tuple[str, ...]] = ()


@event("note-added")
class NoteAdded(Event, frozen=True, kw_only=True):
    """Something was noted of the customer; the notes of a customer are numbered 1, 2 ..."""

    customer: PersonNumber
    note: int
    text: Personal[str]
    is_pinned: bool = False


@event("note-pinned")
class NotePinned(Event, frozen=True, kw_only=True):
    """The note stands before the others from now on, or among them again."""

    customer: str
    note: int
    is_pinned: bool


@event("note-withdrawn")
class NoteWithdrawn(Event, frozen=True, kw_only=True):
    """The note is not shown any more; it stays in the log."""

    customer: str
    note: int


@event("note-restored")
class NoteRestored(Event, frozen=True, kw_only=True):
    """A note that was withdrawn is shown again."""

    customer: str
    note: int


@event("customer-file-attached")
class CustomerFileAttached(Event, frozen=True, kw_only=True):
    """A file belongs to the customer; the files of a customer are numbered 1, 2 ..."""

    customer: PersonNumber
    file: int
    attachment: Attachment
    name: Personal[str]


@event("customer-file-withdrawn")
class CustomerFileWithdrawn(Event, frozen=True, kw_only=True):
    """The file does not belong to the customer any more. Its content goes after a day, unless something else names it.

    The file is attached again by sending it again.
    """

    customer: str
    file: int


# --- state


class Note(msgspec.Struct, frozen=True):
    """Whether a note is pinned, and whether it was withdrawn."""

    is_pinned: bool = False
    is_withdrawn: bool = False


class CustomerNotes(msgspec.Struct, frozen=True):
    """The tags of a customer in order of their letters, its notes and files by number.

    A file that was withdrawn is None.
    """

    tags: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    files: tuple[str | None, ...] = ()


def apply_notes(state: CustomerNotes | None, fact: Event) -> CustomerNotes:  # noqa: PLR0911  (one branch for each event)
    """Fold one event of the stream of a customer's notes."""
    state = state or CustomerNotes()
    match fact:
        case CustomerTagged(tags=tags):
            return msgspec.structs.replace(state, tags=tuple(sorted({*state.tags, *tags})))
        case CustomerUntagged(tags=tags):
            return msgspec.structs.replace(state, tags=tuple(tag for tag in state.tags if tag not in tags))
        case NoteAdded(is_pinned=is_pinned):
            return msgspec.structs.replace(state, notes=(*state.notes, Note(is_pinned)))
        case NotePinned(note=number, is_pinned=is_pinned):
            return _with_note(state, number, is_pinned=is_pinned)
        case NoteWithdrawn(note=number) | NoteRestored(note=number):
            return _with_note(state, number, is_withdrawn=isinstance(fact, NoteWithdrawn))
        case CustomerFileAttached(attachment=attachment):
            return msgspec.structs.replace(state, files=(*state.files, attachment.content_hash))
        case CustomerFileWithdrawn(file=number):
            files = (*state.files[: number - 1], None, *state.files[number:])
            return msgspec.structs.replace(state, files=files)
    return state


def _with_note(state: CustomerNotes, number: int, **changes: bool) -> CustomerNotes:
    note = msgspec.structs.replace(state.notes[number - 1], **changes)
    return msgspec.structs.replace(state, notes=(*state.notes[: number - 1], note, *state.notes[number:]))


# --- decisions


def tag_customer(
    state: CustomerNotes, customer: str, add: Sequence[str], remove: Sequence[str], on: date
) -> list[Event]:
    """Add tags and remove tags; those that the customer has, or has not, change nothing.

    has vip, debt    add vip, fibre, remove debt    ->   tagged fibre, untagged debt
    has vip          add vip                        ->   nothing
    """
    added = tuple(sorted({require_tag(tag) for tag in add} - set(state.tags)))
    removed = tuple(sorted(set(state.tags) & {tag.strip().lower() for tag in remove}))
    if both := set(added) & set(removed) or {tag.strip().lower() for tag in add} & set(removed):
        raise InvalidValue("is to be added and removed", field="tag", value=min(both))
    if len(state.tags) + len(added) - len(removed) > MOST_TAGS:
        raise RuleViolation(f"a customer has {MOST_TAGS} at most; remove one first", field="tags", value=len(added))
    events: list[Event] = []
    if added:
        events.append(CustomerTagged(effective_on=on, customer=customer, tags=added))
    if removed:
        events.append(CustomerUntagged(effective_on=on, customer=customer, tags=removed))
    return events


def require_tag(tag: str) -> str:
    """One word in small letters of any script, digits, `-` and `_`: `vip`, `оптика`, `paid-late`."""
    tag = tag.strip().lower()
    if not TAG.fullmatch(tag):
        raise InvalidValue("must be one word of up to 50 letters and digits, with - and _ in between", field="tag",
                           value=tag[:60])  # fmt: skip
    return tag


def add_note(state: CustomerNotes, customer: str, text: str, on: date, *, is_pinned: bool = False) -> list[Event]:
    """The next note of the customer."""
    text = text.strip()
    if not text:
        raise InvalidValue("must not be empty", field="text", value=text)
    if len(text) > MOST_NOTE:
        raise InvalidValue(f"is longer than {MOST_NOTE:,} letters", field="text", value=f"{text[:40]}...")
    number = len(state.notes) + 1
    return [NoteAdded(effective_on=on, customer=customer, note=number, text=text, is_pinned=is_pinned)]


def pin_note(state: CustomerNotes, customer: str, number: int, on: date, *, is_pinned: bool) -> list[Event]:
    """The note stands before the others, or no more."""
    note = _note(state, number)
    if note.is_withdrawn:
        raise RuleViolation("was withdrawn; restore it first", field="note", value=number)
    if note.is_pinned == is_pinned:
        return []
    return [NotePinned(effective_on=on, customer=customer, note=number, is_pinned=is_pinned)]


def withdraw_note(state: CustomerNotes, customer: str, number: int, on: date) -> list[Event]:
    """The note is not shown any more; withdrawing it again changes nothing."""
    is_withdrawn = _note(state, number).is_withdrawn
    return [] if is_withdrawn else [NoteWithdrawn(effective_on=on, customer=customer, note=number)]


def restore_note(state: CustomerNotes, customer: str, number: int, on: date) -> list[Event]:
    """The note is shown again; one that is shown stays as it is."""
    is_withdrawn = _note(state, number).is_withdrawn
    return [NoteRestored(effective_on=on, customer=customer, note=number)] if is_withdrawn else []


def attach_file(state: CustomerNotes, customer: str, attachment: Attachment, name: str, on: date) -> list[Event]:
    """The next file of the customer; a content that the customer has already changes nothing."""
    if attachment.content_hash in state.files:
        return []
    number = len(state.files) + 1
    return [
        CustomerFileAttached(
            effective_on=on, customer=customer, file=number, attachment=attachment, name=require_file_name(name)
        )
    ]


def withdraw_file(state: CustomerNotes, customer: str, number: int, on: date) -> list[Event]:
    """The file does not belong to the customer any more; withdrawing it again changes nothing."""
    if not 1 <= number <= len(state.files):
        raise NotFound("the customer has no such file", field="file", value=number)
    if state.files[number - 1] is None:
        return []
    return [CustomerFileWithdrawn(effective_on=on, customer=customer, file=number)]


def _note(state: CustomerNotes, number: int) -> Note:
    if not 1 <= number <= len(state.notes):
        raise NotFound("the customer has no such note", field="note", value=number)
    return state.notes[number - 1]
