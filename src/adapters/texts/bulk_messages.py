"""Bases of customers, bulk messages, terms of SMS and addresses that are passed over, in words."""

from __future__ import annotations

from adapters.texts.amounts import counted
from adapters.texts.sentences import Sentences
from billing_core.outreach.bases import CustomerBaseRemoved, CustomerBaseSaved, CustomerChoice
from billing_core.outreach.bulk import (
    BulkMessageAdvanced,
    BulkMessageCompleted,
    BulkMessageStarted,
    BulkMessageStopped,
)
from billing_core.outreach.reachability import AddressReachable, AddressUnreachable
from billing_core.outreach.sms_terms import SmsTermsSet

LISTED = ("tags", "tariffs", "cities", "streets", "dealers", "languages")


def choice_in_words(choice: CustomerChoice) -> str:
    """`tags vip; cities Praha, Brno; owes 500.00 CZK or more`."""
    named = [f"{field} {', '.join(values)}" for field in LISTED if (values := getattr(choice, field))]
    if choice.owes_at_least is not None:
        named.append(f"owes {choice.owes_at_least} or more")
    if choice.consent:
        named.append(f"agreed to {choice.consent}")
    return "; ".join(named) or "every customer"


def _terms(fact: SmsTermsSet) -> str:
    kind = "in Latin letters without accents" if fact.terms.is_transliterated else "in their own letters"
    return f"SMS of {fact.seller} cost by {counted(len(fact.terms.prices), 'price')}, and are written {kind}"


def _started(fact: BulkMessageStarted) -> str:
    return (
        f"bulk message {fact.bulk_message} to {counted(fact.expected, 'customer')} of the base {fact.base} is started, "
        f"{fact.per_minute:,} a minute"
    )


def _advanced(fact: BulkMessageAdvanced) -> str:
    left_out = "".join(f"; {count:,} left out: {reason}" for reason, count in fact.left_out.items())
    return (
        f"bulk message {fact.bulk_message} reached customer {fact.reached or 'none'}: "
        f"{counted(fact.queued, 'message')}{left_out}"
    )


SENTENCES: Sentences = {
    CustomerBaseSaved: lambda fact: f"base {fact.base} of {fact.seller} is saved: {choice_in_words(fact.choice)}",
    CustomerBaseRemoved: lambda fact: f"base {fact.base} is removed",
    BulkMessageStarted: _started,
    BulkMessageAdvanced: _advanced,
    BulkMessageStopped: lambda fact: f"bulk message {fact.bulk_message} is stopped: {fact.reason}",
    BulkMessageCompleted: lambda fact: (
        f"bulk message {fact.bulk_message} is complete: {counted(fact.queued, 'message')}, {fact.left_out:,} left out"
    ),
    SmsTermsSet: _terms,
    AddressUnreachable: lambda fact: f"{fact.channel} {fact.address} is written to no more: {fact.reason}",
    AddressReachable: lambda fact: f"{fact.channel} {fact.address} is written to again",
}
