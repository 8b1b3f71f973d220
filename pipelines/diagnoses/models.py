"""look at the model | let it encode a little | hold it against the languages of the articles; changes nothing"""

import time
from datetime import timedelta

from curate import findings
from curate.errors import ModelError
from curate.findings import Finding
from pipelines import model as models
from pipelines.home import Home
from pipelines.model import SentenceEncoder
from storage import articles

_LOOKED_BACK = timedelta(weeks=4)
_TRIED = ["Wat een lerend netwerk leert, wordt zelden opgeschreven en gaat verloren als mensen vertrekken. " * 14] * 32
"""About 200 words each: what the speed of an encoder is told in."""


def everything(home: Home) -> list[Finding]:
    """Return what there is to say of this installation."""
    try:
        encoder = models.encoder(home.settings.model)
        return [_of_weights(encoder), _of_speed(encoder), of_languages(home)]
    except ModelError as error:
        return [Finding("model", "broken", str(error))]


def of_languages(home: Home) -> Finding:
    """Return whether the model knows the languages of the articles of the last four weeks; loads nothing."""
    now = home.clock()
    with home.database.reading() as db:
        counts = articles.languages(db, now - _LOOKED_BACK, now)
    return findings.of_languages(counts, home.settings.model)


def _of_weights(encoder: SentenceEncoder) -> Finding:
    return Finding("model", "fine", f"The model {encoder.name} is here; its weights are {encoder.revision}.")


def _of_speed(encoder: SentenceEncoder) -> Finding:
    encoder.encode(_TRIED[:1])  # loads the model, which is not its speed
    began_s = time.monotonic()
    encoder.encode(_TRIED)
    return findings.of_speed(encoder.backend, len(_TRIED) / (time.monotonic() - began_s))
