import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate import texts


def test_a_title_becomes_one_line_without_signs_that_steer() -> None:
    hostile = "A\r\nBcc: x\u2028y\x85z\x00 \u00a0\u202eevil\u200b\ufeff\x1b[0m"
    assert texts.one_line(hostile) == "A Bcc: x y z evil[0m"


def test_joined_emoji_stay_joined() -> None:
    assert texts.one_line("👩‍💻 werkt") == "👩‍💻 werkt"


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("een twee drie", 13, "een twee drie"),
        ("een twee drie", 12, "een twee…"),
        ("een twee drie", 9, "een twee…"),
        ("een, twee drie", 6, "een…"),
        ("商品の改造が商標法違反", 6, "商品の改造…"),
        ("a " + "b" * 40, 10, "a bbbbbbb…"),
    ],
)
def test_what_is_too_long_ends_at_a_word(text: str, limit: int, shown: str) -> None:
    assert texts.one_line(text, limit) == shown


def test_clean_keeps_paragraphs_and_folds_the_rest() -> None:
    assert texts.clean(" e\u0301e\u0301n\u00a0 \ttwee \r\n\r\n\r\n\r\ndrie\x07\u2028vier ") == "één twee\n\ndrie\nvier"


def test_html_becomes_paragraphs_without_scripts() -> None:
    html = (
        "<p>a&amp;b &nbsp;x<br>c\n d</p><script>al<b>ert()</script><ul><li>een<li>twee</ul>R&D <5"
        "<style>x{}</style><!-- no --><iframe src=x>no</iframe>"
    )
    assert texts.plain_of(html) == "a&b x\nc d\n\neen\ntwee\n\nR&D <5"


@pytest.mark.parametrize("html", ["", " ", "\x00", "<", "<!--", "<script>", "&#0;&#xD800;"])
def test_broken_fragments_give_no_text_and_no_error(html: str) -> None:
    assert texts.plain_of(html).strip("<\ufffd") == ""


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 100_000 + "deep",
        "<p " + " ".join(f"a{n}=1" for n in range(100_000)) + ">deep",
        "</p>" * 100_000 + "deep",
        "<b><i>" * 50_000 + "deep",
    ],
    ids=["depth", "attributes", "ends", "crossed"],
)
@pytest.mark.timeout(10)
def test_hostile_depth_and_length_are_read_quickly(html: str) -> None:
    assert texts.plain_of(html) == "deep"


def test_words_are_folded_and_signs_without_spaces_count_each() -> None:
    assert texts.words("Zo'n CAFÉ, cafe\u0301! 商品 x_y") == ["zo'n", "café", "café", "商", "品", "x", "y"]
    assert texts.words_count("Één twee–drie") == 3


def test_shingles_are_runs_of_words() -> None:
    assert texts.word_shingles("a b c d e") == {("a", "b", "c", "d"), ("b", "c", "d", "e")}
    assert texts.word_shingles("a b") == {("a", "b")}
    assert texts.word_shingles(" .. ") == frozenset()


def test_the_content_hash_forgets_case_and_space_only() -> None:
    assert texts.content_hash("Een  TWEE\u00a0\u200bdrie\n") == texts.content_hash("een twee drie")
    assert texts.content_hash("een twee") != texts.content_hash("een twee!")


@settings(deadline=None)
@given(st.text(), st.integers(1, 80))
def test_one_line_is_one_short_printable_line_and_stays_as_it_is(text: str, limit: int) -> None:
    line = texts.one_line(text, limit)
    assert len(line) <= limit
    assert len(line.splitlines()) <= 1
    assert not any(unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") for sign in line)
    assert texts.one_line(line, limit) == line
    line.encode()


@settings(deadline=None)
@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    cleaned = texts.clean(text)
    assert texts.clean(cleaned) == cleaned
    cleaned.encode()


@settings(deadline=None)
@given(st.text(alphabet="<>/&;#x! abpscript=\"'-\n\x00é\ud800", max_size=80))
def test_no_fragment_makes_reading_it_fail(html: str) -> None:
    plain = texts.plain_of(html)
    assert texts.clean(plain) == plain


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("Kort. Tweede zin. Derde.", "Kort. Tweede zin."),
        ("Is het waar? Ja… nee.", "Is het waar?"),
        ("Hij zei: “het lukt.” Toen ging hij weg.", "Hij zei: “het lukt.”"),
        ("Een zin zonder einde", "Een zin zonder einde"),
        ("De prijs is 3.5 euro per dag. En meer.", "De prijs is 3.5 euro per dag."),
        ("", ""),
    ],
)
def test_whole_sentences_until_there_is_enough(text: str, begins: str) -> None:
    assert texts.first_sentences(text, enough=10) == begins


@given(text=st.text(alphabet="ab .?!\n”", max_size=200), enough=st.integers(1, 100))
def test_the_beginning_is_never_cut_inside_a_sentence(text: str, enough: int) -> None:
    said, whole = texts.first_sentences(text, enough), texts.one_line(text, 1000)
    assert whole.startswith(said)
    assert said == whole or said[-1] in ".?!…”"
    assert said == whole or len(said) >= enough
