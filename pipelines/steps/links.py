"""an address and why | check | keep as an entry of its bringer; the next ingest reads the page on the guarded path"""

from urllib.parse import urlsplit

from curate import links, people, urls
from curate.errors import FetchError, NotFoundError, UsageError
from pipelines.addresses import Guard, literal_address, parse_allowances
from pipelines.home import Home, code_version
from reports.words import words
from storage import links as stored_links
from storage import people as stored_people
from storage.links import Outcome


def bring(home: Home, email: str, form: dict[str, str]) -> Outcome:
    """Keep what a person brings (``url``, ``why``, ``title``, ``language``).

    Raises UsageError for what the form on the web would refuse too, NotFoundError when nobody has this address.
    """
    found = links.checked(form, lambda url: may_bring(home, url))
    if found.link is None:
        raise UsageError(" ".join(words("en")(key) for key in found.problems.values()))
    run = stored_links.run_of(home.clock(), code_version())
    with home.database.writing() as db:
        person = stored_people.by_email(db, people.normal_email(email))
        if person is None:
            raise NotFoundError(f"Nobody has the address {email}. `duiding people list` shows who there is.")
        return stored_links.keep(db, person, found.link, run)


def may_bring(home: Home, url: str) -> bool:
    """Say whether an address may be asked, as far as its text tells: public, or allowed by the operator."""
    host = urls.host_of(url)
    if literal_address(host) is None:
        return links.is_public(url)
    parts = urlsplit(urls.safe_link(url) or "")
    try:
        Guard(parse_allowances(home.settings.fetch_allow)).check(
            host, parts.port or (443 if parts.scheme == "https" else 80)
        )
    except FetchError:
        return False
    return True
