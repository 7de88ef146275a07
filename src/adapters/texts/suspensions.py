"""Reasons for suspensions, in words."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.texts.sentences import Sentences
from billing_core.services.suspension_reasons import SuspensionFee, SuspensionReason, SuspensionReasonDefined


def reason_text(reason: SuspensionReason) -> str:
    """The policy of a reason: what is charged, the fees, and who lifts it."""
    return ", ".join((reason.name, policy_text(reason)))


def policy_text(reason: SuspensionReason) -> str:
    """`100 % of the fees are charged, lifted by a payment, 5 EUR at the return`."""
    parts = [
        f"{reason.charge_percent:f} % of the fees are charged",
        f"lifted by {'a payment' if reason.lifted_by == 'money' else 'a person only'}",
        *_fee_text(reason.fee_at_suspension, "at the suspension"),
        *_fee_text(reason.fee_at_return, "at the return"),
    ]
    return ", ".join(parts)


def _fee_text(fee: SuspensionFee, when: str) -> Iterator[str]:
    if fee.amounts:
        amounts = " or ".join(f"{amount:f} {currency}" for currency, amount in fee.amounts.items())
        yield f"{amounts} {when}"


def _defined(fact: SuspensionReasonDefined) -> str:
    languages = ", ".join(fact.reason.page)
    return f"{reason_text(fact.reason)}{f', with a page in {languages}' if languages else ''}"


SENTENCES: Sentences = {SuspensionReasonDefined: _defined}
