"""Where a mail is put: the table of the rules, line by line."""

from __future__ import annotations

from datetime import date

import pytest

from billing_core.kernel.events import Event
from billing_core.work.mail_kinds import MailKind
from billing_core.work.mail_tickets import TicketNamed
from billing_core.work.mails import MOST_IN_AN_HOUR, MailReceived, Placed, Refused, Thread, apply_thread, place_mail
from billing_core.work.ticket_events import CommentAdded, TicketOpened

TICKET = "T-1251"
PROVED, NAMED = TicketNamed(TICKET, True), TicketNamed(TICKET, False)


@pytest.mark.parametrize(
    ("kind", "named", "is_by_customer", "placed"),
    [
        ("person", PROVED, False, Placed("comment", TICKET)),
        ("person", NAMED, True, Placed("comment", TICKET)),
        ("person", NAMED, False, Placed("new ticket")),
        ("person", None, True, Placed("new ticket")),
        ("robot", PROVED, False, Placed("comment inside", TICKET)),
        ("robot", NAMED, True, None),
        ("robot", None, False, None),
        ("bounce", PROVED, False, Placed("bounce", TICKET)),
        ("bounce", NAMED, True, None),
        ("bounce", None, False, None),
        ("own", PROVED, True, None),
    ],
)
def test_where_a_mail_is_put(kind: MailKind, named: TicketNamed | None, is_by_customer: bool, placed: Placed | None):
    found = place_mail(kind, named, is_by_customer=is_by_customer, in_this_hour=0)

    assert found == placed if placed else isinstance(found, Refused)


@pytest.mark.parametrize("kind", ["person", "robot"])
def test_a_sender_who_sends_too_many_is_refused_until_the_hour_is_over(kind: MailKind):
    last = place_mail(kind, PROVED, is_by_customer=True, in_this_hour=MOST_IN_AN_HOUR - 1)
    too_many = place_mail(kind, PROVED, is_by_customer=True, in_this_hour=MOST_IN_AN_HOUR)

    assert isinstance(last, Placed)
    assert too_many == Refused("its sender has sent 20 mails within this hour")


def test_a_bounce_is_noted_however_many_there_are():
    assert place_mail("bounce", PROVED, is_by_customer=False, in_this_hour=99) == Placed("bounce", TICKET)


def test_an_answer_continues_the_last_mail_that_came_in():
    on = date(2026, 3, 2)
    facts: list[Event] = [TicketOpened(effective_on=on, kind="request", flow_version=1, subject="Down", queue="desk")]
    for mail in ("1", "2"):
        facts.append(CommentAdded(effective_on=on, text=mail, is_from_customer=True, message_id=f"<{mail}@x.test>"))
        facts.append(MailReceived(effective_on=on, mail=mail, sender="s", address=f"{mail}@x.test"))
    facts.append(CommentAdded(effective_on=on, text="on the page", is_from_customer=True))
    facts.append(CommentAdded(effective_on=on, text="ours", audience="customer"))
    thread: Thread | None = None
    for fact in facts:
        thread = apply_thread(thread, fact)

    assert thread == Thread(customer="", subject="Down", message_id="<2@x.test>", address="2@x.test")


def test_a_mail_claims_itself_and_its_place_among_those_of_its_sender():
    mail = MailReceived(effective_on=date(2026, 3, 2), mail="1", sender="s")

    assert [(claim.kind, claim.key) for claim in mail.claims("ticket/T-1")] == [("mail", "1"), ("mail-sender", "s/1")]
