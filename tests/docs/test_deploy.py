"""The files for servers: units that systemd accepts, a Compose file in which all names are known, proxies."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.settings import known_keys
from pipelines.together import alone
from tests.docs import commands, pages

DEPLOY = pages.ROOT / "docs" / "deploy"
UNITS = sorted([*DEPLOY.glob("systemd/*.service"), *DEPLOY.glob("systemd/*.target")])
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
HARDENED = {
    "User": "duiding",
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ReadWritePaths": "/var/lib/duiding",
    "PrivateTmp": "yes",
    "KillMode": "control-group",
    "CapabilityBoundingSet": "",
}
compose = yaml.safe_load((DEPLOY / "compose" / "compose.yaml").read_text(encoding="utf-8"))


def lines_of(unit: Path) -> list[tuple[str, str]]:
    """The (key, value) pairs of a unit."""
    lines = (line for line in unit.read_text(encoding="utf-8").splitlines() if line and line[0] not in "#[")
    return [(key, value) for key, _, value in (line.partition("=") for line in lines)]


def value(unit: Path, key: str) -> str | None:
    return dict(lines_of(unit)).get(key)


# --- systemd ---------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(
    not shutil.which("systemd-analyze") and "CI" not in os.environ, reason="there is no systemd-analyze on this machine"
)
def test_systemd_accepts_the_units_without_a_word(tmp_path: Path) -> None:
    said = verified(tmp_path, UNITS)
    assert (said.returncode, said.stderr) == (0, "")


@pytest.mark.skipif(
    not shutil.which("systemd-analyze") and "CI" not in os.environ, reason="there is no systemd-analyze on this machine"
)
def test_systemd_would_tell_what_is_wrong(tmp_path: Path) -> None:
    broken = tmp_path / "broken.service"
    broken.write_text(SERVICES[0].read_text(encoding="utf-8").replace("PrivateTmp=", "PrivateTemp="), encoding="utf-8")
    assert "PrivateTemp" in verified(tmp_path / "units", [broken]).stderr


def verified(folder: Path, units: list[Path]) -> "subprocess.CompletedProcess[str]":
    """Let systemd look at copies that name the program of this environment."""
    folder.mkdir(exist_ok=True)
    program = str(Path(sys.executable).parent / "duiding")
    for unit in units:
        text = unit.read_text(encoding="utf-8").replace("/opt/duiding/bin/duiding", program)
        (folder / unit.name).write_text(text, encoding="utf-8")
    names = [str(folder / unit.name) for unit in units]
    return subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *names], capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_every_service_runs_a_command_that_is_there_and_may_do_little(unit: Path) -> None:
    assert commands.wrong_in((value(unit, "ExecStart") or "").removeprefix("/opt/duiding/bin/duiding ")) is None
    assert {key: value(unit, key) for key in HARDENED} == HARDENED
    stops = value(unit, "TimeoutStopSec") or value(unit, "TimeoutStartSec")
    assert int(stops or 0) >= 30


def test_there_is_a_unit_for_each_part_and_the_worker_goes_with_the_server() -> None:
    started = {unit.name: value(unit, "ExecStart") for unit in SERVICES}
    parts = {f"duiding-{part}.service": f"/opt/duiding/bin/duiding up --only {part}" for part in alone.PARTS}
    assert started == parts | {"duiding.service": "/opt/duiding/bin/duiding up"}
    by_name = {unit.name: unit for unit in UNITS}
    for bound in ("duiding-setup.service", "duiding-flows.service"):
        assert value(by_name[bound], "BindsTo") == "duiding-server.service"
    assert value(by_name["duiding-server.service"], "Upholds") == "duiding-flows.service"
    assert value(by_name["duiding-flows.service"], "Requires") == "duiding-setup.service"


def test_no_unit_and_no_example_holds_a_secret() -> None:
    for file in DEPLOY.rglob("*"):
        text = file.read_text(encoding="utf-8") if file.is_file() else ""
        for key, said in re.findall(r"^[ #]*(\w*(?:PASSWORD|SECRET|AUTH|TOKEN)\w*)[=:][ \t]*(\S*)", text, re.M):
            assert said in ("", "operator:a-long-random-text") or said.startswith("${"), (file, key)


def test_every_variable_is_a_setting() -> None:
    """Those of a Compose file that are only filled in have one underscore; settings of a section have two."""
    known = {f"DUIDING_{key.upper().replace('.', '__')}" for key in known_keys()} | {"DUIDING_HOME"}
    own = {"DUIDING_NAME", "DUIDING_PREFECT_AUTH", "DUIDING_SMTP_PASSWORD"}
    for file in DEPLOY.rglob("*"):
        text = file.read_text(encoding="utf-8") if file.is_file() else ""
        assert set(re.findall(r"DUIDING_[A-Z_]+", text)) - known - own == set(), file


# --- Compose ---------------------------------------------------------------------------------------------------------

OF_SERVICE = set(
    "build image restart init stop_grace_period read_only tmpfs cap_drop security_opt volumes networks environment "
    "command ports healthcheck depends_on".split()
)
OF_HEALTH = {"test", "interval", "timeout", "start_period", "retries"}
CONDITIONS = {"service_started", "service_healthy", "service_completed_successfully"}


def test_the_compose_file_has_every_part_and_only_known_words() -> None:
    services: dict[str, dict[str, Any]] = compose["services"]
    assert [one["command"] for name, one in services.items() if name != "door"] == [
        ["up", "--only", part] for part in alone.PARTS
    ]
    for name, one in services.items():
        assert set(one) <= OF_SERVICE, name
        assert set(one.get("healthcheck", {})) <= OF_HEALTH
        assert all(
            other in services and how["condition"] in CONDITIONS for other, how in one.get("depends_on", {}).items()
        )
        for volume in one.get("volumes", []):
            source = volume.partition(":")[0]
            assert source in compose["volumes"] or (DEPLOY / "compose" / source).exists(), volume
        assert set(one["networks"]) <= set(compose["networks"])
    assert set(compose) - {"x-duiding"} == {"name", "services", "networks", "volumes"}


def test_only_the_door_is_open_to_others() -> None:
    ports = {name: one["ports"] for name, one in compose["services"].items() if "ports" in one}
    assert ports == {"server": ["127.0.0.1:4200:4200"], "door": ["80:80", "443:443"]}


def test_who_may_say_who_asks_is_the_door_alone() -> None:
    door = compose["services"]["door"]["networks"]["inside"]["ipv4_address"]
    assert compose["services"]["pages"]["environment"]["FORWARDED_ALLOW_IPS"] == door


def test_the_image_is_made_of_what_there_is() -> None:
    text = (DEPLOY / "compose" / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line.split() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    assert {words[0] for words in lines} <= {
        "FROM",
        "ARG",
        "WORKDIR",
        "COPY",
        "RUN",
        "USER",
        "ENV",
        "VOLUME",
        "ENTRYPOINT",
        "CMD",
    }
    copied = [name for words in lines if words[0] == "COPY" for name in words[1:-1]]
    assert [name for name in copied if not (pages.ROOT / name).exists()] == []
    for needed in ("curate", "storage", "reports", "pipelines", "prefect.yaml", "pyproject.toml", "constraints.txt"):
        assert needed in copied


def test_docker_reads_the_compose_file_where_it_is() -> None:
    around = os.environ | {"DUIDING_NAME": "a.example", "DUIDING_PREFECT_AUTH": "a:b"}
    has = (
        shutil.which("docker")
        and not subprocess.run(
            ["docker", "compose", "version"], capture_output=True, check=False, timeout=30
        ).returncode
    )
    if not has:
        pytest.skip("there is no `docker compose` on this machine")
    said = subprocess.run(
        ["docker", "compose", "--file", DEPLOY / "compose" / "compose.yaml", "config", "--quiet"],
        env=around, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (said.returncode, said.stderr) == (0, "")


# --- proxies ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", ["Caddyfile", "nginx.conf", "compose/Caddyfile"])
def test_a_proxy_closes_its_braces_keeps_metrics_inside_and_touches_no_header_of_ours(file: str) -> None:
    text = re.sub(r"#.*", "", (DEPLOY / file).read_text(encoding="utf-8")).replace("{$DUIDING_NAME}", "name")
    assert text.count("{") == text.count("}")
    assert "/metrics" in text
    assert "Strict-Transport-Security" in text
    assert not re.search(r"proxy_hide_header|header_down|Content-Security-Policy|header -", text)
    assert "X-Forwarded-For $remote_addr" in text or "reverse_proxy" in text
