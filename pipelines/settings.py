"""Settings: read once, from ``duiding.toml`` in the home, then from the environment.

A variable ``DUIDING_X`` stands for the key ``x``, ``DUIDING_SMTP__HOST`` for ``host`` in the section ``[smtp]``.
"""

import difflib
import os
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from curate.errors import UsageError
from curate.people import Language
from curate.retention import Periods
from pipelines.mail_settings import Bounces, Mail, Section, Smtp

FILE = "duiding.toml"
PREFIX = "DUIDING_"
NOT_SETTINGS = frozenset({"DUIDING_HOME", "DUIDING_NOW", "DUIDING_UP"})
"""Variables that are ours and are no settings."""
_LEAST_PASSWORD = 12
"""Letters of the password of Prefect's server, which can run programs on this machine."""


class Fetching(Section):
    """How politely sources are asked."""

    contact: str = ""
    host_gap_s: float = Field(1.0, ge=0)
    concurrency: int = Field(8, ge=1, le=64)
    total_s: float = Field(30, gt=0)
    workers: int = Field(2, ge=1, le=16)
    robots: bool = True


class Rounds(Section):
    """The weekly asking."""

    asked: int = Field(5, ge=1, le=20)
    days: float = Field(4, gt=0, le=7)
    review_hours: float = Field(24, ge=0, le=24 * 14)
    thin_below: int = Field(2, ge=0, le=5)


class Web(Section):
    """Where the catalysts' pages listen."""

    host: str = "127.0.0.1"
    port: int = Field(8600, ge=1, le=65535)


