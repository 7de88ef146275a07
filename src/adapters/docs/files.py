"""The files that people write, and the parts of each with the model that reads it."""

from __future__ import annotations

from typing import Any, NamedTuple

from adapters.files import (
    bank_profile,
    catalogue,
    corrections,
    price_changes,
    price_list,
    profile,
    scenario,
    usage_fields,
    usage_profile,
)
from adapters.files import scenario_dunning as dunning
from adapters.files import scenario_records as records
from adapters.files import scenario_timeline as timeline
from billing_core.catalogue.allowances import Allowance
from billing_core.catalogue.components import (
    Component,
    Discount,
    Minimum,
    OneOff,
    Phase,
    Recurring,
    Surcharge,
    Usage,
)
from billing_core.catalogue.hold_terms import HoldTerms
from billing_core.catalogue.parameters import Parameter
from billing_core.catalogue.prices import Price
from billing_core.catalogue.pricing import Destinations, Graduated, Package, Percentage, Tier, UnitPrice, Volume
from billing_core.catalogue.products import Product
from billing_core.catalogue.quotas import Quota, QuotaStep, TopUp
from billing_core.catalogue.tariffs import Revision, Tariff
from billing_core.catalogue.translations import Translation
from billing_core.catalogue.unit_packages import UnitPackage
from billing_core.custom_fields import FieldDefinition
from billing_core.dunning import policies
from billing_core.dunning.policies import DunningPolicy
from billing_core.promises import PromiseTerms
from billing_core.time.due_dates import DayOfMonth, WorkingDayAfterIssue
from billing_core.time.period_rules import PeriodRule
from billing_core.usage.price_lists.lists import Band
from billing_core.work.fields import Field
from billing_core.work.flows import AddComment, Flow, GiveCommand, Limit, Move, OpenChild, SendSignal, Step
from billing_core.work.working_hours import WorkingHours


class Part(NamedTuple):
    """A group of keys; those of a `common` part may stand in it as well and are explained there."""

    key: str
    title: str
    model: Any
    common: tuple[str, ...] = ()


class File(NamedTuple):
    """A kind of file: its page, what it is for, the command that reads it, and its parts, the outermost first."""

    page: str
    title: str
    says: str
    command: str
    parts: tuple[Part, ...]


