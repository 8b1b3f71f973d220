"""The whole weekly cycle on the sample, offline: what ``duiding demo`` shows.

feeds over loopback | ingest | week run | three catalysts on the real pages | the editor closes | publish | send

Nothing is pretended: the sources are fetched over HTTP, the catalysts open the link in their mail and fill in the form
on the page, and the mails lie in the outbox as they would go out. Only the clock is the story's.
"""

import shutil
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import httpx2
import lxml.html

from curate import people, sources, urls
from curate.errors import DuidingError, UsageError
from curate.weeks import Week
from pipelines import home as homes
from pipelines.demo import sample, visiting
from pipelines.demo.world import World, week_ends_at
from pipelines.home import Home, Notify
from pipelines.steps import exports, ingest, publishing, rounds, sending
from pipelines.steps.publishing import PublishedIssue
from storage import clusters, consents
from storage import people as stored_people
from storage import sources as stored_sources
from storage import subscribers as stored_subscribers

WEEKS = ("2026-W46", "2026-W47")
NAME = "Netwerk Samen Leren"
_MARK = ".duiding-demo"
"""A folder with this file in it is a demo of ours and may be made anew."""
_GAP_S = 0.02


@dataclass(frozen=True, slots=True)
class Shown:
    """Where to look when the demo is done."""

    sentence: str
    record: dict[str, Any]


