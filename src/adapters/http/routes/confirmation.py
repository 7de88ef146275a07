"""The limits beyond which changes ask first."""

from __future__ import annotations

from adapters.http.route import Route
from commands.confirmation import SetConfirmationLimits

ROUTES = (Route("PUT", "/sellers/{seller}/confirmation-limits", SetConfirmationLimits),)
