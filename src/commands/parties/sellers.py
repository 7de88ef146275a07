"""Register sellers, change their details and open their number series."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import UNSET

from billing_core.kernel.changes import changed
from billing_core.kernel.errors import AlreadyExists, NotFound
from billing_core.kernel.time_zones import require_time_zone
from billing_core.parties.number_series import SERIES_CLAIM, NumberSeries, NumberSeriesOpened, SeriesKind
from billing_core.parties.numbering import open_number_series
from billing_core.parties.sellers import Seller, apply_seller, register_seller
from billing_core.party_changes import SellerChanges, change_seller
from commands.parties.warnings import warned
from commands.platform.bus import Command, Decision, Handlers
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

    `YY` or `YYYY` in the prefix is the year of issue, with which the numbers begin with 1 again.

    A kind whose series is used up gets its next one in the same way.
    """

    seller: str
    kind: SeriesKind
    series: NumberSeries


# --- handlers

ALL_SERIES = "number-series"


def seller_stream(code: str) -> str:
    return f"seller/{code}"


def load_seller(transaction: Transaction, code: str) -> tuple[Seller, int]:
    """The seller and its version, or `NotFound`."""
    seller, version = transaction.load(seller_stream(code), apply_seller)
    if seller is None:
        raise NotFound("no such seller is registered; `billing sellers` lists them", field="seller", value=code)
    return seller, version


def handle_register_seller(command: RegisterSeller, transaction: Transaction, origin: Origin) -> Decision:
    seller = command.seller
    stream = seller_stream(seller.code)
    existing, version = transaction.load(stream, apply_seller)
    require_time_zone(seller.time_zone, "time zone")
    events = register_seller(existing, seller, origin.today)
    if events:
        _require_numbers_of_its_own(seller.series, transaction)
    return Decision((Append(stream, version, events),), warned(seller))


def handle_change_seller(command: ChangeSeller, transaction: Transaction, origin: Origin) -> Decision:
    seller, version = load_seller(transaction, command.code)
    if command.changes.time_zone is not UNSET:
        require_time_zone(command.changes.time_zone, "time zone")
    events = change_seller(seller, command.changes, origin.today)
    appended = Append(seller_stream(seller.code), version, events)
    return Decision((appended,), warned(changed(seller, command.changes)))


def handle_open_number_series(command: OpenNumberSeries, transaction: Transaction, origin: Origin) -> Decision:
    seller, version = load_seller(transaction, command.seller)
    opened = NumberSeriesOpened(effective_on=origin.today, seller=seller.code, kind=command.kind, series=command.series)
    events = open_number_series(seller, opened, transaction.numbers_taken(seller.code, command.kind))
    if events:
        _require_numbers_of_its_own({command.kind: command.series}, transaction)
    return Decision((Append(seller_stream(seller.code), version, events),))


def _require_numbers_of_its_own(opened: Mapping[SeriesKind, NumberSeries], transaction: Transaction) -> None:
    """No two series may ever produce the same number: among those with the same number of digits, no prefix could begin
    another one in any year.

    Series are opened one after the other, so that two cannot each be the first.
    """
    transaction.hold(ALL_SERIES, alone=True)
    for kind, series in opened.items():
        as_long = transaction.claims_beginning(SERIES_CLAIM, series.claim_key.removesuffix(series.prefix))
        if any(series.could_share(claim.key.partition(":")[2]) for claim in as_long):
            raise AlreadyExists("another series has numbers with this beginning; choose another prefix",
                                field=f"series {kind}", value=series.prefix)  # fmt: skip


HANDLERS: Handlers = {
    RegisterSeller: handle_register_seller,
    ChangeSeller: handle_change_seller,
    OpenNumberSeries: handle_open_number_series,
}
