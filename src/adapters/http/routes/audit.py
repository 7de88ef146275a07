"""The LOG."""

from __future__ import annotations

from adapters.http.route import Route
from adapters.views.audit import ListChanges, ListRefusedAttempts

ROUTES = (
    Route("GET", "/changes", ListChanges),
    Route("GET", "/refused-attempts", ListRefusedAttempts),
)
