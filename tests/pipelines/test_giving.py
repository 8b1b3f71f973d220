"""The page on which members give their export, in a real home: offered, looked at, ticked, kept, taken back."""

import os
import re
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from curate import archives as limits
from curate.errors import ExportError
from curate.people import Person, person
from pipelines import archives, drops
from pipelines.home import Home
from pipelines.serving import application
from pipelines.steps import exports
from reports import tokens
from reports.web import security
from storage import activities, consents, people, sign_ins
from tests.pipelines.at_home import Story, one, rows, write
from tests.pipelines.exports_of import COMMENTS, SHARES, archive, article, comment, saved, share

MIA = person("mia@example.org", "Mia Jansen", "member", "nl")
BEN = person("ben@example.org", "Ben Okafor", "catalyst", "nl")
SECRET = "GEHEIM-BERICHT"


def browser(home: Home, who: Person) -> Iterator[TestClient]:
    token = tokens.new()
    with home.database.writing() as db:
        people.add(db, who, home.clock())
        sign_ins.start_session(db, tokens.hashed(token), who.id, home.clock(), home.clock() + timedelta(days=30))
    with TestClient(application(home), base_url=home.settings.public_url, follow_redirects=False) as client:
        client.headers["accept-language"] = "nl"
        client.cookies.set("session", token, domain="127.0.0.1", path="/")
        yield client


@pytest.fixture
def mia(home: Home) -> Iterator[TestClient]:
    yield from browser(home, MIA)


@pytest.fixture
def ben(home: Home) -> Iterator[TestClient]:
    yield from browser(home, BEN)


def token_of(page: str) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', page)
    assert found, page
    return found[1]


def offer(client: TestClient, file: Path | bytes, **fields: str) -> Any:
    token = token_of(client.get("/my/linkedin").text)
    body = file.read_bytes() if isinstance(file, Path) else file
    return client.post("/my/linkedin", data={"csrf": token, **fields}, files={"archive": ("export.zip", body)})


def decide(client: TestClient, **changes: Any) -> Any:
    """Send the form of the preview as it stands, with these changes."""
    shown = client.get("/my/linkedin/preview").text
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', shown))
    ticked = {
        name: re.findall(rf'name="{name}" value="([^"]*)" checked', shown) for name in ("allow", "audience", "left")
    }
    return client.post("/my/linkedin/preview", data={**hidden, **ticked, "do": "keep", **changes})


def hashes(client: TestClient) -> list[str]:
    return re.findall(r'name="left" value="([0-9a-f]+)"', client.get("/my/linkedin/preview").text)


def export(tmp_path: Path) -> Path:
    return archive(
        tmp_path / "export.zip",
        {
            "Shares.csv": SHARES
            + share(1)
            + share(2, "Voor intimi", audience="CONNECTIONS")
            + share(3, "<b>Nog</b> een"),
            "Comments.csv": COMMENTS + comment(1, "Mijn reactie"),
            "Articles/Articles/a.html": article("Netwerken als filter", "netwerken"),
            "Articles/Articles/klad.html": article("Nog niet af", "klad", published="Published on"),
            "messages.csv": f"FROM,CONTENT\nX,{SECRET}\n",
        },
    )


def words_stored(home: Home) -> set[str]:
    return {title for (title,) in rows(home, "SELECT title FROM entry_texts JOIN entries USING (entry_id)")}


def test_a_member_comes_in_on_their_own_page_and_sees_no_other(home: Home, mia: TestClient) -> None:
    assert mia.get("/").headers["location"] == "/my/linkedin"
    shown = mia.get("/my/linkedin").text
    assert "Jouw LinkedIn" in shown
    assert "Deze week" not in shown
    assert mia.get("/rounds/2026-W47").status_code == 403


def test_who_is_not_signed_in_is_asked_to_and_brought_back(home: Home) -> None:
    with TestClient(application(home), base_url=home.settings.public_url, follow_redirects=False) as visitor:
        assert visitor.get("/my/linkedin").headers["location"] == "/sign-in?next=/my/linkedin"
        assert visitor.post("/my/linkedin", files={"archive": ("x.zip", b"x")}).status_code == 403
    assert not drops._root(home).exists()


