"""What a task's rules can do wrong while worlds step: noted in the world, and said in words afterwards.

An exception comes out of the whole batch's kernel and doesn't say which rule of which world it was, and what isn't one,
such as a reward of NaN, can't be raised in passing. So a world has a note, in its fields ``fault`` and ``fault_agent``:
what, which rule, and which agent (or how many).
"""

import inspect
import linecache
import traceback
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numba import config, typeof
from numba.core import cgutils, types
from numba.extending import intrinsic

from sakana_envs.core.inner import inner, seldom

RAISED, REWARD, SCORE = map(np.int64, range(1, 4))
"""What went wrong: the first number of a note. For each literal of Python's ``note`` would be compiled once more."""

FIRST_OF_ENGINE = 16
"""From here on these numbers are the engine's."""


def _note(world, what, agent, rule):
    """Keep what went wrong first."""
    if world.fault[0] == 0:
        world.fault[0] = what
        world.fault[1] = rule
        world.fault_agent[0] = agent


def noting(rule: Callable, number: int) -> Callable:
    """``rule``, of a world and perhaps an agent and ``out``, so that an exception of it is noted under its number."""
    python = getattr(rule, "py_func", rule)
    arguments = len(inspect.signature(python).parameters)
    if config.DISABLE_JIT:
        return _noting_python(rule, number)

    @intrinsic
    def call(typing_context, world, rest):
        signature = typing_context.resolve_function_type(typeof(rule), (world, *rest.types), {})
        agent_known = len(rest.types) > 0

        def codegen(context, builder, _, values):
            compiled = rule.overloads[signature.args]
            context.active_code_library.add_linking_library(compiled.library)
            given = [values[0], *cgutils.unpack_tuple(builder, values[1], len(rest.types))]
            status, result = context.call_internal_no_propagate(builder, compiled.fndesc, signature, given)
            with cgutils.if_unlikely(builder, status.is_error):
                numbers = [context.get_constant(types.int64, value) for value in (RAISED, -1, number)]
                if agent_known:
                    numbers[1] = given[1]
                context.compile_internal(
                    builder, _note, types.void(world, types.int64, types.int64, types.int64), [values[0], *numbers]
                )
                context.call_conv.return_status_propagate(builder, status)
            return result

        return signature.return_type(world, rest), codegen

    if arguments == 1:
        return inner(lambda world: call(world, ()))
    if arguments == 2:
        return inner(lambda world, agent: call(world, (agent,)), forceinline=True)
    return inner(lambda world, agent, out: call(world, (agent, out)))


def _noting_python(rule: Callable, number: int) -> Callable:
    def noted(world, *rest):
        try:
            return rule(world, *rest)
        except Exception:
            _note(world, RAISED, rest[0] if rest else -1, number)
            raise

    return noted


note = seldom(_note)


@seldom
def note_rewards(world, rule):
    """Note the rewards of this tick that are no finite numbers."""
    for agent in range(world.agents):
        if not abs(world.reward[agent]) < np.inf:
            note(world, REWARD, agent, rule)


_SAID: dict[Any, str] = {
    REWARD: "paid agent {agent} of world {world} {reward:g}; a reward is a finite number",
    SCORE: "gave agent {agent} of world {world} a score of {score:g}; a score is a finite number",
}


class _Values(dict):
    """What a message names: fields have the value of the agent concerned."""

    def __init__(self, view: Callable[[str], np.ndarray], world: int, agent: int) -> None:
        super().__init__(world=world, agent=agent)
        self._view = view

    def __missing__(self, name: str) -> Any:
        return self._view(name)[self["world"], self["agent"]]


def describe(
    rules: Mapping[str, Callable],
    said: Mapping[Any, str],
    view: Callable[[str], np.ndarray],
    error: BaseException | None,
) -> str:
    """What went wrong in the first world with a note, in words that name the rule and where in a file it stands.

    ``rules`` are the functions in the order of their numbers, by the names to show; ``said`` what to say of the
    engine's own notes; ``view`` gives a field of all worlds, and ``error`` is what a rule raised.
    """
    world = int(view("fault")[:, 0].argmax())
    what, number = view("fault")[world].tolist()
    agent = int(view("fault_agent")[world, 0])
    if what == REWARD:
        number = _term(rules, view, world, agent, number)
    name, function = list(rules.items())[number]
    if error is not None:
        return raised(name, function, f"agent {agent} of world {world}" if agent >= 0 else f"world {world}", error)
    words = {**_SAID, **said}[what].format_map(_Values(view, world, agent))
    return f"{label(name)} {words}\n{_place(function)}"


def raised(name: str, function: Callable, whose: str, error: BaseException) -> str:
    """What to say of an exception of a rule, which ``function`` is."""
    what = "reads or writes outside of an array" if isinstance(error, IndexError) else f"raised {type(error).__name__}"
    return f"{label(name)} {what}, for {whose}: {error}\n{_place(function, error)}"


def kind_of(error: BaseException | None) -> type[Exception]:
    """The exception to say it with: of the rule's own type if that is one of Python's; ``ValueError`` for a value."""
    if error is None:
        return ValueError
    return type(error) if isinstance(error, Exception) and type(error).__module__ == "builtins" else RuntimeError


def label(name: str) -> str:
    """How a rule is called in errors; a reward's term is known by the field that sums it up."""
    return f"reward[{name.removeprefix('reward_')!r}]" if name.startswith("reward_") else name


def _term(rules: Mapping[str, Callable], view: Callable[[str], np.ndarray], world: int, agent: int, number: int) -> int:
    """The number of the rule that paid what is no finite number, where several terms add up."""
    for position, name in enumerate(rules):
        if name.startswith("reward_") and not np.isfinite(view(name)[world, agent]):
            return position
    return number


def _place(function: Callable, error: BaseException | None = None) -> str:
    """File, line and text: where the exception arose, if that is known, or where the function begins."""
    python = inspect.unwrap(getattr(function, "py_func", function))
    file, line = python.__code__.co_filename, python.__code__.co_firstlineno
    frames = traceback.extract_tb(error.__traceback__) if error is not None else []
    if frames and frames[-1].filename == file and frames[-1].lineno:
        line = frames[-1].lineno
    return f"  {file}:{line}: {linecache.getline(file, line).strip()}"
