"""An installation as such: settings that go together, files that others must not read, versions, the clock."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import metadata
from urllib.parse import urlsplit

from curate.errors import UsageError
from curate.findings import Finding
from pipelines.home import Home
from pipelines.settings import FILE
from storage import integrity

DEMO = ".duiding-demo"
"""Marks the home of a demo, whose weeks are played ahead of the clock."""
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_JUMPED = timedelta(minutes=5)


def of_settings(home: Home) -> list[Finding]:
    """Return whether the settings go together, and whether only we can read what is secret."""
    found = [*_addresses(home), *_permissions(home), *_secret(home)]
    return found or [Finding("settings", "fine", f"The settings in {home.path / FILE} go together.")]


def _addresses(home: Home) -> Iterator[Finding]:
    web, public = home.settings.web, urlsplit(home.settings.public_url)
    is_here = public.hostname in LOOPBACK
    if web.host not in LOOPBACK and is_here:
        yield Finding(
            "settings",
            "broken",
            f"web.host is {web.host}, open to others, but public_url is {home.settings.public_url}.",
            "Set public_url to the address that people use; until then `duiding web` does not start.",
        )
    elif is_here and home.settings.smtp.host:
        yield Finding(
            "settings",
            "warning",
            f"Mail goes out, but its links lead to {home.settings.public_url}, which nobody else can open.",
            "Set public_url to the address that people use.",
        )
    elif not is_here and public.scheme == "http":
        yield Finding(
            "settings",
            "warning",
            f"public_url is {home.settings.public_url}: sign-in links and cookies travel unprotected.",
            "Put a reverse proxy with TLS before the pages and set public_url to its https address.",
        )


def _permissions(home: Home) -> Iterator[Finding]:
    secret = [home.path / FILE, home.path / "secret", home.database.path]
    if home.settings.mail.dkim_key:
        secret.append(home.path / home.settings.mail.dkim_key)
    if home.backups.is_dir():
        secret.append(home.backups)
    open_ = [file for file in secret if file.exists() and file.stat().st_mode & 0o077]
    if open_:
        names = " ".join(str(file) for file in open_)
        yield Finding(
            "settings", "warning", "Other users of this machine may read what is secret.", f"`chmod go= {names}`"
        )


def _secret(home: Home) -> Iterator[Finding]:
    try:
        _ = home.secret
    except UsageError as error:
        yield Finding("settings", "broken", str(error))


def of_versions(_home: Home) -> list[Finding]:
    """Return which installed packages are outside of what this program was made with."""
    outside = list(_outside())
    if not outside:
        return [Finding("versions", "fine", "All packages have versions that this program was made with.")]
    return [
        Finding(
            "versions",
            "broken",
            f"Outside of what this program was made with: {', '.join(outside)}.",
            "Install again with `pip install -c constraints.txt duiding`. From sqlalchemy 2.1 on no scheduled run is "
            "ever made, from fastapi 0.151 on Prefect's server does not start, and duckdb 2 may damage the database.",
        )
    ]


def _outside() -> Iterator[str]:
    from packaging.requirements import Requirement

    for line in metadata.requires("duiding") or ():
        wanted = Requirement(line)
        if wanted.marker and not wanted.marker.evaluate({"extra": ""}):
            continue
        try:
            version = metadata.version(wanted.name)
        except metadata.PackageNotFoundError:
            yield f"{wanted.name} is missing"
            continue
        if not wanted.specifier.contains(version, prereleases=True):
            yield f"{wanted.name} {version} (wanted: {wanted.specifier})"


def of_clock(home: Home) -> list[Finding]:
    """Return whether the clock is where it was, or later."""
    now, newest = home.clock(), integrity.newest(home.database)
    if newest and newest > now + _JUMPED and not (home.path / DEMO).exists():
        told = f"It is {now:%Y-%m-%d %H:%M} UTC here, but something was noted at {newest:%Y-%m-%d %H:%M} UTC"
        return [
            Finding(
                "clock",
                "broken",
                f"{told}: the clock has jumped back, or was ahead.",
                "Set it right (`timedatectl`). Rounds and mails wait for the moments that were noted.",
            )
        ]
    if os.environ.get("DUIDING_NOW"):
        told = f"The clock stands still at {now:%Y-%m-%d %H:%M} UTC, as DUIDING_NOW says."
        return [Finding("clock", "note", told, "Unset it when you are done with replaying.")]
    local = now.astimezone(home.settings.zone)
    return [Finding("clock", "fine", f"Schedules are meant in {home.settings.timezone}, where it is {local:%H:%M}.")]


def of_date(header: str) -> Finding | None:
    """Return a finding when the Date of another machine is far from ours, which this program does not replace."""
    from email.utils import parsedate_to_datetime

    try:
        apart = abs(parsedate_to_datetime(header).astimezone(UTC) - datetime.now(UTC))
    except (ValueError, TypeError):
        return None
    if apart < _JUMPED:
        return None
    told = f"The clock of this machine is {apart.total_seconds() / 60:.0f} minutes away from that of the pages."
    return Finding("clock", "warning", told, "Set the clock right (`timedatectl`).")
