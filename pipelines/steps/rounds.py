"""clusters of the week | open the round | invite | remind once | close at the deadline

Every step asks the rows what is done already: a week can be run again after a crash, and nobody is asked twice.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage

from curate import people as people_of
from curate.errors import NotFoundError
from curate.people import Person
from curate.weeks import Week
from pipelines import posting
from pipelines.home import Home, Notify, finish_run, silent, start_run
from pipelines.model import Encoder
from pipelines.posting import Posting
from pipelines.steps import assigning, clustering
from reports import mails
from reports.mails import Asking, Envelope
from storage import annotations, clusters, people, rounds
from storage.database import Session
from storage.rounds import Round

Letter = Callable[[Asking, Envelope], EmailMessage]
Mark = Callable[[Session, str, str, datetime], None]


@dataclass(frozen=True, slots=True)
class Opened:
    """What running a week brought."""

    week: str
    sentence: str
    clusters: int
    invited: int


def last_week(home: Home) -> Week:
    """Return the week that has just ended: the one a Monday morning is about."""
    return Week.of(home.clock()).previous


def run_week(home: Home, week: Week, notify: Notify = silent, model: Encoder | None = None) -> Opened:
    """embed | cluster | open the round | invite; running it again changes nothing that people work on."""
    with home.database.reading() as db:
        current = rounds.of_week(db, str(week))
        spoken = bool(annotations.of_week(db, str(week)))
    if current and not current.is_open:
        return Opened(str(week), f"The round of {week} is closed; nothing was changed.", _shown(home, current), 0)
    said = "The round is open already and people have spoken in it: its clusters stay as they are."
    run_id = current.cluster_run_id if current else ""
    if not (current and spoken):
        clustered = clustering.cluster(home, clustering.span_of(week), notify, model)
        said, run_id = clustered.sentence, clustered.run_id
    shown = _open(home, week, run_id)
    invited = invite(home, week)
    return Opened(str(week), f"{said} {invited} catalysts invited.", shown, invited)


def _shown(home: Home, round_: Round) -> int:
    with home.database.reading() as db:
        return len(clusters.of_run(db, round_.cluster_run_id))


def _open(home: Home, week: Week, cluster_run_id: str) -> int:
    """Open the round on this clustering; an empty one opens nothing, for there is nothing to ask."""
    now = home.clock()
    with home.database.reading() as db:
        shown = len(clusters.of_run(db, cluster_run_id))
    if not shown:
        return 0
    run = start_run(home, "round", week=str(week), cluster_run_id=cluster_run_id)
    closes_at = now + timedelta(days=home.settings.rounds.days)
    with home.database.writing() as db:
        rounds.open_with(db, Round(str(week), cluster_run_id, now, closes_at, None, None), run.id)
        for person in people.annotating(db):
            rounds.invite(db, str(week), person.id, run.id)
        if opened := rounds.of_week(db, str(week)):
            assigning.assign(db, opened, home.settings.rounds.asked, now)
    finish_run(home, run, f"The round of {week} is open on {shown} clusters.")
    return shown


def invite(home: Home, week: Week) -> int:
    """Mail everybody who is to be asked and was not yet; return how many.

    Raises MailError for letters that could not be handed over, after all others were.
    """
    with home.database.reading() as db:
        round_ = rounds.of_week(db, str(week))
        waiting = rounds.uninvited(db, str(week))
    if round_ is None or not round_.is_open:
        return 0
    return _each(home, round_, waiting, mails.invitation_mail, rounds.mark_invited)


def remind(home: Home, week: Week) -> int:
    """Mail everybody who was asked, has not spoken and got no reminder yet; return how many.

    Raises NotFoundError when the week has no round, and MailError as :func:`invite` does.
    """
    with home.database.reading() as db:
        round_ = rounds.of_week(db, str(week))
        waiting = rounds.to_remind(db, str(week))
    if round_ is None:
        raise NotFoundError(f"There is no round for {week}. Open it with `duiding week run --week {week}`.")
    if not round_.is_open:
        return 0
    return _each(home, round_, waiting, mails.reminder_mail, rounds.mark_reminded)


def remind_open(home: Home) -> int:
    """Remind in every open round; return how many people."""
    with home.database.reading() as db:
        weeks = [Week.parse(one.week) for one in rounds.every(db) if one.is_open]
    return sum(remind(home, week) for week in weeks)


def link_for(home: Home, email: str) -> str:
    """Return a fresh sign-in link for someone; raises NotFoundError for an unknown address."""
    with home.database.reading() as db:
        person = people.by_email(db, people_of.normal_email(email))
    if person is None:
        raise NotFoundError(f"Nobody with {email} is known here. Add them: `duiding people add {email} --name NAME`.")
    return posting.sign_in_link(home, person)


def _each(home: Home, round_: Round, waiting: Sequence[Person], letter: Letter, mark: Mark) -> int:
    shown = _shown(home, round_)
    return posting.each(home, [_posting(home, (round_, shown), person, letter, mark) for person in waiting])


def _posting(home: Home, about: tuple[Round, int], person: Person, letter: Letter, mark: Mark) -> Posting:
    round_, shown = about

    def made() -> EmailMessage:
        envelope = posting.envelope(home, person, letter.__name__, round_.week)
        return letter(_asking(home, round_, shown, person), envelope)

    return Posting(person, made, lambda db: mark(db, round_.week, person.id, home.clock()))


def _asking(home: Home, round_: Round, shown: int, person: Person) -> Asking:
    settings = home.settings
    return Asking(
        network=settings.name,
        name=person.name,
        week=Week.parse(round_.week),
        clusters=min(shown, settings.rounds.asked),
        link=posting.sign_in_link(home, person, f"/rounds/{round_.week}"),
        closes_at=round_.closes_at,
        zone=settings.zone,
        own_page=posting.own_page(home),
    )
