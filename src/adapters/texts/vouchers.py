"""Vouchers, in words."""

from __future__ import annotations

from adapters.texts.amounts import counted, money
from adapters.texts.sentences import Sentences
from billing_core.vouchers.events import (
    VoucherBanLifted,
    VoucherBatchBlocked,
    VoucherBatchUnblocked,
    VoucherRedeemed,
    VoucherSeriesOpened,
    VouchersIssued,
    VoucherTryFailed,
    voucher_name,
)


def _opened(fact: VoucherSeriesOpened) -> str:
    until = "" if fact.valid_until is None else f", valid until {fact.valid_until}"
    name = f" {fact.name}" if fact.name else ""
    return f"series{name} of {money(fact.amount)} of seller {fact.seller}{until}"


def _issued(fact: VouchersIssued) -> str:
    last = fact.first + len(fact.hashes) - 1
    dealer = f", sold by dealer {fact.dealer}" if fact.dealer else ""
    return f"batch {fact.batch} of {counted(len(fact.hashes), 'voucher')}, numbers {fact.first} to {last}{dealer}"


def _redeemed(fact: VoucherRedeemed) -> str:
    return f"voucher {voucher_name(fact.series, fact.number)} of {money(fact.amount)} for account {fact.account}"


SENTENCES: Sentences = {
    VoucherSeriesOpened: _opened,
    VouchersIssued: _issued,
    VoucherBatchBlocked: lambda fact: f"batch {fact.batch} is blocked, because: {fact.reason}",
    VoucherBatchUnblocked: lambda fact: f"batch {fact.batch} is accepted again, because: {fact.reason}",
    VoucherRedeemed: _redeemed,
    VoucherTryFailed: lambda fact: f"a wrong code was tried for account {fact.account}",
    VoucherBanLifted: lambda fact: f"account {fact.account} may try codes again, because: {fact.reason}",
}
