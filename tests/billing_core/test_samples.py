"""One stored sample of every event type and version: what was once written is read forever.

`tests/samples/NAME-VERSION.json` holds the bytes of one event (and a line end). A change of an event's shape leaves
its sample as it is and adds one for the new version.
"""

from __future__ import annotations

import pkgutil
from datetime import date
from decimal import Decimal
from importlib import import_module
from pathlib import Path

import msgspec
import pytest

import billing_core
from billing_core.accounts.events import AccountBillingDayChanged, AccountOpened, BillingPlanChanged
from billing_core.accounts.invoice_dates import ChargesDeferred
from billing_core.accounts.parking import BillingParked
from billing_core.accounts.plans import BillingPlan
from billing_core.billing.repricing import RepricingAdvanced
from billing_core.billing.run import BillingRunCompleted
from billing_core.catalogue.allowances import Allowance
from billing_core.catalogue.components import Discount, OneOff, Recurring
from billing_core.catalogue.prices import Price
from billing_core.catalogue.pricing import Graduated, Tier
from billing_core.catalogue.products import Product, ProductDefined
from billing_core.catalogue.tariffs import (
    Tariff,
    TariffClosed,
    TariffPublished,
    TariffReopened,
    TariffRevised,
    TariffRevisionReplaced,
    TariffRevisionWithdrawn,
)
from billing_core.catalogue.translations import TariffTranslated
from billing_core.charging.charges import BilledThrough, Charge, ChargesPosted
from billing_core.charging.proration import Basis, Measured
from billing_core.invoicing.documents import TaxSummaryLine
from billing_core.invoicing.invoices import CreditNoteIssued, InvoiceIssued, InvoiceLine
from billing_core.kernel.events import Event, decode, encode, known_topics, topic_of
from billing_core.kernel.money import Money
from billing_core.kernel.phrases import phrase
from billing_core.parties.customers import (
    Customer,
    CustomerAssigned,
    CustomerChanged,
    CustomerRegistered,
    CustomerRegistrationCorrected,
)
from billing_core.parties.details import Address
from billing_core.parties.forgotten import CustomerForgotten, KeptDocument
from billing_core.parties.number_series import NumberSeries, NumberSeriesOpened
from billing_core.parties.sellers import Seller, SellerChanged, SellerRegistered
from billing_core.parties.versions import PartyVersion
from billing_core.payments.events import (
    Allocation,
    CreditAllocated,
    CreditReleased,
    PaymentMovedAway,
    PaymentMovedIn,
    PaymentReceived,
    PaymentReversed,
)
from billing_core.services.events import (
    Commitment,
    SubscriptionActivated,
    SubscriptionActivationCorrected,
    SubscriptionChangeCancelled,
    SubscriptionChargeWaived,
    SubscriptionDiscountEnded,
    SubscriptionDiscountGranted,
    SubscriptionHeld,
    SubscriptionMovedAway,
    SubscriptionMovedIn,
    SubscriptionOptionAdded,
    SubscriptionOptionDropped,
    SubscriptionParametersGiven,
    SubscriptionPriceChanged,
    SubscriptionQuantityChanged,
    SubscriptionRepriced,
    SubscriptionResumed,
    SubscriptionSuspended,
    SubscriptionTariffChanged,
    SubscriptionTerminated,
    SubscriptionTermsCorrected,
    TariffLeft,
    UsageBroughtAlong,
    UsedBefore,
)
from billing_core.time.due_dates import DayOfMonth
from billing_core.time.period_rules import MONTHLY_IN_ARREARS, PeriodRule
from billing_core.time.periods import Period
from billing_core.usage.mediation.batches import RefusedUsage, UsageBatchBooked
from billing_core.usage.records import DayUsage, UsageRecorded, UsageWithdrawn

SAMPLES = Path(__file__).parents[1] / "samples"
ON = date(2026, 6, 11)
TWENTY = Decimal(20)


