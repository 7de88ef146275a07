"""The fixtures of the whole program on a fresh database."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest
from starlette import routing

from tests.operators import application, database_url, initialised_url, operator

__all__ = ["application", "database_url", "initialised_url", "operator"]


@pytest.fixture(scope="session", autouse=True)
def _paths_compiled_once() -> Iterator[None]:
    """Each test makes the site anew, with the same thousands of paths; Python keeps only some hundred expressions."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(routing, "compile_path", cache(routing.compile_path))
        yield
