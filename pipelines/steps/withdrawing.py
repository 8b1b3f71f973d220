"""a member takes back | entries, articles that only they brought, archives, consents: one transaction | their files"""

from dataclasses import dataclass

from curate import people, sources
from curate.errors import NotFoundError
from pipelines import drops
from pipelines.home import Home, finish_run, start_run
from pipelines.steps import exports
from pipelines.steps.activities import remove
from storage import activities, archives, consents, removals


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What was removed because a member took their exports back."""

    entries: int
    articles: int
    """Those that nobody else brought."""
    archives: int
    files: int
    """Archives that lay in the inbox or unfinished on the page."""


def withdraw(home: Home, email: str) -> Withdrawn:
    """Remove all that came from a person's LinkedIn exports; the rows of their consent stay, with this moment.

    Published issues are frozen and stay. Killed at any moment, all is removed or nothing is; a second call ends what a
    first one left lying in the inbox. Raises NotFoundError when nothing was ever given under this address.
    """
    address = people.normal_email(email)
    person_id = people.id_of(address)
    source_id = sources.of_person("linkedin", person_id, "").id
    waiting = [file for file in exports.in_inbox(home) if file.parent.name.strip().lower() == address]
    with home.database.reading() as db:
        is_known = bool(archives.count(db, person_id) or consents.since(db, person_id, exports.CONSENT))
    if not (is_known or waiting or drops.pending(home, person_id)):
        raise NotFoundError(f"Nothing of a LinkedIn export of {address} is kept. Check the address.")
    run = start_run(home, "withdraw")
    with home.database.writing() as db:
        gone = activities.of_source(db, source_id)
        lost = remove(db, gone, run.started_at)
        removals.source(db, source_id)
        read = archives.count(db, person_id)
        archives.forget(db, person_id)
        activities.forget_deselected(db, person_id)
        consents.withdraw(db, person_id, exports.CONSENT, run.started_at)
    # Afterwards: without consent nobody opens them, should we be stopped here.
    files = len(waiting) + drops.cancel(home, person_id)
    for file in waiting:
        file.unlink(missing_ok=True)
    finish_run(home, run, f"{len(gone)} entries and {lost} articles of one member removed.")
    return Withdrawn(len(gone), lost, read, files)
