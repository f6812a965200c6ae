"""Policy files: what is written plays as it was, on every processor alike, and crafted ones are refused in words."""

import hashlib
import io
import json
import math
import os
from itertools import pairwise
from statistics import NormalDist

import numpy as np
import pytest
from crafted import HEADERS, call_encrypted, grow, little_memory, members_of, npy, swapped, zipped
from worlds import inner, parallel, single, vector

import sakana_envs
from sakana_envs.core import draws
from sakana_envs.grid.motion import MOTIONS
from sakana_envs.tasks import registry
from sakana_envs.wrappers import policy_files
from sakana_envs.wrappers.network import Network

SIZES = (847, 16, 9)
ID = "Sakana/PredatorPrey-Discrete-v0"


def layers(sizes=SIZES, seed=0, dtype=np.float32):
    """Weights that have the same bits everywhere: multiples of 1/64."""
    random = np.random.default_rng(seed)
    shapes = pairwise(sizes)
    return [
        (
            (random.integers(-64, 65, (size, width)) / 64).astype(dtype),
            (random.integers(-64, 65, width) / 64).astype(dtype),
        )
        for size, width in shapes
    ]


@pytest.fixture
def file(tmp_path):
    sakana_envs.save_policy(tmp_path / "a.npz", layers(), task="PredatorPrey", seed=3)
    return tmp_path / "a.npz"


def parts(file):
    with np.load(file, allow_pickle=False) as arrays:
        return dict(arrays)


def changed(file, **values):
    """The file's bytes with other entries in its card; None takes one out."""
    arrays = parts(file)
    card = {**json.loads(str(arrays["card"])), **values}
    card = {name: value for name, value in card.items() if value is not None}
    content = io.BytesIO()
    np.savez(content, card=np.array(json.dumps(card)), parameters=arrays["parameters"])
    return content.getvalue()


def others_actions(env):
    """What all but the first agent of each world do in the first tick, in the twin's form."""
    env.reset(seed=1)
    simulation, taken = inner(env), []
    step = simulation.step
    simulation.step = lambda actions: taken.append(actions.copy()) or step(actions)
    env.step(np.zeros_like(env.action_space.sample()))
    return np.delete(taken[0], np.arange(0, simulation.rows, simulation.agents), axis=0)


def windows(rows, seed=1):
    return (np.random.default_rng(seed).random((rows, SIZES[0])) < 0.14).astype(np.float32)


@pytest.mark.parametrize("activation", ["relu", "tanh"])
@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_outputs_are_those_of_the_layers(tmp_path, activation, dtype):
    sakana_envs.save_policy(tmp_path / "a.npz", layers(dtype=dtype), activation=activation)
    seen = windows(50)
    (first, shift), (last, end) = (tuple(each.astype(np.float64) for each in layer) for layer in layers())
    hidden = seen @ first + shift
    hidden = np.tanh(hidden) if activation == "tanh" else np.maximum(hidden, 0)
    outputs = sakana_envs.load_policy(tmp_path / "a.npz").outputs(seen)
    np.testing.assert_allclose(outputs, hidden @ last + end, atol=1e-4)
    assert outputs.dtype == np.float32


def test_outputs_are_the_same_to_the_bit_everywhere(file):
    outputs = sakana_envs.load_policy(file).outputs(windows(50))
    assert hashlib.sha256(outputs.tobytes()).hexdigest()[:16] == "06435c5a65d9da94"


def test_choices_come_as_often_as_the_logits_say(file):
    network = sakana_envs.load_policy(file)
    seen, uniforms = windows(1), (np.arange(20_000) + 0.5) / 20_000
    logits = network.outputs(seen)[0].astype(np.float64)
    wanted = np.exp(logits - logits.max())
    chosen = network(np.repeat(seen, len(uniforms), axis=0), uniforms)
    np.testing.assert_allclose(np.bincount(chosen, minlength=9) / len(uniforms), wanted / wanted.sum(), atol=1e-4)
    greedy = sakana_envs.load_policy(file, deterministic=True)
    assert (greedy(windows(30)) == greedy.outputs(windows(30)).argmax(axis=1)).all()


