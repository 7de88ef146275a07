"""Expected payments."""

from __future__ import annotations

from adapters.http.route import Route
from adapters.views.expected_payments import ListExpectedPayments
from commands.expected_payments import EndStandingOrder, ExpectStandingOrder

ROUTES = (
    Route("GET", "/expected-payments", ListExpectedPayments),
    Route("PUT", "/accounts/{account}/standing-order", ExpectStandingOrder),
    Route("POST", "/accounts/{account}/standing-order/end", EndStandingOrder),
)
