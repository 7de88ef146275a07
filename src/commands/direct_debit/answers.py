"""Record the answers of a bank or the post to debits: payments, payments taken back, mandates, fees.

Every answer changes the batch, the account and the mandate in one transaction, so it counts once or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from billing_core.accounts.account import Account
from billing_core.accounts.items import charge_once
from billing_core.accounts.taken_back import TakenBack, all_of, take_back_payment
from billing_core.direct_debit.answers import (
    Answered,
    DebitAnswer,
    answer_debit,
    collect_debit,
    mandate_after,
    paid_on,
)
from billing_core.direct_debit.batch_events import (
    Debit,
    DebitRejected,
    DebitReturned,
    batch_of,
    batch_stream,
    payment_source,
)
from billing_core.direct_debit.batches import DebitBatch, apply_batch, part_of, send_batch
from billing_core.direct_debit.mandates import Mandate, apply_mandate, mandate_stream, use_mandate
from billing_core.direct_debit.reasons import code_in
from billing_core.direct_debit.settling import settle_debit
from billing_core.direct_debit.terms import DebitTerms
from billing_core.kernel.errors import BillingError, InvalidValue, RuleViolation
from billing_core.kernel.events import Event
from billing_core.kernel.money import require_amount
from billing_core.payments.events import PaymentMethod, PaymentReceived, PaymentReversed, payment_id
from commands.accounts import account_stream, load_account
from commands.direct_debit.batches import load_batch
from commands.direct_debit.mandates import load_mandate
from commands.direct_debit.terms import terms_of
from commands.payments.account import load_where_it_is, served_again
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.concerns import HOUSE, Concerns
from commands.platform.event_log import RecordedEvent
from commands.platform.ports import Append, Origin, Transaction
from commands.platform.reactions import Reaction
from commands.platform.wakes import WakeHandlers, WakeUp

MOST_ANSWERS = 1_000

# --- commands


class RecordDebitAnswers(Command, frozen=True, kw_only=True):
    """Record what a bank or the post says of debits of a batch, each named once.

    An answer that a rule refuses is listed as rejected with its reason, and the others count. The same again changes
    nothing.
    """

    batch: str
    answers: tuple[DebitAnswer, ...]


class CollectDebits(Command, frozen=True, kw_only=True):
    """Book the debits of a part of a batch that count as collected on their day. The day gives it by itself."""

    batch: str
    part: int


class FollowDebitReturn(Command, frozen=True, kw_only=True):
    """Decide what follows from a debit whose payment was taken back. The reversal gives it by itself.

    `payment` is `debit-SELLER:` and the id of the debit; the first reason code in `reason` counts.
    """

    account: str
    payment: str
    reason: str


# --- what is written


class _Changes:
    """The appends of a decision on a batch, by stream; each account and mandate is changed by one debit at most."""

    def __init__(self, batch: DebitBatch, version: int, transaction: Transaction, origin: Origin) -> None:
        self.batch = batch
        self.terms: DebitTerms = terms_of(transaction, batch.drawn_up.seller)
        self.transaction = transaction
        self.origin = origin
        self.own = Append(batch_stream(batch.name), version, [])
        self.others: list[Append] = []

    def sent(self) -> None:
        """An answer proves that the bank has the file, whether or not that was noted."""
        if self.batch.stage == "frozen":
            self._note(send_batch(self.batch, "", self.origin.today))

    def add(self, answered: Answered, answer: DebitAnswer, *, is_reversed: bool = False) -> None:
        """What one answer changes; nothing of it if a rule of the account refuses it."""
        debit = self.batch.debits[answer.end_to_end].debit
        appends = [*self._on_account(answered, debit, answer, is_reversed=is_reversed)]
        appends += self._on_mandate(answered, debit, answer)
        self._require_first(appends, answer)
        self._note(answered.facts)
        self.others += appends

    def decision(self, result: dict[str, Any] | None = None) -> Decision:
        appends = [self.own, *self.others] if self.own.events else []
        return Decision(tuple(appends), result or {})

    def _note(self, facts: Iterable[Event]) -> None:
        for fact in facts:
            apply_batch(self.batch, fact)
            self.own = self.own._replace(events=[*self.own.events, fact])

    def _on_account(
        self, answered: Answered, debit: Debit, answer: DebitAnswer, *, is_reversed: bool
    ) -> Iterable[Append]:
        if not (answered.is_paid or answered.is_taken_back or answered.is_charged):
            return
        account, version = load_account(self.transaction, debit.account)
        events: list[Event] = []
        if answered.is_paid:
            events += self._paid(account, version, debit, answer)
        if answered.is_taken_back and not is_reversed:
            back = self._taken_back(debit, answer)
            if back.stream == account_stream(account.number):
                events += back.events
            else:
                yield back
        if answered.is_charged:
            events += self._fee(account, version + len(events))
        if events:
            yield Append(account_stream(account.number), version, events)

    def _taken_back(self, debit: Debit, answer: DebitAnswer) -> Append:
        """The payment is taken back on the account on which it is now, also what was given back of it before."""
        payment = payment_id(payment_source(self.batch.drawn_up.seller), answer.end_to_end)
        found = load_where_it_is(self.transaction, debit.account, payment)
        reason, today = f"returned debit: {answer.reason or 'no reason given'}", self.origin.today
        taken = TakenBack(payment, all_of(found.history, payment), reason, today)
        events = take_back_payment(found.account, found.version, found.history, taken, today)
        return Append(account_stream(found.account.number), found.version, events)

    def _require_first(self, appends: Iterable[Append], answer: DebitAnswer) -> None:
        """A payment that was moved may be on an account that another answer has changed."""
        if {each.stream for each in appends} & {each.stream for each in self.others}:
            raise RuleViolation("is on an account that another of these answers changes; give this one by itself",
                                field="debit", value=answer.end_to_end)  # fmt: skip

    def _paid(self, account: Account, version: int, debit: Debit, answer: DebitAnswer) -> list[Event]:
        mandate, _ = load_mandate(self.transaction, debit.mandate)
        told = mandate.details[debit.amendments]
        method: PaymentMethod = "sipo" if mandate.signed.scheme == "sipo" else "direct-debit"
        payment = PaymentReceived(
            effective_on=paid_on(self.batch, answer.on, self.origin.today), customer=account.customer,
            source=payment_source(self.batch.drawn_up.seller), reference=answer.end_to_end, amount=debit.amount,
            method=method, payer=told.payer, payer_account=told.payer_account,
        )  # fmt: skip
        events = settle_debit(account.ledger, payment, debit.items)
        for fact in events:
            account.apply(fact)
        return [*events, *served_again(account, version, events, self.transaction, self.origin)]

    def _fee(self, account: Account, version: int) -> list[Event]:
        """The fee of the seller for a debit that was not paid, an item of the account's next invoice."""
        if not self.terms.return_fee:
            return []
        net = require_amount(self.terms.return_fee, account.currency, "return fee")
        vat_rate = self.terms.return_fee_vat_rate
        return charge_once(account, version, "Returned direct debit", net, vat_rate, self.origin.today)

    def _on_mandate(self, answered: Answered, debit: Debit, answer: DebitAnswer) -> Iterable[Append]:
        """A debit that the bank took uses its mandate, for good or until it is suspended or ended by a refusal."""
        mandate, version = load_mandate(self.transaction, debit.mandate)
        events: list[Event] = []
        for fact in answered.facts:
            if not isinstance(fact, DebitRejected):
                events += _folded(mandate, self._used(mandate, debit, answer.end_to_end))
            if isinstance(fact, DebitRejected | DebitReturned):
                after = mandate_after(mandate, fact.consequence, answer.reason, self.origin.today)
                events += _folded(mandate, after)
        if events:
            yield Append(mandate_stream(debit.mandate), version, events)

    def _used(self, mandate: Mandate, debit: Debit, end_to_end: str) -> list[Event]:
        if mandate.last_debit == end_to_end:
            return []
        collect_on = self.batch.drawn_up.collect_on
        return use_mandate(mandate, end_to_end, debit.sequence, collect_on, self.terms.lapse_months)