def test_extreme_logits_and_draws():
    network = Network(np.float32([1e30, -1e30, 0, 1e30]), (1, 2), "flat", "relu", "categorical", True, {})
    for uniform in (0.0, np.nextafter(1, 0)):
        assert network(np.zeros((1, 1), np.float32), np.array([uniform])).tolist() == [1]


def test_what_a_card_says_comes_back(file):
    card = sakana_envs.load_policy(file).card
    assert card["task"] == "PredatorPrey" and card["seed"] == 3 and card["sizes"] == list(SIZES)


@pytest.mark.parametrize("face", [single, vector, parallel])
@pytest.mark.parametrize("twin", ["Discrete", "Continuous"])
def test_a_file_takes_seats(face, twin, file, tmp_path):
    """By its path, loaded, and as a function that does the same."""
    greedy = tmp_path / "greedy.npz"
    sakana_envs.save_policy(greedy, layers(), sampled=False)
    network = sakana_envs.load_policy(greedy)
    blocks = []
    for others in (greedy, str(greedy), network, "still"):
        env = face(f"Sakana/PredatorPrey-{twin}-v0", others=others, obs="bytes")
        env.reset(seed=1)
        still = env.unwrapped.seats.still()
        for _ in range(5):
            env.step({"predator_0": still} if face is parallel else np.array([still] * 2) if face is vector else still)
        blocks.append(inner(env).blocks.tobytes())
    assert blocks[0] == blocks[1] == blocks[2] != blocks[3]


@pytest.mark.parametrize("twin", ["Discrete", "Continuous"])
def test_draws_are_the_worlds_own(file, twin):
    """The same in a batch of another size, and after a state was put back."""
    id = f"Sakana/PredatorPrey-{twin}-v0"

    def begun(worlds):
        env = vector(id, worlds=worlds, others=file)
        env.reset(seed=list(range(5, 5 + worlds)))
        return env, np.zeros_like(env.action_space.sample())

    (few, still), (many, more) = begun(1), begun(3)
    state = many.unwrapped.get_state()
    for _ in range(15):
        few.step(still)
        many.step(more)
    assert inner(few).blocks[0].tobytes() == inner(many).blocks[0].tobytes()
    end = inner(many).blocks.tobytes()
    many.unwrapped.set_state(state)
    for _ in range(15):
        many.step(more)
    assert inner(many).blocks.tobytes() == end


def test_a_box_is_played_by_the_continuous_twin_only(tmp_path):
    sakana_envs.save_policy(tmp_path / "a.npz", layers((847, 4, 2)), head="box", sampled=False)
    env = vector("Sakana/PredatorPrey-Continuous-v0", others=tmp_path / "a.npz")
    acted = np.abs(others_actions(env))
    assert (acted == 1).any() and (acted <= 1).all()  # what lies outside of the box is brought to its border
    with pytest.raises(
        ValueError, match="was trained with continuous actions; Sakana/PredatorPrey-Discrete-v0 has Disc"
    ):
        vector(ID, others=tmp_path / "a.npz")


def test_what_does_not_fit_the_worlds(file, tmp_path):
    with pytest.raises(ValueError, match=r"others: a, .* 'flat' of 847 numbers and 9 actions; .*'flat' of 567.*radius"):
        vector(ID, others=file, radius=4)
    with pytest.raises(ValueError, match=r"of 847 numbers and 9 actions; .*Battle.* 10 actions"):
        vector("Sakana/Battle-Discrete-v0", others=file)


