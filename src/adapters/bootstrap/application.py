"""Puts the rooms together: the only place that knows all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import msgspec

from adapters.attachments.content_folder import ContentFolder
from adapters.bootstrap.attachments import MEBIBYTE, Attachments
from adapters.bootstrap.forgetting import Forgetting
from adapters.bootstrap.live import LiveModels
from adapters.bootstrap.origins import Guards, authorised_by
from adapters.bootstrap.price_lists import PublishedPriceLists
from adapters.bootstrap.query_source import QuerySource
from adapters.bootstrap.reading_again import read_again
from adapters.bootstrap.registry import ATTACHMENTS, HANDLERS, INVARIANTS, PERSONAL, PROJECTIONS, TRUE_BY_DATE
from adapters.bootstrap.settings import Settings, open_database, read_settings
from adapters.postgres.attachments import PostgresAttachments
from adapters.postgres.datastore import connected, open_datastore
from adapters.postgres.key_check import KEYS_FIT, customers_with_wrong_keys
from adapters.postgres.log import PostgresLog
from adapters.postgres.migrations import require_current
from adapters.postgres.recorder import EventRecorder
from adapters.postgres.report_views import allow_role, make_views, refuse_role
from adapters.postgres.seals import PostgresSeals
from adapters.postgres.store import PostgresStore
from adapters.postgres.stream_facts import NOWHERE, Latest
from adapters.postgres.tables import PostgresTables
from adapters.postgres.topics import require_same_topics
from adapters.postgres.usage_rating import PostgresRatedAccounts
from adapters.postgres.usage_records import PostgresUsageRecords
from adapters.processes.background import kept_up_to_date
from adapters.processes.rebuild_workers import load_in_processes
from adapters.reports.ready import ready_views
from billing_core.accounts.account import apply_account
from billing_core.custom_fields import FieldSet, apply_fields
from billing_core.kernel.events import known_topics
from billing_core.kiosks.connections import Kiosk, apply_kiosk
from billing_core.parties.customers import Standing, apply_standing
from billing_core.reports.forecasts import PastUsage
from billing_core.work.flows import Flows, apply_flow
from commands.approvals import Waiting
from commands.bank_statements.booking import BankFileImport
from commands.bank_statements.importing import StatementImport
from commands.bank_statements.taking_back import TakingBack
from commands.billing.parked import ParkedAccounts
from commands.billing.rerating import ReratingBacklog
from commands.billing.run import BillingRun
from commands.catalogue_import import CatalogueImport
from commands.corrections.run import CorrectionRun
from commands.dunning.run import DunningRun
from commands.forgetting import ForgetCustomer
from commands.onboarding import Onboarding
from commands.platform.bus import Answer, Bus, Command, Seen
from commands.platform.ports import Origin, ReadAgain
from commands.policy_simulation.simulation import PolicySimulation
from commands.price_changes.run import PriceChangeRun
from commands.reports.forecasts import ForecastRun
from commands.self_care.limits import SelfCareLimits
from commands.staff.limits import Limits
from commands.staff.rights import AllRights
from commands.staff.scopes import Scopes
from commands.usage.batch_import import UsageImport
from commands.usage.mediation import UsageMediation
from commands.usage.rating import Rating
from commands.usage.rating_again import RatingAgain
from commands.work.permissions import WorkPermissions
from projections.accounts.states import SELECT_LATEST, decode_state, encode_state
from projections.document_lines import usage_by_account
from projections.platform import asof
from projections.platform.check import MOST_OFFENDERS, Finding, check
from projections.platform.claims import Fault, mend_claims
from projections.platform.ports import Progress, unwatched
from projections.platform.projection import Projection
from projections.platform.rebuild import rebuild
from projections.platform.runner import LIVE_SCHEMA, Runner

# From this many bills on, a second process for the read models is worth starting.
LARGE_RUN = 3_000


def _short_stream(kind: type[msgspec.Struct]) -> Latest:
    """A stream of a few events, nothing of which is personal to its fold."""
    return Latest(NOWHERE, msgspec.msgpack.Decoder(kind).decode, msgspec.msgpack.Encoder().encode)


# Of which streams the latest state is kept, so that a command need not read them from the start.
LATEST = {
    apply_account: Latest(SELECT_LATEST, decode_state, encode_state),
    apply_flow: _short_stream(Flows),
    apply_standing: _short_stream(Standing),
    apply_kiosk: _short_stream(Kiosk),
    apply_fields: _short_stream(FieldSet),
}


class Application:
    """Everything on one database, put together once per process; a database that does not fit the program is refused.

    This is the one door: command line, projector and benchmarks all come in here.
    """

    def __init__(self, database_url: str, settings: Settings | None = None) -> None:
        settings = settings or read_settings()
        self.database_url = database_url
        self.require_fitting_database()
        self.datastore = open_datastore(database_url)
        self.recorder = EventRecorder(self.datastore)
        self.store = PostgresStore(self.recorder, LATEST)
        self.tables = PostgresTables(self.datastore)
        self.log = PostgresLog(self.datastore)
        self.seals = PostgresSeals(self.datastore, self.log, self.tables)
        self.projections = PROJECTIONS
        self.rights = AllRights(self.store)
        self.scopes = Scopes(self.store)
        self.waiting = Waiting(self.store)
        guards = Guards(
            self.rights, self.scopes, Limits(self.store), self.waiting, WorkPermissions(self.store),
            SelfCareLimits(self.store),
        )  # fmt: skip
        self.bus = Bus(self.store, HANDLERS, authorised_by(guards))
        self.runner = Runner(self.log, self.tables, self.projections)
        self.forgetting = Forgetting(self.bus, self.store, self.log, self.tables, self.datastore, PERSONAL)
        self.attachments = Attachments(
            ContentFolder(settings.files_folder),
            PostgresAttachments(self.tables, ATTACHMENTS),
            lambda: self.runner.wait_for(self.log.newest_position()),
            settings.most_attachment_mebibytes * MEBIBYTE,
        )
        self.price_lists = PublishedPriceLists(self.store, self.attachments)
        self.rating = Rating(self.price_lists)
        self._load = load_in_processes(database_url)
        self.queries = QuerySource(self.tables, self.log)

    def require_fitting_database(self) -> None:
        """Refuse a database whose tables or event types are those of another version of the program."""
        with connected(self.database_url) as connection:
            require_current(connection)
            require_same_topics(connection, known_topics())

    def execute(self, command: Command, origin: Origin, seen: Seen | None = None) -> Answer:
        """Apply a single command once; one that forgets a customer erases every copy too.

        If its stream is not as it was `seen`, it is refused.
        """
        if isinstance(command, ForgetCustomer):
            return self.forgetting.forget(command, origin, seen)
        return self.bus.execute(command, origin, seen)

    def models(self, wait_for: Callable[[int], None] | None = None) -> LiveModels:
        """The live read models for commands; unless another process keeps them, waiting means catching up here."""
        return LiveModels(self.tables, self.store, wait_for or self.runner.wait_for)

    def rebuild(self, chosen: Sequence[Projection], progress: Progress = unwatched) -> int:
        """Build some read models again while the others stay in use; their position."""
        return rebuild(self.log, self.tables, chosen, self.projections, progress, self._load, self._make_views)

    def make_views(self) -> None:
        """Make the views of the schema `report` as this program has them."""
        with self.tables.transaction(LIVE_SCHEMA) as cursor:
            self._make_views(cursor)

    def allow_reports(self, role: str) -> None:
        """Let a role of the database read the views of reports, and nothing else."""
        with self.tables.transaction(LIVE_SCHEMA) as cursor:
            allow_role(cursor, role)

    def refuse_reports(self, role: str) -> None:
        """Let a role of the database read them no longer."""
        with self.tables.transaction(LIVE_SCHEMA) as cursor:
            refuse_role(cursor, role)

    def _make_views(self, cursor: Any) -> None:
        make_views(cursor, ready_views())

    def check(self, progress: Progress = unwatched) -> list[Finding]:
        """Every invariant of the whole store, with those that break it; with wrong keys nothing else can be read."""
        with self.tables.reading("billing") as cursor:
            keys = Finding(KEYS_FIT, customers_with_wrong_keys(cursor, MOST_OFFENDERS))
        if keys.offenders:
            return [keys]
        findings = check(self.log, self.tables, self.projections, INVARIANTS, progress, self._load)
        return [*findings, *self.attachments.findings(progress), keys]

    def mend_claims(self) -> dict[Fault, int]:
        """Make the claims those that the events make; how many were wrong, by what was wrong."""
        return mend_claims(self.tables)

    def build_as_of(self, name: str, moment: asof.Moment, progress: Progress = unwatched) -> asof.AsOf:
        """Build read models as of a moment, next to the live ones: those that can answer for it."""
        is_effective = isinstance(moment, date) and not isinstance(moment, datetime)
        projections = TRUE_BY_DATE if is_effective else self.projections
        return asof.build(self.log, self.tables, projections, name, moment, progress)

    def answer_as_of(self, name: str) -> None:
        """From now on queries are answered by the read models that were built under this name."""
        self.queries = self.queries_as_of(name)

    def queries_as_of(self, name: str) -> QuerySource:
        """The source of answers that were built under this name."""
        return QuerySource(self.tables, self.log, asof.find(self.tables, self.projections, name))

    @contextmanager
    def _models_of(self, is_large: bool) -> Iterator[LiveModels]:
        """Read models for a long run: a large one has them kept by a process of their own meanwhile."""
        if not is_large:
            yield self.models()
            self.runner.catch_up()
            return
        with kept_up_to_date(self.database_url, self.runner) as projector:
            yield self.models(projector.wait_for)

    @contextmanager
    def billing_run(self, until: date) -> Iterator[BillingRun]:
        """A billing run; when it has ended, the read models show it."""
        self.runner.catch_up()
        with self._models_of(self.models().expected_accounts(until) >= LARGE_RUN) as models:
            yield BillingRun(self.store, self.bus, models, models, ReratingBacklog(self.store, models))

    @contextmanager
    def revenue_forecast(self) -> Iterator[ForecastRun]:
        """A forecast of revenue, of the accounts as they are now; when it has ended, the read models show it."""
        self.runner.catch_up()
        models = self.models()
        yield ForecastRun(self.store, models, models, ReratingBacklog(self.store, models), self._usage_by_account)
        self.runner.catch_up()

    def _usage_by_account(self, from_on: date, to_on: date) -> dict[str, list[PastUsage]]:
        with self.tables.transaction(LIVE_SCHEMA) as cursor:
            return usage_by_account(cursor, from_on, to_on)

    @contextmanager
    def dunning_run(self, on: date) -> Iterator[DunningRun]:
        """A dunning run; when it has ended, the read models show it."""
        self.runner.catch_up()
        with self._models_of(self.models().expected_dunned(on) >= LARGE_RUN) as models:
            yield DunningRun(self.store, self.bus, models, models)

    def parked_accounts(self) -> ParkedAccounts:
        """To explain and retry what could not be billed; which accounts are parked is what is known now."""
        self.runner.catch_up()
        return ParkedAccounts(self.store, self.bus, self.models())

    @contextmanager
    def bank_file_import(self, rows: int = LARGE_RUN) -> Iterator[BankFileImport]:
        """An import of about so many payments; when it has ended, the read models show it."""
        self.runner.catch_up()
        with self._models_of(rows >= LARGE_RUN) as models:
            yield BankFileImport(self.store, self.bus, models)

    @contextmanager
    def statement_import(self, movements: int = LARGE_RUN) -> Iterator[StatementImport]:
        """An import of statements of about so many movements; when it has ended, the read models show it."""
        self.runner.catch_up()
        with self._models_of(movements >= LARGE_RUN) as models:
            yield StatementImport(self.store, self.bus, models)

    def taking_back(self) -> TakingBack:
        """Finds what returns and reversals take back; what they are is what is known now."""
        self.runner.catch_up()
        return TakingBack(self.store, self.bus, self.models())

    def correction_run(self) -> CorrectionRun:
        """A run over a list of corrections; which accounts are on a tariff is what is known now."""
        self.runner.catch_up()
        return CorrectionRun(self.bus, self.models())

    def price_change_run(self) -> PriceChangeRun:
        """A simulation of price changes, or their scheduling, on the base as it is known now."""
        self.runner.catch_up()
        return PriceChangeRun(self.store, self.bus, self.models())

    def policy_simulation(self) -> PolicySimulation:
        """Simulations of dunning policies on the base as it is known now."""
        self.runner.catch_up()
        return PolicySimulation(self.models())

    def catalogue_import(self) -> CatalogueImport:
        """An import of products and tariffs."""
        return CatalogueImport(self.bus, self.models())

    def onboarding(self) -> Onboarding:
        """An import of subscribers; sellers and tariffs are those known now."""
        models = self.models()
        return Onboarding(self.store, models.tariffs(), models.sellers())

    def usage_import(self) -> UsageImport:
        """An import of batches of usage."""
        self.runner.catch_up()
        return UsageImport(self.store, PostgresUsageRecords(self.datastore), self.models(), self.rating)

    def usage_mediation(self, reading: ReadAgain = read_again) -> UsageMediation:
        """The door for batches of usage from any source; whose they are is what is known now.

        `reading` reads lines again that a profile refused.
        """
        self.runner.catch_up()
        return UsageMediation(self.store, reading)

    def rating_again(self) -> RatingAgain:
        """Rates the records of many accounts again."""
        self.runner.catch_up()
        return RatingAgain(self.store, PostgresRatedAccounts(self.datastore), self.models(), self.rating)

    def close(self) -> None:
        self.datastore.close()


@contextmanager
def open_application(settings: Settings) -> Iterator[Application]:
    """The application on an initialised database of this program's version."""
    with open_database(settings) as url:
        application = Application(url, settings)
        try:
            yield application
        finally:
            application.close()
