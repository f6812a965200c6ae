"""Kernels from the disk are what compiling would make: all that the compiler reads is in their names.

Each case is a rule in files of its own that returns 1, and an edit after which it returns 2. It runs in three
processes, twice as it is and then edited.
"""

import math
import operator
import os
import subprocess
import sys
from typing import NamedTuple

import numpy as np
import pytest
from numba import config, njit, prange, typed, types

import sakana_envs
from sakana_envs.core import surroundings
from sakana_envs.core.fingerprint import UnknownValueError, fingerprint

RUN = """
import importlib, os, sys
from numba.core import event
from sakana_envs.core import disk_cache
recorder = event.RecordingListener()
event.register("numba:compile", recorder)
for case in sorted(os.listdir(sys.argv[1])):
    if os.fork() == 0:
        sys.path.insert(0, os.path.join(sys.argv[1], case))
        rule = importlib.import_module("rule").rule
        disk_cache.attach(rule, case)
        value = rule(0)
        compiled = any(found.data["dispatcher"] is rule for _, found in recorder.buffer)
        os.write(1, f"{case} {value:g} {compiled}\\n".encode())
        os._exit(0)
    os.wait()
"""
HEAD = "from numba import njit, types\nimport numpy as np\n"


class Case(NamedTuple):
    """Files by name, without ``.py``; what to edit in which; whether the kernel may be kept."""

    files: dict[str, str]
    file: str
    old: str
    new: str
    kept: bool = True


def rule(body, head="", **files):
    """The files of a rule that returns ``body``."""
    return {"rule": f"{HEAD}{head}\n@njit\ndef rule(nothing):\n    return {body}\n", **files}


