"""Inviting somebody from the command line; the pages do the same for editors and operators."""

from curate.errors import UsageError
from curate.people import WELCOME_LASTS, Language, Role, normal_email
from pipelines.home import Home
from reports import tokens
from storage import people, welcomes
from storage.welcomes import Welcome

BY = "operator"
"""Who invites from the command line; no person's id."""


def invite(home: Home, email: str, role: Role, language: Language) -> tuple[Welcome, str]:
    """Keep an invitation and return it with its link; raises UsageError for an address that is known here."""
    token, now, address = tokens.new(), home.clock(), normal_email(email)
    welcome = Welcome(tokens.hashed(token), address, role, language, BY, "", now, now + WELCOME_LASTS)
    with home.database.writing() as db:
        if known := people.by_email(db, address):
            raise UsageError(f"{address} is {known.name}, a {known.role}. `duiding link {address}` lets them in.")
        welcomes.offer(db, welcome)
    return welcome, tokens.welcome_url(home.settings.public_url, token, language)
