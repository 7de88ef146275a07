"""How the stored samples of self care are read."""

from __future__ import annotations

from datetime import date

from billing_core.kernel.events import Event
from billing_core.self_care import (
    CustomerPasswordGiven,
    CustomerPasswordTaken,
    OwnPagesLookedAt,
    SelfCareTerms,
    SelfCareTermsSet,
    SignInLinkAsked,
)

ON = date(2026, 6, 11)
SAMPLES: dict[str, Event] = {
    "self-care-terms-set/1": SelfCareTermsSet(
        effective_on=ON, terms=SelfCareTerms(problem="fault", erasure="request", application="request")
    ),
    "customer-password-given/1": CustomerPasswordGiven(effective_on=ON, customer="104217"),
    "customer-password-taken/1": CustomerPasswordTaken(effective_on=ON, customer="104217"),
    "sign-in-link-asked/1": SignInLinkAsked(effective_on=ON, customer="104217"),
    "own-pages-looked-at/1": OwnPagesLookedAt(effective_on=ON, customer="104217"),
}
