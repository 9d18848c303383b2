"""Tables passed to inner kernels by reference: one pointer in place of the headers of all their arrays.

Numba passes a named tuple of arrays as some hundred words. Copied at every call they cost more than the work of most
calls; inlining every call to avoid that made one function of 210 kB and doubled the time to compile.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.imputils import impl_ret_borrowed
from numba.core.typing.templates import AttributeTemplate
from numba.extending import infer_getattr, intrinsic, lower_getattr_generic, models, register_model


class Reference(types.Type):
    """The type of a pointer to a named tuple, which lives as long as the entry kernel that made it."""

    def __init__(self, of):
        self.of = of
        super().__init__(name=f"reference({of})")


@register_model(Reference)
class _Model(models.PrimitiveModel):
    def __init__(self, dmm, fe_type):
        super().__init__(dmm, fe_type, cgutils.voidptr_t)


@infer_getattr
class _Fields(AttributeTemplate):
    key = Reference

    def generic_resolve(self, typ, attr):
        """Return the type of a field."""
        return typ.of[typ.of.fields.index(attr)] if attr in typ.of.fields else None


def _load(builder, pointer):
    """Load word by word, so that the compiler drops what is not used."""
    pointee = pointer.type.pointee
    if not isinstance(pointee, ir.LiteralStructType | ir.ArrayType):
        return builder.load(pointer)
    found = ir.Constant(pointee, ir.Undefined)
    for i in range(len(pointee)):
        found = builder.insert_value(found, _load(builder, cgutils.gep_inbounds(builder, pointer, 0, i)), i)
    return found


@lower_getattr_generic(Reference)
def _get(context, builder, typ, value, attr):
    table = builder.bitcast(value, context.get_value_type(typ.of).as_pointer())
    index = typ.of.fields.index(attr)
    found = _load(builder, cgutils.gep_inbounds(builder, table, 0, index))
    return impl_ret_borrowed(context, builder, typ.of[index], found)


def _by_reference(typing_context, table):
    """Return a reference to a named tuple of arrays, valid until the calling entry kernel returns."""

    def make(context, builder, signature, arguments):
        return builder.bitcast(cgutils.alloca_once_value(builder, arguments[0]), cgutils.voidptr_t)

    return Reference(table)(table), make


by_reference: Any = intrinsic(_by_reference)
