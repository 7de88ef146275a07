"""Files that have a lot of one thing, as texts: catalogues, price changes, corrections, scenarios, profiles, banks.

Each function makes the file with so many of the thing; the largest is what an operator may well bring in at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

FEE = "{code: fee, kind: recurring, price: 19.90, vat: 20}"
BANK_HEADER = "source,reference,received_on,amount,currency,payment_reference,payer"


def _tariff(components: str, more: str = "", code: str = "net") -> str:
    return f"  - code: {code}\n    currency: EUR\n    components: [{components}]\n{more}"


def _day(number: int) -> str:
    return str(date(2000, 1, 1) + timedelta(number))


# --- catalogues


def tariffs(size: int) -> str:
    return "tariffs:\n" + "".join(_tariff(FEE, code=f"net-{number}") for number in range(size))


def components(size: int) -> str:
    """Components of one tariff: prices of calls by destination."""
    listed = (f"{{code: call-{n}, kind: usage, model: unit, price: 0.0{n % 9}1, vat: 20}}" for n in range(size))
    return "tariffs:\n" + _tariff(", ".join(listed))


def prices(size: int) -> str:
    """List prices of one component, one after the other."""
    listed = (f"{{price: {n}.50, from: {_day(n)}, to: {_day(n + 1)}}}" for n in range(size))
    return "tariffs:\n" + _tariff(f"{{code: fee, kind: recurring, vat: 20, prices: [{', '.join(listed)}]}}")


def revisions(size: int) -> str:
    listed = (
        f"      - {{from: {_day(n)}, components: [{FEE.replace('19.90', f'{n + 1}.50')}]}}\n" for n in range(size)
    )
    return "tariffs:\n" + _tariff(FEE, "    revisions:\n" + "".join(listed))


def tiers(size: int) -> str:
    bounds = ", ".join([*(f"{{up_to: {n + 1}, unit: 0.10}}" for n in range(size - 1)), "{unit: 0.05}"])
    return "tariffs:\n" + _tariff(f"{{code: data, kind: usage, vat: 20, model: graduated, tiers: [{bounds}]}}")


def products(size: int) -> str:
    """Products under one root."""
    listed = (f"  - {{code: p{n}, name: Product {n}, parent: root}}\n" for n in range(size - 1))
    return "products:\n  - {code: root, name: Root}\n" + "".join(listed)


def faults(size: int) -> str:
    """A catalogue in which every tariff has a price that is none."""
    return tariffs(size).replace("19.90", "cheap")


def unknown_words(size: int) -> str:
    return tariffs(1) + "".join(f"    word{n}: x\n" for n in range(size))


# --- other files


def price_changes(size: int) -> str:
    return "price_changes:\n" + "".join(
        f"  - {{tariff: net-{n}, from: 2027-01-01, prices: {{fee: 21.90}}}}\n" for n in range(size)
    )


def changed_prices(size: int) -> str:
    """A price change of one tariff with a price for each destination."""
    listed = "".join(f"      call-{n}: 0.0{n % 9}1\n" for n in range(size))
    return "price_changes:\n  - tariff: net\n    from: 2027-01-01\n    prices:\n" + listed


def corrections(size: int) -> str:
    return "reason: mistyped\ncorrections:\n" + "".join(
        f"  - {{kind: activation, account: A{n}, subscription: main, on: 2026-03-16}}\n" for n in range(size)
    )


def scenario_accounts(size: int) -> str:
    return (
        f"currency: EUR\ntariffs:\n{tariffs(1).removeprefix('tariffs:')}accounts:\n"
        + "".join(f"  - {{code: A{n}, subscriptions: [{_subscription('S')}]}}\n" for n in range(size))
        + "runs: [2026-02-01]\n"
    )


def scenario_subscriptions(size: int) -> str:
    listed = ", ".join(_subscription(f"S{n}") for n in range(size))
    return (
        f"currency: EUR\ntariffs:\n{tariffs(1).removeprefix('tariffs:')}"
        f"accounts: [{{code: A, subscriptions: [{listed}]}}]\nruns: [2026-02-01]\n"
    )


def _subscription(code: str) -> str:
    return f"{{code: {code}, tariff: net-0, timeline: [{{do: activate, on: 2026-01-01}}]}}"


def profile(size: int) -> str:
    """A profile with many attributes of a customer, each from a column of its own."""
    fixed = "name: n\ncolumns:\n  Nr: [customer.number, customer.name, account.number, subscription.code]\n"
    fixed += "  Since: subscription.activated_on\n"
    constants = "constants: {account.seller: s, account.currency: EUR, subscription.tariff: t}\n"
    return fixed + "".join(f"  C{n}: customer.attributes.a{n}\n" for n in range(size)) + constants


def bank_rows(size: int) -> str:
    return BANK_HEADER + "\n" + "".join(f"bank,R{n},2026-03-14,1.00,EUR,A{n},Anna Ozola\n" for n in range(size))


def rejected_bank_rows(size: int) -> str:
    return bank_rows(size).replace("2026-03-14", "14.3.2026")


Maker = Callable[[int], str]

CATALOGUES: Mapping[str, Maker] = {
    "tariffs": tariffs, "components": components, "prices": prices, "revisions": revisions, "tiers": tiers,
    "products": products, "faults": faults, "unknown words": unknown_words,
}  # fmt: skip