@pytest.mark.parametrize(
    ("card", "message"),
    [
        ({"sizes": [847, 16, 10]}, "parameters must be 13738 float16 or float32 numbers for layers of"),
        ({"sizes": [847]}, "sizes must be 2 to 9 whole numbers from 1"),
        ({"sizes": [847, -1, 9]}, "sizes must be"),
        ({"sizes": [2**40, 2**40, 9]}, "sizes must be"),
        ({"sizes": None}, "sizes must be .*got None"),
        ({"obs": 3}, "obs must be the form of its observations"),
        ({"obs": "flt"}, None),
        ({"activation": "rel"}, "activation must be one of 'relu', 'tanh', got 'rel' - did you mean 'relu'"),
        ({"activation": ["relu"]}, "activation must be one of"),
        ({"head": "bet"}, "head must be one of 'categorical', 'box', .*, got 'bet' - did you mean 'beta'"),
        ({"sampled": 1}, "sampled must be true or false, got 1"),
    ],
)
def test_wrong_cards(file, card, message):
    file.write_bytes(changed(file, **card))
    if message is None:
        with pytest.raises(ValueError, match="trained with observations 'flt'"):
            vector(ID, others=file)
        return
    with pytest.raises(ValueError, match=f"a.npz' is not a policy: {message}"):
        sakana_envs.load_policy(file)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_none(file, value):
    arrays = parts(file)
    arrays["parameters"][5] = value
    np.savez(file, **arrays)
    with pytest.raises(ValueError, match="is not a policy: parameters must be finite"):
        sakana_envs.load_policy(file)


@pytest.mark.parametrize("card", ["[]", "3", "{", "[" * 5000, '{"sizes": [\x1b[2J'])
def test_cards_that_are_no_objects(file, card):
    np.savez(file, card=np.array(card), parameters=parts(file)["parameters"])
    with pytest.raises(ValueError, match="is not a policy: its card") as caught:
        sakana_envs.load_policy(file)
    assert str(caught.value).isprintable() and len(str(caught.value)) < 400


@pytest.mark.parametrize("part", ["card", "parameters"])
@pytest.mark.parametrize("content", HEADERS.values(), ids=HEADERS)
def test_headers(content, part, file):
    file.write_bytes(zipped(swapped(parts(file), part, content)))
    with (
        little_memory(),
        pytest.raises(ValueError, match=rf"damaged: {part} can't be read|bytes of {part}; at most|policy"),
    ):
        sakana_envs.load_policy(file)


@pytest.mark.parametrize("lie", [grow, call_encrypted])
def test_a_zip_file_that_lies(file, lie):
    file.write_bytes(zipped(members_of(parts(file)), lie=lie))
    with little_memory(), pytest.raises(ValueError, match="card can't be read"):
        sakana_envs.load_policy(file)


def test_members_and_types(file):
    arrays = parts(file)
    for content, message in (
        (zipped([*members_of(arrays), ("code.npy", npy(1))]), "also has 'code'"),
        (zipped(members_of({"parameters": arrays["parameters"]})), "lacks card"),
        (zipped(members_of({**arrays, "parameters": arrays["parameters"].astype(np.float64)})), "got float64"),
        (zipped(members_of({**arrays, "parameters": arrays["parameters"][:, None]})), "with shape"),
        (zipped(members_of({**arrays, "card": np.array(1)})), "its card is no text"),
        (b"no zip file", "is not a policy: File is not a zip file"),
    ):
        file.write_bytes(content)
        with pytest.raises(ValueError, match=message):
            sakana_envs.load_policy(file)


def test_a_pickle_is_not_opened(file, tmp_path):
    class Harm:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "harm"),)

    np.savez(file, card=np.array(Harm(), dtype=object), parameters=np.zeros(3, np.float32))
    with pytest.raises(ValueError, match="card can't be read"):
        sakana_envs.load_policy(file)
    assert not (tmp_path / "harm").exists()


