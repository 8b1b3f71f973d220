"""Everything that is held about one person, for that person."""

import json
from datetime import datetime
from typing import Any

from storage.database import Session

SECTIONS = (
    "own_data.person",
    "own_data.sign_in_links",
    "own_data.sessions",
    "own_data.invitations",
    "own_data.assignments",
    "own_data.annotations",
    "own_data.named_to_be_asked",
    "own_data.drafts",
    "own_data.arrangements",
    "own_data.corrections",
    "own_data.echoes_put_off",
    "own_data.rounds_decided",
    "own_data.round_acts",
    "own_data.reviews",
    "own_data.plans",
    "own_data.issue_notes",
    "own_data.themes_named",
    "own_data.theme_suggestions_decided",
    "own_data.interests",
    "own_data.askables",
    "own_data.welcomes",
    "own_data.consents",
    "own_data.linkedin_archives",
    "own_data.linkedin_rows_left_out",
    "own_data.sources",
    "own_data.entries",
    "own_data.articles_brought",
    "own_data.subscription",
    "own_data.subscription_asked",
    "own_data.issues_sent",
    "own_data.answers_decided",
    "own_data.answers",
    "own_data.may_be_asked_as_reader",
    "own_data.questions_passed_on",
    "own_data.mail_returned",
    "own_data.suspensions",
)
OF_READERS = {
    "subscription": "own_data.of_reader",
    "subscription_asked": "own_data.asked_by_reader",
    "issues_sent": "own_data.sent_to_reader",
    "answers": "own_data.answers_of_reader",
    "may_be_asked_about": "own_data.reader_may_be_asked",
    "questions_passed_on": "own_data.passed_on_by_reader",
    "mail_returned": "own_data.returned_to_reader",
    "suspensions": "own_data.suspensions_of_reader",
}
"""Sections of a reader's file, and the statement behind each."""
_JSON = frozenset({"moves", "key_articles", "ask_who", "links_to", "content", "counts", "articles", "follows"})
"""Columns that hold JSON, which is opened up so that people can read it."""


def of(db: Session, person_id: str) -> dict[str, list[dict[str, Any]]]:
    """Return the rows about a person by section, ready to be written as JSON; moments are ISO texts in UTC."""
    return {section.partition(".")[2]: _rows(db, section, person_id=person_id) for section in SECTIONS}


def of_reader(db: Session, subscriber_id: str) -> dict[str, list[dict[str, Any]]]:
    """Return the rows about a reader, who need not be one of the people, as :func:`of` does."""
    return {section: _rows(db, name, subscriber_id=subscriber_id) for section, name in OF_READERS.items()}


def _rows(db: Session, name: str, **about: str) -> list[dict[str, Any]]:
    return [{column: _told(column, value) for column, value in row.items()} for row in db.records(name, **about)]


def _told(name: str, value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if name in _JSON and isinstance(value, str):
        return _opened(value)
    return value if isinstance(value, str | int | float | None) else str(value)


def _opened(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
