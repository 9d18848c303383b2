"""The ways in which kernels are compiled: functions called from Python, and functions called by kernels."""

from __future__ import annotations

from numba import njit

# Called from Python: cached on disk, runs without the interpreter's lock.
entry = njit(nogil=True, cache=True, error_model="numpy")

# Called by kernels only. Array arguments are borrowed from the caller, so counting references to them, which costs an
# atomic operation an array at every call and half of a day's time in all, is switched off. Such a function may neither
# create nor return an array.
inner = njit(error_model="numpy", _nrt=False, forceinline=True)  # type: ignore[call-overload]

# As inner, but called, not copied into every caller: for what is long, or called from many places. Without the word a
# function would be copied all the same, since numba hands the caller's options down.
step = njit(error_model="numpy", _nrt=False, forceinline=False)  # type: ignore[call-overload]

# As inner, for functions that make arrays or views of them.
viewing = njit(error_model="numpy")
