"""Take payments that kiosks and wallets report, each once, and take them back; keep what was refused.

One command is one transaction of the database: the fact of the kiosk and the payment on the account are written
together, so a message whose answer was lost finds its first answer when it comes again.
"""

from __future__ import annotations

from datetime import date

from billing_core.accounts.account import Account, apply_account
from billing_core.accounts.taken_back import TakenBack, take_back_payment
from billing_core.kernel.errors import BillingError, NotFound
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.kiosks.connections import WALLETS, Kiosk
from billing_core.kiosks.transactions import (
    KioskAnswer,
    KioskMessageRefused,
    KioskPaymentAsked,
    KioskPaymentCancelled,
    KioskPaymentRefused,
    KioskPaymentTaken,
    KioskTransaction,
    Step,
    Verdict,
    apply_kiosk_transaction,
    counted_on,
    is_for_good,
    is_the_same,
    number_of,
    refusal_of,
    require_transaction,
    shown_key,
)
from billing_core.payments.events import PaymentReceived, payment_id
from billing_core.payments.remittances import (
    RemittanceReceived,
    is_of_remittance,
    is_same_money,
    receive_remittance,
    remittance_stream,
    sender_of,
)
from commands.accounts import account_stream
from commands.kiosks.connections import load_kiosk
from commands.payments.account import booked, load_where_it_is
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.concerns import HOUSE, Concerns
from commands.platform.ports import Append, Origin, Transaction

KNOWN_OTHERWISE = "this transaction was another payment, of another payer or amount"

# --- commands


class PayByKiosk(Command, frozen=True, kw_only=True):
    """Take a payment that a kiosk or wallet reports. The same transaction gets its first answer for ever.

    `typed` is what the payer typed, `account` whose account that is, if anybody's. `paid_on` is the other side's date.
    What is refused is an answer, too, and no error: `verdict` and `reason` say it.
    """

    kiosk: str
    transaction: str
    typed: str
    account: str
    amount: Money
    paid_on: date | None = None
    payer_account: str = ""


class CancelKioskPayment(Command, frozen=True, kw_only=True):
    """Take a payment back that a kiosk took, on the day on which it was taken. `cancellation` is the other side's id.

    On a later day it is refused: what was paid may have brought services back, and the day's register has it.
    """

    kiosk: str
    transaction: str
    cancellation: str


class NoteKioskRefusal(Command, frozen=True, kw_only=True):
    """Keep that a message of a kiosk was refused, and why; `left_out` others like it were only counted."""

    kiosk: str
    transaction: str = ""
    step: Step
    verdict: Verdict
    reason: str
    sent_from: str = ""
    left_out: int = 0


# --- handlers


def transaction_stream(kiosk: str, transaction: str) -> str:
    return f"kiosk-transaction/{kiosk}:{transaction}"


def handle_pay_by_kiosk(command: PayByKiosk, transaction: Transaction, origin: Origin) -> Decision:
    stream = transaction_stream(command.kiosk, require_transaction(command.transaction))
    kiosk, _ = load_kiosk(transaction, command.kiosk)
    asked = KioskPaymentAsked(transaction=command.transaction, typed=command.typed, amount=command.amount,
                              paid_on=counted_on(command.paid_on or origin.today, origin.today))  # fmt: skip
    known, version = transaction.load(stream, apply_kiosk_transaction)
    if known is not None:
        return _repeated(command, known, is_same=is_the_same(known, asked, kiosk.terms.payer_key), origin=origin)
    typed = shown_key(asked.typed, kiosk.terms.payer_key)
    account, account_version = _account_of(command, kiosk, transaction)
    answer = refusal_of(kiosk, asked, origin.today) or _refused_by(kiosk, asked, account)
    if answer is not None and not is_for_good(answer.verdict):
        return Decision((_note(command, "pay", answer, origin),), _result(answer))
    if answer is not None:
        refused = KioskPaymentRefused(
            effective_on=origin.today, kiosk=kiosk.code, transaction=asked.transaction, typed=typed,
            amount=asked.amount, answer=answer,
        )  # fmt: skip
        return Decision((Append(stream, version, [refused]),), _result(answer))
    money = _money(kiosk, command, asked, account)
    answer = KioskAnswer("ok", number_of(kiosk.code, asked.transaction))
    taken = KioskPaymentTaken(
        effective_on=asked.paid_on, kiosk=kiosk.code, transaction=asked.transaction, typed=typed,
        account=account.number if account else "", amount=asked.amount, answer=answer,
    )  # fmt: skip
    try:
        appends = _booked(money, account, account_version, transaction, origin)
    except BillingError as error:
        answer = KioskAnswer("refused", answer.number, error.message)
        return Decision((_note(command, "pay", answer, origin),), _result(answer))
    return Decision((Append(stream, version, [taken]), *appends), _result(answer))


