"""The limits beyond which changes ask first."""

from __future__ import annotations

from adapters.http.route import Route
from adapters.views.confirmation import ShowConfirmationLimits
from commands.confirmation import SetConfirmationLimits

ROUTES = (
    Route("GET", "/sellers/{seller}/confirmation-limits", ShowConfirmationLimits),
    Route("PUT", "/sellers/{seller}/confirmation-limits", SetConfirmationLimits),
)
