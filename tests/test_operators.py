"""What is compiled of a user's own operators: by the options of the function that has them, whoever asked before."""

import operator

import numpy as np
import pytest
from numba import config, njit
from numba.core import types
from numba.extending import overload

from sakana_envs.core import operators
from sakana_envs.core.inner import inner

pytestmark = pytest.mark.skipif(config.DISABLE_JIT, reason="of compiled code")


@overload(operator.lshift)
@overload(operator.matmul)
def divide(left, right):
    """Of two floats their quotient, so that it matters whether division by 0 is an error."""
    if isinstance(left, types.Float) and isinstance(right, types.Float):
        return lambda left, right: left / right
    return None


def by_a_shift(left, right):
    return left << right


def by_a_matrix(left, right):
    return left @ right


@pytest.mark.parametrize("compile", [njit, inner])
@pytest.mark.parametrize("quotient", [by_a_shift, by_a_matrix])
def test_each_function_has_its_own_division_by_zero(quotient, compile):
    raising, calm, again = compile(quotient), compile(error_model="numpy")(quotient), compile(quotient)
    one, zero = np.float64(1.0), np.float64(0.0)
    assert njit(lambda left, right: calm(left, right))(one, zero) == np.inf
    for function in (raising, again):
        with pytest.raises(ZeroDivisionError):
            njit(lambda left, right, function=function: function(left, right))(one, zero)


def test_the_engine_alone_remembers():
    known = len(operators._found)
    assert njit(lambda left, right: left % right + (left < right))(np.int8(7), np.uint16(4)) == 3
    assert len(operators._found) == known
    remainder = inner(lambda left, right: left % right)
    assert njit(lambda left, right: remainder(left, right))(np.int8(7), np.uint16(4)) == 3
    assert len(operators._found) > known
