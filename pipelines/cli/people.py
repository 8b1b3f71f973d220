"""Commands about the people of the network: add, invite, list, remove."""

from typing import TYPE_CHECKING, Annotated

import typer

from curate.errors import UsageError
from pipelines.cli.homes import language_of
from pipelines.cli.output import Commands, Output, add_group

if TYPE_CHECKING:
    from curate.people import Role


def register(app: typer.Typer) -> None:
    """Add these commands."""
    commands: Commands = {"add": add_person, "invite": invite_person, "list": list_people, "remove": remove_person}
    add_group(app, "people", "Members, catalysts, editors, operators.", commands)


def add_person(
    ctx: typer.Context,
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="What they sign in with.")],
    name: Annotated[str, typer.Option(help="Stands under what they write.")],
    role: Annotated[str, typer.Option(help="catalyst, editor or operator.")],
    language: Annotated[str | None, typer.Option(help="nl or en; else the network's.")] = None,
) -> None:
    """Add someone, or change their name, role or language."""
    from curate import people
    from storage import people as stored

    output: Output = ctx.obj
    home = output.opened()
    person = people.person(email, name, _role(role), language_of(language or home.settings.language))
    with home.database.writing() as db:
        stored.add(db, person, home.clock())
    output.say(f"{person.name} <{person.email}> is {role}.", email=person.email, role=role, name=person.name)


def _role(text: str) -> "Role":
    match text:
        case "catalyst" | "editor" | "operator":
            return text
        case _:
            raise UsageError(f"{text!r} is not a role. Choose catalyst, editor or operator.")


def invite_person(
    ctx: typer.Context,
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="What they sign in with.")],
    role: Annotated[str, typer.Option(help="member, catalyst, editor or operator.")],
    language: Annotated[
        str | None, typer.Option(help="nl or en, of the page behind the link; else the network's.")
    ] = None,
) -> None:
    """Print a link by which someone joins and says their own name; it works once, for 14 days. Nothing is mailed."""
    from pipelines.steps import welcoming

    output: Output = ctx.obj
    home = output.opened()
    wanted = "member" if role == "member" else _role(role)
    welcome, link = welcoming.invite(home, email, wanted, language_of(language or home.settings.language))
    output.say(
        f"{link}\nFor {welcome.email}, as {role}, until {welcome.expires_at:%Y-%m-%d %H:%M} UTC. "
        "Whoever opens it gets in.",
        link=link,
        email=welcome.email,
        role=role,
        expires_at=welcome.expires_at.isoformat(),
    )


def list_people(ctx: typer.Context) -> None:
    """List the people of the network."""
    from storage import people as stored

    output: Output = ctx.obj
    with output.opened().database.reading() as db:
        found = stored.every(db)
    records = [{"email": one.email, "name": one.name, "role": one.role, "language": one.language} for one in found]
    columns = {"name": "name", "email": "address", "role": "role", "language": "language"}
    output.table(f"{len(records)} people.", records, columns, "people")


def remove_person(
    ctx: typer.Context,
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="What they sign in with.")],
    withdraw_name: Annotated[
        bool, typer.Option("--withdraw-name", help="Take their name off what they wrote, and forget their address.")
    ] = False,
) -> None:
    """End someone's access; what they wrote stays, under their name unless that is withdrawn."""
    from curate import people
    from curate.errors import NotFoundError
    from storage import people as stored

    output: Output = ctx.obj
    home = output.opened()
    with home.database.writing() as db:
        person = stored.by_email(db, people.normal_email(email))
        if person is None:
            raise NotFoundError(f"Nobody with {email} is known here. `duiding people list` shows who is.")
        stored.remove(db, person.id, home.clock())
        if withdraw_name:
            stored.take_name_off(db, person.id)
    stays = "without their name; published issues keep it" if withdraw_name else "under their name"
    output.say(f"{person.name} has no access any more. What they wrote stays {stays}.", email=person.email)
