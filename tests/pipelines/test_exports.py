"""Members' LinkedIn exports in a real home: what is taken, what waits, what is taken back."""

import os
import signal
import stat
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curate.articles import article_id
from curate.weeks import Week
from pipelines import archives
from pipelines.home import Home
from pipelines.steps import exports, withdrawing
from pipelines.steps.clustering import text_hash
from pipelines.steps.exports import Permission
from storage import articles as stored_articles
from storage import clusters, consents, embeddings
from tests.pipelines.at_home import (
    NOW,
    HashEncoder,
    Post,
    Story,
    consented,
    fingerprint,
    moved,
    one,
    page,
    prose,
    rows,
    serve_feed,
    write,
)
from tests.pipelines.conftest import Duiding, refused
from tests.pipelines.exports_of import (
    COMMENTS,
    NUMBER,
    ONLY_LARGE,
    POST,
    SHARES,
    archive,
    article,
    comment,
    saved,
    share,
)
from tests.pipelines.faulty_sites import Site, answer

MIA = "mia@example.org"
EVERYTHING = "comments,saved,reposts,reactions,votes,undated_articles,group_posts"
SECRET = "GEHEIM-WOORD"
ALL_KINDS = Permission(
    exports.ALLOWED_BY_DEFAULT | {"comments", "saved", "reposts", "reactions", "votes"}, frozenset({"PUBLIC", ""})
)

# Every form of the list that a reader of real exports must know: file → rows that are counted

_HEAD = "First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"
_PERSON = f"{SECRET},B,https://www.linkedin.com/in/x,,C,D,03 May 2026\n"
_NOTES = 'Notes:\n"When exporting your connection data, you may notice that some of the e-mails are missing."\n\n'
PREAMBLES = {
    "none": _HEAD + _PERSON,
    "notes": _NOTES + _HEAD + _PERSON,
    "two blank lines": _NOTES + "\n" + _HEAD + _PERSON,
    "unquoted": "Notes:\nSome e-mails are missing.\n" + _HEAD + _PERSON,
    "twelve lines": "Notes:\n" * 12 + _HEAD + _PERSON,
    "mark and CRLF": "\ufeff" + (_NOTES + _HEAD + _PERSON).replace("\n", "\r\n"),
}
_REPOST = f"2026-05-03 10:00:00,{POST.format('activity', NUMBER)}\n"

