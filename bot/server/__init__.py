"""The assistant's process: Rasa with our own processor, worker and channels."""

import os
import warnings

# Before anything imports Rasa: nothing is reported home, and the libraries under it keep quiet
# about their own future.
os.environ["RASA_TELEMETRY_ENABLED"] = "false"
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import sanic.app  # noqa: F401

# After Sanic, whose import asks for every deprecation of every library to be shown.
warnings.filterwarnings("ignore", category=DeprecationWarning)
warnings.filterwarnings("ignore", module="(rasa|tensorflow|keras|matplotlib|pkg_resources).*")

from bot.server import without_tensorflow  # noqa: E402

without_tensorflow.install()
