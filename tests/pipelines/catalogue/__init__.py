"""The catalogue of what sources do wrong: each case is one source, named after its number and what it does."""

from tests.pipelines.catalogue.building import MOST_BYTES, PARSING_S, Fault, Oddity, answers
from tests.pipelines.catalogue.fetching import FETCHING, GOOD
from tests.pipelines.catalogue.identity import IDENTITY, OUTPUT
from tests.pipelines.catalogue.parsing import PARSING

__all__ = ["CASES", "GOOD", "MOST_BYTES", "PARSING_S", "Fault", "Oddity", "answers"]

CASES = FETCHING | PARSING | IDENTITY | OUTPUT
