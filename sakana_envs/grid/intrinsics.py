"""Two memory accesses that Numba's loops over bytes can't become, each with the same thing in plain Python.

Indices are flat, into C-contiguous uint8 arrays, and not checked: callers stay inside the map's border.
"""

import numpy as np
from llvmlite import ir
from numba import config, types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.arrayobj import make_array


def compile_copy_bytes(count: int):
    """Make ``copy_bytes(target, target_start, source, source_start)`` for a constant number of bytes.

    A copy of constant length becomes a few wide moves; a loop can't, since target and source might overlap.
    """
    if config.DISABLE_JIT:

        def copy_bytes_python(target, target_start, source, source_start):
            part = source.reshape(-1)[source_start : source_start + count]
            target.reshape(-1)[target_start : target_start + count] = part

        return copy_bytes_python

    @intrinsic
    def copy_bytes(typing_context, target, target_start, source, source_start):
        def codegen(context, builder, signature, arguments):
            target_array = make_array(signature.args[0])(context, builder, arguments[0])
            source_array = make_array(signature.args[2])(context, builder, arguments[2])
            cgutils.raw_memcpy(
                builder,
                builder.gep(target_array.data, [arguments[1]]),
                builder.gep(source_array.data, [arguments[3]]),
                context.get_constant(types.intp, count),
                1,
            )
            return context.get_dummy_value()

        return types.void(target, types.intp, source, types.intp), codegen

    return copy_bytes


def _load_four_python(array, start):
    return int.from_bytes(array.reshape(-1)[start : start + 4].tobytes(), "little")


@intrinsic
def _load_four_compiled(typing_context, array, start):
    def codegen(context, builder, signature, arguments):
        source = make_array(signature.args[0])(context, builder, arguments[0])
        address = builder.bitcast(builder.gep(source.data, [arguments[1]]), ir.IntType(32).as_pointer())
        return builder.zext(builder.load(address, align=1), ir.IntType(64))

    return types.int64(array, types.intp), codegen


load_four = _load_four_python if config.DISABLE_JIT else _load_four_compiled
"""``load_four(array, start)``: four neighbouring bytes in one load, as an int, the first byte lowest."""

if np.little_endian is False:
    raise ImportError("sakana_envs runs on little-endian machines only")