def test_what_is_offered_is_shown_row_by_row_and_nothing_is_kept_yet(
    home: Home, mia: TestClient, tmp_path: Path
) -> None:
    before = rows(home, "SELECT count(*) FROM entries")
    assert offer(mia, export(tmp_path)).headers["location"] == "/my/linkedin/preview"
    shown = mia.get("/my/linkedin/preview").text
    assert "Met deze vinkjes zouden 3 rijen bewaard worden." in shown
    assert "Lees dit" in shown
    assert "https://a.example/1" in shown
    assert "zondag 3 mei 2026" in shown
    assert "&lt;b&gt;Nog&lt;/b&gt; een" in shown
    assert "niet openbaar: voor mijn connecties" in shown
    assert "een kladversie, nooit gepubliceerd" in shown
    assert "messages.csv" in shown
    assert SECRET not in shown
    assert "Mijn reactie" not in shown, "what is not ticked is not opened"
    assert "tekst 2026-11" in shown.lower()
    assert rows(home, "SELECT count(*) FROM entries") == before
    assert one(home, "SELECT count(*) FROM consents") == 0


def test_what_waits_is_private_and_the_ingest_leaves_it_for_a_day(
    home: Home, mia: TestClient, tmp_path: Path, story: Story
) -> None:
    offer(mia, export(tmp_path))
    (file,) = drops._root(home).rglob("*.zip")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == stat.S_IMODE(file.parent.parent.stat().st_mode) == 0o700
    dropped = story.now.timestamp()
    os.utime(file, (dropped, dropped))
    assert exports.take_inbox(home) == ()
    assert file.exists()
    story.later(hours=25)
    assert exports.take_inbox(home) == ()
    assert not file.exists()
    assert not file.parent.exists()


def test_with_one_button_it_is_kept_and_the_archive_is_gone(home: Home, mia: TestClient, tmp_path: Path) -> None:
    offer(mia, export(tmp_path))
    done = decide(mia)
    assert done.headers["location"] == "/my/linkedin?new=3&known=0&removed=0"
    shown = mia.get(done.headers["location"]).text
    assert "3 rijen zijn nieuw." in shown
    assert "2 posts" in shown
    assert "Alles intrekken" in shown
    assert words_stored(home) == {"Lees dit", "<b>Nog</b> een", "Netwerken als filter"}
    assert not list(drops._root(home).rglob("*.zip"))
    given = rows(home, "SELECT kind, text_version, evidence FROM consents ORDER BY kind")
    assert given == [
        (f"linkedin:{kind}", consents.TEXT_VERSION, exports.TICKED)
        for kind in ("articles", "audience:PUBLIC", "shares")
    ]


def test_ticks_widen_what_is_kept_only_after_it_was_shown(home: Home, mia: TestClient, tmp_path: Path) -> None:
    offer(mia, export(tmp_path))
    wide = {"allow": ["shares", "comments"], "audience": ["PUBLIC", "CONNECTIONS"]}
    asked = decide(mia, **wide)
    assert asked.headers["location"] == "/my/linkedin/preview?changed=1"
    assert one(home, "SELECT count(*) FROM entries") == 0
    shown = mia.get(asked.headers["location"]).text
    assert "Je vinkjes zijn veranderd" in shown
    assert "Mijn reactie" in shown
    decide(mia)
    assert words_stored(home) == {"Lees dit", "<b>Nog</b> een", "Voor intimi", "Mijn reactie"}


def test_a_row_that_is_left_out_is_never_stored_and_stays_out(home: Home, mia: TestClient, tmp_path: Path) -> None:
    file = export(tmp_path)
    offer(mia, file)
    first = hashes(mia)[0]
    decide(mia, left=[first])
    assert one(home, "SELECT count(*) FROM entries") == 2
    assert rows(home, "SELECT row_hash, person_id FROM deselections") == [(first, MIA.id)]
    missing = {"Lees dit", "<b>Nog</b> een", "Netwerken als filter"} - words_stored(home)
    assert [one.why for one in exports.preview(home, file, MIA.email).left_out][-1] == "deselected"
    assert exports.import_export(home, file, MIA.email).new == 0
    assert not missing & words_stored(home)
    offer(mia, file)
    assert f'value="{first}" checked' in mia.get("/my/linkedin/preview").text
    decide(mia, left=[])
    assert words_stored(home) >= missing
    assert one(home, "SELECT count(*) FROM deselections") == 0


