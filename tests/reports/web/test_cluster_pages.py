"""One cluster: blind until you spoke, nothing typed is ever lost, every version is kept."""

import re
from html import unescape

import pytest

from curate.reasons import Shared
from reports.web import forms
from tests.reports.web.builders import (
    ANNA,
    BEN,
    EVA,
    HOSTILE,
    OLGA,
    SO_WHAT,
    WEEK,
    World,
    explain,
    mark,
    send,
    speak,
    words,
)  # fmt: skip

BENS = "We keep building tools for landlords and call it housing policy; who builds for tenants?"


@pytest.fixture
def cluster(world: World) -> str:
    return f"/clusters/{world.clusters()[0]}"


def ben_speaks(world: World, **changes: str) -> None:
    speak(world, BEN, world.clusters()[0], so_what=BENS, language="en", title="Tools for tenants", **changes)


def test_what_is_saved_is_shown_exactly_as_it_was_written(world: World, cluster: str) -> None:
    with world.signed_in(ANNA) as client:
        answer = send(client, cluster, words(so_what=SO_WHAT + "\r\n\r\nTweede regel.", question="Wie helpt?"))
        assert (answer.status_code, answer.headers["location"]) == (303, f"{cluster}?saved=yes")
        html = client.get(answer.headers["location"]).text
    assert "Bewaard. Dank je wel." in html
    assert 'role="status"' in html
    assert "Door naar de volgende" in html
    assert SO_WHAT in html
    (kept,) = world.annotations(cluster.rsplit("/", 1)[1])
    assert (kept.words.so_what, kept.words.question) == (SO_WHAT + "\n\nTweede regel.", "Wie helpt?")
    assert (kept.person_id, kept.week, kept.language, kept.version) == (ANNA.id, WEEK, "nl", 1)


def test_the_voices_of_others_are_hidden_until_you_have_spoken(world: World, cluster: str) -> None:
    ben_speaks(world)
    with world.signed_in(ANNA) as client:
        html = client.get(cluster).text
        assert "1 stem wacht tot jij gesproken hebt." in html
        for secret in (BENS, "Tools for tenants", "Ben Okafor"):
            assert secret not in html
            assert secret not in client.get(f"/rounds/{WEEK}").text
        problem = send(client, cluster, words(so_what="te kort"))
        assert BENS not in problem.text
        send(client, cluster, words())
        html = client.get(cluster).text
        assert BENS in html
        assert "Ben Okafor" in html
        assert '<blockquote lang="en">' in html


def test_who_asks_to_see_the_voices_first_sees_them_and_is_told_what_that_means(world: World, cluster: str) -> None:
    ben_speaks(world)
    with world.signed_in(ANNA) as client:
        before = world.fingerprint()
        html = client.get(cluster, params={"show": "1"}).text
        assert BENS in html
        assert "Je leest mee voordat je sprak" in html
        assert world.fingerprint() == before
        problem = client.post(cluster, data={"csrf": mark(html), "shown": "1", **words(so_what="te kort")})
        assert BENS in problem.text


def test_once_you_have_both_spoken_you_can_say_how_your_voice_relates_to_theirs(world: World, cluster: str) -> None:
    ben_speaks(world)
    with world.signed_in(ANNA) as client:
        assert 'name="relation"' not in client.get(cluster).text
        send(client, cluster, words())
        html = client.get(cluster).text
        (bens_id,) = re.findall(r'<option value="(\w{32})"', html)
        answer = client.post(
            cluster,
            data={
                "csrf": mark(html),
                **words(
                    seen_version="1", relation="contrasts", relation_to=bens_id, relation_why="Bij ons juist niet."
                ),
            },
        )
        assert answer.headers["location"].endswith("saved=yes")
        html = client.get(cluster).text
    assert "ziet het anders dan Ben Okafor" in html
    assert "Bij ons juist niet." in html
    assert html.index(BENS) < html.index(f'<blockquote lang="nl">{SO_WHAT}')


def test_an_answer_stays_an_answer_when_the_answered_person_writes_a_new_version(world: World, cluster: str) -> None:
    ben_speaks(world)
    bens_id = world.annotations(cluster.rsplit("/", 1)[1])[0].id
    speak(world, ANNA, world.clusters()[0], relation="adds", relation_to=bens_id)
    ben_speaks(world, question="Who?", seen_version="1")
    with world.signed_in(ANNA) as client:
        assert "vult Ben Okafor aan" in client.get(cluster).text