def test_files_that_are_none(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no file '.*nowhere\.npz'"):
        vector(ID, others=tmp_path / "nowhere.npz")
    with pytest.raises(ValueError, match=r"a policy is a file \.npz, or \.zip of Stable-Baselines3, got '.*a\.pt'"):
        sakana_envs.load_policy(tmp_path / "a.pt")
    os.mkfifo(tmp_path / "pipe.npz")
    with pytest.raises(ValueError, match="a device or a pipe"):
        sakana_envs.load_policy(tmp_path / "pipe.npz")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"layers": []}, "sizes must be"),
        (
            {"layers": [(np.zeros((3, 4)), np.zeros(5))]},
            r"layer 0: weights must have shape \(inputs, outputs\) = \(3, 5\)",
        ),
        (
            {"layers": [(np.zeros((3, 4)), np.zeros(4)), (np.zeros((5, 2)), np.zeros(2))]},
            r"layer 1: .*\(4, 2\), got \(5, 2\)",
        ),
        ({"layers": [(np.full((3, 4), np.nan), np.zeros(4))]}, "finite"),
        ({"head": "softmax"}, "head must be one of"),
        ({"score": float("nan")}, "JSON"),
        ({"trainer": object()}, "JSON"),
        ({"path": "a.zip"}, r"into a file \.npz, got 'a\.zip'"),
    ],
)
def test_what_cannot_be_saved(tmp_path, changes, message):
    arguments = {"path": tmp_path / "a.npz", "layers": layers(), **changes}
    with pytest.raises((TypeError, ValueError), match=message):
        sakana_envs.save_policy(**arguments)
    assert not list(tmp_path.iterdir())


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """Policies as the package has them, of which each always does one thing."""
    monkeypatch.setattr(policy_files, "FOLDER", tmp_path)
    for folder, action in (
        ("PredatorPrey-Discrete/predator/frozen-1", 1),
        ("PredatorPrey-Discrete/prey/frozen-1", 5),
        ("PredatorPrey-Discrete/prey/frozen-2", 3),
        ("PredatorPrey-Continuous/prey/frozen-2", 7),
    ):
        (tmp_path / folder).parent.mkdir(parents=True, exist_ok=True)
        only = np.where(np.arange(9) == action, np.float32(100), np.float32(0))
        sakana_envs.save_policy(tmp_path / f"{folder}.npz", [(np.zeros((847, 9), np.float32), only)])


def test_policies_of_the_package_have_names(shipped):
    still = {"predator": "still", "prey": "frozen:2"}
    assert others_actions(vector(ID, worlds=1, others="frozen:1")).tolist() == [1] * 2 + [5] * 3
    assert others_actions(vector(ID, worlds=1, others=still)).tolist() == [0] * 2 + [3] * 3
    continuous = ID.replace("Discrete", "Continuous")
    both = others_actions(vector(continuous, worlds=1, others="frozen:1"))
    assert (both == MOTIONS[[1, 1, 5, 5, 5]]).all()
    # The twin's own, where there is one.
    assert (others_actions(vector(continuous, worlds=1, others=still)) == MOTIONS[[0, 0, 7, 7, 7]]).all()


def test_names_that_there_are_not(shipped):
    known = "'scripted', 'random', 'still', 'frozen:1'"
    with pytest.raises(ValueError, match=f"others must be one of {known}, a file .npz or .zip, .*got 'frozen:2'"):
        vector(ID, others="frozen:2")  # there is none for predators
    with pytest.raises(
        ValueError, match=rf"others\['prey'\] must be one of {known}, 'frozen:2', .* did you mean 'frozen:1'"
    ):
        vector(ID, others={"predator": "still", "prey": "frozen1"})


