"""What holds for the whole suite."""

import pytest
from hypothesis import settings

# How long one example takes says how busy the machine is, nothing about what is tested.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

LONGEST_FIRST = (
    "test_realweek",
    "test_flows",
    "soak",
    "test_up.py",
    "quality",
    "test_demo",
    "test_blocks",
    "browser",
    "test_hostile",
    "test_wheel",
    "test_many_processes",
)
"""Parts that play whole weeks, start Prefect, encode or drive a browser: begun last, they would be waited for alone."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the files that take longest come first; within a file nothing moves."""

    def place(item: pytest.Item) -> int:
        return next((n for n, part in enumerate(LONGEST_FIRST) if part in item.location[0]), len(LONGEST_FIRST))

    items.sort(key=place)
