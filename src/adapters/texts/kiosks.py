"""Kiosks and wallets, in words."""

from __future__ import annotations

from adapters.texts.amounts import counted, money
from adapters.texts.sentences import Sentences
from billing_core.kiosks.connections import (
    KioskChanged,
    KioskConnected,
    KioskSecretChanged,
    KioskSwitched,
    KioskTerms,
)
from billing_core.kiosks.registers import KioskRegisterCompared
from billing_core.kiosks.transactions import (
    KioskMessageRefused,
    KioskPaymentCancelled,
    KioskPaymentRefused,
    KioskPaymentTaken,
)


def terms_text(terms: KioskTerms) -> str:
    """The terms of a connection, in one line."""
    last = terms.currencies[-1]
    parts = [f"protocol {terms.protocol} for {terms.seller}", f"{last.currency} since {last.from_on}",
             f"payers type their {terms.payer_key}"]  # fmt: skip
    if terms.least is not None:
        parts.append(f"from {terms.least:f}")
    if terms.most is not None:
        parts.append(f"up to {terms.most:f}")
    if terms.networks:
        parts.append(f"only from {', '.join(terms.networks)}")
    return ", ".join(parts)


def _switched(fact: KioskSwitched) -> str:
    return f"kiosk {fact.kiosk} switched {'on' if fact.is_on else 'off'}, because: {fact.reason}"


def _taken(fact: KioskPaymentTaken) -> str:
    for_whom = f"for account {fact.account}" if fact.account else "and nobody is known by what was typed"
    return f"kiosk {fact.kiosk} took {money(fact.amount)} {for_whom}, transaction {fact.transaction}"


def _refused(fact: KioskPaymentRefused) -> str:
    return f"payment {fact.transaction} of {money(fact.amount)} refused to kiosk {fact.kiosk}: {fact.answer.reason}"


def _cancelled(fact: KioskPaymentCancelled) -> str:
    return f"kiosk {fact.kiosk} cancelled its payment {fact.transaction} of {money(fact.amount)}"


def _message_refused(fact: KioskMessageRefused) -> str:
    about = f" about {fact.transaction}" if fact.transaction else ""
    more = f"; {fact.left_out:,} more like it before" if fact.left_out else ""
    return f"message of kiosk {fact.kiosk}{about} refused ({fact.verdict}): {fact.reason}{more}"


def _compared(fact: KioskRegisterCompared) -> str:
    return (
        f"register of kiosk {fact.kiosk} of {fact.register_on} compared: {counted(fact.lines, 'line')}, "
        f"{fact.agreed:,} agree, {counted(len(fact.differences), 'difference')}"
    )


SENTENCES: Sentences = {
    KioskConnected: lambda fact: f"kiosk {fact.kiosk} connected: {terms_text(fact.terms)}",
    KioskChanged: lambda fact: f"kiosk {fact.kiosk} changed: {terms_text(fact.terms)}",
    KioskSecretChanged: lambda fact: f"kiosk {fact.kiosk} has another secret",
    KioskSwitched: _switched,
    KioskPaymentTaken: _taken,
    KioskPaymentRefused: _refused,
    KioskPaymentCancelled: _cancelled,
    KioskMessageRefused: _message_refused,
    KioskRegisterCompared: _compared,
}
