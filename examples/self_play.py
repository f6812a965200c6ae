"""Self-play with Stable-Baselines3: two sides learn, each against what the other one was before.

    python examples/self_play.py                                    # PredatorPrey, some twenty minutes on one core
    python examples/self_play.py --id Sakana/Battle-Discrete-v0 --rounds 20 --out runs/battle

Each side is one policy, shared by its agents. In each round one side trains against the other side's pool: its
snapshots of earlier rounds, and the scripted policy to begin with. A world draws one of them for each episode, so a
policy has to do well against all, and can't forget how to. After each round both sides are written into small files;
the last ones play matches against scripted, random and still agents. ``self_play_fast.py`` goes on in the same way, and
learns from some fifteen times as many agent-steps in a second.
"""

import argparse
from pathlib import Path

from stable_baselines3 import PPO

import sakana_envs


def train(id, rounds, steps, choose="uniform", seed=0, worlds=4, **settings):
    """After each round, of so many agent-steps for each side, the models by their sides' names."""
    sides = sakana_envs.parallel_env(id, **settings).unwrapped.seats.task.agent_names
    pools = {side: sakana_envs.Pool(["scripted"], choose, seed) for side in sides}
    models = {}
    for side, other in zip(sides, reversed(sides), strict=True):
        envs = sakana_envs.SB3VecEnv(id, worlds=worlds, learners=side, others={other: pools[other]}, **settings)
        ticks = max(1, 8192 // envs.num_envs)
        arguments = {"n_steps": ticks, "batch_size": ticks * envs.num_envs // 8, "n_epochs": 4, "gamma": 0.95}
        models[side] = PPO("MlpPolicy", envs, learning_rate=1e-3, ent_coef=0.01, seed=seed, device="cpu", **arguments)
    for number in range(rounds):
        for side, model in models.items():
            model.learn(steps, reset_num_timesteps=False)
            print(f"round {number + 1}, {side}: reward {model.rollout_buffer.rewards.mean():.3f}", flush=True)
        for side, model in models.items():
            pools[side].add(model)
        if choose == "rating":  # by matches of all rounds' policies, the scripted ones too
            players = {str(n): {side: pools[side].policies[n] for side in sides} for n in range(number + 2)}
            for pool in pools.values():
                pool.ratings = [each.mu for each in sakana_envs.versus(id, players, worlds=4, **settings).ratings]
        yield models


def save(model, path, **card):
    """Write the policy of a model into a file of arrays, which needs neither pickle nor PyTorch to be played."""
    modules = [*model.policy.mlp_extractor.policy_net, model.policy.action_net]
    linear = [module for module in modules if hasattr(module, "weight")]
    layers = [tuple(each.detach().numpy().astype("float16") for each in (one.weight.T, one.bias)) for one in linear]
    sakana_envs.save_policy(path, layers, activation="tanh", **card)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--id", default="Sakana/PredatorPrey-Discrete-v0")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--steps", type=int, default=100_000, help="agent-steps of each side in a round")
    parser.add_argument("--choose", default="uniform", choices=("latest", "uniform", "rating"))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("runs/self_play"))
    parser.add_argument("--worlds", type=int, default=32, help="of the matches at the end")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    about = {name: getattr(arguments, name) for name in ("id", "rounds", "steps", "choose", "seed")}
    about["trainer"] = "examples/self_play.py"
    training = train(arguments.id, arguments.rounds, arguments.steps, arguments.choose, arguments.seed)
    for number, models in enumerate(training, 1):
        files = {side: arguments.out / f"{side}-{number}.npz" for side in models}
        for side, model in models.items():
            save(model, files[side], group=side, round=number, agent_steps=model.num_timesteps, **about)
    players = {"self-play": files, **{name: name for name in ("scripted", "random", "still")}}
    print(sakana_envs.versus(arguments.id, players, worlds=arguments.worlds, seed=1_000_000))


if __name__ == "__main__":
    main()