def test_saving_again_keeps_what_one_answered_although_the_other_has_a_newer_version(world: World) -> None:
    first = world.clusters()[0]
    speak(world, BEN, first)
    speak(world, ANNA, first, relation="adds", relation_to=world.annotations(first)[0].id, relation_why="omdat")
    speak(world, BEN, first)
    newest = max((one for one in world.annotations(first) if one.person_id == BEN.id), key=lambda one: one.version)
    with world.signed_in(ANNA) as client:
        page = client.get(f"/clusters/{first}").text
    assert f'<option value="{newest.id}" selected>' in page


def test_who_answers_a_voice_that_is_not_there_is_told_and_keeps_what_was_typed(world: World, cluster: str) -> None:
    ben_speaks(world)
    other = world.clusters()[1]
    speak(world, BEN, other)
    elsewhere = world.annotations(other)[0].id
    with world.signed_in(ANNA) as client:
        send(client, cluster, words())
        answer = send(client, cluster, words(relation="adds", relation_to=elsewhere, relation_why="omdat"))
    assert answer.status_code == 422
    assert "Kies op wie je antwoordt" in answer.text
    assert 'value="omdat"' in answer.text


@pytest.mark.parametrize(
    ("changes", "sentence", "field"),
    [
        ({"verdict": ""}, "Kies of dit in het overzicht hoort.", "verdict"),
        ({"verdict": "love"}, "Kies of dit in het overzicht hoort.", "verdict"),
        ({"so_what": ""}, "zeg in één zin wat het voor ons betekent", "so_what"),
        ({"so_what": "\u00a0 \u2003\n"}, "zeg in één zin wat het voor ons betekent", "so_what"),
        ({"so_what": "AI, zorg"}, "een zin van 40 tekens of meer", "so_what"),
        ({"so_what": "x" * 601}, "langer dan 600 tekens", "so_what"),
        ({"title": "t" * 81}, "langer dan 80 tekens", "title"),
        ({"ripeness": "certain"}, "Kies hoe zeker je bent.", "ripeness"),
        ({"language": "fr"}, "Kies de taal waarin je schreef", "language"),
        ({"byline": "boss"}, "Kies onder welke naam", "byline"),
        ({"question": "q" * 201}, "langer dan 200 tekens", "question"),
        ({"experiment": "e" * 301}, "langer dan 300 tekens", "experiment"),
    ],
)
def test_a_problem_is_said_beside_its_field_and_everything_typed_is_still_there(
    world: World, cluster: str, changes: dict[str, str], sentence: str, field: str
) -> None:
    typed = words(question="Mijn vraag?", experiment="Mijn proef", title="Mijn titel") | changes
    with world.signed_in(ANNA) as client:
        answer = send(client, cluster, typed)
    html = unescape(answer.text)
    assert answer.status_code == 422
    assert f'id="{field}-problem"' in html
    assert re.search(rf'aria-describedby="[^"]*{field}-problem', html)
    assert f'<a href="#{field}">' in html
    assert sentence in html
    assert "autofocus" in html
    for name in ("so_what", "title", "question", "experiment"):
        assert typed[name] in html
    if typed["verdict"] == "keep":
        assert re.search(r'value="keep" required checked', html)
    assert world.annotations(cluster.rsplit("/", 1)[1]) == ()


def test_a_verdict_other_than_keep_needs_no_sentence(world: World, cluster: str) -> None:
    with world.signed_in(ANNA) as client:
        assert send(client, cluster, words(verdict="not_now", so_what="", title="")).status_code == 303
        assert "Jij zei: Niet nu." in client.get(cluster).text
    with world.signed_in(BEN) as client:
        send(client, cluster, words())
        assert "Without words: 1 times “Not now”." in client.get(cluster).text


def test_a_change_is_a_next_version_and_the_earlier_one_is_kept_and_folded(world: World, cluster: str) -> None:
    with world.signed_in(ANNA) as client:
        send(client, cluster, words())
        html = client.get(cluster).text
        assert f">\n{SO_WHAT}</textarea>" in html
        assert 'name="seen_version" value="1"' in html
        later = "Nu ik erover sliep: het gaat niet om bewijs maar om wie er naast je zit."
        assert send(client, cluster, words(so_what=later, seen_version="1")).headers["location"].endswith("saved=yes")
        html = client.get(cluster).text
    assert "1 eerdere versie van jou" in html
    assert later in html
    assert SO_WHAT in html
    assert sorted(one.version for one in world.annotations(cluster.rsplit("/", 1)[1])) == [1, 2]


