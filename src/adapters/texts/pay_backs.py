"""Batches of pay-backs, in words."""

from __future__ import annotations

from adapters.texts.amounts import counted, money
from adapters.texts.sentences import Sentences
from billing_core.pay_backs.events import (
    PayBackBatchCancelled,
    PayBackBatchClosed,
    PayBackBatchDrawnUp,
    PayBackBatchFrozen,
    PayBackBatchSent,
    PayBackLeftOut,
    PayBackListed,
    PayBackReturned,
    PayBackTakenOff,
)

SENTENCES: Sentences = {
    PayBackBatchDrawnUp: lambda fact: f"batch {fact.number} of seller {fact.seller}, in {fact.currency}",
    PayBackListed: lambda fact: f"{money(fact.amount)} of account {fact.account} to {fact.payee}, {fact.iban}",
    PayBackLeftOut: lambda fact: f"account {fact.account} with {money(fact.amount)}, because: {fact.reason}",
    PayBackTakenOff: lambda fact: f"account {fact.account}, because: {fact.reason}",
    PayBackBatchFrozen: lambda fact: (
        f"{money(fact.amount)} to {counted(fact.accounts, 'account')}, to be paid on {fact.pay_on}"
    ),
    PayBackBatchSent: lambda fact: "given to the bank",
    PayBackReturned: lambda fact: f"{money(fact.amount)} of account {fact.account}, because: {fact.reason}",
    PayBackBatchClosed: lambda fact: "carried out by the bank",
    PayBackBatchCancelled: lambda fact: f"because: {fact.reason}",
}
