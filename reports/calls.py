"""What an issue asks of its readers, in words, and the addresses that lead there."""

from urllib.parse import urlencode

from curate.issues import Item
from curate.people import Language
from reports.words import Words


def invitation(item: Item, w: Words) -> str:
    """Return the one thing that an item asks, as a sentence; empty when it asks nothing."""
    if item.act not in ("", "signal"):
        return w(f"act.{item.act}.ask")
    if item.differ:
        return w("issue.differ_invitation")
    if len(item.voices) == 1:
        return w("issue.one_voice_invitation")
    # Issues from before acts were chosen asked nothing here, and still say what they said.
    return w("act.signal.ask") if item.act else ""


def link_words(item: Item, w: Words) -> str:
    """Return the words of the link under what an item asks."""
    return w(f"act.{item.act or 'signal'}.link")


def address(answer: str | None, language: Language, about: str) -> str:
    """Return where one thing in an issue is answered, in the reader's language; empty where nobody can answer."""
    return f"{answer}?{urlencode({'about': about, 'lang': language})}" if answer else ""
