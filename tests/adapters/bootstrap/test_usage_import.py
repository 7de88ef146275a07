"""A file of usage that is cut off on its way leaves nothing, and is taken whole when it comes again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.bootstrap.jobs import Work
from adapters.bootstrap.origins import origin_of_process
from adapters.demo.calls import MonthOfCalls, files_of_calls
from adapters.files.profile_files import load_usage_profile
from adapters.files.usage_sources import lines
from adapters.jobs.usage.records import take_in
from commands.platform.batch import BatchReport
from commands.platform.progress import Progress
from commands.platform.timed_work import Stopped
from commands.usage.ports import BatchId
from tests.commands.services.conftest import Story, fee, tariff, usage
from tests.operators import Operator, application, database_url, found_operator, operator, silent

__all__ = ["application", "database_url", "found_operator", "operator"]

# A record of long ago is taken for one of a wrong clock.
LAST_MONTH = (date.today().replace(day=1) - timedelta(days=1)).replace(day=1)  # noqa: DTZ011
CALLER = "A0001/main"


@pytest.fixture
def calls(operator: Operator, tmp_path: Path) -> Path:
    """The calls of a month of an account that there is."""
    story = Story(operator)
    story.publish(tariff("phone", fee("1.00"), usage("calls", "0.50")))
    story.subscriber("A0001", "phone", "2020-01-01")
    path = tmp_path / "calls.csv"
    files = files_of_calls(MonthOfCalls(LAST_MONTH, [CALLER], calls=500))
    path.write_text("".join(line for file in files for line in file.lines))
    return path


def take(operator: Operator, path: Path, progress: Progress = silent) -> BatchReport:
    @contextmanager
    def watch(what: str, unit: str, count: int | None) -> Iterator[Progress]:
        yield progress

    now = datetime.now(UTC)
    origin = origin_of_process("clerk", now.date())
    work = Work(operator.application, origin, watch, now, path)
    return take_in(BatchId("switch", path.name), load_usage_profile("asterisk-uniqueid"), work)


def stopping_after(most: int) -> Callable[[int], None]:
    """Progress that ends the work after so many records."""
    done = 0

    def progress(records: int) -> None:
        nonlocal done
        done += records
        if done > most:
            raise Stopped

    return progress


def test_what_is_cut_off_leaves_nothing(operator: Operator, calls: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lines, "BLOCK_BYTES", 10_000)

    with pytest.raises(Stopped):
        take(operator, calls, stopping_after(200))
    assert operator.select("SELECT count(*) FROM billing.usage_rows") == [(0,)]
    assert operator.select("SELECT count(*) FROM billing.usage_waiting") == [(0,)]

    report = take(operator, calls)
    assert operator.select("SELECT count(*) FROM billing.usage_rows") == [(report.accepted,)]
    assert report.accepted > 400
    assert 500 <= report.accepted + report.unchanged + report.skipped + report.rejections < 520


def test_a_file_that_cannot_be_read_to_its_end_leaves_nothing(
    operator: Operator, calls: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(lines, "BLOCK_BYTES", 10_000)
    read = lines._blocks
    blocks = iter(range(5))

    def failing(*args: Any) -> Any:
        if next(blocks) == 4:
            raise OSError("the disk is gone")
        return read(*args)

    monkeypatch.setattr(lines, "_blocks", failing)
    with pytest.raises(OSError, match="the disk is gone"):
        take(operator, calls)
    assert operator.select("SELECT count(*) FROM billing.usage_rows") == [(0,)]
