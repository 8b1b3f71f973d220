"""Commands about mail on its way: send, pause, what failed, what came back."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from curate.errors import NotFoundError, UsageError
from pipelines.cli.output import Commands, Output, add_group, fraction_failed
from pipelines.cli.weeks import WeekOption, counts_of, week_of

if TYPE_CHECKING:
    from pipelines.home import Home

_SHOWN = 20
"""Failures shown after a send; all stand in `deliveries list`."""
_STATES = ("waiting", "sending", "sent", "returned", "failed", "withdrawn")
_COLUMNS = {
    "issue": "issue",
    "subscriber": "reader",
    "state": "state",
    "attempts": "attempts",
    "sent_at": "sent",
    "error": "what was said",
}


def register(app: typer.Typer) -> None:
    """Add these commands."""
    listing: Commands = {"list": list_deliveries, "suspended": list_suspended, "lift": lift}
    add_group(app, "deliveries", "Mail on its way to readers, and what did not arrive.", listing)
    for single in (send, bounces):
        app.command()(single)


def send(
    ctx: typer.Context,
    week: WeekOption = None,
    only: Annotated[str | None, typer.Option(metavar="failed", help="Try again what failed for good.")] = None,
    pause: Annotated[bool, typer.Option("--pause", help="Send nothing more, also not what is under way.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="End the pause, and send what waits.")] = False,
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="Why it is paused; `status` shows it.")] = "",
) -> int:
    """Send what waits in the outbox, pause it, or go on; without a week also the letters of a month that is over."""
    from pipelines.steps import monthly, sending

    output: Output = ctx.obj
    home = output.opened()
    if only not in (None, "failed"):
        raise UsageError(f"--only {only} is not known. Write --only failed.")
    if pause and (resume or only or week):
        raise UsageError("--pause stops all sending and goes alone, or with --why.")
    if why and not pause:
        raise UsageError("--why goes with --pause.")
    number = None if week is None else _number(home, week)
    if pause:
        output.say(sending.pause(home, " ".join(why.split())).sentence, paused=True)
        return 0
    if resume:
        sending.resume(home)
    if week is None:
        monthly.fill_due(home)
    if only:
        sending.try_failed_again(home, number)
    return _sent(output, home, number)


def _sent(output: Output, home: "Home", number: int | None) -> int:
    from pipelines import posting
    from pipelines.steps import sending

    with output.progress() as notify:
        sent = sending.send(home, number, notify)
    paused = sent.paused is not None
    output.say(f"{sent.sentence} {posting.where(home)}", **counts_of(sent), paused=paused)
    if not output.as_json:
        _show_failed(output, home, number)
    return fraction_failed(sent.failed + sent.put_off)


def _number(home: "Home", week: str) -> int:
    from storage import issues

    with home.database.reading() as db:
        found = issues.of_week(db, str(week_of(home, week)))
    if found is None:
        raise NotFoundError(f"There is no issue of {week}. Make it with `duiding publish --week {week}`.")
    return found.number


def _show_failed(output: Output, home: "Home", number: int | None) -> None:
    from storage import deliveries

    with home.database.reading() as db:
        failed = [one for one in deliveries.export(db, None, "failed") if number in (None, one["issue"])]
    if failed:
        more = f" The first {_SHOWN}; all: `duiding deliveries list --state failed`." if len(failed) > _SHOWN else ""
        again = "`duiding send --only failed` tries them again."
        output.table(f"{len(failed)} failed for good.{more} {again}", failed[:_SHOWN], _COLUMNS, "failed")


def list_deliveries(
    ctx: typer.Context,
    week: WeekOption = None,
    state: Annotated[str | None, typer.Option(metavar="|".join(_STATES), help="Only these.")] = None,
) -> None:
    """List deliveries with their state and what the mail server said; without --week those of all issues."""
    from storage import deliveries

    output: Output = ctx.obj
    home = output.opened()
    if state is not None and state not in _STATES:
        raise UsageError(f"{state!r} is no state. Choose one of {', '.join(_STATES)}.")
    wanted = None if week is None else str(week_of(home, week))
    with home.database.reading() as db:
        records = list(deliveries.export(db, wanted, state))
    output.table(f"{len(records)} deliveries.", records, _COLUMNS, "deliveries")


def list_suspended(ctx: typer.Context) -> None:
    """List the readers who get no mail because it does not arrive, and why."""
    from dataclasses import asdict

    from storage import suspensions

    output: Output = ctx.obj
    with output.opened().database.reading() as db:
        records: list[dict[str, Any]] = [asdict(one) for one in suspensions.current(db)]
    columns = {"email": "reader", "kind": "kind", "since": "since", "why": "why"}
    output.table(f"{len(records)} readers are suspended.", records, columns, "suspended")


def lift(ctx: typer.Context, email: Annotated[str, typer.Argument(metavar="EMAIL", help="Of the reader.")]) -> None:
    """Let a suspended reader get the next issues again; what failed before counts no more."""
    from curate import people
    from storage import subscribers, suspensions

    output: Output = ctx.obj
    home = output.opened()
    with home.database.writing() as db:
        found = subscribers.by_email(db, people.normal_email(email))
        if found is None or found.state != "suspended":
            raise NotFoundError(f"{email} is not suspended. `duiding deliveries suspended` lists who is.")
        suspensions.lift(db, found.id, home.clock())
    output.say(f"{found.email} gets the next issue again.", email=found.email)


def bounces(
    ctx: typer.Context,
    mailbox: Annotated[
        str, typer.Argument(metavar="PATH|-", help="A maildir, mbox file, folder of .eml files or mail; -: stdin.")
    ] = "",
) -> None:
    """Take in what came back: failures, complaints, replies. Without PATH from the mailbox in [bounces]."""
    from curate.returned_mail import MOST_BYTES
    from pipelines import mailboxes
    from pipelines.steps import returning

    output: Output = ctx.obj
    home = output.opened()
    if mailbox == "-":
        box: mailboxes.Mailbox | None = mailboxes.Piped(sys.stdin.buffer.read(MOST_BYTES))
    else:
        box = mailboxes.at(Path(mailbox)) if mailbox else mailboxes.configured(home)
    if box is None:
        raise UsageError("No mailbox is set. Fill in [bounces] in duiding.toml, or name one: `duiding bounces PATH`.")
    taken = returning.read(home, box)
    output.say(taken.sentence, kinds=dict(taken.kinds), suspended=taken.suspended)
