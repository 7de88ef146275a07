"""The own pages of customers, in words."""

from __future__ import annotations

from adapters.texts.sentences import Sentences
from billing_core.self_care import (
    CustomerPasswordGiven,
    CustomerPasswordTaken,
    OwnPagesLookedAt,
    SelfCareTermsSet,
    SignInLinkAsked,
)


def _terms(fact: SelfCareTermsSet) -> str:
    kinds = [
        f"{what} as {kind}"
        for what, kind in (
            ("problems", fact.terms.problem), ("wishes to be forgotten", fact.terms.erasure),
            ("applications", fact.terms.application),
        )
        if kind
    ]  # fmt: skip
    return f"the own pages take in {', '.join(kinds) or 'nothing'}"


SENTENCES: Sentences = {
    SelfCareTermsSet: _terms,
    CustomerPasswordGiven: lambda fact: f"customer {fact.customer} signs in with another password",
    CustomerPasswordTaken: lambda fact: f"customer {fact.customer} signs in by a link alone",
    SignInLinkAsked: lambda fact: f"a link to sign in is sent to customer {fact.customer}",
    OwnPagesLookedAt: lambda fact: f"looked at the own pages of customer {fact.customer}, as the customer sees them",
}
