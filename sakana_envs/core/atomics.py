"""Numbers that several threads read and write at once, each access with the same thing in plain Python.

An access to an element of a C-contiguous int64 array is indivisible here, and whoever sees a number that another thread
wrote also sees all that this thread had written before. In plain Python one thread runs, and nothing needs doing.
"""

import os
import platform

from llvmlite import ir
from numba import config, types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.arrayobj import make_array, populate_array

_X86 = platform.machine() in ("x86_64", "AMD64")


def _pointer(context, builder, array_type, array, index):
    return builder.gep(make_array(array_type)(context, builder, array).data, [index])


@intrinsic
def _load_compiled(typing_context, array, index):
    def codegen(context, builder, signature, arguments):
        return builder.load_atomic(_pointer(context, builder, array, *arguments), "acquire", 8)

    return types.int64(array, types.intp), codegen


@intrinsic
def _store_compiled(typing_context, array, index, value):
    def codegen(context, builder, signature, arguments):
        builder.store_atomic(arguments[2], _pointer(context, builder, array, *arguments[:2]), "release", 8)
        return context.get_dummy_value()

    return types.void(array, types.intp, types.int64), codegen


@intrinsic
def _add_compiled(typing_context, array, index, value):
    def codegen(context, builder, signature, arguments):
        return builder.atomic_rmw("add", _pointer(context, builder, array, *arguments[:2]), arguments[2], "acq_rel")

    return types.int64(array, types.intp, types.int64), codegen


@intrinsic
def _pause_compiled(typing_context):
    def codegen(context, builder, signature, arguments):
        if _X86:
            pause_type = ir.FunctionType(ir.VoidType(), [])
            builder.call(cgutils.get_or_insert_function(builder.module, pause_type, "llvm.x86.sse2.pause"), [])
        return context.get_dummy_value()

    return types.void(), codegen


@intrinsic
def _address_compiled(typing_context, array):
    def codegen(context, builder, signature, arguments):
        return builder.ptrtoint(make_array(array)(context, builder, arguments[0]).data, ir.IntType(64))

    return types.int64(array), codegen


@intrinsic
def _at_compiled(typing_context, array, address):
    def codegen(context, builder, signature, arguments):
        other = make_array(array)(context, builder, arguments[0])
        other.data = builder.inttoptr(arguments[1], other.data.type)
        other.meminfo = context.get_constant_null(types.MemInfoPointer(array.dtype))
        other.parent = context.get_constant_null(types.pyobject)
        return other._getvalue()

    return array(array, types.int64), codegen


@intrinsic
def _as_row_compiled(typing_context, array):
    row = types.Array(array.dtype, 1, "C")

    def codegen(context, builder, signature, arguments):
        given = make_array(array)(context, builder, arguments[0])
        found = make_array(row)(context, builder)
        populate_array(
            found,
            data=given.data,
            shape=[given.nitems],
            strides=[given.itemsize],
            itemsize=given.itemsize,
            meminfo=None,
        )
        return found._getvalue()

    return row(array), codegen


def _load_python(array, index):
    return int(array[index])


def _store_python(array, index, value):
    array[index] = value


def _add_python(array, index, value):
    before = int(array[index])
    array[index] += value
    return before


def _nothing():
    pass


def _address_python(array):
    return array.ctypes.data


def _as_row_python(array):
    return array.reshape(-1)


def _at_python(array, address):
    return array  # with one thread nobody passes an address but the array's own


load = _load_python if config.DISABLE_JIT else _load_compiled
"""``load(array, index)``: the element."""

store = _store_python if config.DISABLE_JIT else _store_compiled
"""``store(array, index, value)``."""

add = _add_python if config.DISABLE_JIT else _add_compiled
"""``add(array, index, value)`` to the element; what it was before."""

pause = _nothing if config.DISABLE_JIT else _pause_compiled
"""``pause()`` in a loop that waits, so that the processor saves power and the other thread gets its cache lines."""

give_way = types.ExternalFunction("sched_yield", types.int32()) if hasattr(os, "sched_yield") else pause
"""``give_way()``: let another thread have the processor, if one waits for it."""

address = _address_python if config.DISABLE_JIT else _address_compiled
"""``address(array)`` of its first element."""

at = _at_python if config.DISABLE_JIT else _at_compiled
"""``at(array, address)``: an array like ``array`` over other memory, which it doesn't own."""

as_row = _as_row_python if config.DISABLE_JIT else _as_row_compiled
"""``as_row(array)``: the same memory as an array of one axis, which doesn't own it; NumPy's takes long to compile."""
