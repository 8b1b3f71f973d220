"""Templates: the one place where text from outside becomes HTML, MJML or plain text.

Everything is escaped, a missing value is an error, and signs that no reader can see (control characters, turns of the
reading direction, halves of characters) never reach a template's output: they break MJML and hide what is written.
"""

import re
import textwrap
from collections.abc import Mapping
from functools import cache
from typing import Any

import mrml
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from curate.people import Language
from curate.urls import safe_link
from reports.words import words

_UNSEEN = dict.fromkeys(
    code
    for first, last in (
        (0x00, 0x08), (0x0B, 0x1F), (0x7F, 0x9F),  # control characters; the line end stays
        (0x061C, 0x061C), (0x200E, 0x200F), (0x202A, 0x202E), (0x2066, 0x2069),  # turns of the reading direction
        (0xFEFF, 0xFEFF), (0xFFF9, 0xFFFB), (0xFFFE, 0xFFFF), (0xD800, 0xDFFF),  # no XML, or no UTF-8
    )
    for code in range(first, last + 1)
)  # fmt: skip
_UNSEEN_OR_BREAK = _UNSEEN | dict.fromkeys((*range(0x09, 0x0E), 0x85), " ")
_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(?:-[a-zA-Z0-9]{2,8})*")
_NO_FONTS = mrml.RenderOptions(fonts={})
"""By default MJML fetches each web font it knows by name from outside, and Roboto stands in every system stack."""


def rendered(name: str, language: Language, values: Mapping[str, object]) -> str:
    """Return the template's text in a language; ``w`` is :func:`reports.words.words` of it, ``language`` its code."""
    return environment().get_template(name).render(w=words(language), language=language, **values)


def rendered_mail(name: str, language: Language, values: Mapping[str, object]) -> str:
    """Return the HTML of an MJML template. Raises ValueError when MJML finds something to warn about."""
    output = mrml.to_html(rendered(name, language, values), render_options=_NO_FONTS)
    if output.warnings:
        raise ValueError(f"{name} is not sound MJML: {output.warnings}")
    return str(output.content)


@cache
def environment() -> Environment:
    """Return Jinja with our filters: ``link``, ``lang``, ``mark``, ``lines``, ``one_line``, ``letter``."""
    made = Environment(
        loader=PackageLoader("reports", "templates"),
        autoescape=select_autoescape(disabled_extensions=("txt",), default=True, default_for_string=True),
        undefined=StrictUndefined,
        finalize=readable,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {
        "link": link, "lang": lang, "mark": mark, "lines": lines, "one_line": one_line, "letter": letter
    }  # fmt: skip
    return made


def readable(value: Any) -> Any:
    """Drop the signs that no reader can see from a text; markup and other values stay as they are."""
    if not isinstance(value, str) or isinstance(value, Markup) or value.isprintable():
        return value  # none of the signs is printable, and asking costs a tenth of looking each one up
    return value.translate(_UNSEEN)


def link(url: str | None) -> str:
    """Return an address that may stand in an ``href``, or an empty text."""
    return (safe_link(url) if url else None) or ""


def lang(code: str) -> str:
    """Return a language code for the ``lang`` attribute; empty, which means "not known", when it is none."""
    return code if _LANGUAGE.fullmatch(code) else ""


def mark(code: str) -> str:
    """Return the mark beside a link: ``NL``, ``EN``; empty when the language is not known."""
    return lang(code).partition("-")[0].upper()


def lines(text: str) -> list[str]:
    """Return the lines of a text that hold something."""
    return [line for line in map(one_line, text.split("\n")) if line]


def one_line(text: str) -> str:
    """Return a text as one line with single spaces, without signs that no reader can see."""
    return " ".join((text if text.isprintable() else text.translate(_UNSEEN_OR_BREAK)).split())


def letter(text: str, indent: int = 0, hang: int | None = None) -> str:
    """Return a text for a plain-text letter: lines of at most 72 characters, long words and addresses left whole."""
    paper = textwrap.TextWrapper(72, break_long_words=False, break_on_hyphens=False)
    paper.initial_indent, paper.subsequent_indent = " " * indent, " " * (indent if hang is None else hang)
    return "\n".join(paper.fill(line) for line in lines(text))
