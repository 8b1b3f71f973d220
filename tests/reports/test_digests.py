"""What readers see of an issue: the same content in three faces, and nothing from outside that acts."""

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from curate.answered import Answered, Heard, Signals
from curate.issues import Issue, from_json, to_json
from curate.people import LANGUAGES, Language
from reports import digests
from reports.digests import IssueLinks
from reports.words import words
from tests.reports import builders as b

LINKS = IssueLinks(web=b.WEB, unsubscribe=b.LEAVE, answer=b.ANSWER)
ALL_LINKS = replace(
    LINKS,
    issues="https://duiding.example.org/issues",
    ask="https://duiding.example.org/ask/12",
    provenance="https://duiding.example.org/issues/12/provenance",
)
ASKED = tuple(replace(one, about="woord " * 20) for one in b.full_item().ask)
FACES = {"page": digests.page, "mail": digests.mail_html, "letter": digests.plain}
MARKUP = {name: FACES[name] for name in ("page", "mail")}

faces = pytest.mark.parametrize("face", FACES.values(), ids=FACES)
markup = pytest.mark.parametrize("face", MARKUP.values(), ids=MARKUP)
languages = pytest.mark.parametrize("language", LANGUAGES)


def text_of(face: Any, issue: Issue, language: Language = "nl", links: IssueLinks = LINKS) -> str:
    """What can be read, on one line."""
    made = face(issue, language, links)
    return " ".join((made if face is digests.plain else html.fromstring(made).text_content()).split())


def tree(face: Any, issue: Issue, language: Language = "nl", links: IssueLinks = LINKS) -> Any:
    return html.fromstring(face(issue, language, links))


@faces
@languages
def test_what_people_said_stands_there_whole(face: Any, language: Language) -> None:
    text = text_of(face, b.issue(), language)
    assert all(voice.so_what in text for item in b.issue().items for voice in item.voices)
    assert b.issue().question.text in text  # type: ignore[union-attr]
    assert b.issue().experiment.text in text  # type: ignore[union-attr]


@faces
def test_people_speak_in_the_order_of_the_issue(face: Any) -> None:
    text = text_of(face, b.issue())
    starts = [text.index(voice.so_what) for item in b.issue().items for voice in item.voices]
    assert starts == sorted(starts)


@faces
def test_the_parts_come_in_their_fixed_order(face: Any) -> None:
    text = text_of(face, b.issue())
    parts = [
        "18 bronnen",
        "Huren wordt",
        "Waar we verschillen",
        "Vraag van de week",
        "Probeer dit",
        "Gefilterd, nog zonder",
    ]
    starts = [text.rindex(part) if part != "18 bronnen" else text.index(part) for part in parts]
    assert starts == sorted(starts)


@faces
def test_the_filter_shows_its_numbers(face: Any) -> None:
    text = text_of(face, b.issue())
    assert all(number in text for number in ("1.124", "14", "18 bronnen", "Nederlands en Engels"))


@faces
def test_a_voice_has_a_byline_a_ripeness_and_what_it_answers(face: Any) -> None:
    text = text_of(face, b.issue())
    assert "Joost Bakker ziet het anders dan Anna de Vries" in text
    assert "Een katalysator vult Anna de Vries aan" in text
    assert all(word in text for word in ("werkbeeld", "nog niet af", "beproefd"))


@faces
def test_a_voice_that_answers_a_nameless_one_says_so_without_a_name(face: Any) -> None:
    assert "Fatma Yılmaz steunt een andere stem" in text_of(face, b.issue())


@faces
def test_the_same_issue_has_english_words_around_the_same_voices(face: Any) -> None:
    text = text_of(face, b.issue(), "en")
    assert "Joost Bakker sees it differently from Anna de Vries" in text
    assert "Question of the week" in text
    assert "Waar we" not in text


@faces
def test_one_voice_is_called_one_voice_and_invites_others(face: Any) -> None:
    text = text_of(face, b.issue(items=(b.single(),)))
    assert "1 stem" in text
    assert "Hoe kijk jij ernaar?" in text


