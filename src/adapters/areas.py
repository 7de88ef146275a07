"""The areas of the business: each has the same name on every floor that it has rooms on.

An area registers with one line here. Its exports stand in the modules of its name: `commands.NAME` and
`projections.NAME` export `AREA`, `adapters.texts.NAME` exports `SENTENCES`, `adapters.views.NAME` exports `QUERIES`,
`adapters.jobs.NAME` exports `JOBS` and the worker's `LOOPS`, `adapters.actions.NAME` exports `ACTIONS`,
`adapters.cli.commands.NAME` exports `COMMANDS`, `adapters.http.routes.NAME` exports `ROUTES`, `adapters.pages.NAME`
exports `PAGES`, `LISTS`, `FORMS`, `JOB_FORMS`, `SET_UP`, `TO_DO` and `MENU`. They are found by name and not imported
here, so that a floor is loaded only when it is needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any

AREAS = (
    "custom_fields",
    "dealers",
    "parties",
    "confirmation",
    "catalogue",
    "notes",
    "accounts",
    "merging",
    "services",
    "suspensions",
    "contracts",
    "onboarding",
    "usage",
    "billing",
    "documents",
    "payments",
    "advances",
    "pay_backs",
    "bank_statements",
    "remittances",
    "cash",
    "direct_debit",
    "kiosks",
    "cards",
    "vouchers",
    "payment_requests",
    "expected_payments",
    "income",
    "dunning",
    "credit_limits",
    "collection",
    "promises",
    "corrections",
    "price_changes",
    "simulation",
    "forgetting",
    "self_care",
    "audit",
    "approvals",
    "staff",
    "maintenance",
    "outreach",
    "kafka",
    "work",
    "automation",
    "search",
    "attachments",
    "reports",
)


def exported(floor: str, name: str) -> Iterator[Any]:
    """The values that the areas export under a name on a floor, in order; an area without one is skipped."""
    for _, value in exported_by_area(floor, name):
        yield value


def exported_by_area(floor: str, name: str) -> Iterator[tuple[str, Any]]:
    """The same, each with its area."""
    for area in AREAS:
        if find_spec(f"{floor}.{area}") is not None:
            module = import_module(f"{floor}.{area}")
            if hasattr(module, name):
                yield area, getattr(module, name)
