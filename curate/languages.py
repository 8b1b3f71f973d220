"""The language of a text, as far as it can be told."""

import functools
from typing import TYPE_CHECKING

from curate import texts

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

UNKNOWN = "und"
SURE = 0.6
"""Above this likelihood a text speaks for itself, whatever its feed says."""
FAIR = 0.35
"""Above this it is believed when nothing else is known."""

_ENOUGH_WORDS = 4
_READ = 5000
"""Characters; more tells nothing new."""


def detect(text: str, prior: str | None = None) -> str:
    """Return the ISO 639-1 code of the language of ``text``, or "und".

    ``prior`` is what its feed or page says (a language tag); it decides where the text is too short or too doubtful.
    """
    claimed = (prior or "").strip().lower().replace("_", "-").split("-")[0]
    claimed = claimed if len(claimed) == 2 and claimed.isalpha() else ""
    if texts.words_count(text[:_READ]) < _ENOUGH_WORDS:
        return claimed or UNKNOWN
    # Codes of three letters are dialects and creoles that short English or Dutch texts are mistaken for.
    ranked = [(code, likelihood) for code, likelihood in _identifier().rank(text[:_READ]) if len(code) == 2]
    language, likelihood = ranked[0]
    if likelihood >= SURE or (likelihood >= FAIR and not claimed):
        return str(language)
    return claimed or UNKNOWN


@functools.cache
def _identifier() -> "LanguageIdentifier":
    """Return py3langid over all its languages; loading takes half a second, so it is done at first use."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
