import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate import mojibake

SEEDS = Path(__file__).parents[2] / "../shared/seeds"
DAMAGED_LEAD = re.compile(r"[ĀĆā][\u0080-\u00bf€“”„]|šŸ|Ã[\u0080-\u00bf]|â€")


def western(text: str) -> str:
    """Read the UTF-8 of ``text`` as windows-1252, as browsers do (undefined bytes stay control characters)."""
    return "".join(_windows(byte) or chr(byte) for byte in text.encode())


def baltic(text: str) -> str:
    """Read 0x80-0x9F as windows-1252 and 0xA0-0xFF as ISO-8859-13."""
    return "".join(
        (_windows(byte) or chr(byte)) if byte < 0xA0 else bytes([byte]).decode("iso-8859-13") for byte in text.encode()
    )


def _windows(byte: int) -> str:
    return bytes([byte]).decode("cp1252", "ignore")


@pytest.mark.parametrize("damage", [western, baltic])
@pytest.mark.parametrize(
    "clean",
    [
        "De hiërarchie is nog één idee",
        "patiënten zeggen: ‘ja’ – of “nee”…",
        "€ 5 voor café ’t Hoekje 🙂 ✓",
        "wel\u00a0van mezelf",
        "VÓÓR ÉÉN, naïef, coördinatie, über",
    ],
)
def test_damaged_dutch_is_as_it_was(damage: Callable[[str], str], clean: str) -> None:
    damaged = damage(clean)
    assert damaged != clean
    assert mojibake.repair(damaged, "nl").text == clean


def test_the_changes_tell_what_became_what_in_order() -> None:
    repair = mojibake.repair("hiĆ«rarchie van ā€˜nuā€™", "nl")
    assert repair == mojibake.Repair("hiërarchie van ‘nu’", (("Ć«", "ë"), ("ā€˜", "‘"), ("ā€™", "’")))


def test_sound_and_damaged_text_may_stand_side_by_side() -> None:
    text = "Het ‘model’ en organization’s patiĆ«nten creëren é”…"
    assert mojibake.repair(text, "nl").text == "Het ‘model’ en organization’s patiënten creëren é”…"


@pytest.mark.parametrize("opening", ["ā€œ", "â€œ", "“"])
@pytest.mark.parametrize("closing", ["ā€", "â€"])
def test_a_closing_quote_that_lost_its_last_byte_is_found_after_an_opening_one(opening: str, closing: str) -> None:
    assert mojibake.repair(f"één cafĆ©: {opening}wo/man{closing} komt", "nl").text == "één café: “wo/man” komt"
    alone = f"cafĆ© wo/man{closing} komt"
    assert mojibake.repair(alone, "nl").text == f"café wo/man{closing} komt"


def test_a_hard_space_that_was_folded_leaves_no_letter_behind() -> None:
    assert mojibake.repair("Dat moest ookĀ wel, Ć© lĆ carte Ć la", "nl").text.startswith("Dat moest ook wel, é l")
    assert mojibake.repair("Ā tātou", "en").text == "Ā tātou"


def test_text_damaged_twice_is_repaired_twice() -> None:
    assert mojibake.repair(western(western("één idee’s")), "nl").text == "één idee’s"


def test_one_quote_that_stands_for_two_bytes_becomes_the_likely_letter() -> None:
    assert (
        mojibake.repair(baltic("áéô, RÔLE, Ärzte, Ångström, smårt"), "nl").text == "áéô, RÔLE, Ärzte, Ångström, smårt"
    )


CLEAN = [
    ("lv", "Ćirils šā gada ā€œ jautājums, ļoti labi: «Ā», Ā«"),
    ("lt", "Šiaulių „žodžiai“ ąčęėįšųūž"),
    ("pt", "«NÃO» disse o IRMÃ» e SÃ“…"),
    ("fr", "«\u00a0À l’été, où êtes-vous\u00a0?» Â«"),
    ("de", "„JÄ“, sagte er – ÄÖÜß Ä°"),
    ("vi", "Tiếng Việt: ấ ầ ẩ ẫ ậ â€"),
    ("nl", "Hé, café’s, naïef’”… crème brûlée, ‘één’ „twee” reünie Ärger Åland Māori Čapek"),
    ("en", "“It’s naïve” – Zürich… 5° £3 ½ «ok» Â bit"),
    ("pl", "Zażółć gęślą jaźń „Ćma”"),
]


@pytest.mark.parametrize(("language", "text"), CLEAN)
def test_clean_text_of_any_language_is_left_alone(language: str, text: str) -> None:
    for said in (language, None):
        assert mojibake.repair(text, said) == mojibake.Repair(text, ())


def test_an_unknown_language_asks_for_two_sequences_and_no_baltic_letters() -> None:
    assert mojibake.repair("hiÃ«rarchie").changes == ()
    assert mojibake.repair("hiÃ«rarchie, patiÃ«nt").text == "hiërarchie, patiënt"
    assert mojibake.repair("hiÃ«rarchie, patiÃ«nt, žodžių").changes == ()
    assert mojibake.repair("hiÃ«rarchie, patiÃ«nt", "lt").changes == ()
    assert mojibake.repair("hiÃ«rarchie, patiÃ«nt", "nl-BE").text == "hiërarchie, patiënt"


dutch = st.text(
    alphabet="abcdefghijklmnopqrstuvwxyz ABCDE.,éëïöüèêçàñß‘’“”–—…€\u00a0🙂", max_size=60
)  # without the few letters that share a byte in the Baltic reading


@settings(deadline=None, max_examples=300)
@given(dutch)
def test_damage_and_repair_cancel_out(clean: str) -> None:
    for damage in (western, baltic):
        damaged = damage(clean)
        expected = clean if damaged != clean else damaged
        assert mojibake.repair(damaged, "nl").text == expected


@settings(deadline=None, max_examples=300)
@given(st.text(alphabet=st.characters(exclude_characters="ÂÃâïðÄÅĀĆāļš"), max_size=80))
def test_text_without_a_damaged_lead_is_never_changed(text: str) -> None:
    for language in ("nl", "en", None, "lv"):
        assert mojibake.repair(text, language) == mojibake.Repair(text, ())


@settings(deadline=None, max_examples=300)
@given(dutch, st.sampled_from(["nl", "en", None]))
def test_clean_dutch_is_never_changed(text: str, language: str | None) -> None:
    assert mojibake.repair(text, language) == mojibake.Repair(text, ())


@pytest.mark.timeout(10)
def test_long_damage_is_repaired_quickly() -> None:
    assert len(mojibake.repair("Ć«ā€““ā€ " * 30_000, "nl").changes) == 90_000


@pytest.mark.skipif(not SEEDS.exists(), reason="the damaged page is not beside the project")
def test_the_damaged_page_is_repaired_whole() -> None:
    for page in SEEDS.glob("*.txt"):
        raw = page.read_text("utf-8")
        repair = mojibake.repair(raw, "nl")
        assert mojibake.repair(raw).text == repair.text
        assert len(repair.changes) == 24
        assert not DAMAGED_LEAD.search(repair.text)
        for kept in ("‘knowmad-model’", "organization’s", "“middle wo/man”", "creëer", "🙂", "hiërarchie"):
            assert kept in repair.text
