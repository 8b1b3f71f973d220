"""Who acts from the command line: what people say against the machine is signed, and only by those who may say it."""

from curate import people
from curate.errors import NotFoundError, UsageError
from curate.people import ANNOTATING, Person
from storage import people as stored_people
from storage.database import Session


def person(db: Session, email: str, does: str) -> Person:
    """Return who has this address; ``does`` says what only catalysts, editors and operators do.

    Raises NotFoundError for an address that nobody has, UsageError for a person of another role.
    """
    found = stored_people.by_email(db, people.normal_email(email))
    if found is None:
        raise NotFoundError(f"Nobody has the address {email}. `duiding people list` shows who there is.")
    if found.role not in {*ANNOTATING, "operator"}:
        raise UsageError(f"{found.name} is a {found.role}. Catalysts, editors and operators {does}.")
    return found
