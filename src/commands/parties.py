"""Register sellers and customers, and change their details."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from msgspec import UNSET

from billing_core.kernel.changes import changed
from billing_core.kernel.errors import AlreadyExists, NotFound
from billing_core.kernel.legal_ids import doubts
from billing_core.kernel.time_zones import require_time_zone
from billing_core.parties.customers import (
    Customer,
    CustomerState,
    apply_customer,
    apply_standing,
    assign_customer,
    register_customer,
    require_known,
    require_not_forgotten,
)
from billing_core.parties.number_series import SERIES_CLAIM, NumberSeries, NumberSeriesOpened, SeriesKind
from billing_core.parties.numbering import open_number_series
from billing_core.parties.sellers import Seller, apply_seller, register_seller
from billing_core.party_changes import CustomerChanges, SellerChanges, change_customer, change_seller
from commands.dealers import load_dealer
from commands.platform.area import Area
from commands.platform.bus import Command, Decision
from commands.platform.concerns import HOUSE, Concern, Named
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class RegisterSeller(Command, frozen=True, kw_only=True):
    """The legal entity that issues documents, with a number series for each kind that it issues from the beginning.

    Other kinds get theirs when they are first needed (`OpenNumberSeries`). Documents are kept for
    `document_retention_years` after the year of issue, even if the buyer is forgotten.
    """

    seller: Seller


class ChangeSeller(Command, frozen=True, kw_only=True):
    """Change the named details of a seller from today on; an empty value clears one.

    All others, and its number series, stay as they are.
    """

    code: str
    changes: SellerChanges


class OpenNumberSeries(Command, frozen=True, kw_only=True):
    """The seller issues documents of another kind from now on: numbers are `prefix` and so many digits.

    A kind whose series is used up gets its next one in the same way.
    """

    seller: str
    kind: SeriesKind
    series: NumberSeries


class RegisterCustomer(Command, frozen=True, kw_only=True):
    """Register a person or a company as a customer from a day on, by default today; the day may lie in the past.

    The customer belongs to a `dealer` if one is named; what a dealer's operator registers belongs to that dealer.
    """

    customer: Customer
    registered_on: date | None = None
    dealer: str = ""


class ChangeCustomer(Command, frozen=True, kw_only=True):
    """Change the named details of a customer from today on; an empty value clears one, and all others stay."""

    number: str
    changes: CustomerChanges


class AssignCustomer(Command, frozen=True, kw_only=True):
    """The customer belongs to another dealer from today on, or to none: its operators see all of the customer."""

    customer: str
    dealer: str = ""


# --- handlers

ALL_SERIES = "number-series"


def seller_stream(code: str) -> str:
    return f"seller/{code}"


def customer_stream(number: str) -> str:
    return f"customer/{number}"


def load_seller(transaction: Transaction, code: str) -> tuple[Seller, int]:
    """The seller and its version, or `NotFound`."""
    seller, version = transaction.load(seller_stream(code), apply_seller)
    if seller is None:
        raise NotFound("no such seller is registered", field="seller", value=code)
    return seller, version


def load_customer(transaction: Transaction, number: str) -> tuple[CustomerState, int]:
    """The customer and its version, or `NotFound`."""
    customer, version = transaction.load(customer_stream(number), apply_customer)
    if customer is None:
        raise NotFound("no such customer", field="customer number", value=number)
    return customer, version


def load_customer_to_serve(transaction: Transaction, number: str) -> CustomerState:
    """The customer, locked against being forgotten before the transaction ends; refused if already forgotten."""
    transaction.hold(customer_stream(number))
    customer, _ = load_customer(transaction, number)
    require_not_forgotten(customer)
    return customer


def require_customer_known(transaction: Transaction, number: str) -> None:
    """Refuse a customer who does not exist or was forgotten, without the lock.

    It is for what ends with the customer anyway: what is written while the customer is being forgotten is encrypted by
    keys that are destroyed, so it says nothing of the person either.
    """
    standing, _ = transaction.load(customer_stream(number), apply_standing)
    if standing is None:
        raise NotFound("no such customer", field="customer number", value=number)
    require_known(number, standing)


def _warned(party: Seller | Customer) -> dict[str, Any]:
    """The answer: what should be compared with a register."""
    return {"warnings": list(doubts(party.legal_ids, party.address.country))}


def handle_register_seller(command: RegisterSeller, transaction: Transaction, origin: Origin) -> Decision:
    seller = command.seller
    stream = seller_stream(seller.code)
    existing, version = transaction.load(stream, apply_seller)
    require_time_zone(seller.time_zone, "time zone")
    events = register_seller(existing, seller, origin.today)
    if events:
        _require_numbers_of_its_own(seller.series, transaction)
    return Decision((Append(stream, version, events),), _warned(seller))


def handle_change_seller(command: ChangeSeller, transaction: Transaction, origin: Origin) -> Decision:
    seller, version = load_seller(transaction, command.code)
    if command.changes.time_zone is not UNSET:
        require_time_zone(command.changes.time_zone, "time zone")
    events = change_seller(seller, command.changes, origin.today)
    appended = Append(seller_stream(seller.code), version, events)
    return Decision((appended,), _warned(changed(seller, command.changes)))


def handle_open_number_series(command: OpenNumberSeries, transaction: Transaction, origin: Origin) -> Decision:
    seller, version = load_seller(transaction, command.seller)
    opened = NumberSeriesOpened(effective_on=origin.today, seller=seller.code, kind=command.kind, series=command.series)
    events = open_number_series(seller, opened, transaction.numbers_taken(seller.code, command.kind))
    if events:
        _require_numbers_of_its_own({command.kind: command.series}, transaction)
    return Decision((Append(seller_stream(seller.code), version, events),))


def _require_numbers_of_its_own(opened: Mapping[SeriesKind, NumberSeries], transaction: Transaction) -> None:
    """No two series may ever produce the same number: among series with the same number of digits, no prefix begins
    another.

    Series are opened one after the other, so that two cannot each be the first.
    """
    transaction.hold(ALL_SERIES, alone=True)
    for kind, series in opened.items():
        beginnings = series.beginnings()
        if transaction.claimed(SERIES_CLAIM, beginnings) or transaction.claims_beginning(SERIES_CLAIM, beginnings[-1]):
            raise AlreadyExists("another series has numbers with this beginning; choose another prefix",
                                field=f"series {kind}", value=series.prefix)  # fmt: skip


def handle_register_customer(command: RegisterCustomer, transaction: Transaction, origin: Origin) -> Decision:
    stream = customer_stream(command.customer.number)
    existing, version = transaction.load(stream, apply_customer)
    dealer = command.dealer or origin.dealer
    if dealer:
        load_dealer(transaction, dealer)
    events = register_customer(existing, command.customer, command.registered_on or origin.today, dealer)
    return Decision((Append(stream, version, events),), _warned(command.customer))


def handle_assign_customer(command: AssignCustomer, transaction: Transaction, origin: Origin) -> Decision:
    existing, version = load_customer(transaction, command.customer)
    if command.dealer:
        load_dealer(transaction, command.dealer)
    events = assign_customer(existing, command.dealer, origin.today)
    return Decision((Append(customer_stream(command.customer), version, events),))


def handle_change_customer(command: ChangeCustomer, transaction: Transaction, origin: Origin) -> Decision:
    existing, version = load_customer(transaction, command.number)
    events = change_customer(existing, command.changes, origin.today)
    appended = Append(customer_stream(command.number), version, events)
    return Decision((appended,), _warned(changed(existing.customer, command.changes)))


AREA = Area(
    handlers={
        RegisterSeller: handle_register_seller,
        ChangeSeller: handle_change_seller,
        OpenNumberSeries: handle_open_number_series,
        RegisterCustomer: handle_register_customer,
        ChangeCustomer: handle_change_customer,
        AssignCustomer: handle_assign_customer,
    },
    concerns={
        RegisterSeller: HOUSE,
        ChangeSeller: HOUSE,
        OpenNumberSeries: HOUSE,
        AssignCustomer: HOUSE,
        RegisterCustomer: Concern(
            "named", (Named("new customer", ("customer.number",)), Named("dealer", ("dealer",), is_optional=True))
        ),
        ChangeCustomer: Concern("named", (Named("customer", ("number",)),)),
    },
)
