"""What each event claims for its stream, word for word: claims made again must equal those of years ago."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from pathlib import Path

import pytest

import billing_core
from billing_core.kernel.claims import Claim
from billing_core.kernel.events import claiming_topics, decode

SAMPLES = Path(__file__).parent.parent / "samples"

CLAIMS = {
    "account-opened/1": [Claim("account", "C0000001/00000001", "account/1", "C0000001")],
    "payment-received/1": [Claim("payment", "bank:2026-17", "account/1", "372.34 EUR on 2026-06-11 for account 1")],
    "movement-booked/1": [Claim("payment", "fio:26714150489", "account/1", "-49.00 CZK on 2026-03-31")],
    "remittance-received/1": [Claim("payment", "bank:2026-18", "account/1", "24.00 EUR on 2026-01-20")],
    "invoice-issued/1": [Claim("invoice", "1000000007", "account/1", "")],
    "credit-note-issued/1": [Claim("credit-note", "5000000001", "account/1", "")],
    "seller-registered/1": [
        Claim("number-series", "10:1", "account/1", "invoice"),
        Claim("number-series", "10:5", "account/1", "credit-note"),
    ],
    "ticket-opened/1": [Claim("ticket-of-account", "00000001:1", "account/1", "")],
    "mail-received/1": [
        Claim("mail", "9f" * 20, "account/1", ""),
        Claim("mail-sender", f"{'3a' * 16}/{'9f' * 20}", "account/1", ""),
    ],
    "mail-bounced/1": [Claim("mail", "7c" * 20, "account/1", "")],
    "outage-declared/1": [
        Claim("outage-place", "node:N1:1", "account/1", ""),
        Claim("outage-place", "address:11-5:1", "account/1", ""),
    ],
    "advance-taxed/1": [Claim("advance", "9000000001", "account/1", "")],
    "advance-corrected/1": [Claim("advance", "9000000002", "account/1", "")],
    "pay-back-batch-drawn-up/1": [Claim("pay-back-batch", "north/000001", "account/1", "")],
    "handed-to-collection/1": [Claim("collection", "rapid/2026-05-11/1/1000000007", "account/1", "")],
    "vouchers-issued/1": [
        Claim("voucher", "6f4d6f5f4c8c2f8d1d3bfb0a3ad8b0f0cbd3a1f4b1f2a3c4d5e6f708192a3b4c", "account/1", "1 1"),
    ],
    "mandate-amended/1": [Claim("mandate-reference", "M-18", "account/1", "")],
    "mandate-signed/1": [Claim("mandate", "1001/000001", "account/1", "")],
    "debit-batch-drawn-up/1": [
        Claim("debit-batch", "S1/000003", "account/1", ""),
        Claim("debit-item", "26005219/1", "account/1", "S1-3-17"),
        Claim("debit-item", "26005220/2", "account/1", "S1-3-17"),
        Claim("mandate-debit", "M-17 000002", "account/1", "S1-3-17"),
    ],
    "usage-received/1": [
        Claim("usage-file", "switch:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "account/1", ""),
    ],
    "contract-drafted/1": [
        Claim("contract", "7000000001", "account/1", "C0000001"),
        Claim("contract-of-customer", "C0000001/7000000001", "account/1", ""),
    ],
    "message-queued/1": [Claim("message", "invoice email 104217 invoice 26005219", "account/1", "")],
    "cash-desk-registered/1": [Claim("cash-series", "H1", "account/1", "H1")],
    "cash-taken/1": [Claim("cash-receipt", "H1-0910", "account/1", "")],
    "cash-paid-out/1": [Claim("cash-receipt", "H1-0911", "account/1", "")],
    "cash-handed-over/1": [Claim("cash-receipt", "H1-0913", "account/1", "")],
    "cash-accepted/1": [Claim("cash-receipt", "H1-0914", "account/1", "")],
    "cash-deposited/1": [
        Claim("cash-receipt", "H1-0915", "account/1", ""),
        Claim("cash-deposit", "8801/H1-0915", "account/1", ""),
    ],
    "cash-returned/1": [Claim("cash-receipt", "H1-0916", "account/1", "")],
    "receipt-cancelled/1": [
        Claim("cash-receipt", "H1-0912", "account/1", ""),
        Claim("cash-cancelled", "H1-0910", "account/1", "H1-0912"),
    ],
    "receipt-printed/1": [Claim("cash-printed", "H1-0910", "account/1", "00004711")],
    "number-series-opened/1": [Claim("number-series", "10:5", "account/1", "credit-note")],
}


@pytest.fixture(autouse=True)
def all_events() -> None:
    """Every module of the rules is loaded, and every event known."""
    for module in pkgutil.walk_packages(billing_core.__path__, "billing_core."):
        import_module(module.name)


@pytest.mark.parametrize("topic", CLAIMS)
def test_an_event_claims_its_keys_for_its_stream(topic: str):
    event = decode(topic, (SAMPLES / f"{topic.replace('/', '-')}.json").read_bytes())
    assert list(event.claims("account/1")) == CLAIMS[topic]


def test_no_other_event_claims_anything():
    assert sorted(claiming_topics()) == sorted(CLAIMS)
