"""Being invited, by mail and from the command line, through the pages of a real home."""

import re

import pytest
from starlette.testclient import TestClient

from curate.errors import UsageError
from curate.people import person
from pipelines.home import Home
from pipelines.serving import application
from pipelines.steps import welcoming
from reports import tokens
from storage import people, sign_ins
from tests.pipelines.at_home import Story, one, outbox, write

EVA = person("eva@example.org", "Eva Smit", "editor", "nl")


def browser(home: Home) -> TestClient:
    return TestClient(application(home), base_url=home.settings.public_url, follow_redirects=False)


def mark(html: str) -> str:
    found = re.search(r'name="csrf" value="(\w+)"', html)
    assert found, html
    return found[1]


def test_who_is_invited_on_the_page_gets_a_letter_and_joins_by_its_link(home: Home) -> None:
    write(home, lambda db: people.add(db, EVA, home.clock()))
    session = tokens.new()
    until = home.clock().replace(year=2027)
    write(home, lambda db: sign_ins.start_session(db, tokens.hashed(session), EVA.id, home.clock(), until))
    with browser(home) as client:
        client.cookies.set("session", session)
        form = {"csrf": mark(client.get("/people").text), "email": "nina@example.org"}
        assert client.post("/people", data={**form, "role": "catalyst", "language": "en"}).status_code == 200
    (mail,) = outbox(home)
    assert mail["To"] == "nina@example.org"
    body = mail.get_body(("plain",))
    assert body
    assert "Eva Smit invites you" in body.get_content()
    (link,) = {line for line in body.get_content().splitlines() if "/welcome/" in line}
    with browser(home) as guest:
        page = guest.get(link)
        sent = {"csrf": mark(page.text), "name": "Nina", "language": "en"}
        assert guest.post(link, data=sent).status_code == 303
    assert one(home, "SELECT role FROM people WHERE email = 'nina@example.org'") == "catalyst"


def test_a_link_that_was_printed_works_and_the_page_names_nobody_as_inviter(home: Home, story: Story) -> None:
    welcome, link = welcoming.invite(home, " Cas@example.org", "operator", "nl")
    assert (welcome.email, welcome.invited_by) == ("cas@example.org", welcoming.BY)
    with browser(home) as guest:
        assert "Je bent uitgenodigd om mee te doen als beheerder." in guest.get(link).text
        story.later(days=14)
        assert guest.get(link).status_code == 410
    assert outbox(home) == []


def test_who_is_here_is_not_invited(home: Home) -> None:
    write(home, lambda db: people.add(db, EVA, home.clock()))
    with pytest.raises(UsageError, match="duiding link eva@example"):
        welcoming.invite(home, "EVA@example.org", "catalyst", "nl")