FORMS: dict[str, tuple[Mapping[str, str | bytes], dict[str, int]]] = {
    "basic, old": (
        {
            "Shares.csv": SHARES + share(1) + share(2),
            "Connections.csv": _HEAD.replace("URL,", "") + "A,B,,C,D,3 May 2026\n",
        },
        {"shares": 2},
    ),
    "complete of 2026": (
        {
            "Complete_LinkedInDataExport_06-01-2026/Shares_17529409.csv": SHARES + share(1),
            "Complete_LinkedInDataExport_06-01-2026/Comments_17529409.csv": COMMENTS + comment(1),
            "Complete_LinkedInDataExport_06-01-2026/Saved Items_17529409.csv": "savedItem,CreatedTime\n" + saved(1),
            "Complete_LinkedInDataExport_06-01-2026/InstantReposts_17529409.csv": "Date,Link\n" + _REPOST,
            "Complete_LinkedInDataExport_06-01-2026/Articles/Articles/een.html": article("Een", "een"),
            "Complete_LinkedInDataExport_06-01-2026/Ad_Targeting.csv": "a,a,a\n1,2,3\n",
            "Complete_LinkedInDataExport_06-01-2026/SearchQueries.csv": f"Time,Query\n1,{SECRET}\n",
            "Complete_LinkedInDataExport_06-01-2026/Jobs/Job Applications.csv": f"x\n{SECRET}\n",
        },
        {"shares": 1, "comments": 1, "saved": 1, "reposts": 1, "articles": 1},
    ),
    "second part alone": ({"Saved_Items.csv": "savedItem,CreatedTime\n" + saved(1) + saved(2)}, {"saved": 2}),
    "without activity": ({"Profile.csv": f"First Name\n{SECRET}\n", "Email Addresses.csv": SECRET}, {}),
    "comments with backslashes": (
        {"Comments.csv": COMMENTS + comment(1, 'Hij zei \\"ja\\", toch?\nEn toen') + comment(2, "C:\\dir")},
        {"comments": 2},
    ),
    "comments with doubled quotes": (
        {"Comments.csv": COMMENTS + comment(1, 'Hij zei ""ja"", toch?\nEn toen') + comment(2)},
        {"comments": 2},
    ),
    "comments without date": (
        {"Comments.csv": COMMENTS + f",{POST.format('activity', NUMBER)},Zonder datum\n" + comment(1)},
        {"comments": 2},
    ),
    "two comments on one post": ({"Comments.csv": COMMENTS + comment(1, "Een") + comment(2, "Twee")}, {"comments": 2}),
    "shares with each line quoted": (
        {"Shares.csv": SHARES + share(1, 'He said "hi"."\n""\n"Next "line" here.')},
        {"shares": 1},
    ),
    "shares of four kinds": (
        {
            "Shares.csv": SHARES
            + "".join(
                f"2026-05-03 10:00:00,{POST.format(kind, number)},Tekst,,,PUBLIC\n"
                for kind, number in (("share", 1), ("ugcPost", 2), ("activity", 3), ("groupPost", "12-34"))
            )
        },
        {"shares": 4},
    ),
    "reshare without address": ({"Shares.csv": SHARES + share(1, "Kijk", "")}, {"shares": 1}),
    "saved in four ways": (
        {
            "Saved_Items.csv": "savedItem,CreatedTime\n"
            + "".join(
                f"{each},2026-07-01 10:00:00\n"
                for each in (
                    POST.format("activity", NUMBER),
                    f"https://www.linkedin.com/feed/update/urn:li:activity:{NUMBER + 1}",
                    "https://www.linkedin.com/feed/update/urn%3Ali%3Aarticle%3A8412345678901234567",
                    "urn:li:article:8412345678901234568",
                )
            )
        },
        {"saved": 4},
    ),
    "articles in four ways": (
        {
            "Articles/Articles/a.html": article("Gepubliceerd", "a"),
            "Articles/Articles/b.html": article("Klad", "b", published="Published on"),
            "Articles/Articles/c.html": article("Zonder datum", "c", published=""),
            "Articles/Articles/2019-05-04 12:30:00.0-Één café.html": article("Één café", "d"),
        },
        {"articles": 4},
    ),
    "stub": ({"LearningCoachMessages.csv": "No conversations found\n", "Shares.csv": "No shares found\n"}, {}),
    "columns with one name": (
        {"Shares.csv": SHARES.replace("MediaUrl", "Date") + share(1), "Ad_Targeting.csv": "a,a\n1,2\n"},
        {"shares": 1},
    ),
    "debris of a computer": (
        {"Shares.csv": SHARES + share(1), "__MACOSX/._Shares.csv": b"\x00\x05", ".DS_Store": b"\x00"},
        {"shares": 1},
    ),
    "old encoding": ({"Shares.csv": (SHARES + share(1, "Eén idee")).encode("cp1252")}, {"shares": 1}),
    "words that look like nothing": (
        {"Comments.csv": COMMENTS + comment(1, "NULL") + comment(2, "NA") + comment(3, "None")},
        {"comments": 3},
    ),
    "emoji": ({"Shares.csv": SHARES + share(1, "👩‍🌾 en 🙂")}, {"shares": 1}),
    "reactions and votes": (
        {
            "Reactions_9.csv": f"Date,Type,Link\n2026-05-03 10:00:00,LIKE,{POST.format('activity', NUMBER)}\n",
            "Votes_9.csv": f"Date,OptionText,Link\n2026-05-03 10:00:00,Ja,{POST.format('activity', NUMBER)}\n",
        },
        {"reactions": 1, "votes": 1},
    ),
    "private files besides": (
        {
            "Shares.csv": SHARES + share(1),
            **{f"{name}.csv": f"CONTENT\n{SECRET}\n" for name in (
                "messages", "guide_messages", "Invitations", "ImportedContacts", "PhoneNumbers", "Logins",
                "Whatsapp Phone Numbers", "Registration", "Security Challenges", "Receipts_v2", "Recommendations",
                "Inferences_about_you", "Endorsement_Received_Info", "Private_identity_asset", "Profile Summary",
                "learning_role_play_messages",
            )},
            "Verifications/Verifications.csv": SECRET,
        },
        {"shares": 1},
    ),
    **{
        f"connections: {name}": ({"Connections.csv": text, "Shares.csv": SHARES + share(1)}, {"shares": 1})
        for name, text in PREAMBLES.items()
    },
}  # fmt: skip


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read archives here: starting a process for each would take most of the time of these tests."""
    monkeypatch.setattr(archives, "read", archives.export_of)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_export_gives_its_rows_and_no_private_word(
    home: Home, duiding: Duiding, tmp_path: Path, form: str
) -> None:
    files, expected = FORMS[form]
    file = archive(tmp_path / "een andere naam.zip", files)
    command = ("linkedin", "import", file, "--person", MIA, "--allow", EVERYTHING, "--audience", "PUBLIC,UNKNOWN")
    looked = duiding(*command, "--preview", "--json").json
    assert one(home, "SELECT count(*) FROM entries") == 0
    said = duiding(*command, "--json")
    assert said.code == 0, said
    counts = dict.fromkeys(said.json["counts"], 0) | expected
    assert said.json["counts"] == counts == looked["counts"]
    unread = {row["why"] for row in looked["rows"] if not row["kept"]} - {"a draft: never published"}
    assert unread == set()
    assert said.json["new"] == sum(row["kept"] for row in looked["rows"]) == one(home, "SELECT count(*) FROM entries")
    everything = [looked, said.json, *fingerprint(home).values()]
    assert SECRET not in str(everything)
    assert duiding(*command, "--json").json["new"] == 0, "the same archive again adds nothing"


@pytest.mark.usefixtures("quick")
def test_what_is_not_an_export_is_told_with_its_files(home: Home, duiding: Duiding, tmp_path: Path) -> None:
    file = archive(tmp_path / "x.zip", {"vakantie/foto.jpg": b"x", "brief.txt": "x"})
    assert "vakantie/foto.jpg, brief.txt" in refused(duiding("linkedin", "import", file, "--person", MIA), code=1)


@pytest.mark.usefixtures("quick")
def test_drafts_and_articles_without_date_need_their_owners_tick(home: Home, duiding: Duiding, tmp_path: Path) -> None:
    file = archive(tmp_path / "x.zip", FORMS["articles in four ways"][0])
    said = duiding("linkedin", "import", file, "--person", MIA, "--json").json
    assert (said["counts"]["articles"], said["new"], said["left_out"]) == (4, 2, 2)
    assert "Klad" not in str(fingerprint(home))
    said = duiding("linkedin", "import", file, "--person", MIA, "--allow", "undated_articles", "--json").json
    assert said["new"] == 1
    assert {title for (title,) in rows(home, "SELECT title FROM article_texts")} == {
        "Gepubliceerd", "Één café", "Zonder datum",
    }  # fmt: skip


@pytest.mark.usefixtures("quick")
def test_two_parts_are_merged_and_a_row_in_both_is_one(home: Home, duiding: Duiding, tmp_path: Path) -> None:
    first = archive(tmp_path / "1.zip", {"Shares.csv": SHARES + share(1) + share(2)})
    second = archive(
        tmp_path / "2.zip",
        {"Shares_9.csv": SHARES + share(2), "Saved_Items_9.csv": "savedItem,CreatedTime\n" + saved(1)},
    )
    command = ("linkedin", "import", first, second, "--person", MIA, "--allow", "saved", "--json")
    looked = duiding(*command, "--preview").json
    assert (looked["new"], [row["kept"] for row in looked["rows"]]) == (3, [True, True, False, True])
    assert duiding(*command).json["new"] == 3
    assert one(home, "SELECT count(*) FROM entries") == 3


@pytest.mark.usefixtures("quick")
def test_a_preview_says_of_each_row_whether_and_why_and_what_was_never_opened(
    home: Home, duiding: Duiding, tmp_path: Path
) -> None:
    file = archive(
        tmp_path / "x.zip",
        {
            "Shares.csv": SHARES + share(1, "Openbaar") + share(2, "Besloten", audience="CONNECTIONS"),
            "Comments.csv": COMMENTS + comment(1, "Niet gevraagd"),
            "messages.csv": SECRET,
        },
    )
    before = fingerprint(home)
    said = duiding("linkedin", "import", file, "--person", MIA, "--preview", "--json").json
    assert [(row["kind"], row["kept"], row["why"], row["text"]) for row in said["rows"]] == [
        ("share", True, "kept", "Openbaar"),
        ("share", False, "not public: shared with CONNECTIONS", "Shares.csv"),
        ("comment", False, "not opened: you did not tick this kind of file", "Comments.csv"),
    ]
    assert said["rows"][1]["at"] == "2026-05-03T10:00:02+00:00"
    assert said["never_opened"] == ["Comments.csv", "messages.csv"]
    shown = duiding("linkedin", "import", file, "--person", MIA, "--preview").out
    assert "1 would be kept, 2 left out. Never opened: Comments.csv, messages.csv." in shown
    assert "not public: shared with CONNECTIONS" in shown
    assert "Besloten" not in shown + str(said)
    assert fingerprint(home) == before


# --- what is gone from a newer export --------------------------------------------------------------------------------


@pytest.mark.usefixtures("quick")
def test_a_row_that_a_newer_complete_export_lacks_is_marked_and_brings_nothing(home: Home, tmp_path: Path) -> None:
    own = {"Articles/Articles/a.html": article("Eigen stuk", "eigen")}
    larger = archive(tmp_path / "1.zip", {"Shares.csv": SHARES + share(1) + share(2), **own, **ONLY_LARGE}, month=6)
    newer = archive(tmp_path / "2.zip", {"Shares.csv": SHARES + share(2), **ONLY_LARGE}, month=7)
    exports.import_export(home, larger, MIA)
    done = exports.import_export(home, newer, MIA)
    assert (done.new, done.withdrawn) == (0, 1), "articles are absent as a whole: that may be another part"
    gone = rows(home, "SELECT guid, withdrawn_at, page_state, article_id FROM entries WHERE withdrawn_at IS NOT NULL")
    assert gone == [(f"urn:li:share:{NUMBER + 1}", NOW, "none", None)]
    assert exports.import_export(home, larger, MIA).new == 0
    assert one(home, "SELECT count(*) FROM entries WHERE withdrawn_at IS NOT NULL") == 1, "an old one undoes nothing"
    again = archive(tmp_path / "3.zip", {"Shares.csv": SHARES + share(1) + share(2), **ONLY_LARGE}, month=8)
    exports.import_export(home, again, MIA)
    assert rows(home, "SELECT DISTINCT page_state, withdrawn_at FROM entries WHERE activity = 'share'") == [
        ("waiting", None)
    ]


@pytest.mark.usefixtures("quick")
def test_an_own_article_that_was_deleted_goes_and_comes_back_with_its_row(home: Home, tmp_path: Path) -> None:
    def large(month: int, *names: str) -> Path:
        files = {f"Articles/Articles/{name}.html": article(name.title(), name) for name in names}
        return archive(tmp_path / f"{month}.zip", {**files, **ONLY_LARGE}, month=month)

    exports.import_export(home, large(6, "een", "twee"), MIA)
    exports.import_export(home, large(7, "twee"), MIA)
    assert rows(home, "SELECT title FROM article_texts") == [("Twee",)]
    exports.import_export(home, large(8, "een", "twee"), MIA)
    assert sorted(rows(home, "SELECT title FROM article_texts")) == [("Een",), ("Twee",)]
    assert one(home, "SELECT count(*) FROM surfacings") == 2


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    "newer",
    [
        ({"Shares.csv": SHARES + share(2)}, 7),
        ({"Shares.csv": SHARES + share(2), **ONLY_LARGE}, 5),
        ({"Shares.csv": SHARES + share(2) + "half,een,rij\n", **ONLY_LARGE}, 7),
        ({"Shares.csv": "geen kolommen", **ONLY_LARGE}, 7),
        ({"Comments.csv": COMMENTS + comment(1), **ONLY_LARGE}, 7),
        ({"Shares.csv": SHARES + share(1, audience="CONNECTIONS") + share(2), **ONLY_LARGE}, 7),
    ],
    ids=["partial", "older", "with a broken row", "unreadable", "of another kind", "not public any more"],
)
def test_nothing_is_marked_when_an_export_does_not_surely_say_so(
    home: Home, tmp_path: Path, newer: tuple[dict[str, str], int]
) -> None:
    before = archive(tmp_path / "1.zip", {"Shares.csv": SHARES + share(1) + share(2), **ONLY_LARGE}, month=6)
    exports.import_export(home, before, MIA)
    files, month = newer
    assert exports.import_export(home, archive(tmp_path / "2.zip", files, month=month), MIA).withdrawn == 0
    assert one(home, "SELECT count(*) FROM entries WHERE withdrawn_at IS NOT NULL") == 0


# --- the inbox -------------------------------------------------------------------------------------------------------


def in_inbox(home: Home, files: Mapping[str, str | bytes], email: str = MIA) -> Path:
    return archive(home.inbox / email / "export.zip", files)


@pytest.mark.usefixtures("quick", "warm")
def test_without_consent_an_archive_waits_unopened_and_everybody_is_told(
    home: Home, duiding: Duiding, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = in_inbox(home, {"Shares.csv": SHARES + share(1)})

    def opened(*_: object) -> None:
        raise AssertionError("it must not be opened")

    monkeypatch.setattr(archives, "read", opened)
    said = duiding("ingest", "--json")
    assert said.code == 0, "waiting is no failure"
    assert (said.json["exports"], said.json["exports_refused"]) == (0, [])
    (sentence,) = said.json["exports_waiting"]
    for word in (str(file), "mia@example.org has not agreed", "/my/linkedin", f"duiding linkedin import {file}"):
        assert word in sentence
    assert sentence in duiding("ingest").out
    assert duiding("status", "--json").json["exports_waiting"] == [sentence]
    assert sentence in duiding("status").out
    told = [exports.told(each) for each in exports.take_inbox(home)]
    assert "waits unopened" in told[0]
    assert "example.org" not in told[0]
    assert file.exists()
    assert one(home, "SELECT count(*) FROM runs WHERE kind = 'linkedin'") == 0


@pytest.mark.usefixtures("quick")
def test_exactly_what_was_consented_to_is_taken(home: Home) -> None:
    consented(home, MIA, "comments", "shares", "audience:CONNECTIONS")
    in_inbox(
        home,
        {
            "Shares.csv": SHARES + share(1, "Openbaar") + share(2, "Besloten", audience="CONNECTIONS"),
            "Comments.csv": COMMENTS + comment(1, "Mijn reactie"),
            "Articles/Articles/a.html": article("Eigen stuk", "eigen"),
        },
    )
    (done,) = exports.take_inbox(home)
    assert isinstance(done, exports.Imported)
    assert {text for (text,) in rows(home, "SELECT text FROM entry_texts")} == {"Besloten", "Mijn reactie"}
    assert one(home, "SELECT count(*) FROM consents") == 3


@pytest.mark.usefixtures("quick")
def test_a_consent_that_is_taken_back_while_the_archive_is_read_keeps_it_out(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    mia = consented(home, MIA)
    file = in_inbox(home, {"Shares.csv": SHARES + share(1)})
    read = archives.read

    def read_and_withdraw(*arguments: Any) -> Any:
        write(home, lambda db: consents.withdraw(db, mia.id, exports.CONSENT, NOW))
        return read(*arguments)

    monkeypatch.setattr(archives, "read", read_and_withdraw)
    (waiting,) = exports.take_inbox(home)
    assert isinstance(waiting, exports.Waiting)
    assert file.exists()
    assert one(home, "SELECT count(*) FROM entries") == 0
    assert one(home, "SELECT count(*) FROM consents WHERE withdrawn_at IS NULL") == 0


@pytest.mark.usefixtures("quick")
def test_an_earlier_import_is_a_consent_for_what_comes_later(home: Home, tmp_path: Path) -> None:
    exports.import_export(home, archive(tmp_path / "1.zip", {"Shares.csv": SHARES + share(1)}), MIA)
    in_inbox(home, {"Shares.csv": SHARES + share(1) + share(2)})
    (done,) = exports.take_inbox(home)
    assert isinstance(done, exports.Imported)
    assert done.new == 1


# --- taken back ------------------------------------------------------------------------------------------------------

NOT_DERIVED = {"runs", "consents", "people"}


def derived(home: Home) -> dict[str, list[str]]:
    return {table: kept for table, kept in fingerprint(home).items() if table not in NOT_DERIVED}


@pytest.mark.usefixtures("quick")
def test_a_withdrawal_leaves_what_was_there_before_and_says_what_stays(
    home: Home, duiding: Duiding, tmp_path: Path
) -> None:
    before = derived(home)
    file = archive(
        tmp_path / "x.zip",
        {"Shares.csv": SHARES + share(1), "Articles/Articles/a.html": article("Eigen", "eigen")},
    )
    duiding("linkedin", "import", file, "--person", MIA)
    waiting = in_inbox(home, {"Shares.csv": SHARES + share(3)})
    said = duiding("linkedin", "withdraw", "--person", "MIA@example.org", "--json")
    assert said.code == 0
    assert {name: said.json[name] for name in ("entries", "articles", "archives", "files")} == {
        "entries": 2, "articles": 1, "archives": 1, "files": 1,
    }  # fmt: skip
    assert "published before are frozen and stay" in said.json["message"]
    assert derived(home) == before
    assert not waiting.exists()
    assert one(home, "SELECT count(*) FROM consents WHERE withdrawn_at IS NULL") == 0
    assert one(home, "SELECT count(*) FROM consents") == 3
    assert duiding("linkedin", "import", file, "--person", MIA, "--json").json["new"] == 2
    refused(duiding("linkedin", "withdraw", "--person", "niemand@example.org"))


SEVERAL = st.lists(st.sampled_from(["shares", "comments", "articles", "saved"]), min_size=1, unique=True)


@given(kinds=SEVERAL, numbers=st.sets(st.integers(1, 30), min_size=1, max_size=5), is_large=st.booleans())
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_was_given_withdrawing_it_leaves_the_database_as_it_was(
    week: Home, tmp_path: Path, quick: None, kinds: list[str], numbers: set[int], is_large: bool
) -> None:
    before = derived(week)
    exports_of: dict[str, Callable[[], dict[str, str]]] = {
        "shares": lambda: {"Shares.csv": SHARES + "".join(share(number) for number in numbers)},
        "comments": lambda: {"Comments.csv": COMMENTS + "".join(comment(number, f"N{number}") for number in numbers)},
        "saved": lambda: {"Saved_Items.csv": "savedItem,CreatedTime\n" + "".join(map(saved, numbers))},
        "articles": lambda: {f"Articles/Articles/{n}.html": article(f"Stuk {n}", f"stuk-{n}") for n in numbers},
    }
    files = {name: text for kind in kinds for name, text in exports_of[kind]().items()}
    file = archive(tmp_path / "x.zip", files | (ONLY_LARGE if is_large else {}))
    assert exports.import_export(week, file, MIA, ALL_KINDS).new == len(kinds) * len(numbers)
    withdrawing.withdraw(week, MIA)
    assert derived(week) == before


@pytest.mark.usefixtures("warm", "quick")
def test_after_pages_were_read_and_clustered_a_withdrawal_leaves_only_what_others_brought(
    home: Home, site: Site, tmp_path: Path, story: Story
) -> None:
    from pipelines.steps import clustering, ingest
    from tests.pipelines.test_ingest import follow

    for path in ("alleen", "samen"):
        site.replies[f"/{path}"] = page(f"Over {path}", prose(path, 80))
    site.replies["/kapot"] = answer(status="404 Not Found")
    feed = [
        Post("/samen", "Over samen", published="Thu, 19 Nov 2026 09:00:00 +0000"),
        Post("/kapot", "Wat de krant zegt", published="Thu, 19 Nov 2026 09:00:00 +0000"),
    ]
    mine = [
        share(1, "Alleen ik", f"{site.url}/alleen").replace("2026-05-03", "2026-11-18"),
        share(2, "Wij allebei", f"{site.url}/samen?utm_source=li").replace("2026-05-03", "2026-11-18"),
        share(3, "Mijn eigen woorden over wat kapot is", f"{site.url}/kapot").replace("2026-05-03", "2026-11-18"),
    ]
    site.replies["/samen?utm_source=li"] = site.replies["/samen"]
    exports.import_export(home, archive(tmp_path / "x.zip", {"Shares.csv": SHARES + "".join(mine)}), MIA)
    ingest.ingest_due(home)
    assert "Mijn eigen woorden over wat kapot is" in str(rows(home, "SELECT text FROM article_texts"))
    follow(home, serve_feed(site, feed))
    story.later(hours=1)
    ingest.ingest_due(home)
    span = clustering.span_of(Week.parse("2026-W47"))
    clustering.cluster(home, span, model=HashEncoder())
    alone = article_id(f"{site.url}/alleen")
    assert alone in str(fingerprint(home)["cluster_articles"])
    with home.database.reading() as db:
        (text,) = stored_articles.by_ids(db, [alone])
        assert embeddings.known(db, [text_hash(text)], "hashes", "1")
    withdrawing.withdraw(home, MIA)
    left = {table: str(kept) for table, kept in derived(home).items()}
    for word in ("Alleen ik", "Wij allebei", "Mijn eigen woorden", "Over alleen", alone, "/alleen"):
        assert [table for table, kept in left.items() if word in kept] == [], word
    asked = [table for table, kept in left.items() if "utm_source=li" in kept]
    assert asked == ["fetches"], "where an article that stays was read from is its own history, and names nobody"
    with home.database.reading() as db:
        assert not embeddings.known(db, [text_hash(text)], "hashes", "1")
    assert one(home, "SELECT count(*) FROM surfacings WHERE person_id IS NOT NULL") == 0
    story.later(hours=1)
    ingest.ingest_due(home)
    kept = rows(home, "SELECT url, published_at FROM articles ORDER BY url")
    assert [url for url, _ in kept] == [f"{site.url}/kapot", f"{site.url}/samen"]
    assert {str(at) for _, at in kept} == {"2026-11-19 09:00:00+00:00"}, "the earlier date was the member's"
    titles = {title for (title,) in rows(home, "SELECT title FROM article_texts")}
    assert titles == {"Over samen", "Wat de krant zegt"}, "what the others say is put in words anew"


@pytest.mark.usefixtures("quick")
def test_what_is_withdrawn_while_its_page_is_read_does_not_come_back(home: Home, tmp_path: Path) -> None:
    """The page was asked for before the withdrawal, and is kept after it."""
    from storage import entries
    from tests.storage.builders import kept

    exports.import_export(home, archive(tmp_path / "x.zip", {"Shares.csv": SHARES + share(1)}), MIA)
    with home.database.reading() as db:
        (about,) = entries.about(db, ["https://a.example/1"])["https://a.example/1"]
    withdrawing.withdraw(home, MIA)
    before = derived(home)

    def late(db: Any) -> None:
        stored_articles.keep(db, [kept("x")], NOW, "run")
        stored_articles.surface(db, [("x", about.entry)], "run")

    write(home, late)
    assert derived(home) == before


@pytest.mark.usefixtures("quick")
def test_clusters_of_published_issues_stay_and_open_ones_forget(week: Home, tmp_path: Path) -> None:
    from curate.clusters import Group, Member
    from storage.clusters import Clustering

    file = archive(tmp_path / "x.zip", {"Articles/Articles/a.html": article("Eigen stuk", "eigen")})
    exports.import_export(week, file, MIA)
    own = one(week, "SELECT article_id FROM articles WHERE text_from = 'import' AND external_id IS NULL")
    other = one(week, "SELECT min(article_id) FROM articles WHERE external_id IS NOT NULL")
    both, alone = (
        Group(tuple(Member(id, n, 0.9) for n, id in enumerate(ids)), ("a",), "Eigen stuk")
        for ids in ((own, other), (own,))
    )

    def made(db: Any) -> None:
        for name in ("2026-W46", "2026-W47"):
            clusters.add(db, Clustering(f"run {name}", name, (both, alone), ((0.1, 0.1), (0.2, 0.2)), ()))
        db.execute("INSERT INTO issues VALUES (1, '2026-W46', $now, 'h', 'r')", {"now": NOW})

    write(week, made)
    withdrawing.withdraw(week, MIA)
    members = rows(
        week, "SELECT week, article_id = $own FROM cluster_articles ORDER BY ALL".replace("$own", f"'{own}'")
    )
    assert members == [("2026-W46", False), ("2026-W46", True), ("2026-W46", True), ("2026-W47", False)]
    open_ones = rows(week, "SELECT title FROM clusters WHERE week = '2026-W47'")
    assert len(open_ones) == 1
    assert open_ones[0][0] not in ("", "Eigen stuk")


@pytest.mark.usefixtures("quick")
def test_of_copies_whose_original_goes_the_earliest_takes_its_place(week: Home, tmp_path: Path) -> None:
    file = archive(tmp_path / "x.zip", {"Articles/Articles/a.html": article("Eigen stuk", "eigen")})
    exports.import_export(week, file, MIA)
    own = one(week, "SELECT article_id FROM articles WHERE external_id IS NULL")
    first, second = (
        id
        for (id,) in rows(
            week,
            "SELECT article_id FROM articles WHERE external_id IS NOT NULL ORDER BY published_at, article_id LIMIT 2",
        )
    )
    write(week, lambda db: stored_articles.fold(db, {first: own, second: own}))
    withdrawing.withdraw(week, MIA)
    assert dict(rows(week, "SELECT article_id, copy_of FROM articles WHERE copy_of IS NOT NULL")) == {second: first}


def test_a_withdrawal_that_is_killed_is_done_whole_or_not_at_all(bare: Home, tmp_path: Path) -> None:
    made = moved(bare, tmp_path / "made", Story())
    many = {f"Articles/Articles/{n}.html": article(f"Stuk {n}", f"stuk-{n}") for n in range(60)}
    exports.import_export(made, archive(tmp_path / "x.zip", many), MIA)
    full = derived(made)
    seen = set()
    for turn in range(4):
        home = moved(made, tmp_path / f"turn{turn}", Story())
        command = [sys.executable, "-m", "pipelines.cli", "linkedin", "withdraw", "--person", MIA]
        environment = {"PATH": os.environ["PATH"], "DUIDING_HOME": str(home.path), "DUIDING_NOW": NOW.isoformat()}
        program = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        until = time.monotonic() + 60
        while one_run(home) == 0 and program.poll() is None and time.monotonic() < until:
            time.sleep(0.005)
        time.sleep(0.02 * turn)
        program.send_signal(signal.SIGKILL)
        program.wait()
        left = derived(home)
        seen.add("whole" if left == full else "empty" if not left["entries"] else "half")
        if left == full:
            withdrawing.withdraw(home, MIA)
        assert not derived(home)["entries"] + derived(home)["articles"] + derived(home)["archives"]
    assert "half" not in seen


def one_run(home: Home) -> int:
    return int(one(home, "SELECT count(*) FROM runs WHERE kind = 'withdraw'"))


# --- archives that mean harm -----------------------------------------------------------------------------------------


def _zip(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return buffer.getvalue()


def _lying() -> bytes:
    """A gigabyte that claims to be a hundred bytes."""
    body = bytearray(_zip({"Shares.csv": bytes(64 * 2**20)}))
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", body, body.index(mark) + at, 100)
    return bytes(body)


def _overlapping() -> bytes:
    """Many names for the same bytes (after D. Fifield's idea)."""
    content = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = content.compress(b"a" * 2**20) + content.flush()
    name, crc = b"Shares.csv", zlib.crc32(b"a" * 2**20)
    head = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 0, crc, len(packed), 2**20, len(name), 0)
    entry = struct.pack(
        "<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, crc, len(packed), 2**20, len(name), 0, 0, 0, 0, 0, 0
    )
    local, directory = head + name + packed, (entry + name) * 3000
    return local + directory + struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 3000, 3000, len(directory), len(local), 0)


