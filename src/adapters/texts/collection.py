"""Old debts, in words: agencies, late interest, limitation, calls."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from adapters.texts.amounts import counted, money
from adapters.texts.sentences import Sentences
from billing_core.accounts.account import Account
from billing_core.dunning.calls import CallClosed, CallNoted, CallResultsSet, CallWanted
from billing_core.dunning.collection import (
    AgencyFeeNoted,
    CollectionAgencySet,
    CollectionBatchDrawnUp,
    HandedToCollection,
    TakenBackFromCollection,
)
from billing_core.dunning.interest import InterestTablePublished, LateInterestCharged
from billing_core.dunning.limitation import LimitationRenewed, LimitationTermSet


def _agency_set(fact: CollectionAgencySet) -> str:
    terms = f", terms: {fact.agency.terms}" if fact.agency.terms else ""
    return f"collection agency {fact.agency.code}: {fact.agency.name}{terms}"


def _handed(fact: HandedToCollection) -> str:
    items = ", ".join(f"invoice {item.invoice} with {money(item.open)} open" for item in fact.items)
    return f"handed to agency {fact.agency}: {items}"


def _taken_back(fact: TakenBackFromCollection) -> str:
    return f"taken back from agency {fact.agency}: {', '.join(fact.invoices)}, because: {fact.reason}"


def _fee(fact: AgencyFeeNoted) -> str:
    instead = "" if fact.before is None else f", not {money(fact.before)},"
    return (
        f"fee {money(fact.fee)}{instead} of agency {fact.agency} for payment {fact.payment} on invoice {fact.invoice}"
    )


def _batch(fact: CollectionBatchDrawnUp) -> str:
    held = f", {counted(len(fact.held), 'other')} held back" if fact.held else ""
    return f"file {fact.number} for agency {fact.agency}, {counted(len(fact.items), 'item')}{held}"


def _table(fact: InterestTablePublished) -> str:
    last = fact.table.rates[-1]
    kept = ", the rate of the delay is kept" if fact.table.follows == "kept-from-delay" else ""
    return f"late interest {fact.table.code}: {last.percent:f}% a year from {last.from_on}{kept}"


def _charged(fact: LateInterestCharged) -> str:
    days = f"from {fact.from_on} to {fact.upto_on}"
    return f"late interest {money(fact.amount)} on invoice {fact.invoice} {days}, on document {fact.document}"


def _term(fact: LimitationTermSet) -> str:
    if fact.term is None:
        return f"items of {fact.seller} lapse by the term of its country"
    start = "the end of the year" if fact.term.counts_from == "year-end" else "the due date"
    return f"items of {fact.seller} lapse {counted(fact.term.years, 'year')} after {start}"


def _renewed(fact: LimitationRenewed) -> str:
    return f"invoice {fact.invoice} {fact.how} on {fact.effective_on}, reference {fact.reference}"


def _results(fact: CallResultsSet) -> str:
    return f"results of calls: {', '.join(result.code for result in fact.results)}"


def _noted(fact: CallNoted) -> str:
    after = "no further call" if fact.next_try_on is None else f"to be called again from {fact.next_try_on}"
    return f"called: {fact.result}, {after}" + (f"; {fact.note}" if fact.note else "")


def _account_lines(account: Account, on: date) -> Iterator[str]:
    """Who collects which of the open items, and the call that is wanted."""
    debts = account.dunning.debts
    for invoice in account.ledger.open_items:
        if invoice in debts.collected:
            yield f"invoice {invoice} is collected by agency {debts.collected[invoice]}"
    if debts.call is not None:
        yield f"to be called from {debts.call.next_try_on}, on the list since {debts.call.since_on}"


SENTENCES: Sentences = {
    CollectionAgencySet: _agency_set,
    HandedToCollection: _handed,
    TakenBackFromCollection: _taken_back,
    AgencyFeeNoted: _fee,
    CollectionBatchDrawnUp: _batch,
    InterestTablePublished: _table,
    LateInterestCharged: _charged,
    LimitationTermSet: _term,
    LimitationRenewed: _renewed,
    CallResultsSet: _results,
    CallWanted: lambda fact: f"to be called: {fact.reason}",
    CallNoted: _noted,
    CallClosed: lambda fact: f"no longer to be called: {fact.reason}",
}
ACCOUNT_LINES = _account_lines