def test_two_saves_at_once_keep_both_versions_and_say_so(world: World, cluster: str) -> None:
    with world.signed_in(ANNA) as phone, world.signed_in(ANNA) as laptop:
        on_phone, on_laptop = mark(phone.get(cluster).text), mark(laptop.get(cluster).text)
        first = phone.post(cluster, data={"csrf": on_phone, **words()})
        second = laptop.post(cluster, data={"csrf": on_laptop, **words(so_what=SO_WHAT + " En op de laptop nog dit.")})
        assert first.headers["location"].endswith("saved=yes")
        assert second.headers["location"].endswith("saved=both")
        html = laptop.get(second.headers["location"]).text
    assert "Beide versies zijn er nog" in html
    assert len(world.annotations(cluster.rsplit("/", 1)[1])) == 2


def test_pressing_save_twice_makes_one_version(world: World, cluster: str) -> None:
    with world.signed_in(ANNA) as client:
        token = mark(client.get(cluster).text)
        for _ in range(3):
            assert client.post(cluster, data={"csrf": token, **words()}).headers["location"].endswith("saved=yes")
    assert len(world.annotations(cluster.rsplit("/", 1)[1])) == 1


def test_a_closed_round_takes_no_words_says_so_and_gives_back_what_was_typed(world: World, cluster: str) -> None:
    with world.signed_in(ANNA) as client:
        token = mark(client.get(cluster).text)
        with world.signed_in(EVA) as editor:
            send(editor, f"/rounds/{WEEK}/review", {}, page=f"/rounds/{WEEK}/issue")
        answer = client.post(cluster, data={"csrf": token, **words(question="Mijn vraag?")})
        assert answer.status_code == 409
        assert "Deze ronde is gesloten" in answer.text
        assert f">\n{SO_WHAT}</textarea>" in answer.text
        assert "Mijn vraag?" in answer.text
        page = client.get(cluster).text
        assert "Je kunt hier nog lezen" in page
        assert 'name="so_what"' not in page
    assert world.annotations(cluster.rsplit("/", 1)[1]) == ()


def test_a_session_that_ended_meanwhile_gives_back_what_was_typed(world: World, cluster: str) -> None:
    with world.signed_in(ANNA) as client:
        token = mark(client.get(cluster).text)
        world.clock.later(days=31)
        answer = client.post(cluster, data={"csrf": token, **words()})
        assert answer.status_code == 403
        assert "Je bent niet meer aangemeld" in answer.text
        assert f">\n{SO_WHAT}</textarea>" in answer.text
        assert f'href="/sign-in?next={cluster}"' in answer.text


def test_a_busy_database_gives_back_what_was_typed_with_a_button_to_try_again(world: World, cluster: str) -> None:
    import fcntl

    from storage import database

    world.db.wait_s = 0.2
    with world.signed_in(ANNA) as client:
        token = mark(client.get(cluster).text)
        with database.locked(world.db.path, fcntl.LOCK_EX, 1):
            answer = client.post(cluster, data={"csrf": token, **words()})
        assert answer.status_code == 503
        assert "Het is even druk" in answer.text
        assert str(world.db.path) not in answer.text
        again = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', answer.text))
        again |= {
            name: unescape(text)
            for name, text in re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>\n([^<]*)<', answer.text)
        }
        assert client.post(cluster, data=again).status_code == 303
    assert world.annotations(cluster.rsplit("/", 1)[1])[0].words.so_what == SO_WHAT


def test_hostile_words_are_shown_as_words(world: World, cluster: str) -> None:
    hostile = f"{HOSTILE} en dan nog een paar woorden erbij."
    typed = words(so_what=hostile, title=HOSTILE[:80], question=HOSTILE, experiment=HOSTILE)
    with world.signed_in(ANNA) as client:
        refused = send(client, cluster, {**typed, "verdict": HOSTILE})
        assert send(client, cluster, typed).status_code == 303
        pages = [refused.text, client.get(cluster).text, client.get(f"/rounds/{WEEK}").text]
    with world.signed_in(BEN) as other:
        pages.append(other.get(cluster, params={"show": "1"}).text)
    with world.signed_in(EVA) as editor:
        pages += [editor.get(f"/rounds/{WEEK}/issue").text, editor.get(f"/rounds/{WEEK}/issue/preview").text]
    for html in pages:
        assert "<script>" not in html
        assert "<img" not in html
        assert "49" not in re.sub(r"<svg.*?</svg>|\w{20,}|css\?v=\w+", "", html, flags=re.S)
    assert all(HOSTILE[:30] in unescape(html) for html in pages)


def test_links_of_articles_lead_to_web_addresses_only(world: World, cluster: str) -> None:
    with world.db.writing() as db:
        db.execute("UPDATE articles SET url = 'javascript:alert(1)' WHERE article_id LIKE '%-0'")
    with world.signed_in(ANNA) as client:
        for path in (cluster, f"/rounds/{WEEK}"):
            assert "javascript:" not in client.get(path).text


