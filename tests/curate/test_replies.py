"""Which words of a mail are its writer's own."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate import replies

OWN = "Bij ons in de straat doet de huurdersvereniging dat.\n\nOp dinsdag, van zeven tot negen."
BELOW = {
    "gmail, nl": "Op do 26 nov 2026 om 09:12 schreef Netwerk Stad & Zorg <netwerk@example.org>:\n\n> Wie?\n> x",
    "gmail, en": "On Thu, Nov 26, 2026 at 9:12 AM Netwerk <netwerk@example.org> wrote:\n\n> Wie weet het?",
    "gmail, folded": "On Thu, Nov 26, 2026 at 9:12 AM Netwerk Stad & Zorg <\nnetwerk@example.org> wrote:\n\n> Wie?",
    "apple, nl": "Op 26 nov 2026, om 09:12 heeft Netwerk <netwerk@example.org> het volgende geschreven:\n\nWie?",
    "thunderbird, nl": "Op 26-11-2026 om 09:12 schreef Netwerk Stad & Zorg:\n> Wie weet het?\n>\n> Anna",
    "yahoo": "Netwerk Stad & Zorg <netwerk@example.org> schreef op donderdag 26 november 2026 om 09:12:\n\n> Wie?",
    "outlook, nl": "Van: Netwerk <netwerk@example.org>\nVerzonden: donderdag 26 november 2026 09:12\nAan: Joke\n"
    "Onderwerp: Week 47\n\nWie weet het?",
    "outlook, en": "________________________________\nFrom: Netwerk <netwerk@example.org>\nSent: Thursday\nTo: Joke\n"
    "Subject: Week 47\n\nWie weet het?",
    "outlook, bold": "*From:* Netwerk <netwerk@example.org>\n*Date:* Thursday\n*To:* Joke\n*Subject:* Week 47\n\nWie?",
    "original": "-----Oorspronkelijk bericht-----\nVan: Netwerk\nWie weet het?",
    "original, en": "-----Original Message-----\nFrom: Netwerk\nWie weet het?",
    "signature": "-- \nJoke Smit\nHuurdersvereniging Zwolle",
    "signature, stripped": "--\nJoke Smit",
    "phone": "Verstuurd vanaf mijn iPhone",
    "phone, en": "Sent from my Galaxy",
    "phone and quote": "Verstuurd vanaf mijn iPhone\n\nOp 26 nov 2026 om 09:12 heeft Netwerk <n@example.org> het"
    " volgende geschreven:\n\n> Wie weet het?",
    "outlook for": "Outlook voor Android downloaden\n________________________________\nVan: Netwerk",
}


@pytest.mark.parametrize("below", BELOW.values(), ids=BELOW)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_stands_below_their_words_is_left_out_whatever_program_they_use(below: str, end: str) -> None:
    mail = f"{OWN}\n\n{below}".replace("\n", end)
    assert replies.words_of(mail) == OWN


def test_an_answer_below_or_between_quoted_lines_is_kept() -> None:
    mail = "Op 26 nov 2026 schreef Netwerk:\n> Wie weet het?\n\nWij.\n\n> En wanneer?\n\nOp dinsdag.\n\n-- \nJoke"
    assert replies.words_of(mail) == "Wij.\n\nOp dinsdag."


@pytest.mark.parametrize(
    "text",
    [
        "Op de vergadering schreef Anna iets moois",
        "Van: onze straat. Aan: jullie.",
        "On the whole I agree with what Anna wrote about this.",
        "Onderwerp: huur\nWij doen dat al.",
        "Verzonden met liefde -- en met twee streepjes.",
        "Van: Zwolle\n\nDat is waar wij het doen.",
        "Sent from my\nvillage, where everybody knows",
    ],
)
def test_sentences_that_only_resemble_a_quotation_stay(text: str) -> None:
    assert replies.words_of(text) == text


def test_a_mail_without_own_words_has_none() -> None:
    assert replies.words_of("\n\n> Wie weet het?\n") == ""
    assert replies.words_of("") == ""


@given(st.text(max_size=400))
def test_any_text_can_be_read_and_nothing_quoted_comes_through(text: str) -> None:
    words = replies.words_of(text)
    assert not any(line.startswith((">", "|")) for line in words.split("\n"))
    assert len(words) <= len(text) * 3


@given(st.lists(st.sampled_from(["Wij doen dat.", "Op dinsdag.", "Ja, graag.", ""]), min_size=1, max_size=6))
def test_own_words_above_a_quotation_come_through_unchanged(own: list[str]) -> None:
    written = "\n".join(own)
    alone = replies.words_of(written)
    assert replies.words_of(f"{written}\n\n{BELOW['gmail, nl']}") == alone


def test_message_ids_are_found_wherever_they_stand_and_nothing_else() -> None:
    found = replies.message_ids(["<a.1@example.org>\r\n\t<b.2@example.org>", "x <a.1@example.org> <> <@> <no space@x>"])
    assert found == ("<a.1@example.org>", "<b.2@example.org>")
    assert len(replies.message_ids([f"<{n}abc@x.example>" for n in range(200)])) == 50


def test_a_huge_or_tangled_mail_is_read_in_bounded_time() -> None:
    began = time.monotonic()
    for text in (
        "Op " * 60_000,
        "> " * 90_000,
        "\n".join(["Van: x"] * 20_000),
        "On " + "a " * 80_000 + "wrote",
        "<" * 9**5,
    ):
        replies.words_of(text)
        replies.message_ids([text])
    assert time.monotonic() - began < 10
