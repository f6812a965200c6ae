"""JaxMARL: worlds as JAX functions, vmapped over a batch and scanned over ticks in one jitted call.

Observations are in what the scan carries, so each tick writes them. Its ``step`` begins ended episodes anew.
"""

import os

os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"

from importlib.metadata import version as installed_version

import jax
import jax.numpy as jnp
import jaxmarl

from systems import Batch

TICKS = 32
"""Of one jitted call."""


def version() -> str:
    return installed_version("jaxmarl")


def make(name: str, worlds: int, resets: bool = True, **settings) -> Batch:
    """Without ``resets`` no episode ends, and no reset is computed."""
    env = jaxmarl.make(name, **settings)
    keys = jax.random.split(jax.random.PRNGKey(0), worlds)
    observations, state = jax.jit(jax.vmap(env.reset))(keys)
    actions = {
        agent: jax.random.randint(jax.random.PRNGKey(number), (TICKS, worlds), 0, env.action_space(agent).n)
        for number, agent in enumerate(env.agents)
    }
    tick_keys = jax.random.split(jax.random.PRNGKey(1), (TICKS, worlds))
    step = jax.vmap(env.step if resets else env.step_env)

    def tick(carried, given):
        _, state, total = carried
        observations, state, rewards, _, _ = step(given[0], state, given[1])
        return (observations, state, total + sum(jnp.sum(reward) for reward in rewards.values())), None

    @jax.jit
    def ticks_of(carried):
        return jax.lax.scan(tick, carried, (tick_keys, actions))[0]

    carried = (observations, state, jnp.float32(0))

    def run(blocks: int) -> int:
        nonlocal carried
        for _ in range(blocks):
            carried = ticks_of(carried)
        jax.block_until_ready(carried)
        return blocks * TICKS * worlds * env.num_agents

    seen = [observations[agent][0] for agent in env.agents]
    shape = " x ".join(map(str, seen[0].shape))
    average = sum(array.nbytes for array in seen) / len(seen)
    return Batch(run, worlds, env.num_agents, f"{shape} {seen[0].dtype}", average)
