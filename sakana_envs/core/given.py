"""Arrays of the caller's into which steps write."""

from collections.abc import Mapping
from typing import Any

import numpy as np

_CPUS = (1, 3, 11)
"""DLPack's numbers of memory that a processor reads as its own: the usual one, and what CUDA or ROCm has pinned."""

Form = tuple[tuple[int, ...], np.dtype]


class Given(dict[str, np.ndarray]):
    """Arrays to be filled, by name. A copy of an environment has none: it would write into those of the original."""

    def __reduce__(self) -> tuple:
        return Given, ()


def check_given(given: Mapping[str, Any], forms: Mapping[str, Form]) -> Given:
    """What the caller gives, by name, as arrays over the same memory; those that are None are left out.

    ``forms`` has each one's shape and dtype. Raises ``TypeError`` for what shows no memory, and ``ValueError`` for
    memory of another form or elsewhere, that can't be written, or that two of them share.
    """
    arrays = Given()
    for name, value in given.items():
        if value is not None:
            array = arrays[name] = _array(name, value)
            wrong = _what_is_wrong(array, forms[name])
            if wrong:
                shape, dtype = forms[name]
                raise ValueError(f"{name} must be {dtype} with shape {shape}, C-contiguous and writable, got {wrong}")
    for name, array in arrays.items():
        for other in arrays:
            if other == name:
                break
            if np.may_share_memory(array, arrays[other]):  # exact, since each is without gaps
                raise ValueError(f"{other} and {name} share memory: each needs an array of its own")
    return arrays


def _array(name: str, value: Any) -> np.ndarray:
    """An array over the memory of an array, of what speaks DLPack, or of what has Python's buffer protocol."""
    try:
        if isinstance(value, np.ndarray):
            return np.asarray(value)  # of a subclass, the array itself
        if hasattr(value, "__dlpack__"):
            if value.__dlpack_device__()[0] not in _CPUS:
                raise ValueError(f"it is on another device, {getattr(value, 'device', value.__dlpack_device__())}")
            return np.from_dlpack(value)
        return np.asarray(memoryview(value))
    except TypeError:
        raise TypeError(
            f"{name} must be a NumPy array, or something on the CPU that has DLPack or the buffer protocol, such as a "
            f"torch tensor, got {type(value).__name__}"
        ) from None
    except Exception as error:  # every library has its own
        raise ValueError(f"{name} can't be written into: {error}") from None


def _what_is_wrong(array: np.ndarray, form: Form) -> str:
    """In words; nothing if an array is of the form, in order, and can be written."""
    if (array.shape, array.dtype) != form:
        return f"{array.dtype} with shape {array.shape}"
    if not array.flags.writeable:
        older = "; NumPy before 2.1 only reads what DLPack hands over: pass tensor.numpy()"
        return f"one that is read-only{older if np.lib.NumpyVersion(np.__version__) < '2.1.0' else ''}"
    if not array.flags.c_contiguous:
        return f"one with strides {array.strides}"
    return "" if array.flags.aligned else f"one that isn't aligned to {array.itemsize} bytes"
