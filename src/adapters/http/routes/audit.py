"""The LOG."""

from __future__ import annotations

from adapters.http.route import Route
from adapters.views.audit import ListChanges, ListPersonalReads, ListRefusedAttempts, ShowChange, ShowProof

ROUTES = (
    Route("GET", "/changes", ListChanges),
    Route("GET", "/changes/{position}", ShowChange),
    Route("GET", "/changes/{position}/proof", ShowProof),
    Route("GET", "/refused-attempts", ListRefusedAttempts),
    Route("GET", "/personal-reads", ListPersonalReads),
)
