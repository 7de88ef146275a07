"""Forms of a promise to pay."""

from __future__ import annotations

from adapters.pages.accounts.owner import account_of, card_of, named
from adapters.pages.forms import Amounted, Effect, Field, Fields, Form, says
from adapters.pages.page import N_
from adapters.pages.shown import amount_with_currency
from adapters.pages.visit import Visit
from commands.promises import BreakPromise, KeepPromise, OpenPromise

PROMISED = N_("The account is exempt from suspension until %(until)s")


def _opened(visit: Visit, fields: Fields) -> Effect:
    visit.carry_out(OpenPromise, fields, dry_run=True)
    owed = amount_with_currency(-account_of(visit).balance)
    headline = visit.translated(PROMISED) % {"until": fields["until"]}
    return Effect(headline, (Amounted(visit.translated(N_("To be paid by then")), "", owed),))


# fmt: off
PROMISES = (
    Form(
        "/accounts/{account}/promise", OpenPromise, N_("Promise to pay"), N_("Take the promise"),
        (Field("until", N_("Pays by"), "day", is_required=True),),
        then=lambda visit, done: card_of(visit), back=card_of,
        done=says(N_("The promise is taken.")),
        begins=lambda visit: {"until": "+7"}, effect=_opened, about=named,
    ),
    Form(
        "/accounts/{account}/promise/keep", KeepPromise, N_("The promise is kept"), N_("End it as kept"), (),
        then=lambda visit, done: card_of(visit), back=card_of,
        done=says(N_("The promise has ended.")), about=named,
    ),
    Form(
        "/accounts/{account}/promise/break", BreakPromise, N_("Break the promise"), N_("End it as broken"), (),
        then=lambda visit, done: card_of(visit), back=card_of,
        done=says(N_("The promise has ended.")), about=named,
    ),
)
