"""The CSV files of an export: each row becomes an activity, or is left out with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import unquote

from curate import dialects, ids, linkedin_moments, texts, urls, urns
from curate.linkedin_activity import (
    Activity,
    Choice,
    Kind,
    LeftOut,
    Reading,
    external,
    left_out,
    on_linkedin,
    repair_language,
    words,
)

_Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Form:
    """The columns of one file kind, by the names that :func:`dialects.column_name` gives."""

    kind: Kind
    required: frozenset[str]
    link: str = "link"
    dates: tuple[str, ...] = ("date",)
    text: str = ""
    title: str = ""
    further: frozenset[str] = field(default_factory=frozenset)

    @property
    def columns(self) -> frozenset[str]:
        return self.required | self.further | {self.link, self.text, self.title, *self.dates}


_SHARES = _Form(
    "share",
    frozenset({"sharelink"}),
    link="sharelink",
    text="sharecommentary",
    further=frozenset({"sharedurl", "mediaurl", "visibility"}),
)
_FORMS = {
    "shares": _SHARES,
    "comments": _Form("comment", frozenset({"link", "message"}), text="message"),
    "saved": _Form("saved", frozenset({"saveditem"}), link="saveditem", dates=("createdtime", "savedat", "date")),
    "reposts": _Form("repost", frozenset({"date", "link"})),
    "reactions": _Form("reaction", frozenset({"type", "link"}), title="type"),
    "votes": _Form("vote", frozenset({"link", "optiontext"}), title="optiontext"),
}


@dataclass(frozen=True, slots=True)
class _File:
    """One file that was opened, with what holds for all its rows."""

    member: str
    form: _Form
    choice: Choice
    language: str | None  # its texts are repaired in, see repair_language


def reading_of(member: str, holds: str, content: bytes, choice: Choice) -> Reading:
    """Read one CSV file that holds ``shares``, ``comments``, ``saved``, ``reposts``, ``reactions`` or ``votes``."""
    form = _FORMS[holds]
    text, encoding = dialects.decoded(content)
    table = dialects.table_of(text, form.required, frozenset(form.dates))
    if table is None:
        return Reading(form.kind, unknown=_unknown_header(member, text))
    language = repair_language(cells.get(form.text, "") for cells in table.rows)
    file = _File(member, form, choice, language)
    rows = [_row(file, cells) for cells in table.rows]
    return Reading(
        kind=form.kind,
        activities=tuple(row for row in rows if isinstance(row, Activity)),
        left_out=(*(row for row in rows if isinstance(row, LeftOut)), *_fragments(file, table.misfits)),
        unknown=tuple(_unknown_columns(file, table)),
        notes=tuple(_notes(file, encoding, table)),
    )


def _row(file: _File, cells: _Cells) -> Activity | LeftOut:
    form = file.form
    if _at(form, cells) is None and _date_cell(form, cells) and not _is_link(_link(form, cells)):
        # A fragment of a broken record can be as wide as a whole one: its words are not known to be whole.
        return LeftOut(file.member, form.kind, None, "fragment")
    activity = _activity(file, cells)
    why = _why_not(activity, file.choice)
    return left_out(file.member, activity, why) if why else activity


def _activity(file: _File, cells: _Cells) -> Activity:
    form, link = file.form, _link(file.form, cells)
    urn = urns.urn_of(link)
    text = words(unwrapped(cells.get(form.text, "")), file.language)
    return Activity(
        key=_key(form, cells, urn),
        kind=form.kind,
        urn=urn,
        # The number in another's post tells when that was written, not when the owner answered or saved it.
        at=_at(form, cells) or (urns.posted_at(urn) if form.kind == "share" else None),
        urls=external((cells.get("sharedurl", ""), link, *urls.found_in(text))),
        title=texts.one_line(words(cells.get(form.title, ""), None), 200),
        text=text,
        visibility=cells.get("visibility", "").strip().upper() if form.kind == "share" else None,
        link=on_linkedin(link),
    )


def _key(form: _Form, cells: _Cells, urn: str | None) -> str:
    if urn and form.kind != "comment":
        return f"{form.kind}:{urn}"
    link = unquote(_link(form, cells))
    if link and form.kind not in ("comment", "share"):
        return f"{form.kind}:{ids.of(link)}"
    # What the owner wrote has no number of its own here, and one post can have several comments: what it says and when
    # is its identity. It is taken as it stands in the file, so that a better repair later changes no key.
    at, written = _at(form, cells), cells.get(form.text, "")
    when = at.isoformat() if at else _date_cell(form, cells)
    return f"{form.kind}:{ids.of(when, link, ' '.join(written.split()), cells.get('sharedurl', '').strip())}"


def _why_not(activity: Activity, choice: Choice) -> str | None:
    if urns.kind_of(activity.urn) == "groupPost" and "group_posts" not in choice.allow:
        return "group"
    if activity.visibility is None or activity.visibility in choice.visibilities:
        return None
    return "audience" if activity.visibility else "no_audience"


def unwrapped(value: str) -> str:
    """Return a post without the quotes that the export puts around each of its lines.

    They are taken away only when every line break stands between quotes and the first and last line have an odd number
    of them; a post that quotes whole lines itself keeps its quotes.
    """
    first, _, rest = value.partition("\n")
    last = rest.rpartition("\n")[2]
    wrapped = rest and value.count("\n") == value.count('"\n"') and first.count('"') % 2 and last.count('"') % 2
    return value.replace('"\n"', "\n") if wrapped else value


def _at(form: _Form, cells: _Cells) -> datetime | None:
    return linkedin_moments.moment_of(_date_cell(form, cells))


def _date_cell(form: _Form, cells: _Cells) -> str:
    return next((cells[name].strip() for name in form.dates if name in cells), "")


def _link(form: _Form, cells: _Cells) -> str:
    return cells.get(form.link, "").strip()


def _is_link(link: str) -> bool:
    return link.startswith(("http://", "https://")) or urns.urn_of(link) is not None


def _fragments(file: _File, misfits: int) -> list[LeftOut]:
    return [LeftOut(file.member, file.form.kind, None, "fragment")] * misfits


def _unknown_header(member: str, text: str) -> tuple[str, ...]:
    named = texts.one_line(", ".join(dialects.first_record(text)), 120) or "nothing"
    return (f"{member}: the columns are not recognised ({named})",)


def _unknown_columns(file: _File, table: dialects.Table) -> list[str]:
    strange = [each for each in table.columns if each.strip() and dialects.column_name(each) not in file.form.columns]
    return [f"{file.member}: column {texts.one_line(each, 60)} is not recognised" for each in strange]


def _notes(file: _File, encoding: str, table: dialects.Table) -> list[str]:
    quoting = "doubled quotes" if table.quoting == "doubled" else "quotes after a backslash"
    notes = [f"{file.member}: {len(table.rows)} rows, read with {quoting}"]
    if encoding == "cp1252":
        notes.append(f"{file.member}: is not UTF-8 and was read as windows-1252; letters with accents may be wrong")
    if file.language:
        notes.append(f"{file.member}: damaged letters were repaired")
    form = file.form
    if undated := sum(_at(form, cells) is None and _date_cell(form, cells) != "" for cells in table.rows):
        notes.append(f"{file.member}: {undated} dates are written in a way that is not known")
    return notes
