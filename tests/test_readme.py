"""What the README and the documentation show is so: their Python runs, and their commands exist.

Pages that the site makes from the package are tested as well, each page's Python in one fresh process, in order.
"""

import os
import re
import shlex
import subprocess
import sys
import textwrap
import tomllib
from pathlib import Path

import pytest
from shipped import SHIPPED

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "docs"))

from task_pages import task_page, task_uri  # noqa: E402

FOLDERS = [ROOT / "docs", ROOT / "docs" / "learn"]
FILES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(page for at in FOLDERS for page in sorted(at.glob("*.md")))]
PAGES = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in FILES}
PAGES |= {f"docs/{task_uri(task)}": task_page(task) for task in SHIPPED}


def snippets(page, language):
    """The code blocks of a page in a language that are no files; in tabs too, where they are indented."""
    return [code for name, code in _blocks(page, language) if not name]


def modules(page):
    """The Python of a page that it shows as files, by their names."""
    return {name: code for name, code in _blocks(page, "python") if name}


def _blocks(page, language):
    fence = rf"^( *)```{language}(?: title=\"(.*?)\")?\n(.*?)^\1```$"
    blocks = re.findall(fence, PAGES[page], flags=re.DOTALL | re.MULTILINE)
    return [(name, textwrap.dedent(code)) for _, name, code in blocks]


def commands():
    """Every line of the pages' shell snippets, under a name with its page."""
    lines = [(page, line) for page in PAGES for code in snippets(page, "sh") for line in code.splitlines()]
    return [pytest.param(line, id=f"{page}: {line}") for page, line in lines if line.strip() and line[0] != "#"]


@pytest.mark.parametrize("page", [page for page in PAGES if snippets(page, "python")])
def test_snippets_run(page, tmp_path):
    # From a file, since Numba reads the source of what it compiles. Files that a page shows lie beside it and run too.
    files = {**modules(page), "snippets.py": "\n".join(snippets(page, "python"))}
    for name, code in files.items():
        (tmp_path / name).write_text(code, encoding="utf-8")
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    for name in files:
        command = [sys.executable, name]
        result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, env=environment)
        assert result.returncode == 0, f"{name}: {result.stderr[-4000:]}"


def test_snippets_are_found_in_tabs_and_the_readme():
    assert snippets("README.md", "python")
    assert len(snippets("docs/quick_start.md", "python")) >= 5


@pytest.mark.parametrize("line", commands())
def test_commands_exist(line):
    words = shlex.split(line.split(" #")[0])
    for part in _split(words, "&&"):
        _check_command([word.rpartition("/")[2] if word.startswith(".venv/bin/") else word for word in part])


def _split(words, separator):
    parts = [[]]
    for word in words:
        if word == separator:
            parts.append([])
        else:
            parts[-1].append(word)
    return parts


def _check_command(words):
    """A command of the package is asked for its help; of other programs the names of files and extras are looked up."""
    if words[:3] == ["python", "-m", "sakana_envs"] or words[0] == "sakana":
        arguments = words[3:] if words[0] == "python" else words[1:]
        subcommand = [word for word in arguments[:1] if not word.startswith("-")]
        result = subprocess.run(
            [sys.executable, "-m", "sakana_envs", *subcommand, "--help"], capture_output=True, text=True, timeout=60
        )
        assert result.returncode == 0, result.stderr
        for option in arguments:
            assert not option.startswith("--") or option.partition("=")[0] in result.stdout, option
    elif words[0] == "python" and words[1].endswith(".py"):
        text = (ROOT / words[1]).read_text(encoding="utf-8")
        for option in words[2:]:
            field = f"    {option[2:].replace('-', '_')}: "  # of a dataclass from which the options are made
            assert not option.startswith("--") or f'"{option}"' in text or field in text, option
    elif words[:2] == ["python", "-m"] and words[2].startswith("sakana_envs."):
        result = subprocess.run([sys.executable, *words[1:3], "--help"], capture_output=True, text=True, timeout=60)
        assert result.returncode == 0 and all(word in result.stdout for word in words[3:]), result.stderr
    elif words[0] == "pip":
        extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
        for group in re.findall(r"\[([\w,]+)\]", " ".join(words)):
            assert set(group.split(",")) <= set(extras)
    elif "/" in words[0]:
        assert (ROOT / words[0]).is_file(), words[0]
    else:
        assert words[0] in {"python", "python3", "pre-commit", "sphinx-build"}, f"add a check for {words[0]}"


def test_the_two_commands_are_single_lines_that_name_files_of_the_repository():
    lines = re.findall(r"^python3 -m venv .*$", (ROOT / "README.md").read_text(), flags=re.MULTILINE)
    assert len(lines) == 2
    for command in lines:
        assert "-c constraints.txt" in command
        for name in re.findall(r"\S+\.(?:py|txt)\b", command):
            assert (ROOT / name).is_file(), name


def test_links_of_the_readme_lead_to_files():
    text = (ROOT / "README.md").read_text()
    links = re.findall(r"\]\(([^)#]+)|src=\"([^\"]+)", text)
    assert len(links) > 10
    for link in map("".join, links):
        assert link.startswith("https://") or (ROOT / link).exists(), link
