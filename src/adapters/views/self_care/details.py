"""Who the customer is, which accounts and tickets the customer has, and what the pages offer."""

from __future__ import annotations

from datetime import date

import msgspec

from adapters.views.persons import Persons
from adapters.views.query import Queries, Query, Reading
from billing_core.kernel.errors import NotFound
from billing_core.parties.consents import Consents
from billing_core.self_care import apply_self_care
from commands.platform.bus import Seen
from commands.platform.concerns import Concerns
from commands.self_care.messages import load_self_care_terms
from commands.self_care.passwords import self_care_stream
from projections import parties
from projections.accounts.balances import accounts_of_customers
from projections.work.ticket_lists import tickets_of_customers

MOST_TICKETS = 10


class ShowOwnDetails(Query, frozen=True, kw_only=True):
    """A customer as shown on the own pages: contact, accounts, and what was reported. Nothing that clerks note."""

    customer: str


class OwnTicket(msgspec.Struct):
    """What the customer reported, or the house did about it."""

    number: str
    subject: str
    state: str
    opened_on: date


class OwnConsent(msgspec.Struct):
    """A purpose for which the customer is asked to agree, in the present wording; `given_on` if the customer does."""

    purpose: str
    name: str
    wording: str
    given_on: date | None


class OwnDetails(msgspec.Struct):
    """A customer on the own pages. `reports` and `erasures` say whether the pages take in a problem and that wish."""

    number: str
    name: str
    kind: str
    address: list[str]
    phone: str
    email: str
    accounts: list[str]
    tickets: list[OwnTicket]
    consents: list[OwnConsent]
    has_password: bool
    reports: bool
    erasures: bool
    version: int

    def seen(self) -> Seen:
        """The customer's stream as it is shown here."""
        return Seen(f"customer/{self.number}", self.version)


def _show_details(query: ShowOwnDetails, reading: Reading) -> OwnDetails:
    with reading.source.cursor() as cursor:
        row = parties.customer_named(cursor, query.customer)
        if row is None:
            raise NotFound("no such customer", field="customer", value=query.customer)
        accounts = accounts_of_customers(cursor, [query.customer])[query.customer]
        purposes = parties.list_purposes(cursor)
        open_ones, ended = tickets_of_customers(cursor, [query.customer, *row.merged], MOST_TICKETS)
    state = reading.app.store.load(self_care_stream(query.customer), apply_self_care)
    with reading.app.store.transaction() as transaction:
        terms = load_self_care_terms(transaction)
    customer = row.customer
    return OwnDetails(
        number=customer.number, name=customer.name, kind=customer.kind, address=list(customer.address.lines()),
        phone=customer.phone or "", email=customer.email or "", accounts=[each.number for each in accounts],
        tickets=[OwnTicket(each.number, each.subject, each.state, each.opened_on) for each in (*open_ones, *ended)],
        consents=[_consent(purpose, row.consents) for purpose in purposes],
        has_password=state is not None and state.has_password, reports=bool(terms.problem),
        erasures=bool(terms.erasure), version=row.version,
    )  # fmt: skip


def _consent(purpose: parties.ConsentPurposeRow, consents: Consents) -> OwnConsent:
    history = consents.get(purpose.code, ())
    given = history[-1] if history and history[-1].wording_version is not None else None
    return OwnConsent(purpose.code, purpose.name, purpose.wordings[-1].wording, given.on if given else None)


QUERIES: Queries = {ShowOwnDetails: _show_details}
PERSONS: Persons = {ShowOwnDetails: lambda query, details, reading: [details.number]}
CONCERNS: Concerns = {}
