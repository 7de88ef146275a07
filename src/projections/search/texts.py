"""By which texts are payments, remittances and tickets found?

What a payer wrote and what a ticket is about are personal: they go when the customer is forgotten.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from billing_core.kernel.events import Event
from billing_core.kernel.personal import ERASED
from billing_core.parties.forgotten import CustomerForgotten
from billing_core.payments.events import MoneyReceived, PaymentMovedAway, PaymentMovedIn, PaymentReceived
from billing_core.payments.matching import as_payer_account
from billing_core.payments.remittances import RemittanceReceived
from billing_core.work.ticket_events import TicketChanged, TicketOpened
from projections.customer_search import kept_of_text
from projections.platform.projection import Cursor, LoggedEvent, as_columns

UPSERT_PAYMENTS = """
    INSERT INTO payment_texts (payment, account, person, reference, written, payer_account)
    SELECT * FROM unnest(%b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[])
    ON CONFLICT (payment, account) DO UPDATE SET person = excluded.person, written = excluded.written,
        payer_account = excluded.payer_account
"""
DELETE_MOVED = """
    DELETE FROM payment_texts USING unnest(%b::text[], %b::text[]) AS moved (payment, account)
    WHERE payment_texts.payment = moved.payment AND payment_texts.account = moved.account
"""
FORGET_PAYERS = """
    UPDATE payment_texts SET written = '', payer_account = ''
    WHERE person = ANY(%s) AND (written <> '' OR payer_account <> '')
"""
UPSERT_TICKETS = """
    INSERT INTO ticket_texts (ticket, sequence, customer, words, terms)
    SELECT ticket, sequence, customer, words, terms::int4[]
    FROM unnest(%b::text[], %b::int8[], %b::text[], %b::text[], %b::text[])
        AS changed (ticket, sequence, customer, words, terms)
    ON CONFLICT (ticket) DO UPDATE SET words = excluded.words, terms = excluded.terms
"""


class FoundTexts:
    """What payers wrote and from which bank account, and the words of tickets.

    A remittance has no account; its person is its sender.
    """

    name = "found_texts"
    version = 2
    tables = ("payment_texts", "ticket_texts")
    by_stream = True
    definition = """
        CREATE TABLE payment_texts (
            payment text COLLATE "C" NOT NULL, account text COLLATE "C" NOT NULL, person text COLLATE "C" NOT NULL,
            reference text COLLATE "C" NOT NULL, written text COLLATE "C" NOT NULL,
            payer_account text COLLATE "C" NOT NULL, PRIMARY KEY (payment, account));
        CREATE INDEX ON payment_texts (person) WHERE written <> '' OR payer_account <> '';
        CREATE TABLE ticket_texts (
            ticket text COLLATE "C" PRIMARY KEY, sequence bigint NOT NULL,
            customer text COLLATE "C" NOT NULL, words text COLLATE "C" NOT NULL,
            terms integer[] NOT NULL);
        CREATE INDEX ON ticket_texts (customer);
    """
    indexes = """
        CREATE INDEX ON payment_texts (reference);
        CREATE INDEX ON payment_texts (written) WHERE written <> '';
        CREATE INDEX ON payment_texts (payer_account) WHERE payer_account <> '' AND account <> '';
        ALTER TABLE ticket_texts ALTER terms SET STATISTICS 1000;
        CREATE INDEX ON ticket_texts (sequence);
        CREATE INDEX ON ticket_texts USING gin (terms) WITH (gin_pending_list_limit = 256);
    """
    streams = ("account", "remittance", "ticket", "customer")
    folds: tuple[type[Event], ...] = (
        PaymentReceived, PaymentMovedIn, PaymentMovedAway, RemittanceReceived, TicketOpened, TicketChanged,
        CustomerForgotten,
    )  # fmt: skip

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        payments: dict[tuple[str, str], tuple[Any, ...]] = {}
        moved: set[tuple[str, str]] = set()
        tickets: dict[str, tuple[Any, ...]] = {}
        forgotten: list[CustomerForgotten] = []
        for entry in page:
            match entry.event:
                case PaymentReceived() | PaymentMovedIn() as fact:
                    payments[fact.payment, entry.number] = _payment_row(entry.number, fact.customer, fact)
                case RemittanceReceived() as fact:
                    payments[fact.payment, ""] = _payment_row("", fact.sender, fact)
                case PaymentMovedAway(payment=payment):
                    payments.pop((payment, entry.number), None)
                    moved.add((payment, entry.number))
                case TicketOpened() | TicketChanged() as fact if fact.subject != ERASED:
                    tickets[entry.number] = _ticket_row(entry.number, fact)
                case CustomerForgotten() as fact:
                    forgotten.append(fact)
        if moved:
            cursor.execute(DELETE_MOVED, as_columns(moved, 2))
        if payments:
            cursor.execute(UPSERT_PAYMENTS, as_columns(payments.values(), 6))
        if tickets:
            cursor.execute(UPSERT_TICKETS, as_columns(tickets.values(), 5))
        if forgotten:
            self.forget(cursor, forgotten)

    def forget(self, cursor: Cursor, forgotten: Sequence[CustomerForgotten]) -> None:
        customers = [fact.customer for fact in forgotten]
        people = [person for fact in forgotten for person in (fact.customer, *fact.senders)]
        cursor.execute(FORGET_PAYERS, (people,))
        cursor.execute("DELETE FROM ticket_texts WHERE customer = ANY(%s) AND customer <> ''", (customers,))


def as_written(text: str) -> str:
    """What a payer wrote, as it is compared: in small letters, without spaces and leading zeros."""
    return "".join(text.casefold().split()).lstrip("0")


def _payment_row(account: str, person: str, fact: MoneyReceived) -> tuple[Any, ...]:
    written, payer = as_written(fact.payment_reference), as_payer_account(fact.payer_account)
    return fact.payment, account, person, fact.reference, written, payer


def _ticket_row(number: str, fact: TicketOpened | TicketChanged) -> tuple[Any, ...]:
    return number, int(number.rpartition("-")[2]), fact.customer, *kept_of_text(fact.subject)