def _symlink() -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        link = zipfile.ZipInfo("Shares.csv")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        packed.writestr(link, "/etc/passwd")
    return buffer.getvalue()


def _encrypted() -> bytes:
    body = bytearray(_zip({"Shares.csv": SHARES.encode()}))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        body[body.index(mark) + at] |= 1
    return bytes(body)


def _deep() -> bytes:
    return _zip({"Articles/Articles/a.html": b"<div>" * 300_000 + b"x" * 90_000})


def _rows() -> bytes:
    return _zip({"Shares.csv": SHARES.encode() + os.urandom(200_000).hex().encode() + b"\n" + b",,,,,\n" * 2_500_000})


def _wide() -> bytes:
    noise = os.urandom(400_000).hex()
    return _zip({"Comments.csv": (COMMENTS + "🙂" + (noise + ',\\"\n') * 4 + "a,b\n" * 2_000_000).encode()})


BOMBS: dict[str, Callable[[], bytes]] = {
    "zeros": lambda: _zip({"Shares.csv": bytes(512 * 2**20)}),
    "lying sizes": _lying,
    "overlapping members": _overlapping,
    "60,000 members": lambda: _zip({f"Articles/Articles/{n}.html": b"" for n in range(60_000)}, zipfile.ZIP_STORED),
    "nested": lambda: _zip({"binnen.zip": _zip({"Shares.csv": bytes(2**20)})}),
    "millions of rows": _rows,
    "rows and emoji and quotes": _wide,
    "cut off": lambda: _zip({"Shares.csv": os.urandom(100_000)})[:50_000],
    "encrypted": _encrypted,
    "symbolic link": _symlink,
    "outside": lambda: _zip({"../../Shares.csv": SHARES.encode()}),
    "deep markup": _deep,
}

