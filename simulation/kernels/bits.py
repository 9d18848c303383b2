"""The lowest set bit of a word, which numba has no name for: one instruction of the processor."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic


def _lowest_bit(typing_context, word):  # type: ignore[no-untyped-def]
    """Return the position of the lowest set bit of a uint64 that is not 0."""

    def make(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.uint64), make


lowest_bit: Any = intrinsic(_lowest_bit)
