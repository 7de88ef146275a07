"""What Stripe's objects say, as reports of the core: states, amounts in minor units, codes.

payment intent   succeeded              succeeded         canceled                    failed, `cancelled`
                 requires_payment_method failed, by code  requires_action, processing  waiting
checkout session complete and paid      succeeded         expired                     failed, `expired`
dispute          warning_...            inquiry           warning_closed              won: no money was taken
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from billing_core.cards.reports import CardReport, ChargeReport, ChargeState, DisputeReport, DisputeState, RefundReport
from billing_core.kernel.currencies import minor_digits
from billing_core.kernel.money import Money

# The names under which Stripe keeps our words with its objects.
KEY, NUMBER, ACCOUNT, AGREED, WAY = "card_payment", "refund", "account", "agreed", "way"
WAITING = frozenset({"requires_action", "requires_confirmation", "requires_capture", "processing"})
DISPUTES: dict[str, DisputeState] = {
    "won": "won", "lost": "lost", "needs_response": "open", "under_review": "open", "prevented": "won",
    "warning_needs_response": "inquiry", "warning_under_review": "inquiry", "warning_closed": "won",
}  # fmt: skip
LONGEST_AGREED = 500  # What Stripe keeps of a word at most.


def in_minor_units(amount: Money) -> int:
    """24.00 EUR are 2400, 2400 JPY are 2400."""
    return int(amount.amount.scaleb(minor_digits(amount.currency)))


def money_of(minor: int, currency: str) -> Money:
    code = currency.upper()
    return Money(Decimal(minor).scaleb(-minor_digits(code)), code)


def word(found: Any, name: str) -> str:
    """A word that we had Stripe keep with an object; empty without one."""
    kept = found.get("metadata") or {}
    return str(kept.get(name) or "")


def of_intent(intent: Any) -> ChargeReport:
    """A payment intent."""
    error = intent.get("last_payment_error") or {}
    state, code = _state_of(intent["status"])
    minor = (intent.get("amount_received") or intent["amount"]) if state == "succeeded" else intent["amount"]
    redirect = (intent.get("next_action") or {}).get("redirect_to_url") or {}
    return ChargeReport(
        key=word(intent, KEY), reference=intent["id"], state=state, amount=money_of(minor, intent["currency"]),
        code="" if state != "failed" else code or error.get("decline_code") or error.get("code") or "declined",
        text=error.get("message") or "" if state == "failed" else "", link=redirect.get("url") or "",
    )  # fmt: skip


def _state_of(status: str) -> tuple[ChargeState, str]:
    if status == "succeeded":
        return "succeeded", ""
    if status in WAITING:
        return "waiting", ""
    return "failed", "cancelled" if status == "canceled" else ""


def of_session(session: Any) -> ChargeReport:
    """A page on which a customer pays; its reference is that of the charge once it is paid."""
    state: ChargeState = "waiting"
    if session.get("payment_status") == "paid":
        state = "succeeded"
    elif session.get("status") == "expired":
        state = "failed"
    return ChargeReport(
        key=word(session, KEY), state=state, amount=money_of(session["amount_total"], session["currency"]),
        reference=session["payment_intent"] if state == "succeeded" else session["id"],
        code="expired" if state == "failed" else "", link=session.get("url") or "",
    )  # fmt: skip


def of_refund(refund: Any, key: str) -> RefundReport:
    """A refund of the charge of a card payment."""
    number, status = word(refund, NUMBER), refund["status"]
    return RefundReport(
        key=key, reference=refund["id"], amount=money_of(refund["amount"], refund["currency"]),
        state="done" if status == "succeeded" else "failed" if status in ("failed", "canceled") else "pending",
        number=int(number) if number.isdigit() and word(refund, KEY) == key else 0,
        code=refund.get("failure_reason") or "",
    )  # fmt: skip


def of_dispute(dispute: Any, key: str) -> DisputeReport:
    """A dispute of the charge of a card payment."""
    return DisputeReport(
        key=key, reference=dispute["id"], state=DISPUTES.get(dispute["status"], "open"),
        amount=money_of(dispute["amount"], dispute["currency"]), reason=dispute.get("reason") or "",
    )  # fmt: skip


def of_card(method: Any, account: str, agreed: str) -> CardReport:
    """A stored card."""
    card = method["card"]
    return CardReport(
        account=account, gateway_customer=method["customer"], payment_method=method["id"], brand=card["brand"],
        last_four=card["last4"], expires=f"{card['exp_year']}-{card['exp_month']:02}", agreed=agreed,
    )  # fmt: skip
