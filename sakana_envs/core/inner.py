"""How the engine compiles what only its kernels call."""

from functools import partial

from numba import njit

inner = partial(njit, no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""``njit`` for functions that compiled code alone calls, most of them with a world, which nothing else has.

They get no way in from Python, which saves a fifth of a cold start; a call from there would crash the process.
"""
