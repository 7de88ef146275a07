"""Tags, notes and files of a customer."""

from __future__ import annotations

from datetime import date

import pytest

from billing_core.kernel.attachments import Attachment
from billing_core.kernel.errors import InvalidValue, NotFound, RuleViolation
from billing_core.kernel.events import Event
from billing_core.notes import (
    CustomerNotes,
    CustomerTagged,
    CustomerUntagged,
    Note,
    add_note,
    apply_notes,
    attach_file,
    pin_note,
    restore_note,
    tag_customer,
    withdraw_file,
    withdraw_note,
)

ON = date(2026, 6, 2)
PDF = Attachment(content_hash="ab" * 32, media_type="application/pdf", size_bytes=10)
NOTED = CustomerNotes(tags=("debt", "vip"), notes=(Note(), Note(is_withdrawn=True)), files=("cd" * 32,))


def after(state: CustomerNotes, events: list[Event]) -> CustomerNotes:
    for fact in events:
        state = apply_notes(state, fact)
    return state


def test_tags_are_added_and_removed_and_those_that_are_known_change_nothing():
    events = tag_customer(NOTED, "C", ["VIP", "Оптика"], ["debt", "gone"], ON)
    assert events == [
        CustomerTagged(effective_on=ON, customer="C", tags=("оптика",)),
        CustomerUntagged(effective_on=ON, customer="C", tags=("debt",)),
    ]
    assert after(NOTED, events).tags == ("vip", "оптика")
    assert tag_customer(NOTED, "C", ["vip"], [], ON) == []


@pytest.mark.parametrize("tag", ["", "two words", "-vip", "_vip", "a" * 51, "vip!", "a/b"])
def test_a_tag_is_one_word(tag: str):
    with pytest.raises(InvalidValue):
        tag_customer(NOTED, "C", [tag], [], ON)


def test_a_tag_is_not_added_and_removed_at_once():
    with pytest.raises(InvalidValue, match="added and removed"):
        tag_customer(NOTED, "C", ["vip"], ["VIP"], ON)


def test_a_customer_has_no_more_tags_than_can_be_read():
    many = CustomerNotes(tags=tuple(f"t{number}" for number in range(50)))
    with pytest.raises(RuleViolation):
        tag_customer(many, "C", ["vip"], [], ON)
    assert len(tag_customer(many, "C", ["vip"], ["t1"], ON)) == 2


def test_notes_are_numbered_pinned_withdrawn_and_restored():
    state = after(NOTED, add_note(NOTED, "C", " The dog bites ", ON))
    state = after(state, pin_note(state, "C", 3, ON, is_pinned=True))
    state = after(state, withdraw_note(state, "C", 1, ON))
    state = after(state, restore_note(state, "C", 2, ON))

    assert state.notes == (Note(is_withdrawn=True), Note(), Note(is_pinned=True))
    assert pin_note(state, "C", 3, ON, is_pinned=True) == []
    assert withdraw_note(state, "C", 1, ON) == []
    assert restore_note(state, "C", 2, ON) == []


def test_a_withdrawn_note_is_not_pinned_and_one_that_does_not_exist_is_not_found():
    with pytest.raises(RuleViolation, match="restore it first"):
        pin_note(NOTED, "C", 2, ON, is_pinned=True)
    for number in (0, 3):
        with pytest.raises(NotFound):
            withdraw_note(NOTED, "C", number, ON)


@pytest.mark.parametrize("text", ["", " \n", "x" * 5_001])
def test_a_note_says_something_and_is_no_book(text: str):
    with pytest.raises(InvalidValue):
        add_note(NOTED, "C", text, ON)


def test_a_file_is_attached_once_and_may_come_back_after_it_was_withdrawn():
    attached = after(NOTED, attach_file(NOTED, "C", PDF, "id.pdf", ON))
    assert attach_file(attached, "C", PDF, "other.pdf", ON) == []
    withdrawn = after(attached, withdraw_file(attached, "C", 2, ON))
    assert withdrawn.files == ("cd" * 32, None)
    assert withdraw_file(withdrawn, "C", 2, ON) == []
    assert after(withdrawn, attach_file(withdrawn, "C", PDF, "id.pdf", ON)).files == ("cd" * 32, None, "ab" * 32)
    with pytest.raises(InvalidValue):
        attach_file(NOTED, "C", PDF, "../id.pdf", ON)
    with pytest.raises(NotFound):
        withdraw_file(NOTED, "C", 2, ON)
