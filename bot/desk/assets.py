"""The desk's own files: scripts, styles and pictures, as they are."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from starlette.responses import Response

_FOLDER = Path(__file__).parent / "assets"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


def answer(name: str) -> Response:
    """The file of that name, or a 404."""
    found = _files().get(name)
    if found is None:
        return Response("There is no such file.", 404, media_type="text/plain")
    content, content_type = found
    return Response(content, headers={"Content-Type": content_type})


@lru_cache(maxsize=1)
def _files() -> dict[str, tuple[bytes, str]]:
    return {
        path.name: (path.read_bytes(), _TYPES[path.suffix])
        for path in _FOLDER.iterdir()
        if path.suffix in _TYPES
    }
