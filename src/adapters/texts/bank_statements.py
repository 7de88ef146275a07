"""Statements of banks in words: what was recorded, booked, corrected and taken back."""

from __future__ import annotations

from adapters.texts.amounts import counted, money
from adapters.texts.sentences import Sentences
from billing_core.bank_statements.accounts import BankAccountRegistered
from billing_core.bank_statements.recorded import (
    MovementBooked,
    MovementCorrected,
    MovementTookBack,
    StatementBooked,
    StatementDismissed,
    StatementOverruled,
    StatementRecorded,
)
from billing_core.bank_statements.uses import Use

USES: dict[Use, str] = {
    "income": "income",
    "outgoing": "outgoing transfer",
    "fee": "fee of the bank",
    "interest": "interest",
    "collected": "collected debits",
    "deposit": "cash deposit",
    "payout": "payout of what is booked already",
    "returned": "own transfer that came back",
    "return": "return of a debit",
    "reversal": "reversal",
    "other": "other movement",
}


def _registered(fact: BankAccountRegistered) -> str:
    account = fact.account
    currency = f" in {account.currency}" if account.currency else ""
    source = "" if account.source == account.iban else f", payments of source {account.source}"
    payouts = f"; payouts come from {', '.join(account.payouts_from)}" if account.payouts_from else ""
    return f"bank account {account.iban}{currency} of seller {account.seller}{source}{payouts}"


def _recorded(fact: StatementRecorded) -> str:
    number = f"statement {fact.number}" if fact.number else "statement"
    waits = f"; it waits: {'; '.join(fact.findings)}" if fact.findings else ""
    span = f"from {fact.from_on} to {fact.effective_on}"
    return f"{number} of {fact.account} {span} with {counted(fact.movements, 'movement')}{waits}"


def _booked(fact: MovementBooked) -> str:
    who = f", {fact.counterparty}" if fact.counterparty else ""
    reason = f", reason {fact.return_reason}" if fact.return_reason else ""
    return f"{USES[fact.use]} {fact.movement} of {money(fact.amount)}{who}{reason}"


def _corrected(fact: MovementCorrected) -> str:
    return f"{fact.movement} from {USES[fact.before]} to {USES[fact.use]}, because: {fact.reason}"


def _took_back(fact: MovementTookBack) -> str:
    of_account = f" of account {fact.account}" if fact.account else ", which waited"
    return f"{fact.movement} took back {fact.payment}{of_account}"


def _ended(fact: StatementBooked) -> str:
    return (
        f"{counted(fact.matched, 'payment')} booked, {fact.waiting:,} waiting, {fact.others:,} that are no income, "
        f"{fact.known:,} known before, {len(fact.rejected):,} rejected"
    )


SENTENCES: Sentences = {
    BankAccountRegistered: _registered,
    StatementRecorded: _recorded,
    StatementOverruled: lambda fact: f"because: {fact.reason}",
    StatementDismissed: lambda fact: f"because: {fact.reason}",
    MovementBooked: _booked,
    MovementCorrected: _corrected,
    MovementTookBack: _took_back,
    StatementBooked: _ended,
}
