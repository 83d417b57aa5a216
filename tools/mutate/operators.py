"""The small changes that ./dev mutate tries, each of which a test should notice.

An operator takes a node and the parents of all nodes, and gives what it would put in place of
which node. What no test can notice, or should pin, is left alone: texts for people, docstrings,
annotations, decorators, log calls.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass

Parents = dict[ast.AST, ast.AST]

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
}
MEMBERSHIP = (ast.In, ast.NotIn)
ORDER = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DISPLAYS = (ast.Tuple, ast.List, ast.Set, ast.Starred)
# Calls whose text arguments are looked up in something else.
LOOKUPS = {
    *("count", "endswith", "find", "get", "getattr", "hasattr", "index", "lstrip", "partition"),
    *("pop", "removeprefix", "removesuffix", "replace", "rfind", "rpartition", "rsplit"),
    *("rstrip", "setdefault", "split", "startswith", "strip"),
}
COLLECTIONS = {"frozenset", "set", "tuple"}
GENERICS = {"dict", "frozenset", "list", "set", "tuple", "type"}
PATTERN_MODULES = {"re", "re2"}
NAMES_OF_LOGS = re.compile(r"_*log(?:ger|ging)?", re.IGNORECASE)
START_OF_GROUP = re.compile(r"\?(?:P<\w+>|<[=!]|[=!:>]|[aiLmsux]*-?[imsx]*:)")


@dataclass(frozen=True)
class Change:
    """One node and what stands in its place; `shown` is the pair that a person reads."""

    operator: str
    node: ast.expr | ast.stmt
    text: str
    shown: tuple[str, str] | None = None


Operator = Callable[[ast.AST, Parents], Iterator[Change]]


def comparison(node: ast.AST, parents: Parents) -> Iterator[Change]:
    """`<` becomes `<=`, `==` becomes `!=`, `in` becomes `not in`."""
    if isinstance(node, ast.Compare):
        for at, sign in enumerate(node.ops):
            changed = copy(node)
            changed.ops = [*node.ops[:at], COMPARISONS[type(sign)](), *node.ops[at + 1 :]]
            name = "membership" if isinstance(sign, MEMBERSHIP) else "comparison"
            yield Change(name, node, ast.unparse(changed))


def boolean(node: ast.AST, parents: Parents) -> Iterator[Change]:
    """`and` becomes `or`."""
    if isinstance(node, ast.BoolOp):
        changed = copy(node)
        changed.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield Change("boolean", node, ast.unparse(changed))


def negation(node: ast.AST, parents: Parents) -> Iterator[Change]:
    """`not` goes."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield Change("not", node, ast.unparse(node.operand))


def condition(node: ast.AST, parents: Parents) -> Iterator[Change]:
    """A condition is negated, unless another operator does just that."""
    tests: list[ast.expr] = []
    if isinstance(node, (ast.If, ast.IfExp)):
        tests = [node.test]
    elif isinstance(node, ast.comprehension):
        tests = node.ifs
    for test in tests:
        if not _negated_elsewhere(test):
            yield Change("condition", test, f"not ({ast.unparse(test)})")


def constant(node: ast.AST, parents: Parents) -> Iterator[Change]:
    """A number one more or one less, True for False."""
    if not isinstance(node, ast.Constant):
        return
    name = "default" if _is_default(node, parents) else "constant"
    if isinstance(node.value, bool):
        if not _is_strict(parents[node]):
            yield Change(name, node, str(not node.value))
    elif isinstance(node.value, (int, float)):
        yield Change(name, node, repr(node.value + 1))
        yield Change(name, node, repr(node.value - 1))


def string(node: ast.AST, parents: Parents) -> Iterator[Change]:
    """A text that is compared or looked up becomes another one."""
    if not isinstance(node, ast.Constant) or not isinstance(node.value, (str, bytes)):
        return
    value = node.value
    blank, more = (" ", "x") if isinstance(value, str) else (b" ", b"x")
    if not value or blank in value.strip():  # type: ignore[operator]
        return
    name = "default" if _is_default(node, parents) else "string"
    if name == "default" or _is_looked_up(node, parents):
        yield Change(name, node, repr(value + more))  # type: ignore[operator]


