"""Some hundred hand-made faults, one at a time: does the suite catch each?

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
        "core/disjoint.py",
        "for other in world.scopes if other != field]",
        "for other in world.scopes]",
        "test_disjoint.py",
    ),
    Fault(
        "a level that is drawn by the last episode's random numbers",
        "core/start.py",
        "        world = view(blocks, header, index)\n        world.level[0]",
        "        world.level[0]",
        "test_levels.py -k rules_say",
    ),
    Fault(
        "an episode on one map that begins with the walls of another",
        "core/record.py",
        "builder.add(own, own)",
        "own",
        "test_many_maps.py -k Forage",
    ),
    Fault(
        "levels laid out by the world's own random numbers",
        "core/start.py",
        "return rng.combine(rng.combine(_LEVELS, world.level[0]), 0)",
        "return world.key",
        "test_levels.py -k Forage",
    ),
    Fault(
        "a level that is told of the episode which the same step began",
        "wrappers/information.py",
        "if self._simulation.mode == SAME_STEP and",
        "if self._simulation.mode < 0 and",
        "test_levels.py -k Forage",
    ),
    Fault(
        "a helper that steps by weights of levels that were changed",
        "core/cpu.py",
        "header = at(given_header, control[ADDRESSES + 8])",
        "header = given_header",
        "test_levels.py -k in_every_thread",
    ),
    Fault(
        "a helper that ends episodes by the mode of the reset before",
        "core/cpu.py",
        "restart = current == SAME_STEP",
        "restart = mode == SAME_STEP",
        "test_threads.py -k mode_of_its_step",
    ),
    Fault(
        "a level that is drawn by another one's weight",
        "core/start.py",
        "            last = middle\n",
        "            last = max(middle - 1, first)\n",
        "test_levels.py -k test_weights",
    ),
    Fault(
        "a number that all worlds of a batch draw from the first one's range",
        "core/numbers.py",
        "first = 2 * (index * drawn + place)",
        "first = 2 * place",
        "test_options.py -k numbers_stay and Forage",
    ),
    Fault(
        "a state of worlds on a map that nobody gave",
        "core/possible.py",
        'refuse(layout.view(blocks, "level") < layout.lowest_level,',
        'refuse(layout.view(blocks, "level") < -(2**31),',
        "test_options.py -k crafted",
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
        "core/buffers.py",
        "        if self._copy:\n            return make()\n",
        "",
        "test_vector_env.py -k own",
    ),
    Fault(
        "shared arrays that last for no further step",
        "core/buffers.py",
        "        self._current, self._previous = self._previous, self._current\n",
        "",
        "test_buffers.py -k bytes and last",
    ),
    Fault(
        "retired arrays that aren't poisoned",
        "core/buffers.py",
        "                    _poison(array)\n",
        "                    pass\n",
        "test_buffers.py -k bytes and poison",
    ),
    Fault(
        "a crafted number of a task accepted",
        "core/possible.py",
        "~((numbers >= lowest) & (numbers <= highest))",
        "numbers > np.inf",
        "test_state.py -k crafted",
    ),
    Fault(
        "a reset that leaks the task's memory",
        "core/step.py",
        "        clear_memory(world)\n",
        "",
        "test_core_promises.py -k Optimize",
    ),
    Fault(
        "a reset that leaks food that is missing",
        "grid/phases.py",
        "world.missing_food[0] = 0",
        "pass",
        "test_determinism.py -k Forage",
    ),
    Fault(
        "truncated where the episode ended for the agent itself",
        "core/cpu.py",
        "over & (world.terminated[agent] == 0)",
        "over",
        "test_episodes.py -k FillBasket",
    ),
    Fault(
        "an episode a tick too long",
        "core/judge.py",
        "world.tick < world.horizon:",
        "world.tick <= world.horizon:",
        "test_episodes.py -k FillBasket",
    ),
    Fault(
        "the seed ignored",
        "core/simulation.py",
        "np.asarray(seeds, dtype=np.uint64)[chosen]",
        "np.uint64(1)",
        "test_determinism.py -k Forage",
    ),
    Fault(
        "every world of a batch with the same seed",
        "core/rng.py",
        "    if world == 0:\n",
        "    if world >= 0:\n",
        "test_determinism.py -k Forage",
    ),
    Fault(
        "autoreset that repeats an episode",
        "core/start.py",
        "        world.episode[0] += 1\n",
        "        world.episode[0] = 0\n",
        "test_determinism.py -k Forage",
    ),
    Fault(
        "random numbers that forget the tick",
        "core/record.py",
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
        "core/acting.py",
        "lambda vectors, row: vectors[np.uint64(row), axis]",
        "lambda vectors, row: vectors[np.uint64(row), axis] * np.float32(1 - 0.5 * axis)",
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
        "core/judge.py",
        "world.episode_return[agent] += world.reward[agent]",
        "world.episode_return[agent] += 2 * world.reward[agent]",
        "test_episodes.py -k FillBasket",
    ),
    Fault(
        "a return that runs on into the next episode",
        "core/judge.py",
        "            clear_sums(world)\n",
        "            pass\n",
        "test_episodes.py -k FillBasket",
    ),
    Fault(
        "a score that isn't clipped",
        "core/judge.py",
        "return min(max(score, 0.0), 1.0)",
        "return score",
        "test_episodes.py -k clipped",
    ),
    Fault(
        "Stable-Baselines3 told of a truncation at every end",
        "wrappers/sb3_vec_env.py",
        'infos[row]["TimeLimit.truncated"] = bool(truncated[row])',
        'infos[row]["TimeLimit.truncated"] = True',
        "test_sb3_vec_env.py -k truncat",
    ),
    Fault(
        "a score so far that asks the world itself",
        "core/cpu.py",
        "                world = view(scratch, header, 0)\n",
        "                world = view(blocks, header, index)\n",
        "test_scores_so_far.py -k writes",
    ),
    Fault(
        "copies by pickle that live through the same worlds",
        "core/simulation.py",
        "        self.borrowed = ~self.unseeded\n",
        "        pass\n",
        "test_copies.py",
    ),
    Fault(
        "threads that leave out a ticket",
        "core/tickets.py",
        "return source * quota + ticket",
        "return source * quota + max(ticket - 1, 0)",
        "test_threads.py -k Forage or ticket",
    ),
    Fault(
        "a thread's exception swallowed",
        "core/threads.py",
        "        raise error\n",
        "        pass\n",
        "test_threads.py -k exception",
    ),
    Fault(
        "a state that leaves the begun worlds as they were",
        "core/restore.py",
        "        self._begun[chosen] = begun\n",
        "",
        "test_state.py -k Forage",
    ),
    Fault(
        "a state that is a view of the worlds",
        "core/restore.py",
        "self.blocks[chosen], self._begun[chosen])",
        "self.blocks[: len(chosen)], self._begun[chosen])",
        "test_state.py -k Forage",
    ),
    Fault(
        "a clone that forgets whether a world has a seed",
        "core/restore.py",
        "        self.unseeded[chosen] = unseeded\n",
        "",
        "test_state.py -k clone_brings",
    ),
    Fault(
        "a replay's hash over observations only",
        "tools/record/replay.py",
        "for array in result[:4]:",
        "for array in result[:1]:",
        "test_replay.py -k hash or noticed",
    ),
    Fault(
        "a member's size believed, whatever its header says",
        "core/archive.py",
        "            if size <= most_bytes:\n",
        "            if size >= 0:\n",
        "test_archive.py -k gigabytes",
    ),
    Fault(
        "members beside the known ones",
        "core/archive.py",
        'for wrong, what in ((missing, "lacks"), (more, "also has"), (twice, "has more than once")):',
        'for wrong, what in ((missing, "lacks"),):',
        "test_archive.py -k beside",
    ),
    Fault(
        "an episode that goes on after its end",
        "core/possible.py",
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
        "chosen=chosen, **running)",
        "**running, **settings)",
        "test_map_files.py -k once",
    ),
    Fault(
        "a file that may be a pipe",
        "core/files.py",
        "if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):",
        "if False:",
        "test_map_files.py -k without_an_end",
    ),
    Fault(
        "compiled functions called alike in all processes",
        "core/disk_cache.py",
        "FunctionIdentity._unique_ids = _Draws()\n",
        "",
        "test_processes.py -k number_functions",
    ),
    Fault(
        "a module's constant that a kernel's key leaves out",
        "core/fingerprint.py",
        "                value = getattr(value, attributes.pop(0))\n",
        "                return\n",
        "test_fingerprint.py -k edit",
    ),
    Fault(
        "members of an enumeration that a kernel's key leaves out",
        "core/fingerprint.py",
        "            self.read({name: member.value for name, member in value.__members__.items()})\n",
        "",
        "test_fingerprint.py -k edit",
    ),
    Fault(
        "default arguments that a kernel's key leaves out",
        "core/fingerprint.py",
        "        self.read((python.__defaults__, python.__kwdefaults__))\n",
        "",
        "test_fingerprint.py -k edit",
    ),
    Fault(
        "a module taken for a value",
        "core/fingerprint.py",
        "return _is_library(value.__name__)",
        "return True",
        "test_fingerprint.py -k edit",
    ),
    Fault(
        "a kernel kept with what was read before it changed",
        "core/fingerprint.py",
        "if _read_before.setdefault(function, found) != found:",
        "if False:",
        "test_fingerprint.py -k changes",
    ),
    Fault(
        "a kernel kept that holds an address",
        "core/disk_cache.py",
        "if compiled.library.has_dynamic_globals or",
        "if",
        "test_fingerprint.py -k edit",
    ),
    Fault(
        "a checksum that nobody looks at",
        "core/disk_cache.py",
        "return payload if checksum == _checksum(name, payload) else None",
        "return payload",
        "test_disk_cache.py -k damaged",
    ),
    Fault(
        "compiled code from a file that others can write",
        "core/disk_cache.py",
        'if os.name != "nt" and not _is_own_file(os.fstat(file.fileno())):',
        "if False:",
        "test_disk_cache.py -k file",
    ),
    Fault(
        "compiled code from below a folder that others can write",
        "core/disk_cache.py",
        "for each in (place, *place.parents):",
        "for each in (place,):",
        "test_disk_cache.py -k folder",
    ),
    Fault(
        "an announcement that no error ends",
        "core/disk_cache.py",
        "            timer.cancel()\n",
        "            pass\n",
        "test_disk_cache.py -k announce",
    ),
    Fault(
        "a check remembered whatever the rules are",
        "tasks/check.py",
        "fingerprint([Path(__file__).read_bytes(), *checks])",
        "fingerprint([Path(__file__).read_bytes(), world])",
        "test_registered_once.py -k remembered",
    ),
    Fault(
        "a wrong rule remembered as right",
        "tasks/check.py",
        "    for check in checks:\n",
        '    disk_cache.save(name, b"")\n    for check in checks:\n',
        "test_registered_once.py -k wrong",
    ),
    Fault(
        "a wrong action taken",
        "core/cpu.py",
        "            if refused >= 0:\n",
        "            if False:\n",
        "test_bad_input.py -k Forage",
    ),
    Fault(
        "a wrong action that debugging looks at too late",
        "core/allowed.py",
        "    if wrong >= 0:\n",
        "    if False:\n",
        "test_buffers.py",
    ),
    Fault(
        "the last observation overwritten by the next episode's",
        "core/cpu.py",
        "final_observations[agent, byte] = observations[agent, byte]",
        "final_observations[agent, byte] = 0",
        "test_episodes.py -k modes and Forage",
    ),
    Fault(
        "an agent that leaves a ghost where it was",
        "grid/spawn.py",
        "        world.codes[world.cell[agent]] = EMPTY\n",
        "        pass\n",
        "test_faults.py -k leaves_its_cell",
    ),
    Fault(
        "a world that has begun before it is laid out",
        "core/simulation.py",
        "            stagger = self.stagger and mask is None\n",
        "            stagger = self.stagger and mask is None\n            self._begun |= chosen\n",
        "test_faults.py -k compiles",
    ),
    Fault(
        "worlds that go on after a broken step",
        "core/batch.py",
        "            self._begun[:] = False\n            self.view",
        "            self.view",
        "test_faults.py -k all_or_nothing",
    ),
    Fault(
        "worlds that debugging leaves as a broken step left them",
        "core/batch.py",
        "self.blocks[:], self._begun[:] = self._before",
        "self._begun[:] = self._before[1]",
        "test_faults.py -k all_or_nothing",
    ),
    Fault(
        "a reward that is no number",
        "core/judge.py",
        "wrong |= np.int64(not abs(value) <= _LARGEST)",
        "wrong |= np.int64(abs(value) > _LARGEST)",
        "test_faults.py -k all_or_nothing",
    ),
    Fault(
        "a cell code beyond the last plane",
        "grid/sensors.py",
        "                    if code < count:\n",
        "                    if code < 100 * count:\n",
        "test_faults.py -k planes or no_plane",
    ),
    Fault(
        "helpers that debugging doesn't check",
        "core/checked.py",
        "    if isinstance(value, CPUDispatcher):\n        return checked(value)\n",
        "",
        "test_faults.py -k helpers",
    ),
    Fault(
        "a helper thread that is never woken",
        "core/threads.py",
        "            helper.wake()\n            time",
        "            time",
        "test_threads.py -k woken_later",
    ),
    Fault(
        "an episode counted before its reset",
        "core/simulation.py",
        "            stagger = self.stagger and mask is None\n",
        "            stagger = self.stagger and mask is None\n            self.view('episode')[chosen, 0] += 1\n",
        "test_threads.py -k interrupts",
    ),
    Fault(
        "two threads inside at once",
        "core/exclusive.py",
        "if other in sys._current_frames():",
        "if False:",
        "test_threads.py -k second_thread",
    ),
    Fault(
        "an id that means another task or twin",
        "wrappers/limited_spec.py",
        "spec.id != face.seats.id",
        "spec is None",
        "test_limits.py -k task_and_twin",
    ),
    Fault(
        "a copy in which somebody is",
        "core/exclusive.py",
        "        return Exclusive, ()  # nobody is inside a copy\n",
        "        return Exclusive, (dict(self),)\n",
        "test_copies.py -k nobody",
    ),
    Fault(
        "an old fault blamed again",
        "core/batch.py",
        '            self.view("fault")[:] = 0\n',
        "",
        "test_faults.py -k blamed",
    ),
    Fault(
        "a kind that the map doesn't show",
        "grid/spawn.py",
        "        world.codes[world.cell[agent]] = AGENT + kind\n",
        "        pass\n",
        "test_faults.py -k another_kind",
    ),
    Fault(
        "a registered record of which nobody keeps what it was",
        "tasks/registry.py",
        "    _contents[task.name] = _content(task)\n",
        "",
        "test_user_task.py -k same_record",
    ),
    Fault(
        "a helper thread that keeps its last worlds",
        "core/threads.py",
        "            call = control = None",
        "            pass",
        "test_threads.py -k nothing_alive",
    ),
    Fault(
        "tickets opened before the addresses are written",
        "core/cpu.py",
        "            control[ADDRESSES] = address(given_choices)\n",
        "            open_all(control)\n            control[ADDRESSES] = address(given_choices)\n",
        "test_threads.py -k addresses",
    ),
    Fault(
        "a wall that counts as an agent",
        "grid/dynamics.py",
        "        if code & CODE_MASK == WALL:\n",
        "        if code & CODE_MASK == WALL + 1:\n",
        "test_reference.py -k Forage",
    ),
    Fault(
        "a partial reset that begins all worlds",
        "core/cpu.py",
        "            if mask[index]:\n                begun[index]",
        "            if True:\n                begun[index]",
        "test_determinism.py -k Forage",
    ),
    Fault(
        "all agents terminated where one is, in PettingZoo",
        "wrappers/parallel_env.py",
        "dict(zip(every, self.seats.learners_of(transition.terminated).tolist(), strict=True))",
        "dict.fromkeys(every, bool(transition.terminated.any()))",
        "test_episodes.py -k FillBasket and among",
    ),
    Fault(
        "others shown the state before clone",
        "wrappers/seats.py",
        "        self._forget()\n        self.simulation.clone(source, targets)\n",
        "        self.simulation.clone(source, targets)\n",
        "test_seats.py -k stand and Forage",
    ),
    Fault(
        "others shown the state before set_state",
        "wrappers/seats.py",
        "        self._forget()\n        self.simulation.set_state(state, worlds)\n",
        "        self.simulation.set_state(state, worlds)\n",
        "test_seats.py -k stand and Forage",
    ),
    Fault(
        "a function in others shown the tick before",
        "wrappers/seats.py",
        "transition = self.simulation.step(actions)\n        self._seen = transition.observations\n",
        "self._seen = self.simulation.observe()\n        transition = self.simulation.step(actions)\n",
        "test_seats.py -k stand and Forage",
    ),
    Fault(
        "a function in others shown another group's agents",
        "wrappers/others.py",
        "~learns & (by_group == group)",
        "~learns & (by_group != group)",
        "test_seats.py -k each_group",
    ),
    Fault(
        "the single face paid what another group's agent earned",
        "wrappers/single_env.py",
        "transition.rewards[row]",
        "transition.rewards[0]",
        "test_seats.py -k first_of_its_group",
    ),
    Fault(
        "the single face's seed ignored",
        "wrappers/single_env.py",
        "self.seats.reset(seed, ",
        "self.seats.reset(seed and 1, ",
        "test_determinism.py -k Forage and differ_in_others",
    ),
    Fault(
        "the vector face's seed ignored",
        "wrappers/vector_env.py",
        "self.seats.reset(seed, ",
        "self.seats.reset(seed and 1, ",
        "test_determinism.py -k Forage and differ_in_others",
    ),
    Fault(
        "PettingZoo's seed ignored",
        "wrappers/parallel_env.py",
        "self.seats.reset(seed, ",
        "self.seats.reset(seed and 1, ",
        "test_determinism.py -k Forage and differ_in_others",
    ),
    Fault(
        "Stable-Baselines3's seed ignored",
        "wrappers/sb3_vec_env.py",
        "reset(seed=seed",
        "reset(seed=seed and 1",
        "test_determinism.py -k Forage and differ_in_others",
    ),
    Fault(
        "a seed that draws ignore",
        "core/record.py",
        "combine(combine(world.seed[0], world.episode[0]), world.tick)",
        "combine(combine(np.uint64(1), world.episode[0]), world.tick)",
        "test_determinism.py -k Forage and differ_in_others",
    ),
    Fault(
        "a number without effect accepted",
        "tasks/effect.py",
        " if name in read}",
        "}",
        "test_effect.py",
    ),
    Fault(
        "agents of PettingZoo that share a space",
        "wrappers/parallel_env.py",
        "copy(self._space)",
        "self._space",
        "test_checkers.py -k spaces_of_its_own and Forage",
    ),
    Fault(
        "a task that quietly takes another's place",
        "tasks/registry.py",
        "    if different:\n",
        "    if False:\n",
        "test_user_task.py -k another_record",
    ),
    Fault(
        "a replaced task that stays in use",
        "tasks/registry.py",
        "    _added[task.name] = task\n",
        "    _added.setdefault(task.name, task)\n",
        "test_user_task.py -k replacing",
    ),
    Fault(
        "a reference's interval widened by hand",
        "tasks/references.json",
        "[ 0.5097, 0.5077, 0.5118 ]",
        "[ 0.5097, 0.5067, 0.5128 ]",
        "test_references.py -k reproduced and Forage",
    ),
    Fault(
        "an array of the caller's with gaps",
        "core/given.py",
        "if not array.flags.c_contiguous:",
        "if array.ndim > 1 and not array.flags.c_contiguous:",
        "test_given.py -k cannot_be_written_into",
    ),
    Fault(
        "two of the caller's arrays over the same memory",
        "core/given.py",
        "if other == name:",
        "if other != name:",
        "test_given.py -k cannot_be_written_into",
    ),
    Fault(
        "a copy that writes into arrays given to the original",
        "core/given.py",
        "return Given, ()",
        "return dict.copy, (self,)",
        "test_given.py -k copy_writes",
    ),
    Fault(
        "an edit that stays in force after an exception",
        "core/restore.py",
        "        try:\n            yield editor\n        finally:",
        "        try:\n            yield editor\n        except Exception:\n            pass\n        finally:",
        "test_editing.py -k all_or_nothing",
    ),
    Fault(
        "an edited world that nobody checks",
        "core/restore.py",
        "            check_begun_worlds(self.program, self.layout, block)\n",
        "",
        "test_editing.py -k found_at_the_end",
    ),
    Fault(
        "an edit over a world that has gone on meanwhile",
        "core/restore.py",
        "not np.array_equal(self.blocks[index], before)",
        "False",
        "test_editing.py -k changes_meanwhile",
    ),
    Fault(
        "food that is placed by hand and not counted",
        "grid/editing.py",
        'self._field("food")[0] += 1',
        'self._field("food")[0] += 0',
        "test_editing.py -k every_face",
    ),
    Fault(
        "others who act on what they saw before an edit",
        "wrappers/seats.py",
        "        finally:\n            self._seen = None\n",
        "        finally:\n            pass\n",
        "test_editing.py -k others_see",
    ),
    Fault(
        "a velocity that is kept where an agent is blocked",
        "grid/dynamics.py",
        "    if world.inertia > 0.0:\n        world.velocity_row[agent] = 0.0\n",
        "    if world.inertia > 0.0:\n",
        "test_reference.py -k heavy and Forage",
    ),
    Fault(
        "a velocity rounded to whole steps",
        "grid/dynamics.py",
        "        world.target_col[agent] = _moved(world.col[agent], _ONE_CELL * world.velocity_col[agent])\n",
        "        world.target_col[agent] = _moved(world.col[agent], _ONE_CELL * world.velocity_col[agent])\n"
        "        world.velocity_col[agent] = world.target_col[agent] - world.col[agent]\n",
        "test_reference.py -k heavy and Forage",
    ),
    Fault(
        "a dead agent that claims a cell",
        "grid/dynamics.py",
        "        if lives(world, agent):\n            intend(world, agent)\n",
        "        intend(world, agent)\n",
        "test_reference.py -k rules_may",
    ),
    Fault(
        "a dead agent that is paid",
        "core/judge.py",
        "if alive or died else 0.0",
        "",
        "test_reference.py -k rules_may",
    ),
    Fault(
        "a dead agent that sees an empty map",
        "grid/sensors.py",
        "        if rows[row, window // 2] == EMPTY:\n            out[row] = 0.0\n            continue\n",
        "",
        "test_reference.py -k rules_may",
    ),
    Fault(
        "a feature that is no number, kept",
        "grid/features.py",
        "max(ranges[place, 0], values[place])",
        "max(values[place], ranges[place, 0])",
        "test_reference.py -k rules_may",
    ),
    Fault(
        "a velocity that survives an edit",
        "grid/editing.py",
        '        self._field("velocity_row")[agent] = self._field("velocity_col")[agent] = 0.0\n        if',
        "        if",
        "test_editing.py -k at_rest",
    ),
    Fault(
        "a dead agent that sees",
        "grid/phases.py",
        "            observations[row] = 0\n            return\n",
        "            pass\n",
        "test_dying.py -k rows and Snake and flat",
    ),
    Fault(
        "an agent that is terminated in every tick after its death",
        "core/step.py",
        'compose.zero_all(("died", "terminated"))',
        'compose.zero_all(("terminated",))',
        "test_dying.py -k rows and Snake and bytes",
    ),
    Fault(
        "an agent that moves and isn't where it is looked for",
        "grid/dynamics.py",
        "    occupy(world, wanted, agent)\n",
        "",
        "test_ability_states.py -k state_of_play and Battle",
    ),
    Fault(
        "who stood where in an episode before",
        "grid/phases.py",
        "        vacate(world)\n",
        "",
        "test_abilities.py -k batch and Everything-Discrete",
    ),
    Fault(
        "a button that isn't kept",
        "core/acting.py",
        "    for axis in range(size):\n        store = _store_one",
        "    for axis in range(2):\n        store = _store_one",
        "test_abilities.py -k table and Battle",
    ),
    Fault(
        "a multi-discrete choice of the coordinate before",
        "core/acting.py",
        "_picked(values, size, axis) for",
        "_picked(values, size, max(axis - 1, 0)) for",
        "test_abilities.py -k any_width and 3",
    ),
    Fault(
        "a category that doesn't exist, shown as another",
        "grid/sensors.py",
        "                    if code < count:\n",
        "                    code = code % count\n                    if code < count:\n",
        "test_senses.py -k categories",
    ),
    Fault(
        "floats that are only as exact as bytes",
        "grid/views.py",
        "        out[:, -len(about.ranges) :] = about.floats_of(rows)\n",
        "        out[:, -len(about.ranges) :] = np.rint(about.floats_of(rows) * 255) / np.float32(255)\n",
        "test_senses.py -k exact",
    ),
    Fault(
        "what was in memory between an observation's bytes and its floats",
        "grid/features.py",
        "    def write_floats(world, agent, out):\n        out[head:first] = 0\n",
        "    def write_floats(world, agent, out):\n",
        "test_senses.py -k every_byte",
    ),
    Fault(
        "an agent of PettingZoo that comes back from the dead",
        "wrappers/parallel_env.py",
        " and not self.seats.task.revives",
        "",
        "test_dying.py -k checkers and Snake and bytes",
    ),
    Fault(
        "a learner that plays on when it is dead",
        "wrappers/single_env.py",
        "over = transition.ended > 0 or terminated",
        "over = transition.ended > 0",
        "test_dying.py -k until_it_dies and Snake",
    ),
    Fault(
        "a crafted state whose dead agents live",
        "core/possible.py",
        '    refuse((alive != 0) & (died != 0), "agents that live and died")\n',
        "",
        "test_ability_states.py -k crafted_agents",
    ),
    Fault(
        "a crafted state whose cells name other agents",
        "grid/possible.py",
        "refuse(alive & (found != np.arange(found.shape[1])),",
        "refuse(alive & (found < 0),",
        "test_ability_states.py -k crafted_occupant",
    ),
    Fault(
        "a reference of large worlds raised by hand",
        "tasks/references.json",
        "[ 0.5663, 0.5617, 0.5709 ]",
        "[ 0.5664, 0.5618, 0.5710 ]",
        "test_references.py -k by_hand",
    ),
    Fault(
        "a snake whose body ends one cell too late",
        "tasks/snake.py",
        "    elif count >= length:\n",
        "    elif count > length:\n",
        "test_reference.py -k every_tick and Snake",
    ),
    Fault(
        "a head that survives another one",
        "tasks/snake.py",
        "elif world.bumped[agent] or world.met[agent]:",
        "elif world.bumped[agent]:",
        "test_reference.py -k every_tick and Snake",
    ),
    Fault(
        "a recipe that keeps its tool",
        "tasks/convert.py",
        "(TOOL, DEPOT, NOTHING, DEPOT, 10)",
        "(TOOL, DEPOT, TOOL, DEPOT, 10)",
        "test_reference.py -k every_tick and Convert",
    ),
    Fault(
        "a friend who is hit",
        "tasks/battle.py",
        "        if other >= 0 and world.kind[other] != world.kind[agent]:\n",
        "        if other >= 0:\n",
        "test_reference.py -k every_tick and Battle",
    ),
    Fault(
        "food that grows back where none is left",
        "tasks/commons.py",
        "world.growth * _food_near(world, row, col)",
        "world.growth * (1 + _food_near(world, row, col))",
        "test_reference.py -k every_tick and Commons",
    ),
    Fault(
        "a sheep that leaves a pen",
        "tasks/herd.py",
        "world.penned_now[0] += remove_agent(world, agent)",
        "world.penned_now[0] += 1",
        "test_reference.py -k every_tick and Herd",
    ),
]


def check(fault):
    """Whether a test fails on a copy of the package with the fault."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for part in ("sakana_envs", "tests", "docs", "examples"):
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
        # A process that died has noticed too.
        return done.returncode == 1 or done.returncode < 0, (
            found or done.stdout.splitlines()[-1:] or [done.stderr[-300:]]
        )[0][:150]


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
