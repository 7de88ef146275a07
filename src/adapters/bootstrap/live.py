"""The read models' ports of commands, answered from the live tables."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date

from adapters.bootstrap.candidates import Candidates
from adapters.calendars.holiday_calendar import calendar_of
from adapters.postgres.final_positions import newest_position
from adapters.postgres.store import PostgresStore
from adapters.postgres.tables import PostgresTables
from billing_core.accounts.account import Account, apply_account
from billing_core.bank_statements.accounts import STREAM_KIND as BANK_ACCOUNTS
from billing_core.bank_statements.accounts import BankAccount, apply_bank_account, bank_accounts_of
from billing_core.bank_statements.checking import OfDays
from billing_core.bank_statements.recorded import MovementBooked
from billing_core.billing.repricing import RepricingProgress, apply_repricing
from billing_core.catalogue.products import Product, apply_product
from billing_core.catalogue.tariffs import Catalogue, Tariff, apply_tariff
from billing_core.catalogue.translations import TariffTexts, apply_tariff_texts
from billing_core.dunning.policies import PolicyVersions, apply_policy
from billing_core.dunning.runs import LastRun, apply_run
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.parties.number_series import NumbersTaken, SeriesKind
from billing_core.parties.sellers import Seller, apply_seller
from billing_core.payments.matching import Found, Key
from billing_core.payments.matching_rules import MatchingRules, apply_matching_rules, matching_rules_stream
from billing_core.services.suspension_reasons import READY, SuspensionReason, apply_suspension_reason
from billing_core.time.due_dates import Calendar
from billing_core.usage.price_lists.versions import ListVersions, apply_price_list
from commands.accounts import KnownAccount, account_stream
from commands.bank_statements.taking_back import Payment
from commands.billing.rerating import REPRICING
from commands.billing.run_ports import DueAccount
from commands.dunning.run import RUNS
from commands.dunning_policy_streams import DUNNING_POLICIES
from commands.policy_simulation.simulation import PastInvoice
from commands.price_list_streams import PRICE_LISTS
from commands.suspensions import REASONS
from projections import last_bills, services
from projections.accounts.balances import parked_accounts
from projections.accounts.states import (
    StateRow,
    expected_accounts,
    expected_dunned,
    states_after,
    states_due_before,
    states_dunned_before,
    states_named,
)
from projections.bank_statements import movements, statements
from projections.past_invoices import past_invoices
from projections.platform.runner import LIVE_SCHEMA

logger = logging.getLogger(__name__)


class LiveModels:
    """Implements what the commands ask for.

    `DueAccounts`, `DunnedAccounts`, `DunningSetting`, `LastBills`, `ParkedNumbers`, `RunSetting`, `OnlyRun`,
    `KnownCatalogue`, `OnTariffs`, `StatementTargets`, `TakenBackTargets`, `UsageTargets` and `DunnedBase`; `wait_for`
    waits until the tables show a position of the log, so that a run reads its own writes.

    The tables may lag behind the log as long as any transaction is under way. So a question whose answer must be
    complete is answered by streams and claims, which never lag, or waits first for what was written before it.
    """

    def __init__(self, tables: PostgresTables, store: PostgresStore, wait_for: Callable[[int], None]) -> None:
        self._tables = tables
        self._store = store
        self.wait_for = wait_for

    def wait_for_all(self) -> None:
        with self._tables.transaction("billing") as cursor:
            newest = newest_position(cursor)
        self.wait_for(newest)

    # --- due accounts

    def due_before(self, until: date, after_account: str, limit: int) -> Sequence[DueAccount]:
        with self._tables.transaction(LIVE_SCHEMA) as cursor:
            return _due(states_due_before(cursor, until, after_account, limit))

    def all_accounts(self, after_account: str, limit: int) -> Sequence[DueAccount]:
        with self._tables.transaction(LIVE_SCHEMA) as cursor:
            return _due(states_after(cursor, after_account, limit))

    def dunned_before(self, until: date, after_account: str, limit: int) -> Sequence[DueAccount]:
        with self._tables.transaction(LIVE_SCHEMA) as cursor:
            return _due(states_dunned_before(cursor, until, after_account, limit))

    def expected_dunned(self, until: date) -> int:
        with self._tables.transaction(LIVE_SCHEMA) as cursor:
            return expected_dunned(cursor, until)

    def expected_accounts(self, until: date) -> int:
        with self._tables.transaction(LIVE_SCHEMA) as cursor:
            return expected_accounts(cursor, until)

    def parked(self, after_account: str, limit: int) -> Sequence[str]:
        with self._tables.transaction(LIVE_SCHEMA) as cursor:
            return [row.number for row in parked_accounts(cursor, limit, after_account)]

    # --- what a run is compared with

    def last_bills(self, accounts: Collection[str]) -> Mapping[str, Money]:
        with self._tables.transaction(LIVE_SCHEMA) as cursor:
            return last_bills.last_bills(cursor, accounts)

    def ended_bills(self, from_on: date, to_on: date, until: date) -> Mapping[str, Money]:
        with self._tables.transaction(LIVE_SCHEMA) as cursor:
            return last_bills.ended_bills(cursor, from_on, to_on, until)

    # --- the setting of a run

    def tariffs(self) -> Catalogue:
        found: dict[str, Tariff] = self._store.streams("tariff/", apply_tariff)
        return {tariff.code: tariff for tariff in found.values()}

    def tariff_texts(self) -> Mapping[str, TariffTexts]:
        found: dict[str, TariffTexts] = self._store.streams("tariff/", apply_tariff_texts)
        return {texts.tariff.code: texts for texts in found.values()}

    def products(self) -> Mapping[str, Product]:
        found: dict[str, Product] = self._store.streams("product/", apply_product)
        return {product.code: product for product in found.values()}

    def price_lists(self) -> Mapping[str, ListVersions]:
        found: dict[str, ListVersions] = self._store.streams(PRICE_LISTS, apply_price_list)
        return {stream.removeprefix(PRICE_LISTS): known for stream, known in found.items()}

    def repricings(self) -> Mapping[str, RepricingProgress]:
        found: dict[str, RepricingProgress] = self._store.streams(REPRICING, apply_repricing)
        return found

    def sellers(self) -> dict[str, tuple[Seller, int]]:
        found: dict[str, tuple[Seller, int]] = self._store.streams("seller/", _apply_versioned)
        return {seller.code: (seller, version) for seller, version in found.values()}

    def last_issued_on(self) -> dict[str, date]:
        return self._store.last_issued_on()

    def numbers_taken(self) -> dict[tuple[str, SeriesKind], NumbersTaken]:
        return self._store.numbers_taken()

    def calendar(self, country: str) -> Calendar:
        return calendar_of(country)

    def only_run(self) -> AbstractContextManager[None]:
        if self._tables.is_running("billing run"):
            logger.warning("Another billing run is under way; this one waits for it to end.")
        return self._tables.only_runner("billing run")

    # --- the setting of a dunning run

    def dunning_policies(self) -> Mapping[str, PolicyVersions]:
        found: dict[str, PolicyVersions] = self._store.streams(DUNNING_POLICIES, apply_policy)
        return {stream.removeprefix(DUNNING_POLICIES): versions for stream, versions in found.items()}

    def suspension_reasons(self) -> Mapping[str, SuspensionReason]:
        defined: dict[str, SuspensionReason] = self._store.streams(REASONS, apply_suspension_reason)
        return {**READY, **{reason.code: reason for reason in defined.values()}}

    def last_dunning_run(self) -> tuple[LastRun | None, int]:
        with self._store.transaction() as transaction:
            return transaction.load(RUNS, apply_run)

    def only_dunning_run(self) -> AbstractContextManager[None]:
        if self._tables.is_running("dunning run"):
            logger.warning("Another dunning run is under way; this one waits for it to end.")
        return self._tables.only_runner("dunning run")

    # --- whom a correction of a tariff concerns

    def accounts_on_tariff(self, tariff: str, from_on: date, to_on: date | None) -> Sequence[str]:
        self.wait_for_all()
        with self._tables.transaction(LIVE_SCHEMA) as cursor:
            return services.accounts_on_tariff(cursor, tariff, from_on, to_on)

    # --- how soon customers pay

    def past_invoices(self, accounts: Collection[str], due_from: date) -> Sequence[PastInvoice]:
        with self._tables.transaction(LIVE_SCHEMA) as cursor:
            return [PastInvoice(*row) for row in past_invoices(cursor, accounts, due_from)]

    # --- where payments go

    def matching_rules(self, seller: str) -> MatchingRules:
        if not seller:
            return MatchingRules()
        with self._store.transaction() as transaction:
            return transaction.load(matching_rules_stream(seller), apply_matching_rules)[0] or MatchingRules()

    def candidates(self, keys: Collection[Key], *, with_open_items: bool) -> Found:
        return Candidates(self._tables, self._store, self.accounts).found(keys, with_open_items=with_open_items)

    def bank_accounts(self) -> Mapping[str, BankAccount]:
        registered: dict[str, BankAccount] = self._store.streams(BANK_ACCOUNTS, apply_bank_account)
        return bank_accounts_of([seller for seller, _ in self.sellers().values()], registered.values())

    def versions(self, streams: Collection[str]) -> Mapping[str, int]:
        return self._store.versions(streams)

    def booked_of_days(self, iban: str, from_on: date, to_on: date) -> OfDays | None:
        with self._tables.transaction(LIVE_SCHEMA) as cursor:
            return statements.booked_of_days(cursor, iban, from_on, to_on)

    # --- what takes payments back

    def statements_taking_back(self) -> Sequence[str]:
        with self._tables.transaction(LIVE_SCHEMA) as cursor:
            return movements.statements_taking_back(cursor)

    def income_like(self, source: str, booked: MovementBooked) -> Sequence[Payment]:
        amount, currency = -booked.amount.amount, booked.amount.currency
        with self._tables.transaction(LIVE_SCHEMA) as cursor:
            return [
                Payment(*found)
                for found in movements.income_like(cursor, source, amount, currency, booked.effective_on)
            ]

    def accounts(self, numbers: Collection[str]) -> Mapping[str, KnownAccount]:
        current = self._store.versions([account_stream(number) for number in numbers])
        with self._tables.transaction(LIVE_SCHEMA) as cursor:
            rows = states_named(cursor, numbers)
        states: dict[str, tuple[Account | None, int]] = {
            account_stream(row.account.number): (row.account, row.version) for row in rows
        }
        behind = {stream: seen for stream in current if (seen := states.get(stream, (None, 0))[1]) < current[stream]}
        for stream, version, fact in self._store.facts_after(behind):
            states[stream] = (apply_account(states.get(stream, (None, 0))[0], fact), version)
        return {
            account.number: KnownAccount(account, version)
            for account, version in states.values()
            if account is not None
        }

    # --- whom usage concerns

    def accounts_if_known(self, numbers: Collection[str]) -> Mapping[str, KnownAccount]:
        return self.accounts(numbers)


def _apply_versioned(known: tuple[Seller, int] | None, fact: Event) -> tuple[Seller, int] | None:
    """A seller and its version, which is the number of its events."""
    seller = apply_seller(None if known is None else known[0], fact)
    return None if seller is None else (seller, 1 if known is None else known[1] + 1)


def _due(rows: Sequence[StateRow]) -> list[DueAccount]:
    return [DueAccount(*row) for row in rows]
