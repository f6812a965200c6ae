"""What Jax2D 1.0.1 and Kinetix 3.0.2 do, measured, for test_body_figures.py. It needs an environment of its own:

    python3 -m venv /tmp/kinetix && /tmp/kinetix/bin/pip install kinetix-env==3.0.2
    /tmp/kinetix/bin/python tests/make_body_figures.py

Writes ``body_figures.npz`` beside itself: for each of Kinetix' own levels, and of those in ``body_levels/``, under no
action (``still``) and with all motors and thrusters ahead (``driven``), where each body is after ``STEPS`` steps of
motion (2, moments, bodies, 2) float32; the sign of the reward with which an episode of 256 actions that ask for nothing
ends, and in which tick; the length of the first observation, and its sum weighed by a fixed row of numbers.
"""

import os
from functools import cache
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
FILE, OWN = HERE / "body_figures.npz", HERE / "body_levels"
STEPS = (60, 300)


def files():
    """All level files by name."""
    import kinetix

    theirs = Path(kinetix.__path__[0]) / "levels"
    found = {f"{path.parent.name}/{path.stem}": path for path in sorted(theirs.glob("[sml]/*.json"))}
    return found | {path.stem: path for path in sorted(OWN.glob("*.json"))}


@cache
def machines(static):
    """What rolls a level of a size, and plays it."""
    import jax
    import jax.numpy as jnp
    from jax2d.engine import PhysicsEngine
    from kinetix.environment import ActionType, EnvParams, ObservationType, make_kinetix_env

    engine = PhysicsEngine(static)
    env = make_kinetix_env(
        action_type=ActionType.MULTI_DISCRETE,
        observation_type=ObservationType.SYMBOLIC_FLAT,
        reset_fn=lambda key: None,
        env_params=EnvParams(),
        static_env_params=static.replace(frame_skip=2),
        auto_reset=False,
    )

    @jax.jit
    def roll(state, params, action):
        def one(state, _):
            state, _ = engine.step(state, params, action)
            return state, jnp.concatenate([state.polygon.position, state.circle.position])

        return jax.lax.scan(one, state, None, length=max(STEPS))[1]

    @jax.jit
    def play(state):
        def one(state, _):
            _, state, reward, done, _ = env.step(jax.random.PRNGKey(0), state, jnp.zeros(6, int), EnvParams())
            return state, (reward, done)

        return env.get_obs(state), jax.lax.scan(one, state, None, length=256)[1]

    return roll, play


def weights(length):
    """A fixed row of numbers, no two alike."""
    return np.random.default_rng(0).uniform(0.5, 1.5, length)


def measure(path):
    import jax.numpy as jnp
    from kinetix.environment.spaces import MultiDiscreteActions
    from kinetix.util.saving import load_from_json_file

    state, static, params = load_from_json_file(str(path))
    roll, play = machines(static)
    convert = MultiDiscreteActions(params, static).process_action
    moments = np.array(STEPS) - 1
    places = [
        np.asarray(roll(state, params, convert(jnp.array(action), state, static)))[moments]
        for action in ([0] * 6, [1] * 6)
    ]
    row, (rewards, done) = play(state)
    row, rewards, done = np.asarray(row, np.float64), np.asarray(rewards), np.asarray(done)
    last = int(done.argmax())
    outcome = int(np.sign(np.round(rewards[last]))), last if abs(rewards[last]) > 0.5 else 255
    return np.array(places, np.float32), np.array(outcome), np.array([len(row), row @ weights(len(row))])


def main():
    os.environ["JAX_PLATFORMS"] = "cpu"
    figures = {}
    for name, path in files().items():
        figures[f"{name}:places"], figures[f"{name}:outcome"], figures[f"{name}:row"] = measure(path)
        print(name, flush=True)
    np.savez_compressed(FILE, **figures)


if __name__ == "__main__":
    main()
