"""Agent-steps that trainers learn from in a second, each in a process of its own, one after the other.

    python benchmarks/trainers.py                  two threads each
    python benchmarks/trainers.py 1 300000         one thread, so many steps of each

All train on Forage-Discrete with the settings that the documentation names for them. What is counted begins after a
first update, so nothing is compiled in it. CPU seconds are those of all threads together; on a machine that does other
things too they tell more than steps per second.
"""

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
ENV_ID = "Sakana/Forage-Discrete-v0"


def ppo_fast(steps):
    import ppo_fast as fast

    trainer = fast.Trainer(fast.Settings(env_id=ENV_ID, threads=torch_threads()))
    size = trainer.settings.ticks * trainer.envs.num_envs
    return size, lambda: trainer.learn(trainer.collect()[0], 1.0), -(-steps // size)


def stable_baselines3(steps):
    from stable_baselines3 import PPO

    import sakana_envs

    envs = sakana_envs.SB3VecEnv(ENV_ID, num_envs=128)
    model = PPO("MlpPolicy", envs, n_steps=128, batch_size=2048, device="cpu")
    return 16384, lambda: model.learn(16384), -(-steps // 16384)


def ppo_cleanrl_style(steps):
    import ppo_cleanrl_style as style
    import torch

    envs = style.make(ENV_ID, 128, False)
    agent = style.Agent(envs.single_observation_space, envs.single_action_space)
    optimizer = torch.optim.Adam(agent.parameters(), lr=1e-3, eps=1e-5)
    play = [envs.reset(seed=1)[0], style.np.zeros(128, dtype=bool)]

    def update():
        kept, last_values, *play[:], _ = style.collect(envs, agent, *play, 128)
        style.update(agent, optimizer, kept, style.advantages(kept, last_values), 4, 2048)

    return 16384, update, -(-steps // 16384)


TRAINERS = {each.__name__: each for each in (ppo_fast, ppo_cleanrl_style, stable_baselines3)}


def torch_threads():
    import torch

    return torch.get_num_threads()


def cpu_seconds():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def measure(name, threads, steps):
    """What one trainer does, in this process."""
    import torch

    torch.set_num_threads(threads)
    size, update, updates = TRAINERS[name](steps)
    update()
    began, used = time.perf_counter(), cpu_seconds()
    for _ in range(updates):
        update()
    return {"steps": size * updates, "seconds": time.perf_counter() - began, "cpu": cpu_seconds() - used}


def main(threads=2, steps=500_000):
    for name in TRAINERS:
        run = subprocess.run(
            [sys.executable, __file__, "--one", name, str(threads), str(steps)],
            capture_output=True,
            text=True,
            check=True,
        )
        found = json.loads(run.stdout.splitlines()[-1])
        print(
            f"{name:20} {found['steps'] / found['seconds']:>9,.0f} steps/s  "
            f"{found['steps'] / found['cpu']:>9,.0f} per CPU second",
            flush=True,
        )


if __name__ == "__main__":
    sys.path.append(str(EXAMPLES))
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measure(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))))
    else:
        main(*map(int, sys.argv[1:]))