@faces
def test_where_nobody_can_answer_nothing_leads_to_an_answer(face: Any) -> None:
    made = face(b.issue(), "nl", IssueLinks(web=b.WEB))
    assert b.ANSWER not in made
    assert "Antwoord in één zin" not in made


@faces
def test_an_item_asks_for_one_thing_at_most(face: Any) -> None:
    asks = ("Hoe kijk jij ernaar?", "Waar sta jij?")
    for item in b.issue().items:
        text = text_of(face, b.issue(items=(item,)))
        assert sum(text.count(ask) for ask in asks) == (0 if item.titled_by == "machine" else 1)


@faces
def test_a_title_that_the_machine_made_is_marked_as_such(face: Any) -> None:
    machine, person = b.issue(items=(b.machine_titled(),)), b.issue(items=(b.item(label=""),))
    assert "voorstel van de machine" in text_of(face, machine)
    assert "voorstel van de machine" not in text_of(face, person)


@faces
def test_an_untitled_item_is_not_given_a_title(face: Any) -> None:
    assert "nog zonder titel" in text_of(face, b.issue(items=(b.item(title=""),)))


@faces
def test_a_link_has_its_source_its_language_and_its_copies(face: Any) -> None:
    text = text_of(face, b.issue())
    assert re.search(r"Gemeenten mogen te hoge huur beboeten\s*\(?De Krant\W+NL\W+\+3 overnames", text)


@faces
def test_why_you_see_this_names_sources_and_counts_the_rest(face: Any) -> None:
    text = text_of(face, b.issue())
    assert "7 artikelen uit 4 bronnen (De Krant, City Monitor, Woonbond en nog 1), in het Nederlands en Engels." in text
    assert "3 katalysatoren gaven er betekenis aan." in text


@faces
def test_a_reader_can_leave_and_is_told_why_it_came_and_that_nobody_counts(face: Any) -> None:
    made = face(b.issue(), "nl", LINKS)
    assert b.LEAVE in made
    assert "omdat je je ervoor hebt aangemeld" in " ".join(made.split())
    assert "We meten niet of je leest of klikt." in " ".join(made.split())


def test_the_page_on_the_web_does_not_say_why_you_got_a_letter() -> None:
    assert "aangemeld" not in digests.page(b.issue(), "nl", IssueLinks(web=""))


@faces
def test_a_correction_is_shown(face: Any) -> None:
    corrected = b.issue(corrections=(b.correction(),))
    assert "Rechtgezet" in text_of(face, corrected)
    assert "Nummer 11 noemde het verkeerde jaar." in text_of(face, corrected)


@faces
@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "nl",
            [
                "groeit 5 artikelen, vorige week 2",
                "2 leden van het netwerk brachten hiervan iets in.",
                "De verhuurder met twee panden. Hier te horen gemist door Anna de Vries",
                "Vraag het Fatma Yılmaz dossiers opbouwen",
                "Anna de Vries: het is scherper geworden over “Huren was een gunst”",
                "We kijken erop terug op vrijdag 18 december 2026.",
                "Wat er van de proef kwam",
                "Een katalysator: het klopte niet",
                "Eerder gezegd",
                "Joost Bakker, in week 42, over “Wie bewaakt de huur”",
                "Nummer 11, week 46",
            ],
        ),
        (
            "en",
            [
                "growing 5 articles, last week 2",
                "2 members of the network brought some of it.",
                "De verhuurder met twee panden. To be heard here missed by Anna de Vries",
                "Ask Fatma Yılmaz dossiers opbouwen",
                "Anna de Vries: it has become sharper about “Huren was een gunst”",
                "We look back at it on Friday 18 December 2026.",
                "What came of the experiment",
                "A catalyst: it did not hold",
                "Said before",
                "Joost Bakker, in week 42, about “Wie bewaakt de huur”",
                "Issue 11, week 46",
            ],
        ),
    ],
)
def test_everything_around_the_voices_is_told(face: Any, language: Language, told: list[str]) -> None:
    def folded(text: str) -> str:
        return " ".join(re.sub(r"https?://\S+|[-:().,·]", " ", text).split())

    text = folded(text_of(face, b.full_issue(), language, ALL_LINKS))
    if face is digests.plain:
        told = [one for one in told if not one.startswith(("De verhuurder", "Vraag het", "Ask "))]
        assert "Fatma Yılmaz dossiers opbouwen" in text
    assert [one for one in told if folded(one) not in text] == []


