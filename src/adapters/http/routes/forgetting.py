"""Forgetting a customer."""

from __future__ import annotations

from adapters.http.route import Route
from commands.forgetting import ForgetCustomer

ROUTES = (Route("POST", "/customers/{customer}/forget", ForgetCustomer),)
