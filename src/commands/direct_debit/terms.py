"""Say on which terms a seller collects by direct debit."""

from __future__ import annotations

from billing_core.direct_debit.terms import (
    DebitTerms,
    apply_debit_terms,
    found_terms,
    set_debit_terms,
)
from commands.parties import load_seller
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.concerns import HOUSE, Concerns
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class SetDebitTerms(Command, frozen=True, kw_only=True):
    """Say on which terms a seller collects from today on, complete: its ids, notice, tries, fee, reasons."""

    seller: str
    terms: DebitTerms


# --- handlers


def terms_stream(seller: str) -> str:
    return f"debit-terms/{seller}"


def load_terms(transaction: Transaction, seller: str) -> DebitTerms | None:
    """The terms of a seller; None if it does not collect."""
    return transaction.load(terms_stream(seller), apply_debit_terms)[0]


def terms_of(transaction: Transaction, seller: str) -> DebitTerms:
    """The terms of a seller that collects."""
    return found_terms(load_terms(transaction, seller), seller)


def handle_set_terms(command: SetDebitTerms, transaction: Transaction, origin: Origin) -> Decision:
    load_seller(transaction, command.seller)
    stream = terms_stream(command.seller)
    known, version = transaction.load(stream, apply_debit_terms)
    return Decision((Append(stream, version, set_debit_terms(known, command.seller, command.terms, origin.today)),))


HANDLERS: Handlers = {SetDebitTerms: handle_set_terms}
CONCERNS: Concerns = {SetDebitTerms: HOUSE}
