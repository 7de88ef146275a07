"""Vouchers."""

from __future__ import annotations

from adapters.http.route import Route
from adapters.views.vouchers import ListRedeemedVouchers, ListVoucherBatches, ShowVoucherTries
from commands.vouchers import (
    BlockVoucherBatch,
    IssueVouchers,
    LiftVoucherBan,
    OpenVoucherSeries,
    RedeemVoucher,
    UnblockVoucherBatch,
)

ROUTES = (
    Route("GET", "/voucher-batches", ListVoucherBatches),
    Route("GET", "/redeemed-vouchers", ListRedeemedVouchers),
    Route("POST", "/voucher-series", OpenVoucherSeries, 201),
    Route("POST", "/voucher-series/{series}/batches", IssueVouchers, 201),
    Route("POST", "/voucher-series/{series}/batches/{batch}/block", BlockVoucherBatch),
    Route("POST", "/voucher-series/{series}/batches/{batch}/unblock", UnblockVoucherBatch),
    Route("GET", "/accounts/{account}/voucher-tries", ShowVoucherTries),
    Route("POST", "/accounts/{account}/vouchers", RedeemVoucher),
    Route("POST", "/accounts/{account}/voucher-ban/lift", LiftVoucherBan),
)