def test_what_was_kept_and_is_left_out_or_not_ticked_now_is_removed(
    home: Home, mia: TestClient, tmp_path: Path
) -> None:
    file = export(tmp_path)
    everything = exports.Permission(frozenset({"shares", "comments", "articles"}), frozenset({"PUBLIC", "CONNECTIONS"}))
    exports.import_export(home, file, MIA.email, everything)
    assert one(home, "SELECT count(*) FROM entries") == 5
    assert one(home, "SELECT count(*) FROM articles") == 1
    offer(mia, file)
    narrow = {"allow": ["shares"], "audience": ["PUBLIC"]}
    decide(mia, **narrow, do="1")
    done = decide(mia)
    assert "removed=3" in done.headers["location"]
    assert words_stored(home) == {"Lees dit", "<b>Nog</b> een"}
    assert one(home, "SELECT count(*) FROM articles") == 0
    assert write(home, lambda db: consents.given(db, MIA.id)) == {"linkedin:shares", "linkedin:audience:PUBLIC"}


def test_many_rows_come_in_pages_and_what_was_left_out_on_each_is_remembered(
    home: Home, mia: TestClient, tmp_path: Path
) -> None:
    many = "".join(share(number, f"Post {number}") for number in range(60))
    offer(mia, archive(tmp_path / "x.zip", {"Shares.csv": SHARES + many}))
    first = hashes(mia)
    assert len(first) == 25
    onward = decide(mia, left=first[:2], do="2")
    assert onward.headers["location"] == "/my/linkedin/preview?page=2"
    second = mia.get(onward.headers["location"]).text
    assert "Pagina 2 van 3" in second
    assert "zouden 58 rijen bewaard worden" in second
    decide(mia)
    assert one(home, "SELECT count(*) FROM entries") == 58