@faces
def test_where_nobody_can_be_asked_here_the_name_stands_without_a_link(face: Any) -> None:
    assert "/ask/" not in face(b.full_issue(), "nl", LINKS)
    assert "https://duiding.example.org/ask/12/k1" in face(b.full_issue(), "nl", ALL_LINKS)
    assert "Fatma Yılmaz" in text_of(face, b.full_issue())


@faces
def test_a_theme_of_which_too_little_is_known_has_no_chip(face: Any) -> None:
    early = b.issue(items=(b.item(standing=b.standing(status="", before=None)),))
    assert "artikelen, vorige week" not in text_of(face, early)
    alone = b.issue(items=(b.item(standing=b.standing(status="emerging", before=None)),))
    assert "5 artikelen" in text_of(face, alone)
    assert "vorige week" not in text_of(face, alone)


@markup
def test_each_item_leads_to_where_it_comes_from(face: Any) -> None:
    hrefs = tree(face, b.full_issue(), links=ALL_LINKS).xpath("//@href")
    base = "https://duiding.example.org/issues/12/provenance"
    assert {base, *(f"{base}#item-{place}" for place in (1, 2, 3))} <= set(hrefs)
    assert "https://duiding.example.org/issues/9" in hrefs


@faces
def test_a_week_without_meaning_is_told_calmly(face: Any) -> None:
    empty = b.issue(items=(), question=None, experiment=None)
    assert "Deze week gaf niemand ergens betekenis aan." in text_of(face, empty)
    assert "A quieter way to run town meetings" in text_of(face, empty)


@faces
def test_a_frozen_issue_read_back_looks_the_same(face: Any) -> None:
    for one in (b.issue(), b.full_issue()):
        assert from_json(to_json(one)) == one
        assert face(from_json(to_json(one)), "nl", ALL_LINKS) == face(one, "nl", ALL_LINKS)


def test_those_who_differ_stand_side_by_side_and_others_do_not() -> None:
    positions = tree(digests.page, b.issue()).xpath("//div[@class='positions']")
    assert len(positions) == 1
    assert [figure.xpath(".//span[@class='name']/text()") for figure in positions[0].xpath("figure")] == [
        ["Anna de Vries"],
        ["Joost Bakker"],
    ]


def test_each_position_is_built_alike() -> None:
    figures = tree(digests.page, b.issue()).xpath("//div[@class='positions']/figure")
    assert [[child.tag for child in figure][:2] for figure in figures] == [["figcaption", "blockquote"]] * 2


def test_whoever_answers_a_nameless_voice_stands_beside_that_one_and_no_other() -> None:
    voices = (
        b.voice("v1", byline="", shown_as="anonymous"),
        b.voice("v2", byline="", shown_as="role"),
        b.contrast(answers="", answers_id="v2"),
    )
    voices = (voices[0], voices[1], replace(voices[2], annotation_id="v3"))
    found = tree(digests.page, b.issue(items=(b.item(voices=voices, differ=True),)))
    assert len(found.xpath("//div[@class='positions']/figure")) == 2


@markup
def test_quoted_words_carry_their_language(face: Any) -> None:
    found = tree(face, b.issue())
    said = {element.text_content().strip(): element.get("lang") for element in found.xpath("//body//*[@lang]")}
    for item in b.issue().items:
        for voice in item.voices:
            assert said[voice.so_what] == voice.language
    assert found.get("lang") == "nl"


@markup
def test_a_language_code_that_is_none_becomes_no_attribute(face: Any) -> None:
    odd = b.issue(items=(b.item(voices=(b.voice(language='en" onload="x'),)),))
    assert not tree(face, odd).xpath("//@onload")


