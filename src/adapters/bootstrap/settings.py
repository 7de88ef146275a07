"""The settings, each from the environment or from a file: which database, and where keys and published files are."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, Self

from platformdirs import user_data_path
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from pydantic import BaseModel, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from adapters.bootstrap.kafka_settings import KafkaSourceSettings, TopicName
from adapters.bootstrap.mail_settings import Address, MailboxSettings
from adapters.cards.settings import StripeSettings
from adapters.kafka.brokers import KafkaSecurity
from adapters.messages.mailboxes import Security
from adapters.outreach.push import PushSettings
from adapters.outreach.sms_settings import SmppSettings, SmsGatewaySettings, SmsReportSettings
from adapters.postgres.server import running_server
from billing_core.kernel.errors import InvalidValue

PREFIX = "BILLING_"
FILE = "BILLING_CONFIG"
HIDDEN = "********"


class Settings(BaseSettings):
    """Read from the environment, else from the TOML file that BILLING_CONFIG names, else as they are by default.

    BILLING_DATABASE_URL=postgresql://...       database_url = "postgresql://..."
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid")

    database_url: str | None = Field(
        default=None, description="The PostgreSQL server; without one the program starts its own."
    )
    data: Path = Field(default=user_data_path("billing"), description="The folder of the program's own PostgreSQL.")
    files: Path | None = Field(
        default=None, description="The folder of attached files; by default next to the folder of the data."
    )
    most_attachment_mebibytes: int = Field(default=25, ge=1, description="The size up to which a file may be attached.")
    seal_key: Path | None = Field(default=None, description="The private key with which the worker seals.")
    published_seals: Path | None = Field(default=None, description="The file to which the worker publishes its seals.")
    usage_months_kept: int | None = Field(
        default=None,
        ge=2,
        description="How many months of usage rows are kept besides the one that runs; all without a number.",
    )
    usage_archive: Path | None = Field(
        default=None, description="The folder to which months of usage rows are written before they are removed."
    )
    report_archive: Path | None = Field(
        default=None, description="The folder to which months of reports that have ended are written."
    )
    keep_personal_reads: bool = Field(
        default=False, description="Whether it is kept who read whose personal data over HTTP, when and from where."
    )
    oidc_issuer: str | None = Field(
        default=None, description="The provider of OpenID Connect by which operators sign in."
    )
    oidc_client_id: str | None = Field(default=None, description="By what the provider knows this server.")
    oidc_client_secret: SecretStr | None = Field(default=None, description="The secret shared with the provider.")
    oidc_claim: str | None = Field(
        default=None, description="The claim of the ID token that names the operator, and that nobody chooses freely."
    )
    oidc_redirect_uri: str | None = Field(
        default=None,
        description="Where the provider sends the browser back to: .../v1/sign-in/oidc/callback. From pages it comes "
        "back to .../sign-in/oidc/callback of the same host.",
    )
    webhooks_to_private_addresses: bool = Field(
        default=False, description="Whether webhooks may send into private networks, and without encryption."
    )
    own_pages: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s/?#]+$",
        description="This server as customers reach it: https://my.isp.example; links in mails lead there.",
    )
    mail_from: Address | None = Field(default=None, description="The address from which mails leave.")
    fio_tokens: dict[str, SecretStr] = Field(
        default={}, description="The token of each account of Fio that is asked for its movements, by its IBAN."
    )
    fio_url: str = Field(default="", description="The address of Fio's API, if it is another one than the bank's.")
    smtp_host: str | None = Field(default=None, description="The server through which mails leave.")
    smtp_port: int = Field(default=587, description="Its port.")
    smtp_security: Security = Field(default="starttls", description="Its encryption: starttls, tls or none.")
    smtp_user: str = Field(default="", description="Who logs in there; nobody without a name.")
    smtp_password: SecretStr = Field(default=SecretStr(""), description="The password for it.")
    smtp_connections: int = Field(
        default=4, ge=1, le=100, description="Over how many connections at once messages to customers leave."
    )
    dkim_selector: str | None = Field(
        default=None, description="The selector of the key of DKIM by which messages to customers are signed."
    )
    dkim_key: Path | None = Field(default=None, description="The private key for it, of RSA, as PEM.")
    sms_gateway: SmsGatewaySettings | None = Field(
        default=None, description="The gateway over HTTP through which SMS leave."
    )
    smpp: SmppSettings | None = Field(
        default=None, description="The centre of messages through which SMS leave by SMPP, rather than by a gateway."
    )
    sms_reports: SmsReportSettings | None = Field(
        default=None, description="What gateways of SMS report to /sms/reports/TOKEN, and the token."
    )
    push: PushSettings | None = Field(
        default=None, description="The app server to which messages are pushed, and the secret that signs them."
    )
    stripe: StripeSettings | None = Field(
        default=None, description="The account at Stripe by which cards are charged; none without it."
    )
    mailboxes: tuple[MailboxSettings, ...] = Field(default=(), description="The mailboxes that are read.")
    kafka_servers: str = Field(default="", description="Brokers of Kafka: HOST:PORT, HOST:PORT; without, none is used.")
    kafka_security: KafkaSecurity = Field(default="tls", description="Their encryption: tls or none.")
    kafka_authority: Path | None = Field(
        default=None, description="The file of who certifies them, unless the machine trusts it already."
    )
    kafka_user: str = Field(default="", description="Who signs in there, by SCRAM-SHA-512; nobody without a name.")
    kafka_password: SecretStr = Field(default=SecretStr(""), description="The password for it.")
    kafka_prefix: TopicName = Field(default="billing", description="How the names of the topics written to begin.")
    kafka_sources: tuple[KafkaSourceSettings, ...] = Field(default=(), description="Topics of which usage is read.")

    session_component: str = Field(default="data", description="The usage component for data of sessions.")
    call_component: str = Field(default="calls", description="The usage component for calls by Diameter.")
    item_component: str = Field(default="items", description="The usage component for items by Diameter.")
    diameter_identity: str | None = Field(
        default=None,
        description="By which name nodes of Diameter know this one; without one it takes in no accounting.",
    )
    diameter_realm: str = Field(default="", description="The realm of Diameter in which it is.")
    diameter_address: str = Field(default="127.0.0.1", description="The address on which it listens.")
    diameter_port: int = Field(default=3868, ge=1, le=65_535, description="Its port.")
    diameter_peers: tuple[str, ...] = Field(
        default=(), description="The names of the nodes from which it takes in accounting."
    )

    @model_validator(mode="after")
    def _has_what_diameter_needs(self) -> Self:
        """Who connects must be known, and in which realm this is."""
        if self.diameter_identity is not None and not (self.diameter_realm and self.diameter_peers):
            raise ValueError("diameter_identity needs the settings diameter_realm and diameter_peers, too")
        return self

    @model_validator(mode="after")
    def _has_an_address_for_mails(self) -> Self:
        """Mails that come in are told from our own by it, and those that leave are sent from it."""
        if (self.smtp_host or self.mailboxes) and self.mail_from is None:
            raise ValueError("e-mail needs the setting mail_from, the address from which mails leave")
        return self

    @model_validator(mode="after")
    def _signs_with_both(self) -> Self:
        """A selector without a key signs nothing, and a key without a selector is found by nobody."""
        if (self.dkim_selector is None) != (self.dkim_key is None):
            raise ValueError("DKIM needs both settings, dkim_selector and dkim_key")
        return self

    @property
    def files_folder(self) -> Path:
        """The folder of attached files: `billing-files` next to `billing`."""
        return self.files or self.data.with_name(f"{self.data.name}-files")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        file = os.environ.get(FILE)
        if file is None:
            return init_settings, env_settings
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, Path(file))


