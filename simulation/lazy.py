"""A package whose public names are imported when first used, so that the command line starts at once."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType


class LazyPackage(ModuleType):
    """Package that knows where its public names live (``__exports__``: name -> module), loads them on demand.

    A public function may bear the name of its module (``simulation.run.run``). The import system binds the
    module on the package when it is first imported; here the name stays the function's, whatever was imported
    first.
    """

    __exports__: dict[str, str]

    def __getattr__(self, name: str) -> object:
        """Import the module of a public name and return what it holds under that name."""
        module = self.__exports__.get(name)
        if module is None:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        found: object = getattr(importlib.import_module(module), name)
        super().__setattr__(name, found)
        return found

    def __setattr__(self, name: str, value: object) -> None:
        """Bind a public name to the function where the import system would bind its module."""
        if isinstance(value, ModuleType) and self.__exports__.get(name) == value.__name__:
            value = getattr(value, name, value)
        super().__setattr__(name, value)


def export(package: str, exports: dict[str, str]) -> None:
    """Make ``package`` lazy, with ``exports`` (public name -> module that defines it)."""
    module = sys.modules[package]
    module.__dict__["__exports__"] = exports
    module.__class__ = LazyPackage