@markup
def test_no_script_no_image_no_font_and_nothing_from_elsewhere(face: Any) -> None:
    made = face(b.issue(), "nl", LINKS)
    found = html.fromstring(made)
    assert not found.xpath("//script | //img | //iframe | //link | //object | //form")
    assert not re.search(r"@import|url\(|fonts\.", made)


@markup
def test_no_element_or_attribute_comes_from_outside(face: Any) -> None:
    tame = re.sub(r"[^a-z ]", "", "a tame title")
    shapes = [
        [(element.tag, sorted(element.keys())) for element in tree(face, hostile_everywhere(text)).iter()]
        for text in (b.HOSTILE, tame)
    ]
    assert shapes[0] == shapes[1]


def hostile_everywhere(text: str) -> Issue:
    """An issue that says ``text`` wherever people or sources say something."""
    voices = (
        b.voice(byline=text, so_what=text),
        b.contrast(byline=text, so_what=text, answers=text, relation_why=text),
    )
    link = b.link(title=text, source=text)
    look = b.look(title=text, then=text, now=text, why=text, byline=text)
    around: dict[str, Any] = {
        "missing": (replace(b.full_item().missing[0], text=text, byline=text),),
        "ask": (replace(b.full_item().ask[0], name=text, about=text),),
        "looked_back": (look,),
        # Of one week: the picture of several weeks wraps titles in lines, and has tests of its own.
        "standing": b.standing(weeks=b.standing().weeks[-1:]),
    }
    items = (b.item(title=text, label=text, voices=voices, differ=True, links=(link,), sources=(text, text), **around),)
    sample = b.issue(network=text, items=items, unannotated=(link,))
    assert sample.question is not None and sample.experiment is not None
    question, experiment = (replace(one, text=text, byline=text) for one in (sample.question, sample.experiment))
    before = b.said_before(title=text, so_what=text, byline=text)
    return replace(
        sample,
        question=question,
        experiment=experiment,
        said_before=before,
        tried=look,
        looked_back=(look,),
        corrections=(b.correction(text=text),),
    )


@faces
def test_a_hostile_title_can_be_read_as_it_is(face: Any) -> None:
    assert "</title><script>alert(1)</script> \"'> ]]> <!-- --> {{ 7*7 }} {% raw %}" in text_of(face, b.issue())


@faces
def test_signs_that_nobody_can_see_are_gone(face: Any) -> None:
    made = face(hostile_everywhere(b.HOSTILE), "nl", LINKS)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]", made)
    assert "\U0001f469\u200d\U0001f33e" in made


UNFOLLOWED = (
    "javascript:alert(1) JaVaScRiPt:alert(1) data:text/html,x //evil.example https://u:p@evil.example/ x".split()
)


@pytest.mark.parametrize("url", [*UNFOLLOWED, ""])
@faces
def test_an_address_that_nobody_should_follow_is_no_link(face: Any, url: str) -> None:
    made = face(b.issue(items=(b.item(links=(b.link(url=url),)),), unannotated=()), "nl", LINKS)
    assert "Gemeenten mogen te hoge huur beboeten" in " ".join(made.split())
    assert "evil.example" not in made
    assert "alert(1)" not in made


@markup
def test_every_link_is_http_or_leads_within_the_page(face: Any) -> None:
    hrefs = tree(face, hostile_everywhere(b.HOSTILE)).xpath("//@href")
    assert hrefs
    assert all(href.startswith(("https://", "#")) for href in hrefs)


NASTY = st.text(
    alphabet=st.one_of(
        st.sampled_from("<>&\"'[]!-{}%#=?/\\\n\r\t \x00\x0b\x1f\x7f\x85\u2028\u2029\u202e\u200d\ufeff\ufffe"),
        st.characters(),
    ),
    max_size=60,
)


@settings(deadline=None, max_examples=40)
@given(NASTY)
def test_no_text_stops_the_issue(text: str) -> None:
    for face in FACES.values():
        face(hostile_everywhere(text), "nl", LINKS).encode("utf-8")


