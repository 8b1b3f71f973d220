"""Types blocks of the documentation as a person would, in a folder of its own."""

import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pipelines import cli

RUNS_FOR_EVER = frozenset({"up", "web"})
"""Commands that no block may hold that is run."""
_SET = re.compile(r"[A-Z_]+=.*")
"""What is set for one command, before its name."""
_OF_A_SHELL = frozenset("|<>;&$`*")


@dataclass
class Shell:
    """Where a person types: their folder and what they set. Commands of ours run in this process, which is quicker."""

    folder: Path
    around: dict[str, str] = field(default_factory=dict)

    def type(self, text: str) -> list[tuple[str, int]]:
        """Type a block line by line and return (line, exit code) of each."""
        return [(line, self._typed(line)) for line in _lines(text)]

    def _typed(self, line: str) -> int:
        words = shlex.split(line, comments=True)
        if words[0] == "make" or (words[0] == "duiding" and words[1] in RUNS_FOR_EVER):
            raise AssertionError(f"`{line}` takes too long here: put it into a block that is not run, with the reason.")
        if words[0] == "export":
            self.around |= dict(word.split("=", 1) for word in words[1:])
            return 0
        if words[:2] == [".", ".venv/bin/activate"]:
            return 0
        begin = next(n for n, word in enumerate(words) if not _SET.fullmatch(word))
        if words[begin] == "duiding" and not _OF_A_SHELL & set(line):
            return self._ours(words[begin + 1 :], dict(word.split("=", 1) for word in words[:begin]))
        return self._by_a_shell(line)

    def _ours(self, words: list[str], set_before: dict[str, str]) -> int:
        before, here = dict(os.environ), Path.cwd()
        os.environ.update(self.around | set_before)
        os.chdir(self.folder)
        try:
            with pytest.MonkeyPatch.context() as patched:
                patched.setattr(sys, "stdin", io.StringIO())  # what is asked stays unanswered, as with `< /dev/null`
                return cli.run(words)
        finally:
            os.chdir(here)
            os.environ.clear()
            os.environ.update(before)

    def _by_a_shell(self, line: str) -> int:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        around = {**os.environ, **self.around, "PATH": path}
        return subprocess.run(["bash", "-ec", line], cwd=self.folder, env=around, check=False, timeout=60).returncode


def _lines(text: str) -> Iterator[str]:
    for line in text.replace("\\\n", " ").splitlines():
        if shlex.split(line, comments=True):
            yield line
