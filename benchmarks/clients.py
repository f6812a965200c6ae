"""Train by each client in an environment of its own; writes ``docs/clients.json`` and the table of ``docs/clients.md``.

    python benchmarks/clients.py ~/clients                  all; makes what isn't there
    python benchmarks/clients.py ~/clients TorchRL skrl     these anew, the rest of the file stays
    python benchmarks/clients.py                            train nothing, write the page's table only

All train on Targets-Discrete, by the scripts of ``examples/clients``, which print what is measured. CPU seconds are
those of all that plays or learns; on a machine that does other things too they tell more than seconds.
"""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = ROOT / "examples" / "clients"
FILE = ROOT / "docs" / "clients.json"
PAGE = ROOT / "docs" / "clients.md"
BEGIN, END = "<!-- written by benchmarks/clients.py -->", "<!-- end -->"
TORCH = "torch==2.13.0"
PRINTED = re.compile(
    r"before: score ([\d.]+).*after:  score ([\d.]+), ([\d,]+) agent-steps in ([\d.]+) s, ([\d.]+) CPU", re.S
)


class Client(NamedTuple):
    """Its environment, what that needs, its script with arguments, what it takes, and files that the script imports."""

    folder: str
    packages: tuple[str, ...]
    command: tuple[str, ...]
    face: str
    beside: tuple[str, ...] = ()


SB3 = ("stable-baselines3==2.9.2", "supersuit==3.11.0")
RLLIB = ("ray[rllib]==2.60.0",)
BENCHMARL = ("benchmarl==1.5.2", "torchvision==0.28.0")
CLIENTS = {
    "Stable-Baselines3": Client("sb3", SB3, ("sb3_ppo.py",), "`SB3VecEnv`"),
    "SuperSuit": Client("sb3", SB3, ("supersuit_ppo.py",), "`parallel_env`"),
    "TorchRL": Client("torchrl", ("torchrl==0.14.1",), ("torchrl_ppo.py",), "`make_vec`"),
    "BenchMARL": Client(
        "benchmarl", BENCHMARL, ("benchmarl_ippo.py", "--steps", "49152"), "`parallel_env`", ("benchmarl_pack.py",)
    ),
    "Tianshou": Client("tianshou", ("tianshou[eval]==2.0.1",), ("tianshou_ppo.py",), "`make_vec`"),
    "skrl": Client("skrl", ("skrl[torch]==2.1.1",), ("skrl_ppo.py",), "`make_vec`"),
    "RLlib": Client("rllib", RLLIB, ("rllib_cluster.py", "--updates", "10"), "`make_vec`"),
}


def python_of(client: Client, folder: Path) -> Path:
    """The interpreter of a client's environment, which is made if there is none."""
    environment = folder / client.folder
    if not environment.exists():
        subprocess.run([sys.executable, "-m", "venv", environment], check=True)
        pip = [environment / "bin" / "pip", "install", "--quiet"]
        subprocess.run([*pip, TORCH, *client.packages, "-e", ROOT], check=True)
    return environment / "bin" / "python"


def versions(client: Client, python: Path) -> dict[str, str]:
    """Of the client's own packages and those that most depends on."""
    names = [
        re.split(r"[\[=]", package)[0] for package in (*client.packages, TORCH, "gymnasium", "pettingzoo", "numpy")
    ]
    code = f"import importlib.metadata as found; print(*map(found.version, {names!r}))"
    answer = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    return dict(zip(names, answer.stdout.split(), strict=True))


def measure(name: str, folder: Path) -> dict[str, Any]:
    """What a client's script printed. Raises ``RuntimeError`` with its last words if it failed."""
    client = CLIENTS[name]
    python = python_of(client, folder)
    script = SCRIPTS / client.command[0]
    run = subprocess.run([python, script, *client.command[1:]], capture_output=True, text=True)
    found = PRINTED.search(run.stdout)
    if run.returncode or found is None:
        raise RuntimeError(f"{name}: {run.stderr[-2000:]}")
    before, after, steps, seconds, cpu = (float(number.replace(",", "")) for number in found.groups())
    return {
        "client": name,
        "versions": versions(client, python),
        "before": before,
        "after": after,
        "steps": int(steps),
        "seconds": seconds,
        "cpu_seconds": cpu,
    }


def lines_of(name: str) -> int:
    """Lines of a client's files that aren't empty, a comment or a docstring."""
    client = CLIENTS[name]
    return sum(_lines((SCRIPTS / file).read_text(encoding="utf-8")) for file in (client.command[0], *client.beside))


def _lines(text: str) -> int:
    found = {number for number, line in enumerate(text.splitlines(), 1) if line.strip() and line.strip()[0] != "#"}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            found -= set(range(node.lineno, node.end_lineno + 1))
    return len(found)


def table(runs: list[dict[str, Any]]) -> str:
    """The page's table: a row for each client."""
    lines = [
        "| client | versions | takes | lines | agent-steps | CPU seconds | per CPU second | score before | after |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for run in runs:
        client = CLIENTS[run["client"]]
        shown = [name for name in run["versions"] if name not in ("torch", "numpy", "supersuit", "peft", "torchvision")]
        if run["client"] == "SuperSuit":
            shown.insert(0, "supersuit")
        numbers = ", ".join(f"{name} {run['versions'][name]}" for name in shown)
        link = f"[{run['client']}](../examples/clients/{client.command[0]})"
        speed = run["steps"] / run["cpu_seconds"]
        lines.append(
            f"| {link} | {numbers} | {client.face} | {lines_of(run['client'])} | {run['steps']:,} "
            f"| {run['cpu_seconds']:.1f} | {speed:,.0f} | {run['before']:.2f} | {run['after']:.2f} |"
        )
    return "\n".join(lines)


def read() -> list[dict[str, Any]]:
    """What was measured before."""
    return json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else []


def write(runs: list[dict[str, Any]]) -> None:
    """The file, and the table of the page."""
    runs.sort(key=lambda run: [*CLIENTS].index(run["client"]))
    FILE.write_text("[\n" + ",\n".join(json.dumps(run) for run in runs) + "\n]\n", encoding="utf-8")
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n\n{table(runs)}\n\n{END}{after}", encoding="utf-8")


def main() -> None:
    """Measure what was asked for, and write after each."""
    folder, *names = sys.argv[1:] or [None]
    for name in (names or [*CLIENTS]) if folder else []:
        run = measure(name, Path(folder).resolve())
        print(f"{name}: score {run['before']} to {run['after']}, {run['cpu_seconds']} CPU seconds", flush=True)
        write([other for other in read() if other["client"] != name] + [run])
    write(read())


if __name__ == "__main__":
    main()
