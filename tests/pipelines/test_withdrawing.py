"""Members take their LinkedIn exports back: all that was derived goes, and what others brought stays."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curate.articles import article_id
from curate.weeks import Week
from pipelines.home import Home
from pipelines.steps import exports, withdrawing
from pipelines.steps.encoding import text_hash
from pipelines.steps.exports import Permission
from storage import articles as stored_articles
from storage import clusters, embeddings
from tests.pipelines.at_home import (
    NOW,
    HashEncoder,
    Post,
    Story,
    around,
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
    MIA,
    ONLY_LARGE,
    SHARES,
    archive,
    article,
    comment,
    in_inbox,
    saved,
    share,
)
from tests.pipelines.faulty_sites import Site, answer

ALL_KINDS = Permission(
    exports.ALLOWED_BY_DEFAULT | {"comments", "saved", "reposts", "reactions", "votes"}, frozenset({"PUBLIC", ""})
)


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
        environment = around(home)
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
