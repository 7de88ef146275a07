"""Custom fields."""

from __future__ import annotations

from adapters.http.route import Route
from adapters.views.custom_fields import ListFieldDefinitions
from commands.custom_fields import PublishCustomFields

ROUTES = (
    Route("GET", "/custom-fields/{subject}", ListFieldDefinitions),
    Route("PATCH", "/custom-fields/{subject}", PublishCustomFields),
)
