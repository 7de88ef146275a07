"""Check of the books, read models built again, and read models as of a moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from adapters.bootstrap.jobs import Job, Jobs, Kind, Work
from adapters.bootstrap.registry import PROJECTIONS
from adapters.files.seal_files import check_by
from adapters.postgres.seals import Verified
from billing_core.integrity.seals import IsSigned
from billing_core.kernel.errors import AlreadyExists, InvalidValue, NotFound
from projections.platform.asof import AsOf, Moment, find
from projections.platform.check import Finding
from projections.platform.projection import Projection
from projections.platform.rebuild import changed


class CheckBooks(Job, frozen=True, kw_only=True):
    """Check every invariant on the whole store, and compare the read models with the events."""


class CheckSeals(Job, frozen=True, kw_only=True):
    """Check that no sealed event was changed, removed, inserted or moved.

    `public_key` is that of the sealer, as the text of its file; without it signatures are not checked.
    """

    public_key: str = ""

    def __post_init__(self) -> None:
        self.is_signed()

    def is_signed(self) -> IsSigned:
        """Whether the sealer has signed; without a key everybody has."""
        return check_by(self.public_key) if self.public_key else lambda message, signature: True


class RebuildReadModels(Job, frozen=True, kw_only=True):
    """Build read models again from the first event while the live ones stay in use; then they are replaced.

    `name` is one of them, by default all. `only_changed` are those that another version of the program built.
    """

    name: str = ""
    only_changed: bool = False

    def __post_init__(self) -> None:
        self.chosen()

    def chosen(self) -> Sequence[Projection]:
        """The read models of this name."""
        found = [projection for projection in PROJECTIONS if self.name in ("", projection.name)]
        if not found:
            known = ", ".join(projection.name for projection in PROJECTIONS)
            raise NotFound(f"no such read model; the read models are {known}", field="name", value=self.name)
        return found


class BuildAsOf(Job, frozen=True, kw_only=True):
    """Build read models as of a moment: `recorded` up to an instant, `effective` by a date, or at a `position`.

    Queries answer from them with `as_of=NAME`.
    """

    name: str
    recorded: datetime | None = None
    effective: date | None = None
    position: int | None = None

    def __post_init__(self) -> None:
        self.moment()

    def moment(self) -> Moment:
        """The one moment that is named."""
        named = [each for each in (self.recorded, self.effective, self.position) if each is not None]
        if len(named) != 1:
            raise InvalidValue("name one: recorded, effective or position", field="moment")
        if self.recorded is not None and self.recorded.tzinfo is None:
            raise InvalidValue("needs its time zone, as in 2026-03-01T14:30+02:00", field="recorded",
                               value=self.recorded)  # fmt: skip
        return named[0]


class Rebuilt(msgspec.Struct):
    """Which read models were built again, and up to which position of the log; None if none had to be."""

    rebuilt: list[str]
    position: int | None


def check_books(asked: CheckBooks, work: Work) -> list[Finding]:
    """Every invariant with its violations."""
    with work.watch("Check", "events", work.app.log.final_position()) as advance:
        return work.app.check(advance)


class CheckedSeals(msgspec.Struct):
    """What was checked, whether everything is as it was sealed, and whether signatures were checked, too."""

    is_sound: bool
    has_signatures: bool
    verified: Verified


def check_seals(asked: CheckSeals, work: Work) -> CheckedSeals:
    """Every sealed event with its seal, and the seals with each other."""
    with work.watch("Check of the seals", "events", work.app.log.final_position()) as advance:
        verified = work.app.seals.verify(asked.is_signed(), None, advance)
    return CheckedSeals(not verified.findings, bool(asked.public_key), verified)


def rebuild_read_models(asked: RebuildReadModels, work: Work) -> Rebuilt:
    """Build those that are chosen."""
    chosen = asked.chosen()
    with work.watch("Rebuild", "events", work.app.log.final_position()) as advance:
        if asked.only_changed:
            chosen = changed(work.app.tables, chosen)
        position = work.app.rebuild(chosen, advance) if chosen else None
    return Rebuilt([projection.name for projection in chosen], position)


def build_as_of(asked: BuildAsOf, work: Work) -> AsOf:
    """Build them; those that this job built before it was cut off are its result."""
    moment = asked.moment()
    with work.watch("Build", "events", work.app.log.newest_position()) as advance:
        try:
            return work.app.build_as_of(asked.name, moment, advance)
        except AlreadyExists:
            built = find(work.app.tables, work.app.projections, asked.name)
            if built.built_at < work.begun_at:
                raise
            return built


JOBS: Jobs = {
    CheckBooks: Kind(check_books),
    CheckSeals: Kind(check_seals),
    RebuildReadModels: Kind(rebuild_read_models),
    BuildAsOf: Kind(build_as_of),
}
