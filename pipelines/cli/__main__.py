"""``python -m pipelines.cli``: the same as the command ``duiding``."""

from pipelines.cli import main

main()
