"""Say after how many years the items of a seller lapse, and note what renews the term of an item."""

from __future__ import annotations

from datetime import date

from billing_core.dunning.limitation import How, LimitationRenewed, LimitationTerm, apply_term, renew, set_term
from commands.accounts import account_stream, load_account
from commands.parties import load_seller
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.concerns import HOUSE, Concerns
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class SetLimitationTerm(Command, frozen=True, kw_only=True):
    """The items of a seller lapse by this term from today on; without a term by that of the seller's country."""

    seller: str
    term: LimitationTerm | None = None


class RenewLimitation(Command, frozen=True, kw_only=True):
    """The debtor acknowledged an open invoice, or its claim was filed at a court, on the date `on`, today unless said.

    An acknowledgement begins a new term; what was filed does not lapse. `reference` is that of the letter or the court.
    """

    account: str
    invoice: str
    how: How
    reference: str
    on: date | None = None


# --- handlers


def term_stream(seller: str) -> str:
    return f"limitation-term/{seller}"


def handle_set_term(command: SetLimitationTerm, transaction: Transaction, origin: Origin) -> Decision:
    load_seller(transaction, command.seller)
    stream = term_stream(command.seller)
    known, version = transaction.load(stream, apply_term)
    return Decision((Append(stream, version, set_term(known, command.seller, command.term, origin.today)),))


def handle_renew(command: RenewLimitation, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    fact = LimitationRenewed(effective_on=command.on or origin.today, invoice=command.invoice, how=command.how,
                             reference=command.reference)  # fmt: skip
    events = renew(account.ledger.open_items, fact, origin.today)
    return Decision((Append(account_stream(account.number), version, events),))


HANDLERS: Handlers = {SetLimitationTerm: handle_set_term, RenewLimitation: handle_renew}
CONCERNS: Concerns = {SetLimitationTerm: HOUSE}
