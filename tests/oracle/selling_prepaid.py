"""Scenarios of services that are paid before their periods, alone or with one that is billed afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_UP, Decimal

from hypothesis import strategies as st

from tests.oracle.scenarios import beginnings, fees, scenarios, tariff, vat_rates
from tests.oracle.selling_fees import PAUSES, WINDOW, adjustments
from tests.oracle.timelines import Draft, cancellations, happenings, price_changes, quantities, tariff_changes

fee_prices = st.sampled_from(["30", "30", "19.90", "10", "0.99", "33.333333", "300", "0"])
SHORT = st.sampled_from(["1 month", "1 month", "1 month", "10 days", "30 days", "1 week", "3 months", "1 day"])


@st.composite
def prepaid(draw: st.DrawFn) -> Draft:
    """A fee of another price in another list, on a prepaid plan of any kind; the money suffices now and then.

    The other list charges by the same rule: a change from arrears to advance that is learnt late is due before it is
    known, so that it is decided as of a day on which the service was there.
    """
    first, second = draw(paid_before("A")), draw(paid_before("C"))
    rule = {key: value for key, value in first["components"][0].items() if key not in ("price", "prices")}
    fee, *more = second["components"]
    second["components"] = [{key: value for key, value in fee.items() if key in ("price", "prices")} | rule, *more]
    return draw(bought([first, second], draw(plans), changes=(tariff_changes("A", "C", "C"),)))


@st.composite
def prepaid_and_postpaid(draw: st.DrawFn) -> Draft:
    """A service that is paid before, with another one or with one that is billed afterwards."""
    tariffs = [draw(paid_before("A")), draw(st.one_of(paid_before("B"), fixed("B")))]
    plan = draw(plans)
    if draw(st.booleans()):
        settled = draw(st.sampled_from(["when-due", "when-issued", "when-named"]))
        plan |= {"postpaid_tariffs": ["B"], "postpaid_settled": settled}
    begun_on = draw(beginnings)
    other = {"code": "T", "tariff": "B", "timeline": [{"on": begun_on.isoformat(), "do": "activate"}]}
    return draw(bought(tariffs, plan, other))


@st.composite
def bought(
    draw: st.DrawFn, /, tariffs: list[Draft], plan: Draft, *others: Draft,
    changes: Sequence[st.SearchStrategy[Draft]] = (),
) -> Draft:  # fmt: skip
    """A service of the first tariff on a plan, to which something happens; a resumption is learnt on its day."""
    service = {"code": "S", "tariff": "A"}
    all_changes = *PAUSES, quantities, price_changes("fee", fee_prices), *changes, cancellations
    timeline = draw(happenings(service, tariffs, draw(beginnings), *all_changes, most=4, at_once=("resume",)))
    since = timeline.activated_on
    amounts = st.sampled_from(["5", "10", "20", "60", "100", *_prices_of(tariffs), *_prices_of(tariffs)])
    payments = draw(
        st.lists(st.builds(_paid, st.just(since), st.one_of(st.just(0), st.integers(0, 120)), amounts), max_size=8)
    )
    if draw(st.integers(0, 3)) == 3:
        payments = [_paid(since, 0, price) for price in _prices_of(tariffs)]
    return draw(scenarios(tariffs, timeline, subscriptions=[service, *others], payments=payments, **plan))


def _prices_of(tariffs: list[Draft]) -> list[str]:
    """What fees cost, so that a payment is often exactly enough; to the cent."""
    fees = [part for tariff in tariffs for part in tariff["components"] if part["code"] == "fee"]
    prices = [Decimal(price["price"]) for fee in fees for price in fee.get("prices", [fee])]
    return [str(price.quantize(Decimal("0.01"), ROUND_UP)) for price in prices if price]


def _paid(since: date, after: int, amount: str) -> Draft:
    return {"on": (since + timedelta(days=after)).isoformat(), "amount": amount}


# --- what is sold, and on which plan


@st.composite
def paid_before(draw: st.DrawFn, code: str) -> Draft:
    """A fee by any rule, at prices with VAT, so that the balance needs no rounding; maybe another one with it.

    Now and then its price is another one from some day on.
    """
    fee = draw(fees(price=draw(fee_prices), every=draw(SHORT), align=draw(st.sampled_from(["own", "own", "account"]))))
    fee |= {"first_stub": "prorate"} if fee["first_stub"] == "full-then-prorate" else {}
    fee.pop("anchor", None)
    if draw(st.integers(0, 3)) == 3:
        then_on, price = draw(WINDOW), fee.pop("price")
        fee["prices"] = [{"price": price, "to": then_on}, {"price": draw(fee_prices), "from": then_on}]
    once = {"code": "install", "kind": "one-off", "price": "10.01", "vat": draw(vat_rates)}
    discount = draw(adjustments("d", ["fee"]))
    more = draw(st.sampled_from([[], [], [], [once], [discount]]))
    return tariff(code, fee, *more, prices_include_vat="true")


def fixed(code: str) -> st.SearchStrategy[Draft]:
    """A monthly fee."""
    return st.builds(
        lambda price, when: tariff(
            code, {"code": "fee", "kind": "recurring", "price": price, "in": when}, prices_include_vat="true"
        ),
        fee_prices,
        st.sampled_from(["advance", "arrears"]),
    )


@st.composite
def terms(draw: st.DrawFn) -> Draft:
    """The terms of a prepaid plan."""
    plan: Draft = {
        "plan": "prepaid",
        "covers": draw(st.sampled_from(["whole", "whole", "days"])),
        "resume_on": draw(st.sampled_from(["old-grid", "new-grid"])),
        "credit_limit": draw(st.sampled_from(["0", "0", "10", "12.34"])),
    }
    if draw(st.integers(0, 3)) == 3:
        plan["suspend_below"] = "5"
    if draw(st.integers(0, 3)) == 3:
        plan["resume_at"] = "20"
    return plan


plans = terms()
