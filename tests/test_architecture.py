"""The floors' direction: the rules at the bottom, adapters on top, and nothing imports upwards or sideways."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import textwrap
import tomllib
from pathlib import Path

import grimp

REPOSITORY = Path(__file__).parents[1]
RULES_ALONE = "The rules know no database, no framework, no screen and no file format"

# Collects the tests of the rules in a process in which the modules that are named on its command line do not exist.
COLLECT_WITHOUT = """
    import sys
    import pytest

    class Absent:
        def find_spec(self, name, path=None, target=None):
            if name.partition(".")[0] in sys.argv:
                raise ImportError(f"the tests of the rules import {name}")

    sys.meta_path.insert(0, Absent())
    sys.exit(pytest.main(["--collect-only", "--quiet", "-p", "no:cacheprovider", "tests/billing_core"]))
"""


def test_the_import_contracts_hold():
    lint_imports = Path(sysconfig.get_path("scripts")) / "lint-imports"

    outcome = subprocess.run([lint_imports, "--no-cache"], cwd=REPOSITORY, capture_output=True, text=True, check=False)

    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def test_projections_name_the_database_driver_for_type_checking_only():
    graph = grimp.build_graph(
        "projections", include_external_packages=True, exclude_type_checking_imports=True, cache_dir=None
    )

    importers = graph.find_modules_that_directly_import("psycopg") if "psycopg" in graph.modules else set()

    assert importers == set(), "use the cursor that is handed in, and import psycopg only under TYPE_CHECKING"


def test_no_area_asks_how_far_a_table_has_come():
    """A table that lags is waited for, or the answer is a claim; only the platform knows positions."""
    rooms = [REPOSITORY / "src" / "projections", REPOSITORY / "src" / "adapters" / "bootstrap"]
    modules = [module for room in rooms for module in room.rglob("*.py") if module.parent.name != "platform"]

    assert len(modules) > 10
    assert [module.name for module in modules if "SELECT position FROM billing.checkpoints" in module.read_text()] == []


def test_the_tests_of_the_rules_need_no_other_floor_and_nothing_that_the_rules_may_not_import():
    contracts = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (contract,) = [contract for contract in contracts if contract["name"] == RULES_ALONE]
    absent = ["adapters", "commands", "projections", "migrations", *contract["forbidden_modules"]]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}

    outcome = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(COLLECT_WITHOUT), *absent],
        cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
