"""Set what technicians get for kinds of jobs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing_core.kernel.money import require_amount
from billing_core.work.job_rates import JobRates, JobRateSet, apply_job_rates, set_job_rate
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.concerns import HOUSE, Concerns
from commands.platform.ports import Append, Origin, Transaction
from commands.staff.operators import load_operator
from commands.work.crews import load_crew


class SetJobRate(Command, frozen=True, kw_only=True):
    """Each technician gets a rate for a kind of job from a day on: of a crew, or one technician, or everybody."""

    job_kind: str
    rate: Decimal
    currency: str
    from_on: date
    crew: str = ""
    technician: str = ""


def job_rates_stream(job_kind: str) -> str:
    return f"job-rates/{job_kind}"


def handle_set_job_rate(command: SetJobRate, transaction: Transaction, origin: Origin) -> Decision:
    if command.crew:
        load_crew(transaction, command.crew)
    if command.technician:
        load_operator(transaction, command.technician)
    stream = job_rates_stream(command.job_kind)
    rates, version = transaction.load(stream, apply_job_rates)
    amount = require_amount(command.rate, command.currency, "rate")
    fact = JobRateSet(effective_on=command.from_on, job_kind=command.job_kind, amount=amount, crew=command.crew,
                      technician=command.technician)  # fmt: skip
    return Decision((Append(stream, version, set_job_rate(rates or JobRates(), fact)),))


HANDLERS: Handlers = {SetJobRate: handle_set_job_rate}
CONCERNS: Concerns = dict.fromkeys(HANDLERS, HOUSE)
