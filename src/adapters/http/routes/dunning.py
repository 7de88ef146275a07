"""Suspension for non-payment."""

from __future__ import annotations

from adapters.http.route import Route
from adapters.views.dunning import ListResumptions, ListSuspensions

ROUTES = (
    Route("GET", "/suspensions", ListSuspensions),
    Route("GET", "/resumptions", ListResumptions),
)
