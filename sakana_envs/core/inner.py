"""How the engine compiles what only its kernels call."""

from functools import partial
from typing import Any

from numba import njit
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import register_pass
from numba.core.typed_passes import NativeLowering


class _LinkedLibrary(JITCodeLibrary):
    """Code that others are linked with. It becomes machine code as a part of these only."""

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._verify_declare_only_symbols()
        self._finalized = True

    def _optimize_final_module(self) -> None:
        """Leave it as it is."""

    def get_pointer_to_function(self, name: str) -> int:
        return 0


@register_pass(mutates_CFG=True, analysis_only=False)
class _LinkedLowering(NativeLowering):
    _name = "linked_lowering"

    def run_pass(self, state: Any) -> bool:
        codegen = state.targetctx.codegen()
        state.library = _LinkedLibrary(codegen, state.func_id.func_qualname)
        state.flags.no_compile = True
        super().run_pass(state)
        lowered = state["cr"]
        placeholder: Any = {}.get  # of Python's own functions, which each key has to be, one that is equal to no other
        state.targetctx.insert_user_function(placeholder, lowered.fndesc, [state.library])
        state["cr"] = lowered._replace(cfunc=placeholder)
        return True


class _LinkedCompiler(CompilerBase):
    def define_pipelines(self) -> list:
        pipeline = DefaultPassBuilder.define_nopython_pipeline(self.state)
        pipeline.add_pass_after(_LinkedLowering, NativeLowering)
        pipeline.passes = [each for each in pipeline.passes if each[0] is not NativeLowering]
        pipeline.finalize()
        return [pipeline]


inner = partial(njit, no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""``njit`` for functions that compiled code alone calls, most of them with a world, which nothing else has.

They get no way in from Python, which saves a fifth of a cold start; a call from there would crash the process.
"""

seldom = partial(inner, pipeline_class=_LinkedCompiler)
"""The same for what happens once an episode: it is optimised only as a part of what calls it.

A function that runs in every tick is better off with its own optimisation first (measured: up to a seventh of a tick).
"""
