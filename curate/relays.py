"""A question that a reader has passed on to somebody who may be asked: the rules of its form."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from curate import texts, urls
from curate.errors import UsageError
from curate.people import NAME_MAX, normal_email

QUESTION_MAX, LINKS_MAX = 500, 2
FIELDS = ("text", "name", "email", "consent")
"""In the order of the page."""
MOST_A_DAY = 10
"""Questions to one person; who may be asked is not to be flooded."""
_LOOKED_AT = 8192


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, by whom, and where the answer goes."""

    text: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A form after checking: the question, or what is wrong with it, as keys of the words files by field name."""

    question: Question | None
    problems: Mapping[str, str] = field(default_factory=dict)


def checked(form: Mapping[str, str]) -> Checked:
    """Read a form; without ``consent`` nobody's address is passed on."""
    text = texts.clean(form.get("text", "")[:_LOOKED_AT])
    name = texts.one_line(form.get("name", "")[:_LOOKED_AT], _LOOKED_AT)
    found = {
        "text": _problem_of(text),
        "name": "" if 0 < len(name) <= NAME_MAX else "problem.relay_name_long" if name else "problem.relay_name",
        "email": "" if _email(form) else "problem.relay_email",
        "consent": "" if form.get("consent") else "problem.relay_consent",
    }
    problems = {name: key for name, key in found.items() if key}
    return Checked(None, problems) if problems else Checked(Question(text, name, _email(form)))


def _problem_of(text: str) -> str:
    if not text:
        return "problem.relay_text"
    if len(text) > QUESTION_MAX:
        return "problem.relay_text_long"
    return "problem.relay_links" if len(urls.found_in(text)) > LINKS_MAX else ""


def _email(form: Mapping[str, str]) -> str:
    """The address in normal form; empty when mail could not be answered there."""
    try:
        email = normal_email(form.get("email", ""))
    except UsageError:
        return ""
    return email if email.isascii() and ".." not in email and not email.startswith((".", "-")) else ""
