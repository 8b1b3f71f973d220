"""What is set right in a page before its article is read."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from curate import blocks

SENTENCE = "De gemeente verlaagt vanaf januari de huren van honderden woningen omdat bewoners daarom vroegen."


def right(body: str) -> str:
    """The body after everything was set right, as markup."""
    tree = html.document_fromstring(f"<html><body>{body}</body></html>")
    blocks.set_right(tree)
    return html.tostring(tree.find("body"), encoding="unicode").removeprefix("<body>").removesuffix("</body>")


# ------------------------------------------------------------ paragraphs that only line breaks tell apart


def test_text_between_line_breaks_gets_paragraphs() -> None:
    found = right(f"<div>{SENTENCE}<br><br>{SENTENCE} <b>Nu</b> dus.<br>En zo.<br><br></div>")
    assert found == f"<div><p>{SENTENCE}<br></p><p>{SENTENCE} <b>Nu</b> dus.<br>En zo.<br></p></div>"


def test_blocks_between_such_texts_stay_where_they_are() -> None:
    found = right(f"<div>{SENTENCE}<br><br><blockquote>Zo is het.</blockquote>{SENTENCE}<br></div>")
    assert found == f"<div><p>{SENTENCE}<br></p><blockquote>Zo is het.</blockquote><p>{SENTENCE}<br></p></div>"


@pytest.mark.parametrize("body", ["<div>Kort.<br><br>Ook kort.</div>", f"<div>{SENTENCE}<br>{SENTENCE}</div>"])
def test_a_few_words_or_one_line_break_stay_as_they_are(body: str) -> None:
    assert right(body) == body


# ------------------------------------------------------------ one text in several containers


def test_the_parts_of_one_text_come_together_without_what_stood_between_them() -> None:
    part = '<div class="article__body"><p>{}</p></div>'
    found = right(f"<article>{part.format('Een.')}<div>Advertentie</div>{part.format('Twee.')}</article>")
    assert '<div class="article__body"><p>Een.</p><p>Twee.</p></div>' in found


def test_the_texts_of_two_articles_stay_apart() -> None:
    body = "".join(f'<article><div class="entry-content"><p>{n}.</p></div></article>' for n in ("Een", "Twee"))
    assert right(body) == body


def test_a_part_within_another_stays_there() -> None:
    body = '<article><div class="post-body"><p>Een.</p><div class="post-body"><p>Twee.</p></div></div></article>'
    assert right(body) == body


# ------------------------------------------------------------ posts of others


def test_an_embedded_post_loses_the_names_for_which_it_is_taken_for_a_share_bar() -> None:
    post = '<blockquote class="twitter-tweet"><p>We zijn om.</p>— Fenna (@fenna)</blockquote>'
    found = right(f'<div class="story"><div class="social-media-embed" id="share">{post}</div><p>{SENTENCE}</p></div>')
    assert found.startswith('<div class="story"><div><blockquote><p>We zijn om.</p>')


def test_other_quotes_keep_their_names() -> None:
    body = '<div class="social"><blockquote class="pull">We zijn om.</blockquote></div>'
    assert right(body) == body


# ------------------------------------------------------------ links to elsewhere


@pytest.mark.parametrize("cue", ["Lees ook:", "Related:", "[Read more]", "SEE ALSO:", "Lees meer over", "Zie ook"])
def test_a_line_that_links_to_another_article_goes(cue: str) -> None:
    assert right(f'<p>{SENTENCE}</p><p>{cue} <a href="/x">Huren stijgen in Zwolle</a></p>') == f"<p>{SENTENCE}</p>"


@pytest.mark.parametrize(
    "line",
    [
        "<p>Lees ook het rapport van de raad voordat je hierover iets zegt, want <a>daarin</a> staat veel.</p>",
        "<p>Related work was done by others.</p>",
        '<p><a href="/x">Huren stijgen in Zwolle</a></p>',
        "<p>Moreover, <a>this</a></p>",
    ],
)
def test_a_sentence_with_a_link_stays(line: str) -> None:
    assert right(line) == line


# ------------------------------------------------------------ machinery


def test_menus_scripts_and_comments_go_and_linked_data_stays() -> None:
    data = '<script type="application/ld+json">{"articleBody": "Tekst"}</script>'
    body = f"<nav>Menu</nav>{data}<script>x()</script><!-- c --><style>p{{}}</style> na <footer>Voet</footer>"
    assert right(body) == f"{data} na "


PIECES = ("Een.", SENTENCE, "<br>", "<b>nu</b>", "<p>Alinea.</p>", "<div>Blok.</div>", "<a>weg</a>", " ")


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_giving_paragraphs_loses_no_word_and_changes_no_order(pieces: list[str]) -> None:
    body = f"<div>{''.join(pieces)}</div>"
    # Between two paragraphs there is no white space to be seen here; what divides words may change, the words may not.
    before = "".join(html.fragment_fromstring(body).text_content().split())
    assert "".join(html.fragment_fromstring(right(body)).text_content().split()) == before
