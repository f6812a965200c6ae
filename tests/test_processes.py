"""What depends on the process: imports, the disk, forks, and plain Python in place of compiled code."""

import os
import subprocess
import sys
from pathlib import Path

import gymnasium
import numpy as np
import pytest
from worlds import ALL_TASKS, FORMS_OF, SMALL, SMALL_OF, kind_of

import sakana_envs

ID = "Sakana/Forage-Discrete-v0"
MAKE = f"""
import gymnasium, sakana_envs
kinds = {SMALL_OF!r}
def play(id, kind="cells", ticks=8):
    settings, forms = kinds[kind], {FORMS_OF!r}[kind]
    env = gymnasium.make(id, render_mode="rgb_array", **settings)
    env.reset(seed=1)
    env.action_space.seed(1)
    rewards = []
    for _ in range(ticks):
        _, reward, *ends, _ = env.step(env.action_space.sample())
        rewards.append(reward)
        if any(ends):
            env.reset()
    frame = env.render()
    env.close()
    rows = gymnasium.make_vec(id, num_envs=12, obs=forms[-1], **settings)
    rows.reset(seed=1)
    rows.action_space.seed(1)
    return rewards, [rows.step(rows.action_space.sample())[0].tobytes() for _ in range(ticks)], frame.tobytes()
"""
COUNT = """
from numba.core import event
recorder = event.RecordingListener()
event.register("numba:compile", recorder)
"""


def run(code, **environment):
    """Run Python in a new process; what it printed."""
    env = {**os.environ, **environment}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_import_is_light():
    heavy = "('numba', 'llvmlite', 'pygame', 'torch', 'stable_baselines3', 'matplotlib', 'supersuit')"
    code = f"import sys, sakana_envs; sakana_envs.task_ids(); print([m for m in {heavy} if m in sys.modules])"
    assert run(code).strip() == "[]"


def test_gymnasium_finds_ids_by_module_name():
    make = f"gymnasium.make('sakana_envs:{ID}', agents=2, height=12, width=10)"
    code = f"import gymnasium; print({make}.reset(seed=1)[0].sum())"
    assert float(run(code)) == 121.0


def digests(tasks, **environment):
    """A hash of rewards, observations and a frame for both twins of ``tasks``, made in one new process."""
    kinds = {task: kind_of(task) for task in tasks}
    code = (
        MAKE
        + f"""
import hashlib
for task, kind in {kinds!r}.items():
    for twin in ("Discrete", "Continuous"):
        print(task, twin, hashlib.sha256(repr(play(f"Sakana/{{task}}-{{twin}}-v0", kind)).encode()).hexdigest())
"""
    )
    return run(code, **environment).splitlines()


def test_plain_python_makes_the_same_world():
    tasks = [task for task in ALL_TASKS if task != "FillBasket"]
    plain = digests(tasks, NUMBA_DISABLE_JIT="1")
    assert plain == digests(tasks) and len(plain) == 2 * len(tasks)


def installed():
    """The package's own files; caches must never be put beside them."""
    return {file for file in Path(sakana_envs.__file__).parent.rglob("*") if "__pycache__" not in file.parts}


def test_a_second_process_compiles_nothing(tmp_path):
    code = (
        MAKE
        + COUNT
        + f"""
play({ID!r})
print(sorted({{e.data["dispatcher"].py_func.__name__ for _, e in recorder.buffer}}))
"""
    )
    files = installed()
    first = run(code, SAKANA_CACHE_DIR=str(tmp_path))
    assert "step" in first and "reset" in first
    assert list(tmp_path.rglob("*.kernel"))
    assert run(code, SAKANA_CACHE_DIR=str(tmp_path)).strip() == "[]"
    for file in tmp_path.rglob("*-scripted-*.kernel"):
        file.write_bytes(file.read_bytes()[:100])
    again = run(code, SAKANA_CACHE_DIR=str(tmp_path))
    assert "'scripted'" in again and "'step'" not in again
    assert run(code, SAKANA_CACHE_DIR=str(tmp_path)).strip() == "[]"
    assert files == installed()


