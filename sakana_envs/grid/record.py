"""The ``world`` that rules are handed: a compiled record over one world's block of bytes.

To the compiler a world is three words: where its block begins, where the layout's header is, and the key of this
tick's random numbers. An attribute becomes one load, or an array over a part of the block that borrows the
memory (no reference is counted; the blocks outlive every kernel call, since the caller holds them). A
named tuple of thirty arrays would do the same, and take four times as long to compile.

Attributes: the sizes ``agents``, ``height``, ``width``, ``horizon``, ``radius``; ``tick``, ticks since the
episode began (1 in the first); ``key``, for :mod:`sakana_envs.core.rng`; every number of the world and task as a
float; every field as an array, (size,), (agents,) or (height + 2 * radius, width + 2 * radius); ``codes``, the
cells as one row; ``wall_cells``, ``food_cells`` and ``spawn_cells``, the map's lists of flat indices into it.
"""

import hashlib
from collections.abc import Mapping
from types import SimpleNamespace

import numpy as np
from llvmlite import ir
from llvmlite.ir.instructions import LoadInstr
from numba import config, types
from numba.core import cgutils
from numba.core.imputils import lower_getattr_generic
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.extending import intrinsic, models, register_model
from numba.np.arrayobj import make_array, populate_array
from numba.np.numpy_support import from_dtype

from sakana_envs.core.disjoint import DisjointArray, tell_apart
from sakana_envs.core.inner import inner
from sakana_envs.core.rng import combine
from sakana_envs.grid.memory import Field, Layout

_LISTS = {name: len(Layout.SIZES) + 2 * position for position, name in enumerate(Layout.LISTS)}
_HEADER = {name: position for position, name in enumerate(Layout.SIZES)}
_HEADER["numbers"] = len(Layout.SIZES) + 2 * len(Layout.LISTS)
_FIRST_FIELD = _HEADER["numbers"] + 1
_VALUES = ("agents", "height", "width", "horizon", "tick", "radius")


class WorldType(types.Type):
    """The Numba type of a task's world."""

    def __init__(self, name: str, fields: Mapping[str, Field], numbers: tuple[str, ...], radius: int) -> None:
        self.fields = dict(fields)
        self.positions = {field: _FIRST_FIELD + position for position, field in enumerate(fields)}
        self.numbers = {number: position for position, number in enumerate(numbers)}
        self.radius = radius
        shape = repr([(key, field.per, field.size, np.dtype(field.dtype).str) for key, field in fields.items()]) + repr(
            numbers
        )
        super().__init__(name=f"World_{name}_{radius}_{hashlib.sha256(shape.encode()).hexdigest()[:8]}")

    def array(self, field: str, ndim: int) -> DisjointArray:
        """The type of an array over a field."""
        return DisjointArray(from_dtype(np.dtype(self.fields[field].dtype)), ndim, self, field)


@register_model(WorldType)
class _WorldModel(models.StructModel):
    def __init__(self, manager, world_type):
        members = [
            ("block", types.CPointer(types.uint8)),
            ("header", types.CPointer(types.int64)),
            ("key", types.uint64),
        ]
        super().__init__(manager, world_type, members)


@infer_getattr
class _WorldAttributes(AttributeTemplate):
    key = WorldType

    def generic_resolve(self, world, name):
        if name in world.fields:
            return world.array(name, 2 if world.fields[name].per == "cell" else 1)
        if name == "codes":
            return world.array("cells", 1)
        if name in world.numbers:
            return types.float64
        if name in _VALUES:
            return types.int64
        if name in _LISTS:
            return types.Array(types.int64, 1, "C")
        if name == "key":
            return types.uint64
        return None


def _invariant_load(builder, pointer):
    # Sizes, offsets and numbers never change during a kernel; saying so lets the compiler keep them in registers.
    value = builder.load(pointer)
    value.set_metadata("invariant.load", builder.module.add_metadata([]))
    return value


def _header_item(builder, record, position):
    return _invariant_load(builder, builder.gep(record.header, [ir.Constant(ir.IntType(64), position)]))


