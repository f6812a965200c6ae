"""``python -m sakana_envs``: list tasks, measure speed, compile ahead, look for what is wrong."""

import argparse
import json
from pathlib import Path

from sakana_envs import task_ids
from sakana_envs.tasks import registry
from sakana_envs.tasks.names import nearest


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sakana_envs", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="the ids and what each task is about")
    commands.add_parser("doctor", help="versions, cache, threads, and what to do about what is wrong")
    warmup = commands.add_parser("warmup", help="compile kernels now and keep them on disk")
    warmup.add_argument("tasks", nargs="*", help="tasks to compile, all by default")
    bench = commands.add_parser("bench", help="agent-steps per second of every task, twin and shape")
    bench.add_argument("--tasks", nargs="+", default=registry.names(), choices=registry.names())
    bench.add_argument("--twins", nargs="+", default=list(registry.TWINS), choices=list(registry.TWINS))
    bench.add_argument("--shapes", nargs="+", default=None, help="for example 8x512 64x64; all by default")
    bench.add_argument("--repeats", type=int, default=7)
    bench.add_argument("--ticks", type=int, default=64, help="ticks in a repeat")
    bench.add_argument("--speeds-only", action="store_true", help="leave out phases, faces and start")
    bench.add_argument("--json", type=Path, help="file for all that was measured")
    return parser


def main() -> None:
    """Run the command given on the command line."""
    parser = _parser()
    arguments = parser.parse_args()
    if arguments.command == "list":
        for task in registry.names():
            ids = [identity for identity in task_ids() if f"/{task}-" in identity]
            print(f"{ids[0]:38s}{ids[1]:40s}{registry.get(task).description}")
    elif arguments.command == "doctor":
        from sakana_envs.tools.doctor import report

        print(report())
    elif arguments.command == "warmup":
        from sakana_envs.tools.warmup import warmup

        unknown = [name for name in arguments.tasks if name not in registry.names()]
        if unknown:
            hint = nearest(unknown[0], registry.names())
            parser.error(f"there is no task {unknown[0]!r}{hint}; tasks: {', '.join(registry.names())}")
        warmup(arguments.tasks or None)
    else:
        from sakana_envs.tools import bench

        shapes = arguments.shapes or list(bench.SHAPES)
        unknown = [shape for shape in shapes if shape not in bench.SHAPES]
        if unknown:
            parser.error(f"there is no shape {unknown[0]!r}; shapes: {', '.join(bench.SHAPES)}")
        measured = bench.run(
            arguments.tasks, arguments.twins, shapes, arguments.repeats, arguments.ticks, not arguments.speeds_only
        )
        if arguments.json:
            arguments.json.write_text(json.dumps(measured, indent=1) + "\n")


if __name__ == "__main__":
    main()
