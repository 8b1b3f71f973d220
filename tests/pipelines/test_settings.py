"""Settings: defaults, then the file, then the environment; whatever is wrong is one sentence."""

import os
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from curate.errors import UsageError
from pipelines import settings
from pipelines.settings import TEMPLATE, Settings


@pytest.fixture(autouse=True)
def _no_settings_from_here(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("DUIDING_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return written(tmp_path, "")


def written(folder: Path, toml: str) -> Path:
    (folder / "duiding.toml").write_text(toml, encoding="utf-8")
    return folder


def refusal(folder: Path) -> str:
    with pytest.raises(UsageError) as caught:
        settings.read(folder)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert sentence.endswith((".", "?"))
    assert caught.value.exit_code == 2
    return sentence


def flat(values: Any, before: str = "") -> dict[str, Any]:
    pairs: dict[str, Any] = {}
    for key, value in values.items():
        pairs |= flat(value, f"{before}{key}.") if isinstance(value, dict) else {f"{before}{key}": value}
    return pairs


def test_an_empty_file_gives_the_defaults(folder: Path) -> None:
    read = settings.read(folder)
    assert read == Settings()
    assert (read.name, read.language, read.timezone, read.db) == (
        "Duiding",
        "nl",
        "Europe/Amsterdam",
        Path("duiding.duckdb"),
    )
    assert (read.smtp.host, read.smtp.port, read.smtp.tls) == (None, 587, "starttls")
    assert str(read.zone) == "Europe/Amsterdam"


def test_the_environment_wins_over_the_file_and_the_file_over_the_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, 'name = "Uit het bestand"\nlanguage = "en"\n[smtp]\nhost = "a.example"\nport = 25\n')
    monkeypatch.setenv("DUIDING_NAME", "Uit de omgeving")
    monkeypatch.setenv("DUIDING_SMTP__HOST", "b.example")
    read = settings.read(tmp_path)
    assert (read.name, read.language, read.model) == ("Uit de omgeving", "en", "all-MiniLM-L6-v2")
    assert (read.smtp.host, read.smtp.port) == ("b.example", 25)


def test_variables_that_are_ours_but_no_settings_are_let_be(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUIDING_HOME", "x")
    monkeypatch.setenv("DUIDING_NOW", "2026-11-16")
    assert settings.read(folder) == Settings()


@pytest.mark.parametrize(
    ("toml", "key", "meant"),
    [
        ('langage = "nl"', "langage", "language"),
        ('[smtp]\nhots = "a"', "smtp.hots", "smtp.host"),
        ('[smpt]\nhost = "a"', "smpt.host", "smtp.host"),
        ("[fetch]\nhost_gap = 1", "fetch.host_gap", "fetch.host_gap_s"),
        ('public-url = "https://a.example"', "public-url", "public_url"),
    ],
)
def test_a_misspelt_key_in_the_file_names_the_nearest(tmp_path: Path, toml: str, key: str, meant: str) -> None:
    sentence = refusal(written(tmp_path, toml))
    assert repr(key) in sentence
    assert repr(meant) in sentence
    assert "duiding.toml" in sentence


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("DUIDING_LANGAUGE", "DUIDING_LANGUAGE"),
        ("DUIDING_SMTP__HOTS", "DUIDING_SMTP__HOST"),
        ("DUIDING_SMTP_HOST", "DUIDING_SMTP__HOST"),
    ],
)
def test_a_misspelt_variable_names_the_nearest(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, meant: str
) -> None:
    monkeypatch.setenv(name, "x")
    sentence = refusal(folder)
    assert name in sentence
    assert repr(meant) in sentence


def test_a_key_that_is_like_no_other_is_refused_without_a_guess(tmp_path: Path) -> None:
    assert "Did you mean" not in refusal(written(tmp_path, "qqqqqq = 1"))


@pytest.mark.parametrize(
    ("toml", "key"),
    [
        ('timezone = "Europe/Amsterdan"', "timezone"),
        ('timezone = ""', "timezone"),
        ('timezone = "../etc/passwd"', "timezone"),
        ("[smtp]\nport = 0", "smtp.port"),
        ("[smtp]\nport = 70000", "smtp.port"),
        ('[web]\nport = "http"', "web.port"),
        ('[smtp]\ntls = "ssl"', "smtp.tls"),
        ('public_url = "ftp://a.example"', "public_url"),
        ('public_url = "www.a.example"', "public_url"),
        ('public_url = "https://"', "public_url"),
        ('public_url = "https://a.example/?q=1"', "public_url"),
        ('language = "de"', "language"),
        ("name = 3", "name"),
        ("[rounds]\ndays = 0", "rounds.days"),
        ("[fetch]\nworkers = 0", "fetch.workers"),
        ('[mail]\naddress = "niemand"', "mail.address"),
        ('[mail]\naddress = "a@b.example\\nBcc: c@d.example"', "mail.address"),
        ("[name]\n", "name"),
        ("smtp = 3", "smtp"),
    ],
)
def test_a_wrong_value_is_told_with_its_key_and_file(tmp_path: Path, toml: str, key: str) -> None:
    sentence = refusal(written(tmp_path, toml))
    assert key in sentence
    assert "duiding.toml" in sentence


