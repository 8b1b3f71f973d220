"""What Prefect's pages tell operators."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from reports import overviews
from reports.overviews import Standing, Told
from storage.overviews import Overview

ZONE = ZoneInfo("Europe/Amsterdam")
SEEN = Overview(
    clusters=7,
    articles={"clustered": 45, "loose": 30},
    languages={"nl": 60, "en": 15},
    asked=5,
    reminded=2,
    waiting=2,
    spoken=3,
    voices=9,
    issue=None,
    deliveries={},
)
OPEN = Standing("2026-W46", "open", SEEN, datetime(2026, 11, 20, 5, tzinfo=UTC), None)

told = st.builds(
    Told,
    st.text(max_size=20),
    st.sampled_from(["failed", "new", "changed", "unchanged"]),
    st.integers(0, 9),
    st.integers(0, 9),
)


def test_what_fails_comes_first_with_what_to_do() -> None:
    rows = overviews.source_rows(
        [Told("Blad", "unchanged"), Told("Krant", "new", 3), Told("Weg", "failed", 0, 0, "http_404", "answers 404")]
    )
    assert [row["source"] for row in rows] == ["Weg", "Krant", "Blad"]
    assert rows[0]["what is wrong"] == "answers 404"
    assert "duiding sources add" in str(rows[0]["what to do"])


@given(st.lists(told, max_size=150))
def test_a_table_is_bounded_and_loses_no_number(all_: list[Told]) -> None:
    rows = overviews.source_rows(all_)
    assert len(rows) == min(len(all_), overviews.MOST_ROWS)
    assert sum(int(str(row["new"])) for row in rows) == sum(one.new for one in all_)
    outcomes = [row["outcome"] for row in rows if row["outcome"] != "…"]
    assert outcomes == sorted(outcomes, key=["failed", "new", "changed", "unchanged"].index)


def test_of_five_hundred_sources_the_last_row_counts_the_rest() -> None:
    rows = overviews.source_rows([Told(f"Krant {number}", "unchanged") for number in range(500)])
    assert rows[-1]["source"] == "and 401 more (401 unchanged)"


def test_outside_words_are_no_markdown_no_secret_and_no_address() -> None:
    said = overviews.plain("[x](https://a:Zk9@b.org/?token=Zk9) *no* eva@example.org\n# big")
    assert said == r"\[x\](https://(hidden)@b.org/?token=(hidden) \*no\* (address) \# big"


def test_a_week_on_one_page() -> None:
    page = overviews.week_markdown(OPEN, ZONE, {"Board": "https://duiding.example/rounds/2026-W46"})
    assert page.startswith("# 2026-W46: open\n\nCatalysts may speak until Fri 20 Nov 2026 06:00 (Europe/Amsterdam).")
    assert "| Catalysts | 5 asked, 3 spoke, 2 waited for, 2 reminded |" in page
    assert "| Languages | 60 nl, 15 en |" in page
    assert "[Board](https://duiding.example/rounds/2026-W46)" in page


def test_every_stage_says_what_happens_or_what_to_do() -> None:
    said = {
        stage: overviews.week_markdown(replace(OPEN, stage=stage), ZONE, {}).splitlines()[2]
        for stage in ("open", "review", "thin", "frozen", "sent", "skipped")
    }
    assert len({*said.values()}) == 6
    assert "duiding week skip --week 2026-W46" in said["thin"]


def test_an_issue_in_review_says_when_it_goes_out_by_itself() -> None:
    page = overviews.week_markdown(replace(OPEN, stage="review", goes_out_at=OPEN.closes_at), ZONE, {})
    assert "goes out by itself at Fri 20 Nov 2026 06:00" in page


def test_mails_that_failed_for_good_are_told_with_what_to_do() -> None:
    sent = replace(SEEN, issue=3, deliveries={"sent": 9, "failed": 2})
    page = overviews.week_markdown(replace(OPEN, stage="sent", overview=sent), ZONE, {})
    assert "**2 mails failed for good:**" in page
    assert "| Issue | 3, frozen |" in page
