"""The Python snippets of the README and of docs/ run as they stand, each page's in one fresh process, in order."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted(path for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")] if "```python" in path.read_text())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_snippets_run(page, tmp_path):
    snippets = re.findall(r"^```python\n(.*?)^```$", page.read_text(), flags=re.DOTALL | re.MULTILINE)
    # From a file, since Numba reads the source of what it compiles.
    script = tmp_path / "snippets.py"
    script.write_text("\n".join(snippets))
    result = subprocess.run([sys.executable, script], cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stderr[-4000:]


def test_the_readme_has_snippets():
    assert ROOT / "README.md" in PAGES


def test_the_two_commands_are_single_lines_that_name_files_of_the_repository():
    commands = re.findall(r"^python3 -m venv .*$", (ROOT / "README.md").read_text(), flags=re.MULTILINE)
    assert len(commands) == 2
    for command in commands:
        assert "-c constraints.txt" in command
        for name in re.findall(r"\S+\.(?:py|txt)\b", command):
            assert (ROOT / name).is_file(), name