class Setting(NamedTuple):
    """A setting with its value as it may be shown, and where that comes from."""

    name: str
    value: str
    source: str
    description: str


def read_settings() -> Settings:
    """The settings; what cannot be read is named with its place."""
    file = os.environ.get(FILE)
    if file is not None and not Path(file).is_file():
        raise InvalidValue("names a file that does not exist", field=FILE, value=file)
    try:
        return Settings()
    except tomllib.TOMLDecodeError as error:
        raise InvalidValue(f"is not TOML: {error}", field=FILE, value=file) from None
    except SettingsError as error:
        raise InvalidValue(f"cannot be read: {error}; a list is written as JSON", field="setting", value="") from None
    except ValidationError as error:
        fault = error.errors()[0]
        name = ".".join(str(part) for part in fault["loc"])
        raise InvalidValue(f"{fault['msg'].lower()}; known are {', '.join(Settings.model_fields)}", field="setting",
                           value=name) from None  # fmt: skip


def shown_settings(settings: Settings, options: dict[str, Any]) -> list[Setting]:
    """Every setting with its source; `options` are those that were named on the command line."""
    file = os.environ.get(FILE)
    in_file = tomllib.loads(Path(file).read_text(encoding="utf-8")) if file else {}
    found = []
    for name, field in Settings.model_fields.items():
        if name in options:
            source = "command line"
        elif PREFIX + name.upper() in os.environ:
            source = PREFIX + name.upper()
        else:
            source = str(file) if name in in_file else "default"
        value = getattr(settings, name)
        found.append(Setting(name, _shown(name, value), source, field.description or ""))
    return found


def _shown(name: str, value: Any) -> str:
    """A value without its secrets."""
    match value:
        case None:
            return ""
        case SecretStr():
            return HIDDEN if value.get_secret_value() else ""
        case BaseModel():
            return HIDDEN
        case tuple():
            return ", ".join(str(getattr(each, "name", each)) for each in value)
    return _without_secret(str(value)) if name == "database_url" else str(value)


def _without_secret(database_url: str) -> str:
    """The URL as keywords without its password; one that cannot be read is hidden whole."""
    try:
        parts = conninfo_to_dict(database_url)
    except Exception:
        return HIDDEN
    shown: dict[str, Any] = {key: HIDDEN if key == "password" else value for key, value in parts.items()}
    return make_conninfo("", **shown)


@contextmanager
def open_database(settings: Settings) -> Iterator[str]:
    """The URL of the database to work on; the program's own server is started and stopped if none is named."""
    if settings.database_url:
        yield settings.database_url
    else:
        with running_server(settings.data) as url:
            yield url
