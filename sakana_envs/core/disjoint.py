"""Arrays of which the compiler knows that they don't overlap.

A world's fields lie in one block of bytes, and for all that LLVM can see a store to one may change another. It would
begin each loop by comparing addresses, and wouldn't use wide instructions for fewer than some sixteen agents at all.
So each access to an item of a field says which field it is of, and that it touches no other, in LLVM's words:
https://llvm.org/docs/LangRef.html#noalias-and-alias-scope-metadata
"""

import operator

from llvmlite.ir.instructions import LoadInstr, StoreInstr
from numba import config, types
from numba.core.imputils import impl_ret_borrowed, lower_builtin, lower_cast
from numba.extending import intrinsic, models, register_model


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


register_model(DisjointArray)(models.ArrayModel)


def tell_apart(builder, access, world, field):
    """Say that a load or store just emitted is of the world's ``field``, and of no other."""
    instruction = next(found for found in reversed(builder.block.instructions) if isinstance(found, access))
    metadata = builder.module.add_metadata
    domain = metadata(["fields of a world"])
    others = [metadata([other, domain]) for other in world.scopes if other != field]
    if field is not None:
        instruction.set_metadata("alias.scope", metadata([metadata([field, domain])]))
    instruction.set_metadata("noalias", metadata(others))


def _is_item(array, index):
    indices = index.types if isinstance(index, types.BaseTuple) else (index,)
    return len(indices) == array.ndim and all(isinstance(each, types.Integer) for each in indices)


def _as_any_array(context, builder, function, signature, arguments, access):
    """Get or set an item the way Numba does for any array, and mark the access."""
    array, index = signature.args[:2]
    plain = types.Array(array.dtype, array.ndim, "C")
    implementation = context.get_function(function, signature.replace(args=(plain, *signature.args[1:])))
    result = implementation(builder, arguments)
    if _is_item(array, index):
        tell_apart(builder, access, array.world, array.field)
    return result


@lower_builtin(operator.getitem, DisjointArray, types.Integer)
@lower_builtin(operator.getitem, DisjointArray, types.BaseTuple)
def _get(context, builder, signature, arguments):
    return _as_any_array(context, builder, operator.getitem, signature, arguments, LoadInstr)


@lower_builtin(operator.setitem, DisjointArray, types.Any, types.Any)
def _set(context, builder, signature, arguments):
    return _as_any_array(context, builder, operator.setitem, signature, arguments, StoreInstr)


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
