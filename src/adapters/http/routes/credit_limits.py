"""Credit limits of accounts."""

from __future__ import annotations

from adapters.http.route import Route
from adapters.views.credit_limits import ListCreditLimits, ShowCredit
from commands.credit_limits import EndTemporaryCredit, GrantTemporaryCredit, SetCreditLimit

ROUTES = (
    Route("GET", "/credit-limits", ListCreditLimits),
    Route("GET", "/accounts/{account}/credit", ShowCredit),
    Route("PUT", "/accounts/{account}/credit-limit", SetCreditLimit),
    Route("POST", "/accounts/{account}/temporary-credit", GrantTemporaryCredit, 201),
    Route("POST", "/accounts/{account}/temporary-credit/end", EndTemporaryCredit),
)
