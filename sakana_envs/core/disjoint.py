"""Arrays of which the compiler knows that they don't overlap.

A world's fields lie in one block of bytes, and for all that LLVM can see a store to one may change another. It would
begin each loop by comparing addresses, and wouldn't use wide instructions for fewer than some sixteen agents at all.
So each access to an item of a field says which field it is of, and that it touches no other, in LLVM's words:
https://llvm.org/docs/LangRef.html#noalias-and-alias-scope-metadata
"""

import operator
from functools import reduce

from llvmlite import ir
from llvmlite.ir.instructions import LoadInstr, StoreInstr
from numba import config, types
from numba.core import cgutils
from numba.core.imputils import impl_ret_borrowed, lower_builtin, lower_cast
from numba.extending import intrinsic, models, register_model
from numba.np.arrayobj import fix_integer_index, load_item, store_item


class DisjointArray(types.Array):
    """The Numba type of an array over a world's ``field``, or, if that is None, outside of all of the world's fields.

    ``world`` is the world's type, which names in ``scopes`` what doesn't overlap.
    """

    def __init__(self, dtype: types.Type, ndim: int, world: types.Type, field: str | None) -> None:
        self.world = world
        self.field = field
        super().__init__(dtype, ndim, "C")

    @property
    def key(self):
        return self.world, self.field, *super().key

    @property
    def mangling_args(self):
        return f"{self.world.name}.{self.field}", super().mangling_args[1]

    def can_convert_to(self, typing_context, other):
        """Into an array of which nothing is known, where a rule has a variable for either of two fields."""
        return None if isinstance(other, DisjointArray) else super().can_convert_to(typing_context, other)


@register_model(DisjointArray)
class _DisjointArrayModel(models.StructModel):
    """Numba's of an array, but for its count of references: somebody else keeps the memory."""

    def __init__(self, manager, array_type):
        plain = models.ArrayModel(manager, array_type)
        members = dict(zip(plain._fields, plain._members, strict=True))
        super().__init__(manager, array_type, list({**members, "meminfo": types.voidptr}.items()))

    def traverse(self, builder):
        """Among its parts, nothing is to be counted."""
        return []


def array_over(context, builder, array_type, address, shape):
    """The value of a :class:`DisjointArray`, in few instructions, for a task has thousands of such accesses."""
    model = context.data_model_manager[array_type]
    itemsize = context.get_constant(types.intp, context.get_abi_sizeof(context.get_data_type(array_type.dtype)))
    strides = [itemsize]
    for length in shape[:0:-1]:
        strides.insert(0, builder.mul(length, strides[0]))
    parts = {
        "nitems": reduce(builder.mul, shape),
        "itemsize": itemsize,
        "data": builder.bitcast(address, context.get_value_type(model.get_type("data"))),
        "shape": cgutils.pack_array(builder, shape),
        "strides": cgutils.pack_array(builder, strides),
    }
    value = ir.Constant(model.get_value_type(), None)
    for name, part in parts.items():
        value = builder.insert_value(value, part, model.get_field_position(name))
    return value


def tell_apart(builder, access, world, field):
    """Say that a load or store just emitted is of the world's ``field``, and of no other."""
    instruction = next(found for found in reversed(builder.block.instructions) if isinstance(found, access))
    metadata = builder.module.add_metadata
    domain = metadata(["fields of a world"])
    others = [metadata([other, domain]) for other in world.scopes if other != field]
    if field is not None:
        instruction.set_metadata("alias.scope", metadata([metadata([field, domain])]))
    instruction.set_metadata("noalias", metadata(others))


def _item(context, builder, signature, arguments):
    """Where an item of an array is; None if what it is asked for by isn't the index of one."""
    (array_type, index_type), (array, index) = signature.args[:2], arguments[:2]
    index_types, indices = (index_type,), [index]
    if isinstance(index_type, types.BaseTuple):
        index_types, indices = index_type.types, cgutils.unpack_tuple(builder, index, len(index_type))
    if len(index_types) != array_type.ndim or not all(isinstance(each, types.Integer) for each in index_types):
        return None
    position = context.data_model_manager[array_type].get_field_position
    data, shape = (builder.extract_value(array, position(name)) for name in ("data", "shape"))
    lengths = cgutils.unpack_tuple(builder, shape)
    places = [fix_integer_index(context, builder, *each) for each in zip(index_types, indices, lengths, strict=True)]
    checked = context.enable_boundscheck
    return cgutils.get_item_pointer2(context, builder, data, lengths, None, "C", places, boundscheck=checked)


def _as_any_array(context, builder, function, signature, arguments):
    """Get or set what isn't one item the way Numba does for any array."""
    array = signature.args[0]
    plain = types.Array(array.dtype, array.ndim, "C")
    return context.get_function(function, signature.replace(args=(plain, *signature.args[1:])))(builder, arguments)


@lower_builtin(operator.getitem, DisjointArray, types.Integer)
@lower_builtin(operator.getitem, DisjointArray, types.BaseTuple)
def _get(context, builder, signature, arguments):
    array, item = signature.args[0], _item(context, builder, signature, arguments)
    if item is None:
        return _as_any_array(context, builder, operator.getitem, signature, arguments)
    value = load_item(context, builder, array, item)
    tell_apart(builder, LoadInstr, array.world, array.field)
    return value


@lower_builtin(operator.setitem, DisjointArray, types.Any, types.Any)
def _set(context, builder, signature, arguments):
    (array, _, given), item = signature.args, _item(context, builder, signature, arguments)
    if item is None:
        return _as_any_array(context, builder, operator.setitem, signature, arguments)
    store_item(context, builder, array, context.cast(builder, arguments[2], given, array.dtype), item)
    return tell_apart(builder, StoreInstr, array.world, array.field)


@lower_cast(DisjointArray, types.Array)
def _forget(context, builder, from_type, to_type, value):
    return value


@intrinsic
def _outside_compiled(typing_context, world, array):
    def codegen(context, builder, signature, arguments):
        return impl_ret_borrowed(context, builder, signature.return_type, arguments[1])

    return DisjointArray(array.dtype, array.ndim, world, None)(world, array), codegen


def _outside_python(world, array):
    return array


outside = _outside_python if config.DISABLE_JIT else _outside_compiled
"""``outside(world, array)``: the same array; the compiler is told that it overlaps no field of the world."""