def euros(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


ADDRESS = Address(street="Brīvības iela 1", city="Rīga", postal_code="LV-1010", country="LV")
SELLER = Seller(
    code="north",
    name="Северен кабел",
    address=ADDRESS,
    time_zone="Europe/Riga",
    series={"invoice": NumberSeries(prefix="1", width=9), "credit-note": NumberSeries(prefix="5", width=9)},
    legal_ids={"VAT ID": "LV00000000001"},
    iban="LV80BANK0000435195001",
    bic="BANKLV22",
    email="billing@north.example",
    phone="+371 20000000",
    language="bg",
)
CUSTOMER = Customer(
    number="C0000001",
    kind="company",
    name="Աննա և ընկերներ",
    address=ADDRESS,
    legal_ids={"VAT ID": "LV00000000002"},
    email="anna@customer.example",
    phone="+371 20000001",
    custom_fields={"segment": "small office"},
    language="hy",
    postal_address=Address(street="a/k 12", city="Rīga", postal_code="LV-1084", country="LV"),
    installation_address=Address(
        street="Brīvības iela",
        city="Rīga",
        house_number="7",
        building="2",
        entrance="B",
        floor="3",
        flat="14",
        district="Centrs",
    ),
    iban="LV80BANK0000435195001",
    source="recommendation",
)
TARIFF = Tariff(
    code="net",
    name="Internet",
    currency="EUR",
    components=(
        Recurring(
            code="monthly",
            name="Monthly fee",
            vat_rate=TWENTY,
            prices=(
                Price(amount=Decimal("300.00"), valid_from=date(2020, 1, 1), valid_to=date(2027, 1, 1)),
                Price(amount=Decimal("310.123456"), valid_from=date(2027, 1, 1)),
            ),
        ),
        OneOff(
            code="installation",
            name="Installation",
            vat_rate=TWENTY,
            prices=(Price(amount=Decimal("60.00"), valid_from=date(2020, 1, 1)),),
        ),
        OneOff(
            code="device",
            name="Device",
            vat_rate=TWENTY,
            prices=(Price(amount=Decimal("240.00"), valid_from=date(2020, 1, 1)),),
            at="termination",
            committed_months=24,
            declining=True,
            on_tariff_change="restart",
        ),
        OneOff(
            code="move-down",
            name="Change to a cheaper tariff",
            vat_rate=TWENTY,
            prices=(Price(amount=Decimal("20.00"), valid_from=date(2020, 1, 1)),),
            at="downgrade",
        ),
    ),
    prices_include_vat=True,
)
CHARGE = Charge(
    subscription="S1",
    component="monthly",
    description="Internet: Monthly fee",
    tariff="net",
    kind="recurring",
    from_on=date(2026, 6, 1),
    to_on=date(2026, 7, 1),
    amount=euros("300.00"),
    unit_price=Decimal("300.00"),
    vat_rate=TWENTY,
)
CREDIT = Charge(
    subscription="S1",
    component="monthly",
    description="Internet: Monthly fee",
    tariff="net",
    kind="recurring",
    from_on=date(2026, 6, 11),
    to_on=date(2026, 7, 1),
    amount=euros("-200.00"),
    unit_price=Decimal("300.00"),
    vat_rate=TWENTY,
    revision=1,
    includes_vat=True,
    agreed=True,
    corrects="S1/monthly/2026-06-01/2026-07-01/0",
)
ALLOCATIONS = (
    Allocation("bank:2026-17", "1000000007", euros("360.00"), date(2026, 6, 25)),
    Allocation("5000000001", "1000000008", euros("12.34"), date(2026, 7, 15)),
)
PRICES = {"monthly": Decimal("250.000000")}
SLICED = Charge(
    subscription="S1",
    component="tv",
    description="Internet: TV",
    tariff="net",
    kind="recurring",
    from_on=date(2026, 3, 15),
    to_on=date(2026, 4, 10),
    amount=euros("152.71"),
    unit_price=Decimal("100.00"),
    vat_rate=TWENTY,
    period=Period(date(2026, 3, 10), date(2026, 4, 10)),
    quantity=Decimal("1.8"),
    basis=Basis("sliced", (Measured(date(2026, 3, 15), date(2026, 4, 10), 1),)),
)
OFF = Charge(
    subscription="S1",
    component="welcome",
    description="Welcome (Internet: TV)",
    tariff="net",
    kind="discount",
    from_on=date(2026, 3, 15),
    to_on=date(2026, 4, 10),
    amount=euros("-15.27"),
    unit_price=Decimal("-18.0"),
    vat_rate=TWENTY,
    of="tv",
    every="month",
    period=Period(date(2026, 3, 10), date(2026, 4, 10)),
    basis=Basis("sliced", (Measured(date(2026, 3, 15), date(2026, 4, 10), 1),)),
    steps=(phrase("off", phrase("percent", 10), "180.00 EUR"),),
)
WELCOME = Discount(
    code="welcome", name="Welcome", vat_rate=TWENTY, on=("monthly", "tv"), percent=Decimal(10), billed_periods=3
)

# What each sample must be read as, in today's shape.
EXPECTED: dict[str, Event] = {
    "seller-registered/1": SellerRegistered(effective_on=ON, seller=SELLER),
    "seller-changed/1": SellerChanged(
        effective_on=ON, seller=SELLER, before=msgspec.structs.replace(SELLER, name="North", bic=None)
    ),
    "number-series-opened/1": NumberSeriesOpened(
        effective_on=ON, seller="north", kind="credit-note", series=NumberSeries(prefix="5", width=9)
    ),
    "customer-registered/1": CustomerRegistered(effective_on=ON, customer=CUSTOMER),
    "customer-changed/1": CustomerChanged(
        effective_on=ON,
        customer=Customer(number="C0000001", kind="person", name="Jānis Bērziņš"),
        before=Customer(number="C0000001", kind="person", name="Jānis Bērzs", phone="+371 20000001"),
    ),
    "customer-registration-corrected/1": CustomerRegistrationCorrected(
        effective_on=ON, customer="C0000001", reason="typed with the wrong year"
    ),
    "customer-assigned/1": CustomerAssigned(effective_on=ON, customer="C0000001", dealer="east"),
    "customer-forgotten/1": CustomerForgotten(
        effective_on=ON,
        customer="C0000001",
        ordered_by="data protection officer",
        reason="request under Article 17",
        accounts=("00000001",),
        kept=(KeptDocument("1000000007", date(2037, 1, 1)),),
    ),
    "tariff-published/1": TariffPublished(effective_on=ON, tariff=TARIFF),
    "account-opened/1": AccountOpened(
        effective_on=ON,
        account="00000001",
        customer="C0000001",
        seller="north",
        currency="EUR",
        plan=BillingPlan(billing_day=31, due_days=14, tolerance_days=7),
    ),
    "billing-plan-changed/1": BillingPlanChanged(
        effective_on=ON,
        plan=BillingPlan(
            billing_day=31,
            due_days=14,
            tolerance_days=7,
            due_rule=DayOfMonth(day=15, month="next"),
            due_shift="next",
            invoice_per="address",
            invoice_every=PeriodRule(interval=3, anchor_on=date(2026, 1, 1)),
            minimum_invoice=Decimal("5.00"),
        ),
    ),
    "subscription-activated/1": SubscriptionActivated(
        effective_on=ON,
        subscription="S1",
        tariff="net",
        agreed_prices=PRICES,
        agreed_until=date(2027, 6, 11),
        quantity=Decimal(2),
        options=("hbo",),
        customer_class="staff",
        customer="C0000001",
        asked=("user",),
        parameters={"user": "anna"},
        address="summer house",
    ),
    "subscription-parameters-given/1": SubscriptionParametersGiven(
        effective_on=ON, subscription="S1", customer="C0000001", asked=("phone",), parameters={"phone": "2000 0001"}
    ),
    "subscription-tariff-changed/1": SubscriptionTariffChanged(
        effective_on=ON, subscription="S1", tariff="fast", agreed_prices=PRICES
    ),
    "subscription-suspended/1": SubscriptionSuspended(effective_on=ON, subscription="S1", reason="non-payment"),
    "subscription-resumed/1": SubscriptionResumed(effective_on=ON, subscription="S1"),
    "subscription-terminated/1": SubscriptionTerminated(effective_on=ON, subscription="S1"),
    "subscription-activation-corrected/1": SubscriptionActivationCorrected(
        effective_on=ON, subscription="S1", reason="the technician came a day later"
    ),
    "subscription-terms-corrected/1": SubscriptionTermsCorrected(
        effective_on=ON,
        subscription="S1",
        to_on=date(2026, 9, 1),
        tariff="fast",
        agreed_prices=PRICES,
        vat_rates={"monthly": Decimal("10")},
        reason="the price list was mistyped",
    ),
    "subscription-quantity-changed/1": SubscriptionQuantityChanged(
        effective_on=ON, subscription="S1", quantity=Decimal("2.5")
    ),
    "subscription-price-changed/1": SubscriptionPriceChanged(
        effective_on=ON,
        subscription="S1",
        agreed_prices={"monthly": Decimal("250.00"), "tv": None},
        agreed_until=date(2027, 6, 11),
    ),
    "subscription-option-added/1": SubscriptionOptionAdded(effective_on=ON, subscription="S1", option="hbo"),
    "subscription-option-dropped/1": SubscriptionOptionDropped(effective_on=ON, subscription="S1", option="hbo"),
    "subscription-discount-granted/1": SubscriptionDiscountGranted(
        effective_on=ON, subscription="S1", discount=WELCOME
    ),
    "subscription-discount-ended/1": SubscriptionDiscountEnded(effective_on=ON, subscription="S1", discount="welcome"),
    "subscription-held/1": SubscriptionHeld(effective_on=ON, subscription="S1", charge_percent=TWENTY),
    "subscription-moved-away/1": SubscriptionMovedAway(effective_on=ON, subscription="S1", to_account="00000002"),
    "subscription-moved-in/1": SubscriptionMovedIn(
        effective_on=ON,
        subscription="S1",
        from_account="00000001",
        anchored_on=date(2024, 2, 29),
        tariff="net",
        agreed_prices=PRICES,
        agreed_until=date(2027, 1, 1),
        quantity=Decimal(2),
        options=("hbo",),
        customer_class="staff",
        discounts=(WELCOME,),
        since={"monthly": date(2026, 3, 1)},
        commitments=(
            Commitment(component="device", since=date(2026, 3, 1)),
            Commitment(
                component="early-end",
                since=date(2025, 1, 31),
                left=TariffLeft(
                    tariff="fast",
                    on=date(2026, 3, 1),
                    customer_class="staff",
                    agreed_price=Decimal("120.00"),
                    vat_rate=Decimal(10),
                ),
            ),
        ),
        address="summer house",
    ),
    "usage-brought-along/1": UsageBroughtAlong(
        effective_on=ON,
        subscription="S1",
        used_before=(
            UsedBefore(
                component="data",
                pricing=Graduated(tiers=(Tier(up_to=TWENTY, unit=Decimal(0)), Tier(unit=Decimal("0.10")))),
                period=MONTHLY_IN_ARREARS,
                allowance=Allowance(quantity=TWENTY, carried_periods=2, most_carried=Decimal(30)),
                includes_vat=True,
                quantities=(Decimal("12.345678"),),
                carried=(Decimal(5), Decimal(0)),
            ),
        ),
    ),
    "subscription-change-cancelled/1": SubscriptionChangeCancelled(
        effective_on=ON, subscription="S1", kind="suspend", reason="it was another subscriber"
    ),
    "usage-recorded/1": UsageRecorded(
        effective_on=ON,
        subscription="S1",
        component="data",
        days=(DayUsage(ON, (Decimal("12.345678"), Decimal(3))), DayUsage(date(2026, 6, 12), (Decimal("0.5"),))),
        batch="mediation:2026-06-12",
    ),
    "usage-batch-booked/1": UsageBatchBooked(
        effective_on=ON,
        until_account="00000007",
        accounts=5,
        records=1_990,
        refused=(
            RefusedUsage("00000009", "S1", "data", date(2026, 6, 10), 6, "account", "00000009", "no such account"),
        ),
        is_complete=True,
    ),
    "usage-withdrawn/1": UsageWithdrawn(
        effective_on=ON,
        subscription="S1",
        component="data",
        quantity=Decimal("12.345678"),
        reason="metered twice",
    ),
    "account-billing-day-changed/1": AccountBillingDayChanged(effective_on=ON, billing_day=31),
    # When all fees were monthly and in advance, what was charged up to a day was due again on that day.
    "charges-posted/1": ChargesPosted(
        effective_on=ON,
        charges=(CHARGE, CREDIT, SLICED, OFF),
        billed_through={
            "S1": BilledThrough(ON, date(2026, 4, 10), date(2027, 1, 1)),
            "S2": BilledThrough(ON, None, date(2026, 5, 1)),
        },
        reason="goodwill after an outage",
    ),
    "charges-deferred/1": ChargesDeferred(effective_on=ON, until=date(2026, 7, 1)),
    "subscription-charge-waived/1": SubscriptionChargeWaived(
        effective_on=ON, to_on=date(2026, 7, 1), subscription="S1", component="rush", of="monthly", reason="outage"
    ),
    "invoice-issued/1": InvoiceIssued(
        effective_on=ON,
        number="1000000007",
        tax_point_on=ON,
        seller=PartyVersion("north", 1),
        customer=PartyVersion("C0000001", 2),
        lines=(InvoiceLine(CHARGE.key, euros("300.00")),),
        taxes=(TaxSummaryLine(rate=TWENTY, base=euros("300.00"), vat=euros("60.00")),),
        gross=euros("360.00"),
        due_on=date(2026, 6, 25),
    ),
    "credit-note-issued/1": CreditNoteIssued(
        effective_on=ON,
        number="5000000001",
        tax_point_on=ON,
        seller=PartyVersion("north", 1),
        customer=PartyVersion("C0000001", 2),
        lines=(InvoiceLine(CREDIT.key, euros("-166.67")),),
        taxes=(TaxSummaryLine(rate=TWENTY, base=euros("-166.67"), vat=euros("-33.33")),),
        gross=euros("-200.00"),
        corrects="1000000007",
        reason="the service changed on days that were invoiced already",
    ),
    "billing-parked/1": BillingParked(
        effective_on=ON, code="rule-violation", reason="date '2026-06-11': tariff net has no price on this date"
    ),
    "billing-run-completed/1": BillingRunCompleted(
        effective_on=ON, until=date(2026, 7, 1), bills=1000, invoices=990, credit_notes=10, parked=3
    ),
    "payment-received/1": PaymentReceived(
        effective_on=ON,
        customer="C0000001",
        source="bank",
        reference="2026-17",
        amount=euros("372.34"),
        payment_reference="1000000007",
        payer="Jānis Bērziņš",
    ),
    "credit-allocated/1": CreditAllocated(effective_on=ON, allocations=ALLOCATIONS),
    "credit-released/1": CreditReleased(effective_on=ON, allocations=ALLOCATIONS[:1]),
    "payment-reversed/1": PaymentReversed(
        effective_on=ON, payment="bank:2026-17", amount=euros("372.34"), reason="direct debit bounced"
    ),
    "payment-moved-away/1": PaymentMovedAway(
        effective_on=ON,
        payment="bank:2026-17",
        amount=euros("372.34"),
        to_account="00000002",
        reason="the payer mixed up two numbers",
    ),
    "payment-moved-in/1": PaymentMovedIn(
        effective_on=ON,
        customer="7590-VHVEG",
        source="bank",
        reference="2026-17",
        amount=euros("372.34"),
        payment_reference="1000000007",
        from_account="00000001",
        reason="the payer mixed up two numbers",
    ),
    "tariff-revision-replaced/1": TariffRevisionReplaced(
        effective_on=ON, tariff="net", components=(TARIFF.components[0],)
    ),
    "tariff-revision-withdrawn/1": TariffRevisionWithdrawn(effective_on=ON, tariff="net"),
    "tariff-closed/1": TariffClosed(effective_on=ON, tariff="net"),
    "tariff-translated/1": TariffTranslated(
        effective_on=ON, tariff="net", language="cs", texts={"Internet": "Internet", "Monthly fee": "Měsíční poplatek"}
    ),
    "tariff-reopened/1": TariffReopened(effective_on=ON, tariff="net"),
    "tariff-revised/1": TariffRevised(
        effective_on=ON,
        tariff="net",
        components=(
            Recurring(
                code="monthly",
                name="Monthly fee",
                vat_rate=TWENTY,
                prices=(Price(amount=Decimal("320.00"), valid_from=date(1, 1, 1)),),
            ),
        ),
    ),
    "product-defined/1": ProductDefined(
        effective_on=ON, product=Product(code="internet-home", name="Internet at home", parent="internet")
    ),
    "subscription-repriced/1": SubscriptionRepriced(
        effective_on=ON, subscription="S1", tariff="net", revised_from=date(2026, 6, 1), list_change=2
    ),
    "repricing-advanced/1": RepricingAdvanced(
        effective_on=ON, until_account="00000007", accounts=5, subscriptions=6, is_complete=True
    ),
}

# An area that moves in brings its own: `SAMPLES` of a module `samples_of_AREA` in this folder.
for path in sorted(Path(__file__).parent.glob("samples_of_*.py")):
    EXPECTED |= import_module(f"tests.billing_core.{path.stem}").SAMPLES


def sample(topic: str) -> bytes:
    return (SAMPLES / f"{topic.replace('/', '-')}.json").read_bytes().removesuffix(b"\n")


def topics() -> set[str]:
    """Every topic of this program, also of modules that no test imports."""
    for module in pkgutil.walk_packages(billing_core.__path__, "billing_core."):
        import_module(module.name)
    return {topic for topic, cls in known_topics().items() if cls.__module__.startswith("billing_core.")}


def test_every_topic_has_a_sample_and_every_sample_a_topic():
    names = {path.stem for path in SAMPLES.glob("*.json")}

    assert names == {topic.replace("/", "-") for topic in topics()}
    assert set(EXPECTED) == topics(), "say above what the new sample must be read as"


@pytest.mark.parametrize("topic", EXPECTED)
def test_a_sample_is_read_as_the_event_it_was(topic: str):
    assert decode(topic, sample(topic)) == EXPECTED[topic]


@pytest.mark.parametrize("topic", EXPECTED)
def test_an_event_in_todays_shape_is_written_as_it_was(topic: str):
    fact = decode(topic, sample(topic))

    if topic == topic_of(type(fact)):
        assert msgspec.json.decode(encode(fact)) == msgspec.json.decode(sample(topic)), "but for the order of members"
    else:
        assert decode(topic_of(type(fact)), encode(fact)) == fact
