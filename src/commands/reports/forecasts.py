"""The forecast of revenue: every account is billed in memory, month after month, by the rules of the billing run.

Each month is billed on its last day as if it had come, so what is due in it stands on its documents. Prepaid accounts
are charged as far as their present money goes. Nothing is written but the sums.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import partial

import msgspec

from billing_core.accounts.account import Account
from billing_core.billing.bills import BilledAccount, Upto, bills
from billing_core.billing.issuing import bill_events
from billing_core.catalogue.tariffs import Catalogue
from billing_core.charging.charges import Charge, ChargesPosted
from billing_core.charging.identical import MemoOfIdenticalSubscriptions
from billing_core.invoicing.invoices import BillingHistory, DocumentEvent
from billing_core.kernel.errors import BillingError
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, zero
from billing_core.kernel.spans import ONE_DAY
from billing_core.reports.forecasts import ForecastSum, RevenueForecast, month_ends
from commands.billing.account import load_history
from commands.billing.numbers import draft_issue
from commands.billing.rerating import ReratingBacklog, facts_of
from commands.billing.run_ports import DueAccount, DueAccounts, RunSetting, pages_of
from commands.platform.ports import Append, Origin, Store
from commands.platform.progress import Progress

CHUNK_ACCOUNTS = 2_000


class ForecastTotals(msgspec.Struct):
    """What is foreseen without VAT, by the first day of the month and by currency, and how many accounts a rule
    stopped, with the first of them.
    """

    months: dict[str, dict[str, Money]]
    stopped: int
    examples: dict[str, str]


class ForecastRun:
    """Makes a forecast and records it."""

    def __init__(self, store: Store, accounts: DueAccounts, setting: RunSetting, rerating: ReratingBacklog) -> None:
        self._store = store
        self._accounts = accounts
        self._setting = setting
        self._rerating = rerating

    def make(self, months: int, today: date, progress: Progress) -> _Sums:
        """Bill every account in memory up to the end of the last month."""
        ends = list(month_ends(today, months))
        catalogue = self._setting.tariffs()
        sums, memo = _Sums(), MemoOfIdenticalSubscriptions(catalogue)
        outstanding = self._rerating.outstanding()
        read = self._accounts.all_accounts if outstanding else partial(self._accounts.due_before, ends[-1] + ONE_DAY)
        for chunk in pages_of(read, CHUNK_ACCOUNTS):
            for entry in chunk:
                billed = BilledAccount(entry.account, partial(self._history, entry))
                try:
                    for each in outstanding:
                        billed.apply(facts_of(entry.account, each))
                    _foresee(billed, catalogue, memo, ends, sums)
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


class _Sums:
    """The lines of foreseen documents, added up."""

    def __init__(self) -> None:
        self.stopped: dict[str, str] = {}
        self._found: dict[tuple[date, str, str, str, str], tuple[int, Money]] = {}

    def add(self, account: Account, events: Iterable[Event], month: date) -> None:
        """Add the documents of one bill of an account, which it does not show yet."""
        posted = {charge.key: charge for fact in events if isinstance(fact, ChargesPosted) for charge in fact.charges}
        for fact in events:
            if isinstance(fact, DocumentEvent):
                for line in fact.lines:
                    charge = posted.get(line.charge) or account.pending_by_key[line.charge]
                    self._add(month, account.seller, charge, line.net)

    def _add(self, month: date, seller: str, charge: Charge, net: Money) -> None:
        key = month, seller, charge.tariff, charge.kind, net.currency
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
    found: dict[str, dict[str, Money]] = {}
    for each in forecast.sums:
        of_month = found.setdefault(each.month.isoformat(), {})
        currency = each.net.currency
        of_month[currency] = of_month.get(currency, zero(currency)) + each.net
    return ForecastTotals(found, forecast.stopped, dict(list(stopped.items())[:10]))
