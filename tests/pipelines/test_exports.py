"""Members' LinkedIn exports in a real home: every form of them, and what a preview says."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from pipelines.home import Home
from tests.pipelines.at_home import (
    fingerprint,
    one,
    rows,
)
from tests.pipelines.conftest import Duiding, refused
from tests.pipelines.exports_of import (
    COMMENTS,
    MIA,
    NUMBER,
    POST,
    SHARES,
    archive,
    article,
    comment,
    saved,
    share,
)

EVERYTHING = "comments,saved,reposts,reactions,votes,undated_articles,group_posts"
SECRET = "GEHEIM-WOORD"

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
