"""Vouchers in pages: a batch whose codes are shown once, a code that is taken, and one that no voucher has."""

from __future__ import annotations

import re

from billing_core.vouchers.codes import RANDOM_BYTES, code_of
from commands.vouchers import OpenVoucherSeries
from tests.adapters.pages.conftest import FROM_HERE, SignedIn
from tests.adapters.pages.test_frame import form_fields
from tests.operators import Operator, eur

ISSUE, REDEEM = "/set-up/vouchers/SPRING/issue", "/accounts/A0001/vouchers"


def codes_shown(page: str) -> list[str]:
    return re.findall("[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}", page)


def test_codes_are_shown_once_and_taken_once(signed_in: SignedIn, operator: Operator):
    operator.subscriber()
    operator.tell(OpenVoucherSeries(series="SPRING", seller="north", amount=eur("30.00")))
    clerk = signed_in("petra", "administrator")
    form = form_fields(clerk.get(ISSUE).text) | {"count": "3"}
    shown = clerk.post(ISSUE, data=form, headers=FROM_HERE)
    codes = codes_shown(shown.text)
    assert len(set(codes)) == 3 and "It is shown only now." in shown.text
    assert codes_shown(clerk.post(ISSUE, data=form, headers=FROM_HERE).text) == codes, "the answer was lost"
    operator.application.runner.catch_up()
    assert codes_shown(clerk.get("/set-up/vouchers").text) == []

    redeemed = clerk.post(REDEEM, data=form_fields(clerk.get(REDEEM).text) | {"code": codes[1]}, headers=FROM_HERE)
    assert redeemed.status_code == 303, redeemed.text
    assert "The voucher is taken: 30.00 EUR." in clerk.get(redeemed.headers["location"]).text
    operator.application.runner.catch_up()
    assert "SPRING-000002" in clerk.get("/payments/vouchers").text
    wrong = form_fields(clerk.get(REDEEM).text) | {"code": code_of(bytes(RANDOM_BYTES))}
    answered = clerk.post(REDEEM, data=wrong, headers=FROM_HERE)
    assert answered.status_code == 422 and "Wrong codes left before a ban: 4." in answered.text
    assert 'aria-invalid="true"' in answered.text, "it is said at the field, and the next code is another try"
    again = clerk.post(REDEEM, data=wrong | form_fields(answered.text), headers=FROM_HERE)
    assert "Wrong codes left before a ban: 3." in again.text