TARIFF = (
    Part("tariff", "Tariff", Tariff),
    Part("parameter", "Parameter", Parameter),
    Part("hold-terms", "Hold terms", HoldTerms),
    Part("revision", "Revision", Revision),
)
COMPONENT = (
    Part("component", "Every component", Component),
    Part("price", "Price", Price),
    Part("period", "Every component that is charged by the period", PeriodRule),
    Part("recurring", "Recurring fee", Recurring, ("component", "period")),
    Part("phase", "Phase", Phase),
    Part("one-off", "One-off fee", OneOff, ("component",)),
    Part("usage", "Usage", Usage, ("component", "period")),
    Part("unit", "Model unit", UnitPrice),
    Part("graduated", "Model graduated", Graduated),
    Part("volume", "Model volume", Volume),
    Part("tier", "Tier", Tier),
    Part("package", "Model package", Package),
    Part("percentage", "Model percentage", Percentage),
    Part("destinations", "Model destinations", Destinations),
    Part("unit-package", "Package of units", UnitPackage),
    Part("allowance", "Allowance", Allowance),
    Part("quota", "Quota", Quota),
    Part("quota-step", "Step of a quota", QuotaStep),
    Part("top-up", "Top-up", TopUp),
    Part("discount", "Discount", Discount, ("component",)),
    Part("surcharge", "Surcharge", Surcharge, ("component", "discount")),
    Part("minimum", "Minimum", Minimum, ("component", "period")),
)
CHANGE = ("change",)
SCENARIO = (
    Part("scenario", "Scenario", scenario.ScenarioFile),
    Part("account", "Account", scenario.AccountSchema),
    Part("due-day-of-month", "Due on a day of the month", DayOfMonth),
    Part("due-working-day", "Due on a working day", WorkingDayAfterIssue),
    Part("billing-day", "Billing day from a date on", scenario.BillingDaySchema),
    Part("payment", "Payment", dunning.PaymentSchema),
    Part("reversal", "Payment taken back", dunning.ReversalSchema),
    Part("promise", "Promise to pay", dunning.PromiseSchema),
    Part("dispute", "Dispute", dunning.DisputeSchema),
    Part("pause", "Pause of dunning", dunning.PauseSchema),
    Part("insolvency", "Insolvency", dunning.InsolvencySchema),
    Part("promise-terms", "Terms of promises", PromiseTerms),
    Part("subscription", "Subscription", timeline.SubscriptionSchema),
    Part("change", "Every change", timeline.ChangeSchema),
    Part("activate", "Activate", timeline.ActivateSchema, CHANGE),
    Part("change-tariff", "Change the tariff", timeline.ChangeTariffSchema, CHANGE),
    Part("change-quantity", "Change the quantity", timeline.ChangeQuantitySchema, CHANGE),
    Part("change-price", "Change an agreed price", timeline.ChangePriceSchema, CHANGE),
    Part("hold", "Hold", timeline.HoldSchema, CHANGE),
    Part("suspend", "Suspend", timeline.SuspendSchema, CHANGE),
    Part("resume", "Resume", timeline.ResumeSchema, CHANGE),
    Part("terminate", "Terminate", timeline.TerminateSchema, CHANGE),
    Part("add-option", "Add an option", timeline.AddOptionSchema, CHANGE),
    Part("drop-option", "Drop an option", timeline.DropOptionSchema, CHANGE),
    Part("grant-discount", "Grant a discount", timeline.GrantDiscountSchema, CHANGE),
    Part("end-discount", "End a discount", timeline.EndDiscountSchema, CHANGE),
    Part("waive-charge", "Waive a charge", timeline.WaiveChargeSchema, CHANGE),
    Part("correct-activation", "Correct the activation", timeline.CorrectActivationSchema, CHANGE),
    Part("correct-terms", "Correct terms", timeline.CorrectTermsSchema, CHANGE),
    Part("cancel", "Cancel a change", timeline.CancelSchema, CHANGE),
    Part("used", "Recorded usage", timeline.UsageSchema, CHANGE),
    Part("record", "Record", records.RecordSchema),
    Part("played-list", "Price list of destinations", records.PriceListSchema),
    Part("destination", "Destination", records.DestinationSchema),
)
PRICE_LIST = (
    Part("price-list", "Terms", price_list.PriceListHead),
    Part("band", "Band", Band),
    Part("hours", "Hours of a band", WorkingHours),
)
CORRECTIONS = (
    Part("corrections", "List", corrections.CorrectionFile),
    Part("activation", "Activation", corrections.ActivationSchema),
    Part("terms", "Every correction of terms", corrections.TermsSchema),
    Part("corrected-tariff", "Tariff", corrections.TariffSchema, ("terms",)),
    Part("corrected-price", "Price", corrections.PriceSchema, ("terms",)),
    Part("vat-rate", "VAT rate", corrections.VatRateSchema, ("terms",)),
    Part("moved-payment", "Payment", corrections.PaymentSchema),
)
PROFILE = (
    Part("profile", "Profile", profile.Profile),
    Part("setup", "Setup", profile.Setup),
    Part("custom-field", "Custom field", FieldDefinition),
    Part("column", "Column", profile.Column),
    Part("computed-date", "Computed date", profile.ComputedDate),
)
BANK_PROFILE = (
    Part("bank-profile", "Bank profile", bank_profile.BankProfile),
    Part("bank-column", "Bank column", bank_profile.BankColumn),
    Part("abo-form", "ABO form", bank_profile.AboForm),
)
USAGE_PROFILE = (
    Part("usage-profile", "Usage profile", usage_profile.UsageProfile),
    Part("usage-fields", "Fields", usage_profile.UsageFields),
    Part("usage-text", "Text", usage_fields.TextField),
    Part("usage-rule", "Rule", usage_fields.Rule, ("usage-text",)),
    Part("usage-number", "Telephone number", usage_fields.NumberForm),
    Part("usage-time", "Time", usage_fields.TimeField, ("usage-text",)),
    Part("usage-duration", "Duration", usage_fields.DurationField, ("usage-text",)),
    Part("usage-amount", "Amount", usage_fields.AmountField, ("usage-text",)),
    Part("usage-condition", "Condition", usage_fields.Condition),
)
POLICY = (
    Part("dunning-policy", "Policy", DunningPolicy),
    Part("dunning-step", "Step of the ladder", policies.DunningStep),
    Part("days-from-due", "Days from the due date", policies.DaysFromDue),
    Part("working-days-after-due", "Working days after the due date", policies.WorkingDaysAfterDue),
    Part("day-of-month-after-due", "A day of the month", policies.DayOfMonthAfterDue),
    Part("step-fee", "Fee", policies.StepFee),
    Part("does-suspend", "Suspend", policies.Suspend),
    Part("does-slow-down", "Slow down", policies.SlowDown),
    Part("does-terminate", "End the services", policies.Terminate),
    Part("does-hand-over", "Hand to collection", policies.HandToCollection),
    Part("does-write-off", "Write off", policies.WriteOff),
    Part("does-call", "Call the customer", policies.CallCustomer),
    Part("does-open-ticket", "Open a ticket", policies.OpenTicket),
)
FLOW = (
    Part("flow", "Flow", Flow),
    Part("field", "Field", Field),
    Part("step", "Step", Step),
    Part("move", "Move", Move),
    Part("limit", "Time limit", Limit),
    Part("give", "Give a command", GiveCommand),
    Part("open", "Open a child", OpenChild),
    Part("comment", "Say something", AddComment),
    Part("signal", "Send a signal", SendSignal),
)