def _account_of(command: PayByKiosk, kiosk: Kiosk, transaction: Transaction) -> tuple[Account | None, int]:
    """The account, if it is one of the seller's; otherwise nobody is known by what was typed."""
    if not command.account:
        return None, 0
    account, version = transaction.load(account_stream(command.account), apply_account)
    if account is None or account.seller != kiosk.terms.seller:
        return None, 0
    return account, version


def _refused_by(kiosk: Kiosk, asked: KioskPaymentAsked, account: Account | None) -> KioskAnswer | None:
    """Why nothing is booked on an account. A wallet has the money already: it waits as a remittance without one."""
    number = number_of(kiosk.code, asked.transaction)
    if account is None:
        return (
            None if kiosk.terms.protocol in WALLETS else KioskAnswer("unknown-payer", number, "nobody is known by it")
        )
    if account.currency != asked.amount.currency:
        reason = f"{asked.amount} cannot be paid to an account in {account.currency}"
        return KioskAnswer("refused", number, reason)
    return None


def _repeated(command: PayByKiosk, known: KioskTransaction, *, is_same: bool, origin: Origin) -> Decision:
    """The first answer; for another payment under the same id a refusal, which is kept."""
    if is_same:
        return Decision((), _result(known.answer, is_repeated=True))
    answer = KioskAnswer("known", known.answer.number, KNOWN_OTHERWISE)
    return Decision((_note(command, "pay", answer, origin),), _result(answer, is_repeated=True))


def _result(answer: KioskAnswer, *, is_repeated: bool = False) -> dict[str, object]:
    return {"verdict": answer.verdict, "number": answer.number, "reason": answer.reason, "is_repeated": is_repeated}


def _note(command: PayByKiosk | CancelKioskPayment, step: Step, answer: KioskAnswer, origin: Origin) -> Append:
    """A refusal on a stream of its own: many may come at once, and none waits for another."""
    refused = KioskMessageRefused(
        effective_on=origin.today, kiosk=command.kiosk, transaction=command.transaction, step=step,
        verdict=answer.verdict, reason=answer.reason, sent_from=origin.source,
    )  # fmt: skip
    return Append(refusal_stream(origin), 0, [refused])


def refusal_stream(origin: Origin) -> str:
    return f"kiosk-refusal/{origin.command_id}"


def _money(
    kiosk: Kiosk, command: PayByKiosk, asked: KioskPaymentAsked, account: Account | None
) -> PaymentReceived | RemittanceReceived:
    """What came in: a payment of the account, or money of nobody who is known."""
    source, reference = kiosk.source, asked.transaction
    said = {
        "effective_on": asked.paid_on, "source": source, "reference": reference, "amount": asked.amount,
        "method": kiosk.terms.method, "payment_reference": asked.typed, "payer_account": command.payer_account,
    }  # fmt: skip
    if account is None:
        return RemittanceReceived(**said, sender=sender_of(payment_id(source, reference)))  # type: ignore[arg-type]
    return PaymentReceived(**said, customer=account.customer)  # type: ignore[arg-type]


