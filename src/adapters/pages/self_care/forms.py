"""What a customer does: another tariff, a pause, a promise to pay, contact, a problem, the wish to be forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from adapters.door.door import Done
from adapters.languages.language import Language
from adapters.pages.forms import Amounted, Effect, Field, Form
from adapters.pages.page import N_
from adapters.pages.self_care.overview import own_details
from adapters.pages.visit import OwnVisit, Visit
from adapters.views.self_care.account import ShowOwnAccount
from adapters.views.self_care.offers import PreviewTariff, TariffPreview
from commands.parties import ChangeCustomer, GiveConsent, WithdrawConsent
from commands.platform.bus import Seen
from commands.promises import OpenPromise
from commands.self_care.limits import WEB
from commands.self_care.messages import ReportProblem
from commands.services.status import HoldSubscription
from commands.services.terms import ChangeTariff

MORE, LESS = N_("More until %(until)s"), N_("Less until %(until)s")
THEN, INSTEAD = N_("From then on, for %(period)s"), N_("Instead of %(before)s")
FROM, CHANGE_FROM = N_("%(name)s from %(on)s"), N_("Change from %(on)s")
VAT = N_("All prices with VAT.")
PROMISED, PROMISE = N_("You promise to pay %(amount)s by %(until)s."), N_("Promise to pay %(amount)s")
NOT_STOPPED = N_("Nothing is stopped until then if you pay on time.")
FORGET, WISH = N_("Wish to be forgotten"), N_("Delete what you hold about me.")
KEPT = N_("The law has us keep invoices for some years.")
PROMISE_COSTS = N_("The promise costs %(amount)s without VAT.")


def _own(visit: Visit) -> OwnVisit:
    assert isinstance(visit, OwnVisit)
    return visit


def _home(visit: Visit, done: Done | None = None) -> str:
    return "/my"


def _services(visit: Visit, done: Done | None = None) -> str:
    return "/my/services"


def _you(visit: Visit, done: Done | None = None) -> str:
    return "/my/you"


def _said(text: str) -> Any:
    return lambda visit, done: visit.translated(text)


# --- another tariff


def _tariff_effect(visit: Visit, fields: Mapping[str, Any]) -> Effect:
    """What it costs more or less until the end of the period, and from then on."""
    asked = {name: fields[name] for name in ("account", "subscription", "tariff")}
    found: TariffPreview = visit.ask(PreviewTariff, **asked, from_next_period=fields.get("from_next_period", False))
    written, text = visit.written, visit.translated
    on, lines = written.long_date(found.effective_on), []
    if found.until > found.effective_on:
        is_less = found.difference.amount < 0
        what = text(LESS if is_less else MORE) % {"until": written.long_date(found.until)}
        lines.append(Amounted(what, "", written.money(-found.difference if is_less else found.difference)))
    then = text(THEN) % {"period": written.length(found.every)}
    instead = text(INSTEAD) % {"before": written.money(found.price_before)}
    lines.append(Amounted(then, instead, written.money(found.price), is_sum=True))
    headline, button = text(FROM) % {"name": found.name, "on": on}, text(CHANGE_FROM) % {"on": on}
    return Effect(headline, lines, text(VAT), button)


# --- a promise


def _promise_effect(visit: Visit, fields: Mapping[str, Any]) -> Effect:
    account = visit.ask(ShowOwnAccount, account=fields["account"])
    written, text = visit.written, visit.translated
    amount, price = written.money(account.to_pay), account.promise_price
    hint = text(PROMISE_COSTS) % {"amount": written.money(price)} if price and price.amount else ""
    headline = text(PROMISED) % {"amount": amount, "until": _day_said(fields.get("until", ""), written)}
    return Effect(headline, (), f"{text(NOT_STOPPED)} {hint}".strip(), text(PROMISE) % {"amount": amount})


def _day_said(typed: str, written: Language) -> str:
    """A day in words; what is none stays as it was typed, and the command says what is wrong with it."""
    try:
        return written.long_date(date.fromisoformat(typed))
    except ValueError:
        return typed


def _last_day(visit: Visit) -> Mapping[str, str]:
    by = visit.ask(ShowOwnAccount, account=visit.path["account"]).promise_by
    return {"until": by.isoformat() if by else ""}


# --- who the customer is


def _contact(visit: Visit) -> Mapping[str, str]:
    details = own_details(_own(visit))
    return {"phone": details.phone, "email": details.email}


def _seen(visit: Visit) -> Seen:
    return own_details(_own(visit)).seen()


def _customer(visit: Visit) -> Mapping[str, Any]:
    return {"customer": _own(visit).customer}


def _about_account(visit: Visit) -> Mapping[str, Any]:
    """Whose problem it is; also of which account, if there is one alone."""
    accounts = own_details(_own(visit)).accounts
    return {**_customer(visit), **({"account": accounts[0]} if len(accounts) == 1 else {})}


def _erasure(visit: Visit) -> Mapping[str, Any]:
    return {**_about_account(visit), "about": "erasure", "subject": visit.translated(FORGET)}


def _by_web(visit: Visit) -> Mapping[str, Any]:
    return {**_customer(visit), "channel": WEB}


def _wording(visit: Visit) -> str:
    """What the customer agrees to, or did."""
    consents = own_details(_own(visit)).consents
    return next((each.wording for each in consents if each.purpose == visit.path["purpose"]), "")


PROBLEM = (
    Field("subject", N_("What is wrong"), is_required=True),
    Field("text", N_("Tell us more: since when, what you tried"), "lines", is_required=True),
)
SENT = N_("We have it. You find the answer here and in your e-mail.")

FORMS = (
    Form(
        "/my/services/{account}/{subscription}/tariff/{tariff}/now", ChangeTariff, N_("Change from today"),
        N_("Change the tariff"), (), then=_services, back=_services, done=_said(N_("Your tariff is changed.")),
        effect=_tariff_effect,
    ),
    Form(
        "/my/services/{account}/{subscription}/tariff/{tariff}/next", ChangeTariff, N_("Change from the next period"),
        N_("Change the tariff"), (), then=_services, back=_services, fixed={"from_next_period": True},
        done=_said(N_("Your tariff will change.")), effect=_tariff_effect,
    ),
    Form(
        "/my/services/{account}/{subscription}/pause", HoldSubscription, N_("Pause the service"),
        N_("Pause the service"),
        (
            Field("on", N_("First day without the service"), "day", is_required=True, width=6),
            Field("until", N_("First day with it again"), "day", is_required=True, width=6),
        ),
        then=_services, back=_services, done=_said(N_("The service will pause.")),
    ),
    Form(
        "/my/accounts/{account}/promise", OpenPromise, N_("More time to pay"), N_("Promise to pay"),
        (Field("until", N_("I pay by"), "day", is_required=True, width=6),),
        then=_home, back=_home, done=_said(N_("Thank you. Your promise is noted.")), begins=_last_day,
        effect=_promise_effect,
    ),
    Form(
        "/my/you/contact", ChangeCustomer, N_("Your contact"), N_("Save the contact"),
        (
            Field("phone", N_("Phone"), "tel", clears=True, width=6, complete="tel"),
            Field("email", N_("E-mail"), "email", clears=True, width=6, complete="email"),
        ),
        then=_you, back=_you, done=_said(N_("Your contact is saved.")), begins=_contact, seen=_seen,
        fixed=lambda visit: {"number": _own(visit).customer},
    ),
    Form(
        "/my/report", ReportProblem, N_("Write to us"), N_("Send"), PROBLEM, then=_you, back=_home, done=_said(SENT),
        fixed=_about_account,
    ),
    Form(
        "/my/services/{account}/{subscription}/report", ReportProblem, N_("Report a problem"), N_("Send"), PROBLEM,
        then=_you, back=_services, done=_said(SENT), fixed=_customer,
    ),
    Form(
        "/my/you/consents/{purpose}/give", GiveConsent, N_("I agree"), N_("I agree"), (), then=_you, back=_you,
        done=_said(N_("It is noted that you agree.")), fixed=_by_web, about=_wording,
    ),
    Form(
        "/my/you/consents/{purpose}/withdraw", WithdrawConsent, N_("I do not agree any more"),
        N_("I do not agree any more"), (), then=_you, back=_you,
        done=_said(N_("It is noted that you do not agree any more.")), fixed=_by_web, about=_wording,
    ),
    Form(
        "/my/you/forget", ReportProblem, N_("Have your data deleted"), N_("Ask for it"),
        (Field("text", N_("Your wish"), "lines", is_required=True),),
        then=_you, back=_you, done=_said(SENT), fixed=_erasure,
        begins=lambda visit: {"text": visit.translated(WISH)},
        about=lambda visit: visit.translated(KEPT),
    ),
)  # fmt: skip
