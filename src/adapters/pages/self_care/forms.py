"""What a customer does: another tariff, a pause, a promise to pay, contact, a problem, the wish to be forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from adapters.door.door import Done
from adapters.languages.language import Language
from adapters.pages.forms import Amounted, Choice, Effect, Field, Form
from adapters.pages.page import N_
from adapters.pages.self_care.overview import own_details
from adapters.pages.visit import OwnVisit, Visit
from adapters.views.holds import CheckHold, HoldCheck
from adapters.views.promises import CheckPromise, PromiseCheck
from adapters.views.self_care.account import ShowOwnAccount
from adapters.views.self_care.offers import PreviewTariff, TariffPreview
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.money import Money, total
from commands.parties import ChangeCustomer, GiveConsent, WithdrawConsent
from commands.platform.bus import Seen
from commands.promises import OpenInstalmentPlan, OpenPromise
from commands.self_care.hold_offers import HoldOffer
from commands.self_care.limits import WEB
from commands.self_care.messages import ReportProblem
from commands.services.status import HoldSubscription
from commands.services.terms import ChangeTariff
from commands.services.yearly_holds import EndYearlyHold, PlanYearlyHold
from commands.vouchers import RedeemVoucher

MORE, LESS = N_("More until %(until)s"), N_("Less until %(until)s")
THEN, INSTEAD = N_("From then on, for %(period)s"), N_("Instead of %(before)s")
FROM, CHANGE_FROM = N_("%(name)s from %(on)s"), N_("Change from %(on)s")
VAT = N_("All prices with VAT.")
PROMISED, PROMISE = N_("You promise to pay %(amount)s by %(until)s."), N_("Promise to pay %(amount)s")
NOT_STOPPED = N_("Nothing is stopped until then if you pay on time.")
FORGET, WISH = N_("Wish to be forgotten"), N_("Delete what you hold about me.")
KEPT = N_("The law has us keep invoices for some years.")
PROMISE_COSTS = N_("The promise costs %(amount)s with VAT.")
BY_DAY, IN_PARTS = N_("By %(day)s"), N_("You promise to pay %(amount)s in %(count)s parts.")
EACH_ON_TIME = N_("Nothing is stopped as long as you pay each part on time.")
PAUSED, LEFT = N_("Paused from %(from)s, back on %(to)s"), N_("%(days)s days of pause are left this year.")
WHILE_PAUSED = N_("For %(period)s while it is paused")
TAKEN = N_("Thank you. %(amount)s are paid by the voucher.")
UNKNOWN_CODE = N_("No voucher has this code. You may mistype it %(left)s more times, then not for a day.")
DAYS_OF_MONTH = 30


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
    amount, price = written.money(account.promised), account.promise_price
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


def _plan_effect(visit: Visit, fields: Mapping[str, Any]) -> Effect:
    """What is to be paid by each day."""
    found: PromiseCheck = visit.ask(CheckPromise, account=fields["account"], dates=",".join(fields["dates"]))
    written, text = visit.written, visit.translated
    lines = [
        Amounted(text(BY_DAY) % {"day": written.long_date(part.until_on)}, "", written.money(part.amount))
        for part in found.parts
    ]
    price = found.price
    hint = text(PROMISE_COSTS) % {"amount": written.money(price)} if price is not None and price.amount else ""
    whole = total((part.amount for part in found.parts), found.owed.currency)
    headline = text(IN_PARTS) % {"amount": written.money(whole), "count": len(found.parts)}
    return Effect(headline, lines, f"{text(EACH_ON_TIME)} {hint}".strip(), text(PROMISE) % {
        "amount": written.money(whole),
    })  # fmt: skip


def _in_parts(visit: Visit, words: dict[str, Any]) -> dict[str, Any]:
    """Equal parts, a month or as long as a promise lasts after each other, from the longest first term on."""
    if words["dates"] not in [choice.value for choice in _counts(visit)]:
        raise InvalidValue("is not one of the numbers of parts", field="dates", value=words["dates"])
    count = int(words["dates"])
    by = visit.ask(ShowOwnAccount, account=visit.path["account"]).promise_by
    days = (by - visit.today).days if by is not None else 1
    step = timedelta(days=min(days, DAYS_OF_MONTH))
    return {**words, "dates": [(visit.today + step * (place + 1)).isoformat() for place in range(count)]}


def _counts(visit: Visit) -> list[Choice]:
    most = visit.ask(ShowOwnAccount, account=visit.path["account"]).instalments
    return [Choice(str(count), str(count)) for count in range(2, most + 1)]


# --- a pause


def _pause_effect(visit: Visit, fields: Mapping[str, Any]) -> Effect:
    """What a pause costs, and what is left of the days of the year."""
    asked = {name: fields[name] for name in ("account", "subscription")}
    found: HoldCheck = visit.ask(CheckHold, **asked, on=fields.get("on", ""), until=fields.get("until", ""))
    visit.carry_out(HoldSubscription, fields, dry_run=True)
    written, text = visit.written, visit.translated
    days = {"from": _day_said(fields["on"], written), "to": _day_said(fields["until"], written)}
    lines, hint = [], ""
    if found.offer is not None:
        lines = hold_costs(visit, found.offer)
        if found.offer.left_days is not None:
            hint = text(LEFT) % {"days": found.offer.left_days}
    return Effect(text(PAUSED) % days, lines, hint, text(N_("Pause the service")))


def hold_costs(visit: Visit, offer: HoldOffer) -> list[Amounted]:
    """The prices of a pause, VAT included."""
    written, text = visit.written, visit.translated
    lines = []
    for fee, what in ((offer.fee, N_("Once at its beginning")), (offer.end_fee, N_("Once at its end"))):
        if fee.amount:
            lines.append(Amounted(text(what), "", written.money(fee)))
    for each in offer.meanwhile:
        every = text(WHILE_PAUSED) % {"period": written.length(each.every)}
        lines.append(Amounted(every, "", written.money(each.amount)))
    percent = offer.terms.charge_percent
    if percent:
        lines.append(Amounted(text(N_("Of the price while it is paused")), "", f"{percent.normalize():f} %"))
    return lines


# --- who the customer is


def _contact(visit: Visit) -> Mapping[str, str]:
    details = own_details(_own(visit))
    return {"phone": details.phone, "email": details.email}


def _seen(visit: Visit) -> Seen:
    return own_details(_own(visit)).seen()


def _redeemed(visit: Visit, done: Done) -> str:
    amount, _, currency = done.result["amount"].partition(" ")
    return visit.translated(TAKEN) % {"amount": visit.written.money(Money(Decimal(amount), currency))}


def _unknown_code(visit: Visit, done: Done) -> Mapping[str, str]:
    result = done.result
    return {} if result["redeemed"] else {"code": visit.translated(UNKNOWN_CODE) % {"left": result["tries_left"]}}


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
        then=_services, back=_services, done=_said(N_("The service will pause.")), effect=_pause_effect,
    ),
    Form(
        "/my/services/{account}/{subscription}/season", PlanYearlyHold, N_("Pause every year"), N_("Pause every year"),
        (
            Field("from_day", N_("First day without the service"), hint=N_("Month and day, such as 10-01"),
                  is_required=True, width=6),
            Field("to_day", N_("Last day without it"), hint=N_("Month and day, such as 03-31"), is_required=True,
                  width=6),
        ),
        then=_services, back=_services, done=_said(N_("The service will pause every year.")),
    ),
    Form(
        "/my/services/{account}/{subscription}/season/end", EndYearlyHold, N_("Pause no more every year"),
        N_("Pause no more every year"), (), then=_services, back=_services,
        done=_said(N_("The service will not pause by itself any more.")),
    ),
    Form(
        "/my/accounts/{account}/promise", OpenPromise, N_("More time to pay"), N_("Promise to pay"),
        (Field("until", N_("I pay by"), "day", is_required=True, width=6),),
        then=_home, back=_home, done=_said(N_("Thank you. Your promise is noted.")), begins=_last_day,
        effect=_promise_effect,
    ),
    Form(
        "/my/accounts/{account}/instalments", OpenInstalmentPlan, N_("Pay in parts"), N_("Promise to pay in parts"),
        (Field("dates", N_("In how many parts"), "choice", choices=_counts, is_required=True, width=6),),
        then=_home, back=_home, done=_said(N_("Thank you. Your promise is noted.")), adds=_in_parts,
        effect=_plan_effect,
    ),
    Form(
        "/my/accounts/{account}/voucher", RedeemVoucher, N_("Redeem a voucher"), N_("Redeem the voucher"),
        (Field("code", N_("Code"), hint=N_("16 letters and digits, as printed"), is_required=True, width=6),),
        then=_home, back=_home, done=_redeemed, fails=_unknown_code,
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