UNPICKLED = """
import pickle, sys
env = pickle.load(open(sys.argv[1], "rb"))
env.reset(seed=1)
env.step(3)
print(sorted({e.data["dispatcher"].py_func.__name__ for _, e in recorder.buffer}))
"""


def test_a_copy_by_pickle_finds_what_was_compiled(tmp_path):
    pickled = f"import pickle\npickle.dump(gymnasium.make({ID!r}, agents=4), open({str(tmp_path / 'env')!r}, 'wb'))\n"
    run(MAKE + pickled, SAKANA_CACHE_DIR=str(tmp_path))
    code = COUNT + UNPICKLED.replace("sys.argv[1]", repr(str(tmp_path / "env")))
    assert "'step'" in run(code, SAKANA_CACHE_DIR=str(tmp_path))
    assert run(code, SAKANA_CACHE_DIR=str(tmp_path)).strip() == "[]"


def test_an_unwritable_cache_only_costs_time(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("a file where the folder should be")
    assert run(MAKE + f"print(len(play({ID!r})[0]))", SAKANA_CACHE_DIR=str(blocked / "cache")).strip() == "8"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("context", ["fork", "spawn"])
def test_gymnasium_async_vector_env(context):
    spaces = {}
    for mode, arguments in (("async", {"context": context}), ("sync", {})):
        env = gymnasium.make_vec(
            f"sakana_envs:{ID}", num_envs=2, vectorization_mode=mode, vector_kwargs=arguments, **SMALL
        )
        observations = [env.reset(seed=[1, 2])[0]]
        observations += [env.step(np.array([1, 3]))[0] for _ in range(SMALL["horizon"] + 3)]
        spaces[mode] = np.stack(observations)
        env.close()
    assert (spaces["async"] == spaces["sync"]).all()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("method", ["fork", "forkserver", "spawn"])
def test_stable_baselines3_subprocesses(method):
    pytest.importorskip("stable_baselines3")
    from stable_baselines3.common.env_util import make_vec_env
    from stable_baselines3.common.vec_env import SubprocVecEnv

    env = make_vec_env(
        f"sakana_envs:{ID}",
        n_envs=2,
        seed=1,
        env_kwargs=SMALL,
        vec_env_cls=SubprocVecEnv,
        vec_env_kwargs={"start_method": method},
    )
    env.reset()
    infos = [info for _ in range(SMALL["horizon"]) for info in env.step(np.array([1, 3]))[3] if "episode" in info]
    assert [info["episode"]["l"] for info in infos] == [SMALL["horizon"]] * 2
    env.close()


def test_no_two_processes_number_functions_alike():
    code = """
import os
from numba.core.bytecode import FunctionIdentity
from sakana_envs.core import disk_cache
number = lambda: FunctionIdentity.from_function(test_function).unique_id
def test_function():
    pass
child = os.fork() if hasattr(os, "fork") else None
os.write(1, f"{number()} {number()} ".encode())
if child:
    os.waitpid(child, 0)
"""
    numbers = (run(code) + run(code)).split()
    assert len(numbers) >= 4 and len(set(numbers)) == len(numbers)


def test_twins_compiled_by_different_processes(tmp_path):
    """Their rules are functions of the same names: each must keep its own."""
    code = """
import numpy
from sakana_envs.tasks import registry
for discrete in {}:
    sim = registry.simulation("Assemble", discrete, agents=40, height=30, width=30)
    sim.seed(1)
    sim.reset()
    actions = numpy.full(40, 5) if discrete else numpy.tile(numpy.float32([1, 0]), (40, 1))
    print(sum(sim.step(actions).rewards.sum() for _ in range(20)))
"""

    def rewards(*twins):
        return run(code.format(twins), SAKANA_CACHE_DIR=str(tmp_path)).split()

    alone = rewards(False)
    assert rewards(True, False) == 2 * alone
