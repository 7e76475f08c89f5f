"""Arrays of NumPy, PyTorch and whoever else lends memory, as arrays of NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Array", "lent", "numbers"]

Array = npt.NDArray[Any]


def lent(source: Any) -> Array:
    """The array, on the same memory where that can be: arrays of NumPy as they are, tensors of
    PyTorch on the processor, others through DLPack. A tensor on another device is copied."""
    if isinstance(source, np.ndarray):
        return source
    if hasattr(source, "detach") and hasattr(source, "cpu"):
        source = source.detach().cpu()
        if str(getattr(source, "dtype", "")) == "torch.bfloat16":
            source = source.float()
        return np.asarray(source.numpy())
    if hasattr(source, "__dlpack__"):
        return np.from_dlpack(source)
    return np.asarray(source)


def numbers(source: Any, name: str) -> Array:
    """Real numbers in rows, as ``float32`` or ``float64``: without a copy where they are that
    already. Narrower ones become ``float32``, other integers ``float64``."""
    array = lent(source)
    kind, width = array.dtype.kind, array.dtype.itemsize
    if kind == "f" and width > 8 or kind not in "fiub":
        raise TypeError(f"{name}: expected an array of real numbers, found {array.dtype}")
    is_single = width < 4 or (kind == "f" and width == 4)
    return np.ascontiguousarray(array, dtype=np.float32 if is_single else np.float64)
