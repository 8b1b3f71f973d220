"""Commands about who gets the digest: lists in and out, and single readers."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from curate.errors import NotFoundError, UsageError
from pipelines.cli.homes import language_of
from pipelines.cli.output import Commands, Output, add_group, fraction_failed
from pipelines.cli.readers import show

if TYPE_CHECKING:
    from curate.readerlists import Listed
    from curate.readers import Every, Wishes
    from pipelines.home import Home
    from pipelines.steps.readers import ImportedReaders

_TOLD = 20
"""Refused rows that are told on the terminal; all of them stand in the file."""

EmailArgument = Annotated[str, typer.Argument(metavar="EMAIL", help="Of the reader.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    commands: Commands = {
        "import": import_csv,
        "add": add,
        "list": list_subscribers,
        "export": export_csv,
        "remove": remove,
        "restore": restore,
        "forget": forget,
    }
    add_group(app, "subscribers", "Who gets the digest.", commands)


def import_csv(
    ctx: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(metavar="CSV", help="Columns email; perhaps language, every (issue, month), themes, consent."),
    ],
    consent: Annotated[
        str,
        typer.Option(help="Where their consent comes from, like 'signed up at the fair'; else the name of the list."),
    ] = "",
    preview: Annotated[bool, typer.Option("--preview", help="Say what would happen; write nothing.")] = False,
) -> int:
    """Add subscribers from a list; refused rows go to a file beside it, the good ones are kept."""
    from pipelines.steps import readers

    output: Output = ctx.obj
    home = output.opened()
    if preview:
        done = readers.preview_csv(home, file, consent)
        _say_first(output, done)
        return fraction_failed(len(done.refused))
    with output.progress() as notify:
        done = readers.import_csv(home, file, consent, notify)
    where = f" See {done.file}." if done.file else ""
    output.say(f"{_counted(done, 'added')}{where}", **_record(done))
    _say_rest(output, done)
    return fraction_failed(len(done.refused))


def _counted(done: "ImportedReaders", added: str) -> str:
    counts = done.counts
    barred = counts["forgotten"] + counts["complained"]
    return (
        f"{counts['new']} subscribers {added}, {counts['known']} left as they were, {counts['left']} had left and stay "
        f"away, {barred} must not be mailed, {len(done.refused)} rows refused."
    )


def _record(done: "ImportedReaders") -> dict[str, Any]:
    kinds = ("new", "known", "left", "forgotten", "complained")
    return {
        **{kind: done.counts[kind] for kind in kinds},
        "refused": [one.sentence for one in done.refused],
        "refused_file": str(done.file) if done.file else None,
        "ignored_columns": list(done.ignored),
    }


def _say_first(output: Output, done: "ImportedReaders") -> None:
    rows = [_shown(one) for one in done.first]
    columns = {"email": "address", "language": "language", "every": "every", "themes": "themes", "consent": "consent"}
    sentence = f"{_counted(done, 'would be added')} Nothing was written."
    if output.as_json:
        output.say(sentence, first=rows, **_record(done))
        return
    output.table(sentence, rows, columns, "first")
    _say_rest(output, done)


def _shown(one: "Listed") -> dict[str, Any]:
    wishes = one.wishes
    return {
        "email": one.email,
        "language": wishes.language,
        "every": wishes.every,
        "themes": list(wishes.follows),
        "consent": one.consent,
    }


def _say_rest(output: Output, done: "ImportedReaders") -> None:
    if output.as_json:
        return
    if done.ignored:
        output.say(f"Not read: the columns {', '.join(done.ignored)}.")
    if other := done.counts["other_language"]:
        output.say(f"{other} of them have a language that is not spoken here; they get the network's.")
    for one in done.refused[:_TOLD]:
        output.say(f"  {one.sentence}")
    if len(done.refused) > _TOLD:
        output.say(f"  and {len(done.refused) - _TOLD} more.")


def add(
    ctx: typer.Context,
    email: EmailArgument,
    language: Annotated[str | None, typer.Option(help="nl or en; else the network's.")] = None,
    every: Annotated[str, typer.Option(help="issue, or month for one letter a month.")] = "issue",
    theme: Annotated[
        list[str] | None, typer.Option(metavar="THEME", help="Id of a theme to follow; may be repeated.")
    ] = None,
    consent: Annotated[str, typer.Option(help="Where their consent comes from.")] = "told the operator",
) -> None:
    """Add one subscriber who asked for it."""
    from storage import subscribers

    output: Output = ctx.obj
    home = output.opened()
    wishes = _wishes(home, language, every, theme or [])
    one = subscribers.wishing(_address(email), wishes)
    with home.database.writing() as db:
        new = subscribers.add(db, one, consent, home.clock())
    said = (
        f"{one.email} gets the digest."
        if new
        else f"{one.email} is left as they were: known, gone or forgotten. `duiding subscribers restore` brings back."
    )
    output.say(said, email=one.email, added=new)


def _wishes(home: "Home", language: str | None, every: str, theme_ids: list[str]) -> "Wishes":
    from curate.readers import Wishes
    from storage import themes

    with home.database.reading() as db:
        follows = tuple(sorted({themes.named(db, one) for one in theme_ids}))
    return Wishes(language_of(language or home.settings.language), _every(every), follows)


def _every(text: str) -> "Every":
    match text:
        case "issue" | "month":
            return text
        case _:
            raise UsageError(f"--every {text!r} is not known. Write issue or month.")


def list_subscribers(ctx: typer.Context) -> None:
    """List the subscribers."""
    from storage import subscribers

    output: Output = ctx.obj
    with output.opened().database.reading() as db:
        records = list(subscribers.export(db))
    columns = {
        "email": "address",
        "language": "language",
        "every": "every",
        "themes": "themes",
        "state": "state",
        "added_at": "since",
        "consent": "consent",
    }
    active = [record for record in records if record["state"] == "active"]
    monthly = sum(record["every"] == "month" for record in active)
    sentence = f"{len(records)} subscribers, {len(active)} active, {monthly} of those by the month."
    output.table(sentence, records, columns, "subscribers")


def export_csv(
    ctx: typer.Context, out: Annotated[Path | None, typer.Option(metavar="FILE", help="Else to stdout.")] = None
) -> None:
    """Write the subscribers as a CSV that `import` takes back as it is; themes by their ids."""
    from storage import subscribers

    output: Output = ctx.obj
    with output.opened().database.reading() as db:
        records = list(subscribers.export(db))
    if not output.as_json or out:
        records = [{**record, "themes": "|".join(record["themes"])} for record in records]
    show(output, records, "csv", out, fields=subscribers.FIELDS)


def remove(ctx: typer.Context, email: EmailArgument) -> None:
    """Take someone off the list who asked for it; no import brings them back, they themselves can come back."""
    from storage import subscribers

    output: Output = ctx.obj
    home = output.opened()
    with home.database.writing() as db:
        found = subscribers.by_email(db, _address(email))
        if found is None:
            raise NotFoundError(f"{email} is not known here. `duiding subscribers list` shows who is.")
        subscribers.unsubscribe(db, found.id, home.clock())
    output.say(f"{found.email} gets no mail any more.", email=found.email)


def restore(
    ctx: typer.Context,
    email: EmailArgument,
    consent: Annotated[str, typer.Option(help="How they told you that they want it; needed.")] = "",
) -> None:
    """Bring back someone who left, was forgotten, was suspended or complained, and now asks for the digest."""
    from storage import subscribers
    from storage.subscribers import Consent

    output: Output = ctx.obj
    home = output.opened()
    if not consent.strip():
        raise UsageError("Say how they told you that they want it, like --consent 'wrote to me on 3 May'.")
    address = _address(email)
    with home.database.writing() as db:
        before = subscribers.by_email(db, address)
        one = before or subscribers.subscriber(address, home.settings.language)
        subscribers.restore(db, one, Consent(consent.strip(), home.clock()))
    output.say(f"{address} gets the digest again.", email=address)


def forget(ctx: typer.Context, email: EmailArgument) -> None:
    """Erase a subscriber; only a hash stays, so that no import brings them back."""
    from storage import subscribers

    output: Output = ctx.obj
    home = output.opened()
    with home.database.writing() as db:
        known = subscribers.forget(db, _address(email), home.clock())
    said = "is erased." if known else "was not known; no import will add them."
    output.say(f"{email} {said}", email=email, known=known)


def _address(text: str) -> str:
    from curate import people

    return people.normal_email(text)
