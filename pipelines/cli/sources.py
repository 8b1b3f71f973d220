"""Commands about sources: which feeds are read, how they fare, and what they cover."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from curate.errors import NotFoundError, UsageError
from pipelines.cli.coverage import coverage
from pipelines.cli.output import Commands, Output, add_group, bytes_of, fraction_failed

if TYPE_CHECKING:
    from curate.health import Heard
    from curate.opml import Subscription
    from curate.sources import Source
    from pipelines.home import Home
    from pipelines.steps.discovering import Discovered
    from storage.database import Session

_COLUMNS = {
    "title": "source",
    "url": "address",
    "state": "state",
    "since": "since",
    "entries": "entries",
    "articles": "articles",
    "polled_at": "asked",
    "why": "what is wrong, and what to do",
}
_CHECKED = {
    "url": "address",
    "entries": "entries",
    "newest_at": "newest",
    "validators": "validators",
    "moved_to": "moved to",
    "error": "what is wrong",
}


def register(app: typer.Typer) -> None:
    """Add these commands."""
    commands: Commands = {
        "add": add,
        "import": import_opml,
        "export": export_opml,
        "list": list_sources,
        "check": check,
        "coverage": coverage,
        "disable": disable,
        "enable": enable,
    }
    add_group(app, "sources", "Feeds: add, import, export, list, check, coverage, disable, enable.", commands)


def add(
    ctx: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="Address of a feed, or of a site that has one.")],
    title: Annotated[str, typer.Option(help="Its name; else the feed says it.")] = "",
    tag: Annotated[list[str] | None, typer.Option(help="A folder it belongs in; may be given several times.")] = None,
    as_is: Annotated[bool, typer.Option("--as-is", help="Add the address as it stands, without asking it.")] = False,
) -> None:
    """Add one feed; one that was disabled is asked again.

    The address is asked once. A feed is added, under its new address if it has moved for good. A web page leads to the
    feed it names, or to the one in the usual places. An address that gives no answer now is added unchecked, and the
    answer says why. One that answers with something else, and leads to no feed, is refused.
    """
    output: Output = ctx.obj
    home = output.opened()
    address = _address(url)
    found = _known(home, address)
    _say_added(output, address, found or _looked_at(home, address, as_is=as_is), title, tuple(tag or ()))


def _address(url: str) -> str:
    """Return an address in the one spelling that OPML is read in too; a part of a page (#) is nothing to a feed."""
    from curate import urls

    address = (urls.safe_link(urls.without_feed_scheme(url)) or "").partition("#")[0]
    if not address:
        raise UsageError(f"{url!r} is not an http(s) address. Copy the address of the feed itself.")
    if urls.is_never_fetched(address):
        raise UsageError(f"{url} is LinkedIn's, which is never fetched. Use `duiding linkedin import` with an export.")
    return address


def _known(home: "Home", url: str) -> "Discovered | None":
    from pipelines.steps.discovering import Discovered
    from storage import sources as stored

    with home.database.reading() as db:
        known = stored.by_url(db, url)
    return Discovered(known.url, reason="It is known.") if known else None


def _looked_at(home: "Home", url: str, *, as_is: bool) -> "Discovered":
    from pipelines.steps import discovering

    if as_is:
        return discovering.Discovered(url, reason="It was not asked (--as-is).")
    return discovering.discover(home, url)


def _say_added(output: Output, asked: str, found: "Discovered", title: str, tags: tuple[str, ...]) -> None:
    from curate import sources
    from storage import sources as stored

    home = output.opened()
    with home.database.writing() as db:
        known = stored.by_url(db, found.url)
        new = stored.add(db, [sources.feed(found.url, title, tags)], home.clock())
        again = known is not None and known.state == "disabled"
        if known and again:
            stored.set_state(db, known.id, "active")
        if found.title and not known:
            stored.introduce(db, sources.feed(found.url).id, found.title, found.language)
    output.say(
        _added(asked, found, new=bool(new), again=again),
        url=found.url,
        asked=asked,
        added=bool(new),
        checked=found.checked,
        title=title or found.title,
        entries=found.entries,
        others=list(found.others),
        reason="" if known else found.reason,
    )


def _added(asked: str, found: "Discovered", *, new: bool, again: bool) -> str:
    if not new:
        return f"{found.url} was there already{' and is asked again' if again else ''}."
    if not found.checked:
        return f"{found.url} is added, unchecked. {found.reason}"
    named = f", {found.title!r}" if found.title else ""
    led = "" if found.url == asked else f" It is where {asked} leads to."
    others = f" There are others: {', '.join(found.others)}." if found.others else ""
    return f"{found.url} is added{named}, {found.entries} entries now.{led}{others}"


def import_opml(
    ctx: typer.Context, file: Annotated[Path, typer.Argument(metavar="OPML", help="As a feed reader exports it.")]
) -> None:
    """Add all feeds of an OPML file; folders become tags. A known feed takes over its name and folders from there."""
    from curate import sources, urls
    from storage import sources as stored

    output: Output = ctx.obj
    home = output.opened()
    found = _subscriptions(bytes_of(file))
    usable = [one for one in found if not urls.is_never_fetched(one.url)]
    with home.database.writing() as db:
        new = stored.add(db, [sources.feed(one.url, one.title, one.tags) for one in usable], home.clock())
    left_out = len(found) - len(usable)
    said = f"{new} sources added, {len(usable) - new} were there already."
    said += f" {left_out} of LinkedIn left out: it is never fetched." if left_out else ""
    output.say(said, added=new, known=len(usable) - new, left_out=left_out)


def _subscriptions(body: bytes) -> "tuple[Subscription, ...]":
    from curate import opml
    from pipelines.workers import Workers

    # Some tens of thousands of feeds take a while; a list made to take for ever is ended.
    with Workers(1, timeout_s=60.0) as workers:
        return workers.call(opml.read, body)


def export_opml(
    ctx: typer.Context,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Else to stdout.")] = None,
) -> None:
    """Write all feeds as OPML."""
    from curate import opml
    from storage import sources as stored

    output: Output = ctx.obj
    home = output.opened()
    with home.database.reading() as db:
        feeds = [one for one in stored.every(db) if one.kind == "feed"]
    written = opml.write([opml.Subscription(one.url, one.title, one.tags) for one in feeds], home.settings.name)
    if out is None:
        output.say(written.decode(), sources=len(feeds))
        return
    try:
        out.write_bytes(written)
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror}. Check the folder.") from None
    output.say(f"{out} holds {len(feeds)} feeds.", file=str(out), sources=len(feeds))


