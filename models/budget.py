"""What one stranger's message may cost: processor time of the thread that works on it, and memory.

The limits of router/message/limits.py are what keeps a message cheap. This is for what they do not
know: a thread watches, and ends the work by an exception that it raises in the working thread
(``PyThreadState_SetAsyncExc``). It comes between two steps of Python code, so a loop in C must be
bounded by the limits; and it may come anywhere, so whoever catches it rolls everything back.
"""

import contextlib
import ctypes
import mmap
import sys
import threading
import time

SECONDS = 8.0  # of the thread's own processor time: other programs do not use it up
MEGABYTES = 350  # above what the process had; more for a large message, see ``budget_for``
_PER_BYTE = 8  # a message's bytes as text, in lines, decoded, encoded, as attachments
_LOOK = 0.05  # seconds between two looks
_NEVER_IN = frozenset({"logging", "threading", "odoo.modules.registry"})  # anywhere above it
_NOT_AT = frozenset({"odoo.sql_db", __name__})  # at the very step
_AGAIN = 5.0  # seconds until it is raised again, where something has swallowed it

_set_exception = ctypes.pythonapi.PyThreadState_SetAsyncExc
_set_exception.argtypes = (ctypes.c_ulong, ctypes.py_object)
_NONE = ctypes.py_object()  # NULL: takes back what was set


class OverBudget(BaseException):
    """The work took more than it may. No Exception: nobody on the way is to handle it."""


class Budget(contextlib.AbstractContextManager):
    """Guard a block; :class:`OverBudget` leaves it when its thread uses more than it may.

    Never raised behind the block. ``spent`` then says what was used up, ``time`` or ``memory``.
    In a process with other threads their memory counts too: nothing tells it apart.
    """

    def __init__(self, seconds=SECONDS, megabytes=MEGABYTES):
        self.seconds, self.megabytes = seconds, megabytes
        self.spent = ""
        self._again = 0.0

    def __enter__(self):
        self._thread = threading.get_ident()
        self._clock = time.pthread_getcpuclockid(self._thread)
        self._base = resident_mb()
        self._start = time.clock_gettime(self._clock)
        _watcher.add(self)
        return self

    def __exit__(self, *_exception):
        _watcher.remove(self)
        # What was set and has not come would come behind the block. It comes at the next step of
        # the thread, so there should be none.
        _set_exception(self._thread, _NONE)

    def look(self):
        """Raise :class:`OverBudget` in the guarded thread if it has used too much."""
        if time.clock_gettime(self._clock) - self._start > self.seconds:
            self.spent = "time"
        elif resident_mb() - self._base > self.megabytes:
            self.spent = "memory"
        if self.spent and time.monotonic() > self._again and _may_be_interrupted(self._thread):
            self._again = time.monotonic() + _AGAIN
            _set_exception(self._thread, OverBudget)


class _Watcher:
    """One thread of this process that looks at all budgets in use.

    Not one for each: a thread that is being started answers to its parent's ident for a moment
    (CPython, ``PyThreadState_SetAsyncExc``), and would be hit in its place.
    """

    def __init__(self):
        # A Lock and no Condition: the way into one is Python code, that may be interrupted.
        self._lock = threading.Lock()
        self._work = threading.Event()
        self._budgets = []
        self._thread = None

    def add(self, budget):
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                # the first one, or the first after a fork, which takes no threads along
                self._budgets, self._work = [], threading.Event()
                self._thread = threading.Thread(
                    target=self._watch, name="catchall-budget", daemon=True
                )
                self._thread.start()
            self._budgets.append(budget)
        self._work.set()

    def remove(self, budget):
        """Look at it no more: nothing is raised for it once this has returned."""
        with self._lock:
            if budget in self._budgets:
                self._budgets.remove(budget)

    def _watch(self):
        while True:
            self._work.wait()
            time.sleep(_LOOK)
            with self._lock:
                for budget in self._budgets:
                    budget.look()
                if not self._budgets:
                    self._work.clear()


def _may_be_interrupted(thread):
    """Whether an exception may come where the thread is: never where it takes or frees a lock.

    The watcher runs, so the thread stands still; the exception comes when it goes on, there.
    """
    frame, depth = sys._current_frames().get(thread), 0
    while frame is not None:
        name = frame.f_globals.get("__name__", "")
        if name in _NEVER_IN or (not depth and name in _NOT_AT):
            return False
        frame, depth = frame.f_back, depth + 1
    return True


_watcher = _Watcher()


def budget_for(row):
    """The budget of one row's message; a large one is allowed more memory."""
    return Budget(megabytes=MEGABYTES + (row.size or 0) * _PER_BYTE / 1_000_000)


def too_costly(env, spent):
    """Say why a message is not processed."""
    if spent == "memory":
        return env._("Processing this email takes more memory than one email may use")
    return env._("Processing this email takes more time than one email may use")


def resident_mb():
    """Memory of this process, in megabytes; 0 where the system does not tell."""
    try:
        with open("/proc/self/statm", encoding="ascii") as status:
            return int(status.read().split()[1]) * mmap.PAGESIZE / 1_000_000
    except (OSError, ValueError, IndexError):
        return 0.0
