"""The files that people write, and the parts of each with the model that reads it."""

from __future__ import annotations

from typing import NamedTuple

from pydantic import BaseModel

from adapters.files import catalogue, components, corrections, price_changes, pricing, profile, scenario, tariffs
from adapters.files import scenario_timeline as timeline


class Part(NamedTuple):
    """A group of keys; those of a `common` part may stand in it as well and are explained there."""

    key: str
    title: str
    model: type[BaseModel]
    common: tuple[str, ...] = ()


class File(NamedTuple):
    """A kind of file: its page, what it is for, the command that reads it, and its parts, the outermost first."""

    page: str
    title: str
    says: str
    command: str
    parts: tuple[Part, ...]


TARIFF = (
    Part("tariff", "Tariff", tariffs.WrittenTariff),
    Part("parameter", "Parameter", tariffs.WrittenParameter),
    Part("hold-terms", "Hold terms", tariffs.WrittenHold),
    Part("revision", "Revision", tariffs.WrittenRevision),
)
COMPONENT = (
    Part("component", "Every component", components.WrittenComponent),
    Part("price", "Price", components.WrittenPrice),
    Part("period", "Every component that is charged by the period", components.WrittenPeriod, ("component",)),
    Part("recurring", "Recurring fee", components.WrittenRecurring, ("component", "period")),
    Part("phase", "Phase", components.WrittenPhase),
    Part("one-off", "One-off fee", components.WrittenOneOff, ("component",)),
    Part("usage", "Usage", components.WrittenUsage, ("component", "period")),
    Part("unit", "Model unit", pricing.WrittenUnitPrice),
    Part("graduated", "Model graduated", pricing.WrittenGraduated),
    Part("volume", "Model volume", pricing.WrittenVolume),
    Part("tier", "Tier", pricing.WrittenTier),
    Part("package", "Model package", pricing.WrittenPackage),
    Part("percentage", "Model percentage", pricing.WrittenPercentage),
    Part("allowance", "Allowance", pricing.WrittenAllowance),
    Part("discount", "Discount", components.WrittenDiscount, ("component",)),
    Part("surcharge", "Surcharge", components.WrittenSurcharge, ("component", "discount")),
    Part("minimum", "Minimum", components.WrittenMinimum, ("component", "period")),
)
CHANGE = ("change",)
SCENARIO = (
    Part("scenario", "Scenario", scenario.WrittenScenario),
    Part("account", "Account", scenario.WrittenAccount),
    Part("billing-day", "Billing day from a date on", scenario.WrittenBillingDay),
    Part("payment", "Payment", scenario.WrittenPayment),
    Part("subscription", "Subscription", timeline.WrittenSubscription),
    Part("change", "Every change", timeline.WrittenChange),
    Part("activate", "Activate", timeline.WrittenActivate, CHANGE),
    Part("change-tariff", "Change the tariff", timeline.WrittenChangeTariff, CHANGE),
    Part("change-quantity", "Change the quantity", timeline.WrittenChangeQuantity, CHANGE),
    Part("change-price", "Change an agreed price", timeline.WrittenChangePrice, CHANGE),
    Part("hold", "Hold", timeline.WrittenHold, CHANGE),
    Part("suspend", "Suspend", timeline.WrittenSuspend, CHANGE),
    Part("resume", "Resume", timeline.WrittenResume, CHANGE),
    Part("terminate", "Terminate", timeline.WrittenTerminate, CHANGE),
    Part("add-option", "Add an option", timeline.WrittenAddOption, CHANGE),
    Part("drop-option", "Drop an option", timeline.WrittenDropOption, CHANGE),
    Part("grant-discount", "Grant a discount", timeline.WrittenGrantDiscount, CHANGE),
    Part("end-discount", "End a discount", timeline.WrittenEndDiscount, CHANGE),
    Part("waive-charge", "Waive a charge", timeline.WrittenWaiveCharge, CHANGE),
    Part("correct-activation", "Correct the activation", timeline.WrittenCorrectActivation, CHANGE),
    Part("correct-terms", "Correct terms", timeline.WrittenCorrectTerms, CHANGE),
    Part("cancel", "Cancel a change", timeline.WrittenCancel, CHANGE),
    Part("used", "Recorded usage", timeline.WrittenUsage, CHANGE),
)
CORRECTIONS = (
    Part("corrections", "List", corrections.WrittenList),
    Part("activation", "Activation", corrections.WrittenActivation),
    Part("terms", "Every correction of terms", corrections.WrittenTerms),
    Part("corrected-tariff", "Tariff", corrections.WrittenTariff, ("terms",)),
    Part("corrected-price", "Price", corrections.WrittenPrice, ("terms",)),
    Part("vat-rate", "VAT rate", corrections.WrittenVatRate, ("terms",)),
    Part("moved-payment", "Payment", corrections.WrittenPayment),
)
PROFILE = (
    Part("profile", "Profile", profile.Profile),
    Part("setup", "Setup", profile.Setup),
    Part("column", "Column", profile.Column),
    Part("computed-date", "Computed date", profile.ComputedDate),
)

FILES = (
    File(
        "catalogue", "The catalogue file",
        "Products and tariffs. `billing catalogue export` writes this file, so it can be changed and imported again.",
        "billing catalogue import catalogue.yaml",
        (
            Part("catalogue", "Catalogue", catalogue.WrittenCatalogue),
            Part("product", "Product", catalogue.WrittenProduct),
            *TARIFF, *COMPONENT,
        ),
    ),
    File(
        "price-changes", "The price change file",
        "Announced price changes: new list prices of some components, or all components anew, from a date on.",
        "billing price-change spring.yaml",
        (
            Part("price-changes", "File", price_changes.WrittenPriceChanges),
            Part("price-change", "Price change", price_changes.WrittenPriceChange),
        ),
    ),
    File(
        "corrections", "The corrections file",
        "What was recorded wrongly, and what is right.",
        "billing correct wrong.yaml",
        CORRECTIONS,
    ),
    File(
        "scenario", "The scenario file",
        "Price lists, accounts with what happens on them, and billing runs, played in memory.",
        "billing simulate quote.yaml",
        SCENARIO,
    ),
    File(
        "profile", "The mapping profile",
        "How the columns of a CSV file become subscribers.",
        "billing import customers subscribers.csv --profile north.yaml",
        PROFILE,
    ),
)  # fmt: skip
