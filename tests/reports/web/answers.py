"""A week that was published, and readers who say something back."""

import re
from datetime import datetime
from html import unescape
from typing import Any

from starlette.testclient import TestClient

from curate.people import Person
from curate.themes import Match
from reports import tokens
from reports.tokens import Answering
from storage import answers, issues, themes
from storage.answers import Answer
from tests.reports.web.builders import ANNA, BEN, SECRET, WEEK, World, mark, speak

THEME = "thema-huur"
QUESTION = "Wie in jouw buurt weet hoe je een huurdossier opbouwt?"
EXPERIMENT = "Leg deze week van één huurder het dossier aan, samen."
SOURCE = "https://krant.example/een-bron?a=1&b=2"


def publish(world: World) -> int:
    """Freeze an issue: two items, one of which has two voices that differ, a question and an experiment."""
    first, second, *_ = world.clusters()
    with world.db.writing() as db:
        themes.link(db, WEEK, [Match(first, THEME, "huur, boete", "new", 1.0)], run_id="run")
    speak(world, ANNA, first, question=QUESTION, experiment=EXPERIMENT)
    speak(
        world,
        BEN,
        first,
        so_what="I see it the other way round: a file does not answer the phone for anybody.",
        language="en",
        relation="contrasts",
        relation_to=world.annotations(first)[0].id,
        relation_why="in our city it did not",
    )
    speak(world, BEN, second, so_what="We treat libraries as weather, and their makers as people who bring it.")
    return world.publish()


def token(world: World, reader: str, number: int = 1) -> str:
    """The token in a reader's mail."""
    with world.db.reading() as db:
        issue = issues.by_number(db, number)
    assert issue
    return tokens.answer_token(SECRET, Answering(reader, number, datetime.fromisoformat(issue.frozen_at)))


def door(world: World, reader: str, about: str = "question") -> str:
    """The link in a reader's mail."""
    return f"/answer/{token(world, reader)}?about={about}"


def item(world: World, place: int = 0) -> str:
    """How an item of the issue is named in addresses."""
    with world.db.reading() as db:
        issue = issues.by_number(db, 1)
    assert issue
    return f"c-{issue.items[place].cluster_id}"


def link(world: World) -> str:
    """How an article without meaning is named in addresses."""
    with world.db.reading() as db:
        issue = issues.by_number(db, 1)
    assert issue
    return f"a-{issue.unannotated[0].article_id}"


def waiting(world: World) -> tuple[Answer, ...]:
    """What waits for a catalyst."""
    with world.db.reading() as db:
        return answers.waiting(db)


def anonymous(client: TestClient, path: str, form: dict[str, str]) -> Any:
    """Fill in the form on the web, with all its hidden fields."""
    shown = client.get(path).text
    once = re.search(r'name="once" value="([^"]+)"', shown)
    assert once, shown
    return client.post(path, data={"csrf": mark(shown), "once": once[1], **form})


def give(world: World, reader: str, form: dict[str, str], about: str = "question") -> Answer:
    """Let a reader say something by their own link; returns what then waits of it."""
    with world.visitor() as client:
        answer = client.post(door(world, reader, about), data=form)
    assert answer.status_code == 303, unescape(answer.text)
    return next(one for one in reversed(waiting(world)) if one.subscriber_id == reader)


def decide(world: World, who: Person, ids: str, do: str, **more: str) -> Any:
    """Let a catalyst decide about answers."""
    with world.signed_in(who) as client:
        form = {"answers": ids, "do": do, "note": "opgenomen", "seen": "0", **more}
        return client.post("/answers", data={"csrf": mark(client.get("/answers").text), **form})