def returned(node: ast.AST, parents: Parents) -> Iterator[Change]:
    """A function returns None, or the contrary."""
    if not isinstance(node, ast.Return) or node.value is None:
        return
    value = node.value
    if isinstance(value, ast.Constant) and (value.value is None or isinstance(value.value, bool)):
        return
    if isinstance(value, (ast.Compare, ast.BoolOp)):
        if not _negated_elsewhere(value):
            yield Change("return", value, f"not ({ast.unparse(value)})")
    elif not _negated_elsewhere(value):
        yield Change("return", value, "None")


def arithmetic(node: ast.AST, parents: Parents) -> Iterator[Change]:
    """`+` becomes `-`; not where texts or lists are joined, which would fail in any test."""
    if not isinstance(node, (ast.BinOp, ast.AugAssign)) or _joins(node, parents):
        return
    if isinstance(node.op, (ast.Add, ast.Sub)):
        changed = copy(node)
        changed.op = ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()
        yield Change("arithmetic", node, ast.unparse(changed))


def bounds(node: ast.AST, parents: Parents) -> Iterator[Change]:
    """A slice loses one of its bounds."""
    if isinstance(node, ast.Slice):
        for bound in ("lower", "upper"):
            if getattr(node, bound) is not None:
                changed = copy(node)
                setattr(changed, bound, None)
                yield Change("slice", node, ast.unparse(changed))


