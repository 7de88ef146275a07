"""Vouchers: series and batches, what was redeemed, a code taken as a payment of an account."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any
from urllib.parse import quote

from adapters.pages.forms import Field, Form, Once, says, to
from adapters.pages.lists import Act, Column, List, State
from adapters.pages.made_secrets import made_secret
from adapters.pages.page import N_, Tile
from adapters.pages.sellers import dealers, sellers
from adapters.pages.visit import Visit
from adapters.views.vouchers import ListRedeemedVouchers, ListVoucherBatches
from billing_core.vouchers.codes import RANDOM_BYTES, code_of, hash_of, read_code
from commands.vouchers import (
    BlockVoucherBatch,
    IssueVouchers,
    LiftVoucherBan,
    OpenVoucherSeries,
    RedeemVoucher,
    UnblockVoucherBatch,
)
from projections.vouchers import RedeemedVoucher, VoucherBatchRow

VOUCHERS, REDEEMED = "/set-up/vouchers", "/payments/vouchers"
MOST_ON_PAGE = 1_000


def _state(row: VoucherBatchRow) -> State | None:
    if row.blocked:
        return State(N_("Blocked"), "bad")
    if not row.batch:
        return State(N_("None issued"), "calm")
    return State(N_("Valid"), "good") if row.unused.amount else State(N_("Used up or expired"), "calm")


def _batch(row: VoucherBatchRow, act: str) -> str:
    return f"{VOUCHERS}/{quote(row.series)}/batches/{row.batch}/{act}"


def _account(row: RedeemedVoucher) -> str:
    return f"/accounts/{row.account}"


# --- codes that are drawn here


def _codes(visit: Visit, count: int) -> list[str]:
    """The codes of a form: the same form sent again shows the same ones."""
    seed = made_secret(visit, "codes of vouchers")
    drawn = (hmac.digest(seed, str(number).encode(), hashlib.sha256) for number in range(count))
    return [code_of(each[:RANDOM_BYTES]) for each in drawn]


def _with_hashes(visit: Visit, words: dict[str, Any]) -> dict[str, Any]:
    count = int(words.get("count") or 0)
    return words | {"hashes": [hash_of(read_code(code)) for code in _codes(visit, min(count, MOST_ON_PAGE))]}


def _show_codes(visit: Visit, done: Any) -> Once:
    codes = "\n".join(_codes(visit, int(visit.first("count"))))
    hint = N_("Copy them for the printer, in the order of their numbers. A batch whose codes are lost is blocked.")
    return Once(visit.translated(N_("Codes of the vouchers")), codes, visit.translated(hint))


def _redeemed(visit: Visit, done: Any) -> str:
    return visit.translated(N_("The voucher is taken: %(amount)s.")) % {"amount": done.result["amount"]}


def _unknown(visit: Visit, done: Any) -> dict[str, str]:
    if done.result["redeemed"]:
        return {}
    said = N_("No voucher has this code. Wrong codes left before a ban: %(left)s.")
    return {"code": visit.translated(said) % {"left": done.result["tries_left"]}}


# fmt: off
LISTS = (
    List(
        VOUCHERS, ListVoucherBatches, N_("Vouchers"),
        (
            Column(N_("Series"), lambda row: row.series, below=lambda row: row.name),
            Column(N_("Batch"), lambda row: row.batch or None, "count"),
            Column(N_("State"), _state, "state", below=lambda row: row.blocked),
            Column(N_("Dealer"), lambda row: row.dealer),
            Column(N_("Issued"), lambda row: row.issued_on, "day"),
            Column(N_("Valid until"), lambda row: row.valid_until, "day"),
            Column(N_("Vouchers"), lambda row: row.issued, "count"),
            Column(N_("Redeemed"), lambda row: row.redeemed, "count"),
            Column(N_("Currency"), lambda row: row.amount.currency),
            Column(N_("Each"), lambda row: row.amount, "amount"),
            Column(N_("May still be redeemed"), lambda row: row.unused, "amount"),
        ),
        actions=(
            Act(N_("New series"), f"{VOUCHERS}/new", OpenVoucherSeries, "n"),
            Act(N_("Redeemed vouchers"), REDEEMED, ListRedeemedVouchers),
        ),
        row_actions=(
            Act(N_("Issue"), lambda row: f"{VOUCHERS}/{quote(row.series)}/issue", IssueVouchers),
            Act(N_("Block"), lambda row: _batch(row, "block"), BlockVoucherBatch,
                when=lambda row: bool(row.batch) and not row.blocked),
            Act(N_("Accept again"), lambda row: _batch(row, "unblock"), UnblockVoucherBatch,
                when=lambda row: bool(row.blocked)),
        ),
        empty=N_("No series is open. A series has vouchers of one amount, which dealers sell in batches."),
    ),
    List(
        REDEEMED, ListRedeemedVouchers, N_("Redeemed vouchers"),
        (
            Column(N_("Redeemed"), lambda row: row.redeemed_on, "day"),
            Column(N_("Voucher"), lambda row: row.voucher, "code"),
            Column(N_("Batch"), lambda row: row.batch, "count"),
            Column(N_("Account"), lambda row: row.account, link=_account),
            Column(N_("Currency"), lambda row: row.amount.currency),
            Column(N_("Amount"), lambda row: row.amount, "moved"),
        ),
        filters=(Field("series", N_("Series")),),
        empty=N_("No voucher has been redeemed."),
    ),
)
FORMS = (
    Form(
        f"{VOUCHERS}/new", OpenVoucherSeries, N_("New series of vouchers"), N_("Open the series"),
        (
            Field("series", N_("Code"), hint=N_("Capital letters and digits"), is_required=True, width=4),
            Field("name", N_("Name"), width=8),
            Field("seller", N_("Seller"), "choice", choices=sellers, is_required=True, width=4),
            Field("amount", N_("Amount of a voucher"), "amount", is_required=True, width=3),
            Field("currency", N_("Currency"), is_required=True, width=2),
            Field("valid_until", N_("Valid until"), "day", width=3),
        ),
        then=to(VOUCHERS), back=to(VOUCHERS), done=says(N_("The series is open. Issue its first batch.")),
    ),
    Form(
        f"{VOUCHERS}/{{series}}/issue", IssueVouchers, N_("Issue vouchers"), N_("Issue the batch"),
        (
            Field("count", N_("Number of vouchers"), "whole", is_required=True, width=4,
                  hint=N_("Up to 1,000 here; larger batches with billing vouchers issue")),
            Field("dealer", N_("Dealer who sells them"), "choice", choices=dealers, width=6),
        ),
        then=to(VOUCHERS), back=to(VOUCHERS), done=says(N_("The batch is issued.")),
        adds=_with_hashes, once=_show_codes, about=lambda visit: visit.path["series"],
    ),
    Form(
        f"{VOUCHERS}/{{series}}/batches/{{batch}}/block", BlockVoucherBatch, N_("Block the batch"),
        N_("Accept none of them"), (Field("reason", N_("Reason"), is_required=True),),
        then=to(VOUCHERS), back=to(VOUCHERS), done=says(N_("No voucher of the batch is accepted any more.")),
        undo=to(f"{VOUCHERS}/{{series}}/batches/{{batch}}/unblock"), about=lambda visit: visit.path["series"],
    ),
    Form(
        f"{VOUCHERS}/{{series}}/batches/{{batch}}/unblock", UnblockVoucherBatch, N_("Accept the batch again"),
        N_("Accept them again"), (Field("reason", N_("Reason"), is_required=True),),
        then=to(VOUCHERS), back=to(VOUCHERS), done=says(N_("Vouchers of the batch are accepted again.")),
        about=lambda visit: visit.path["series"],
    ),
    Form(
        "/accounts/{account}/vouchers", RedeemVoucher, N_("Redeem a voucher"), N_("Take the voucher"),
        (Field("code", N_("Code"), hint=N_("16 letters and digits, as printed"), is_required=True, width=8),),
        then=to("/accounts/{account}/payments"), back=to("/accounts/{account}/payments"), done=_redeemed,
        fails=_unknown,
        about=lambda visit: visit.path["account"],
    ),
    Form(
        "/accounts/{account}/voucher-ban/lift", LiftVoucherBan, N_("Let the account try codes again"),
        N_("Lift the ban"), (Field("reason", N_("Reason"), is_required=True),),
        then=to("/accounts/{account}/vouchers"), back=to("/accounts/{account}/payments"),
        done=says(N_("Codes may be tried again.")), about=lambda visit: visit.path["account"],
    ),
)
SET_UP = (Tile("house", N_("Vouchers"), VOUCHERS, ListVoucherBatches, N_("Series, batches for dealers, codes")),)
# fmt: on
