"""What the documentation tells people to type works as it stands there."""

import re

import pytest

from tests.docs import pages
from tests.docs.pages import Block
from tests.docs.running import Shell
from tests.pipelines.at_home import PLANTED

BLOCKS = [block for file in pages.FILES for block in pages.blocks(file) if block.language == "sh"]
FRESH = "the scripts of this project do exactly this on a fresh machine"
SLOW = "a test that starts other tests would run most of them twice"
ROOT = "it needs root, and a machine with systemd"
NOT_RUN = {
    "README.md: make demo": FRESH,
    "README.md: duiding up": "it runs until you stop it",
    "docs/deploy/README.md: useradd --system --create-home --home-dir /var/lib/duiding"
    " --shell /usr/sbin/nologin duiding": ROOT,
    "docs/deploy/README.md: runuser -u duiding -- env DUIDING_HOME=/var/lib/duiding/mynetwork"
    " /opt/duiding/bin/duiding status": ROOT,
    "docs/developing.md: make demo": FRESH,
    "docs/developing.md: .venv/bin/python -m pytest tests/curate/test_weeks.py": SLOW,
    "docs/up.md: duiding up --only server": "they run until you stop them",
    "docs/developing.md: python -m tests.docs --write": "it writes into this project; another test holds what it would"
    " write against what is there",
}
"""Which blocks no test runs, and why. A new one is added here on purpose, or it is run."""
TELLS = ": duiding doctor"
"""What it finds it says by its exit code too, and here no server of flows is running."""
STATES = {"README.md": "shell"}
"""What there is before the blocks of a page are typed, one after the other: nothing but a list of feeds, or a home."""


def of_page(file: str) -> list[Block]:
    """The blocks of a page that are run."""
    return [block for block in BLOCKS if block.file == file and not block.why_not_run]


@pytest.mark.parametrize("file", sorted({block.file for block in BLOCKS if not block.why_not_run}))
def test_every_block_can_be_typed_as_it_stands(
    file: str, request: pytest.FixtureRequest, capfd: pytest.CaptureFixture[str]
) -> None:
    """And no secret of the environment is told by it, on the terminal or in any file."""
    shell: Shell = request.getfixturevalue(STATES.get(file, "published"))
    ended = {}
    for block in of_page(file):
        ended |= {f"{block.line}: {line}": code for line, code in shell.type(block.text)}
    assert {line: code for line, code in ended.items() if code and not (code == 1 and TELLS in line)} == {}
    assert [line for line in "".join(capfd.readouterr()).splitlines() if PLANTED in line] == []
    kept = [path for path in shell.folder.rglob("*") if path.is_file()]
    assert kept
    assert [path for path in kept if PLANTED.encode() in path.read_bytes()] == []


def test_what_is_not_run_is_so_on_purpose_and_says_why() -> None:
    assert {block.place: block.why_not_run for block in BLOCKS if block.why_not_run} == NOT_RUN


def test_no_command_hides_in_a_block_of_another_kind() -> None:
    """Of what is only shown (usage, units, configuration) no line begins with a program of ours."""
    shown = [block for file in pages.FILES for block in pages.blocks(file) if block.language in {"", "bash", "shell"}]
    assert [block.place for block in shown if re.search(r"^(duiding|prefect|make) ", block.text, re.M)] == []
    assert [file for file in pages.FILES if re.search(r"^ {4,}(duiding|make) ", pages.prose(file), re.M)] == []


def test_a_block_that_fails_is_seen(shell: Shell) -> None:
    said = shell.type("duiding init here --language en\nduiding --home here sources disable nothing\nfalse | cat\n")
    assert [code for _, code in said] == [0, 2, 0]
    assert shell.type("DUIDING_NOW=yesterday duiding --home here status")[0][1] == 2
    assert shell.type("export DUIDING_HOME=here\nduiding status # as it stands\nls nowhere-at-all")[2][1] != 0


def test_a_secret_that_is_told_is_seen(shell: Shell, capfd: pytest.CaptureFixture[str]) -> None:
    shell.type("echo $DUIDING_SECRET > told\necho $DUIDING_SMTP__PASSWORD")
    assert PLANTED in capfd.readouterr().out
    assert PLANTED in (shell.folder / "told").read_text()
