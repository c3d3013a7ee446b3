"""What a process that serves asks of Python and of the system."""

import gc
import os
import resource
from contextlib import suppress

# Serving makes few cycles, most of them where a completion fails; they should not pile up.
_GC_THRESHOLDS = (10_000, 20, 50)
_MANY_FILES = 65_536
# libuv looks up names in half of its threads, which are four unless told otherwise.
_LIBUV_THREADS = "64"


def allow_many_connections() -> None:
    """Raises the limit of open files, as far as the system lets this process: each connection is one."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MANY_FILES if most == resource.RLIM_INFINITY else min(most, _MANY_FILES)
    # macOS says one limit and means another.
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(now, wanted), most))


def allow_many_look_ups() -> None:
    """Lets many names be looked up at once, unless UV_THREADPOOL_SIZE is set; before the event loop begins.

    A look-up cannot be cancelled: with libuv's few threads, two hosts whose name servers are silent keep
    everybody else from connecting.
    """
    os.environ.setdefault("UV_THREADPOOL_SIZE", _LIBUV_THREADS)


def spare_collections() -> None:
    """Takes what start-up has made out of the garbage collector's sight, and lets it look less often.

    Else it goes through all modules and all types of GraphQL again and again, a fifth of a request's time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_GC_THRESHOLDS)
