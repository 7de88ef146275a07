"""Which bank accounts are known to pay for an account: learnt when a person assigns money, forgotten on request.

Decides what is known, not what follows from it; that is the rung `payer-account` of the matching ladder. A bank account
is kept in one form, so that an IBAN and the domestic number of the same account are one:

    learn CZ65 0800 0000 1920 0014 5399      19-2000145399/0800 pays for account 1001
    learn 19-2000145399/0800                 nothing new
    forget 19-2000145399/0800                nobody is known any more
"""

from __future__ import annotations

from billing_core.kernel.errors import InvalidValue, NotFound
from billing_core.kernel.events import Event, event
from billing_core.kernel.personal import Personal, PersonNumber
from billing_core.parties.details import require_text
from billing_core.payments.matching import as_payer_account


class PayerAccountFact(Event, frozen=True, kw_only=True):
    """Of an account, its customer, and a bank account that pays or paid for it."""

    account: str
    customer: PersonNumber
    payer_account: Personal[str] = ""


@event("payer-account-learnt")
class PayerAccountLearnt(PayerAccountFact, frozen=True, kw_only=True):
    """Money from this bank account is for the account. `remittance` is the one at which it was learnt, if so."""

    remittance: str = ""


@event("payer-account-unlearnt")
class PayerAccountUnlearnt(PayerAccountFact, frozen=True, kw_only=True):
    """The bank account says nothing any more of whose its money is."""


STREAM_KIND = "payer-accounts/"
PayerAccounts = frozenset[str]


def payer_accounts_stream(account: str) -> str:
    return f"{STREAM_KIND}{account}"


def apply_payer_accounts(known: PayerAccounts | None, fact: Event) -> PayerAccounts | None:
    """Fold one event of the stream of an account's payers. Those of a forgotten customer are empty."""
    known = known or frozenset()
    match fact:
        case PayerAccountLearnt(payer_account=payer_account):
            return known | {payer_account}
        case PayerAccountUnlearnt(payer_account=payer_account):
            return known - {payer_account}
    return known


def learn_payer(known: PayerAccounts, fact: PayerAccountLearnt) -> list[Event]:
    """Learn a bank account in its one form; one that is known already changes nothing."""
    require_text(fact.payer_account, "payer account")
    return [] if fact.payer_account in known else [fact]


def forget_payer(known: PayerAccounts, fact: PayerAccountUnlearnt) -> list[Event]:
    """Forget a bank account that is known."""
    if fact.payer_account not in known:
        raise NotFound("is not known to pay for this account", field="payer account", value=fact.payer_account)
    return [fact]


def require_payer_account(text: str) -> str:
    """The bank account of money from which something is to be learnt, in its one form."""
    if not text.strip():
        raise InvalidValue("the money names no bank account of its payer, so none can be learnt", field="learn",
                           value=True)  # fmt: skip
    return as_payer_account(text)
