"""The demo's calls: a price list, a telephone with free minutes, and a month of calls as the switch wrote them."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from adapters.bootstrap.origins import origin_of_process
from adapters.demo.calls import FileOfCalls, MonthOfCalls, files_of_calls
from adapters.demo.price_lists import CODE, publish_price_list
from adapters.files.profile_files import load_usage_profile
from adapters.files.usage_sources.rows import Reading
from adapters.files.usage_sources.usage_file import UsageFile
from billing_core.catalogue.components import Recurring, Usage
from billing_core.catalogue.prices import Price
from billing_core.catalogue.pricing import Destinations
from billing_core.catalogue.tariffs import Tariff
from billing_core.catalogue.unit_packages import UnitPackage
from billing_core.charging.charges import Charge, ChargesPosted
from billing_core.time.period_rules import MONTHLY_IN_ARREARS
from commands.billing.account import BillAccount
from commands.catalogue import PublishTariff
from commands.platform.progress import unwatched
from commands.services import ActivateSubscription
from commands.usage.identifiers import AssignIdentifier
from commands.usage.mediation import IncomingBatch, Received
from commands.usage.ports import BatchId
from projections.billing import DocumentRow, documents_of
from projections.usage.rated import CostRow, cost_of

if TYPE_CHECKING:
    from adapters.bootstrap.application import Application
    from commands.platform.bus import Command

SERVICE, TARIFF, COMPONENT = "VOICE", "telephone-by-call", "calls"
NUMBER, PROFILE, SOURCE = "420601111111", "asterisk-uniqueid", "switch"
CALLS, FREE_SECONDS = 600, 3_600


class Taken(NamedTuple):
    """What became of the records of the files."""

    files: int
    taken: int
    repeated: int
    refused: int


class DemoCalls:
    """A telephone service, from its tariff to the bill of a month of calls."""

    def __init__(self, app: Application, month_on: date, account: str) -> None:
        self._app = app
        self._month = MonthOfCalls(month_on, [NUMBER], CALLS, seed=5)
        self.account = account

    def begin(self) -> None:
        """Publish price list and tariff, activate the service, and say which number it has."""
        on = self._month.first_on
        publish_price_list(self._app, on)
        self._give(PublishTariff(tariff=_tariff()))
        service = ActivateSubscription(account=self.account, subscription=SERVICE, tariff=TARIFF, on=on)
        self._give(service)
        self._give(AssignIdentifier(account=self.account, subscription=SERVICE, identifier=f"+{NUMBER}", on=on))

    def take_in(self) -> Taken:
        """Take in the file of each day, and rate what is in it."""
        found = Taken(0, 0, 0, 0)
        with tempfile.TemporaryDirectory(prefix="billing-demo-") as folder:
            for file in files_of_calls(self._month):
                received = self._receive(file, Path(folder))
                found = Taken(
                    found.files + 1,
                    found.taken + received.taken,
                    found.repeated + received.repeated,
                    found.refused + received.refused,
                )
        return found

    def cost(self) -> Sequence[CostRow]:
        """What the calls cost by destination and band."""
        with self._app.queries.cursor() as cursor:
            return cost_of(cursor, self.account, SERVICE, self._month.first_on, self._month.end_on)

    def bill(self) -> Sequence[Charge]:
        """Bill the account on the day after the month; what it is charged for the calls."""
        self._give(BillAccount(account=self.account, on=self._month.end_on))
        facts = self._app.queries.events_of(f"account/{self.account}")
        posted = [fact for fact in facts if isinstance(fact, ChargesPosted)]
        return [charge for charge in posted[-1].charges if charge.subscription == SERVICE]

    def invoice(self) -> DocumentRow:
        """The invoice of the calls."""
        with self._app.queries.cursor() as cursor:
            return max(documents_of(cursor, self.account), key=lambda row: (row.issued_on, row.number))

    def _receive(self, file: FileOfCalls, folder: Path) -> Received:
        path = folder / file.name
        path.write_text("".join(file.lines), encoding="utf-8")
        origin = origin_of_process("demo", self._month.end_on)
        reading = Reading(load_usage_profile(PROFILE), file.name, origin.recorded_at)
        batch = IncomingBatch(SOURCE, file.name, PROFILE, self._app.attachments.keep_as_it_came(path))
        received = self._app.usage_mediation().receive(batch, UsageFile(path, reading, unwatched), origin)
        self._app.usage_import().book(BatchId(SOURCE, received.batch), origin)
        return received

    def _give(self, command: Command) -> None:
        self._app.bus.execute(command, origin_of_process("demo", self._month.end_on))


def _tariff() -> Tariff:
    """4.90 a month with an hour of national calls; every other call by the list."""
    free = UnitPackage(code="hour", units=FREE_SECONDS, groups=("national",))
    calls = Usage(
        code=COMPONENT,
        name="Calls",
        vat_rate=Decimal(21),
        pricing=Destinations(price_list=CODE, packages=(free,)),
        period=MONTHLY_IN_ARREARS,
    )
    price = Price(amount=Decimal("4.90"), valid_from=date(2020, 1, 1))
    monthly = Recurring(code="monthly", name="Monthly fee", vat_rate=Decimal(21), prices=(price,))
    return Tariff(code=TARIFF, name="Telephone", currency="EUR", components=(monthly, calls))
