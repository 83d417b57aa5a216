"""Dispatch of ./dev: every command is a function here, its work is in its own module."""

from __future__ import annotations

import errno
import importlib
import os
import sys
import traceback
from collections.abc import Callable, Sequence

from .console import Failure, accept_only, say
from .paths import CACHE
from .processes import exit_on_signals, stop_recorded
from .system import LOG

HELP = """usage: ./dev <command>

  setup            set up whatever is missing (every command does so by itself)
  demo [--check]   Odoo and private mail servers, messages in, replies out; stays until Ctrl-C
  test [part]      all tests, or one part: lint unit requirements odoo odoo-own e2e browser
                   neighbours
                   (what follows a part goes to pytest: ./dev test odoo -k reply)
  lint [--fix]     ruff, mypy, pylint-odoo, or one of them by name: ./dev lint mypy
  bench            messages a second, beside plain Odoo
  score [message]  the messages of tests/mails here and in plain Odoo; writes docs/mails.md
  compare          text and files beside nodemailer's mailparser; writes docs/content_comparison.md
  docs             what docs/ copies from the code: tables of verdicts, steps, reasons; the example
  pot              the template of translations, by Odoo's own export
  fuzz [100000]    mutated messages for the router: count, or time as 60s; --jobs 2, --atheris
  fuzz mailbox [500]  fetches from mailboxes whose servers do one wrong thing after another
  mutate [300]     small changes of the pure packages: which of them does no pure test notice?
  shell [database] an Odoo shell on a development database with the addon
  stop             end everything that ./dev runs or left running in this checkout

ODOO_PATH names an existing Odoo 19.0 checkout, MAIL_ROUTER_CACHE the folder for big parts."""

UNWRITABLE = {
    errno.EACCES,
    errno.EDQUOT,
    errno.ENOSPC,
    errno.ENOTDIR,
    errno.EPERM,
    errno.EROFS,
}


def command_setup(arguments: Sequence[str]) -> int:
    """Set everything up and leave nothing running."""
    from .environment import setup

    accept_only(arguments, usage="./dev setup")
    env = setup()
    say(f"Odoo {env.odoo.version} in {env.odoo.python_path}")
    return 0


def command_test(arguments: Sequence[str]) -> int:
    """Run tests."""
    from .testing import run_tests

    return run_tests(arguments)


def command_lint(arguments: Sequence[str]) -> int:
    """Run the static checks only."""
    from .lint import NAMES, run_lint

    accept_only(arguments, "--fix", *NAMES, usage="./dev lint [--fix] [check]")
    return 0 if run_lint(arguments).ok else 1


def command_shell(arguments: Sequence[str]) -> int:
    """Open an interactive Odoo shell."""
    from .shell import run_shell

    return run_shell(arguments)


def command_stop(arguments: Sequence[str]) -> int:
    """End what this checkout's ./dev started and did not end, by the recorded pids."""
    from .installation.postgres import Postgres

    accept_only(arguments, usage="./dev stop")
    stopped = stop_recorded()
    if Postgres().stop():
        stopped.append("PostgreSQL")
    say(f"Stopped: {', '.join(stopped)}." if stopped else "Nothing was running.")
    return 0


def later(name: str) -> Callable[[Sequence[str]], int]:
    """Return a command that lives in a module of tools, in a function `main`."""

    def command(arguments: Sequence[str]) -> int:
        return int(importlib.import_module(f"tools.{name}").main(arguments))

    return command


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "setup": command_setup,
    "demo": later("demo.run"),
    "test": command_test,
    "lint": command_lint,
    "bench": later("bench.run"),
    "score": later("score.run"),
    "fuzz": later("fuzz.run"),
    "compare": later("compare.run"),
    "docs": later("docs"),
    "mutate": later("mutate.run"),
    "pot": later("pot"),
    "shell": command_shell,
    "stop": command_stop,
}


def _unwritable(problem: OSError) -> str:
    return (
        f"{problem.filename or 'A file'} cannot be written ({problem.strerror}). ./dev needs room"
        f" in this checkout and in {CACHE}; run it as their owner, or set MAIL_ROUTER_CACHE to a"
        " folder of yours."
    )


def main(arguments: Sequence[str]) -> int:
    """Run one command; a person sees sentences, the log keeps tracebacks."""
    name, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    exit_on_signals()
    try:
        if name in COMMANDS:
            return COMMANDS[name](rest)
        asked = name in ("help", "-h", "--help")
        say(HELP if asked or not name else f"dev: there is no command {name!r}.\n\n{HELP}")
        return 0 if asked else 2
    except Failure as problem:
        print(f"dev: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - the reader of our output has left
        return 141
    except Exception as problem:
        if isinstance(problem, OSError) and problem.errno in UNWRITABLE:
            print(f"dev: {_unwritable(problem)}", file=sys.stderr)
            return 1
        # Shown in one sentence; the log has all of it for whoever repairs ./dev.
        LOG.parent.mkdir(parents=True, exist_ok=True)
        with LOG.open("a", encoding="utf-8") as stream:
            traceback.print_exc(file=stream)
        if os.environ.get("DEV_DEBUG"):
            raise
        print(f"dev: an unexpected error, please report it with {LOG}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
