"""What a person gets when they ask for everything that is held about them."""

import json
import re
from typing import Any

from curate.readers import Wishes
from storage import own_data, people, subscribers
from storage.database import Session
from tests.storage import builders
from tests.storage.builders import ANNA, BEN, NOW, later

ABOUT_PEOPLE = re.compile(r"person_id|email|ask_who|\w+_by")
NOT_ABOUT_PEOPLE: dict[tuple[str, str], str] = {}
"""Columns that only look so, with the reason. Nothing is left out of the export so far."""


def columns(db: Session) -> dict[str, list[tuple[str, str]]]:
    """The columns of each table, with their types."""
    found: dict[str, list[tuple[str, str]]] = {}
    for table, column, kind in db.execute(
        "SELECT table_name, column_name, data_type FROM duckdb_columns()"
        " WHERE table_name IN (SELECT table_name FROM duckdb_tables()) ORDER BY table_name, column_index"
    ):
        found.setdefault(table, []).append((column, kind))
    return found


def about_people(db: Session) -> list[tuple[str, str]]:
    """Every (table, column) that may name a person."""
    return [
        (table, column)
        for table, named in columns(db).items()
        for column, _ in named
        if ABOUT_PEOPLE.fullmatch(column) and (table, column) not in NOT_ABOUT_PEOPLE
    ]


def row(named: list[tuple[str, str]], **given: object) -> dict[str, object]:
    """A row in which every column has something."""
    plain = {"TIMESTAMP": NOW, "INTEGER": 7, "BIGINT": 7, "DOUBLE": 0.5, "BOOLEAN": True, "DATE": "2026-12-01"}
    return {column: given.get(column, plain.get(kind, f"a {column}")) for column, kind in named}


def insert(db: Session, table: str, values: dict[str, object]) -> None:
    db.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({', '.join(f'${name}' for name in values)})", values)


def counts(exported: dict[str, list[Any]]) -> int:
    return sum(map(len, exported.values()))


def test_a_row_about_a_person_in_any_table_is_in_their_export(db: Session) -> None:
    people.add(db, ANNA, NOW)
    named = about_people(db)
    assert len(named) > 25
    for place, (table, column) in enumerate(named):
        if table == "people":
            continue
        value = {"email": ANNA.email, "ask_who": json.dumps([BEN.id, ANNA.id])}.get(column, ANNA.id)
        before = own_data.of(db, ANNA.id)
        values = row(columns(db)[table], **{column: value, "ask_who": "[]"} | {column: value})
        key = next(iter(values))
        values |= {key: value if key == column else place if values[key] == 7 else f"{key} {place}"}
        insert(db, table, values)
        if table == "annotation_words":
            insert(db, "annotations", row(columns(db)["annotations"], annotation_id=values["annotation_id"]))
        after = own_data.of(db, ANNA.id)
        assert counts(after) > counts(before), f"{table}.{column} is not in the export"
        assert own_data.of(db, BEN.id)["person"] == []


def test_the_export_holds_the_words_and_can_be_written_as_json(db: Session) -> None:
    first, _ = builders.week(db)
    builders.speak(db, first, question="Wie weet hier meer van?")
    builders.speak(db, first, at=later(hours=1), so_what=f"{builders.SO_WHAT} Tweede versie.")
    builders.speak(db, first, who=BEN.id)
    exported = json.loads(json.dumps(own_data.of(db, ANNA.id)))
    assert exported["person"][0]["email"] == ANNA.email
    assert exported["person"][0]["added_at"] == "2026-11-18T09:30:00+00:00"
    assert [one["version"] for one in exported["annotations"]] == [1, 2]
    assert exported["annotations"][0]["question"] == "Wie weet hier meer van?"
    assert exported["annotations"][0]["moves"] == []


def test_the_export_holds_no_hash_and_no_id_of_another_person(db: Session) -> None:
    for one in (ANNA, BEN):
        people.add(db, one, NOW)
    for table in ("sign_ins", "sessions", "welcomes"):
        key = "invited_by" if table == "welcomes" else "person_id"
        insert(db, table, row(columns(db)[table], token_hash="a hash", **{key: ANNA.id}))
    for table in ("arrangements", "corrections"):
        insert(db, table, row(columns(db)[table], person_id=BEN.id, undone_by=ANNA.id))
    insert(db, "assignments", row(columns(db)["assignments"], person_id=BEN.id, handed_by=ANNA.id))
    told = json.dumps(own_data.of(db, ANNA.id))
    assert "a hash" not in told
    assert BEN.id not in told
    assert told.count('"undone_by_you": true') == 2


def test_a_reader_gets_everything_that_is_held_about_them_and_nothing_of_others(db: Session) -> None:
    mia, noor = (subscribers.wishing(f"{name}@example.org", Wishes("nl", "month", ("a",))) for name in ("mia", "noor"))
    for one in (mia, noor):
        subscribers.add(db, one, f"form of {one.email}", NOW)
        insert(
            db, "subscriptions", row(columns(db)["subscriptions"], token_hash=one.email, email=one.email, follows="[]")
        )
        for table, key in (("deliveries", "delivery_id"), ("answers", "answer_id"), ("reader_askables", "askable_id")):
            insert(db, table, row(columns(db)[table], **{key: one.email, "subscriber_id": one.id}))
        for table, key in (("returns", "return_id"), ("suspensions", "suspension_id")):
            insert(db, table, row(columns(db)[table], **{key: one.email, "subscriber_id": one.id}))
        insert(db, "relay_words", row(columns(db)["relay_words"], relay_id=one.email, email=one.email))
    told = own_data.of_reader(db, mia.id)
    assert {section: len(rows) for section, rows in told.items()} == dict.fromkeys(own_data.OF_READERS, 1)
    assert told["subscription"][0]["follows"] == ["a"]
    text = json.dumps(told)
    assert mia.email in text
    assert noor.email not in text
    assert noor.id not in text
    assert set(map(len, own_data.of_reader(db, "nobody").values())) == {0}
