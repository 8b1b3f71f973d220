"""outbox | claim a group | cast | hand over, one by one, each into the journal | note the group; killed, it goes on

Of what a killed sender had claimed, the journal tells what was sent; the rest waits again. Only of the message that was
on its way at that moment nobody knows: it is sent once more, under the same Message-ID.
"""

import asyncio

from curate.errors import MailError
from curate.issues import Issue
from curate.people import Person
from pipelines import posting
from pipelines.exclusive import alone
from pipelines.home import Home, Notify, finish_run, silent, start_run
from pipelines.journal import Journal
from pipelines.steps import tours
from pipelines.steps.tours import Sent, Tell, Tour
from reports import digests, mails
from storage import deliveries, sending_pauses
from storage.sending_pauses import Pause


def send(home: Home, number: int | None = None, notify: Notify = silent) -> Sent:
    """Send what waits in the outbox, of one issue or of all; one sender at a time, and none while sending is paused.

    Raises MailError when the mail server is away, before or while it sends, or takes nothing from us, and UsageError
    when the secret or the key to sign with is missing; what waits goes on waiting.
    """
    with alone(home, "sending") as ours:
        if not ours:
            return Sent(busy=True)
        with Journal(home.path / "sending.journal") as journal:
            _take_up(home, journal)
            with home.database.reading() as db:
                pause, waiting = sending_pauses.current(db), deliveries.waiting(db, number, home.clock())
            if pause or not waiting:
                return Sent(paused=pause)
            return _send(home, number, journal, lambda done: notify("mails", done, waiting))


def waits(home: Home) -> bool:
    """Whether the outbox holds anything to send now."""
    with home.database.reading() as db:
        return deliveries.waiting(db, None, home.clock()) > 0


def try_failed_again(home: Home, number: int | None) -> None:
    """Put failed deliveries back in the queue."""
    with home.database.writing() as db:
        deliveries.try_failed_again(db, number, home.clock())


def pause(home: Home, why: str) -> Pause:
    """Pause sending, also a send that is under way, and return the pause that holds."""
    with home.database.writing() as db:
        sending_pauses.pause(db, why, home.clock())
        return sending_pauses.current(db) or Pause(home.clock(), why)


def resume(home: Home) -> None:
    """End the pause."""
    with home.database.writing() as db:
        sending_pauses.resume(db, home.clock())


def try_out(home: Home, person: Person, issue: Issue) -> None:
    """Mail a draft to one person, made as readers will get it and marked as a trial; raises MailError.

    Every trial is a mail of its own: who tries twice wants to see the second one, too.
    """
    envelope = posting.envelope(home, person, "trial", issue.week, home.clock().isoformat())
    links = digests.links_of_draft(home.settings.public_url, issue.number)
    posting.post(home, [mails.trial_mail(issue, envelope, links)])


def _take_up(home: Home, journal: Journal) -> None:
    """Note what a sender who died had done; what it had claimed besides waits again."""
    with home.database.reading() as db:
        died = bool(journal.outcomes) or "sending" in deliveries.counts(db)
    if died:
        tours.settle(home, journal)


def _send(home: Home, number: int | None, journal: Journal, tell: Tell) -> Sent:
    tour = Tour(home, number, journal, tell)
    run = start_run(home, "send", number=number)
    try:
        asyncio.run(tour.go())
    except MailError as error:
        finish_run(home, run, str(error))
        raise
    finish_run(home, run, tour.outcome.sentence)
    return tour.outcome
