"""Plausible subscribers of a made-up operator, and payments of their invoices, for trying the program out.

The operator sells internet, cable television and telephone in euro. The same seed always gives the same data, and
more subscribers of a seed begin with the fewer ones. Names are put together from common given and family names.

A payer has a habit, drawn once per account: most pay what is due on time, some late, some by their account number
instead of the invoice's, a few only a part, and some never.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Literal, NamedTuple

from stdnum.lv import pvn

from billing_core.accounts.plans import BillingPlan
from billing_core.catalogue.components import AnyComponent, OneOff, Recurring
from billing_core.catalogue.prices import Price
from billing_core.catalogue.tariffs import Tariff
from billing_core.kernel.money import Money, rounded, zero
from billing_core.parties.customers import Customer
from billing_core.parties.details import Address
from billing_core.parties.number_series import USUAL_SERIES
from billing_core.parties.sellers import Seller
from billing_core.time.periods import boundary
from commands.bank_statements.booking import BankRow
from commands.catalogue import PublishTariff
from commands.onboarding import NewAccount, NewSubscriber, NewSubscription, SubscriberRow
from commands.parties import RegisterSeller
from commands.platform.bus import Command

DEMO_SEED = 7_000
FIRST_PRICE_LIST_ON = date(2020, 1, 1)
CURRENCY = "EUR"

# --- the operator

SELLER = Seller(
    code="signals",
    name="Ziemeļu Signāls, SIA",
    address=Address(street="Stacijas iela 1", city="Upeskrasts", postal_code="LV-3999", country="LV"),
    time_zone="Europe/Riga",
    series=USUAL_SERIES,
    legal_ids={"Company ID": "49000000002", "VAT ID": "LV49000000002"},
    iban="LV80BANK0000435195001",
    email="billing@signals.example",
)

# Products: share of the subscribers in percent, tariff, and code of the subscription.
PRODUCTS = (
    (34, "internet-100", "internet"),
    (22, "internet-500", "internet"),
    (16, "cable-tv", "television"),
    (10, "telephone", "telephone"),
    (18, "home-bundle", "bundle"),
)
# Some keep a price they once agreed on.
AGREED_PRICES = {"internet-100": Decimal("16.90"), "internet-500": Decimal("24.90")}


def setup_commands(start_on: date) -> tuple[Command, ...]:
    """Commands before the import: the seller, then the tariffs, which hold from 2020 on.

    Television has a VAT rate of its own, so that a bundle's invoice shows two; half a year after the start it gets
    dearer.
    """
    dearer_on = boundary(start_on.year, start_on.month + 6, 1)
    return (
        RegisterSeller(seller=SELLER),
        _tariff("internet-100", "Internet 100 Mbit/s", _monthly("19.90", 21), _installation("25.00")),
        _tariff("internet-500", "Internet 500 Mbit/s", _monthly("29.90", 21), _installation("25.00")),
        _tariff("cable-tv", "Cable television", _monthly("12.99", 20, "14.49", dearer_on), includes_vat=True),
        _tariff("telephone", "Telephone", _monthly("7.50", 21), includes_vat=True),
        _tariff(
            "home-bundle",
            "Internet and television",
            _fee("internet", "Internet 500 Mbit/s", 21, _prices("26.00")),
            _fee("television", "Cable television", 20, _prices("9.90", "10.90", dearer_on)),
            _installation("40.00"),
            includes_vat=True,
        ),
    )


def _tariff(code: str, name: str, *components: AnyComponent, includes_vat: bool = False) -> PublishTariff:
    tariff = Tariff(code=code, name=name, currency=CURRENCY, components=components, prices_include_vat=includes_vat)
    return PublishTariff(tariff=tariff)


def _monthly(amount: str, vat_rate: int, later: str = "", later_on: date | None = None) -> Recurring:
    return _fee("monthly", "Monthly fee", vat_rate, _prices(amount, later, later_on))


def _fee(code: str, name: str, vat_rate: int, prices: tuple[Price, ...]) -> Recurring:
    return Recurring(code=code, name=name, vat_rate=Decimal(vat_rate), prices=prices)


def _installation(amount: str) -> OneOff:
    return OneOff(code="installation", name="Installation", vat_rate=Decimal(21), prices=_prices(amount))


def _prices(amount: str, later: str = "", later_on: date | None = None) -> tuple[Price, ...]:
    first = Price(amount=Decimal(amount), valid_from=FIRST_PRICE_LIST_ON, valid_to=later_on)
    return (first,) if later_on is None else (first, Price(amount=Decimal(later), valid_from=later_on))


# --- names


class Names(NamedTuple):
    """Given and family names of one spelling; family names as of a man and of a woman."""

    share: int
    men: str
    women: str
    families: str


NAMES = (
    Names(
        70,
        "Jānis Mārtiņš Kārlis Rūdolfs Ēriks Žanis Jürgen Tomáš Łukasz Mikuláš",
        "Anna Līga Dārta Kristīne Elīna Ilze Žofia Jūratė Małgorzata Käthe",
        "Bērziņš/Bērziņa Kalniņš/Kalniņa Ozols/Ozola Krūmiņš/Krūmiņa Vītols/Vītola Žagars/Žagare Šmits/Šmite "
        "Novák/Nováková Dvořáček/Dvořáčková Müller/Müller Wiśniewski/Wiśniewska Mägi/Mägi",
    ),
    Names(
        24,
        "Александр Николай Сергей Фёдор Юрий Георгий",
        "Елена Наталья Ольга Юлия Любовь Татьяна",
        "Соколов/Соколова Лебедев/Лебедева Журавлёв/Журавлёва Щукин/Щукина Белый/Белая Мельник/Мельник",
    ),
    Names(6, "Արամ Տիգրան Հայկ Գևորգ", "Անի Նարե Լիլիթ Գայանե", "Գրիգորյան Սարգսյան Հակոբյան Պետրոսյան"),
)  # fmt: skip

COMPANY_KINDS = ("Maiznīca", "Darbnīca", "Aptieka", "Tipogrāfija", "Dārzniecība", "Kafejnīca")
COMPANY_PLACES = ("Zaļā", "Vecā", "Jaunā", "Mazā", "Ziemeļu", "Jūras", "Ezera", "Parka")
STREETS = ("Dārza", "Skolas", "Parka", "Upes", "Liepu", "Ezera", "Stacijas", "Pļavas", "Meža", "Jūras")
TOWNS = ("Upeskrasts", "Ezermala", "Kalnpils", "Mežgals", "Jūrciems", "Pļavpils")


def _person_name(random: Random) -> str:
    (names,) = random.choices(NAMES, [names.share for names in NAMES])
    is_woman = random.random() < 0.5
    given = random.choice((names.women if is_woman else names.men).split())
    of_man, _, of_woman = random.choice(names.families.split()).partition("/")
    return f"{given} {of_woman if is_woman and of_woman else of_man}"


def _company_name(random: Random) -> str:
    return f"{random.choice(COMPANY_PLACES)} {random.choice(COMPANY_KINDS)}, SIA"


def _company_id(random: Random) -> str:
    """A number with a right check digit, of a range that is not given out."""
    while True:
        number = f"49{random.randrange(10**9):09d}"
        if pvn.is_valid(number):
            return number


# --- subscribers


def subscribers(count: int, start_on: date, seed: int = DEMO_SEED) -> Iterator[SubscriberRow]:
    """Most were activated in the twelve months before the start, the others in the year after it; some have left."""
    random = Random(seed)
    for index in range(count):
        yield SubscriberRow(line=index + 1, subscriber=_subscriber(random, index, start_on))


def _subscriber(random: Random, index: int, start_on: date) -> NewSubscriber:
    number = 100_001 + index
    ((_, tariff, subscription),) = random.choices(PRODUCTS, [share for share, _, _ in PRODUCTS])
    activated_on = start_on + timedelta(
        days=random.randrange(365) if random.random() < 0.2 else -random.randint(1, 365)
    )
    terminated_on = activated_on + timedelta(days=random.randint(30, 400)) if random.random() < 0.08 else None
    agreed = tariff in AGREED_PRICES and random.random() < 0.1
    return NewSubscriber(
        customer=_customer(random, str(number)),
        account=NewAccount(
            number=f"A{number}",
            seller=SELLER.code,
            currency=CURRENCY,
            plan=BillingPlan(
                billing_day=random.choices((1, 10, 20, 31), (55, 20, 15, 10))[0], due_days=14, tolerance_days=7
            ),
        ),
        subscription=NewSubscription(
            code=subscription,
            tariff=tariff,
            activated_on=activated_on,
            terminated_on=terminated_on,
            agreed_prices={"monthly": AGREED_PRICES[tariff]} if agreed else {},
        ),
    )


def _customer(random: Random, number: str) -> Customer:
    is_company = random.random() < 0.12
    company_id = _company_id(random) if is_company else ""
    return Customer(
        number=number,
        kind="company" if is_company else "person",
        name=_company_name(random) if is_company else _person_name(random),
        address=Address(
            street=f"{random.choice(STREETS)} iela {random.randint(1, 120)}",
            city=random.choice(TOWNS),
            postal_code=f"LV-{random.randint(3900, 3998)}",
            country="LV",
        ),
        legal_ids={"Company ID": company_id, "VAT ID": f"LV{company_id}"} if is_company else {},
        email=f"customer-{number}@mail.example" if random.random() < 0.8 else None,
    )


# --- payments

Habit = Literal["on time", "late", "by account number", "in part", "never"]
HABITS: dict[Habit, int] = {"on time": 70, "late": 10, "by account number": 8, "in part": 4, "never": 8}


class OpenInvoice(NamedTuple):
    """An invoice as far as a payer looks at it."""

    account: str
    number: str
    amount: Money
    due_on: date


def payments(invoices: Iterable[OpenInvoice], seed: int = DEMO_SEED) -> Iterator[BankRow]:
    """The payments of the bank, at most one for each invoice; pass every invoice once, with its whole amount.

    The payment of an invoice does not depend on the other invoices; its reference is made of the number.
    """
    line = 0
    for invoice in invoices:
        habit = habit_of(invoice.account, seed)
        if habit != "never" and invoice.amount > zero(invoice.amount.currency):
            line += 1
            yield _payment(line, invoice, habit, Random(f"{seed} {invoice.number}"))


def habit_of(account: str, seed: int = DEMO_SEED) -> Habit:
    """How the payer of an account pays."""
    return Random(f"{seed} {account}").choices(list(HABITS), list(HABITS.values()))[0]


def _payment(line: int, invoice: OpenInvoice, habit: Habit, random: Random) -> BankRow:
    days = random.randint(10, 40) if habit == "late" else -random.randint(0, 7)
    return BankRow(
        line=line,
        source="bank",
        reference=f"D{invoice.number}",
        received_on=invoice.due_on + timedelta(days=days),
        amount=_part(invoice.amount, random) if habit == "in part" else invoice.amount,
        payment_reference=invoice.account if habit == "by account number" else invoice.number,
        payer=f"Account {invoice.account}",
    )


def _part(whole: Money, random: Random) -> Money:
    """Half to nine tenths of an amount, never less than the smallest one."""
    return rounded(whole.amount * random.randint(50, 90) / 100, whole.currency)