def test_an_anonymous_voice_has_no_name_for_other_catalysts_either(world: World, cluster: str) -> None:
    ben_speaks(world, byline="anonymous")
    speak(world, ANNA, world.clusters()[0])
    with world.signed_in(ANNA) as client:
        html = client.get(cluster).text
    assert BENS in html
    assert "Ben Okafor" not in html
    assert "Een stem zonder naam" in html


def test_nobody_changes_the_words_of_another(world: World, cluster: str) -> None:
    ben_speaks(world)
    with world.signed_in(ANNA) as client:
        send(
            client,
            cluster,
            words(
                person_id=BEN.id,
                catalyst="Ben Okafor",
                annotation_id=world.annotations(cluster.rsplit("/", 1)[1])[0].id,
            ),
        )
    bens, annas = world.annotations(cluster.rsplit("/", 1)[1])
    assert (bens.words.so_what, bens.version) == (BENS, 1)
    assert (annas.person_id, annas.version) == (ANNA.id, 1)


def test_operators_read_along_without_a_form(world: World, cluster: str) -> None:
    with world.signed_in(OLGA) as client:
        html = client.get(cluster).text
        assert 'name="so_what"' not in html
        assert "Je leest mee" in html
        assert client.post(cluster, data={"csrf": mark(html), **words()}).status_code == 403
    assert world.annotations(cluster.rsplit("/", 1)[1]) == ()


def test_a_cluster_that_is_not_there_is_told_in_words(world: World) -> None:
    with world.signed_in(ANNA) as client:
        answer = client.get("/clusters/none")
        assert answer.status_code == 404
        assert "Dit is hier niet" in answer.text
        token = mark(answer.text) if "csrf" in answer.text else mark(client.get(f"/rounds/{WEEK}").text)
        lost = client.post("/clusters/none", data={"csrf": token, **words()})
        assert lost.status_code == 404
        assert SO_WHAT in lost.text


def test_the_machines_title_is_offered_only_when_it_fits(world: World) -> None:
    first = world.clusters()[0]
    with world.signed_in(ANNA) as client:
        assert (
            'id="title" name="title" value="Gemeenten mogen te hoge huur beboeten"'
            in client.get(f"/clusters/{first}").text
        )
    with world.db.writing() as db:
        db.execute("UPDATE clusters SET title = repeat('lang ', 30) WHERE cluster_id = $id", {"id": first})
    with world.signed_in(ANNA) as client:
        html = client.get(f"/clusters/{first}").text
    assert 'id="title" name="title" value=""' in html
    assert "De machine dacht aan: lang lang" in html


def test_a_machines_title_that_was_left_as_it_was_is_shown_as_the_machines(world: World, cluster: str) -> None:
    with world.signed_in(ANNA) as client:
        send(client, cluster, words(title="Gemeenten mogen te hoge huur beboeten"))
        for path in (cluster, f"/rounds/{WEEK}"):
            assert "titel: voorstel van de machine" in client.get(path).text
        send(client, cluster, words(title="Van ons", seen_version="1"))
        assert "titel: voorstel van de machine" not in client.get(cluster).text


@pytest.mark.parametrize("text", ["", "-1", "x", "١", "9" * 40, "1e3", "0x1"])
def test_a_version_that_is_no_number_counts_as_none_seen(text: str) -> None:
    assert forms.seen_version({"seen_version": text}) == 0


def test_a_page_tells_why_its_articles_stand_together_and_that_a_machine_says_so(world: World, cluster: str) -> None:
    with world.db.writing() as db:
        explain(db, cluster.rsplit("/", 1)[1])
    with world.signed_in(ANNA) as client:
        dutch, english = (client.get(cluster, params={"lang": code}).text for code in ("nl", "en"))
    assert "Waarom staan deze bij elkaar?" in dutch
    assert "Alle 4 noemen Delft en Terp. 3 van de 4 noemen huur." in dutch
    assert re.search(r'Minst zeker: <span lang="nl">«[^<]+».</span>', dutch)
    assert "Dit zocht de machine uit" in dutch
    assert "Why are these together?" in english
    assert "All 4 mention Delft and Terp. 3 of the 4 mention huur." in english
    assert "0.35" not in dutch + english


def test_hostile_words_in_reasons_are_shown_as_words(world: World, cluster: str) -> None:
    with world.db.writing() as db:
        explain(db, cluster.rsplit("/", 1)[1], shared=(Shared(HOSTILE, 4),))
    with world.signed_in(ANNA) as client:
        html = client.get(cluster).text
    assert "<script>alert(1)" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_a_cluster_without_reasons_tells_none(world: World, cluster: str) -> None:
    with world.signed_in(ANNA) as client:
        assert "Waarom staan deze bij elkaar?" not in client.get(cluster).text
