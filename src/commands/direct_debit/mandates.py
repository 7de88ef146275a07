"""Record a mandate, suspend, resume and end it; it lapses by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from billing_core.direct_debit.amendments import Changed, amend_mandate
from billing_core.direct_debit.mandates import (
    MANDATE_CLAIM,
    REFERENCE_CLAIM,
    Mandate,
    MandateSigned,
    apply_mandate,
    end_mandate,
    lapse_mandate,
    mandate_stream,
    months_after,
    require_mandate,
    resume_mandate,
    sign_mandate,
    suspend_mandate,
)
from billing_core.direct_debit.schemes import CURRENCIES, Scheme
from billing_core.direct_debit.terms import require_scheme
from billing_core.kernel.errors import AlreadyExists, RuleViolation
from billing_core.kernel.events import Event
from commands.accounts import load_account
from commands.direct_debit.terms import terms_of
from commands.parties import load_customer_to_serve
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.concerns import HOUSE, Concerns
from commands.platform.ports import Append, Origin, Transaction
from commands.platform.wakes import WakeHandlers, WakeUp

# --- commands


class SignMandate(Command, frozen=True, kw_only=True):
    """Record that a payer signed a mandate for an account, on the date `signed_on`, today unless said.

    `payer_account` is an IBAN, a Czech account with its bank's code, or the connection number of SIPO, as the scheme
    has it; `payer_bank` the BIC, if the seller's bank asks for it. With `is_one_off` it is good for a single debit.
    """

    mandate: str
    account: str
    scheme: Scheme
    payer: str
    payer_account: str
    payer_bank: str = ""
    signed_on: date | None = None
    is_one_off: bool = False


class AmendMandate(Command, frozen=True, kw_only=True):
    """Change what stands on a mandate under the same leave: the payer's account or name, or its reference.

    What is left out stays. `payer_bank` is the BIC of the new account's bank: without it the account counts as one of
    another bank. The next collection tells the payer's bank, once. A changed name or creditor id of the seller needs
    no amendment: the next collection by each mandate tells it by itself.
    """

    mandate: str
    reference: str | None = None
    payer: str | None = None
    payer_account: str | None = None
    payer_bank: str | None = None


class SuspendMandate(Command, frozen=True, kw_only=True):
    """Draw nothing by a mandate until it is resumed."""

    mandate: str
    reason: str


class ResumeMandate(Command, frozen=True, kw_only=True):
    """Draw by a mandate again that was suspended, or was to end with its next debit."""

    mandate: str


class EndMandate(Command, frozen=True, kw_only=True):
    """End a mandate for good, at once or with its next debit."""

    mandate: str
    reason: str
    after_next_debit: bool = False


class LapseMandate(Command, frozen=True, kw_only=True):
    """End a mandate by which nothing was drawn for so long. Its day gives it by itself."""

    mandate: str


# --- handlers


def load_mandate(transaction: Transaction, mandate: str) -> tuple[Mandate, int]:
    """The mandate and its version, or `NotFound`."""
    found, version = transaction.load(mandate_stream(mandate), apply_mandate)
    return require_mandate(found, mandate), version


def last_mandate_of(transaction: Transaction, account: str) -> Mandate | None:
    """The mandate of an account that was signed last, if there is any."""
    claims = transaction.claims_beginning(MANDATE_CLAIM, f"{account}/")
    return transaction.load(claims[-1].stream, apply_mandate)[0] if claims else None


def handle_sign(command: SignMandate, transaction: Transaction, origin: Origin) -> Decision:
    account, _ = load_account(transaction, command.account)
    load_customer_to_serve(transaction, account.customer)
    terms = terms_of(transaction, account.seller)
    require_scheme(terms, command.scheme)
    if account.currency != CURRENCIES[command.scheme]:
        raise RuleViolation(f"collects {CURRENCIES[command.scheme]}, and the account is kept in {account.currency}",
                            field="scheme", value=command.scheme)  # fmt: skip
    stream = mandate_stream(command.mandate)
    known, version = transaction.load(stream, apply_mandate)
    if known is None:
        require_free_reference(transaction, command.mandate)
    before = last_mandate_of(transaction, command.account)
    signed_on = command.signed_on or origin.today
    signed = MandateSigned(
        effective_on=signed_on, mandate=command.mandate, account=account.number, seller=account.seller,
        scheme=command.scheme, number=(before.signed.number if before else 0) + 1,
        lapses_on=months_after(signed_on, terms.lapse_months), is_one_off=command.is_one_off,
        customer=account.customer, payer=command.payer, payer_account=command.payer_account,
        payer_bank=command.payer_bank,
    )  # fmt: skip
    return Decision((Append(stream, version, sign_mandate(known, before, signed, origin.today)),))


def handle_amend(command: AmendMandate, transaction: Transaction, origin: Origin) -> Decision:
    mandate, version = load_mandate(transaction, command.mandate)
    changed = Changed(command.reference, command.payer, command.payer_account, command.payer_bank)
    events = amend_mandate(mandate, changed, origin.today)
    if command.reference not in (None, *(each.reference for each in mandate.details)):
        require_free_reference(transaction, str(command.reference))
    return Decision((Append(mandate_stream(command.mandate), version, events),))


def require_free_reference(transaction: Transaction, reference: str) -> None:
    """No other mandate has or had the reference, by its signature or by an amendment."""
    is_signed = transaction.load(mandate_stream(reference), apply_mandate)[0] is not None
    if is_signed or transaction.claimed(REFERENCE_CLAIM, [reference]):
        raise AlreadyExists("is the reference of another mandate", field="reference", value=reference)


def handle_suspend(command: SuspendMandate, transaction: Transaction, origin: Origin) -> Decision:
    return _changed(command.mandate, transaction, lambda each: suspend_mandate(each, command.reason, origin.today))


def handle_resume(command: ResumeMandate, transaction: Transaction, origin: Origin) -> Decision:
    return _changed(command.mandate, transaction, lambda each: resume_mandate(each, origin.today))


def handle_end(command: EndMandate, transaction: Transaction, origin: Origin) -> Decision:
    return _changed(
        command.mandate, transaction,
        lambda each: end_mandate(each, command.reason, origin.today, after_next_debit=command.after_next_debit),
    )  # fmt: skip


def handle_lapse(command: LapseMandate, transaction: Transaction, origin: Origin) -> Decision:
    return _changed(command.mandate, transaction, lambda each: lapse_mandate(each, origin.today))


def _changed(number: str, transaction: Transaction, decide: Callable[[Mandate], list[Event]]) -> Decision:
    mandate, version = load_mandate(transaction, number)
    return Decision((Append(mandate_stream(number), version, decide(mandate)),))


# --- what happens by itself


def _lapse(wake_up: WakeUp) -> LapseMandate:
    return LapseMandate(mandate=wake_up.number)


HANDLERS: Handlers = {
    SignMandate: handle_sign,
    AmendMandate: handle_amend,
    SuspendMandate: handle_suspend,
    ResumeMandate: handle_resume,
    EndMandate: handle_end,
    LapseMandate: handle_lapse,
}
CONCERNS: Concerns = dict.fromkeys((AmendMandate, SuspendMandate, ResumeMandate, EndMandate, LapseMandate), HOUSE)
WAKES: WakeHandlers = {"mandate-lapse": _lapse}
