"""Connections of kiosks and wallets: connect, change, another secret, switch off and on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from adapters.actions.kiosks import TakeKioskSecret
from adapters.door.door import Done
from adapters.edge.models import written
from adapters.pages.forms import Choice, Field, Form, Once, says, to
from adapters.pages.lists import Act, Column, List, State
from adapters.pages.page import N_, Tile
from adapters.pages.sellers import sellers
from adapters.pages.visit import Visit
from adapters.views.kiosks.connections import KioskRow, ListKioskRefusals, ListKiosks, ShowKiosk
from adapters.views.kiosks.days import ListKioskDays, ListKioskRegisters
from commands.kiosks.connections import ChangeKiosk, ChangeKioskSecret, ConnectKiosk, SwitchKiosk

KIOSKS = "/set-up/kiosks"
ONE = f"{KIOSKS}/{{kiosk}}"
DAYS = "/kiosks"
PROTOCOLS = (
    Choice("osmp", "OSMP / QIWI"), Choice("epay", "ePay.bg"), Choice("idram", "Idram"), Choice("telcell", "Telcell"),
    Choice("signed-json", N_("Signed JSON")),
)  # fmt: skip
PAYER_KEYS = (
    Choice("account", N_("Number of the account")), Choice("customer", N_("Number of the customer")),
    Choice("invoice", N_("Number of an invoice")), Choice("phone", N_("Telephone number")),
)  # fmt: skip


def _at(what: str) -> Any:
    return lambda row: f"{KIOSKS}/{quote(row.kiosk)}/{what}"


def _days(row: KioskRow) -> str:
    return f"{DAYS}/{quote(row.kiosk)}"


def _state(row: KioskRow) -> State:
    return State(N_("On"), "good") if row.is_on else State(N_("Off"), "warn")


def _known(visit: Visit) -> Mapping[str, Any]:
    terms: dict[str, Any] = written(visit.ask(ShowKiosk, kiosk=visit.path["kiosk"]).terms)
    return {f"terms.{word}": value for word, value in terms.items()}


def _secret(visit: Visit, done: Done) -> Once:
    hint = N_("The other side signs each message by it, or signs in with it.")
    return Once(visit.translated(N_("Secret of the connection")), done.result["secret"], visit.translated(hint))


def _code(visit: Visit) -> str:
    return visit.path["kiosk"]


AGREED = (
    Field("terms.currencies", N_("Currencies"), "rows", is_required=True,
          hint=N_("From a day on amounts are in this currency, and in minor units have so many decimals."),
          columns=(Field("from", N_("From"), "day"), Field("currency", N_("Currency")),
                   Field("digits", N_("Decimals"), "whole"))),
    Field("terms.payer_key", N_("Payers type"), "choice", choices=PAYER_KEYS, width=6),
    Field("terms.user", N_("User or merchant"), width=6,
          hint=N_("By which the other side signs in, or its number of the house")),
    Field("terms.least", N_("Least amount"), "amount", width=4),
    Field("terms.most", N_("Most"), "amount", width=4),
    Field("terms.late_days", N_("Late after days"), "whole", width=4),
    Field("terms.takes_promises", N_("Takes promises to pay"), "check", width=6,
          hint=N_("Customers may ask for more time there; signed JSON only")),
    Field("terms.networks", N_("Networks"), "list", hint=N_("One on each line, as 198.51.100.0/24; none allows all")),
)  # fmt: skip
WHOSE = (
    Field("terms.protocol", N_("Protocol"), "choice", choices=PROTOCOLS, is_required=True, width=4),
    Field("terms.seller", N_("Seller"), "choice", choices=sellers, is_required=True, width=4),
)
# fmt: off
LISTS = (
    List(
        KIOSKS, ListKiosks, N_("Kiosks and wallets"),
        (
            Column(N_("Connection"), lambda row: row.kiosk, below=lambda row: row.path, link=_days),
            Column(N_("State"), _state, "state"),
            Column(N_("Protocol"), lambda row: row.terms.protocol),
            Column(N_("Seller"), lambda row: row.terms.seller),
            Column(N_("Currency"), lambda row: row.terms.currencies[-1].currency),
            Column(N_("Payers type"), lambda row: row.terms.payer_key),
        ),
        actions=(Act(N_("New connection"), f"{KIOSKS}/new", ConnectKiosk, "n"),),
        row_actions=(
            Act(N_("Days"), _days, ListKioskDays),
            Act(N_("Refused"), lambda row: f"{DAYS}/{quote(row.kiosk)}/refusals", ListKioskRefusals),
            Act(N_("Registers"), lambda row: f"{DAYS}/{quote(row.kiosk)}/registers", ListKioskRegisters),
            Act(N_("Change"), _at("change"), ChangeKiosk),
            Act(N_("Switch off"), _at("switch-off"), SwitchKiosk, when=lambda row: row.is_on),
            Act(N_("Switch on"), _at("switch-on"), SwitchKiosk, when=lambda row: not row.is_on),
            Act(N_("Show the secret"), _at("secret"), TakeKioskSecret),
            Act(N_("Another secret"), _at("another-secret"), ChangeKioskSecret),
        ),
        empty=N_("A connection lets kiosks or a wallet report payments by their own protocol."),
    ),
)
_BACK = to(KIOSKS)
FORMS = (
    Form(
        f"{KIOSKS}/new", ConnectKiosk, N_("New connection"), N_("Connect"),
        (Field("kiosk", N_("Name"), is_required=True, width=4, hint=N_("In small letters")), *WHOSE, *AGREED),
        then=lambda visit, done: f"{KIOSKS}/{quote(visit.first('kiosk').strip())}/secret", back=_BACK,
        done=says(N_("It is connected. Its secret is shown once.")),
    ),
    Form(
        f"{ONE}/change", ChangeKiosk, N_("Change the connection"), N_("Change the connection"), (*WHOSE, *AGREED),
        then=_BACK, back=_BACK, done=says(N_("The terms hold from now on.")), begins=_known, about=_code,
    ),
    Form(
        f"{ONE}/secret", TakeKioskSecret, N_("Show the secret"), N_("Show the secret once"), (),
        then=_BACK, back=_BACK, done=says(""), about=_code, once=_secret,
    ),
    Form(
        f"{ONE}/another-secret", ChangeKioskSecret, N_("Another secret"), N_("Keep another secret"),
        (Field("secret", N_("Secret of the other side"), "secret",
               hint=N_("If it gave one; otherwise a new one is made, which is shown once.")),),
        then=_BACK, back=_BACK, about=_code, done=says(N_("For a day both secrets hold.")),
    ),
    Form(
        f"{ONE}/switch-off", SwitchKiosk, N_("Switch the connection off"), N_("Switch off"),
        (Field("reason", N_("Reason"), is_required=True),), fixed={"is_on": False},
        then=_BACK, back=_BACK, about=_code, done=says(N_("No payment is taken over it any more.")),
    ),
    Form(
        f"{ONE}/switch-on", SwitchKiosk, N_("Switch the connection on"), N_("Switch on"),
        (Field("reason", N_("Reason"), is_required=True),), fixed={"is_on": True},
        then=_BACK, back=_BACK, about=_code, done=says(N_("Payments are taken over it again.")),
    ),
)
SET_UP = (Tile("house", N_("Kiosks and wallets"), KIOSKS, ListKiosks, N_("Who may report payments, and how")),)
# fmt: on
