"""LinkedIn exports: the owner's own activity comes out, everything else stays closed."""

import json
import pickle
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest

from curate import linkedin, linkedin_articles, urls
from curate.errors import ExportError, UsageError
from curate.linkedin import Activity, Export, read_export

ALL = linkedin.ALLOWED_BY_DEFAULT | linkedin.OPT_IN
EVERYONE = frozenset({"PUBLIC", "MEMBER_NETWORK", "CONNECTIONS", ""})
SHARES = "Date,ShareLink,ShareCommentary,SharedUrl,MediaUrl,Visibility\n"
COMMENTS = "Date,Link,Message\n"
POST = "https://www.linkedin.com/feed/update/urn%3Ali%3A{}%3A{}"
NUMBER = 7_456_628_618_035_200_002  # made on 2026-05-03


def zipped(files: dict[str, str | bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def exported(files: dict[str, str | bytes], *, allow: frozenset[str] = ALL) -> Export:
    return read_export(zipped(files), allow, visibilities=EVERYONE)


def share(
    text: str = "", url: str = "", visibility: str = "PUBLIC", urn: tuple[str, object] = ("share", NUMBER)
) -> str:
    quoted = '"' + text.replace('"', '""') + '"'
    return f"2026-05-03 10:00:00,{POST.format(*urn)},{quoted},{url},,{visibility}\n"


def only(export: Export) -> Activity:
    assert len(export.activities) == 1, export
    return export.activities[0]


def texts_of(export: Export) -> list[str]:
    return [activity.text for activity in export.activities]


# What a file is, and what is never opened


def test_a_share_tells_what_was_said_of_which_address_and_when():
    row = share("Lees dit: https://b.example/2 en https://a.example/1?utm_source=x.", "https://a.example/1")
    activity = only(read_export(zipped({"Shares.csv": SHARES + row})))
    assert activity == Activity(
        key=f"share:urn:li:share:{NUMBER}",
        kind="share",
        urn=f"urn:li:share:{NUMBER}",
        at=datetime(2026, 5, 3, 10, tzinfo=UTC),
        urls=("https://a.example/1", "https://b.example/2"),
        title="",
        text="Lees dit: https://b.example/2 en https://a.example/1?utm_source=x.",
        visibility="PUBLIC",
        link=POST.format("share", NUMBER),
    )


PRIVATE = (
    *("messages.csv", "guide_messages.csv", "learning_coach_messages.csv", "LearningCoachMessages.csv"),
    *("learning_role_play_messages.csv", "Invitations.csv", "ImportedContacts.csv", "Email Addresses.csv"),
    *("PhoneNumbers.csv", "Whatsapp Phone Numbers.csv", "Logins.csv", "Registration.csv", "Security Challenges.csv"),
    *("Receipts_v2.csv", "Ad_Targeting.csv", "Ads Clicked.csv", "Inferences_about_you.csv", "SearchQueries.csv"),
    *("Jobs/Job Applications.csv", "Jobs/Shares.csv", "Verifications/Verifications.csv", "Profile.csv"),
    *("Private_identity_asset.csv", "Profile Summary.csv", "Recommendations_Given.csv", "Connections.csv"),
    *("Endorsement_Received_Info.csv", "messages_17529409.csv", "Top/messages.csv", "Member_Follows.csv"),
)


@pytest.mark.parametrize("name", PRIVATE)
def test_private_files_are_never_opened_whatever_is_allowed(name: str, monkeypatch: pytest.MonkeyPatch):
    opened = []

    class Recording(zipfile.ZipFile):
        def open(self, name, *rest, **named):  # type: ignore[no-untyped-def]
            opened.append(getattr(name, "filename", name))
            return super().open(name, *rest, **named)

    body = zipped({name: "PRIVATE", "Shares.csv": SHARES + share("openbaar")})
    monkeypatch.setattr(zipfile, "ZipFile", Recording)
    export = read_export(body, ALL, visibilities=EVERYONE)
    assert opened == ["Shares.csv"]
    assert export.never_opened == (name,)
    assert export.unknown == ()


def test_a_private_file_whose_bytes_are_damaged_does_no_harm():
    stored = zipfile.ZipInfo("messages.csv")
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(stored, "PRIVATE words")
        archive.writestr("Shares.csv", SHARES + share("openbaar"))
    damaged = buffer.getvalue().replace(b"PRIVATE", b"DAMAGED")
    assert texts_of(read_export(damaged)) == ["openbaar"]


def test_what_is_not_ticked_is_not_opened_and_named():
    export = read_export(zipped({"Shares.csv": SHARES, "Comments.csv": "not even CSV \0", "Saved_Items.csv": "x"}))
    assert export.counts == {"shares": 0, "articles": 0}
    assert [(each.member, each.kind, each.reason[:10]) for each in export.left_out] == [
        ("Comments.csv", "comment", "not opened"),
        ("Saved_Items.csv", "saved", "not opened"),
    ]
    assert export.never_opened == ("Comments.csv", "Saved_Items.csv")


@pytest.mark.parametrize("asked", ["connections", "messages", "shares.csv", ""])
def test_what_is_never_read_cannot_be_allowed(asked: str):
    with pytest.raises(UsageError, match="cannot be allowed; choose from articles, comments"):
        read_export(zipped({"Shares.csv": SHARES}), frozenset({asked}))


@pytest.mark.parametrize(
    "name",
    [
        *("Shares.csv", "shares.csv", "Shares_17529409.csv", "Basic_LinkedInDataExport_11-20-2026/Shares.csv"),
        *("mijn export/map/SHARES.CSV", "Export\\Shares.csv", "Profile van Kees/Shares.csv"),
    ],
)
def test_shares_are_found_under_each_spelling(name: str):
    assert exported({name: SHARES + share("gevonden")}).counts["shares"] == 1


@pytest.mark.parametrize("name", ["Saved_Items.csv", "Saved Items.csv", "saved_items_99.csv", "Saved  Items.csv"])
def test_saved_posts_are_found_under_each_spelling(name: str):
    assert exported({name: "savedItem,CreatedTime\nurn:li:activity:1,\n"}).counts["saved"] == 1


@pytest.mark.parametrize(
    "name", ["Shares_old.csv", "MyShares.csv", "Shares.csv.txt", "Shares.html", "__MACOSX/Shares.csv"]
)
def test_other_names_are_not_taken_for_shares(name: str):
    export = exported({name: SHARES + share("x"), "Comments.csv": COMMENTS})
    assert export.activities == ()
    assert name in export.never_opened


def test_a_selection_without_what_we_read_is_an_export_without_rows():
    export = exported({"Connections.csv": "Notes:\n", "__MACOSX/._Connections.csv": "x"})
    assert set(export.counts.values()) == {0}
    assert export.activities == export.unknown == ()


def test_a_zip_of_something_else_is_refused_with_its_files():
    with pytest.raises(ExportError, match=r"no file of a LinkedIn export; it holds foto\.jpg, notes\.csv\.$"):
        exported({"foto.jpg": "x", "notes.csv": "x", ".DS_Store": "x"})
    with pytest.raises(ExportError, match=r"it holds f0, .* f9 and 20 more\.$"):
        exported({f"f{n}": "x" for n in range(30)})
    with pytest.raises(ExportError, match="it holds nothing"):
        exported({})


def test_a_name_from_outside_cannot_break_the_sentence():
    with pytest.raises(ExportError) as raised:
        exported({"a\nBcc: x\u202e.csv" + "y" * 500: "x"})
    assert "\n" not in str(raised.value)
    assert "\u202e" not in str(raised.value)
    assert len(str(raised.value)) < 200


def test_what_is_not_recognised_is_named():
    export = exported({"Shares.csv": "Datum,DeelLink\n2026-01-01,x\n", "Nieuw.csv": "x", "Votes.csv": ""})
    assert export.unknown == (
        "Nieuw.csv",
        "Shares.csv: the columns are not recognised (Datum, DeelLink)",
        "Votes.csv: the columns are not recognised (nothing)",
    )


def test_a_column_that_is_not_known_is_named_and_does_no_harm():
    export = exported({"Comments.csv": "Date,Link,Message,Mood\n2026-05-01 09:00:00,u,Hoi,blij\n"})
    assert texts_of(export) == ["Hoi"]
    assert export.unknown == ("Comments.csv: column Mood is not recognised",)


def test_the_large_archive_is_told_from_a_selection():
    assert exported({"Shares.csv": SHARES, "Logins.csv": "", "Ad_Targeting.csv": ""}).complete
    assert not exported({"Shares.csv": SHARES, "Logins.csv": ""}).complete


def test_a_plain_and_a_numbered_file_are_merged_and_the_plain_one_is_believed():
    other = share("tweede", urn=("share", 7_456_628_618_035_299_999))
    export = exported({"Shares_12.csv": SHARES + share("genummerd") + other, "Shares.csv": SHARES + share("gewoon")})
    assert texts_of(export) == ["gewoon", "tweede"]
    assert export.counts["shares"] == 2


def test_an_export_can_travel_between_processes():
    export = exported({"Shares.csv": SHARES + share("x")})
    assert pickle.loads(pickle.dumps(export)) == export  # noqa: S301 - our own bytes


# Shares


@pytest.mark.parametrize("kind", ["activity", "share", "ugcPost"])
def test_each_kind_of_post_has_its_identity(kind: str):
    assert only(exported({"Shares.csv": SHARES + share(urn=(kind, NUMBER))})).urn == f"urn:li:{kind}:{NUMBER}"


def test_an_identity_that_is_not_encoded_gives_the_same_key():
    encoded, plain = share("x"), share("x").replace("%3A", ":")
    keys = [only(exported({"Shares.csv": SHARES + row})).key for row in (encoded, plain)]
    assert keys[0] == keys[1]


def test_posts_in_groups_are_left_out_unless_they_are_ticked():
    row = share("in de groep", urn=("groupPost", f"123-{NUMBER}"))
    closed = exported({"Shares.csv": SHARES + row}, allow=frozenset({"shares"}))
    assert (closed.activities, closed.counts["shares"]) == ((), 1)
    assert closed.left_out[0].reason == "in a LinkedIn group, which is not public"
    opened = exported({"Shares.csv": SHARES + row}, allow=frozenset({"shares", "group_posts"}))
    assert only(opened).urn == f"urn:li:groupPost:123-{NUMBER}"


@pytest.mark.parametrize("audience", ["MEMBER_NETWORK", "CONNECTIONS", "", "iets nieuws"])
def test_only_public_shares_are_taken_by_default(audience: str):
    body = zipped({"Shares.csv": SHARES + share("besloten", visibility=audience)})
    export = read_export(body)
    assert (export.activities, export.counts["shares"], len(export.left_out)) == ((), 1, 1)
    assert "public" in export.left_out[0].reason
    assert "besloten" not in repr(export)
    ticked = read_export(body, visibilities=frozenset({audience}))
    assert only(ticked).visibility == audience.upper()
    assert only(ticked).key == export.left_out[0].key


def test_shares_without_the_column_are_not_known_to_be_public():
    rows = f"Date,ShareLink,Share Commentary,SharedUrl\n2026-05-03 10:00:00,{POST.format('share', NUMBER)},Hoi,\n"
    assert read_export(zipped({"Shares.csv": rows})).activities == ()
    assert texts_of(read_export(zipped({"Shares.csv": rows}), visibilities=frozenset({""}))) == ["Hoi"]


def test_a_reshare_names_no_address_and_a_link_alone_is_a_share_too():
    export = exported(
        {"Shares.csv": SHARES + share("Mee eens") + share(url="https://a.example/x", urn=("share", NUMBER + 1))}
    )
    assert [(activity.text, activity.urls) for activity in export.activities] == [
        ("Mee eens", ()),
        ("", ("https://a.example/x",)),
    ]


@pytest.mark.parametrize(
    "address",
    [
        *("https://www.linkedin.com/pulse/x", "https://lnkd.in/abc", "https://media.licdn.com/x.jpg"),
        *("javascript:alert(1)", "file:///etc/passwd", "//a.example/x", "ftp://a.example", "a.example", "https://"),
    ],
)
def test_addresses_of_linkedin_and_unsafe_ones_are_left_out(address: str):
    assert only(exported({"Shares.csv": SHARES + share(f"zie {address}", address)})).urls == ()


def test_one_article_under_several_addresses_counts_once():
    row = share("https://a.example/x/ https://www.a.example/x#top http://a.example/x?fbclid=1", "https://a.example/x")
    assert only(exported({"Shares.csv": SHARES + row})).urls == ("https://a.example/x",)


def test_lines_that_the_export_put_in_quotes_are_unwrapped():
    row = share('Zij zei "hoi"."\n""\n"Volgende "regel" hier.')
    assert texts_of(exported({"Shares.csv": SHARES + row})) == ['Zij zei "hoi".\n\nVolgende "regel" hier.']


@pytest.mark.parametrize("said", ['"eerste zin"\n"tweede zin"', 'gewoon\n"geciteerd"\ngewoon', '"alles"', 'a"\n"b\nc'])
def test_lines_that_the_owner_put_in_quotes_keep_them(said: str):
    assert texts_of(exported({"Shares.csv": SHARES + share(said)})) == [said]


def test_a_blank_date_is_read_from_the_number_of_the_own_post():
    row = share("x").replace("2026-05-03 10:00:00", "")
    moment = only(exported({"Shares.csv": SHARES + row})).at
    assert moment is not None and moment.date().isoformat() == "2026-05-03"


@pytest.mark.parametrize("number", [0, 1, 123456, 10**24])
def test_numbers_that_carry_no_moment_give_none(number: int):
    row = share("x", urn=("share", number)).replace("2026-05-03 10:00:00", "")
    assert only(exported({"Shares.csv": SHARES + row})).at is None


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-05-01 09:08:07", (2026, 5, 1, 9, 8, 7)),
        ("2026-05-01 09:08:07 UTC", (2026, 5, 1, 9, 8, 7)),
        ("2026-05-01", (2026, 5, 1)),
        ("1 mei 2026", (2026, 5, 1)),
        ("01 May 2026", (2026, 5, 1)),
        ("3 mrt. 2026 10:30", (2026, 3, 3, 10, 30)),
        ("12 MAART 2026", (2026, 3, 12)),
        ("31 okt 2025", (2025, 10, 31)),
        ("1 december 2025", (2025, 12, 1)),
    ],
)
def test_dates_in_english_and_dutch(written: str, expected: tuple[int, ...]):
    export = exported({"Comments.csv": f"{COMMENTS}{written},u,Hoi\n"})
    assert only(export).at == datetime(*expected, tzinfo=UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize("written", ["2026-13-01 09:00:00", "9/5/26", "31 foo 2026", "0001-01-01", "30 feb 2026"])
def test_a_date_that_is_not_understood_costs_the_date_and_not_the_row(written: str):
    export = exported({"Comments.csv": f"{COMMENTS}{written},https://www.linkedin.com/x,Hoi\n"})
    assert (only(export).at, only(export).text) == (None, "Hoi")
    assert "Comments.csv: 1 dates are written in a way that is not known" in export.notes


def test_letters_that_were_damaged_inside_linkedin_are_repaired_in_every_share():
    said = ["Ideeën — coördinatie", "Het netwerk ís het filter", "€0,00"]
    damaged = ["IdeeÃ«n â€” coÃ¶rdinatie", "Het netwerk Ã\u00ads het filter", "â‚¬0,00"]
    rows = "".join(share(text, urn=("share", NUMBER + n)) for n, text in enumerate(damaged))
    export = exported({"Shares.csv": SHARES + rows})
    assert texts_of(export) == said
    assert "Shares.csv: damaged letters were repaired" in export.notes


def test_an_old_encoding_is_read_with_a_warning():
    export = exported({"Comments.csv": f"{COMMENTS}2026-05-01 09:00:00,u,Privé €\n".encode("cp1252")})
    assert texts_of(export) == ["Privé €"]
    assert any("windows-1252" in note for note in export.notes)


def test_emoji_and_signs_survive_and_control_signs_do_not():
    export = exported({"Shares.csv": SHARES + share("Zo 🙂🇳🇱 én\u202e verder\x07 <b>niet</b>")})
    assert texts_of(export) == ["Zo 🙂🇳🇱 én verder <b>niet</b>"]


# Comments


def test_comments_with_backslashes_of_several_lines_without_date_and_on_one_post():
    on_post = POST.format("ugcPost", NUMBER)
    rows = (
        f"2026-05-08 09:00:00,{on_post},Kort.\n"
        f'2026-06-10 18:53:49,{on_post},"Het \\"netwerk, als filter\\" las,\n\nwerd stil."\n'
        f",{on_post},Zonder datum\n"
        f"2026-05-08 09:30:00,{on_post},Tweede\n"
    )
    export = exported({"Comments.csv": COMMENTS + rows})
    assert texts_of(export) == ["Kort.", 'Het "netwerk, als filter" las,\n\nwerd stil.', "Zonder datum", "Tweede"]
    assert len({activity.key for activity in export.activities}) == 4
    assert export.notes == ("Comments.csv: 4 rows, read with quotes after a backslash",)


def test_a_comment_without_date_does_not_take_the_date_of_the_post_it_answers():
    assert only(exported({"Comments.csv": f"{COMMENTS},{POST.format('activity', NUMBER)},Hoi\n"})).at is None


def test_null_and_na_are_words():
    rows = "2026-05-01 09:00:00,u,NULL\n2026-05-01 09:00:00,u,NA\n2026-05-01 09:00:00,u,\n"
    assert texts_of(exported({"Comments.csv": COMMENTS + rows})) == ["NULL", "NA", ""]


def test_one_row_twice_is_one_comment():
    row = "2026-05-01 09:00:00,u,Hoi\n"
    export = exported({"Comments.csv": COMMENTS + row + row})
    assert (len(export.activities), export.counts["comments"]) == (1, 1)


def test_line_ends_and_byte_order_mark_do_not_change_the_key_of_a_comment():
    text = f'{COMMENTS}2026-05-01 09:00:00,u,"een\ntwee"\n'
    keys = {
        only(exported({"Comments.csv": form})).key
        for form in (text, "\ufeff" + text, text.replace("\n", "\r\n"), text.replace("00,u", "00 UTC,u"))
    }
    assert len(keys) == 1


def test_fragments_of_a_broken_record_are_left_out_and_counted():
    # Written without quotes around it: its second line stands where a date should, once in full width.
    rows = "2026-05-01 09:00:00,u,gebroken hier\nrest van de tekst,meer,en meer\n2026-05-02 09:00:00,u,Heel\n"
    export = exported({"Comments.csv": COMMENTS + rows + "los eind\n"})
    assert texts_of(export) == ["gebroken hier", "Heel"]
    assert [each.key for each in export.left_out] == [None, None]
    assert export.counts["comments"] == 2
    assert "rest van de tekst" not in repr(export)


def test_an_address_typed_in_a_comment_is_found():
    assert only(exported({"Comments.csv": f"{COMMENTS}2026-05-01,u,(zie https://a.example/x).\n"})).urls == (
        "https://a.example/x",
    )


# Saved posts, reposts, reactions, votes


@pytest.mark.parametrize(
    ("saved", "urn"),
    [
        (POST.format("activity", NUMBER), f"urn:li:activity:{NUMBER}"),
        (f"https://www.linkedin.com/feed/update/urn:li:activity:{NUMBER}", f"urn:li:activity:{NUMBER}"),
        ("urn:li:article:8412345678901234567", "urn:li:article:8412345678901234567"),
    ],
)
def test_a_saved_post_has_the_moment_of_saving(saved: str, urn: str):
    export = exported({"Saved_Items.csv": f"savedItem,CreatedTime\n{saved},2026-08-19 01:25:29\n"})
    activity = only(export)
    assert (activity.kind, activity.urn, activity.urls) == ("saved", urn, ())
    assert activity.at == datetime(2026, 8, 19, 1, 25, 29, tzinfo=UTC)


def test_a_saved_address_outside_linkedin_is_an_address():
    activity = only(exported({"Saved_Items.csv": "savedItem,savedAt\nhttps://a.example/x,2026-01-02 10:00:00\n"}))
    assert (activity.urn, activity.urls, activity.link) == (None, ("https://a.example/x",), None)


def test_reposts_reactions_and_votes():
    on_post = POST.format("activity", NUMBER)
    export = exported(
        {
            "InstantReposts_12.csv": f"Date,Link\n2026-01-01 10:00:00,{on_post}\n",
            "Reactions.csv": f"Date,Type,Link\n2026-01-02 10:00:00,PRAISE,{on_post}\n",
            "Votes.csv": f"Date,OptionText,Link\n2026-01-03 10:00:00,Elke week,{on_post}\n",
        }
    )
    said = {activity.kind: activity.title for activity in export.activities}
    assert said == {"repost": "", "reaction": "PRAISE", "vote": "Elke week"}
    assert len({activity.key for activity in export.activities}) == 3


# Articles

HEAD = '<h1><a href="https://www.linkedin.com/pulse/netwerken-als-filter">Netwerken als filter</a></h1>'
DATES = '<p class="created">Created on 2019-05-04 12:30</p><p class="published">Published on 2019-05-04 13:41</p>'
BODY = '<div><p>Kennis &amp; <b>delen</b>.</p><p>Zie <a href="https://a.example/x?a=1&amp;b=2">dit</a>.</p></div>'


def page(*parts: str) -> str:
    return f"<html><head><title>Oude titel</title></head><body>{''.join(parts)}</body></html>"


def test_a_published_article_is_plain_text_with_its_moment_and_links():
    activity = only(read_export(zipped({"Articles/Articles/netwerken.html": page(HEAD, DATES, BODY)})))
    assert activity.title == "Netwerken als filter"
    assert activity.text == "Kennis & delen.\n\nZie dit."
    assert activity.at == datetime(2019, 5, 4, 13, 41, tzinfo=UTC)
    assert activity.urls == ("https://a.example/x?a=1&b=2",)
    assert activity.link == "https://www.linkedin.com/pulse/netwerken-als-filter"


@pytest.mark.parametrize("published", ["", '<p class="published"></p>', '<p class="published">Published on</p>'])
def test_a_draft_is_left_out_even_when_undated_articles_are_ticked(published: str):
    draft = page(HEAD, '<p class="created">Created on 2019-05-04 12:30</p>', published, BODY)
    export = exported({"Articles/Articles/a.html": draft})
    assert (export.activities, export.counts["articles"]) == ((), 1)
    assert export.left_out[0].reason == "a draft: never published"
    assert "Kennis" not in repr(export)


def test_an_article_without_dates_needs_the_owners_tick():
    files: dict[str, str | bytes] = {"Top/Articles/Een-idée-é.html": page(HEAD, BODY)}
    assert exported(files, allow=frozenset({"articles"})).left_out[0].reason.startswith("no date: a draft cannot")
    assert only(exported(files)).at is None


def test_a_date_in_front_of_the_file_name_is_read():
    export = exported({"Articles/2016-03-04 10:11:12.0-Titel.html": page(BODY)})
    assert only(export).at == datetime(2016, 3, 4, 10, 11, 12, tzinfo=UTC)
    assert only(export).title == "Oude titel"


def test_nothing_that_runs_survives_in_an_article():
    nasty = (
        "<script>alert(1)</script><style>p{}</style><img src=x onerror=alert(2)><svg><script>alert(3)</script></svg>"
        "<p onclick=alert(4)>Tekst</p><a href='javascript:alert(5)'>klik</a><iframe srcdoc='<script>alert(6)</script>'>"
    )
    export = exported({"Articles/a.html": page(HEAD, DATES, nasty)})
    assert "alert" not in repr(export)
    assert only(export).text == "Tekst\n\nklik"


@pytest.mark.parametrize("html", ["", " ", "<", "<h1>", "\0", "<h1 class=published>2019-01-01", "</div></p>" * 9, "[]"])
def test_a_page_that_is_hardly_one_does_no_harm(html: str):
    assert exported({"Articles/a.html": html}).counts["articles"] == 1


def test_depth_does_not_cost_time():
    deep = page(HEAD, DATES, "<div><b>" * 100_000, "diep")
    assert only(exported({"Articles/a.html": zipfile_safe(deep)})).text == "diep"


def zipfile_safe(html: str) -> str:
    """Vary the text, so that it is not refused as a bomb."""
    return html.replace("</h1>", "</h1>" + "".join(f"<!--{n * 7919 % 10007}-->" for n in range(2000)), 1)


def test_an_article_too_large_to_be_one_is_left_out(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(linkedin_articles, "PAGE_CHARACTERS", 100)
    export = exported({"Articles/a.html": page(HEAD, DATES, BODY)})
    assert export.left_out[0].reason == "too large for an article"


def test_an_article_keeps_its_key_when_its_title_or_text_changes():
    first = only(exported({"Articles/a.html": page(HEAD, DATES, BODY)}))
    later = only(exported({"Articles/b.html": page(HEAD.replace("Netwerken als", "Meer"), DATES, "<p>Anders</p>")}))
    assert (first.key, first.text) != (later.key, later.text)
    assert first.key == later.key


def test_articles_with_long_names_that_begin_alike_stay_two():
    alike = "Articles/" + "een-lange-titel-" * 10
    export = exported({f"{alike}{n}.html": page(f"<h1>Titel {n}</h1>", BODY) for n in (1, 2)})
    assert len(export.activities) == 2


# The archives beside the project

REALWEEK = Path(__file__).parents[2] / "../shared/realweek/linkedin"
needs_realweek = pytest.mark.skipif(not REALWEEK.exists(), reason="the shared archives are not here")


def manifest() -> list[dict[str, object]]:
    path = REALWEEK / "manifest.json"
    return json.loads(path.read_text()) if path.exists() else []


def real(name: object) -> Export:
    return read_export((REALWEEK / str(name)).read_bytes(), ALL, visibilities=EVERYONE)


@needs_realweek
@pytest.mark.realweek
@pytest.mark.parametrize("expected", manifest(), ids=lambda expected: str(expected["file"]))
def test_the_shared_archives_give_their_counts_and_no_private_word(expected: dict[str, object]):
    export = real(expected["file"])
    for holds in ("shares", "saved", "comments", "articles"):
        taken = [activity for activity in export.activities if activity.kind == linkedin.KINDS[holds]]
        assert export.counts[holds] == len(taken) == expected[holds], holds
    assert export.sha256 == expected["sha256"]
    forbidden = [*expected["must_not_be_stored"], *expected["must_not_be_rendered"]]  # type: ignore[misc]
    assert not [word for word in forbidden if word in repr(export)]
    assert export.unknown == ()
    assert [each.key for each in export.activities] == [each.key for each in real(expected["file"]).activities]


@needs_realweek
@pytest.mark.realweek
def test_a_later_archive_adds_only_what_is_new():
    before = {activity.key for activity in real("01_basic_en.zip").activities}
    after = {activity.key for activity in real("04_superset_later.zip").activities}
    assert before <= after
    assert sorted(key.split(":")[0] for key in after - before) == ["saved"] * 2 + ["share"] * 4


@needs_realweek
@pytest.mark.realweek
def test_the_shared_archives_that_differ_in_form_only_say_the_same():
    plain = real("01_basic_en.zip")
    for name in ("02_complete_prefix", "03_member_suffix", "07_mojibake", "08_bom", "09_saved_space_name"):
        assert set(real(f"{name}.zip").activities) == set(plain.activities), name


@needs_realweek
@pytest.mark.realweek
def test_five_shares_of_one_article_are_one_address():
    shares = [activity for activity in real("12_utm_variants.zip").activities if activity.kind == "share"]
    assert len({urls.canonical(address) for activity in shares for address in activity.urls}) == 1
