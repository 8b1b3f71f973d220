"""A quotation that nobody read anywhere is pointed at, gently, and stops nothing."""

from lxml import html

from tests.reports.web.builders import ANNA, EVA, HOSTILE, WEEK, World, mark, speak, words

TRUE = "Er staat “Gemeenten mogen te hoge huur beboeten. Zo begint het stuk” en dat is nieuws."
FALSE = "Er staat “Gemeenten mogen te hoge huur nooit beboeten” en dat is nieuws voor ons allemaal."


def shown(text: str) -> str:
    return " ".join(html.fromstring(text).text_content().split())


def test_the_editor_sees_which_quotation_is_in_no_article_and_what_is_nearest(world: World) -> None:
    first = world.clusters()[0]
    speak(world, ANNA, first, so_what=FALSE)
    speak(world, EVA, first, so_what=TRUE)
    with world.signed_in(EVA) as editor:
        page = editor.get(f"/rounds/{WEEK}/issue").text
    assert "Anna de Vries haalt iets aan dat zo niet in de artikelen staat:" in shown(page)
    quotation, nearest = html.fromstring(page).xpath("//p[contains(@class, 'unfound')]/q/text()")
    assert quotation == "Gemeenten mogen te hoge huur nooit beboeten"
    assert nearest.startswith("Gemeenten mogen te hoge huur beboeten")


def test_a_quotation_that_is_not_found_is_saved_and_told_gently(world: World) -> None:
    first = world.clusters()[0]
    with world.signed_in(ANNA) as catalyst:
        for said, is_told in ((FALSE, True), (TRUE, False)):
            token = mark(catalyst.get(f"/clusters/{first}").text)
            answer = catalyst.post(f"/clusters/{first}", data={"csrf": token, **words(so_what=said)})
            assert answer.status_code == 303
            assert ("staat zo niet in de artikelen" in shown(catalyst.get(answer.headers["location"]).text)) is is_told
        assert world.annotations(first)[-1].words.so_what == TRUE
        assert "niet in de artikelen" not in shown(catalyst.get(f"/clusters/{first}").text)


def test_a_hostile_quotation_stays_inert(world: World) -> None:
    first = world.clusters()[0]
    speak(world, ANNA, first, so_what=f"Zij schreef “een twee drie vier {HOSTILE}” en verder helemaal niets.")
    with world.signed_in(EVA) as editor:
        page = editor.get(f"/rounds/{WEEK}/issue").text
    assert "niet in de artikelen" in shown(page)
    assert "<script>alert" not in page


def test_the_issue_goes_out_all_the_same(world: World) -> None:
    speak(world, ANNA, world.clusters()[0], so_what=FALSE)
    with world.signed_in(EVA) as editor:
        page = editor.get(f"/rounds/{WEEK}/issue").text
        answer = editor.post(f"/rounds/{WEEK}/close", data={"csrf": mark(page)})
    assert answer.status_code == 303
    assert world.closed == [WEEK]
