"""Measure sakana_envs and other suites side by side on one core: ours, rival, ours, rival, and so on.

python benchmarks/rivals.py --venvs FOLDER                  # each rival in FOLDER/<rival>/bin/python, see README.md
python benchmarks/rivals.py --python vmas=/path/to/python   # this one elsewhere
python benchmarks/rivals.py --rivals                        # ours alone
python benchmarks/rivals.py --venvs FOLDER --write          # and write the table and the plot of docs/benchmarks.md
python benchmarks/rivals.py --write-from docs/rivals.json   # write them from figures measured before

Each system runs in a process of its own that waits while another is measured. Speeds are agent-steps per second of wall
time, observations written, actions made beforehand; the processor's time is noted beside it, and tells whether the core
was shared with something else.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import report
from pairs import ALONE, PAIRS, Pair

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
INSTALL = {
    "pufferlib": "pip install pufferlib==3.0.0, after some preparation: use benchmarks/install_rivals.sh",
    "magent2": "pip install magent2==0.3.4",
    "vmas": "pip install torch==2.13.0 vmas==1.5.2",
    "jaxmarl": "pip install jaxmarl==0.2.0 jax==0.10.2",
    "pettingzoo": 'pip install "pettingzoo[sisl,butterfly]==1.27.0"',
    "sisl": 'pip install pettingzoo==1.25.0 "pymunk<7" pygame scipy',
    "mpe2": "pip install mpe2==1.1.1",
}
"""The rivals, and what installs each."""


class WorkerError(Exception):
    """A system could not build or step a world."""


class Worker:
    """A process that measures one system, and waits on its pipe in between."""

    def __init__(self, system: str, python: str, core: int) -> None:
        environment = dict(os.environ)
        if system == "ours":
            environment["PYTHONPATH"] = str(ROOT)
        self._folder = tempfile.TemporaryDirectory()  # since PufferLib puts a link where it starts
        self._process = subprocess.Popen(
            [python, str(HERE / "worker.py"), system, str(core)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
            cwd=self._folder.name,
        )
        self.system = self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise WorkerError(f"its process ended with status {self._process.wait()}")
        answer = json.loads(line)
        if "failed" in answer:
            raise WorkerError(answer["failed"])
        return answer

    def ask(self, **request: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()
        self._folder.cleanup()


def speeds(measurements: list[dict[str, float]]) -> dict[str, Any]:
    """Agent-steps per second over repeats."""
    by_wall = [each["agent_steps"] / each["wall_seconds"] for each in measurements]
    by_processor = [each["agent_steps"] / each["processor_seconds"] for each in measurements]
    return {"wall": spread(by_wall), "processor": spread(by_processor)}


def spread(values: list[float]) -> dict[str, float]:
    named = {"median": statistics.median(values), "lowest": min(values), "highest": max(values)}
    return {name: float(f"{value:.4g}") for name, value in named.items()}


def share_of_core(turn: dict[str, dict[str, float]]) -> float:
    """The smallest share of the core that a system had in a turn; low where something else ran on it."""
    return min(each["processor_seconds"] / each["wall_seconds"] for each in turn.values())


def quiet(turns: list[dict[str, dict[str, float]]], count: int) -> bool:
    return sum(share_of_core(turn) >= report.QUIET for turn in turns) >= count


def measure(pair: Pair | None, mine: dict[str, Any], workers: dict[str, Worker], options) -> dict[str, Any]:
    """One row of the table: ours and a rival's world, in turns; without a pair, ours alone.

    Where the core was shared with something else, more turns are taken, and those with most of the core are kept.
    """
    systems = {"ours": mine}
    if pair:
        systems[pair.rival] = pair.world
    made = {system: workers[system].ask(make=world) for system, world in systems.items()}
    turns: list[dict[str, dict[str, float]]] = []
    while len(turns) < options.repeats or (len(turns) < 2 * options.repeats and not quiet(turns, options.repeats)):
        turns.append({system: workers[system].ask(measure=options.seconds) for system in systems})
    turns = sorted(turns, key=share_of_core, reverse=True)[: options.repeats]
    taken = {system: [turn[system] for turn in turns] for system in systems}
    row: dict[str, Any] = {"ours": {**mine, **made["ours"], **speeds(taken["ours"])}, "rival": None}
    row["share_of_core"] = round(statistics.median(map(share_of_core, turns)), 3)
    if pair:
        rival = speeds(taken[pair.rival])
        row["rival"] = {"system": pair.rival, "title": pair.title, **made[pair.rival], **rival}
        rates = [[each["agent_steps"] / each["wall_seconds"] for each in taken[system]] for system in systems]
        row["ratio"] = spread([a / b for a, b in zip(*rates, strict=True)])
    return row


def machine() -> dict[str, str]:
    model = platform.processor() or platform.machine()
    information = Path("/proc/cpuinfo")
    if information.exists():
        lines = [line for line in information.read_text().splitlines() if line.startswith("model name")]
        model = lines[0].split(":")[1].strip() if lines else model
    return {"processor": model, "python": platform.python_version()}


def start(options) -> tuple[dict[str, Worker], dict[str, Any]]:
    """The processes of all systems that can be imported, and what was found of each."""
    workers, systems = {}, {}
    for system in ["ours", *options.rivals]:
        python = sys.executable if system == "ours" else options.python[system]
        try:
            worker = Worker(system, python, options.core)
        except (WorkerError, OSError) as error:
            systems[system] = {"missing": str(error)}
        else:
            systems[system] = worker.system
            if "version" in worker.system:
                workers[system] = worker
        found = systems[system]
        if "version" in found:
            print(f"{system} {found['version']}")
        elif system == "ours":
            sys.exit(f"sakana_envs does not start: {found['missing']}")
        else:
            print(f"{system}: not installed in {python} ({found['missing']}); {INSTALL[system]}")
    return workers, systems


def run(options) -> dict[str, Any]:
    workers, systems = start(options)
    try:
        rows, failed = [], []
        pairs = [pair for pair in PAIRS if pair.rival in workers]
        met = [pair.ours for pair in pairs]
        todo = [(pair, pair.ours) for pair in pairs] + [(None, mine) for mine in ALONE if mine not in met]
        for pair, mine in todo:
            try:
                rows.append(measure(pair, mine, workers, options))
                print(report.line(rows[-1]), flush=True)
            except WorkerError as error:
                name = f"{pair.rival} {pair.title}" if pair else str(mine)
                failed.append({"name": name, "error": str(error)})
                print(f"{name} failed: {error}", file=sys.stderr)
    finally:
        for worker in workers.values():
            worker.close()
    return {
        "machine": machine(),
        "core": options.core,
        "seconds": options.seconds,
        "repeats": options.repeats,
        "systems": systems,
        "rows": rows,
        "failed": failed,
    }


def parse(words: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0],
        epilog="RIVALS_VENVS in the environment stands for --venvs.",
    )
    parser.add_argument(
        "--rivals", nargs="*", default=list(INSTALL), choices=list(INSTALL), help="which; none: ours alone"
    )
    parser.add_argument(
        "--venvs", type=Path, default=os.environ.get("RIVALS_VENVS"), help="folder with <rival>/bin/python"
    )
    parser.add_argument("--python", action="append", default=[], metavar="RIVAL=PATH", help="a rival's interpreter")
    parser.add_argument("--core", type=int, help="the core that all are pinned to (default: the last one allowed)")
    parser.add_argument("--seconds", type=float, default=0.4, help="of each measurement (default: %(default)s)")
    parser.add_argument("--repeats", type=int, default=7, help="measurements of each world (default: %(default)s)")
    parser.add_argument("--json", type=Path, help="file for all figures")
    parser.add_argument(
        "--write", action="store_true", help="write docs/rivals.json, docs/benchmarks.md's table and plot"
    )
    parser.add_argument("--write-from", type=Path, metavar="JSON", help="measure nothing, write the docs from a file")
    options = parser.parse_args(words)
    if options.core is None:
        options.core = max(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 0
    options.python = interpreters(parser, options.venvs, options.python)
    return options


def interpreters(parser: argparse.ArgumentParser, venvs: Path | None, given: list[str]) -> dict[str, str]:
    """Each rival's interpreter: as given, else in ``venvs``, else this one."""
    found = {}
    for rival in INSTALL:
        inside = Path(venvs) / rival / "bin" / "python" if venvs else None
        found[rival] = str(inside) if inside and inside.exists() else sys.executable
    for word in given:
        rival, _, path = word.partition("=")
        if rival not in INSTALL or not path:
            parser.error(f"--python takes RIVAL=PATH with a rival of {', '.join(INSTALL)}, got {word!r}")
        found[rival] = path
    return found


def main() -> None:
    options = parse()
    if options.write_from:
        report.write(json.loads(options.write_from.read_text()), ROOT / "docs")
        return
    results = run(options)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n")
    if options.write:
        (ROOT / "docs" / "rivals.json").write_text(json.dumps(results, indent=1) + "\n")
        report.write(results, ROOT / "docs")
    if results["failed"]:
        sys.exit(f"{len(results['failed'])} comparisons failed")


if __name__ == "__main__":
    main()
