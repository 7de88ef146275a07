"""Dunning policies: which there are, how one is at present, and the text by which the next one is published."""

from __future__ import annotations

from typing import Any

import yaml

from adapters.jobs.policy_simulation import SimulateDunningPolicy
from adapters.pages.forms import Field, Form, Try, says, to
from adapters.pages.lists import Act, Column, List
from adapters.pages.page import N_, Page, Shown, Tile
from adapters.pages.visit import Visit
from adapters.views.dunning.policies import ListDunningPolicies, ShowDunningPolicy
from adapters.views.dunning.runs import ListDunningRuns
from adapters.views.dunning.suspensions import ListSuspensions
from commands.dunning.policies import PublishDunningPolicy, WithdrawDunningPolicy

PLACE, SIMULATE = "/dunning/policies", "/dunning/simulate"
# What stands in the editor at first: a usual ladder, to be changed.
FIRST: dict[str, Any] = {
    "code": "home", "name": "Households", "currency": "EUR", "skips": ["weekends", "holidays"], "warning_days": 5,
    "steps": [
        {"code": "due-soon", "when": {"by": "days", "days": -3}, "message": "due-soon"},
        {"code": "reminder", "when": {"by": "days", "days": 7}, "message": "overdue"},
        {"code": "last-reminder", "when": {"by": "days", "days": 14}, "message": "overdue",
         "fee": {"amount": "2.00", "description": "Reminder fee"}},
        {"code": "suspend", "when": {"by": "days", "days": 21}, "message": "suspended",
         "actions": [{"does": "suspend"}]},
    ],
}  # fmt: skip


def policy_text(visit: Visit) -> dict[str, Any]:
    """What stands in the editor at first: the policy `of` a code as it is in force, or else a usual one."""
    code = visit.query.get("of", "")
    found = visit.ask(ShowDunningPolicy, policy=code).policy if code else FIRST
    return {"policy": yaml.safe_dump(found, allow_unicode=True, sort_keys=False, width=110)}


def policy(visit: Visit) -> Shown:
    """A policy as it is in force, step by step."""
    card = visit.ask(ShowDunningPolicy, policy=visit.path["policy"])
    return Shown("dunning/policy.html", {"card": card, "policy": card.policy, "ahead": [
        on for on in card.published_from if on > visit.today
    ], "commands": {
        "publish": PublishDunningPolicy, "withdraw": WithdrawDunningPolicy, "simulate": SimulateDunningPolicy,
    }})  # fmt: skip


# fmt: off
LISTS = (
    List(
        PLACE, ListDunningPolicies, N_("Dunning policies"),
        (
            Column(N_("Policy"), lambda row: row.name, link=lambda row: f"{PLACE}/{row.code}",
                   below=lambda row: row.code),
            Column(N_("Currency"), lambda row: row.currency),
            Column(N_("Steps"), lambda row: ", ".join(row.steps)),
            Column(N_("In force since"), lambda row: row.valid_from, "day"),
            Column(N_("Next version from"), lambda row: row.next_from, "day"),
        ),
        actions=(Act(N_("New policy"), f"{PLACE}/new", PublishDunningPolicy, "n"),
                 Act(N_("Simulate a policy"), SIMULATE, SimulateDunningPolicy, "s"),
                 Act(N_("Runs"), "/dunning/runs", ListDunningRuns), Act(N_("Dunning"), "/dunning", ListSuspensions)),
        empty=N_("Without a policy nothing happens by itself: the lists say who is to be suspended."),
    ),
)
FORMS = (
    Form(
        f"{PLACE}/new", PublishDunningPolicy, N_("Dunning policy"), N_("Publish the policy"),
        (
            Field("from", N_("In force from"), "day", width=4),
            Field("policy", N_("Policy"), "yaml",
                  N_("Each step: when it is due, a message, a fee, and what it does. Amounts are written in quotes."),
                  is_required=True),
        ),
        then=to(PLACE), back=to(PLACE), done=says(N_("The policy is published.")), begins=policy_text,
        tries=Try(N_("Simulate it first"), SIMULATE, SimulateDunningPolicy),
    ),
    Form(
        f"{PLACE}/{{policy}}/withdraw", WithdrawDunningPolicy, N_("Withdraw a version"), N_("Withdraw the version"),
        (Field("from", N_("In force from"), "day", is_required=True, width=4),),
        then=to(f"{PLACE}/{{policy}}"), back=to(f"{PLACE}/{{policy}}"), done=says(N_("The version is withdrawn.")),
    ),
)
# fmt: on
PAGES = (Page(f"{PLACE}/{{policy}}", policy, ShowDunningPolicy),)
SET_UP = (Tile("house", N_("Dunning policies"), PLACE, ListDunningPolicies, N_("What happens if money does not come")),)
