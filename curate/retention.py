"""How long what is kept, in one table; which copies of the database stay. The words for people: docs/privacy.md."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

OVER_DAYS = 30
"""Days for which links and sessions that are over still stand in the file with everything about a person."""
UNSAID_DAYS = 90
"""Days for which something unfinished waits: a draft of a form, an invitation that nobody followed."""
COPY_DAYS = 90
"""Days for which copies are kept that a migration or a restore made."""


@dataclass(frozen=True, slots=True)
class Periods:
    """What an operator may lengthen or shorten, in days."""

    export_rows_days: int = 90
    """Words of rows from members' LinkedIn exports, and rows that never became an article."""
    surfacings_days: int = 396
    """That a member brought an article from their export: thirteen months. Never for what is published."""
    traces_days: int = 396
    """What machines said: words of mail servers, lifted suspensions, fetches that no article rests on."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What goes, and after how many days. ``name`` is the statement in ``storage/sql/retention.sql``."""

    name: str
    days: int
    what: str
    """As a person calls it, in the plural."""


def rules(periods: Periods) -> tuple[Rule, ...]:
    """Return what goes when, in the order in which it must go: words before the rows that they belong to."""
    rows, brought, traces = periods.export_rows_days, periods.surfacings_days, periods.traces_days
    return (
        Rule("export_words", rows, "texts of LinkedIn rows"),
        Rule("export_rows", rows, "LinkedIn rows that brought no article"),
        Rule("surfacings", brought, "notes of who brought an article"),
        Rule("brought_rows", brought, "LinkedIn rows whose article nobody is told to have brought"),
        Rule("unconfirmed", 0, "subscriptions that nobody confirmed"),
        Rule("sign_ins", OVER_DAYS, "sign-in links that are over"),
        Rule("sessions", OVER_DAYS, "sessions that are over"),
        Rule("welcomes", UNSAID_DAYS, "invitations that are over"),
        Rule("drafts", UNSAID_DAYS, "drafts that were left lying"),
        Rule("returns", traces, "words of mail that came back"),
        Rule("suspensions", traces, "suspensions that were lifted"),
        Rule("delivery_errors", traces, "answers of mail servers"),
        Rule("fetches", traces, "fetches that no article rests on"),
    )


def kept_copies(taken: Iterable[datetime], nights: int, weeks: int) -> frozenset[datetime]:
    """Return which copies stay: the last of each of the newest ``nights`` days, and of the newest ``weeks`` ISO weeks.

    Only days and weeks with a copy count, so that a machine that was off for a month throws nothing away. The newest
    one always stays.
    """
    newest_first = sorted(taken, reverse=True)
    days: dict[object, datetime] = {}
    of_weeks: dict[object, datetime] = {}
    for moment in newest_first:
        days.setdefault(moment.date(), moment)
        of_weeks.setdefault(moment.isocalendar()[:2], moment)
    return frozenset([*newest_first[:1], *list(days.values())[:nights], *list(of_weeks.values())[:weeks]])