def smallest(node: ast.AST, parents: Parents) -> Iterator[Change]:
    """`min` becomes `max`."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        other = {"min": "max", "max": "min"}.get(node.func.id)
        if other:
            yield Change("min/max", node.func, other)


def statement(node: ast.AST, parents: Parents) -> Iterator[Change]:
    """A call or an assignment goes, where what follows would not fail for that alone."""
    if not isinstance(node, ast.stmt) or scope_of(node, parents) is None:
        return
    called = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    if called or isinstance(node, ast.AugAssign) or _assigns_again(node, parents):
        yield Change("statement", node, "pass")


def alternation(node: ast.AST, parents: Parents) -> Iterator[Change]:
    """One of the alternatives of a regular expression goes."""
    if not isinstance(node, ast.Constant) or not _is_pattern(node, parents):
        return
    value = node.value
    pattern = value.decode("latin-1") if isinstance(value, bytes) else str(value)
    for start, end, piece in alternatives(pattern):
        rest = pattern[:start] + pattern[end:]
        text = repr(rest.encode("latin-1")) if isinstance(value, bytes) else repr(rest)
        yield Change("regex", node, text, (f"|{piece}", "(dropped)"))


OPERATORS: tuple[Operator, ...] = (
    comparison,
    boolean,
    negation,
    condition,
    constant,
    string,
    returned,
    arithmetic,
    bounds,
    smallest,
    statement,
    alternation,
)


def changes(tree: ast.Module) -> Iterator[tuple[Change, Parents]]:
    """Yield every change of a module, in the order of its source."""
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        for operator in OPERATORS:
            for change in operator(node, parents):
                yield change, parents
        children = [child for child in _children(node) if not _left_alone(child)]
        waiting += reversed(children)


def scope_of(node: ast.AST, parents: Parents) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """Return the function whose run evaluates a node; None where importing the module does."""
    while node in parents:
        node, child = parents[node], node
        if isinstance(node, FUNCTIONS) and child in node.body:
            return node
    return None


def alternatives(pattern: str) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, alternative) of a pattern: what is cut out of it, with one `|`."""
    if "#" in pattern and "\n" in pattern:
        return  # comments of a verbose pattern, in which a | means nothing
    groups: list[list[int]] = [[0]]
    for match in re.finditer(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[(|)]", pattern, re.DOTALL):
        if match[0] == "(":
            opening = START_OF_GROUP.match(pattern, match.end())
            groups.append([opening.end() if opening else match.end()])
        elif match[0] == "|":
            groups[-1].append(match.end())
        elif match[0] == ")":
            yield from _cuts(pattern, groups.pop(), match.start())
    yield from _cuts(pattern, groups.pop(), len(pattern))


def _cuts(pattern: str, starts: list[int], end: int) -> Iterator[tuple[int, int, str]]:
    if len(starts) > 1:
        ends = [*(start - 1 for start in starts[1:]), end]
        for at, (first, last) in enumerate(zip(starts, ends, strict=True)):
            piece = pattern[first:last]
            yield (first - 1, last, piece) if at else (first, last + 1, piece)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the children whose value the program uses."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield child


def _left_alone(node: ast.AST) -> bool:
    """Whether nothing in here is worth a mutation; positions in an f-string are not reliable."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant) or _is_log(node.value)
    if isinstance(node, ast.If):
        return _last_name(node.test) == "TYPE_CHECKING" or "__name__" in ast.unparse(node.test)
    if isinstance(node, ast.Assign):
        return _last_name(node.targets[0]) in ("__all__", "__slots__")
    return isinstance(node, ast.JoinedStr) or _is_type(node)


def _is_log(node: ast.expr) -> bool:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    return bool(NAMES_OF_LOGS.fullmatch(_last_name(node.func.value)))


def _is_type(node: ast.AST) -> bool:
    """Whether it is a type, such as `Literal["a"]` or `tuple[str, ...]`."""
    if not isinstance(node, ast.Subscript):
        return False
    name = _last_name(node.value).lstrip("_")
    return name in GENERICS or (name[:1].isupper() and not name.isupper())


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _negated_elsewhere(test: ast.expr) -> bool:
    """Whether `comparison` or `negation` already turns this into its contrary."""
    if isinstance(test, ast.Compare):
        return len(test.ops) == 1 and not isinstance(test.ops[0], ORDER)
    return isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)


def _is_default(node: ast.Constant, parents: Parents) -> bool:
    """Whether it is the default of an argument, or of a field of a dataclass."""
    parent = parents[node]
    if isinstance(parent, ast.AnnAssign):
        return isinstance(parents[parent], ast.ClassDef)
    return isinstance(parent, ast.arguments)


def _is_strict(node: ast.AST) -> bool:
    """Whether it is zip's `strict`, which guards against mistakes of ours and decides nothing."""
    return isinstance(node, ast.keyword) and node.arg == "strict"


def _is_looked_up(node: ast.AST, parents: Parents) -> bool:
    """Whether a text is compared, is a key, or is a constant with a name."""
    node, parent = _outermost(node, parents)
    if isinstance(parent, ast.Subscript):
        return node is parent.slice
    if isinstance(parent, ast.Dict):
        return node in parent.keys
    if isinstance(parent, ast.Call):
        return node in parent.args and _last_name(parent.func) in LOOKUPS
    if isinstance(parent, ast.Assign):
        return _last_name(parent.targets[0]).isupper()
    return isinstance(parent, (ast.Compare, ast.MatchValue)) or isinstance(node, ast.Set)


def _outermost(node: ast.AST, parents: Parents) -> tuple[ast.AST, ast.AST]:
    """Return the collection that a text stands in, itself if in none, and what holds that."""
    parent = parents[node]
    while isinstance(parent, DISPLAYS) or (
        isinstance(parent, ast.Call) and _last_name(parent.func) in COLLECTIONS
    ):
        node, parent = parent, parents[parent]
    return node, parent


def _joins(node: ast.BinOp | ast.AugAssign, parents: Parents) -> bool:
    """Whether a literal in the same sum shows that texts or lists are joined, not numbers."""
    top: ast.AST = node
    while isinstance(parents[top], ast.BinOp):
        top = parents[top]
    return any(
        isinstance(part, (ast.JoinedStr, ast.List, ast.Tuple, ast.ListComp))
        or (isinstance(part, ast.Constant) and isinstance(part.value, (str, bytes)))
        for part in _terms(top)
    )


def _terms(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.BinOp):
        yield from _terms(node.left)
        yield from _terms(node.right)
    elif isinstance(node, ast.AugAssign):
        yield from _terms(node.value)
    else:
        yield node


def _assigns_again(node: ast.stmt, parents: Parents) -> bool:
    """Whether it assigns to what has a value already; any other name would only be missing."""
    if not isinstance(node, ast.Assign):
        return False
    target = node.targets[0]
    if not isinstance(target, ast.Name):
        return isinstance(target, (ast.Attribute, ast.Subscript))
    scope = scope_of(node, parents)
    names = {part.arg for part in ast.walk(scope) if isinstance(part, ast.arg)} if scope else set()
    earlier = {
        part.id
        for part in (ast.walk(scope) if scope else ())
        if isinstance(part, ast.Name)
        and isinstance(part.ctx, ast.Store)
        and part.lineno < node.lineno
    }
    return target.id in names | earlier


def _is_pattern(node: ast.Constant, parents: Parents) -> bool:
    parent = parents[node]
    return (
        isinstance(node.value, (str, bytes))
        and isinstance(parent, ast.Call)
        and parent.args[:1] == [node]
        and isinstance(parent.func, ast.Attribute)
        and _last_name(parent.func.value) in PATTERN_MODULES
    )