def _folded(mandate: Mandate, facts: list[Event]) -> list[Event]:
    for fact in facts:
        apply_mandate(mandate, fact)
    return facts


# --- handlers


def handle_answers(command: RecordDebitAnswers, transaction: Transaction, origin: Origin) -> Decision:
    _require_named_once(command.answers)
    batch, version = load_batch(transaction, command.batch)
    changes = _Changes(batch, version, transaction, origin)
    accepted, unchanged, rejected = 0, 0, []
    for answer in command.answers:
        try:
            answered = answer_debit(batch, answer, changes.terms, origin.today)
            if answered.facts:
                changes.sent()
                changes.add(answered, answer)
        except BillingError as error:
            rejected.append(_rejection(answer, error))
        else:
            accepted += bool(answered.facts)
            unchanged += not answered.facts
    return changes.decision({"accepted": accepted, "unchanged": unchanged, "rejected": rejected})


def _require_named_once(answers: tuple[DebitAnswer, ...]) -> None:
    if len(answers) > MOST_ANSWERS:
        raise InvalidValue(f"must be {MOST_ANSWERS:,} at most", field="number of answers", value=len(answers))
    named: set[str] = set()
    for answer in answers:
        if answer.end_to_end in named:
            raise InvalidValue("is answered twice here; give the later answer by itself", field="debit",
                               value=answer.end_to_end)  # fmt: skip
        named.add(answer.end_to_end)


