import subprocess
import sys

SLOW = ("trafilatura", "py3langid", "dateparser", "sklearn", "torch", "numpy", "htmldate")


def test_reading_modules_load_nothing_slow() -> None:
    names = "urls texts mojibake languages moments feedforms jsonfeeds feeds entries pages opml".split()
    program = f"import sys; from curate import {', '.join(names)}; print(*(set({SLOW!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
