"""The picture of an issue's themes: small, the same each time, and never needed to understand the issue."""

import io
import subprocess
import sys
from email.message import EmailMessage
from typing import Any

import pytest
from lxml import etree, html
from PIL import Image

from curate.issue_parts import WeekCount
from curate.issues import Issue, from_json, to_json
from curate.people import LANGUAGES, Language
from reports import digests, mails, pictures
from tests.reports import builders as b
from tests.reports.hostile import PAYLOADS
from tests.reports.test_digests import ALL_LINKS
from tests.reports.test_mails import envelope

languages = pytest.mark.parametrize("language", LANGUAGES)


def drawn_issue(title: str = "Huren wordt een kwestie van bewijs", weeks: int = 8) -> Issue:
    """Five themes that were seen in so many weeks."""
    counts = tuple(WeekCount(f"2026-W{40 + n}", n * n % 7) for n in range(weeks))
    standing = b.standing(weeks=counts)
    return b.issue(items=tuple(b.item(f"c{n}", title=title, standing=standing) for n in range(5)))


@languages
def test_the_same_issue_gives_the_same_small_picture(language: Language) -> None:
    first = pictures.png(drawn_issue(), language)
    pictures._painted.cache_clear()
    assert pictures.png(from_json(to_json(drawn_issue())), language) == first
    assert 1_000 < len(first) <= pictures.MOST_BYTES
    image = Image.open(io.BytesIO(first))
    assert image.size == (2 * pictures.WIDTH, 2 * 358)


def test_the_same_picture_is_made_in_another_process() -> None:
    code = (
        "import hashlib; from reports import pictures; from tests.reports.test_pictures import drawn_issue;"
        "print(hashlib.sha256(pictures.png(drawn_issue(), 'nl')).hexdigest())"
    )
    made = {
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    }
    assert len(made) == 1
    assert made.pop().strip()


def test_matplotlib_is_loaded_only_when_something_is_drawn() -> None:
    code = "import sys; from reports import pictures, digests, mails; print('matplotlib' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.strip() == "False"


def test_a_picture_has_paper_of_its_own_and_dark_ink() -> None:
    image = Image.open(io.BytesIO(pictures.png(drawn_issue(), "nl"))).convert("RGB")
    colours = {colour: n for n, colour in image.getcolors(1 << 20) or []}
    paper = max(colours, key=lambda one: colours[one])
    assert min(paper) > 220, "light on its own, also in a dark mail"
    assert any(max(colour) < 60 for colour in colours), "ink"


@languages
def test_the_picture_says_in_words_what_it_shows(language: Language) -> None:
    told = pictures.alt(drawn_issue(), language)
    assert told.count("Huren wordt een kwestie van bewijs") == 5
    assert "0 in week 47" in told


def test_a_theme_of_one_week_is_not_drawn() -> None:
    assert pictures.png(drawn_issue(weeks=1), "nl") == b""
    assert pictures.svg(b.issue(), "nl") == pictures.alt(b.issue(), "nl") == ""
    assert "<svg" not in digests.page(b.issue(), "nl", ALL_LINKS)


@pytest.mark.parametrize("title", [*PAYLOADS[::6], "$\\frac{x", "漢字", "M" * 400, "a " * 200])
def test_no_title_stops_the_picture_or_adds_anything_to_it(title: str) -> None:
    tame = etree.fromstring(pictures.svg(drawn_issue("tam"), "nl").encode())
    odd = etree.fromstring(pictures.svg(drawn_issue(title), "nl").encode())

    def kinds(found: Any) -> set[tuple[str, tuple[str, ...]]]:
        return {(str(one.tag), tuple(sorted(one.keys()))) for one in found.iter()}

    assert kinds(odd) == kinds(tame)
    assert len(pictures.png(drawn_issue(title), "nl")) <= pictures.MOST_BYTES


def parts(message: EmailMessage) -> list[str]:
    return [part.get_content_type() for part in message.walk()]


def test_the_mail_carries_the_picture_beside_its_html_and_names_it_there() -> None:
    message = mails.issue_mail(drawn_issue(), envelope(), ALL_LINKS)
    assert parts(message) == [
        "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png",
    ]  # fmt: skip
    image = next(part for part in message.walk() if part.get_content_type() == "image/png")
    assert image["Content-ID"] == f"<{pictures.CID}>"
    assert image.get_content_disposition() == "inline"
    (shown,) = html.fromstring(str(message.get_body(("html",)).get_content())).xpath("//img")  # type: ignore[union-attr]
    assert shown.get("src") == f"cid:{pictures.CID}"
    assert shown.get("alt") == pictures.alt(drawn_issue(), "nl")
    assert message.as_bytes() == mails.issue_mail(drawn_issue(), envelope(), ALL_LINKS).as_bytes()


def test_without_images_the_mail_says_all_that_the_picture_says() -> None:
    message = mails.issue_mail(drawn_issue(), envelope(), ALL_LINKS)
    text = str(message.get_body(("plain",)).get_content())  # type: ignore[union-attr]
    assert all(item.voices[0].so_what.split()[0] in text for item in drawn_issue().items)
    assert "groeit: " in text


def test_a_mail_without_a_picture_is_as_it_was() -> None:
    assert parts(mails.issue_mail(b.issue(), envelope(), ALL_LINKS)) == [
        "multipart/alternative", "text/plain", "text/html",
    ]  # fmt: skip


def test_the_page_shows_it_in_its_own_colours() -> None:
    (shown,) = html.fromstring(digests.page(drawn_issue(), "nl", ALL_LINKS)).xpath("//figure/svg")
    assert shown.get("aria-label") == pictures.alt(drawn_issue(), "nl")
    assert not shown.xpath(".//@style | .//script | .//@onload")