def _rejection(answer: DebitAnswer, error: BillingError) -> dict[str, str]:
    return {
        "debit": answer.end_to_end, "field": error.field or "", "value": error.value or "", "reason": error.message
    }  # fmt: skip


def handle_collect(command: CollectDebits, transaction: Transaction, origin: Origin) -> Decision:
    batch, version = load_batch(transaction, command.batch)
    changes = _Changes(batch, version, transaction, origin)
    for end_to_end in part_of(batch, command.part):
        collected = collect_debit(batch, end_to_end, changes.terms, origin.today)
        if collected.facts:
            changes.add(collected, DebitAnswer(end_to_end=end_to_end, outcome="collected"))
    return changes.decision()


def handle_follow_return(command: FollowDebitReturn, transaction: Transaction, origin: Origin) -> Decision:
    """A return that this area recorded itself is known already."""
    end_to_end = command.payment.partition(":")[2]
    batch, version = load_batch(transaction, batch_of(end_to_end))
    changes = _Changes(batch, version, transaction, origin)
    answer = DebitAnswer(end_to_end=end_to_end, outcome="returned", reason=code_in(command.reason))
    answered = answer_debit(batch, answer, changes.terms, origin.today)
    if answered.facts:
        changes.add(answered, answer, is_reversed=True)
    return changes.decision()


# --- what happens by itself


def _collect(wake_up: WakeUp) -> CollectDebits:
    return CollectDebits(batch=wake_up.number, part=int(wake_up.subject))


def _follow(entry: RecordedEvent) -> FollowDebitReturn | None:
    fact = entry.event
    assert isinstance(fact, PaymentReversed)
    if not fact.payment.startswith(payment_source("")):
        return None
    return FollowDebitReturn(account=entry.number, payment=fact.payment, reason=fact.reason)


HANDLERS: Handlers = {
    RecordDebitAnswers: handle_answers,
    CollectDebits: handle_collect,
    FollowDebitReturn: handle_follow_return,
}
CONCERNS: Concerns = dict.fromkeys((RecordDebitAnswers, CollectDebits), HOUSE)
REACTIONS = (Reaction("follow-debit-return", (PaymentReversed,), _follow),)
WAKES: WakeHandlers = {"debit-collection": _collect}