def _field(context, builder, world_type, record, name):
    flat = name == "codes"
    field_name = "cells" if flat else name
    field = world_type.fields[field_name]
    itemsize = context.get_constant(types.intp, np.dtype(field.dtype).itemsize)
    if field.per == "cell":
        border = context.get_constant(types.intp, 2 * world_type.radius)
        shape = [builder.add(_header_item(builder, record, _HEADER[side]), border) for side in ("height", "width")]
        if flat:
            shape = [builder.mul(*shape)]
    elif field.per == "agent":
        shape = [_header_item(builder, record, _HEADER["agents"])]
    else:
        shape = [context.get_constant(types.intp, field.size)]
    array = make_array(world_type.array(field_name, len(shape)))(context, builder)
    address = builder.gep(record.block, [_header_item(builder, record, world_type.positions[field_name])])
    populate_array(
        array,
        data=builder.bitcast(address, array.data.type),
        shape=shape,
        strides=[builder.mul(shape[1], itemsize), itemsize] if len(shape) == 2 else [itemsize],
        itemsize=itemsize,
        meminfo=None,
    )
    return array._getvalue()


@lower_getattr_generic(WorldType)
def _get_attribute(context, builder, world_type, value, name):
    record = cgutils.create_struct_proxy(world_type)(context, builder, value=value)
    if name in world_type.fields or name == "codes":
        return _field(context, builder, world_type, record, name)
    if name in world_type.numbers:
        offset = _header_item(builder, record, _HEADER["numbers"])
        first = builder.bitcast(builder.gep(record.block, [offset]), ir.DoubleType().as_pointer())
        return _invariant_load(builder, builder.gep(first, [ir.Constant(ir.IntType(64), world_type.numbers[name])]))
    if name == "key":
        return record.key
    if name == "radius":
        return context.get_constant(types.int64, world_type.radius)
    if name in ("tick", "horizon"):
        field = "clock" if name == "tick" else "time_limit"
        offset = _header_item(builder, record, world_type.positions[field])
        value = builder.load(builder.bitcast(builder.gep(record.block, [offset]), ir.IntType(64).as_pointer()))
        tell_apart(builder, LoadInstr, world_type, field)
        return value
    if name in _LISTS:
        array = make_array(types.Array(types.int64, 1, "C"))(context, builder)
        itemsize = context.get_constant(types.intp, 8)
        populate_array(
            array,
            data=builder.gep(record.header, [_header_item(builder, record, _LISTS[name])]),
            shape=[_header_item(builder, record, _LISTS[name] + 1)],
            strides=[itemsize],
            itemsize=itemsize,
            meminfo=None,
        )
        return array._getvalue()
    return _header_item(builder, record, _HEADER[name])


def compile_view(name: str, fields: Mapping[str, Field], numbers: tuple[str, ...], radius: int):
    """Make ``view(blocks, header, index)``, which gives world ``index`` of a batch as a record for rules.

    The key of its random numbers is that of the clock as it stands: take a new view when the clock has moved.
    """
    if config.DISABLE_JIT:
        return _python_view(fields, numbers, radius)
    world_type = WorldType(name, fields, numbers, radius)

    @intrinsic
    def record(typing_context, blocks, header, index, key):
        def codegen(context, builder, signature, arguments):
            block_array = make_array(signature.args[0])(context, builder, arguments[0])
            header_array = make_array(signature.args[1])(context, builder, arguments[1])
            value = cgutils.create_struct_proxy(world_type)(context, builder)
            value.header = header_array.data
            stride = _header_item(builder, value, _HEADER["stride"])
            value.block = builder.gep(block_array.data, [builder.mul(arguments[2], stride)])
            value.key = arguments[3]
            return value._getvalue()

        return world_type(blocks, header, types.int64, types.uint64), codegen

    @inner
    def view(blocks, header, index):
        world = record(blocks, header, index, np.uint64(0))
        return record(blocks, header, index, combine(combine(world.seed[0], world.episode[0]), world.tick))

    return view


def _python_view(fields: Mapping[str, Field], numbers: tuple[str, ...], radius: int):
    """The same for rules that run as plain Python (NUMBA_DISABLE_JIT=1)."""

    def view(blocks, header, index):
        sizes = dict(zip(Layout.SIZES, header.tolist(), strict=False))
        layout = Layout(fields, len(numbers), sizes, radius)
        values = {name: layout.view(blocks, name)[index] for name in layout.shapes}
        values.update(zip(numbers, values.pop("numbers").tolist(), strict=True), **sizes)
        tick = int(values["clock"][0])
        key = combine(combine(values["seed"][0], values["episode"][0]), tick)
        values.update(radius=radius, tick=tick, key=key, horizon=int(values["time_limit"][0]))
        for name, position in _LISTS.items():
            values[name] = header[header[position] : header[position] + header[position + 1]]
        return SimpleNamespace(codes=values["cells"].reshape(-1), **values)

    return view