def test_a_wrong_value_in_the_environment_names_the_variable(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUIDING_SMTP__PORT", "abc")
    sentence = refusal(folder)
    assert "DUIDING_SMTP__PORT" in sentence
    assert "duiding.toml" not in sentence


@pytest.mark.parametrize("toml", ["name = ", 'name = "a', "a = 1\na = 2", "\x00"])
def test_a_file_that_is_no_toml_is_told(tmp_path: Path, toml: str) -> None:
    assert "duiding.toml" in refusal(written(tmp_path, toml))


def test_a_folder_without_settings_says_how_to_make_a_home(tmp_path: Path) -> None:
    assert "duiding init" in refusal(tmp_path)
    (tmp_path / "file").write_text("x")
    assert "duiding init" in refusal(tmp_path / "file")


def test_settings_that_may_not_be_read_are_told(tmp_path: Path) -> None:
    (tmp_path / "duiding.toml").mkdir()
    assert "cannot be read" in refusal(tmp_path)


def test_secrets_never_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, 'secret = "hoogst geheim"\n[smtp]\npassword = "wachtwoord1"\n')
    read = settings.read(tmp_path)
    shown = f"{read!r} {read} {read.smtp!r} {read.model_dump()} {read.model_dump_json()}"
    assert "hoogst geheim" not in shown
    assert "wachtwoord1" not in shown
    assert read.smtp.password == SecretStr("wachtwoord1")
    monkeypatch.setenv("DUIDING_SMTP__PASSWORD", "wachtwoord2")
    assert "wachtwoord2" not in repr(settings.read(tmp_path))


def test_a_wrong_secret_is_not_repeated_in_the_sentence_about_it(tmp_path: Path) -> None:
    assert "12345" not in refusal(written(tmp_path, "[smtp]\npassword = [12345]"))


def test_settings_cannot_be_changed(folder: Path) -> None:
    read = settings.read(folder)
    with pytest.raises(Exception, match="frozen"):
        read.name = "x"  # type: ignore[misc]  # that is the point


# --- the file that `init` writes -------------------------------------------------------------------------------------


def fresh() -> str:
    return TEMPLATE.format(name='"Ons \\"net\\""', language="nl")


def uncommented() -> str:
    """The template with every setting that is commented out switched on."""
    return re.sub(r"^# (?=[a-z_]+ = |\[)", "", fresh(), flags=re.MULTILINE)


def test_the_fresh_file_is_valid_and_sets_only_what_was_asked(tmp_path: Path) -> None:
    read = settings.read(written(tmp_path, fresh()))
    assert read == Settings(name='Ons "net"', language="nl")


def test_every_setting_stands_in_the_file_with_its_default(tmp_path: Path) -> None:
    shown = flat(tomllib.loads(uncommented()))
    assert set(shown) == settings.known_keys() - {"secret"}
    defaults = flat(Settings().model_dump(mode="json"))
    examples = {"name", "smtp.host", "bounces.host"}
    nothing = {"smtp.user": "", "bounces.password": "", "smtp.password": "", "mail.name": "", "prefect.auth": ""}
    assert {key: value for key, value in shown.items() if key not in examples} == {
        key: nothing.get(key, value) for key, value in defaults.items() if key not in examples | {"secret"}
    }
    settings.read(written(tmp_path, uncommented()))


def test_every_line_can_be_switched_on_by_itself(tmp_path: Path) -> None:
    lines = fresh().splitlines()
    section = ""
    for number, line in enumerate(lines):
        if line.startswith("# ["):
            section = line.removeprefix("# ")
        elif re.match(r"# [a-z_]+ = ", line):
            settings.read(written(tmp_path, "\n".join([section, line.removeprefix("# ")])))
            assert "#" in line or section.split("  ")[0] in ("[web]", "[smtp]", "[bounces]"), (
                f"line {number} has no comment"
            )
