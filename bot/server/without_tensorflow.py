"""Lets Rasa be imported without TensorFlow, which nothing in our pipeline uses.

Rasa's policy modules import TensorFlow for classes that config.yml does not name; loading it takes
longer than everything else at start and a third of the memory. `install` puts a stand-in in its
place that can be imported, subclassed and used in annotations and decorators, and that raises
TensorFlowIsAbsent the moment anything is really computed with it. A test trains and answers under
it and compares the answers with those under the real library.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

ABSENT = ("tensorflow", "tensorflow_addons", "tensorflow_hub", "tensorflow_text", "keras", "jax")


class TensorFlowIsAbsent(RuntimeError):
    """Something tried to compute with TensorFlow: a component of config.yml needs it after all."""


class _Named(type):
    """Classes whose every attribute is such a class again."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _named(f"{cls.__name__}.{name}")

    def __or__(cls, other: Any) -> Any:
        return Any

    __ror__ = __or__


def _named(name: str) -> Any:
    return _Named(name, (_StandIn,), {})


class _StandIn(metaclass=_Named):
    """What stands for anything of TensorFlow's."""

    def __new__(cls, *arguments: Any, **options: Any) -> Any:
        if cls.__mro__[1] is not _StandIn:
            # A subclass of Rasa's own is being made, which only happens to use it.
            raise TensorFlowIsAbsent(cls.__name__)
        if len(arguments) == 1 and callable(arguments[0]) and not options:
            return arguments[0]  # used as a decorator
        return lambda decorated: decorated  # used as a decorator with options

    def __class_getitem__(cls, _: Any) -> Any:
        return cls


class _Module(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name == "VERSION" or name.endswith("version"):
            return "0"
        return _named(f"{self.__name__}.{name}")


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.split(".", maxsplit=1)[0] not in ABSENT:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _Module(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        module.__path__ = []


def install() -> None:
    """Put the stand-in in TensorFlow's place, if TensorFlow was not imported before."""
    if "tensorflow" not in sys.modules:
        sys.meta_path.insert(0, _Finder())


def installed() -> bool:
    """Whether the stand-in is in use."""
    return any(isinstance(finder, _Finder) for finder in sys.meta_path)
