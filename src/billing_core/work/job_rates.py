"""Pay of technicians: what each of them gets for a kind of job that was done.

A rate is dated, and is that of a technician, of a crew or of everybody. The nearest one counts that holds on the day of
the job: the technician's own, else that of the crew, else that of everybody.

    installation    everybody 15.00 EUR from 1 January, crew-2 18.00 from 1 March, milan 20.00 from 1 April
    crew-2, milan and areg     on 10 March each 18.00    on 10 April milan 20.00, areg 18.00
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec

from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.events import Event, event
from billing_core.kernel.money import Money
from billing_core.work.service_levels import require_code

# --- events


@event("job-rate-set")
class JobRateSet(Event, frozen=True, kw_only=True):
    """Each technician gets this for a kind of job from the effective date on: of a crew, one technician, or all."""

    job_kind: str
    amount: Money
    crew: str = ""
    technician: str = ""


# --- state


class JobRates(msgspec.Struct, frozen=True):
    """The rates for a kind of job: by crew and technician whose they are, with their first days, the newest first."""

    by_holder: Mapping[tuple[str, str], tuple[tuple[date, Money], ...]] = {}


def apply_job_rates(rates: JobRates | None, fact: Event) -> JobRates | None:
    """The rates for a kind of job after an event of its stream."""
    if not isinstance(fact, JobRateSet):
        return rates
    by_holder = dict(rates.by_holder) if rates else {}
    holder = fact.crew, fact.technician
    kept = [each for each in by_holder.get(holder, ()) if each[0] != fact.effective_on]
    by_holder[holder] = tuple(sorted([(fact.effective_on, fact.amount), *kept], key=lambda each: each[0], reverse=True))
    return JobRates(by_holder)


# --- decisions


def set_job_rate(rates: JobRates, fact: JobRateSet) -> list[Event]:
    """A rate that is not negative, of a crew or of a technician; nothing changes if it is set like this."""
    require_code(fact.job_kind, "job kind")
    if fact.crew and fact.technician:
        raise InvalidValue("is named with a crew; name one of the two", field="technician", value=fact.technician)
    if fact.amount.amount < 0:
        raise InvalidValue("must not be less than zero", field="amount", value=fact.amount)
    known = rates.by_holder.get((fact.crew, fact.technician), ())
    return [] if (fact.effective_on, fact.amount) in known else [fact]


def rate_for(rates: JobRates, crew: str, technician: str, on: date) -> Money | None:
    """What a technician of a crew gets for a job on a day; None if no rate holds."""
    for holder in (("", technician), (crew, ""), ("", "")):
        for from_on, amount in rates.by_holder.get(holder, ()):
            if from_on <= on:
                return amount
    return None
