"""`python -m tests.oracle 1000 [SUBJECT ...]`: so many random scenarios of each subject, played and counted."""

from __future__ import annotations

import sys
import time

from hypothesis import HealthCheck, Phase, given, settings

from tests.oracle.checking import check
from tests.oracle.subjects import SUBJECTS
from tests.oracle.timelines import Draft


def try_out(subject: str, examples: int) -> int:
    """How many scenarios of a subject were tried; the first that does not hold is raised, as small as it gets."""
    tried = 0

    @given(SUBJECTS[subject]())
    @settings(
        max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
    )  # fmt: skip
    def holds(scenario: Draft) -> None:
        nonlocal tried
        tried += 1
        check(scenario)

    holds()
    return tried


def main() -> None:
    examples, chosen = int(sys.argv[1]), sys.argv[2:] or list(SUBJECTS)
    for subject in chosen:
        began = time.monotonic()
        sys.stdout.write(f"{subject}: {try_out(subject, examples)} scenarios in {time.monotonic() - began:.0f} s\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
