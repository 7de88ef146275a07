"""Import of subscribers."""

from __future__ import annotations

from adapters.bootstrap.jobs import Job, Jobs, Kind, Work
from adapters.bootstrap.operations import operations
from adapters.files.csv_table import CSV, count_rows
from adapters.files.profile import Profile
from adapters.files.profile_files import sent_profile
from adapters.files.subscribers import name_columns, read_subscribers
from commands.platform.batch import BatchReport
from commands.platform.identity import new_id


class ImportSubscribers(Job, frozen=True, kw_only=True):
    """Import the subscribers of a CSV file: each row becomes a customer with an account and a subscription.

    `profile` is the name of a mapping profile that comes with the program, or the YAML text of one. Sellers and tariffs
    that it makes first must be permitted to the operator too. Rows that are rejected are reported; the others are
    imported. The same file again changes nothing.
    """

    profile: str

    def __post_init__(self) -> None:
        self.mapping()

    def mapping(self) -> Profile:
        """The profile; no other file of this machine is ever read."""
        return sent_profile(Profile, self.profile)


def import_subscribers(mapping: Profile, work: Work) -> BatchReport:
    """Make what the profile sets up, and bring in every valid row of the file."""
    assert work.file is not None
    report = BatchReport()
    rows = read_subscribers(work.file, mapping, report)
    for command in mapping.setup_commands:
        work.app.bus.execute(command, work.origin._replace(command_id=new_id()))
    with work.watch("Import", "rows", count_rows(work.file)) as advance:
        work.app.onboarding().bring_in(rows, work.origin, report, advance)
    work.app.runner.catch_up()
    name_columns(mapping, report)
    return report


def _import_subscribers(asked: ImportSubscribers, work: Work) -> BatchReport:
    mapping = asked.mapping()
    rights = work.app.rights.of(work.origin.actor)
    for command in mapping.setup_commands:
        rights.require(operations()[type(command)].permission)
    return import_subscribers(mapping, work)


JOBS: Jobs = {ImportSubscribers: Kind(_import_subscribers, takes=CSV)}
