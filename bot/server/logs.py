"""Logs that never hold what people write.

Rasa prints message texts, entities and slots through structlog unless it is configured, and
through the loggers of its modules at DEBUG. So nothing below a warning of Rasa's is ever let
through, whatever level the operator asks for; our own records hold ids and kinds of errors only.
"""

from __future__ import annotations

import logging
import sys

import structlog

_FOREIGN = ("rasa", "sanic", "sanic.root", "sanic.error", "sanic.access", "matplotlib", "asyncio")


def quieten() -> None:
    """Silence everything of Rasa's that may hold a message."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL),
        processors=[structlog.processors.JSONRenderer()],
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    for name in _FOREIGN:
        logging.getLogger(name).setLevel(logging.ERROR)
    # An error log of Rasa's may quote the message it failed on, exception and all.
    logging.getLogger("rasa").setLevel(logging.CRITICAL)


def configure(level: str) -> None:
    """Log to standard error at `level`, with Rasa quietened."""
    quieten()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("bot").setLevel(level)
    logging.getLogger("actions").setLevel(level)
