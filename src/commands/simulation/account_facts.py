"""Facts of an account in a scenario, each by the rules of its kind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from billing_core.accounts.account import Account
from billing_core.accounts.debtor import promisor_of
from billing_core.accounts.events import AccountBillingDayChanged
from billing_core.accounts.items import charge_once
from billing_core.accounts.opening import change_billing_day
from billing_core.dunning.facts import (
    DunningPaused,
    DunningPauseEnded,
    InsolvencyEnded,
    InsolvencyNoted,
    ItemDisputed,
    ItemDisputeEnded,
)
from billing_core.dunning.stops import (
    dispute_item,
    end_dispute,
    end_insolvency,
    end_pause,
    note_insolvency,
    pause_dunning,
)
from billing_core.kernel.events import Event
from billing_core.kernel.money import require_amount
from billing_core.payments.events import PaymentReceived
from billing_core.payments.ledger import PaymentHistory
from billing_core.payments.receiving import receive, reverse_payment
from billing_core.promises import PromiseTerms, open_promise
from commands.simulation.scenario import OfAccount, PaymentToReverse, PromiseToOpen, Stop


class Known(NamedTuple):
    """What a decision about an account is made with; `number` distinguishes a fee from other items."""

    account: Account
    payments: PaymentHistory
    promise_terms: PromiseTerms | None
    number: int
    today: date


def facts_of_account(fact: OfAccount, known: Known) -> Sequence[Event]:
    """The result of a fact of the account, by the rules of its kind."""
    ledger = known.account.ledger
    match fact:
        case PaymentReceived():
            return receive(ledger, fact, fact.payment_reference or None)
        case PaymentToReverse(payment=payment, reason=reason, amount=amount):
            return reverse_payment(ledger, known.payments, payment, reason, known.today, amount)
        case AccountBillingDayChanged():
            return change_billing_day(known.account, fact)
        case PromiseToOpen(until=until):
            return _promised(known, until)
    return _stopped(fact, known.account)


def _stopped(fact: Stop, account: Account) -> Sequence[Event]:
    """What keeps items from counting, or no longer does."""
    match fact:
        case ItemDisputed():
            return dispute_item(account.ledger, account.dunning, fact)
        case ItemDisputeEnded():
            return end_dispute(account.dunning, fact)
        case DunningPaused():
            return pause_dunning(account.ledger, account.dunning, fact)
        case DunningPauseEnded():
            return end_pause(account.dunning, fact)
        case InsolvencyNoted():
            return note_insolvency(account.dunning, fact)
        case InsolvencyEnded():
            return end_insolvency(account.dunning, fact)


def _promised(known: Known, until: date) -> list[Event]:
    """A promise on the terms of the scenario, and its price."""
    account, terms = known.account, known.promise_terms
    promisor = promisor_of(account, known.today)
    events = open_promise(account.promises, terms, promisor, [until], [promisor.owed], known.today)
    if terms is not None and terms.price:
        net = require_amount(terms.price, account.currency, "price")
        events += charge_once(account, known.number, "Promised payment", net, terms.vat_rate, known.today)
    return events
