"""Every bill of an account up to a day, in order: what the run, the single bill, the preview and the simulation call.

Which day an account is decided on next:

- a prepaid account on each of its own due dates, for what is charged on one is missing on the next; what is charged
  ahead is posted on the business date;
- a postpaid account in one bill for everything due up to the day, also if its past changed, if charges wait for a
  document, and if it could not be billed before. It is posted on the business date, today, however far it is charged.

    monthly since 1 January, billed on 20 March up to 20 March    one bill of 20 March for January, February and March
    billed on 20 March up to 10 May, ahead                        one bill of 20 March for January to May
    prepaid, up to 20 March                                       bills of 1 January, 1 February and 1 March

Numbers and dates of documents are not decided here: the caller makes events of a bill, and moves the account on by them
before it asks for the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import NamedTuple

from billing_core.accounts.account import Account
from billing_core.billing.decision import decide_bill
from billing_core.billing.run import Bill, HistoryNeeded, account_due_on, past_changed, waits_parked
from billing_core.catalogue.tariffs import Catalogue
from billing_core.charging.identical import MemoOfIdenticalSubscriptions
from billing_core.invoicing.invoices import BillingHistory
from billing_core.kernel.events import Event

LoadHistory = Callable[[], BillingHistory]


class BilledAccount:
    """An account while it is billed: it is moved on by the events of its bills, and its history with it.

    `load` reads the history as it stood when the account was read; it is called once, if a decision needs it at all.
    Without it such a decision raises `HistoryNeeded`. `recorded` are the events that the account shows in addition.
    """

    def __init__(self, account: Account, load: LoadHistory | None = None, recorded: Iterable[Event] = ()) -> None:
        self.account = account
        self._history: BillingHistory | None = None
        self._load = load
        self._recorded = list(recorded)

    def require_history(self) -> BillingHistory:
        """The history as the account stands now."""
        if self._history is None:
            if self._load is None:
                raise HistoryNeeded("the past of the account changed; bill it with its history", field="account",
                                    value=self.account.number)  # fmt: skip
            self._history = self._load()
            for fact in self._recorded:
                self._history.apply(fact)
            self._recorded = []
        return self._history

    def apply(self, facts: Iterable[Event]) -> None:
        """Move the account on."""
        for fact in facts:
            self.account.apply(fact)
            self.note([fact])

    def note(self, facts: Iterable[Event]) -> None:
        """Move the history on by events that the account shows already."""
        for fact in facts:
            if self._history is None:
                self._recorded.append(fact)
            else:
                self._history.apply(fact)


class Upto(NamedTuple):
    """The day up to and including which an account is billed, and the business date on which it is billed."""

    on: date
    today: date


class DueBill(NamedTuple):
    """A bill and the day on which it is posted."""

    on: date
    bill: Bill


def bills(
    billed: BilledAccount, catalogue: Catalogue, upto: Upto, memo: MemoOfIdenticalSubscriptions | None = None
) -> Iterator[DueBill]:
    """Each bill of an account up to a day; the account must be moved on by its events before the next one is asked for.

    Refusals of rules are raised; `HistoryNeeded` only if the history cannot be read.
    """
    while (due := next_bill(billed, catalogue, upto, memo)) is not None:
        yield due


def next_bill(
    billed: BilledAccount, catalogue: Catalogue, upto: Upto, memo: MemoOfIdenticalSubscriptions | None = None
) -> DueBill | None:
    """The first of the bills up to a day; None if nothing is to be decided."""
    account = billed.account
    on = decision_on(account, upto)
    if on is None:
        return None
    today = upto.today if account.prepaid is None else min(upto.on, upto.today)
    # A changed past needs the history in any case: to find that out later decides the other subscriptions for nothing.
    is_changed = any(entry.changed_from is not None for entry in account.subscriptions.values())
    history = billed.require_history() if is_changed else None
    try:
        bill = decide_bill(account, catalogue, on, history, today, memo)
    except HistoryNeeded:
        bill = decide_bill(account, catalogue, on, billed.require_history(), today, memo)
    posted_on = upto.today if account.prepaid is None else min(on, upto.today)
    return None if bill is None else DueBill(posted_on, bill)


def decision_on(account: Account, upto: Upto) -> date | None:
    """The day on which an account is decided next; None if nothing is to be decided, as before it was opened."""
    if upto.today < account.opened_on:
        return None
    due_on = account_due_on(account)
    if due_on is not None and due_on <= upto.on:
        return upto.on if account.prepaid is None else due_on
    is_due = past_changed(account) or bool(account.pending_by_key) or waits_parked(account, upto.on)
    return upto.on if is_due else None
