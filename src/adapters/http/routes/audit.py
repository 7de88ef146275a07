"""The LOG."""

from __future__ import annotations

from adapters.http.route import Route
from adapters.views.audit import ListChanges, ListRefusedAttempts, ShowProof

ROUTES = (
    Route("GET", "/changes", ListChanges),
    Route("GET", "/changes/{position}/proof", ShowProof),
    Route("GET", "/refused-attempts", ListRefusedAttempts),
)
