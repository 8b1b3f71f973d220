"""What the README tells people to type works as it stands there."""

import re
import shlex
from pathlib import Path

import pytest

from curate import opml
from pipelines import cli

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
LEFT_OUT = ("up",)
"""Started for real, with Prefect's server, in test_flows.py."""


def typed() -> list[list[str]]:
    """The commands of the blocks for the shell, comments left out."""
    blocks = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    lines = [shlex.split(line, comments=True) for block in blocks for line in block.splitlines()]
    return [words[1:] for words in lines if words[:1] == ["duiding"] and words[1] not in LEFT_OUT]


def test_the_start_for_real_can_be_typed_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DUIDING_HOME", "mynetwork")
    # A port where nothing listens and that may not be fetched either: what is tried is the commands, not the web.
    feeds = [opml.Subscription("http://127.0.0.1:9/feed.xml", "A feed", ())]
    (tmp_path / "my-feeds.opml").write_bytes(opml.write(feeds, "My feeds"))
    codes = {" ".join(words): cli.run(words) for words in typed()}
    assert len(codes) >= 5
    # The one feed cannot be fetched, so the ingest ends partly done; everything else is well.
    assert codes.pop("ingest") == 3
    assert set(codes.values()) == {0}


@pytest.mark.parametrize("page", sorted(re.findall(r"\]\(([\w/]+\.md)\)", README)))
def test_every_page_the_readme_leads_to_is_there(page: str) -> None:
    assert (Path(__file__).parents[1] / page).is_file()


@pytest.mark.parametrize("target", ["install", "demo", "test", "check", "bench", "serve", "clean"])
def test_every_way_in_is_a_target_of_make(target: str) -> None:
    makefile = (Path(__file__).parents[1] / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{target}:.*## \w+", makefile, re.MULTILINE)