PRICES = "FOOD = 1\n"
SHOP = "import prices\n"
HELPER = "@njit\ndef food():\n    return 1\n"
INTRINSIC = """
from numba.extending import intrinsic
import prices

def price():
    return prices.FOOD

@intrinsic
def food(typing_context):
    def codegen(context, builder, signature, arguments):
        return context.get_constant(types.int64, price())
    return types.int64(), codegen
"""
OVERLOAD = """
from numba.extending import overload
import prices

def food():
    pass

@overload(food)
def _():
    return lambda: prices.FOOD
"""
METHOD = """
from numba.extending import overload_method

@overload_method(types.Integer, "priced")
def _(number):
    return lambda number: number + 1
"""
STRIDED = "TABLE = np.arange(200_000)[::2]"
CASES = {
    "a constant": Case(rule("FOOD", "FOOD = 1"), "rule", "FOOD = 1", "FOOD = 2"),
    "a module's constant": Case(rule("prices.FOOD", "import prices", prices=PRICES), "prices", "1", "2"),
    "a module of a module": Case(rule("shop.prices.FOOD", "import shop", shop=SHOP, prices=PRICES), "prices", "1", "2"),
    "a function in a module of a module": Case(
        rule("shop.prices.food()", "import shop", shop=SHOP, prices=HEAD + HELPER), "prices", "return 1", "return 2"
    ),
    "a module in a closure": Case(
        {
            "rule": HEAD
            + "def make():\n    import prices\n    return njit(lambda nothing: prices.FOOD)\nrule = make()",
            "prices": PRICES,
        },
        "prices",
        "1",
        "2",
    ),
    "a value in a closure": Case(
        {"rule": HEAD + "def make(food):\n    return njit(lambda nothing: food)\nrule = make(1)"}, "rule", "(1)", "(2)"
    ),
    "what a function within reads": Case(
        {"rule": HEAD + "FOOD = 1\n@njit\ndef rule(_):\n    def food():\n        return FOOD\n    return food()"},
        "rule",
        "FOOD = 1",
        "FOOD = 2",
    ),
    "a member of an IntEnum": Case(
        rule("Kind.FOOD + 0", "from enum import IntEnum\nclass Kind(IntEnum):\n    FOOD = 1"), "rule", "= 1", "= 2"
    ),
    "a member of an Enum": Case(
        rule("Kind.FOOD.value", "from enum import Enum\nclass Kind(Enum):\n    FOOD = 1"), "rule", "= 1", "= 2"
    ),
    "a default argument": Case(rule("food()", "@njit\ndef food(price=1):\n    return price"), "rule", "=1", "=2"),
    "a named tuple's item": Case(
        rule("PRICES.food", "from collections import namedtuple\nPRICES = namedtuple('P', 'food')(1)"),
        "rule",
        "(1)",
        "(2)",
    ),
    "an array's item": Case(rule("PRICES[0]", "PRICES = np.array([1])"), "rule", "[1]", "[2]"),
    "an array's type": Case(
        rule("PRICES.itemsize", "PRICES = np.array([1], dtype=np.int8)"), "rule", "np.int8", "np.int16"
    ),
    "which of two functions": Case(
        rule("food(1)", "@njit\ndef a(x):\n    return x\n@njit\ndef b(x):\n    return 2 * x\nfood = a"),
        "rule",
        "food = a",
        "food = b",
    ),
    "a declared signature": Case(
        rule("food(1.5) + 0.5 * (food(1.5) > 1)", "@njit('int64(int64)')\ndef food(x):\n    return x"),
        "rule",
        "int64(int64)",
        "float64(float64)",
    ),
    "an option": Case(
        rule(
            "food(0.0)",
            "@njit\ndef food(x):\n    try:\n        y = 1 / x\n    except Exception:\n        return 1\n    return 2",
        ),
        "rule",
        "@njit\ndef food",
        "@njit(error_model='numpy')\ndef food",
    ),
    "what an intrinsic's code reads": Case(rule("food()", INTRINSIC, prices=PRICES), "prices", "1", "2"),
    "an overload": Case(rule("food()", OVERLOAD, prices=PRICES), "prices", "1", "2"),
    "an overloaded method": Case(rule("nothing.priced()", METHOD), "rule", "number + 1", "number + 2"),
    "a module as a value": Case(
        rule("food(prices)", "import prices\n@njit\ndef food(module):\n    return module.FOOD", prices=PRICES),
        "prices",
        "1",
        "2",
        kept=False,
    ),
    "a large table": Case(
        rule("TABLE[nothing + 1]", "TABLE = np.arange(200_000)"), "rule", "200_000)", "200_000) * 2", kept=False
    ),
    "a table with gaps": Case(rule("TABLE[nothing + 1] // 2", STRIDED), "rule", "[::2]", "[::4]", kept=False),
}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """By case: what the rule returned in each of three processes, and whether it was compiled."""
    folder = tmp_path_factory.mktemp("rules")
    places = {name: folder / f"case{position}" for position, name in enumerate(CASES)}

    def write(place, files):
        place.mkdir(exist_ok=True)
        for name, text in files.items():
            (place / f"{name}.py").write_text(text)

    def run():
        environment = {**os.environ, "SAKANA_CACHE_DIR": str(cache), "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-c", RUN, str(folder)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
        lines = dict(line.split(" ", 1) for line in done.stdout.splitlines())
        return {name: lines.get(place.name, done.stderr[-2000:]) for name, place in places.items()}

    cache = tmp_path_factory.mktemp("cache")
    for name, case in CASES.items():
        write(places[name], case.files)
    runs = [run(), run()]
    for name, case in CASES.items():
        assert case.files[case.file].count(case.old) == 1, name
        write(places[name], {case.file: case.files[case.file].replace(case.old, case.new)})
    runs.append(run())
    return {name: [each[name] for each in runs] for name in CASES}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.parametrize("name", CASES)
def test_an_edit_is_noticed(outcomes, name):
    assert outcomes[name] == ["1 True", f"1 {not CASES[name].kept}", "2 True"]


PRICE = 1
TABLE = np.arange(3)
LOOP: list = []
LOOP.append(LOOP)


@njit
def priced(amount):
    return amount * PRICE + TABLE[0]


def test_what_surrounds_the_code_counts(monkeypatch):
    before = fingerprint(priced)
    assert fingerprint(priced) == before
    with monkeypatch.context() as patch:
        patch.setattr(surroundings, "_engine", lambda: "another")
        assert fingerprint(priced) != before
    with monkeypatch.context() as patch:
        patch.setattr(config, "OPT", 0)
        assert fingerprint(priced) != before
    assert fingerprint(priced) == before


@pytest.mark.parametrize("name", ["PRICE", "TABLE"])
def test_what_changes_after_it_was_compiled_has_no_fingerprint(name, monkeypatch):
    """Numba goes on with the value that it read first, and the next process would take that for the new one."""
    fingerprint((priced,))
    monkeypatch.setitem(globals(), name, globals()[name] + 1)
    with pytest.raises(UnknownValueError, match="priced uses what has changed since it was compiled"):
        fingerprint((priced,))


@pytest.mark.parametrize(
    "value",
    [
        *(len, float, ValueError, math.sqrt, operator.add, np.sum, np.sin, np.linalg.norm, np.int64, np.dtype("f4")),
        *(prange, typed.List, types.float32, types.int64[:], sakana_envs.Field("agent", int), {"a": {1}}, slice(2)),
    ],
)
def test_what_rules_use_has_a_fingerprint(value):
    assert fingerprint(value) == fingerprint(value)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (object(), "a object"),
        (np.array([object()]), "an array of Python objects"),
        (np.zeros(10**6 + 1, dtype=np.uint8), "more than a megabyte"),
        (np.ma.zeros(3), "a MaskedArray"),
        (os, "a module"),
        (subprocess.Popen, "a class"),
        (LOOP, "a value is part of itself"),
    ],
)
def test_what_has_no_value_has_no_fingerprint(value, says):
    with pytest.raises(UnknownValueError, match=says):
        fingerprint(value)


def test_whose_value_it_is_that_has_none():
    odd = object()

    @njit
    def uses_it(world):
        return odd

    with pytest.raises(UnknownValueError, match="uses_it uses odd, a object"):
        fingerprint([uses_it])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 1.0),
        (0, False),
        (0.0, -0.0),
        ("1", 1),
        (1, np.int64(1)),
        (np.int8(1), np.uint8(1)),
        ((1, 2), [1, 2]),
        ((("a", "b"), "c"), ("a", ("b", "c"))),
        ([[], 1], [[1]]),
        (TABLE, TABLE.reshape(1, 3)),
        (math.sin, math.cos),
        (int, float),
        (np.float32, np.float64),
        (types.int32, types.uint32),
        (np.sqrt, np.square),
    ],
)
def test_values_that_look_alike_are_told_apart(one, other):
    assert fingerprint(one) == fingerprint(one) != fingerprint(other)