def test_what_cannot_be_read_for_now_stays_until_its_owner_decides(
    home: Home, mia: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(mia, export(tmp_path))
    shown = mia.get("/my/linkedin/preview").text
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', shown))
    ticked = {"allow": ["shares", "articles"], "audience": ["PUBLIC"], "do": "keep"}

    def slow(*_: object) -> None:
        raise ExportError("This ZIP takes more time to read than it may.")

    with monkeypatch.context() as busy:
        busy.setattr(archives, "read", slow)
        for said in (mia.get("/my/linkedin/preview"), mia.post("/my/linkedin/preview", data={**fields, **ticked})):
            assert said.status_code == 422
            assert "Er is niets bewaard en niets gewist." in said.text
            assert "Bekijk en kies" in said.text
    assert one(home, "SELECT count(*) FROM entries") == 0
    assert "new=3" in decide(mia).headers["location"]


def test_it_can_be_thrown_away(home: Home, mia: TestClient, tmp_path: Path) -> None:
    offer(mia, export(tmp_path))
    token = token_of(mia.get("/my/linkedin").text)
    assert mia.post("/my/linkedin/cancel", data={"csrf": token}).headers["location"] == "/my/linkedin?cancelled=1"
    assert not list(drops._root(home).rglob("*"))
    assert mia.get("/my/linkedin/preview").headers["location"] == "/my/linkedin"


def test_everything_can_be_taken_back_on_the_page(home: Home, mia: TestClient, tmp_path: Path) -> None:
    offer(mia, export(tmp_path))
    decide(mia)
    shown = mia.get("/my/linkedin").text
    done = mia.post("/my/linkedin/withdraw", data={"csrf": token_of(shown)})
    assert "Alles uit je exports is verwijderd." in mia.get(done.headers["location"]).text
    for table in ("entries", "entry_texts", "articles", "article_texts", "surfacings", "archives", "sources"):
        assert one(home, f"SELECT count(*) FROM {table}") == 0, table
    assert one(home, "SELECT count(*) FROM consents WHERE withdrawn_at IS NULL") == 0
    assert one(home, "SELECT count(*) FROM consents") == 3


@pytest.mark.parametrize(
    "body", [b"geen zip", b"PK\x03\x04 afgebroken", b"", b"<html>"], ids=["text", "cut off", "empty", "html"]
)
def test_what_is_no_export_is_told_and_not_kept(home: Home, mia: TestClient, body: bytes) -> None:
    said = offer(mia, body)
    assert said.status_code == 422
    assert "Dat lukte niet" in said.text
    assert not list(drops._root(home).rglob("*"))


def test_a_file_that_is_too_large_is_refused_before_it_is_read(home: Home, mia: TestClient) -> None:
    headers = {"content-type": "multipart/form-data; boundary=x", "content-length": str(limits.ARCHIVE_BYTES * 2)}
    said = mia.post("/my/linkedin", content=b"--x", headers=headers)
    assert said.status_code == 413
    assert "te groot" in said.text
    assert not list(drops._root(home).rglob("*"))


def test_a_body_that_grows_beyond_the_limit_leaves_nothing(home: Home, mia: TestClient) -> None:
    token = token_of(mia.get("/my/linkedin").text).encode()
    head = b'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n' + token + b"\r\n"
    head += b'--x\r\nContent-Disposition: form-data; name="archive"; filename="a.zip"\r\n\r\n'

    def body() -> Iterator[bytes]:
        yield head
        for _ in range(70):
            yield bytes(2**20)

    said = mia.post("/my/linkedin", content=body(), headers={"content-type": "multipart/form-data; boundary=x"})
    assert said.status_code == 413
    assert not list(drops._root(home).rglob("*"))


@pytest.mark.parametrize("path", ["/my/linkedin/preview", "/my/linkedin/withdraw", "/sign-out", "/my/linkedin/"])
def test_only_the_page_that_takes_archives_reads_more_than_a_form(home: Home, mia: TestClient, path: str) -> None:
    much = {
        "content": b"x=" + b"x" * security.MOST_BYTES,
        "headers": {"content-type": "application/x-www-form-urlencoded"},
    }
    assert mia.post(path, **much).status_code == (404 if path.endswith("/") else 413)


def test_a_form_of_another_site_does_nothing(home: Home, mia: TestClient, tmp_path: Path) -> None:
    body = export(tmp_path).read_bytes()
    assert mia.post("/my/linkedin", data={"csrf": "x"}, files={"archive": ("e.zip", body)}).status_code == 403
    assert not list(drops._root(home).rglob("*"))
    offer(mia, body)
    for path in ("preview", "cancel", "withdraw"):
        assert mia.post(f"/my/linkedin/{path}", data={"csrf": "x", "do": "keep"}).status_code == 403
    assert len(list(drops._root(home).rglob("*.zip"))) == 1
    assert one(home, "SELECT count(*) FROM entries") == 0


def test_looking_changes_nothing(home: Home, mia: TestClient, tmp_path: Path) -> None:
    offer(mia, export(tmp_path))
    files = sorted(drops._root(home).rglob("*"))
    for path in ("/my/linkedin?withdrawn=1", "/my/linkedin/preview?page=7", "/my/linkedin?new=x&known=-1"):
        assert mia.get(path).status_code == 200
    assert mia.get("/my/linkedin/withdraw").status_code == 405
    assert sorted(drops._root(home).rglob("*")) == files


def test_people_see_only_their_own(home: Home, mia: TestClient, ben: TestClient, tmp_path: Path) -> None:
    offer(mia, export(tmp_path))
    assert ben.get("/my/linkedin/preview").headers["location"] == "/my/linkedin"
    assert "Er wacht een bestand" not in ben.get("/my/linkedin").text
    decide(mia)
    ben.post("/my/linkedin/withdraw", data={"csrf": token_of(ben.get("/my/linkedin").text)})
    assert one(home, "SELECT count(*) FROM entries") == 3


def test_an_archive_that_was_replaced_meanwhile_is_shown_first(home: Home, mia: TestClient, tmp_path: Path) -> None:
    offer(mia, export(tmp_path))
    assert decide(mia, mark="0.5").headers["location"] == "/my/linkedin/preview"
    assert one(home, "SELECT count(*) FROM entries") == 0


def test_saved_posts_are_counted_and_never_become_articles(home: Home, mia: TestClient, tmp_path: Path) -> None:
    body = "savedItem,CreatedTime\n" + saved(1) + "https://a.example/bewaard,2026-07-02 10:00:00\n"
    offer(mia, archive(tmp_path / "x.zip", {"Saved_Items.csv": body}))
    decide(mia, allow=["saved"], do="1")
    decide(mia)
    assert "2 bewaarde posts" in mia.get("/my/linkedin").text
    assert rows(home, "SELECT DISTINCT via, page_state, canonical_url FROM entries") == [("saved", "none", None)]
    source = one(home, "SELECT source_id FROM sources")
    assert write(home, lambda db: activities.counts(db, source)) == {"saved": 2}
