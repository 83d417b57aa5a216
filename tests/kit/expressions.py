"""Every regular expression of the product, found in its source, and texts that are hard on it."""

import ast
import importlib
import re

from .sources import ROOT, files, tree

try:  # Python 3.11 moved it
    from re import _parser as sre_parse
except ImportError:
    import sre_parse

_CALLS = frozenset("compile match search sub subn fullmatch split findall finditer".split())
# What is hard on some expression, whichever: each is repeated.
COMMON = (
    *('"', "\\", '\\"', "(", ")", "<", ">", "[", "=", ";", ",", ":", "@", "-", "%", "=?", "{1}"),
    *(" ", "\n", "\r\n", "\t", "a", "0", "a ", " a", "a@", "a.", "1.", "a=", "<a", "(a", "a;"),
    *("=?a?q?a?=", "token=", "http://a", "\n>", "Content-Type: a\n b"),
)


def expressions(packages):
    """Yield (where, pattern or None) of every call of ``re`` in these folders of the root.

    ``where`` is the file and the name that the expression is kept under, or the function that
    calls it. The pattern is None where it is put together when it is used.
    """
    for path in files(*packages):
        name = path.relative_to(ROOT).as_posix()
        for owner, call in _calls(tree(path)):
            yield f"{name}: {owner}", _literal(call.args[0]), path


def _calls(module):
    for node in module.body:
        owner = _name(node)
        for inner in ast.walk(node):
            if (
                isinstance(inner, ast.Call)
                and isinstance(inner.func, ast.Attribute)
                and isinstance(inner.func.value, ast.Name)
                and inner.func.value.id == "re"
                and inner.func.attr in _CALLS
            ):
                yield owner, inner


def _name(node):
    if isinstance(node, ast.Assign):
        return ast.unparse(node.targets[0])
    if isinstance(node, ast.AnnAssign):
        return ast.unparse(node.target)
    return getattr(node, "name", "")


def _literal(node):
    try:
        return ast.literal_eval(node)
    except ValueError:
        return None


def kept_patterns(path, owner):
    """Compiled expressions in a name of a module of a pure package."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    package = __name__.rpartition(".tests.")[0]
    module = importlib.import_module(".".join((package, *parts)))
    return list(_inside(vars(module).get(owner)))


def _inside(value):
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict):
        yield from _inside(tuple(value.values()))
    elif isinstance(value, (tuple, list, frozenset, set)):
        for item in value:
            yield from _inside(item)


def worst_units(pattern):
    """Texts that a repetition in the expression takes, with what leads to it: (lead, unit)."""
    found = []
    text = (
        pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    )
    _repeats(sre_parse.parse(text, pattern.flags & ~re.UNICODE), "", found)
    return found


def _repeats(parsed, before, found):
    """Collect repetitions as (what leads to it, what it repeats); return a text that matches."""
    text = ""
    for kind, value in parsed:
        name = str(kind)
        if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            unit = _repeats(value[2], before + text, found)
            if value[1] > 100 and unit:
                found.append((before + text, unit))
            text += unit * min(max(value[0], 1), 10)
        elif name == "SUBPATTERN":
            text += _repeats(value[3], before + text, found)
        elif name == "BRANCH":
            first, *_others = [_repeats(item, before + text, found) for item in value[1]]
            text += first
        elif name == "LITERAL":
            text += chr(value)
        elif name in ("IN", "NOT_LITERAL", "ANY"):
            text += _one_of(name, value)
    return text


def _one_of(name, value):
    if name != "IN":
        return "a" if value != ord("a") else "b"
    negated = any(str(kind) == "NEGATE" for kind, _item in value)
    if negated:
        return "a"
    for kind, item in value:
        if str(kind) == "LITERAL":
            return chr(item)
        if str(kind) == "RANGE":
            return chr(item[0])
        if "SPACE" in str(item):
            return " "
    return "0"