@settings(deadline=None, max_examples=25)
@given(NASTY)
def test_no_text_changes_what_the_page_is_made_of(text: str) -> None:
    def outline(said: str) -> list[Any]:
        return [element.tag for element in tree(digests.page, hostile_everywhere(f"x{said}x")).iter()]

    assert outline(text) == outline("")


def test_a_very_long_word_does_not_stop_the_issue() -> None:
    assert all(face(hostile_everywhere("x" * 50_000), "en", LINKS) for face in FACES.values())


def test_the_preheader_says_what_the_first_item_means() -> None:
    hidden = tree(digests.mail_html, b.issue()).xpath("//body/div[contains(@style, 'display:none')]")
    assert hidden[0].text_content().startswith("Als de gemeente de huurprijs gaat bewaken, verschuift ons werk")
    assert len(hidden[0].text_content()) <= digests.PREVIEW_LENGTH


def test_the_mail_is_dark_up_to_its_edges() -> None:
    mail = digests.mail_html(b.issue(), "nl", LINKS)
    dark = mail[mail.index("prefers-color-scheme: dark") :]
    assert re.search(r"body, \.mail \{ background-color: #16181c !important", dark)
    assert tree(digests.mail_html, b.issue()).xpath("//body/div[@class='mail']")


def test_the_fullest_issue_is_not_cut_off_by_mail_programs() -> None:
    """Gmail shows the first 102 kB of a message's HTML."""
    long = tuple(replace(voice, so_what="woord " * 100) for voice in b.disagreement().voices)
    items = tuple(b.full_item(f"c{n}", voices=long, links=(b.link(),) * 3, ask=ASKED) for n in range(5))
    look = b.look(then="woord " * 100, now="woord " * 100, why="woord " * 33)
    full = b.full_issue(said_before=b.said_before(so_what="woord " * 100), looked_back=(look, look), tried=look)
    full = replace(full, items=tuple(replace(one, looked_back=(look,)) for one in items))
    mail = digests.mail_html(full, "nl", ALL_LINKS)
    assert len(mail.encode()) < 100_000
    assert "Deze brief is ingekort" in mail
    assert html.fromstring(mail).text_content().count("woord " * 99) >= 15, "all voices stay"
    assert "Deze brief is ingekort" not in digests.mail_html(b.full_issue(), "nl", ALL_LINKS)


def test_lines_of_the_letter_fit_on_a_screen() -> None:
    letter = digests.plain(b.issue(), "nl", LINKS)
    assert [line for line in letter.splitlines() if len(line) > 72 and "https://" not in line] == []
    assert "\n\n\n\n" not in letter


def test_the_letter_greets_and_takes_leave() -> None:
    letter = digests.plain(b.issue(), "en", LINKS)
    assert "\nHello,\n" in letter
    assert "\nUntil next week.\n" in letter


def test_the_page_needs_no_other_file_and_its_style_is_known_to_the_policy() -> None:
    import base64
    import hashlib

    page = digests.page(b.issue(), "nl", LINKS)
    assert page.startswith("<!doctype html>")
    style = page[page.index("<style>") + len("<style>") : page.index("</style>")]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert digests.style_source() == f"'sha256-{digest}'"
    assert not html.fromstring(page).xpath("//@style")


def test_peoples_words_are_the_largest_text() -> None:
    style = digests.page(b.issue(), "nl", LINKS)
    sizes = {rule: float(size) for rule, size in re.findall(r"\n([^\n{]+) \{[^}]*font-size: ([\d.]+)rem", style)}
    interface = [size for rule, size in sizes.items() if not re.search(r"blockquote|item h2$|h1", rule)]
    assert max(interface) <= sizes["header h1"] < sizes[".voice blockquote"] < sizes[".item h2"]


@faces
@pytest.mark.parametrize(
    ("language", "short", "week"), [("nl", "kort nummer", "uit week 46"), ("en", "short issue", "from week 46")]
)
def test_a_short_issue_and_what_was_held_over_say_so(face: Any, language: Language, short: str, week: str) -> None:
    assert short not in text_of(face, b.issue(), language)
    assert week not in text_of(face, b.issue(), language)
    held = replace(b.issue(), thin=True, items=(replace(b.item(), week="2026-W46"),))
    assert short in text_of(face, held, language)
    assert week in text_of(face, held, language)