FILES = sorted(policy_files.FOLDER.rglob("*.npz"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: "-".join(path.relative_to(policy_files.FOLDER).parts))
def test_a_policy_of_the_package_fits_and_says_where_it_comes_from(path):
    id, group = path.parts[-3:-1]
    policy = sakana_envs.load_policy(path)
    assert {"trainer", "seed"} <= set(policy.card) and path.stat().st_size < 2**18
    name = path.stem.replace("-", ":", 1)
    twins = [id.partition("-")[2]] if policy.head == "box" else registry.twins(registry.get(id.partition("-")[0]))
    for twin in twins:
        seats = dict.fromkeys(registry.get(id.partition("-")[0]).agent_names, "still") | {group: name}
        assert vector(f"Sakana/{id.partition('-')[0]}-{twin}-v0", others=seats) is not None
    seen = np.zeros((1, policy.sizes[0]), np.float32)
    assert len({policy.outputs(seen + share).tobytes() for share in np.linspace(0, 1, 5, dtype=np.float32)}) > 1


def test_the_package_has_policies():
    assert len(FILES) >= 8 and sum(path.stat().st_size for path in FILES) < 2**23


def test_files_in_a_pool(file, tmp_path):
    assert others_actions(vector(ID, others=sakana_envs.Pool([file]))).tolist() == (
        others_actions(vector(ID, others=file)).tolist()
    )


BOX = {"low": [-1.0, 0.0], "high": [1.0, 3.0]}
"""Of a box whose middle isn't 0."""


def density(tmp_path, head, outputs, **card):
    """A policy of two coordinates that says the same whatever it sees."""
    layers = [(np.zeros((3, 4), np.float32), np.float32(outputs))]
    sakana_envs.save_policy(tmp_path / "a.npz", layers, head=head, **{**BOX, **card})
    return sakana_envs.load_policy(tmp_path / "a.npz")


def quantiles(network, count=20_001):
    """What it draws by numbers that are spread evenly over 0 to 1, in shares of its box, (count, 2)."""
    uniforms = np.repeat((np.arange(count)[:, None] + 0.5) / count, 2, axis=1)
    actions = network(np.zeros((count, 3), np.float32), uniforms).astype(np.float64)
    assert (actions >= BOX["low"]).all() and (actions <= BOX["high"]).all()
    return (actions - BOX["low"]) / (np.array(BOX["high"]) - BOX["low"])


@pytest.mark.parametrize("outputs", [(0.3, -0.8, -1.0, -2.5), (0.0, 0.9, 0.5, 1.5)])
@pytest.mark.parametrize("head", ["gaussian", "squashed"])
def test_gaussians_are_drawn_as_often_as_they_say(tmp_path, head, outputs):
    network = density(tmp_path, head, outputs)
    normal = np.array([NormalDist().inv_cdf((place + 0.5) / 20_001) for place in range(20_001)])
    wanted = np.array(outputs[:2]) + normal[:, None] * np.exp(outputs[2:])
    wanted = np.tanh(wanted) if head == "squashed" else np.clip(wanted, -1, 1)
    np.testing.assert_allclose(quantiles(network), (wanted + 1) / 2, atol=0.004)


@pytest.mark.parametrize("outputs", [(1.0, -3.0, 2.0, 0.5), (30.0, -20.0, 4.0, -20.0), (0.0, 6.0, 0.0, 2.0)])
def test_betas_are_drawn_as_often_as_they_say(tmp_path, outputs):
    parameters = (1 + np.log1p(np.exp(outputs))).reshape(2, 2).T
    middles = (np.arange(100_000) + 0.5) / 100_000
    found = quantiles(density(tmp_path, "beta", outputs))
    for shares, (first, second) in zip(found.T, parameters, strict=True):
        below = np.cumsum(middles ** (first - 1) * (1 - middles) ** (second - 1))
        wanted = np.interp((np.arange(20_001) + 0.5) / 20_001, below / below[-1], middles)
        np.testing.assert_allclose(shares, wanted, atol=0.005)


@pytest.mark.parametrize("head", ["gaussian", "squashed", "beta"])
def test_without_draws_a_density_takes_its_middle(tmp_path, head):
    network = density(tmp_path, head, (0.4, -0.5, 0.4, -0.5), sampled=False)
    middle = {"gaussian": [0.7, 0.25], "squashed": (np.tanh([0.4, -0.5]) + 1) / 2, "beta": [0.5, 0.5]}[head]
    np.testing.assert_allclose(quantiles(network, 3), np.tile(middle, (3, 1)), atol=1e-3)


@pytest.mark.parametrize("head", ["gaussian", "squashed", "beta"])
def test_extreme_densities_stay_in_their_box(tmp_path, head):
    for size in (1e30, -1e30, 3e38):
        quantiles(density(tmp_path, head, (size, -size, size, -size)), 101)


def test_draws_of_densities_are_the_same_to_the_bit_everywhere(tmp_path):
    uniforms = np.random.default_rng(0).integers(0, 2**32, (500, 2)) * 2.0**-32
    outputs = np.random.default_rng(1).integers(-128, 129, (40, 4)) / 64
    drawn = b"".join(
        density(tmp_path, head, each)(np.zeros((500, 3), np.float32), uniforms).tobytes()
        for head in ("gaussian", "squashed", "beta")
        for each in outputs
    )
    assert hashlib.sha256(drawn).hexdigest()[:16] == "9063e152d00672ab"


def test_logarithms_of_bins_are_the_same_everywhere():
    """No library's last bit decides how one is rounded."""
    exact = [math.log((place + 0.5) / len(draws._LOGARITHMS)) for place in range(len(draws._LOGARITHMS))]
    for value, short in zip(exact, draws._LOGARITHMS, strict=True):
        assert np.float32(value * (1 - 1e-14)) == np.float32(value * (1 + 1e-14)) == short


@pytest.mark.parametrize("head", ["gaussian", "beta"])
def test_densities_draw_by_the_worlds_own_numbers(head, tmp_path):
    """The same in a batch of another size and on several threads; each coordinate by numbers of its own."""
    path, low, high = tmp_path / "a.npz", [-1.0, -1.0], [1.0, 1.0]
    sakana_envs.save_policy(path, [(np.zeros((847, 4)), np.zeros(4))], head=head, low=low, high=high)
    id = ID.replace("Discrete", "Continuous")
    one, many = vector(id, worlds=1, others=path), vector(id, worlds=3, others=path, threads=2)
    found = []
    for env in (one, many):
        env.reset(seed=list(range(5, 5 + inner(env).worlds)))
        for _ in range(9):
            env.step(np.zeros_like(env.action_space.sample()))
        found.append(inner(env).blocks[0].tobytes())
    assert found[0] == found[1]
    acted = others_actions(many)
    inside = acted[np.abs(acted) < 1]
    assert len(np.unique(inside)) == inside.size > acted.size / 2


@pytest.mark.parametrize(
    ("card", "message"),
    [
        ({"low": None}, "a head 'beta' of 4 outputs has low and high, a number for every two outputs"),
        ({"low": [0.0]}, "has low and high"),
        ({"high": [1.0, "2"]}, "has low and high"),
        ({"high": [1.0, 1e9]}, "each from -1048576 to 1048576"),
        ({"high": [1.0, 0.0]}, "low must be below high"),
    ],
)
def test_boxes_that_are_none(tmp_path, card, message):
    with pytest.raises(ValueError, match=message):
        density(tmp_path, "beta", (0.0, 0.0, 0.0, 0.0), **card)


def test_worlds_that_do_not_fit_are_told_those_of_the_training(tmp_path):
    path = tmp_path / "a.npz"
    sakana_envs.save_policy(path, layers(), id="Sakana/Forage-Discrete-v0", settings={"preset": "steady"})
    with pytest.raises(ValueError, match=r"9 actions, in 'Sakana/Forage-Discrete-v0' preset='steady'; Sakana/Predator"):
        vector(ID, others=path, radius=4)


def test_names_of_the_package_in_a_pool(shipped):
    pool = sakana_envs.Pool(["frozen:2"])
    actions = others_actions(vector(ID, worlds=1, learners="predator", others={"predator": "still", "prey": pool}))
    assert set(actions.tolist()[-3:]) == {3}
    with pytest.raises(ValueError, match="a policy of the pool others must be one of 'scripted', 'random', 'still', a"):
        vector(ID, others=sakana_envs.Pool(["frozen:1"]))  # one policy for both groups


def test_where_nothing_was_trained(shipped):
    with pytest.raises(ValueError, match=r"'frozen:1', a file .*got 'trained'; the package has none for these agents"):
        vector(ID, others="trained")
