"""Import many subscribers at once: customer, account and subscription of each, from rows of a file.

Rows are decided by the same rules as single commands and written in chunks, each chunk one transaction. A row that was
imported before changes nothing; a number that is taken by different content is rejected and reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import islice
from typing import NamedTuple

from billing_core.accounts.events import AccountOpened
from billing_core.accounts.opening import open_account
from billing_core.accounts.plans import USUAL_PLAN, BillingPlan
from billing_core.catalogue.tariffs import Catalogue, tariff_named
from billing_core.custom_fields import FieldSet
from billing_core.kernel.claims import Claim
from billing_core.kernel.errors import AlreadyExists, BillingError, InvalidValue, NotFound
from billing_core.kernel.events import Event
from billing_core.parties.customers import Customer, register_customer
from billing_core.services.changes import activate, change
from billing_core.services.events import SubscriptionActivated, SubscriptionTerminated
from billing_core.services.subscriptions import Subscription, change_of
from commands.accounts import account_stream, require_postpaid_tariffs
from commands.custom_fields import load_fields
from commands.dunning_policy_streams import require_policy_named
from commands.parties import customer_stream, with_custom_fields
from commands.platform.batch import BatchReport
from commands.platform.bus import Command, content_hash
from commands.platform.identity import new_id
from commands.platform.ports import Append, ClaimTaken, Origin, Store, Transaction, VersionConflict
from commands.platform.progress import Progress

CHUNK_ROWS = 1_500
SUBSCRIBER_CLAIM = "subscriber"


# --- rows


class NewAccount(Command, frozen=True, kw_only=True):
    number: str
    seller: str
    currency: str
    plan: BillingPlan = USUAL_PLAN


class NewSubscription(Command, frozen=True, kw_only=True):
    code: str
    tariff: str
    activated_on: date
    terminated_on: date | None = None
    agreed_prices: Mapping[str, Decimal] = {}


class NewSubscriber(Command, frozen=True, kw_only=True):
    """One subscriber: exists since its subscription's activation."""

    customer: Customer
    account: NewAccount
    subscription: NewSubscription


class SubscriberRow(NamedTuple):
    line: int
    subscriber: NewSubscriber


# --- the long run


class Onboarding:
    """Imports subscribers; the tariffs and sellers that they name must exist."""

    def __init__(self, store: Store, catalogue: Catalogue, sellers: Iterable[str]) -> None:
        self._store = store
        self._catalogue = catalogue
        self._sellers = set(sellers)
        self._policies: set[tuple[str, str]] = set()

    def bring_in(self, rows: Iterable[SubscriberRow], origin: Origin, report: BatchReport, progress: Progress) -> int:
        """Import every valid row; the position of the last event."""
        position = 0
        remaining = iter(rows)
        while chunk := list(islice(remaining, CHUNK_ROWS)):
            while True:
                try:
                    position = max(position, self._write(chunk, origin, report))
                    break
                except (VersionConflict, ClaimTaken):
                    continue  # One of them was imported concurrently: look again which exist.
            progress(len(chunk))
        return position

    def _write(self, rows: Sequence[SubscriberRow], origin: Origin, report: BatchReport) -> int:
        outcome = BatchReport()
        appends: list[Append] = []
        claims: list[Claim] = []
        key = self._store.content_key()
        with self._store.transaction() as transaction:
            fields = load_fields(transaction, "customer")
            taken = dict(transaction.claimed(SUBSCRIBER_CLAIM, [row.subscriber.customer.number for row in rows]))
            streams = [stream for row in rows for stream in _streams(row.subscriber)]
            existing = set(self._store.versions(streams))
            for line, subscriber in rows:
                claim = _claim(subscriber, key)
                if claim == taken.get(claim.key):
                    outcome.unchanged += 1
                    continue
                try:
                    _require_free(subscriber, taken, existing)
                    self._require_policy(subscriber.account, transaction)
                    appends += self._decide(subscriber, fields)
                except BillingError as error:
                    outcome.reject(line, error)
                    continue
                claims.append(claim)
                taken[claim.key] = claim
                existing.update(_streams(subscriber))
                outcome.accepted += 1
            position = transaction.append(appends, claims, origin._replace(command_id=new_id()))
        report.merge(outcome)
        return position

    def _decide(self, row: NewSubscriber, fields: FieldSet) -> list[Append]:
        since = row.subscription.activated_on
        customer = register_customer(None, with_custom_fields(row.customer, fields), since)
        opened = AccountOpened(
            effective_on=since,
            account=row.account.number,
            customer=row.customer.number,
            seller=self._seller(row.account.seller),
            currency=row.account.currency,
            plan=row.account.plan,
        )
        named = partial(tariff_named, self._catalogue)
        require_postpaid_tariffs(row.account.plan, row.account.currency, named)
        account = [*open_account(None, opened, since), *self._subscription_events(row, since)]
        return [
            Append(customer_stream(row.customer.number), 0, customer),
            Append(account_stream(row.account.number), 0, account),
        ]

    def _subscription_events(self, row: NewSubscriber, since: date) -> list[Event]:
        new = row.subscription
        tariff = tariff_named(self._catalogue, new.tariff)
        if tariff.currency != row.account.currency:
            raise InvalidValue(f"is in {tariff.currency}, the account in {row.account.currency}", field="tariff",
                               value=tariff.code)  # fmt: skip
        activated = SubscriptionActivated(
            effective_on=since, subscription=new.code, tariff=new.tariff, agreed_prices=dict(new.agreed_prices)
        )
        events: list[Event] = list(activate({}, activated, tariff, since))
        if new.terminated_on is not None:
            subscription = Subscription(new.code, [change_of(activated)])
            terminated = SubscriptionTerminated(effective_on=new.terminated_on, subscription=new.code)
            events += change(subscription, terminated)
        return events

    def _require_policy(self, account: NewAccount, transaction: Transaction) -> None:
        """The dunning policy of the plan is published in the account's currency; looked up once for an import."""
        named = account.plan.dunning, account.currency
        if named not in self._policies:
            require_policy_named(transaction, *named)
            self._policies.add(named)

    def _seller(self, code: str) -> str:
        if code not in self._sellers:
            raise NotFound("no such seller is registered; `billing sellers` lists them", field="seller", value=code)
        return code


def _streams(row: NewSubscriber) -> tuple[str, str]:
    return customer_stream(row.customer.number), account_stream(row.account.number)


def _claim(row: NewSubscriber, key: bytes) -> Claim:
    content = content_hash(row, key).hex()
    return Claim(SUBSCRIBER_CLAIM, row.customer.number, customer_stream(row.customer.number), content)


def _require_free(row: NewSubscriber, taken: Mapping[str, Claim], existing: set[str]) -> None:
    customer, account = _streams(row)
    if row.customer.number in taken or customer in existing:
        raise AlreadyExists("another customer has this number", field="customer.number", value=row.customer.number)
    if account in existing:
        raise AlreadyExists("another account has this number", field="account.number", value=row.account.number)