_MEASURED = """
import resource, subprocess, sys, time
began = time.monotonic()
done = subprocess.run([sys.executable, "-m", "pipelines.cli", *sys.argv[1:]], capture_output=True, text=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(time.monotonic() - began, used * 1024, done.returncode)
print(done.stderr or done.stdout)
"""


@pytest.mark.parametrize("bomb", BOMBS)
def test_an_archive_that_means_harm_is_answered_soon_with_little_memory_and_one_sentence(
    home: Home, tmp_path: Path, bomb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bomb.zip"
    file.write_bytes(BOMBS[bomb]())
    before = fingerprint(home)
    environment = {"PATH": os.environ["PATH"], "DUIDING_HOME": str(home.path)}
    command = ("linkedin", "import", str(file), "--person", MIA, "--allow", "comments")
    said = subprocess.run(
        [sys.executable, "-c", _MEASURED, *command],
        env=environment, capture_output=True, text=True, timeout=120, check=True,
    ).stdout.splitlines()  # fmt: skip
    seconds, used, code = said[0].split()
    with capsys.disabled():
        print(f"{bomb}: {float(seconds):.1f} s, {int(used) / 1e6:.0f} MB: {said[1][:150]}")  # noqa: T201
    assert float(seconds) < 15
    assert int(used) < 400e6
    if bomb != "deep markup":
        assert int(code) == 1
        assert fingerprint(home) == before
    assert [line for line in said[1:] if line.strip()] == [said[1]]


def test_a_very_large_honest_export_is_read(home: Home, tmp_path: Path) -> None:
    """Twenty years of a restless member."""
    words = prose("veel", 40)
    many = COMMENTS + "".join(comment(number, f"{words} {number}") for number in range(20_000))
    file = archive(tmp_path / "x.zip", {"Comments.csv": many})
    began = time.monotonic()
    export = exports.preview(file, ALL_KINDS)
    assert len(export.activities) == 20_000
    assert time.monotonic() - began < archives.READ_S + 5


def test_reading_leaves_no_process_behind(home: Home, tmp_path: Path) -> None:
    def children() -> set[str]:
        return {pid for each in Path("/proc/self/task").glob("*/children") for pid in each.read_text().split()}

    before = children()
    exports.preview(archive(tmp_path / "x.zip", {"Shares.csv": SHARES + share(1)}))
    assert children() <= before
