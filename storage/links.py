"""Links that people bring by hand: kept as entries of their own source, which wait for their page as all others do."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from curate import links, sources
from curate.links import Link
from curate.people import Person
from storage import entries, runs
from storage import sources as stored_sources
from storage.database import Session
from storage.runs import Run

Outcome = Literal["new", "changed", "known"]
"""A link of this person for the first time, with other words than before, or word for word as it was."""


@dataclass(frozen=True, slots=True)
class Brought:
    """A link as its bringer sees it again; ``state``: its page waits, was read, or could not be."""

    url: str
    title: str
    why: str
    language: str | None
    brought_at: datetime
    state: Literal["waiting", "read", "unread"]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody brought an article, in their words."""

    name: str
    why: str


def run_of(now: datetime, code_version: str) -> Run:
    """Return the run under which one link is kept; :func:`keep` stores it with the link."""
    return Run(runs.new_id("link", now, uuid.uuid4().hex), "link", now, code_version)


def keep(db: Session, person: Person, link: Link, run: Run) -> Outcome:
    """Keep a link with the run that brings it; other words for the same address are a next version of one entry."""
    said = links.entry(person, link, run.started_at)
    source = sources.of_person("link", person.id, person.name)
    stored_sources.add(db, [source], run.started_at)
    before = {one.entry_id: one.content_hash for one in entries.known(db, source.id)}
    if before.get(said.id) == said.content_hash:
        return "known"
    runs.start(db, run)
    if said.id in before:
        entries.change(db, [said], run.started_at, run.id)
    else:
        entries.add(db, [said], run.id)
    outcome: Outcome = "changed" if said.id in before else "new"
    runs.finish(db, run.id, f"A link was brought by hand ({outcome}).", run.started_at)
    return outcome


def latest(db: Session, person_id: str, most: int) -> tuple[Brought, ...]:
    """Return what a person brought, the latest first."""
    return tuple(Brought(*row) for row in db.rows("links.latest", person_id=person_id, most=most))


def reasons(db: Session, article_ids: Sequence[str]) -> dict[str, tuple[Reason, ...]]:
    """Return why people brought these articles or copies of them, by article id, the first one first."""
    found: dict[str, list[Reason]] = {}
    for article_id, name, why in db.rows("links.reasons", article_ids=list(article_ids)):
        found.setdefault(article_id, []).append(Reason(name, why))
    return {article_id: tuple(said) for article_id, said in found.items()}