def _booked(
    money: PaymentReceived | RemittanceReceived, account: Account | None, version: int, transaction: Transaction,
    origin: Origin,
) -> list[Append]:  # fmt: skip
    """What is written of the money; nothing if somebody recorded the same money by hand, as from a register."""
    stream = account_stream(account.number) if account else remittance_stream(money.payment)
    (claim,) = money.claims(stream)
    holder = transaction.holder(claim)
    if holder is not None:
        if is_of_remittance(holder) or is_same_money(claim, holder):
            return []
        raise NotFound(f"is recorded as {holder.content} already", field="payment", value=money.payment)
    if isinstance(money, RemittanceReceived) or account is None:
        assert isinstance(money, RemittanceReceived)
        return [Append(stream, 0, receive_remittance(money))]
    return [booked(account, version, money, None, transaction, origin)]


def handle_cancel_kiosk_payment(command: CancelKioskPayment, transaction: Transaction, origin: Origin) -> Decision:
    kiosk, _ = load_kiosk(transaction, command.kiosk)
    stream = transaction_stream(kiosk.code, require_transaction(command.transaction))
    known, version = transaction.load(stream, apply_kiosk_transaction)
    number = number_of(kiosk.code, command.transaction)
    reason = _objection(known, origin.today)
    if known is None or reason:
        answer = KioskAnswer("refused", number, reason)
        return Decision((_note(command, "cancel", answer, origin),), _result(answer))
    answer = KioskAnswer("ok", number)
    if known.cancelled_by is not None:
        return Decision((), _result(answer, is_repeated=True))
    payment = payment_id(kiosk.source, command.transaction)
    account, account_version, history = load_where_it_is(transaction, known.account, payment)
    taken = TakenBack(payment, known.amount, f"cancelled by kiosk {kiosk.code}", origin.today)
    try:
        reversed_: list[Event] = take_back_payment(account, account_version, history, taken, origin.today)
    except BillingError as error:
        answer = KioskAnswer("refused", number, error.message)
        return Decision((_note(command, "cancel", answer, origin),), _result(answer))
    cancelled = KioskPaymentCancelled(
        effective_on=origin.today, kiosk=kiosk.code, transaction=command.transaction, account=account.number,
        amount=known.amount, cancellation=command.cancellation,
    )  # fmt: skip
    appends = (Append(stream, version, [cancelled]), Append(account_stream(account.number), account_version, reversed_))
    return Decision(appends, _result(answer))


def _objection(known: KioskTransaction | None, today: date) -> str:
    """Why a payment cannot be taken back by the other side; empty if it can be."""
    if known is None or known.answer.verdict != "ok":
        return "no payment was taken under this id"
    if known.cancelled_by is not None:
        return ""
    if not known.account:
        return "the money came in for nobody who was known; an operator gives it back"
    return "" if known.taken_on == today else f"was taken on {known.taken_on}; only the same day it can be cancelled"


def handle_note_kiosk_refusal(command: NoteKioskRefusal, transaction: Transaction, origin: Origin) -> Decision:
    load_kiosk(transaction, command.kiosk)
    refused = KioskMessageRefused(
        effective_on=origin.today, kiosk=command.kiosk, transaction=command.transaction, step=command.step,
        verdict=command.verdict, reason=command.reason, sent_from=command.sent_from, left_out=command.left_out,
    )  # fmt: skip
    return Decision((Append(refusal_stream(origin), 0, [refused]),))


CONCERNS: Concerns = dict.fromkeys((PayByKiosk, CancelKioskPayment, NoteKioskRefusal), HOUSE)
HANDLERS: Handlers = {
    PayByKiosk: handle_pay_by_kiosk,
    CancelKioskPayment: handle_cancel_kiosk_payment,
    NoteKioskRefusal: handle_note_kiosk_refusal,
}