class _Story:
    """The clock of the story: it goes where the story is."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def run(out: Path, say: Callable[[str], None], notify: Notify) -> Shown:
    """Play both weeks in a fresh home at ``out``; raises UsageError when something else is there."""
    _cleared(out)
    story = _Story(week_ends_at(WEEKS[0]))
    with World(story.now) as world:
        home = _home(out, story, world)
        _people(home, world)
        with visiting.served(home) as address:
            home = _at(home, address)
            issues = [_play(home, story, world, week, (say, notify)) for week in WEEKS]
    return _shown(home, issues)


def _cleared(out: Path) -> None:
    if out.exists() and any(out.iterdir()):
        if not (out / _MARK).exists():
            raise UsageError(f"{out} holds something else. Name an empty folder with --out.")
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)
    (out / _MARK).touch()


def _home(out: Path, story: _Story, world: World) -> Home:
    home = homes.make(out, NAME, "nl", story)
    fetch = home.settings.fetch.model_copy(update={"host_gap_s": _GAP_S})
    settings = home.settings.model_copy(update={"fetch_allow": world.allowance, "fetch": fetch})
    return Home(out, settings, home.database, story)


def _at(home: Home, address: str) -> Home:
    return Home(home.path, home.settings.model_copy(update={"public_url": address}), home.database, home.clock)


def _people(home: Home, world: World) -> None:
    from curate import opml

    said, now = sample.voices(), home.clock()
    with home.database.writing() as db:
        feeds = [sources.feed(one.url, one.title, one.tags) for one in opml.read(world.opml())]
        stored_sources.add(db, feeds, now)
        for one in said.catalysts:
            role: people.Role = "editor" if "editor" in one.roles else "catalyst"
            stored_people.add(db, people.person(one.email, one.name, role, one.language), now)
        for reader in said.subscribers:
            stored_subscribers.add(db, stored_subscribers.subscriber(reader.email, reader.language), "sample", now)
        # As if she had ticked it on her page.
        for kind in exports.BY_DEFAULT.names:
            consents.give(db, people.id_of(_editor().email), f"{exports.CONSENT}{kind}", exports.TICKED, now)
    inbox = home.inbox / _editor().email
    inbox.mkdir(parents=True)
    (inbox / "export.zip").write_bytes(world.linkedin_zip())


def _play(
    home: Home, story: _Story, world: World, week: str, tell: tuple[Callable[[str], None], Notify]
) -> PublishedIssue:
    """One week: Sunday's articles, Monday's round, Tuesday's voices, Friday's issue."""
    say, notify = tell
    story.now = week_ends_at(week)
    world.move_to(story.now)
    for outcome in exports.take_inbox(home):
        say(exports.told(outcome))
    done = ingest.ingest_all(home, notify)
    say(f"{week}: {done.sentence}")
    for failed in done.failed:
        say(f"{week}: {failed.source.title} failed, as it should in this story: {failed.error}")
    story.now += timedelta(hours=5)
    say(f"{week}: {rounds.run_week(home, Week.parse(week), notify).sentence}")
    story.now += timedelta(days=1, hours=3)
    spoken = _speak(home, story, week)
    say(f"{week}: {spoken} voices given on the page by {len(sample.voices().catalysts)} catalysts.")
    story.now += timedelta(days=3)
    _close(home, week)
    issue = publishing.publish(home, Week.parse(publishing.due(home)[0]), by="editor")
    say(f"{week}: issue {issue.issue.number} is frozen; {sending.send(home, issue.issue.number, notify).sentence}")
    return issue


def _speak(home: Home, story: _Story, week: str) -> int:
    """Let every catalyst open their mail, sign in and give their voices, in the order of the sample."""
    said = [one for one in sample.voices().annotations if one.week == week]
    visitors: dict[str, httpx2.Client] = {}
    found = _clusters(home, week)
    for one in said:
        if one.catalyst not in visitors:
            visitors[one.catalyst] = _signed_in(home, one.catalyst, week)
        _annotate(visitors[one.catalyst], f"{home.settings.public_url}/clusters/{_cluster_of(one, found)}", one)
        story.now += timedelta(minutes=20)
    for visitor in visitors.values():
        visitor.close()
    return len(said)


def _signed_in(home: Home, catalyst: str, week: str) -> httpx2.Client:
    person = next(one for one in sample.voices().catalysts if one.slug == catalyst)
    return visiting.signed_in(_invitation(home, person.email, week))


def _invitation(home: Home, email: str, week: str) -> str:
    """Return the link in the mail that asked this catalyst to this round."""
    for file in sorted(home.outbox.glob(f"{email}.*.eml")):
        letter = message_from_bytes(file.read_bytes(), policy=policy.default)
        body = letter.get_body(("plain",))
        for link in urls.found_in(body.get_content() if body else ""):
            if "/sign-in/" in link and week in link:
                return link
    raise DuidingError(f"{email} has no invitation for {week} in {home.outbox}.")


def _annotate(visitor: httpx2.Client, address: str, one: sample.Annotation) -> None:
    page = visitor.get(address)
    fields = {
        "verdict": one.verdict,
        "so_what": one.so_what,
        "title": one.title,
        "ripeness": one.ripeness,
        "question": one.question or "",
        "experiment": one.experiment or "",
    }
    if one.relation:
        # Others' voices are hidden until one has spoken, or asks to see them first, as this catalyst does.
        page = visitor.get(f"{address}?show=1")
        fields |= {"relation": one.relation, "relation_why": one.relation_why or ""}
        fields |= {"relation_to": _voice_of(page, one.relation_to or "")}
    visiting.submit(visitor, page, fields)


def _voice_of(page: httpx2.Response, catalyst: str) -> str:
    name = next(one.name for one in sample.voices().catalysts if one.slug == catalyst)
    options = lxml.html.fromstring(page.text).xpath("//select[@name='relation_to']/option[@value!='']")
    return next(str(option.get("value")) for option in options if name in option.text_content())


def _clusters(home: Home, week: str) -> list[tuple[str, frozenset[str]]]:
    with home.database.reading() as db:
        cards = clusters.cards_of_round(db, week)
    return [(card.cluster_id, frozenset(one.url.rpartition("/")[2] for one in card.articles)) for card in cards]


def _cluster_of(one: sample.Annotation, found: list[tuple[str, frozenset[str]]]) -> str:
    return max(found, key=lambda cluster: len(cluster[1] & {*one.articles}))[0]


def _close(home: Home, week: str) -> None:
    """Let the editor sign in once more and press the button that closes the round and publishes its issue."""
    with closing(visiting.signed_in(rounds.link_for(home, _editor().email))) as visitor:
        visiting.submit(visitor, visitor.get(f"{home.settings.public_url}/rounds/{week}/issue"), {}, "/close")


def _editor() -> sample.Catalyst:
    return next(one for one in sample.voices().catalysts if "editor" in one.roles)


def _shown(home: Home, issues: list[PublishedIssue]) -> Shown:
    last = issues[-1]
    mails = sorted(home.outbox.glob("*.eml"))
    duiding = _command()
    sentence = f"""
The week is done. Look at:
  the digest       {last.page}
  the mails        {home.outbox}/ ({len(mails)} .eml files)
  the map          {last.map}
  the pages        {duiding} --home {home.path} web, and a way in: {duiding} --home {home.path} link {_editor().email}

Start for real:
  {duiding} init mynetwork --name "My network"
  {duiding} --home mynetwork sources add https://example.org/feed.xml
  {duiding} --home mynetwork people add you@example.org --name "You" --role editor
  {duiding} --home mynetwork ingest
  {duiding} --home mynetwork up
"""
    record = {"page": str(last.page), "mails": [str(one) for one in mails], "map": str(last.map)}
    return Shown(sentence.rstrip(), record)


def _command() -> str:
    """Return how to call this program from here: by its bare name only where the shell would find it."""
    beside = Path(sys.executable).parent / "duiding"
    if shutil.which("duiding") or not beside.exists():
        return "duiding"
    return str(beside.relative_to(Path.cwd()) if beside.is_relative_to(Path.cwd()) else beside)
