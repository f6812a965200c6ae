"""Twenty and more hand-made faults, one at a time: does the suite catch each?

    python tests/mutations.py            all of them
    python tests/mutations.py seed view  those whose names contain one of these words

Each is a change of text in a copy of the package, with a cache of its own, on which the named test files run until the
first failure. Prints caught or missed; exits with 1 if one was missed.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
_LONGEST = 600
"""Seconds after which tests that run on and on have noticed the fault."""


class Fault(NamedTuple):
    name: str
    file: str
    right: str
    wrong: str
    tests: str


REFERENCE = "test_reference.py -k Forage"
FAULTS = [
    Fault(
        "off-by-one in a view",
        "grid/sensors.py",
        "- world.radius * (world.width + 2 * world.radius + 1)",
        "- world.radius * (world.width + 2 * world.radius + 1) + 1",
        REFERENCE,
    ),
    Fault(
        "a store beyond the end of a window",
        "grid/intrinsics.py",
        "if width * done + lanes * count <= width * width",
        "if width * done + lanes * count <= width * width + 2",
        "test_sensors.py",
    ),
    Fault(
        "an agent that isn't visited",
        "grid/places.py",
        "        world.by_place[world.queue[band]] = agent\n",
        "        world.by_place[world.queue[band]] = max(agent, 1)\n",
        "test_sensors.py",
    ),
    Fault(
        "a field that the compiler believes apart from itself",
        "grid/disjoint.py",
        "for other in world.fields if other != field]",
        "for other in world.fields]",
        "test_disjoint.py",
    ),
    Fault(
        "a rival who claims another cell",
        "grid/dynamics.py",
        "code & CODE_MASK >= AGENT and code & ~CODE_MASK == _mark(row_step, col_step)",
        "code & CODE_MASK >= AGENT",
        REFERENCE,
    ),
    Fault(
        "a contest's winner favoured by its index",
        "grid/dynamics.py",
        "if rival_draw > draw or (rival_draw == draw and rival > own):",
        "if rival > own:",
        "test_invariants.py -k contest",
    ),
    Fault(
        "a contest that both win",
        "grid/dynamics.py",
        "claims == 0 or _loses(world, agent)",
        "False",
        "test_invariants.py -k Forage",
    ),
    Fault(
        "a stale buffer: one array of observations for all steps",
        "grid/buffers.py",
        "        if self._copy:\n            return make()\n",
        "",
        "test_vector_env.py -k own",
    ),
    Fault(
        "shared arrays that last for no further step",
        "grid/buffers.py",
        "        self._current, self._previous = self._previous, self._current\n",
        "",
        "test_buffers.py -k bytes and last",
    ),
    Fault(
        "retired arrays that aren't poisoned",
        "grid/buffers.py",
        "                    _poison(array)\n",
        "                    pass\n",
        "test_buffers.py -k bytes and poison",
    ),
    Fault(
        "a crafted number of a task accepted",
        "grid/possible.py",
        "~((numbers >= lowest) & (numbers <= highest))",
        "numbers > np.inf",
        "test_state.py -k crafted",
    ),
    Fault(
        "a reset that leaks the task's memory",
        "grid/step.py",
        "        clear_memory(world)\n",
        "",
        "test_determinism.py -k Optimize",
    ),
    Fault(
        "a reset that leaks food that is missing",
        "grid/step.py",
        "world.missing_food[0] = 0",
        "pass",
        "test_determinism.py -k Forage",
    ),
    Fault(
        "truncated where the episode ended for the agent itself",
        "grid/cpu.py",
        "over & (world.terminated[agent] == 0)",
        "over",
        "test_episodes.py -k FillBasket",
    ),
    Fault(
        "an episode a tick too long",
        "grid/step.py",
        "world.tick < world.horizon:",
        "world.tick <= world.horizon:",
        "test_episodes.py -k FillBasket",
    ),
    Fault(
        "the seed ignored",
        "grid/simulation.py",
        "np.asarray(seeds, dtype=np.uint64)[chosen]",
        "np.uint64(1)",
        "test_determinism.py -k Forage",
    ),
    Fault(
        "every world of a batch with the same seed",
        "grid/rng.py",
        "    if world == 0:\n",
        "    if world >= 0:\n",
        "test_determinism.py -k Forage",
    ),
    Fault(
        "autoreset that repeats an episode",
        "grid/cpu.py",
        "                    world.episode[0] += 1\n",
        "",
        "test_determinism.py -k Forage",
    ),
    Fault(
        "random numbers that forget the tick",
        "grid/record.py",
        "combine(combine(world.seed[0], world.episode[0]), world.tick)",
        "combine(combine(world.seed[0], world.episode[0]), 0)",
        REFERENCE,
    ),
    Fault(
        "food eaten and not counted",
        "grid/dynamics.py",
        "world.food[0] -= eaten",
        "world.food[0] -= 0",
        "test_invariants.py -k Forage",
    ),
    Fault(
        "food that grows under agents",
        "grid/life.py",
        "        if world.codes[cell] == EMPTY:\n            world.codes[cell] = FOOD\n",
        "        if world.codes[cell] != 2:\n            world.codes[cell] = FOOD\n",
        "test_invariants.py -k Forage",
    ),
    Fault(
        "the own cell an obstacle",
        "grid/dynamics.py",
        "moves = (code & CODE_MASK <= FOOD) | (wanted == own)",
        "moves = code & CODE_MASK <= FOOD",
        "test_twins.py " + REFERENCE,
    ),
    Fault(
        "a blocked agent that slides within its cell",
        "grid/dynamics.py",
        "    world.target_row[agent] = world.row[agent]\n",
        "",
        "test_invariants.py " + REFERENCE,
    ),
    Fault(
        "motion cut off instead of rounded",
        "grid/dynamics.py",
        "((steps + _ROUNDER) - _ROUNDER)",
        "np.float32(int(steps))",
        REFERENCE,
    ),
    Fault(
        "a twin that moves at another speed",
        "grid/motion.py",
        "return actions[np.uint64(row), 0], actions[np.uint64(row), 1]",
        "return actions[np.uint64(row), 0], actions[np.uint64(row), 1] * np.float32(0.5)",
        "test_twins.py -k Forage",
    ),
    Fault(
        "two rows of the action table swapped",
        "grid/motion.py",
        "(0, 0), (-1, 0), (-1, 1), (0, 1)",
        "(0, 0), (-1, 1), (-1, 0), (0, 1)",
        REFERENCE,
    ),
    Fault(
        "a birth onto other agents",
        "grid/life.py",
        "            if world.codes[cell] == EMPTY:\n                world.codes[cell] = _CLAIMED\n",
        "            if world.codes[cell] != 2:\n                world.codes[cell] = _CLAIMED\n",
        "test_invariants.py -k Forage",
    ),
    Fault(
        "a reward paid twice",
        "grid/step.py",
        "world.episode_return[agent] += world.reward[agent]",
        "world.episode_return[agent] += 2 * world.reward[agent]",
        "test_episodes.py -k FillBasket",
    ),
    Fault(
        "a return that runs on into the next episode",
        "grid/step.py",
        "            world.episode_return.fill(0.0)\n",
        "",
        "test_episodes.py -k FillBasket",
    ),
    Fault(
        "a score that isn't clipped",
        "grid/step.py",
        "min(max(score(world, agent), 0.0), 1.0)",
        "score(world, agent)",
        "test_episodes.py -k clipped",
    ),
    Fault(
        "threads that leave out a ticket",
        "grid/tickets.py",
        "return source * quota + ticket",
        "return source * quota + max(ticket - 1, 0)",
        "test_threads.py -k Forage or ticket",
    ),
    Fault(
        "a thread's exception swallowed",
        "grid/threads.py",
        "        raise error\n",
        "        pass\n",
        "test_threads.py -k exception",
    ),
    Fault(
        "a state that leaves the begun worlds as they were",
        "grid/simulation.py",
        "        self._begun[chosen] = begun\n",
        "",
        "test_state.py -k Forage",
    ),
    Fault(
        "a state that is a view of the worlds",
        "grid/simulation.py",
        "self.blocks[chosen], self._begun[chosen])",
        "self.blocks[: len(chosen)], self._begun[chosen])",
        "test_state.py -k Forage",
    ),
    Fault(
        "a clone that forgets whether a world has a seed",
        "grid/simulation.py",
        "for rows in (self.blocks, self._begun, self.unseeded):",
        "for rows in (self.blocks, self._begun):",
        "test_state.py -k clone_brings",
    ),
    Fault(
        "a replay's hash over observations only",
        "tools/replay.py",
        "for array in result[:4]:",
        "for array in result[:1]:",
        "test_replay.py -k hash or noticed",
    ),
    Fault(
        "a member's size believed, whatever its header says",
        "grid/archive.py",
        "            if size <= most_bytes:\n",
        "            if size >= 0:\n",
        "test_archive.py -k gigabytes",
    ),
    Fault(
        "members beside the known ones",
        "grid/archive.py",
        'for wrong, what in ((missing, "lacks"), (more, "also has"), (twice, "has more than once")):',
        'for wrong, what in ((missing, "lacks"),):',
        "test_archive.py -k beside",
    ),
    Fault(
        "an episode that goes on after its end",
        "grid/possible.py",
        'field["over"] != ended',
        'field["over"] > 1',
        "test_possible.py -k disagree",
    ),
    Fault(
        "missing food without a limit",
        "grid/possible.py",
        "max(height * width, _MOST_MISSING)",
        "2**62",
        "test_possible.py -k missing_food_costs",
    ),
    Fault(
        "a flood that takes no diagonal ways",
        "grid/flood.py",
        "range(max(begin - 1, 0), min(end + 1, width))",
        "range(begin, end)",
        "test_map_files.py -k reached or winding",
    ),
    Fault(
        "a map that is read twice",
        "wrappers/seats.py",
        "chosen=chosen_settings, **running)",
        "**running, **settings)",
        "test_map_files.py -k once",
    ),
    Fault(
        "a file that may be a pipe",
        "grid/files.py",
        "if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):",
        "if False:",
        "test_map_files.py -k without_an_end",
    ),
    Fault(
        "compiled functions called alike in all processes",
        "grid/disk_cache.py",
        "FunctionIdentity._unique_ids = _Draws()\n",
        "",
        "test_processes.py -k number_functions",
    ),
    Fault(
        "a wrong action taken",
        "grid/cpu.py",
        "            if refused >= 0:\n",
        "            if False:\n",
        "test_bad_input.py -k Forage",
    ),
    Fault(
        "a wrong action that debugging looks at too late",
        "grid/actions.py",
        "    if wrong >= 0:\n",
        "    if False:\n",
        "test_buffers.py",
    ),
    Fault(
        "the last observation overwritten by the next episode's",
        "grid/cpu.py",
        "final_observations[agent, byte] = observations[agent, byte]",
        "final_observations[agent, byte] = 0",
        "test_episodes.py -k modes and Forage",
    ),
    Fault(
        "a partial reset that begins all worlds",
        "grid/cpu.py",
        "            if mask[index]:\n                world = view(blocks, header, index)\n                world.clock",
        "            if True:\n                world = view(blocks, header, index)\n                world.clock",
        "test_determinism.py -k Forage",
    ),
]


def check(fault):
    """Whether a test fails on a copy of the package with the fault."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for part in ("sakana_envs", "tests"):
            shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", copy)
        file = copy / "sakana_envs" / fault.file
        text = file.read_text()
        if text.count(fault.right) < 1:
            raise SystemExit(f"{fault.name}: {fault.file} no longer has {fault.right!r}")
        file.write_text(text.replace(fault.right, fault.wrong, 1))
        words = fault.tests.split(" -k ")
        tests = [str(copy / "tests" / name) for name in words[0].split()] + (["-k", words[1]] if words[1:] else [])
        try:
            done = subprocess.run(
                [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "--tb=no", *tests],
                cwd=copy,
                env={**os.environ, "PYTHONPATH": str(copy), "SAKANA_CACHE_DIR": str(copy / "cache")},
                capture_output=True,
                text=True,
                timeout=_LONGEST,
            )
        except subprocess.TimeoutExpired:
            return True, f"no end within {_LONGEST} s"
        found = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
        return done.returncode == 1, (found or done.stdout.splitlines()[-1:] or [done.stderr[-300:]])[0][:150]


def main():
    chosen = [f for f in FAULTS if not sys.argv[1:] or any(word in f.name for word in sys.argv[1:])]
    missed = []
    for fault in chosen:
        caught, by = check(fault)
        print(f"{'caught' if caught else 'MISSED'}  {fault.name}  ({by})", flush=True)
        if not caught:
            missed.append(fault.name)
    print(f"{len(chosen) - len(missed)} of {len(chosen)} caught")
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main())
