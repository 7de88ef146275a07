"""What unmatched payments and the signs of their guesses are called."""

from __future__ import annotations

from adapters.pages.lists import State
from adapters.pages.page import N_
from adapters.pages.visit import Visit
from billing_core.payments.guesses import Sign

STATES = {
    "waiting": State(N_("Unmatched"), "warn"), "assigned": State(N_("Assigned"), "good"),
    "given back": State(N_("Given back"), "calm"), "other income": State(N_("Other income"), "calm"),
    "in parts": State(N_("In parts"), "good"),
}  # fmt: skip
ACTS = {
    "assigned": N_("%(amount)s to account %(account)s"), "split": N_("%(amount)s to account %(account)s"),
    "given back": N_("%(amount)s given back"), "other income": N_("%(amount)s kept as other income"),
}  # fmt: skip
INCOME_KINDS = {
    "subsidy": N_("Subsidy"), "damages": N_("Damages"), "returned-cost": N_("Returned cost"),
    "interest": N_("Interest"), "difference": N_("Difference"), "other": N_("Other"),
}  # fmt: skip
REFERENCES = {
    "exact": N_("Reference is %(value)s"),
    "mixed-up": N_("Reference is %(value)s with digits mixed up"),
    "in-text": N_("Text holds %(value)s"),
    "ends-in": N_("Reference ends in %(value)s"),
}
# How each sign is said if it agrees, and if it does not.
SIGNS = {
    "amount": (N_("Amount is exactly what is open on invoice %(value)s"), N_("Amount is open on no invoice")),
    "payer-account": (N_("Bank account is known to pay for it"), N_("Bank account is not known")),
    "name": (N_("Name is the same without accents"), N_("Other name")),
    "day": (N_("Arrives around day %(value)s of a month, as before"),
            N_("Others arrive around day %(value)s of a month")),
    "reference": ("", N_("Other reference")),
}  # fmt: skip


def sign_text(visit: Visit, sign: Sign) -> str:
    """A sign for or against an account, in the reader's language."""
    values = {"value": sign.value, "times": str(sign.times)}
    text = visit.translated(_text(sign))
    return text % values if "%" in text else text


def _text(sign: Sign) -> str:
    if sign.code == "payer-account" and sign.times:
        return N_("Bank account paid for it before: %(times)s")
    if sign.code == "name" and sign.agrees and sign.likeness == "nearly":
        return N_("Name is nearly the same")
    if sign.code == "reference" and sign.agrees:
        return REFERENCES[sign.likeness]
    return SIGNS[sign.code][0 if sign.agrees else 1]
