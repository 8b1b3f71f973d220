"""The bench can be run; what it measures is not judged here."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_a_taste_of_the_bench_shows_a_table_and_keeps_its_numbers(tmp_path: Path) -> None:
    kept = tmp_path / "bench.json"
    command = [sys.executable, "-m", "tests.bench", "--quick", "--only", "startup", "--out", str(kept)]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=True).stdout
    assert "duiding --help" in said
    report = json.loads(kept.read_text(encoding="utf-8"))
    assert set(report["benches"]) == {"startup"}
    found = {line["what"]: line for line in report["benches"]["startup"]}
    assert {"duiding --help", "duiding --version", "duiding web, until GET /healthz answers"} <= set(found)
    assert all(line["value"] > 0 and line["unit"] == "s" for line in found.values())
