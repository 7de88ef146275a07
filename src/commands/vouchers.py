"""Open series of vouchers, issue them in batches, block a batch, redeem a voucher, lift a ban."""

from __future__ import annotations

from datetime import date
from typing import Any

from billing_core.kernel.claims import Claim
from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.kernel.money import Money, require_amount
from billing_core.payments.events import PaymentReceived
from billing_core.vouchers.codes import hash_of, read_code
from billing_core.vouchers.events import (
    VOUCHER_CLAIM,
    VoucherBanLifted,
    VoucherRedeemed,
    VoucherSeriesOpened,
    VoucherTryFailed,
    series_stream,
    tries_stream,
    voucher_name,
    voucher_stream,
)
from billing_core.vouchers.series import (
    VoucherSeries,
    apply_series,
    block,
    issue,
    open_series,
    require_accepted,
    require_series,
    unblock,
)
from billing_core.vouchers.tries import VoucherTries, apply_tries, require_not_banned
from commands.accounts import load_account
from commands.dealers import load_dealer
from commands.parties import load_seller
from commands.payments.account import booked
from commands.platform.area import Area
from commands.platform.bus import Command, Decision
from commands.platform.concerns import HOUSE
from commands.platform.ports import Append, Origin, Transaction

SOURCE = "voucher"

# --- commands


class OpenVoucherSeries(Command, frozen=True, kw_only=True):
    """Open a series of vouchers of one amount; without `valid_until` they never expire."""

    series: str
    seller: str
    amount: Money
    name: str = ""
    valid_until: date | None = None


class IssueVouchers(Command, frozen=True, kw_only=True):
    """Issue a batch of vouchers by the hashes of their codes: SHA-256 of the 16 symbols of each.

    `count` is their number, so that none is lost on the way. `billing vouchers issue` and the page draw the codes, show
    them once, and give this. A printing house that draws codes by itself sends their hashes. With `dealer` it is the
    dealer who sells them.
    """

    series: str
    count: int
    hashes: tuple[str, ...]
    dealer: str = ""


class BlockVoucherBatch(Command, frozen=True, kw_only=True):
    """Accept no voucher of a batch any more, for example because a box of them was stolen."""

    series: str
    batch: int
    reason: str


class UnblockVoucherBatch(Command, frozen=True, kw_only=True):
    """Accept the vouchers of a blocked batch again."""

    series: str
    batch: int
    reason: str


class RedeemVoucher(Command, frozen=True, kw_only=True):
    """Take a voucher as a payment of an account, of today.

    A code that no voucher has is answered with `redeemed` false and counts as a wrong try; five within an hour ban the
    account from trying for a day.
    """

    account: str
    code: str


class LiftVoucherBan(Command, frozen=True, kw_only=True):
    """Let an account try codes again before its ban ends."""

    account: str
    reason: str


class VoucherUsed(RuleViolation):
    """The voucher was redeemed before."""


# --- handlers


def handle_open_series(command: OpenVoucherSeries, transaction: Transaction, origin: Origin) -> Decision:
    load_seller(transaction, command.seller)
    stream = series_stream(command.series)
    known, version = transaction.load(stream, apply_series)
    opened = VoucherSeriesOpened(
        effective_on=origin.today,
        seller=command.seller,
        amount=require_amount(command.amount.amount, command.amount.currency, "amount"),
        name=command.name,
        valid_until=command.valid_until,
    )
    return Decision((Append(stream, version, open_series(known, command.series, opened)),))


def handle_issue(command: IssueVouchers, transaction: Transaction, origin: Origin) -> Decision:
    series, version = load_series(transaction, command.series)
    if command.count != len(command.hashes):
        raise InvalidValue(f"{len(command.hashes)} hashes are given", field="count", value=command.count)
    if command.dealer:
        load_dealer(transaction, command.dealer)
    if taken := transaction.claimed(VOUCHER_CLAIM, command.hashes):
        raise RuleViolation("is the hash of another voucher; draw the codes anew", field="hashes", value=min(taken))
    (issued,) = issue(series, command.hashes, command.dealer, origin.today)
    first = series.issued + 1
    last = series.issued + len(command.hashes)
    result: dict[str, Any] = {"batch": len(series.batches) + 1, "first": voucher_name(command.series, first),
              "last": voucher_name(command.series, last)}  # fmt: skip
    return Decision((Append(series_stream(command.series), version, [issued]),), result)


