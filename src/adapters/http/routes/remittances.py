"""Money that nobody recognises yet, and the rules by which payments find their account."""

from __future__ import annotations

from adapters.http.route import Route
from adapters.views.remittances import (
    ListPayerAccounts,
    ListRemittances,
    ShowMatchingRules,
    ShowRemittance,
    ShowRemittanceTotals,
)
from commands.payments.matching_rules import SetMatchingRules
from commands.payments.payer_accounts import ForgetPayerAccount, LearnPayerAccount
from commands.payments.remittances import (
    AssignRemittance,
    GiveBackRemittance,
    KeepRemittance,
    ReceiveRemittance,
    SplitRemittance,
    UndoRemittance,
)

ROUTES = (
    Route("GET", "/remittances", ListRemittances),
    Route("POST", "/remittances", ReceiveRemittance, 201),
    Route("GET", "/remittance-totals", ShowRemittanceTotals),
    Route("GET", "/remittances/{remittance}", ShowRemittance),
    Route("POST", "/remittances/{remittance}/assign", AssignRemittance),
    Route("POST", "/remittances/{remittance}/split", SplitRemittance),
    Route("POST", "/remittances/{remittance}/give-back", GiveBackRemittance),
    Route("POST", "/remittances/{remittance}/keep", KeepRemittance),
    Route("POST", "/remittances/{remittance}/undo", UndoRemittance),
    Route("GET", "/accounts/{account}/payer-accounts", ListPayerAccounts),
    Route("POST", "/accounts/{account}/payer-accounts", LearnPayerAccount, 201),
    Route("POST", "/accounts/{account}/payer-accounts/forget", ForgetPayerAccount),
    Route("GET", "/sellers/{seller}/matching-rules", ShowMatchingRules),
    Route("PUT", "/sellers/{seller}/matching-rules", SetMatchingRules),
)
