"""The forecast of revenue: every account is billed in memory, month after month, by the rules of the billing run.

Each month is billed on its last day as if it had come, so what is due in it stands on its documents. Prepaid accounts
are charged as far as their present money goes. Usage that is to come is estimated apart from them. Nothing is written
but the sums.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import partial

import msgspec

from billing_core.accounts.account import Account
from billing_core.billing.bills import BilledAccount, Upto, bills
from billing_core.billing.issuing import bill_events
from billing_core.catalogue.tariffs import Catalogue
from billing_core.charging.charges import ChargesPosted
from billing_core.charging.identical import MemoOfIdenticalSubscriptions
from billing_core.invoicing.invoices import BillingHistory, DocumentEvent
from billing_core.kernel.errors import BillingError
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, zero
from billing_core.kernel.spans import ONE_DAY
from billing_core.reports.forecasts import (
    USAGE_TO_COME,
    ForecastSum,
    PastUsage,
    RevenueForecast,
    month_ends,
    months_of_usage,
    usage_to_come,
)
from commands.billing.account import load_history
from commands.billing.numbers import draft_issue
from commands.billing.rerating import ReratingBacklog, facts_of
from commands.billing.run_ports import DueAccount, DueAccounts, RunSetting, pages_of
from commands.platform.ports import Append, Origin, Store
from commands.platform.progress import Progress

CHUNK_ACCOUNTS = 2_000
# What documents from a day on and before another one have of usage, by account.
UsageOf = Callable[[date, date], Mapping[str, Sequence[PastUsage]]]


class ForecastTotals(msgspec.Struct):
    """What is foreseen without VAT, by the first day of the month and by currency, and how many accounts a rule
    stopped, with the first of them. `usage_to_come` is estimated, and in no sum of `months`.
    """

    months: dict[str, dict[str, Money]]
    usage_to_come: dict[str, dict[str, Money]]
    stopped: int
    examples: dict[str, str]


class ForecastRun:
    """Makes a forecast and records it."""

    def __init__(
        self, store: Store, accounts: DueAccounts, setting: RunSetting, rerating: ReratingBacklog, usage: UsageOf
    ) -> None:
        self._store = store
        self._usage = usage
        self._accounts = accounts
        self._setting = setting
        self._rerating = rerating

    def make(self, months: int, today: date, progress: Progress) -> _Sums:
        """Bill every account in memory up to the end of the last month."""
        ends = list(month_ends(today, months))
        catalogue = self._setting.tariffs()
        sums, memo = _Sums(), MemoOfIdenticalSubscriptions(catalogue)
        usage = self._usage(*months_of_usage(today))
        outstanding = self._rerating.outstanding()
        read = self._accounts.all_accounts if outstanding else partial(self._accounts.due_before, ends[-1] + ONE_DAY)
        for chunk in pages_of(read, CHUNK_ACCOUNTS):
            for entry in chunk:
                billed = BilledAccount(entry.account, partial(self._history, entry))
                try:
                    for each in outstanding:
                        billed.apply(facts_of(entry.account, each))
                    _foresee(billed, catalogue, memo, ends, sums)
                    _foresee_usage(billed.account, usage.get(entry.account.number, ()), ends[1:], sums)
                except BillingError as error:
                    sums.stopped[entry.account.number] = str(error)
            progress(len(chunk))
        return sums

    def record(self, forecast: RevenueForecast, origin: Origin) -> None:
        """Keep a forecast."""
        with self._store.transaction() as transaction:
            transaction.append([Append(f"revenue-forecast/{origin.command_id}", 0, [forecast])], (), origin)

    def _history(self, entry: DueAccount) -> BillingHistory:
        with self._store.transaction() as transaction:
            return load_history(transaction, entry.account.number, entry.version)


def _foresee(
    billed: BilledAccount,
    catalogue: Catalogue,
    memo: MemoOfIdenticalSubscriptions,
    ends: Sequence[date],
    sums: _Sums,
) -> None:
    issue = draft_issue(ends[0])  # One for all months: its numbers go on.
    for end in ends:
        for on, bill in bills(billed, catalogue, Upto(end, end), memo):
            events = bill_events(billed.account, bill, msgspec.structs.replace(issue, on=end), on)
            sums.add(billed.account, events, end.replace(day=1))
            billed.apply(events)


def _foresee_usage(account: Account, usage: Iterable[PastUsage], ends: Iterable[date], sums: _Sums) -> None:
    """What usage is to bring in months that are still whole, of services that are in force when they begin."""
    for past in usage:
        subscription = account.subscriptions.get(past.subscription)
        if subscription is None:
            continue
        for month in (end.replace(day=1) for end in ends):
            in_force = next((each.in_force for each in subscription.segments() if each.contains(month)), None)
            if in_force is not None and in_force.status == "active":
                billed = sums.billed_usage(account.number, past, month)
                sums.add_to_come(month, account.seller, in_force.tariff, usage_to_come(past.net, billed))


class _Sums:
    """The lines of foreseen documents, added up, and what usage is to bring besides them."""

    def __init__(self) -> None:
        self.stopped: dict[str, str] = {}
        self._usage: dict[tuple[str, str, str, date], Money] = {}
        self._found: dict[tuple[date, str, str, str, str], tuple[int, Money]] = {}

    def add(self, account: Account, events: Iterable[Event], month: date) -> None:
        """Add the documents of one bill of an account, which it does not show yet."""
        posted = {charge.key: charge for fact in events if isinstance(fact, ChargesPosted) for charge in fact.charges}
        for fact in events:
            if isinstance(fact, DocumentEvent):
                for line in fact.lines:
                    charge = posted.get(line.charge) or account.pending_by_key[line.charge]
                    self._add((month, account.seller, charge.tariff, charge.kind), line.net)
                    if charge.kind == "usage":
                        self._note_usage((account.number, charge.subscription, charge.component, month), line.net)

    def billed_usage(self, account: str, past: PastUsage, month: date) -> Money:
        """The usage of a component of a service that the bills of a month have."""
        return self._usage.get((account, past.subscription, past.component, month), zero(past.net.currency))

    def add_to_come(self, month: date, seller: str, tariff: str, net: Money) -> None:
        """Add what usage is to bring, if it is anything."""
        if net.amount:
            self._add((month, seller, tariff, USAGE_TO_COME), net)

    def _note_usage(self, key: tuple[str, str, str, date], net: Money) -> None:
        self._usage[key] = self._usage.get(key, zero(net.currency)) + net

    def _add(self, of: tuple[date, str, str, str], net: Money) -> None:
        key = *of, net.currency
        lines, known = self._found.get(key, (0, zero(net.currency)))
        self._found[key] = lines + 1, known + net

    def forecast(self, months: int, today: date) -> RevenueForecast:
        """The event that keeps them."""
        return RevenueForecast(
            effective_on=today, months=months, stopped=len(self.stopped),
            sums=tuple(
                ForecastSum(month, seller, tariff, kind, lines, net)
                for (month, seller, tariff, kind, _), (lines, net) in sorted(self._found.items())
            ),
        )  # fmt: skip


def totals_of(forecast: RevenueForecast, stopped: Mapping[str, str]) -> ForecastTotals:
    """A forecast by month and currency."""
    billed: dict[str, dict[str, Money]] = {}
    to_come: dict[str, dict[str, Money]] = {}
    for each in forecast.sums:
        found = to_come if each.charge_kind == USAGE_TO_COME else billed
        of_month = found.setdefault(each.month.isoformat(), {})
        currency = each.net.currency
        of_month[currency] = of_month.get(currency, zero(currency)) + each.net
    return ForecastTotals(billed, to_come, forecast.stopped, dict(list(stopped.items())[:10]))
