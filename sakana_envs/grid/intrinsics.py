"""Accesses to the map that loops over bytes can't become, each with the same thing in plain Python.

A row of an agent's window is one load of 16 or 32 bytes here. The view radius is part of a world's type, so widths are
constants. Indices are flat, into C-contiguous uint8 arrays, and not checked: windows stay inside the map's border, and
the layout leaves ``SLACK`` bytes behind every map for loads that reach beyond the window.
"""

import sys

import numpy as np
from llvmlite import ir
from llvmlite.binding import get_host_cpu_features
from numba import config, types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.arrayobj import make_array

SLACK = 32
"""Bytes behind a map that may be read, though their values don't matter."""

_BYTE = ir.IntType(8)

_SHUFFLES_BYTES = get_host_cpu_features().get("avx512vbmi", False)
"""Whether two rows of a window can be packed in one instruction, so that they take a single store."""

if sys.byteorder != "little":
    raise ImportError("sakana_envs runs on little-endian machines only")


def _radius(world_type) -> int:
    return world_type.structure.constants["radius"]


def _lanes(width: int) -> int:
    return 16 if width <= 16 else 32


def _pointer(builder, array, start, kind):
    return builder.bitcast(builder.gep(array.data, [start]), kind.as_pointer())


def _pack(builder, rows, width):
    """One or two vectors' first ``width`` bytes, one after the other."""
    lanes = rows[0].type.count
    picks = [lanes * row + column for row in range(len(rows)) for column in range(width)]
    picks += [0] * (lanes * len(rows) - len(picks))
    return builder.shuffle_vector(rows[0], rows[-1], ir.Constant(ir.VectorType(ir.IntType(32), len(picks)), picks))


def _copy_square_python(world, cells, start, out, out_start):
    width = 2 * world.radius + 1
    rows = (start + np.arange(width) * cells.shape[1])[:, None] + np.arange(width)
    out.reshape(-1)[out_start : out_start + width * width] = cells.reshape(-1)[rows].ravel()


@intrinsic
def _copy_square_compiled(typing_context, world, cells, start, out, out_start):
    width = 2 * _radius(world) + 1
    lanes = _lanes(width)
    vector = ir.VectorType(_BYTE, lanes)
    most = 2 if _SHUFFLES_BYTES and lanes == 16 else 1

    def codegen(context, builder, signature, arguments):
        source = make_array(signature.args[1])(context, builder, arguments[1])
        target = make_array(signature.args[3])(context, builder, arguments[3])
        columns = cgutils.unpack_tuple(builder, source.shape)[1]
        from_ = arguments[2]
        done = 0
        while done < width:
            to = builder.add(arguments[4], context.get_constant(types.intp, width * done))
            # What a store writes beyond its rows is overwritten by the next one, so it must end inside the window.
            wide = [count for count in (most, 1) if width * done + lanes * count <= width * width]
            rows = []
            for _ in range(wide[0] if wide else 1):
                rows.append(_pointer(builder, source, from_, vector))
                from_ = builder.add(from_, columns)
            if wide:
                packed = _pack(builder, [builder.load(row, align=1) for row in rows], width)
                builder.store(packed, _pointer(builder, target, to, packed.type), align=1)
            else:
                exact = builder.bitcast(rows[0], _BYTE.as_pointer()), context.get_constant(types.intp, width)
                cgutils.raw_memcpy(builder, _pointer(builder, target, to, _BYTE), *exact, 1)
            done += len(rows)
        return context.get_dummy_value()

    return types.void(world, cells, types.intp, out, types.intp), codegen


def _count_square_python(world, start, lowest, highest):
    width = 2 * world.radius + 1
    columns = world.width + 2 * world.radius
    rows = world.codes[(start + np.arange(width) * columns)[:, None] + np.arange(width)]
    return int(((rows >= lowest) & (rows <= highest)).sum())


