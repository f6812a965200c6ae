"""Where a world's bytes lie: one contiguous block per world, cut into named arrays.

A block holds everything that changes in a world, so saving, restoring and cloning worlds is copying rows of
one array. Kernels cut the block into arrays without touching reference counts; NumPy cuts the same block
into strided views over all worlds.
"""

import hashlib
import math
from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

import numpy as np

from sakana_envs.grid.intrinsics import SLACK

_ALIGNMENT = 64


class Field(NamedTuple):
    """One named array of a world.

    ``per`` says its shape: ``"world"`` (size,), ``"agent"`` (agents,) or ``"cell"`` (height + 2 * radius,
    width + 2 * radius), border included. ``dtype`` is a NumPy scalar type.
    """

    per: str
    dtype: type
    meaning: str = ""
    size: int = 1


class Layout:
    """Byte offsets of a world's arrays for given sizes.

    ``header`` (int64) is what a kernel reads and all worlds share: the sizes and the bytes of a world, begin and
    length of each list of cells, an offset for each field, and the lists. It changes with the sizes and the map;
    the compiled code doesn't.

    ``lists`` are flat indices of cells: those with walls and with food as an episode begins, and those where agents
    may appear (none: everywhere).
    """

    SIZES = ("agents", "height", "width", "horizon", "stride")
    LISTS = ("wall_cells", "food_cells", "spawn_cells")

    def __init__(
        self,
        fields: Mapping[str, Field],
        numbers: int,
        sizes: Mapping[str, int],
        radius: int,
        lists: Mapping[str, np.ndarray] | None = None,
    ) -> None:
        self.fields = dict(fields)
        border = 2 * radius
        self.shapes: dict[str, tuple[int, ...]] = {"numbers": (numbers,)}
        dtypes: dict[str, type] = {"numbers": np.float64}
        for name, field in self.fields.items():
            self.shapes[name] = {
                "world": (field.size,),
                "agent": (sizes["agents"],),
                "cell": (sizes["height"] + border, sizes["width"] + border),
            }[field.per]
            dtypes[name] = field.dtype
        self.dtypes = {name: np.dtype(dtype) for name, dtype in dtypes.items()}
        offset = 0
        self.offsets: dict[str, int] = {}
        for name, shape in self.shapes.items():
            # Long arrays begin on a cache line; short ones are packed, so that a small world is few lines.
            long = math.prod(shape) >= _ALIGNMENT
            alignment = _ALIGNMENT if long else self.dtypes[name].itemsize
            offset = -(-offset // alignment) * alignment
            self.offsets[name] = offset
            offset += math.prod(shape) * self.dtypes[name].itemsize + (SLACK if len(shape) == 2 else 0)
        self.stride = -(-offset // _ALIGNMENT) * _ALIGNMENT
        cells = [np.asarray((lists or {}).get(name, ()), dtype=np.int64) for name in self.LISTS]
        start = len(self.SIZES) + 2 * len(self.LISTS) + len(self.offsets)
        header = [*(sizes[name] for name in self.SIZES[:-1]), self.stride]
        for part in cells:
            header += [start, len(part)]
            start += len(part)
        header += self.offsets.values()
        self.header = np.concatenate([np.array(header, dtype=np.int64), *cells])

    @cached_property
    def digest(self) -> str:
        """A hash (hex) of the fields, the sizes and the map: equal for layouts whose blocks mean the same."""
        fields = [f"{name}{shape}{self.dtypes[name]}" for name, shape in self.shapes.items()]
        return hashlib.sha256("|".join(fields).encode() + self.header.tobytes()).hexdigest()[:16]

    def allocate(self, worlds: int) -> np.ndarray:
        """Zeroed blocks (worlds, stride) uint8 whose rows begin on cache lines."""
        raw = np.zeros(worlds * self.stride + _ALIGNMENT, dtype=np.uint8)
        first = -raw.ctypes.data % _ALIGNMENT
        return raw[first : first + worlds * self.stride].reshape(worlds, self.stride)

    def view(self, blocks: np.ndarray, name: str) -> np.ndarray:
        """The field ``name`` of all blocks as a writable array (worlds, *shape)."""
        shape, dtype, offset = self.shapes[name], self.dtypes[name], self.offsets[name]
        size = math.prod(shape) * dtype.itemsize
        return blocks[:, offset : offset + size].view(dtype).reshape(len(blocks), *shape)
