"""Commands about the week: cluster, open the round, remind, publish."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from curate.errors import UsageError
from pipelines.cli.output import Output, add_group, fraction_failed

if TYPE_CHECKING:
    from curate.weeks import Week
    from pipelines.home import Home
    from pipelines.steps.clustering import Span
    from pipelines.steps.tours import Sent

WeekOption = Annotated[str | None, typer.Option("--week", metavar="WEEK", help="Like 2026-W47; else the last one.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    add_group(app, "week", "The weekly round.", {"run": run_week, "skip": skip_week, "reopen": reopen_week})
    for single in (embed, cluster, link, remind, publish):
        app.command()(single)


def run_week(ctx: typer.Context, week: WeekOption = None) -> None:
    """Start a week's round: encode, cluster, open, invite. Running it again changes nothing that people work on."""
    from pipelines import posting
    from pipelines.steps import rounds

    output: Output = ctx.obj
    home = output.opened()
    with output.progress() as notify:
        opened = rounds.run_week(home, week_of(home, week), notify)
    said = f"{opened.sentence} {posting.where(home)}" if opened.invited else opened.sentence
    output.say(said, week=opened.week, clusters=opened.clusters, invited=opened.invited)


def skip_week(
    ctx: typer.Context,
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason; stands in the log of the week.")],
    week: WeekOption = None,
) -> None:
    """Close a round without an issue. What people said in it is kept."""
    from pipelines.steps import reviewing

    output: Output = ctx.obj
    home = output.opened()
    wanted, reason = week_of(home, week), " ".join(why.split())
    if not reason:
        raise UsageError('Say why, with --why "…": it stands in the log of the week.')
    reviewing.skip(home, wanted, reason)
    output.say(f"{wanted} is skipped: it has no issue. What people said is kept.", week=str(wanted), state="skipped")


def reopen_week(ctx: typer.Context, week: WeekOption = None) -> None:
    """Open a round again that was closed or skipped, as long as its issue is not frozen."""
    from pipelines.steps import reviewing

    output: Output = ctx.obj
    home = output.opened()
    wanted = week_of(home, week)
    until = reviewing.reopen(home, wanted).astimezone(home.settings.zone)
    said = f"The round of {wanted} is open until {until:%Y-%m-%d %H:%M %Z}."
    output.say(said, week=str(wanted), state="open", closes_at=until.isoformat())


