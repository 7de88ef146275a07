"""Grants, quotas, alarms and limits of usage, in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from adapters.texts.amounts import counted, money
from adapters.texts.quotas import ACTIONS, parameters_text
from adapters.texts.sentences import Sentences
from billing_core.accounts.account import Account
from billing_core.usage.control.alarms import UsageAlarmRaised, UsageLimits, UsageLimitsSet
from billing_core.usage.control.grants import UsageGrantConfirmed, UsageGranted, UsageGrantExpired, UsageGrantReleased
from billing_core.usage.control.quotas import QuotaReset, QuotaStepReached, QuotaToppedUp, QuotaTopUpEnded


def limits_text(limits: UsageLimits) -> str:
    """Limits in one line: `20.00 a month, then suspended; grants up to 50.00 below zero`."""
    parts = []
    if limits.monthly_amount is not None:
        then = f"{ACTIONS[limits.at_limit]}{parameters_text(limits.parameters)}"
        parts.append(f"{limits.monthly_amount:f} a month, then {then}")
    if limits.credit is not None:
        parts.append(f"grants up to {limits.credit:f} below zero")
    return "; ".join(parts) or "none"


def _granted(fact: UsageGranted) -> str:
    last = f", the last ones of {fact.asked:f} that were asked for" if fact.units < fact.asked else ""
    what = f"{fact.units:f} of {fact.component} granted{last}"
    until = fact.until_at.isoformat(sep=" ", timespec="seconds")
    return f"subscription {fact.subscription}: {what}, {money(fact.amount)} reserved until {until}, grant {fact.grant}"


def _confirmed(fact: UsageGrantConfirmed) -> str:
    what = f"{fact.units:f} of {fact.component} used, part {fact.part} of grant {fact.grant}"
    return f"subscription {fact.subscription}: {what}, {money(fact.amount)} reserved until it is charged"


def _released(fact: UsageGrantReleased) -> str:
    return f"grant {fact.grant} ended, {money(fact.amount)} of it available again"


def _expired(fact: UsageGrantExpired) -> str:
    return f"grant {fact.grant} expired, {money(fact.amount)} of it available again"


def _step_reached(fact: QuotaStepReached) -> str:
    until = f"{fact.from_on} up to {fact.to_on}, exclusive"
    used = f"{fact.units:f} of {fact.component} used in {until}"
    if fact.is_past:
        return f"subscription {fact.subscription}: {used}; a late record passed step {fact.step} of the quota"
    what = f"{ACTIONS[fact.action]}{parameters_text(fact.parameters)}"
    return f"subscription {fact.subscription}: {used}; step {fact.step} of the quota: {what}"


def _topped_up(fact: QuotaToppedUp) -> str:
    what = f"top-up {fact.top_up} of {fact.component}: {fact.units:f} units for {money(fact.price)}"
    return f"subscription {fact.subscription}: {what}, valid up to {fact.valid_to}, exclusive"


def _top_up_ended(fact: QuotaTopUpEnded) -> str:
    what = f"top-up {fact.top_up} of {fact.component} from {fact.bought_on} ended"
    return f"subscription {fact.subscription}: {what}, {fact.used:f} units used and {fact.unused:f} lost"


def _reset(fact: QuotaReset) -> str:
    left = sum(entry.units for entry in fact.top_ups)
    kept = f", with {left:f} units of top-ups" if fact.top_ups else ""
    return f"subscription {fact.subscription}: the quota of {fact.component} begins anew{kept}"


def _limits_set(fact: UsageLimitsSet) -> str:
    whose = f"subscription {fact.subscription}" if fact.subscription else "the account"
    if fact.limits is None:
        return f"usage of {whose} has no limits any longer"
    return f"limits of usage of {whose}: {limits_text(fact.limits)}"


def _alarm(fact: UsageAlarmRaised) -> str:
    whose = f"subscription {fact.subscription}" if fact.subscription else "the account"
    of = f"the quota of {fact.component}" if fact.subject == "quota" else "the limit of the month"
    then = "" if fact.action == "tell" else f": {ACTIONS[fact.action]}{parameters_text(fact.parameters)}"
    return f"{whose}: {fact.share}% of {of} used, {fact.used:f} of {fact.limit:f} {fact.unit}".rstrip() + then


def account_lines(account: Account, on: date) -> Iterator[str]:
    """What is reserved for use that goes on, and the quotas whose service is not full."""
    grants = account.grants
    if grants.open or grants.used:
        yield f"{money(grants.held(account.currency))} reserved for use, {counted(len(grants.open), 'open grant')}"
    for name, state in account.quotas.known.items():
        if state.step and state.from_on <= on < state.to_on:
            yield f"quota of {name}: {ACTIONS[state.action]} until {state.to_on}"


def account_facts(account: Account, on: date) -> dict[str, Any]:
    """What is reserved for use, with what was used and is not charged."""
    return {"reserved_for_use": account.grants.held(account.currency)}


SENTENCES: Sentences = {
    UsageGranted: _granted,
    UsageGrantConfirmed: _confirmed,
    UsageGrantReleased: _released,
    UsageGrantExpired: _expired,
    QuotaStepReached: _step_reached,
    QuotaToppedUp: _topped_up,
    QuotaTopUpEnded: _top_up_ended,
    QuotaReset: _reset,
    UsageLimitsSet: _limits_set,
    UsageAlarmRaised: _alarm,
}
