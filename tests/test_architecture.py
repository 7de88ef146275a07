"""The floors' direction: the rules at the bottom, adapters on top, and nothing imports upwards or sideways."""

from __future__ import annotations

import subprocess
import sysconfig
from pathlib import Path

import grimp

REPOSITORY = Path(__file__).parents[1]


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
