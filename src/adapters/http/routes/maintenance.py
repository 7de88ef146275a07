"""The read models, the books as they were, and the seals."""

from __future__ import annotations

from adapters.actions.maintenance import DropAsOf
from adapters.http.route import Route
from adapters.views.maintenance import CompareBalances, ListAsOf, ListReadModels, ShowLog

ROUTES = (
    Route("GET", "/read-models", ListReadModels),
    Route("GET", "/log", ShowLog),
    Route("GET", "/as-of", ListAsOf),
    Route("POST", "/as-of/{name}/drop", DropAsOf),
    Route("GET", "/balances-compared", CompareBalances),
)
