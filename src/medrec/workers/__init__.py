"""The async worker layer: one job per user action, on the window's own loop (qasync)."""

import logging

# At level DEBUG qasync tells every call that runs in a thread with its arguments and its result:
# passwords and keys are among them, and nothing of them may be in a log.
logging.getLogger("qasync").setLevel(logging.INFO)
