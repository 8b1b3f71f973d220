"""what a person says of a theme | checked | kept: it wins over the machine and outlives every clustering"""

from typing import Literal

from curate import themes
from curate.errors import NotFoundError, UsageError
from pipelines.home import Home
from pipelines.steps import acting
from storage import themes as stored_themes
from storage.themes import Suggestion


def name(home: Home, theme: str, words: str, email: str) -> tuple[str, str]:
    """Give a theme its name, and return its id and the name as kept; who names it last wins, the machine never does.

    ``theme`` is an id or a unique beginning of one. Raises UsageError for a name that is none and NotFoundError for an
    unknown theme or person.
    """
    kept = themes.clean_name(words)
    with home.database.writing() as db:
        theme_id = stored_themes.named(db, theme)
        stored_themes.name(db, theme_id, kept, acting.person(db, email, "decide about themes").id, home.clock())
    return theme_id, kept


def decide(home: Home, suggestion: str, said: Literal["accepted", "refused"], email: str) -> Suggestion:
    """Keep what a person says about a suggestion, and return the suggestion; saying otherwise later is possible.

    Raises UsageError and NotFoundError as :func:`name` does.
    """
    with home.database.writing() as db:
        found = [one for one in stored_themes.suggestions(db) if suggestion and one.id.startswith(suggestion)]
        if not found:
            raise NotFoundError(f"There is no suggestion {suggestion!r}. `duiding themes suggestions` shows them.")
        if len(found) > 1:
            raise UsageError(f"{suggestion!r} is the beginning of several suggestions. Give more of it.")
        stored_themes.decide(db, found[0].id, said, acting.person(db, email, "decide about themes").id, home.clock())
    return found[0]
