"""What a flow's own process holds in memory: nothing that only encoding, clustering, drawing or reading pages needs."""

import subprocess
import sys

import pytest

HEAVY = {"torch", "sklearn", "sentence_transformers", "scipy", "matplotlib", "trafilatura", "dateparser"}


@pytest.mark.parametrize("flow", ["ingest", "weekly", "remind", "publish"])
def test_a_flow_does_not_import_what_it_may_never_need(flow: str) -> None:
    code = f"import sys, pipelines.{flow}; print(*sorted({{*sys.modules}} & {HEAVY!r}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_logging_costs_a_command_nothing_until_there_is_something_to_say() -> None:
    code = (
        "import sys, pipelines.cli; pipelines.cli.run(['--help']); print('structlog' in sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "False"