def list_sources(ctx: typer.Context) -> None:
    """List the sources: how each fares, since when, and what to do about it."""
    from collections import Counter

    from storage import coverage as stored

    output: Output = ctx.obj
    home = output.opened()
    now = home.clock()
    with home.database.reading() as db:
        records = [_listed(one, now) for one in stored.heard(db, now)]
    states = Counter(record["state"] for record in records)
    said = f"{len(records)} sources, {states['failing']} failing, {states['silent']} silent."
    output.table(said, records, _COLUMNS, "sources")


def _listed(heard: "Heard", now: datetime) -> dict[str, Any]:
    from curate import health
    from reports.words import words

    w, found = words("en"), health.of(heard, now)
    told = found.reason or found.state
    reason, advice = ("", "") if told == "active" else (w(f"sources.reason.{told}"), w(f"sources.advice.{told}"))
    fields = "url kind title language tags error_kind error polled_at due_at entries articles newest_at".split()
    return {
        **{field: getattr(heard, field) for field in fields},
        "state": found.state,
        "since": found.since,
        "advice": advice,
        "why": f"{heard.error or reason} {advice}".strip(),
    }


def check(ctx: typer.Context) -> int:
    """Ask every feed once and say what it answers; nothing is stored."""
    from dataclasses import asdict

    from pipelines.steps import checking

    output: Output = ctx.obj
    home = output.opened()
    with output.progress() as notify:
        checked = asyncio.run(checking.check(home, notify))
    failed = sum(one.error != "" for one in checked)
    output.table(f"{len(checked)} feeds asked, {failed} failed.", [asdict(one) for one in checked], _CHECKED, "sources")
    return fraction_failed(failed)


def disable(
    ctx: typer.Context, url: Annotated[str, typer.Argument(metavar="URL", help="As `sources list` shows it.")]
) -> None:
    """Stop asking a source; what it brought stays."""
    _set_state(ctx.obj, url, "disabled")
    ctx.obj.say(f"{url} is not asked any more. What it brought stays.", url=url)


def enable(
    ctx: typer.Context, url: Annotated[str, typer.Argument(metavar="URL", help="As `sources list` shows it.")]
) -> None:
    """Ask a disabled source again, at the next ingest."""
    _set_state(ctx.obj, url, "active")
    ctx.obj.say(f"{url} is asked again from the next ingest on.", url=url)


def _set_state(output: Output, url: str, state: str) -> None:
    from storage import sources as stored

    with output.opened().database.writing() as db:
        stored.set_state(db, _source(db, url).id, state)


def _source(db: "Session", url: str) -> "Source":
    """Return the source that is meant; its address may be written in another way."""
    from curate import urls
    from storage import sources as stored

    spelled = (urls.safe_link(urls.without_feed_scheme(url)) or url).partition("#")[0]
    found = stored.by_url(db, url) or stored.by_url(db, spelled)
    if found is None:
        raise NotFoundError(f"There is no source {url}. `duiding sources list` shows them.")
    return found
