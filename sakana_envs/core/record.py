"""The ``world`` that rules are handed: a compiled record over one world's block of bytes.

To the compiler a world is three words: where its block begins, where the layout's header is, and the key of this
tick's random numbers. An attribute becomes one load, or an array over a part of the block that borrows the
memory (no reference is counted; the blocks outlive every kernel call, since the caller holds them). A
named tuple of thirty arrays would do the same, and take four times as long to compile.

Attributes: the sizes, of which ``horizon`` is that of the running episode; ``tick``, ticks since the episode began (1
in the first); ``key``, for :mod:`sakana_envs.core.rng`; every number of the world and task as a float; every field as
an array, some as one row too; the lists of the world's own set, as arrays of int64; the tables.
"""

import hashlib
from functools import reduce
from types import SimpleNamespace
from typing import NamedTuple

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

from sakana_envs.core.disjoint import DisjointArray, array_over, tell_apart
from sakana_envs.core.inner import inner
from sakana_envs.core.memory import Layout
from sakana_envs.core.rng import combine
from sakana_envs.core.single import as_singles
from sakana_envs.core.structure import TABLES, Structure

_TABLES = {name: from_dtype(np.dtype(dtype)) for name, dtype in TABLES.items()}


class WorldType(types.Type):
    """The Numba type of a task's world."""

    def __init__(self, name: str, structure: Structure) -> None:
        self.structure = structure
        self.fields = dict(structure.fields)
        self.positions = structure.positions
        self.numbers = {number: position for position, number in enumerate(structure.numbers)}
        self.scopes = (*self.fields, "numbers")
        self.lists = {**dict.fromkeys(structure.lists, types.int64), **_TABLES}
        dtypes = [np.dtype(field.dtype).str for field in self.fields.values()]
        per = [(key, field.per, field.size) for key, field in self.fields.items()]
        shape = repr((structure[:6], per, dtypes, structure.numbers))
        constants = "_".join(map(str, structure.constants.values()))
        super().__init__(name=f"World_{name}_{constants}_{hashlib.sha256(shape.encode()).hexdigest()[:8]}")
        self.values = {*structure.sizes, *structure.constants, "tick"}

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

    def traverse(self, builder):
        """Among its parts, no reference is to be counted."""
        return []


class _Parts(NamedTuple):
    """A world, in LLVM's words."""

    block: ir.Value
    header: ir.Value
    key: ir.Value


def parts_of(builder, world):
    """A world's parts, each by one instruction, where Numba's own way to get at them takes five."""
    return _Parts._make(cgutils.unpack_tuple(builder, world))


@infer_getattr
class _WorldAttributes(AttributeTemplate):
    key = WorldType

    def generic_resolve(self, world, name):
        if name in world.fields:
            return world.array(name, len(world.structure.axes(name)))
        if name in world.structure.rows:
            return world.array(world.structure.rows[name], 1)
        if name in world.numbers:
            return types.float64
        if name in world.values:
            return types.int64
        if name in world.lists:
            return types.Array(world.lists[name], 1, "C")
        if name == "key":
            return types.uint64
        return None


def _invariant_load(builder, pointer):
    # Sizes and offsets never change during a kernel; saying so lets the compiler keep them in registers.
    value = builder.load(pointer)
    value.set_metadata("invariant.load", builder.module.add_metadata([]))
    return value


def header_item(builder, record, position):
    """Load what the header of a world's record has at a position."""
    return _invariant_load(builder, builder.gep(record.header, [ir.Constant(ir.IntType(64), position)]))


def _length(context, builder, world_type, record, axis):
    more = context.get_constant(types.intp, axis.more)
    if not axis.size:
        return more
    size = header_item(builder, record, world_type.positions[axis.size])
    return builder.add(size, more) if axis.more else size


def _field(context, builder, world_type, record, name):
    field_name = world_type.structure.rows.get(name, name)
    shape = [_length(context, builder, world_type, record, axis) for axis in world_type.structure.axes(field_name)]
    if name != field_name:
        shape = [reduce(builder.mul, shape)]
    address = builder.gep(record.block, [header_item(builder, record, world_type.positions[field_name])])
    return array_over(context, builder, world_type.array(field_name, len(shape)), address, shape)


def _extent(builder, world_type, record, name):
    """Where in the header a table, or a list of the world's own set, begins, and how long it is."""
    place = ir.Constant(ir.IntType(64), world_type.positions[name])
    if name in world_type.structure.lists:
        offset = header_item(builder, record, world_type.positions["level"])
        pointer = builder.bitcast(builder.gep(record.block, [offset]), ir.IntType(32).as_pointer())
        level = builder.load(pointer)
        tell_apart(builder, LoadInstr, world_type, "level")
        sets = builder.trunc(header_item(builder, record, world_type.positions["sets"]), ir.IntType(32))
        guest = builder.add(sets, builder.not_(level))
        is_guest = builder.icmp_signed("<", level, ir.Constant(ir.IntType(32), 0))
        own = builder.zext(builder.select(is_guest, guest, builder.urem(level, sets)), ir.IntType(64))
        place = builder.add(header_item(builder, record, world_type.positions[name]), builder.add(own, own))
    first = builder.gep(record.header, [place])
    second = builder.gep(first, [ir.Constant(ir.IntType(64), 1)])
    return _invariant_load(builder, first), _invariant_load(builder, second)


