"""Forms of a promise to pay, in one amount or in instalments, with what speaks against it."""

from __future__ import annotations

from typing import Any

from adapters.pages.accounts.owner import account_of, card_of
from adapters.pages.forms import Amounted, Effect, Field, Fields, Form, says
from adapters.pages.page import N_
from adapters.pages.shown import amount_with_currency
from adapters.pages.visit import Visit
from adapters.views.promises import CheckPromise, PromiseCheck
from billing_core.promises.conditions import Objection, ObjectionCode
from commands.promises import BreakPromise, KeepPromise, OpenInstalmentPlan, OpenPromise

PROMISED = N_("The account is exempt from suspension until %(until)s")
PRICE = N_("Price of the promise, with VAT")
CONDITIONS = N_("%(account)s owes %(owed)s; at most %(days)s days, by %(last)s")
NOT_NOW = N_("not now: %(why)s")
POSSIBLE_ON = N_("possible on %(on)s")
AGAINST: dict[ObjectionCode, str] = {
    "no-terms": N_("the seller takes no promises"),
    "promise-open": N_("a promise is open already"),
    "no-debt": N_("nothing is owed"),
    "debt-too-small": N_("the debt is too small"),
    "debt-too-large": N_("the debt is too large"),
    "amount-too-large": N_("it is more than what is owed"),
    "date-passed": N_("the day has passed"),
    "date-too-late": N_("the day is too late"),
    "dates-not-in-order": N_("the days are not in their order"),
    "too-many-instalments": N_("there are too many instalments"),
    "too-many-this-month": N_("no more promises this month"),
    "cool-down": N_("a promise was broken a short time ago"),
    "service-too-young": N_("the service is too young"),
    "not-on-this-day": N_("promises are not taken on this day of the month"),
    "too-little-paid": N_("a part of the debt is to be paid today first"),
}


def against(visit: Visit, objection: Objection) -> str:
    """A reason against a promise in the reader's language, and the day on which it ends or what is missing."""
    said = visit.translated(AGAINST[objection.code])
    if objection.missing is not None:
        return f"{said} ({amount_with_currency(objection.missing)})"
    if objection.possible_on is not None:
        return f"{said} ({visit.translated(POSSIBLE_ON) % {'on': objection.possible_on}})"
    return said


def _conditions(visit: Visit) -> str:
    """What the account owes and by when it may be promised; or everything that speaks against it today."""
    account = visit.path["account"]
    if not visit.may(CheckPromise):
        return account
    found: PromiseCheck = visit.ask(CheckPromise, account=account)
    if found.terms is None or found.last_on is None:
        return visit.translated(NOT_NOW) % {"why": visit.translated(AGAINST["no-terms"])}
    words = {"account": account, "owed": amount_with_currency(found.owed), "days": found.terms.most_days,
             "last": found.last_on}  # fmt: skip
    said = visit.translated(CONDITIONS) % words
    if found.is_possible:
        return said
    why = "; ".join(against(visit, each) for each in found.objections)
    return f"{said}; {visit.translated(NOT_NOW) % {'why': why}}"


def _opened(visit: Visit, fields: Fields) -> Effect:
    visit.carry_out(OpenPromise, fields, dry_run=True)
    return _effect(visit, fields["until"], {"until": fields["until"], "amount": fields.get("amount")})


def _planned(visit: Visit, fields: Fields) -> Effect:
    visit.carry_out(OpenInstalmentPlan, fields, dry_run=True)
    dates = fields["dates"]
    return _effect(visit, dates[-1], {} if fields.get("amounts") else {"dates": ",".join(dates)})


def _effect(visit: Visit, until: str, asked: dict[str, Any]) -> Effect:
    """What is to be paid by each day, and what the promise costs."""
    headline = visit.translated(PROMISED) % {"until": until}
    if not visit.may(CheckPromise):
        owed = amount_with_currency(-account_of(visit).balance)
        return Effect(headline, (Amounted(visit.translated(N_("To be paid by then")), "", owed),))
    found: PromiseCheck = visit.ask(CheckPromise, account=visit.path["account"], **asked)
    due = visit.translated(N_("To be paid by %(on)s"))
    lines = [Amounted(due % {"on": part.until_on}, "", amount_with_currency(part.amount)) for part in found.parts]
    if found.price is not None and found.price.amount:
        lines.append(Amounted(visit.translated(PRICE), "", amount_with_currency(found.price)))
    return Effect(headline, lines)


# fmt: off
PROMISES = (
    Form(
        "/accounts/{account}/promise", OpenPromise, N_("Promise to pay"), N_("Take the promise"),
        (
            Field("until", N_("Pays by"), "day", is_required=True, width=6),
            Field("amount", N_("Amount"), "amount", hint=N_("All that is owed if it is empty"), width=6),
        ),
        then=lambda visit, done: card_of(visit), back=card_of,
        done=says(N_("The promise is taken.")),
        begins=lambda visit: {"until": "+7"}, effect=_opened, about=_conditions,
    ),
    Form(
        "/accounts/{account}/instalment-plan", OpenInstalmentPlan, N_("Instalment plan"), N_("Take the plan"),
        (
            Field("dates", N_("Days"), "days", hint=N_("A day on each line, such as 2026-03-09"), is_required=True,
                  width=6),
            Field("amounts", N_("Amounts"), "amounts", hint=N_("One for each day; equal parts if it is empty"),
                  width=6),
        ),
        then=lambda visit, done: card_of(visit), back=card_of,
        done=says(N_("The plan is taken.")), effect=_planned, about=_conditions,
    ),
    Form(
        "/accounts/{account}/promise/keep", KeepPromise, N_("The promise is kept"), N_("End it as kept"), (),
        then=lambda visit, done: card_of(visit), back=card_of,
        done=says(N_("The promise has ended.")), about=lambda visit: visit.path["account"],
    ),
    Form(
        "/accounts/{account}/promise/break", BreakPromise, N_("Break the promise"), N_("End it as broken"), (),
        then=lambda visit, done: card_of(visit), back=card_of,
        done=says(N_("The promise has ended.")), about=lambda visit: visit.path["account"],
    ),
)