class Prefect(Section):
    """Where Prefect's server listens, and what it asks of who comes."""

    host: str = "127.0.0.1"
    port: int = Field(4200, ge=1, le=65535)
    auth: SecretStr | None = None

    @field_validator("auth")
    @classmethod
    def _name_and_password(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None or not value.get_secret_value():
            return None
        name, _, password = value.get_secret_value().partition(":")
        if not name or len(password) < _LEAST_PASSWORD:
            raise ValueError(f"is written name:password, with a password of {_LEAST_PASSWORD} letters or more")
        return value


class Upkeep(Section):
    """What the night does: how many copies stay, and how long what is kept."""

    backups: int = Field(7, ge=1, le=400)
    weekly_backups: int = Field(4, ge=0, le=520)
    export_rows_days: int = Field(90, ge=1)
    surfacings_days: int = Field(396, ge=1)
    traces_days: int = Field(396, ge=30)
    log_mb: float = Field(10, gt=0)

    @property
    def periods(self) -> Periods:
        """How long what is kept."""
        return Periods(self.export_rows_days, self.surfacings_days, self.traces_days)


class Settings(BaseSettings):
    """All settings, frozen. Each is explained, with its unit, in the file that ``duiding init`` writes."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", frozen=True, extra="forbid", hide_input_in_errors=True
    )

    name: str = "Duiding"
    language: Language = "nl"
    timezone: str = "Europe/Amsterdam"
    db: Path = Path("duiding.duckdb")
    public_url: str = "http://127.0.0.1:8600"
    model: str = "all-MiniLM-L6-v2"
    fetch_allow: str = ""
    log: Literal["human", "json"] = "human"
    secret: SecretStr | None = None
    fetch: Fetching = Fetching()
    rounds: Rounds = Rounds()
    web: Web = Web()
    prefect: Prefect = Prefect()
    mail: Mail = Mail()
    smtp: Smtp = Smtp()
    bounces: Bounces = Bounces()
    upkeep: Upkeep = Upkeep()

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ValueError("is not a time zone; write it like Europe/Amsterdam") from None
        return value

    @field_validator("public_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        if not _is_web_address(value):
            raise ValueError("is not the address of a site; write it like https://digest.example.org")
        return value.rstrip("/")

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which schedules and dates are meant."""
        return ZoneInfo(self.timezone)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file, which arrives as keyword arguments."""
        return env_settings, init_settings


def read(home: Path) -> Settings:
    """Return the settings of a home; raises UsageError with one sentence for anything wrong in file or environment."""
    file = home / FILE
    written = _written(file)
    _refuse_unknown({key: key for key in _keys(written)}, str(file), str)
    variables = {name for name in os.environ if name.startswith(PREFIX)} - NOT_SETTINGS
    _refuse_unknown({_key(name): name for name in variables}, "The environment", _variable)
    try:
        return Settings(**written)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        sentence = first["msg"].removeprefix("Value error, ")
        place = f"{_variable(key)} in the environment" if _variable(key) in variables else str(file)
        raise UsageError(f"Setting {key}: {sentence[0].lower()}{sentence[1:]}. Correct it: {place}.") from None


def _written(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(f"There is no {FILE} in {file.parent}. Make a home with `duiding init DIR`.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read: {error}. Mend that line.") from None
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}. Look at what it is and who may read it.") from None


def _is_web_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not (parts.query or parts.fragment)
    except ValueError:
        return False


def _variable(key: str) -> str:
    return PREFIX + key.upper().replace(".", "__")


def _key(variable: str) -> str:
    return variable.removeprefix(PREFIX).lower().replace("__", ".")


def _keys(written: Mapping[str, Any], before: str = "") -> set[str]:
    found: set[str] = set()
    for key, value in written.items():
        found |= _keys(value, f"{before}{key}.") if isinstance(value, dict) else {f"{before}{key}"}
    return found


def known_keys() -> frozenset[str]:
    """Return all keys, those of sections with a dot."""
    return frozenset(_fields(Settings))


def _fields(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section):
            yield from (f"{name}.{key}" for key in _fields(field.annotation))
        else:
            yield name


def _refuse_unknown(written: Mapping[str, str], place: str, spelled: Callable[[str], str]) -> None:
    """Refuse a key (as it was written) that no setting has; the nearest one is named as it would be spelled there."""
    for key in sorted(written.keys() - known_keys()):
        near = difflib.get_close_matches(key, known_keys(), n=1, cutoff=0.5)
        hint = f" Did you mean {spelled(near[0])!r}?" if near else " `duiding init` writes a file with all of them."
        raise UsageError(f"{place} has a setting {written[key]!r} that does not exist.{hint}")


TEMPLATE = """\
# Settings of this home. A variable in the environment wins over this file: DUIDING_X for x, DUIDING_SMTP__HOST for
# host in the section [smtp]. Lines that begin with # show what holds when nothing is set.

name = {name}               # of the network: stands in the digest and on the pages
language = "{language}"              # nl or en: for who did not choose
# timezone = "Europe/Amsterdam"  # in which schedules and dates are meant
# db = "duiding.duckdb"          # the database, relative to this folder
# public_url = "http://127.0.0.1:8600"   # where people reach the pages; stands in every mail
# model = "all-MiniLM-L6-v2"     # comes with the program, reads English best; any sentence-transformers folder or name
#                                # that is on this machine, for Dutch a multilingual one; nothing is downloaded
# fetch_allow = ""               # private addresses that may be fetched all the same: CIDR:port, comma between them
# log = "human"                  # how programs log: human (lines) or json (an object a line, for what collects logs)

# [fetch]
# contact = ""                   # address or page told to the sites we ask, so that they can reach you
# host_gap_s = 1.0               # seconds between two requests to one host
# concurrency = 8                # requests at once, over all hosts
# total_s = 30                   # seconds that one request may take, with its redirects
# workers = 2                    # processes that read feeds and pages
# robots = true                  # whether pages are left alone that a site's robots.txt asks programs not to fetch; a
#                                # feed that you follow is your own request, whatever that file says

# [rounds]
# asked = 5                      # clusters that a catalyst is asked about each week
# days = 4                       # days that a round stays open
# review_hours = 24              # hours that a closed round waits for an editor; then its issue goes out by itself
#                                # (at the deadline where nobody is an editor)
# thin_below = 2                 # an issue with fewer items than this waits for an editor, who publishes it as a short
#                                # issue or skips the week; 0: no issue is ever too thin

# [web]
# host = "127.0.0.1"             # the address the pages listen on; wider than this machine only with a public_url
# port = 8600                    # and its port

# [prefect]                      # the server of the flows and its pages, that `duiding up` starts
# host = "127.0.0.1"             # wider only with auth: who reaches it can run programs here
# port = 4200                    # and its port
# auth = ""                      # name:password that it asks for; better in the environment: DUIDING_PREFECT__AUTH

# [mail]
# address = "duiding@localhost.localdomain"   # who the mail comes from
# name = ""                      # the name beside it; the network's when empty
# replies = ""                   # where answers to a mail go; to the address above when empty
# bounces = ""                   # where mail comes back to that could not be delivered, like bounces@example.org: each
#                                # reader's mail says bounces+CODE@example.org, so that we know whose it was; the server
#                                # must put all of these into one mailbox, see [bounces]. Empty: it comes to address
# dkim_key = ""                  # file with an RSA key that signs each mail, like dkim.pem in this folder; only where
#                                # your mail server does not sign by itself
# dkim_selector = "duiding"      # its public half stands in the DNS at <dkim_selector>._domainkey.<dkim_domain>
# dkim_domain = ""               # the one of the address when empty

# [smtp]                         # without a host, mail is written to the folder outbox
# host = "smtp.example.org"      # the mail server
# port = 587                     # usually 587 with starttls, 465 with tls
# user = ""                      # where it asks for one
# password = ""                  # better in the environment: DUIDING_SMTP__PASSWORD
# tls = "starttls"               # starttls, tls or none
# timeout_s = 30                 # seconds to wait for the server; ten times as long for its answer to a whole message
# per_second = 10                # messages a second at most; most mail services allow about this (20,000 readers: half
#                                # an hour). For a server of your own that signs and queues by itself: 1000
# per_connection = 0             # messages after which the line is opened anew; 0: never, unless the server asks

# [bounces]                      # the mailbox with what came back; read before each publish, and by `duiding bounces`
# host = "imap.example.org"      # the server of that mailbox
# port = 993                     # usually 993 with tls, 143 with starttls
# user = ""                      # whose mailbox it is
# password = ""                  # better in the environment: DUIDING_BOUNCES__PASSWORD
# tls = "tls"                    # tls, starttls or none
# folder = "INBOX"               # which folder of it is read
# timeout_s = 30                 # seconds to wait for the server
# path = ""                      # without a host: a maildir, an mbox file or a folder with .eml files on this machine

# [upkeep]                       # every night at half past three (docs/upkeep.md says what is kept how long)
# backups = 7                    # nights of which the backup stays
# weekly_backups = 4             # weeks of which the last backup stays
# export_rows_days = 90          # days that words of members' LinkedIn rows are kept, and what they only liked or saved
# surfacings_days = 396          # days that it is kept who brought an article from LinkedIn; longer where published
# traces_days = 396              # days that answers of mail servers, fetches and the like are kept
# log_mb = 10                    # megabytes from which on a log file is put aside; the one put aside before goes
"""
