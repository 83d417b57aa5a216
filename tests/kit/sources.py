"""The source files of the addon, for tests that hold the house against its own rules."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Folders of the root that are no pure packages.
_OTHERS = {"models", "tests", "tools", "migrations", "controllers", "cli"}
PURE = sorted(
    path.parent.name
    for path in ROOT.glob("*/__init__.py")
    if path.parent.name not in _OTHERS and not path.parent.name.startswith(".")
)


def files(*packages):
    """Every Python file of these folders of the root, sorted."""
    return [path for name in packages for path in sorted((ROOT / name).rglob("*.py"))]


def tree(path):
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def marked():
    """The literals in ``_lt(...)``; what is no literal there would never be found."""
    found = set()
    for path in files(*PURE):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_lt":
                if not isinstance(node.args[0], ast.Constant):
                    raise AssertionError(f"{path.name}:{node.lineno}: not a literal")
                found.add(node.args[0].value)
    return found


def has_words(template):
    """Whether a text has something to translate beside the values that are filled in."""
    return any(char.isalpha() for char in re.sub(r"%\(\w+\)s", "", template))


def absolute_imports(path):
    """Yield (line, top-level module) of every absolute import of a file."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.split(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.lineno, node.module.split(".")[0]


def relative_imports(path):
    """Yield (line, (parts of the imported module below the root)) of relative imports.

    What is imported from a folder may be a module of it, so its name is the last part.
    """
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - (node.level - 1)]
            parts = (*base, *(node.module.split(".") if node.module else ()))
            if ROOT.joinpath(*parts).is_dir():
                yield from ((node.lineno, (*parts, alias.name)) for alias in node.names)
            else:
                yield node.lineno, parts


def _modules_imported(path, known):
    """Yield the names (dotted, below the root) of the modules that a file imports, everywhere.

    A package counts where a name of its own is imported, not where a module in it is.
    """
    for node in ast.walk(tree(path)):
        if not (isinstance(node, ast.ImportFrom) and node.level):
            continue
        folder = path.relative_to(ROOT).parent.parts
        base = folder[: len(folder) - (node.level - 1)]
        parts = (*base, *(node.module.split(".") if node.module else ()))
        for alias in node.names:
            inner = ".".join((*parts, alias.name))
            yield inner if inner in known else ".".join(parts)


def import_graph(*packages):
    """Return a dict of each module of these packages and the set of those that it imports."""
    paths = {}
    for path in files(*packages):
        parts = path.relative_to(ROOT).with_suffix("").parts
        paths[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return {
        name: {item for item in _modules_imported(path, paths) if item in paths and item != name}
        for name, path in paths.items()
    }