@intrinsic
def _count_square_compiled(typing_context, world, start, lowest, highest):
    width = 2 * _radius(world) + 1
    lanes = _lanes(width)
    vector = ir.VectorType(_BYTE, lanes)
    together = 64 // lanes
    bits = ir.IntType(64)

    def codegen(context, builder, signature, arguments):
        world_value, from_, lowest_value, highest_value = arguments
        codes_type = types.Array(types.uint8, 1, "C")
        get_codes = context.get_getattr(world, "codes")
        codes = make_array(codes_type)(context, builder, get_codes(context, builder, world, world_value, "codes"))
        get_width = context.get_getattr(world, "width")
        border = context.get_constant(types.intp, 2 * _radius(world))
        columns = builder.add(get_width(context, builder, world, world_value, "width"), border)

        def splat(value):
            one = builder.insert_element(
                ir.Constant(vector, ir.Undefined), builder.trunc(value, _BYTE), ir.Constant(ir.IntType(32), 0)
            )
            zeros = ir.Constant(ir.VectorType(ir.IntType(32), 64), [0] * 64)
            return builder.shuffle_vector(one, ir.Constant(vector, ir.Undefined), zeros)

        def join(parts):
            while len(parts) > 1:
                size = 2 * parts[0].type.count
                every = ir.Constant(ir.VectorType(ir.IntType(32), size), list(range(size)))
                parts = [builder.shuffle_vector(*pair, every) for pair in zip(parts[::2], parts[1::2], strict=True)]
            return parts[0]

        low = splat(lowest_value)
        span = splat(builder.sub(highest_value, lowest_value))
        total = ir.Constant(bits, 0)
        count_bits = cgutils.get_or_insert_function(builder.module, ir.FunctionType(bits, [bits]), "llvm.ctpop.i64")
        for first in range(0, width, together):
            # Several rows are compared as one vector of 64 bytes, whose outcome is a bit each.
            rows = [ir.Constant(vector, [0] * lanes)] * together
            inside = 0
            for position in range(min(together, width - first)):
                rows[position] = builder.load(_pointer(builder, codes, from_, vector), align=1)
                inside |= ((1 << width) - 1) << (lanes * position)
                from_ = builder.add(from_, columns)
            hit = builder.icmp_unsigned("<=", builder.sub(join(rows), low), span)
            hits = builder.and_(builder.bitcast(hit, bits), ir.Constant(bits, inside))
            total = builder.add(total, builder.call(count_bits, [hits]))
        return total

    return types.int64(world, types.intp, types.int64, types.int64), codegen


def _prefetch_python(array, start):
    pass


@intrinsic
def _prefetch_compiled(typing_context, array, start):
    def codegen(context, builder, signature, arguments):
        source = make_array(signature.args[0])(context, builder, arguments[0])
        number = ir.IntType(32)
        shape = ir.FunctionType(ir.VoidType(), [_BYTE.as_pointer(), number, number, number])
        fetch = cgutils.get_or_insert_function(builder.module, shape, "llvm.prefetch.p0i8")
        builder.call(fetch, [_pointer(builder, source, arguments[1], _BYTE), number(0), number(3), number(1)])
        return context.get_dummy_value()

    return types.void(array, types.intp), codegen


def _opaque_python(number):
    return number


@intrinsic
def _opaque_compiled(typing_context, number):
    def codegen(context, builder, signature, arguments):
        kind = arguments[0].type
        return builder.asm(ir.FunctionType(kind, [kind]), "", "=r,0", arguments, side_effect=False)

    return types.int64(types.int64), codegen


copy_square = _copy_square_python if config.DISABLE_JIT else _copy_square_compiled
"""``copy_square(world, cells, start, out, out_start)``: the window that begins at ``cells.flat[start]``, row by row."""

count_square = _count_square_python if config.DISABLE_JIT else _count_square_compiled
"""``count_square(world, start, lowest, highest)``: cells of a window whose code is in that closed range."""

prefetch = _prefetch_python if config.DISABLE_JIT else _prefetch_compiled
"""``prefetch(array, start)``: have a byte's cache line brought near; any index is allowed, and nothing else happens."""

opaque = _opaque_python if config.DISABLE_JIT else _opaque_compiled
"""``opaque(number)``: the int itself, of which the compiler knows nothing and so makes neither branches nor guesses."""