SAID = Heard("a1", "answer", "", "Bij ons doet\nde vereniging dat.", "", "", "", "Joke", "nl", "nagevraagd", "Anna")
ANSWERED = (
    Answered(11, "question", "Who knows?", "en", (SAID, replace(SAID, answer_id="a2", byline="", done_by="")), None),
    Answered(
        11,
        "c-c1",
        "Huren",
        "",
        (replace(SAID, kind="source", url="https://bron.example/?a=1&b=2", done=""),),
        Signals(("recognise", "differ"), (9, 5)),
    ),
    Answered(
        11, "experiment", "Try", "en", (replace(SAID, kind="report", happened="Het lukte", next="Nog eens"),), None
    ),
    Answered(10, "c-c2", "Zorg", "", (), Signals(("useful",))),
)


@faces
def test_answers_of_readers_stand_with_what_was_asked_and_what_was_done_with_them(face: Any) -> None:
    text = text_of(face, b.issue(answers=ANSWERED))
    assert "Antwoorden van lezers" in text
    assert "Op de vraag uit nummer 11: Who knows?" in text
    assert "Anna deed er dit mee: nagevraagd" in text
    assert "Een katalysator deed er dit mee: nagevraagd" in text
    assert "een lezer" in text
    assert "bron van Joke" in text
    assert "9 van 14 herkennen dit en 5 van 14 zien het anders" in text
    assert "Er zijn lezers die dit kunnen gebruiken." in text
    assert all(part in text for part in ("Geprobeerd:", "Wat er gebeurde:", "Het lukte", "En nu:", "Nog eens"))
    assert "Antwoorden van lezers" not in text_of(face, b.issue())


@markup
def test_an_answer_keeps_its_language_and_a_source_is_a_link(face: Any) -> None:
    made = tree(face, b.issue(answers=ANSWERED), "en")
    assert made.xpath("//*[@lang='nl'][contains(., 'Bij ons doet')]")
    assert made.xpath("//a[@href='https://bron.example/?a=1&b=2']")


@faces
@given(text=st.text(max_size=60))
@settings(max_examples=25, deadline=None)
def test_nothing_in_an_answer_acts(face: Any, text: str) -> None:
    hostile = f"{b.HOSTILE}{text}"
    said = replace(SAID, text=hostile, byline=hostile, done=hostile, done_by=hostile, happened=hostile, url=hostile)
    report = replace(said, kind="report", url="javascript:alert(1)")
    made = face(b.issue(answers=(Answered(1, "c-1", hostile, hostile, (said, report), None),)), "nl", LINKS)
    if face is not digests.plain:
        assert "<script" not in made
        assert "javascript:" not in made.replace(b.HOSTILE, "")


@faces
@pytest.mark.parametrize("act", ["signal", "source", "offer", "report"])
def test_what_an_item_asks_is_one_sentence_with_one_link_of_its_own(face: Any, act: Any) -> None:
    made = html_unescaped(
        face(b.issue(items=(b.machine_titled(act=act),), question=None, experiment=None), "en", LINKS)
    )
    w = words("en")
    assert " ".join(made.split()).count(w(f"act.{act}.ask")) == 1
    assert made.count(f"{b.ANSWER}?about=c-c3&lang=en") == 1
    assert made.count(w(f"act.{act}.link")) == 1


@faces
def test_question_experiment_and_what_has_no_meaning_yet_lead_each_to_their_own_answer(face: Any) -> None:
    made = html_unescaped(face(b.issue(), "nl", LINKS))
    for about in ("question", "experiment", "a-a6", "a-a7", "c-c1", "c-c2"):
        assert made.count(f"{b.ANSWER}?about={about}&lang=nl") == 1, about


def html_unescaped(text: str) -> str:
    return text.replace("&amp;", "&")