def embed(
    ctx: typer.Context,
    week: WeekOption = None,
    since: Annotated[
        datetime | None, typer.Option("--since", metavar="DATE", help="All from this day on, instead of one week.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="All articles there are, as after a change of model.")
    ] = False,
) -> None:
    """Encode what has no vector of the current model yet. Killed, it keeps what was ready; run it again to go on."""
    from pipelines import model
    from pipelines.steps import encoding

    output: Output = ctx.obj
    home = output.opened()
    encoder = model.encoder(home.settings.model)
    planned = encoding.plan_between(home, *_stretch(home, week, since, everything), encoder)
    tell = _to_stderr if not output.as_json else _to_nobody
    tell(f"{len(planned.missing)} of {planned.texts} texts have no vector of {encoder.name} ({encoder.revision}).")
    with output.progress() as notify:
        encoded = encoding.embed(home, planned, encoder, notify, lambda left, s: tell(_foretold(left, s)))
    output.say(
        f"{encoded} of {planned.texts} texts encoded with {encoder.name}.",
        texts=planned.texts,
        encoded=encoded,
        model=encoder.name,
        revision=encoder.revision,
    )


def _stretch(home: "Home", week: str | None, since: datetime | None, everything: bool) -> "tuple[datetime, datetime]":
    from datetime import UTC

    if sum((week is not None, since is not None, everything)) > 1:
        raise UsageError("--week, --since and --all exclude each other. Give one of them.")
    forever = datetime.max.replace(tzinfo=UTC)
    if everything:
        return datetime.min.replace(tzinfo=UTC), forever
    if since:
        return since.replace(tzinfo=UTC), forever
    wanted = week_of(home, week)
    return wanted.starts_at, wanted.ends_at


def _foretold(left: int, most_s: float) -> str:
    time = "less than a minute" if most_s < 60 else f"about {most_s / 60:.0f} minutes at most"
    return f"{left} texts are left: {time}."


def _to_stderr(sentence: str) -> None:
    typer.echo(sentence, err=True)


def _to_nobody(_: str) -> None:
    """A program asked, and reads one JSON object."""


def cluster(
    ctx: typer.Context,
    week: WeekOption = None,
    since: Annotated[
        datetime | None, typer.Option("--from", metavar="DATE", help="First day instead of Monday.")
    ] = None,
    until: Annotated[datetime | None, typer.Option("--to", metavar="DATE", help="Last day instead of Sunday.")] = None,
) -> None:
    """Group the articles of a week into clusters, and ask nobody yet; `clusters show WEEK` shows them."""
    from pipelines.steps import clustering

    output: Output = ctx.obj
    home = output.opened()
    with output.progress() as notify:
        done = clustering.cluster(home, _span(week_of(home, week), since, until), notify)
    output.say(
        done.sentence,
        week=done.week,
        articles=done.articles,
        encoded=done.encoded,
        clusters=done.clusters,
        single=done.single,
        themes=done.themes,
        run=done.run_id,
    )


def _span(week: "Week", since: datetime | None, until: datetime | None) -> "Span":
    from datetime import UTC, timedelta

    from pipelines.steps.clustering import Span

    first = since.replace(tzinfo=UTC) if since else week.starts_at
    after = until.replace(tzinfo=UTC) + timedelta(days=1) if until else week.ends_at
    if first >= after:
        raise UsageError(f"--from {first:%Y-%m-%d} lies after --to {until:%Y-%m-%d}. Exchange them.")
    return Span(week, first, after)


def link(ctx: typer.Context, email: Annotated[str, typer.Argument(metavar="EMAIL", help="Whose link it is.")]) -> None:
    """Print a sign-in link for someone; it works once."""
    from pipelines.steps import rounds

    output: Output = ctx.obj
    address = rounds.link_for(output.opened(), email)
    output.say(address, link=address)


def remind(ctx: typer.Context, week: WeekOption = None) -> None:
    """Remind who was asked and has not spoken; each person once a round."""
    from pipelines import posting
    from pipelines.steps import rounds

    output: Output = ctx.obj
    home = output.opened()
    reminded = rounds.remind(home, week_of(home, week))
    output.say(f"{reminded} catalysts reminded. {posting.where(home)}", reminded=reminded)


def publish(
    ctx: typer.Context,
    week: WeekOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the issue as it would be; change nothing.")] = False,
) -> int:
    """Close the round, freeze the issue, send it. Running it again sends only what was not sent."""
    from pipelines import posting
    from pipelines.steps import publishing, reviewing, sending
    from reports import digests

    output: Output = ctx.obj
    home = output.opened()
    wanted = week_of(home, week)
    if dry_run:
        issue = publishing.draft(home, wanted)
        text = digests.plain(issue, home.settings.language, digests.links_of(home.settings.public_url, issue.number))
        state = reviewing.stage(home, wanted)
        said = text if output.as_json else f"State of {wanted}: {state}.\n\n{text}"
        output.say(said, week=str(wanted), number=issue.number, items=len(issue.items), state=state)
        return 0
    done = publishing.publish(home, wanted)
    with output.progress() as notify:
        sent = sending.send(home, done.issue.number, notify)
    output.say(
        f"Issue {done.issue.number} of {wanted}: {len(done.issue.items)} items, see {done.page}. "
        f"{sent.sentence} {posting.where(home)}",
        week=str(wanted),
        number=done.issue.number,
        items=len(done.issue.items),
        page=str(done.page),
        map=str(done.map),
        **counts_of(sent),
    )
    return fraction_failed(sent.failed + sent.put_off)


def counts_of(sent: "Sent") -> dict[str, int]:
    """Return what sending brought, for a program."""
    return {"sent": sent.sent, "put_off": sent.put_off, "failed": sent.failed}


def week_of(home: "Home", text: str | None) -> "Week":
    """Return the week that is meant: the one given, else the last."""
    from curate.weeks import Week
    from pipelines.steps import rounds

    return rounds.last_week(home) if text is None else Week.parse(text)
