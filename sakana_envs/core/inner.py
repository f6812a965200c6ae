"""How the engine compiles what only its kernels call."""

from collections.abc import Callable
from functools import cache, partial, wraps
from inspect import signature
from typing import Any

from numba import config, njit
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import register_pass
from numba.core.typed_passes import NativeLowering, NopythonTypeInference

from sakana_envs.core.operators import Remembering
from sakana_envs.core.single import as_singles


class _InnerLibrary(JITCodeLibrary):
    """Code that others are linked with. It becomes machine code as a part of these only."""

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._verify_declare_only_symbols()
        self._finalized = True

    def get_pointer_to_function(self, name: str) -> int:
        return 0


class _SeldomLibrary(_InnerLibrary):
    def _optimize_final_module(self) -> None:
        """Leave it as it is."""


@register_pass(mutates_CFG=True, analysis_only=False)
class _InnerTyping(NopythonTypeInference):
    """Find the types of a function with a memory for its operators."""

    _name = "inner_typing"

    def run_pass(self, state: Any) -> bool:
        context = state.typingctx
        state.typingctx = Remembering(context)
        try:
            return super().run_pass(state)
        finally:
            state.typingctx = context


class _LinkedLowering(NativeLowering):
    """Lower a function into a library of a kind, without machine code."""

    kind: type[JITCodeLibrary]

    def run_pass(self, state: Any) -> bool:
        codegen = state.targetctx.codegen()
        state.library = self.kind(codegen, state.func_id.func_qualname)
        state.flags.no_compile = True
        super().run_pass(state)
        lowered = state["cr"]
        placeholder: Any = {}.get  # of Python's own functions, which each key has to be, one that is equal to no other
        state.targetctx.insert_user_function(placeholder, lowered.fndesc, [state.library])
        state["cr"] = lowered._replace(cfunc=placeholder)
        return True


@register_pass(mutates_CFG=True, analysis_only=False)
class _InnerLowering(_LinkedLowering):
    _name, kind = "inner_lowering", _InnerLibrary


@register_pass(mutates_CFG=True, analysis_only=False)
class _SeldomLowering(_LinkedLowering):
    _name, kind = "seldom_lowering", _SeldomLibrary


class _InnerCompiler(CompilerBase):
    lowering: type[NativeLowering] = _InnerLowering

    def define_pipelines(self) -> list:
        pipeline = DefaultPassBuilder.define_nopython_pipeline(self.state)
        own = {NopythonTypeInference: _InnerTyping, NativeLowering: self.lowering}
        pipeline.passes = [(own.get(each, each), told) for each, told in pipeline.passes]
        pipeline.finalize()
        return [pipeline]


class _SeldomCompiler(_InnerCompiler):
    lowering = _SeldomLowering


inner = partial(njit, no_cpython_wrapper=True, no_cfunc_wrapper=True, forceinline=False, pipeline_class=_InnerCompiler)
"""``njit`` for functions that compiled code alone calls, most of them with a world, which nothing else has.

They get no way in from Python, which saves a fifth of a cold start; a call from there would crash the process.
"""

seldom = partial(inner, pipeline_class=_SeldomCompiler)
"""The same for what happens once an episode: it is optimised only as a part of what calls it.

A function that runs in every tick is better off with its own optimisation first (measured: up to a seventh of a tick).
"""


outer = partial(njit, nogil=True, no_cfunc_wrapper=True)
"""The same for loops over worlds, which Python calls."""


@cache
def rule(function: Callable) -> Any:
    """A task's function, plain or ``@njit``, compiled like the engine's own when it is first called."""
    if config.DISABLE_JIT:
        return wraps(function)(lambda *arguments: function(*map(as_singles, arguments)))
    python = getattr(function, "py_func", function)
    options = {name: value for name, value in getattr(function, "targetoptions", {}).items() if name != "nopython"}
    # In a loop over agents a call costs more than most rules do.
    options["forceinline"] = len(signature(python).parameters) == 2
    return inner(**options)(python)