def handle_block(command: BlockVoucherBatch, transaction: Transaction, origin: Origin) -> Decision:
    series, version = load_series(transaction, command.series)
    events = block(series, command.batch, command.reason, origin.today)
    return Decision((Append(series_stream(command.series), version, events),))


def handle_unblock(command: UnblockVoucherBatch, transaction: Transaction, origin: Origin) -> Decision:
    series, version = load_series(transaction, command.series)
    events = unblock(series, command.batch, command.reason, origin.today)
    return Decision((Append(series_stream(command.series), version, events),))


def handle_redeem(command: RedeemVoucher, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    tries, tries_version = load_tries(transaction, account.number)
    require_not_banned(tries, account.number, origin.recorded_at)
    code = hash_of(read_code(command.code))
    claim = transaction.claimed(VOUCHER_CLAIM, [code]).get(code)
    if claim is None:
        failed = VoucherTryFailed(effective_on=origin.today, account=account.number, tried_at=origin.recorded_at)
        after = apply_tries(tries, failed) or VoucherTries()
        result: dict[str, Any] = {"redeemed": False, "tries_left": after.left(origin.recorded_at)}
        return Decision((Append(tries_stream(account.number), tries_version, [failed]),), result)
    code_series, batch, number = _named(claim)
    series, _ = load_series(transaction, code_series)
    amount = require_accepted(series, batch, account.seller, account.currency, origin.today)
    redeemed = VoucherRedeemed(
        effective_on=origin.today, series=code_series, batch=batch, number=number, account=account.number, amount=amount
    )
    name = voucher_name(code_series, number)
    stream = voucher_stream(code_series, number)
    used, _ = transaction.load(stream, _redeemed)
    if used is not None:
        raise VoucherUsed(
            f"was redeemed on {used.effective_on} for account {used.account}", field="voucher", value=name
        )
    payment = PaymentReceived(
        effective_on=origin.today, customer=account.customer, source=SOURCE, reference=name, amount=amount,
        method="voucher",
    )  # fmt: skip
    append = booked(account, version, payment, None, transaction, origin)
    result = {"redeemed": True, "payment": payment.payment, "amount": str(amount)}
    return Decision((Append(stream, 0, [redeemed]), append), result)


def handle_lift_ban(command: LiftVoucherBan, transaction: Transaction, origin: Origin) -> Decision:
    load_account(transaction, command.account)
    tries, version = load_tries(transaction, command.account)
    if tries is None or not tries.tried_at:
        return Decision(())
    lifted = VoucherBanLifted(effective_on=origin.today, account=command.account, reason=command.reason)
    return Decision((Append(tries_stream(command.account), version, [lifted]),))


def load_series(transaction: Transaction, series: str) -> tuple[VoucherSeries, int]:
    """The series and its version, or `NotFound`."""
    known, version = transaction.load(series_stream(series), apply_series)
    return require_series(known, series), version


def load_tries(transaction: Transaction, account: str) -> tuple[VoucherTries | None, int]:
    """The wrong tries of an account, and the version of their stream."""
    return transaction.load(tries_stream(account), apply_tries)


def _redeemed(state: VoucherRedeemed | None, fact: object) -> VoucherRedeemed | None:
    return fact if isinstance(fact, VoucherRedeemed) else state


def _named(claim: Claim) -> tuple[str, int, int]:
    """Series, batch and number of a voucher from the claim of its code."""
    batch, number = claim.content.split()
    return claim.stream.partition("/")[2], int(batch), int(number)


AREA = Area(
    handlers={
        OpenVoucherSeries: handle_open_series,
        IssueVouchers: handle_issue,
        BlockVoucherBatch: handle_block,
        UnblockVoucherBatch: handle_unblock,
        RedeemVoucher: handle_redeem,
        LiftVoucherBan: handle_lift_ban,
    },
    concerns=dict.fromkeys((OpenVoucherSeries, IssueVouchers, BlockVoucherBatch, UnblockVoucherBatch), HOUSE),
)
