"""Define service levels; the working time of a seller for hours."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from billing_core.kernel.errors import NotFound
from billing_core.work.service_levels import ServiceLevel, apply_service_level, define_service_level
from billing_core.work.working_hours import WorkingHours, WorkingTime
from commands.parties import load_seller
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.concerns import HOUSE, Concerns
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class DefineServiceLevel(Command, frozen=True, kw_only=True):
    """How soon tickets of a service level get a first reply and are resolved, in working minutes by priority.

    Hours are written by day, as `hours: {monday: [08:00-12:00, 13:00-17:00]}`; those of `holiday` hold on public
    holidays of the seller's country. Tickets that are open keep the times that they were given.
    """

    level: ServiceLevel


# --- handlers


def service_level_stream(code: str) -> str:
    return f"service-level/{code}"


def load_service_level(transaction: Transaction, code: str) -> ServiceLevel:
    """The service level, or `NotFound`."""
    level, _ = transaction.load(service_level_stream(code), apply_service_level)
    if level is None:
        raise NotFound("no such service level; `billing work service-levels` lists them", field="service level",
                       value=code)  # fmt: skip
    return level


def working_time_of(transaction: Transaction, seller: str, hours: WorkingHours) -> WorkingTime:
    """Hours with the holidays of a seller's country and its time zone."""
    found, _ = load_seller(transaction, seller)
    return WorkingTime(hours, transaction.calendar(found.address.country), ZoneInfo(found.time_zone))


def require_known_holidays(working: WorkingTime, on: date) -> None:
    """A calendar that knows its holidays, or `InvalidValue`: it is asked once."""
    working.of_day(on)


def handle_define_service_level(command: DefineServiceLevel, transaction: Transaction, origin: Origin) -> Decision:
    level = command.level
    stream = service_level_stream(level.code)
    known, version = transaction.load(stream, apply_service_level)
    events = define_service_level(known, level, origin.today)
    require_known_holidays(working_time_of(transaction, level.seller, level.hours), origin.today)
    return Decision((Append(stream, version, events),))


HANDLERS: Handlers = {DefineServiceLevel: handle_define_service_level}
CONCERNS: Concerns = {DefineServiceLevel: HOUSE}