FILES = (
    File(
        "catalogue", "The catalogue file",
        "Products and tariffs. `billing catalogue export` writes this file, so it can be changed and imported again.",
        "billing catalogue import catalogue.yaml",
        (
            Part("catalogue", "Catalogue", catalogue.CatalogueFile),
            Part("product", "Product", Product),
            Part("translation", "Translation", Translation),
            *TARIFF, *COMPONENT,
        ),
    ),
    File(
        "price-changes", "The price change file",
        "Announced price changes: new list prices of some components, or all components anew, from a date on.",
        "billing price-change spring.yaml",
        (
            Part("price-changes", "File", price_changes.PriceChangeFile),
            Part("price-change", "Price change", price_changes.PriceChangeSchema),
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
        "dunning-policy", "The dunning policy file",
        "What happens when money does not come in, step by step: [dunning policies](../dunning.md).",
        "billing dunning publish home.yaml",
        POLICY,
    ),
    File(
        "profile", "The mapping profile",
        "How the columns of a CSV file become subscribers.",
        "billing import customers subscribers.csv --profile north.yaml",
        PROFILE,
    ),
    File(
        "bank-profile", "The bank profile",
        "How the columns of a bank's CSV statement become payments: [examples](../bank-files.md).",
        "billing payments import march.csv --profile north-bank.yaml",
        BANK_PROFILE,
    ),
    File(
        "price-list", "The terms of a price list",
        "What all rows of a price list have in common, and how their file is written: [price lists](../usage.md).",
        "billing usage price-list import prices.csv --terms retail.yaml",
        PRICE_LIST,
    ),
    File(
        "usage-profile", "The usage profile",
        "How the records of a source become rows of usage: [how to write one](../usage.md#sources).",
        "billing usage preview calls.csv --profile north-exchange.yaml",
        USAGE_PROFILE,
    ),
    File(
        "flow", "The flow of a ticket",
        "By which steps the tickets of a kind go: [how to write one](../work.md).",
        "billing work publish-flow fault.yaml",
        FLOW,
    ),
)  # fmt: skip
