"""Work that must not explode, told apart from a machine that is slow or busy.

How fast something is, the benchmark shows. Tests guard against work that grows with the square of
a hostile message's size, or worse: they compare a size with ten times the size, in CPU time,
which other programs do not lengthen.
"""

import time

# Ten times the size may cost ten times the work; a hundred times is the square.
GROWTH = 40
FLOOR = 0.003  # seconds: below, a clock and the garbage collector measure themselves
# Of a single piece of work: some hundred times what it takes, so that only a hang fails.
HANG = 20.0


def cpu_seconds(work, *arguments, runs=3):
    """The least CPU time of some runs of ``work(*arguments)``, in seconds."""
    best = float("inf")
    for _run in range(runs):
        start = time.process_time()
        work(*arguments)
        best = min(best, time.process_time() - start)
    return best


def assert_in_proportion(case, make, work, size):
    """Fail if ``work(make(size))`` costs far more than ten times ``work(make(size / 10))``."""
    small = cpu_seconds(work, make(size // 10))
    large = cpu_seconds(work, make(size))
    case.assertLess(large, GROWTH * max(small, FLOOR), f"{small:.4f} s for a tenth of it")


def assert_no_hang(case, work, *arguments):
    """Run it once, fail if it takes beyond all measure; return what it returns."""
    start = time.process_time()
    result = work(*arguments)
    case.assertLess(time.process_time() - start, HANG)
    return result
