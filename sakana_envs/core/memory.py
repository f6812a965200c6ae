"""Where a world's bytes lie: one contiguous block per world, cut into named arrays.

A block holds everything that changes in a world, so saving, restoring and cloning worlds is copying rows of
one array. Kernels cut the block into arrays without touching reference counts; NumPy cuts the same block
into strided views over all worlds.
"""

import hashlib
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property

import numpy as np

from sakana_envs.core.structure import TABLES, Structure

_ALIGNMENT = 64

MOST_GUESTS = 64
"""Sets of lists that are remembered after the episodes that began from them."""


class Layout:
    """Byte offsets of a world's arrays for given sizes.

    ``header`` (int64) is what a kernel reads and all worlds share, see :class:`sakana_envs.core.structure.Structure`.
    It changes with the sizes, the ``sets`` of lists and the tables; the compiled code doesn't.
    """

    def __init__(
        self, structure: Structure, sizes: Mapping[str, int], sets: Sequence[Mapping[str, np.ndarray]] = ({},)
    ) -> None:
        self.structure = structure
        self.shapes: dict[str, tuple[int, ...]] = {"numbers": (len(structure.numbers),)}
        self.dtypes = {"numbers": np.dtype(np.float64)}
        for name, field in structure.fields.items():
            self.shapes[name] = tuple(
                (sizes[axis.size] if axis.size else 0) + axis.more for axis in structure.axes(name)
            )
            self.dtypes[name] = np.dtype(field.dtype)
        slack = {name: structure.slack.get(field.per, 0) for name, field in structure.fields.items()}
        offset = 0
        self.offsets: dict[str, int] = {}
        for name, shape in self.shapes.items():
            # Long arrays begin on a cache line; short ones are packed, so that a small world is few lines.
            long = math.prod(shape) >= _ALIGNMENT
            alignment = _ALIGNMENT if long else self.dtypes[name].itemsize
            offset = -(-offset // alignment) * alignment
            self.offsets[name] = offset
            offset += math.prod(shape) * self.dtypes[name].itemsize + slack.get(name, 0)
        self.stride = -(-offset // _ALIGNMENT) * _ALIGNMENT
        self._sizes = [*(sizes[name] for name in structure.sizes), self.stride]
        self._sets = [self._in_order(each) for each in sets]
        self.guests: list[list[np.ndarray]] = []
        """Lists that were given to resets; that of the level -1 first."""
        self.tables = {name: np.empty(0, dtype) for name, dtype in TABLES.items()}
        self.set_tables()

    def _in_order(self, lists: Mapping[str, np.ndarray]) -> list[np.ndarray]:
        return [np.asarray(lists.get(name, ()), dtype=np.int64) for name in self.structure.lists]

    def add_guest(self, lists: Mapping[str, np.ndarray], used: Collection[int]) -> int:
        """The level, below 0, at which a world has a set of lists that isn't one of the ``sets``.

        A set that is known already keeps its level. Beyond ``MOST_GUESTS`` it takes the place of one at whose level,
        if they are ``used``, no world is.
        """
        given = self._in_order(lists)
        for place, guest in enumerate(self.guests):
            if all(map(np.array_equal, guest, given)):
                return -1 - place
        free = [place for place in range(len(self.guests)) if -1 - place not in used]
        if len(self.guests) >= MOST_GUESTS and free:
            self.guests[free[0]] = given
            place = free[0]
        else:
            place = len(self.guests)
            self.guests.append(given)
        self.set_tables()
        return -1 - place

    @property
    def lowest_level(self) -> int:
        """The lowest level at which a world can be."""
        return -len(self.guests)

    def digest_of_guests(self, levels: np.ndarray) -> str:
        """A hash (hex) of the guests' lists at ``levels``, empty if none of these is below 0."""
        guests = {int(level): self.guests[-1 - level] for level in np.unique(levels[levels < 0])}
        return _digest(repr(list(guests)), [each for lists in guests.values() for each in lists]) if guests else ""

    def set_tables(self, **tables: np.ndarray) -> None:
        """Put others in the place of tables, by name; the header is a new array then."""
        self.tables |= {name: np.ascontiguousarray(table, TABLES[name]).reshape(-1) for name, table in tables.items()}
        start = len(self.structure.positions)
        header = [*self._sizes, len(self._sets)]
        parts: list[np.ndarray] = []
        for lists in zip(*self._sets, *self.guests, strict=True):
            header.append(start)
            lengths = np.array([len(each) for each in lists], dtype=np.int64)
            begins = start + 2 * len(lists) + np.cumsum(lengths) - lengths
            parts += [np.stack([begins, lengths], axis=1).reshape(-1), *lists]
            start += 2 * len(lists) + int(lengths.sum())
        for table in self.tables.values():
            header += [start, len(table)]
            parts.append(table.view(np.int64))
            start += len(table)
        header += self.offsets.values()
        self.header = np.concatenate([np.array(header, dtype=np.int64), *parts])

    def size(self, name: str) -> int:
        """A size of the worlds."""
        return int(self.header[self.structure.positions[name]])

    @cached_property
    def digest(self) -> str:
        """A hash (hex) of the fields, the sizes and the lists: equal for layouts whose blocks mean the same.

        Tables are none of it: what a world took from them as its episode began is in its block.
        """
        fields = [f"{name}{shape}{self.dtypes[name]}{self.offsets[name]}" for name, shape in self.shapes.items()]
        return _digest(f"{'|'.join(fields)}|{self._sizes}", [each for lists in self._sets for each in lists])

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


def _digest(text: str, lists: Iterable[np.ndarray]) -> str:
    digest = hashlib.sha256(text.encode())
    for each in lists:
        digest.update(len(each).to_bytes(8, "little") + each.tobytes())
    return digest.hexdigest()[:16]
