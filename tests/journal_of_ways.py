"""The journal of events as tables of pandas: desks, cards, kiosks, banks, debits, vouchers and what is given back.

As in `tests.journal`, every row comes from events alone. What has a state has the one of the last event about it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

import pandas as pd

from billing_core.bank_statements import recorded as banks
from billing_core.cards import payments as cards
from billing_core.cash import events as cash
from billing_core.direct_debit import batch_events as debits
from billing_core.kiosks import registers
from billing_core.kiosks import transactions as kiosks
from billing_core.pay_backs import events as pay_backs
from billing_core.payment_requests import requests
from billing_core.payments import events as payments
from billing_core.payments import remittances
from billing_core.vouchers import events as vouchers
from tests.journal import Journal

KINDS_OF_RECEIPTS: dict[type, str] = {
    cash.CashTaken: "taking", cash.CashPaidOut: "pay-out", cash.ReceiptCancelled: "cancellation",
    cash.CashHandedOver: "hand-over", cash.CashAccepted: "acceptance", cash.CashDeposited: "deposit",
    cash.CashReturned: "return",
}  # fmt: skip
STATES_OF_CARDS: dict[type, str] = {
    cards.CardPaymentAsked: "asked", cards.CardPaymentWaits: "waits", cards.CardPaymentSucceeded: "succeeded",
    cards.CardPaymentFailed: "failed", cards.CardPaymentDoubted: "doubted",
}  # fmt: skip
STATES_OF_DEBITS: dict[type, str] = {
    debits.DebitAccepted: "accepted", debits.DebitCollected: "collected", debits.DebitRejected: "rejected",
    debits.DebitReturned: "returned",
}  # fmt: skip
STATES_OF_REQUESTS: dict[type, str] = {
    requests.PaymentRequestPaid: "paid", requests.PaymentRequestReopened: "open",
    requests.PaymentRequestExpired: "expired", requests.PaymentRequestWithdrawn: "withdrawn",
}  # fmt: skip
ACTS: dict[type, str] = {
    remittances.RemittanceAssigned: "assigned", remittances.RemittanceSplit: "split",
    remittances.RemittanceGivenBack: "given back", remittances.RemittanceKept: "other income",
}  # fmt: skip


class WaysJournal(Journal):
    """The ways in which money comes and goes."""

    def receipts(self) -> pd.DataFrame:
        """What was written at the desks, with the day of its session and by how much the till changed."""
        sessions = {each.event.session: each.event for each in self._of(cash.CashSessionOpened)}
        return _table(
            _with(fact.amount, session=fact.session, receipt=fact.receipt, kind=KINDS_OF_RECEIPTS[type(fact)],
                  method=getattr(fact, "method", "cash"), cashier=fact.cashier, account=getattr(fact, "account", ""),
                  desk=sessions[fact.session].desk, business_day=sessions[fact.session].effective_on,
                  cash=fact.cash.amount, came_in=max(fact.cash.amount, 0), went_out=max(-fact.cash.amount, 0))
            for fact in self._facts(*KINDS_OF_RECEIPTS)
        )  # fmt: skip

    def closed_sessions(self) -> pd.DataFrame:
        """By how much the counted cash of sessions differed."""
        sessions = {each.event.session: each.event for each in self._of(cash.CashSessionOpened)}
        return _table(
            _with(
                fact.variance,
                session=fact.session,
                cashier=fact.cashier,
                desk=sessions[fact.session].desk,
                short=max(-fact.variance.amount, 0),
                over=max(fact.variance.amount, 0),
            )
            for fact in self._facts(cash.CashSessionClosed)
        )

    def transits(self) -> pd.DataFrame:
        """Cash that left a till for another one or the bank, and what of it was missing there."""
        ended = {
            fact.transit: fact
            for fact in self._facts(
                cash.HandOverAccepted, cash.HandOverDisputed, cash.HandOverSettled, cash.CashTakenBack,
                cash.DepositConfirmed,
            )
        }  # fmt: skip
        found = []
        for fact in self._facts(cash.CashHandedOver, cash.CashDeposited):
            last = ended.get(fact.receipt)
            if isinstance(last, cash.CashTakenBack):
                continue
            is_open = last is None or isinstance(last, cash.HandOverDisputed)
            missing = getattr(last, "difference", None)
            found.append(_with(
                fact.amount, receipt=fact.receipt, kind=KINDS_OF_RECEIPTS[type(fact)],
                destination=getattr(fact, "to_desk", "") or getattr(fact, "bank_account", ""),
                missing=missing.amount if missing else 0, open=fact.amount.amount if is_open else 0,
            ))  # fmt: skip
        return _table(found)

    def card_payments(self) -> pd.DataFrame:
        """Card payments that were asked, with how they ended, and what was refunded and disputed of them."""
        states = {each.number: each.event for each in self._of(*STATES_OF_CARDS)}
        refunds = {(each.number, each.event.number): each.event
                   for each in self._of(cards.CardRefundAsked, cards.CardRefunded, cards.CardRefundFailed)}  # fmt: skip
        failed = {}
        for each in self._of(cards.CardRefundAsked, cards.CardRefundFailed):
            failed[each.number] = each.event.amount.amount if isinstance(each.event, cards.CardRefundFailed) else 0
        refunded: dict[type, defaultdict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        for (payment, _), last in refunds.items():
            refunded[type(last)][payment] += last.amount.amount
        disputes = {each.number: each.event for each in self._of(cards.CardPaymentDisputed)}
        return _table(
            _with(each.event.amount, card_payment=each.number, gateway=each.event.gateway, way=each.event.way,
                  state=STATES_OF_CARDS[type(states[each.number])],
                  refund_asked=refunded[cards.CardRefundAsked][each.number],
                  refunded=refunded[cards.CardRefunded][each.number], refund_failed=failed.get(each.number, 0),
                  disputed=disputes[each.number].amount.amount if each.number in disputes else 0)
            for each in self._of(cards.CardPaymentAsked)
        )  # fmt: skip

    def movements(self) -> pd.DataFrame:
        """Movements of bank statements, as what they are by now: payments, and what is none."""
        corrected = {fact.movement: fact.use for fact in self._facts(banks.MovementCorrected)}
        found = []
        for each in self._of(banks.MovementBooked, payments.PaymentReceived, remittances.RemittanceReceived):
            fact = each.event
            if isinstance(fact, banks.MovementBooked):
                statement, line, use = each.number, fact.line, corrected.get(fact.movement, fact.use)
            elif " line " in fact.statement and not getattr(fact, "remittance", ""):
                statement, line = fact.statement.split(" line ")
                use = "income"
            else:
                continue
            found.append(_with(
                fact.amount, statement=statement, line=int(line), source=fact.source,
                use=use,
                came_in=max(fact.amount.amount, 0), went_out=max(-fact.amount.amount, 0),
            ))  # fmt: skip
        return _table(found)

    def statements(self) -> pd.DataFrame:
        """Statements as the bank gave them."""
        return _table(
            _with(fact.credits, statement=each.number, credits=fact.credits.amount, debits=fact.debits.amount,
                  difference=fact.difference.amount, movements=fact.movements)
            for each in self._of(banks.StatementRecorded)
            for fact in [each.event]
        )  # fmt: skip

    def debits(self) -> pd.DataFrame:
        """What was to be collected by mandates and was not left out, with how it ended."""
        answered = {fact.end_to_end: fact for fact in self._facts(*STATES_OF_DEBITS)}
        left_out = {name for fact in self._facts(debits.DebitBatchFrozen) for name in fact.left_out}
        found = []
        for each in self._of(debits.DebitBatchDrawnUp):
            for debit in each.event.debits:
                name = debits.end_to_end_id(each.number, debit.number)
                last = answered.get(name)
                state = STATES_OF_DEBITS[type(last)] if last is not None else "drawn"
                if name not in left_out:
                    found.append(_with(
                        debit.amount, batch=each.number, debit=name, account=debit.account, mandate=debit.mandate,
                        state=state, reason=getattr(last, "reason", ""),
                        collected=debit.amount.amount if state == "collected" else 0,
                        came_back=debit.amount.amount if state in ("rejected", "returned") else 0,
                    ))  # fmt: skip
        return _table(found)

    def kiosk_transactions(self) -> pd.DataFrame:
        """What terminals and wallets asked to be taken, and what became of it."""
        paid = {(fact.kiosk, fact.transaction): fact
                for fact in self._facts(kiosks.KioskPaymentTaken, kiosks.KioskPaymentRefused)}  # fmt: skip
        cancelled = {(fact.kiosk, fact.transaction) for fact in self._facts(kiosks.KioskPaymentCancelled)}
        found = []
        for key, fact in paid.items():
            state = "refused"
            if isinstance(fact, kiosks.KioskPaymentTaken):
                state = "cancelled" if key in cancelled else "taken" if fact.account else "waiting"
            amounts = {name: fact.amount.amount if name == state else 0
                       for name in ("taken", "waiting", "cancelled", "refused")}  # fmt: skip
            found.append(_with(fact.amount, kiosk=fact.kiosk, transaction=fact.transaction, state=state,
                               paid_on=fact.effective_on, **amounts))  # fmt: skip
        return _table(found)

    def kiosk_registers(self) -> pd.DataFrame:
        """The registers that were compared, each as it was the last time."""
        last = {(fact.kiosk, fact.register_on): fact for fact in self._facts(registers.KioskRegisterCompared)}
        return _table(
            _with(fact.amount, kiosk=fact.kiosk, register_on=fact.register_on, lines=fact.lines, agreed=fact.agreed,
                  differences=len(fact.differences))
            for fact in last.values()
        )  # fmt: skip

    def vouchers_used(self) -> pd.DataFrame:
        """Vouchers that were redeemed."""
        return _table(
            _with(fact.amount, series=fact.series, batch=fact.batch, number=fact.number, account=fact.account,
                  month=fact.effective_on.replace(day=1), vouchers=1)
            for fact in self._facts(vouchers.VoucherRedeemed)
        )  # fmt: skip

    def voucher_batches(self) -> pd.DataFrame:
        """Batches with what of them was redeemed, and what can be; a blocked one has nothing open."""
        series = {each.number: each.event for each in self._of(vouchers.VoucherSeriesOpened)}
        blocked: dict[tuple[str, int], bool] = {}
        for each in self._of(vouchers.VoucherBatchBlocked, vouchers.VoucherBatchUnblocked):
            blocked[each.number, each.event.batch] = isinstance(each.event, vouchers.VoucherBatchBlocked)
        found = []
        for each in self._of(vouchers.VouchersIssued):
            of, batch, terms = each.number, each.event.batch, series[each.number]
            used = sum(1 for fact in self._facts(vouchers.VoucherRedeemed) if (fact.series, fact.batch) == (of, batch))
            left = 0 if terms.valid_until or blocked.get((of, batch)) else len(each.event.hashes) - used
            found.append(_with(terms.amount, series=of, batch=batch, redeemed_amount=used * terms.amount.amount,
                               open_amount=left * terms.amount.amount))  # fmt: skip
        return _table(found)

    def payment_requests(self) -> pd.DataFrame:
        """Requests to pay, with what became of them."""
        states = {(each.number, each.event.number): STATES_OF_REQUESTS[type(each.event)]
                  for each in self._of(*STATES_OF_REQUESTS)}  # fmt: skip
        found = []
        for each in self._of(requests.PaymentRequested):
            state = states.get((each.number, each.event.number), "open")
            fact = each.event
            found.append(_with(
                fact.amount, account=fact.account, number=fact.number, state=state,
                month=fact.effective_on.replace(day=1), paid_amount=fact.amount.amount if state == "paid" else 0,
            ))  # fmt: skip
        return _table(found)

    def pay_backs(self) -> pd.DataFrame:
        """What was to be paid back, and what became of it."""
        taken_off = {(each.number, each.event.account) for each in self._of(pay_backs.PayBackTakenOff)}
        returned = {(each.number, each.event.account) for each in self._of(pay_backs.PayBackReturned)}
        found = []
        for each in self._of(pay_backs.PayBackListed, pay_backs.PayBackLeftOut):
            key, fact = (each.number, each.event.account), each.event
            state = "left out" if isinstance(fact, pay_backs.PayBackLeftOut) or key in taken_off else "listed"
            state = "returned" if key in returned else state
            found.append(_with(fact.amount, batch=each.number, account=fact.account, state=state,
                               listed=fact.amount.amount if state == "listed" else 0))  # fmt: skip
        return _table(found)

    def acts(self) -> pd.DataFrame:
        """What was done with money of nobody who is known, by whom; acts that were undone too."""
        received = {each.number: each.event.amount.currency for each in self._of(remittances.RemittanceReceived)}
        found = []
        for each in self._of(*ACTS):
            fact = each.event
            amounts = [part.amount.amount for part in fact.parts] if hasattr(fact, "parts") else [fact.amount.amount]
            found.append({"act": ACTS[type(fact)], "done_by": each.origin.actor, "amount": sum(amounts),
                          "currency": received[each.number]})  # fmt: skip
        return _table(found)

    def _facts(self, *kinds: type) -> Iterator[Any]:
        return (each.event for each in self._of(*kinds))


def _with(amount: Any, **others: Any) -> dict[str, Any]:
    return {"amount": amount.amount, "currency": amount.currency, **others}


def _table(rows: Iterable[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), dtype=object)
