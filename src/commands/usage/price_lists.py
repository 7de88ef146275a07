"""Publish price lists and tables of ported numbers, and withdraw a version that does not hold yet.

The rows are a file that was kept before in canonical form; only this program writes one, so it is no command that a
client could give with a hash of its own. The same content again changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from billing_core.kernel.errors import NotFound
from billing_core.kernel.events import Event
from billing_core.usage.price_lists.versions import (
    ListVersions,
    PortedNumbersPublished,
    PortedTables,
    PriceListPublished,
    apply_ported_numbers,
    publish_ported_numbers,
    publish_price_list,
    withdraw_price_list,
)
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.identity import new_id
from commands.platform.ports import Append, Origin, Store, Transaction, VersionConflict
from commands.price_list_streams import load_price_list, price_list_stream

# --- commands


class WithdrawPriceList(Command, frozen=True, kw_only=True):
    """Withdraw a version of a price list whose first day has not come; the version before it goes on."""

    price_list: str
    version: int
    reason: str


# --- streams


def ported_numbers_stream(country: str) -> str:
    return f"ported-numbers/{country}"


# --- publishing


class Published(NamedTuple):
    """The number of the publication, and whether it is a new one."""

    number: int
    is_new: bool


class PriceListPublishing:
    """Publishes what was read from a file and kept."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def publish(self, fact: PriceListPublished, origin: Origin) -> Published:
        """The version of a list that this is, new or known."""

        def decide(transaction: Transaction) -> tuple[Append, int]:
            known, version = load_price_list(transaction, fact.terms.code)
            append = Append(price_list_stream(fact.terms.code), version, publish_price_list(known, fact))
            return append, len(known.versions) if known else 0

        return self._written(decide, fact.content_hash, origin)

    def publish_ported(self, fact: PortedNumbersPublished, origin: Origin) -> Published:
        """The table of a country's ported numbers, new or known."""

        def decide(transaction: Transaction) -> tuple[Append, int]:
            stream = ported_numbers_stream(fact.country)
            known: PortedTables | None
            known, version = transaction.load(stream, apply_ported_numbers)
            return Append(stream, version, publish_ported_numbers(known, fact)), known.published if known else 0

        return self._written(decide, fact.content_hash, origin)

    def _written(
        self, decide: Callable[[Transaction], tuple[Append, int]], content_hash: str, origin: Origin
    ) -> Published:
        while True:
            try:
                return self._write(decide, content_hash, origin)
            except VersionConflict:
                continue  # Somebody else published meanwhile: decide again.

    def _write(
        self, decide: Callable[[Transaction], tuple[Append, int]], content_hash: str, origin: Origin
    ) -> Published:
        with self._store.transaction() as transaction:
            append, known = decide(transaction)
            events: Sequence[Event] = append.events
            if not events:
                return Published(known, is_new=False)
            if transaction.hold_file(content_hash) is None:
                raise NotFound("the rows are not kept under this hash", field="content", value=content_hash)
            caused = origin._replace(command_id=new_id(), causation_id=origin.command_id)
            transaction.append([append], (), caused)
            return Published(known + 1, is_new=True)


# --- handlers


def handle_withdraw_price_list(command: WithdrawPriceList, transaction: Transaction, origin: Origin) -> Decision:
    known, version = load_price_list(transaction, command.price_list)
    events = withdraw_price_list(
        require_price_list_known(known, command.price_list), command.version, command.reason, origin.today
    )
    return Decision((Append(price_list_stream(command.price_list), version, events),))


def require_price_list_known(known: ListVersions | None, code: str) -> ListVersions:
    """The versions of a list; `NotFound` if none was ever published."""
    if known is None:
        raise NotFound("no such price list; `billing usage price-lists` lists them", field="price_list", value=code)
    return known


HANDLERS: Handlers = {WithdrawPriceList: handle_withdraw_price_list}
