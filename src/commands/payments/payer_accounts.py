"""Learn and forget which bank accounts pay for an account."""

from __future__ import annotations

from billing_core.accounts.account import Account
from billing_core.payments.matching import as_payer_account
from billing_core.payments.payer_accounts import (
    PayerAccountLearnt,
    PayerAccounts,
    PayerAccountUnlearnt,
    apply_payer_accounts,
    forget_payer,
    learn_payer,
    payer_accounts_stream,
    require_payer_account,
)
from billing_core.payments.remittances import RemittanceReceived
from commands.accounts import load_account
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class LearnPayerAccount(Command, frozen=True, kw_only=True):
    """Money from this bank account is for the account. The matching rules of the seller say at which rung that counts.

    `payer_account` is an IBAN, or the domestic number as the bank writes it.
    """

    account: str
    payer_account: str


class ForgetPayerAccount(Command, frozen=True, kw_only=True):
    """The bank account says nothing any more of whose its money is; what was booked stays."""

    account: str
    payer_account: str


# --- handlers


def handle_learn_payer_account(command: LearnPayerAccount, transaction: Transaction, origin: Origin) -> Decision:
    account, _ = load_account(transaction, command.account)
    known, version = load_payer_accounts(transaction, account.number)
    fact = PayerAccountLearnt(
        effective_on=origin.today, account=account.number, customer=account.customer,
        payer_account=as_payer_account(command.payer_account),
    )  # fmt: skip
    return Decision((Append(payer_accounts_stream(account.number), version, learn_payer(known, fact)),))


def handle_forget_payer_account(command: ForgetPayerAccount, transaction: Transaction, origin: Origin) -> Decision:
    account, _ = load_account(transaction, command.account)
    known, version = load_payer_accounts(transaction, account.number)
    fact = PayerAccountUnlearnt(
        effective_on=origin.today, account=account.number, customer=account.customer,
        payer_account=as_payer_account(command.payer_account),
    )  # fmt: skip
    return Decision((Append(payer_accounts_stream(account.number), version, forget_payer(known, fact)),))


def learnt(
    account: Account, received: RemittanceReceived, transaction: Transaction, origin: Origin
) -> tuple[Append, ...]:
    """What is learnt as money is assigned; nothing if its payer's bank account is known already."""
    known, version = load_payer_accounts(transaction, account.number)
    fact = PayerAccountLearnt(
        effective_on=origin.today, account=account.number, customer=account.customer, remittance=received.payment,
        payer_account=require_payer_account(received.payer_account),
    )  # fmt: skip
    events = learn_payer(known, fact)
    return (Append(payer_accounts_stream(account.number), version, events),) if events else ()


def unlearnt(number: str, received: RemittanceReceived, transaction: Transaction, origin: Origin) -> tuple[Append, ...]:
    """What was learnt as money was assigned is forgotten with it, unless that was done already."""
    account, _ = load_account(transaction, number)
    known, version = load_payer_accounts(transaction, number)
    payer_account = as_payer_account(received.payer_account)
    if payer_account not in known:
        return ()
    fact = PayerAccountUnlearnt(
        effective_on=origin.today, account=number, customer=account.customer, payer_account=payer_account
    )
    return (Append(payer_accounts_stream(number), version, forget_payer(known, fact)),)


def load_payer_accounts(transaction: Transaction, account: str) -> tuple[PayerAccounts, int]:
    """The bank accounts that are known to pay for an account, and the version of what is known."""
    known, version = transaction.load(payer_accounts_stream(account), apply_payer_accounts)
    return known or frozenset(), version


HANDLERS: Handlers = {
    LearnPayerAccount: handle_learn_payer_account,
    ForgetPayerAccount: handle_forget_payer_account,
}