def number_pointer(builder, world_type, record, position):
    """Where a world's number at a position is."""
    offset = header_item(builder, record, world_type.positions["numbers"])
    first = builder.bitcast(builder.gep(record.block, [offset]), ir.DoubleType().as_pointer())
    return builder.gep(first, [position])


@lower_getattr_generic(WorldType)
def _get_attribute(context, builder, world_type, value, name):
    record = parts_of(builder, value)
    if name in world_type.fields or name in world_type.structure.rows:
        return _field(context, builder, world_type, record, name)
    if name in world_type.numbers:
        position = ir.Constant(ir.IntType(64), world_type.numbers[name])
        value = builder.load(number_pointer(builder, world_type, record, position))
        tell_apart(builder, LoadInstr, world_type, "numbers")
        return value
    if name == "key":
        return record.key
    if name in world_type.structure.constants:
        return context.get_constant(types.int64, world_type.structure.constants[name])
    if name in ("tick", "horizon"):
        field = "clock" if name == "tick" else "time_limit"
        offset = header_item(builder, record, world_type.positions[field])
        value = builder.load(builder.bitcast(builder.gep(record.block, [offset]), ir.IntType(32).as_pointer()))
        tell_apart(builder, LoadInstr, world_type, field)
        return builder.sext(value, ir.IntType(64))
    if name in world_type.lists:
        array = make_array(types.Array(world_type.lists[name], 1, "C"))(context, builder)
        itemsize = context.get_constant(types.intp, 8)
        begin, length = _extent(builder, world_type, record, name)
        populate_array(
            array,
            data=builder.bitcast(builder.gep(record.header, [begin]), array.data.type),
            shape=[length],
            strides=[itemsize],
            itemsize=itemsize,
            meminfo=None,
        )
        return array._getvalue()
    return header_item(builder, record, world_type.positions[name])


def compile_view(name: str, structure: Structure):
    """Make ``view(blocks, header, index)``, which gives world ``index`` of a batch as a record for rules.

    The key of its random numbers is that of the clock as it stands: take a new view when the clock has moved.
    """
    if config.DISABLE_JIT:
        return _python_view(structure)
    world_type = WorldType(name, structure)
    stride_position = structure.positions["stride"]

    @intrinsic
    def record(typing_context, blocks, header, index, key):
        def codegen(context, builder, signature, arguments):
            block_array = make_array(signature.args[0])(context, builder, arguments[0])
            header_array = make_array(signature.args[1])(context, builder, arguments[1])
            value = cgutils.create_struct_proxy(world_type)(context, builder)
            value.header = header_array.data
            stride = header_item(builder, value, stride_position)
            value.block = builder.gep(block_array.data, [builder.mul(arguments[2], stride)])
            value.key = arguments[3]
            return value._getvalue()

        return world_type(blocks, header, types.int64, types.uint64), codegen

    @inner
    def view(blocks, header, index):
        world = record(blocks, header, index, np.uint64(0))
        return record(blocks, header, index, combine(combine(world.seed[0], world.episode[0]), world.tick))

    return view


def _python_view(structure: Structure):
    """The same for rules that run as plain Python (NUMBA_DISABLE_JIT=1)."""

    def view(blocks, header, index):
        sizes = dict(zip(structure.sizes, header.tolist(), strict=False))
        layout = Layout(structure, sizes)
        values = {name: layout.view(blocks, name)[index] for name in layout.shapes}
        values.update(zip(structure.numbers, values["numbers"], strict=True), **sizes)
        tick = int(values["clock"][0])
        key = combine(combine(values["seed"][0], values["episode"][0]), tick)
        values.update(structure.constants, tick=tick, key=key, horizon=int(values["time_limit"][0]))
        values["number_names"] = structure.numbers
        places = {name: structure.positions[name] for name in TABLES}
        level, sets = int(values["level"][0]), header[structure.positions["sets"]]
        own = level % sets if level >= 0 else sets - 1 - level
        places |= {name: header[structure.positions[name]] + 2 * own for name in structure.lists}
        for name, place in places.items():
            start, length = header[place : place + 2]
            values[name] = header[start : start + length].view(TABLES.get(name, np.int64))
        for name, field in structure.rows.items():
            values[name] = values[field].reshape(-1)
        return SimpleNamespace(**{name: as_singles(value) for name, value in values.items()})

    return view
