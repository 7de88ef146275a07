"""Which database the program works on: a server that is named, or one of its own in a folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from platformdirs import user_data_path
from pydantic_settings import BaseSettings, SettingsConfigDict

from adapters.postgres.server import running_server


class Settings(BaseSettings):
    """Read from the environment: BILLING_DATABASE_URL names a real server, BILLING_DATA the folder of our own.

    BILLING_SEAL_KEY names the private key that the worker seals with, BILLING_PUBLISHED_SEALS the file of its seals.
    """

    model_config = SettingsConfigDict(env_prefix="BILLING_")

    database_url: str | None = None
    data: Path = user_data_path("billing")
    seal_key: Path | None = None
    published_seals: Path | None = None


@contextmanager
def open_database(settings: Settings) -> Iterator[str]:
    """The URL of the database to work on; the program's own server is started and stopped if none is named."""
    if settings.database_url:
        yield settings.database_url
    else:
        with running_server(settings.data) as url:
            yield url
