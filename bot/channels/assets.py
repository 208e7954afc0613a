"""The widget's files, as they are served."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from bot.settings import ROOT

_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


@dataclass(frozen=True)
class Asset:
    """A file of the widget as it is served."""

    plain: bytes
    zipped: bytes
    content_type: str


@cache
def assets() -> Mapping[str, Asset]:
    """The widget's files by name, read and compressed once."""
    return {
        path.name: Asset(
            path.read_bytes(),
            gzip.compress(path.read_bytes(), mtime=0),
            f"{_TYPES[path.suffix]}; charset=utf-8",
        )
        for path in (ROOT / "widget").iterdir()
        if path.suffix in _TYPES
    }
