"""On which days an account has a tariff by its other services."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from billing_core.charging.bundles import TariffsOfAccount, bundle_tariffs
from billing_core.kernel.spans import Span
from billing_core.services.subscriptions import Subscription
from billing_core.services.terms_in_force import Change
from tests.billing_core.price_lists import fee, off, tariff

START = date(2026, 1, 1)


def service(code: str, *changes: Change) -> Subscription:
    return Subscription(code, list(changes))


def having(code: str, tariff: str, from_on: date, to_on: date) -> Subscription:
    return service(code, Change(from_on, "activate", tariff), Change(to_on, "terminate"))


def test_what_a_service_has_itself_does_not_count_for_it():
    first = having("S1", "television", date(2026, 1, 1), date(2026, 3, 1))
    second = having("S2", "television", date(2026, 2, 1), date(2026, 4, 1))
    tariffs = TariffsOfAccount({"S1": first, "S2": second})

    assert tariffs.of_others("S1", "television") == [Span(date(2026, 2, 1), date(2026, 4, 1))]
    assert tariffs.of_others("S2", "television") == [Span(date(2026, 1, 1), date(2026, 3, 1))]
    assert tariffs.of_others("S3", "television") == [Span(date(2026, 1, 1), date(2026, 4, 1))]
    assert tariffs.of_others("S3", "phone") == []


def test_a_service_on_hold_is_not_charged_and_does_not_count():
    held = service(
        "S1", Change(date(2026, 1, 1), "activate", "tv"), Change(date(2026, 2, 1), "hold"),
        Change(date(2026, 3, 1), "resume"),
    )  # fmt: skip

    days = TariffsOfAccount({"S1": held}).of_others("S2", "tv")

    assert days == [Span(date(2026, 1, 1), date(2026, 2, 1)), Span(date(2026, 3, 1), date.max)]


stretches = st.lists(
    st.tuples(st.sampled_from(["tv", "phone"]), st.integers(0, 20), st.integers(1, 12)), min_size=1, max_size=6
)


@given(stretches)
def test_the_days_are_those_of_all_other_services_together(found: list[tuple[str, int, int]]):
    services = {
        f"S{number}": having(
            f"S{number}", tariff, START + timedelta(days=first), START + timedelta(days=first + length)
        )
        for number, (tariff, first, length) in enumerate(found)
    }
    tariffs = TariffsOfAccount(services)
    for code in (*services, "another"):
        for name in ("tv", "phone"):
            days = tariffs.of_others(code, name)
            assert all(earlier.end < later.from_on for earlier, later in pairwise(days))
            found_days = {
                date.fromordinal(day) for span in days for day in range(span.from_on.toordinal(), span.end.toordinal())
            }
            assert found_days == {
                START + timedelta(days=first + day)
                for number, (other, first, length) in enumerate(found)
                if other == name and f"S{number}" != code
                for day in range(length)
            }


def test_a_service_depends_on_the_tariffs_of_its_price_lists_and_of_what_was_granted_to_it():
    net = tariff("net", fee("30.00"), off("10", bundle=("tv",)))
    granted = Change(START, "grant-discount", discounts=(off("5", code="more", bundle=("phone",)),), name="more")
    plain = service("S1", Change(START, "activate", "plain"))
    bundled = service("S2", Change(START, "activate", "net"), granted)
    catalogue = {"net": net, "plain": tariff("plain", fee("30.00"))}

    assert bundle_tariffs(plain, catalogue) == set()
    assert bundle_tariffs(bundled, catalogue) == {"tv", "phone"}
