"""Whichever module is the first that a process asks for, it is there: at their tops, no modules wait for each other."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "src"


def _name(path):
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _statements(body):
    """What runs when a module is imported, but for what only the types ask."""
    for node in body:
        if isinstance(node, ast.If | ast.Try | ast.With):
            if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"):
                yield from _statements(child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt))
        else:
            yield node


def _asked(node, modules):
    """Which modules an import runs."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    full = [f"{node.module}.{alias.name}" for alias in node.names]
    return [name if name in modules else node.module for name in full]


def _packages(name):
    parts = name.split(".")
    return {".".join(parts[:length]) for length in range(1, len(parts) + 1)}


def test_no_modules_wait_for_each_other():
    modules = {_name(path): path for path in SOURCE.rglob("*.py")}
    waits = {
        name: {
            package
            for node in _statements(ast.parse(path.read_text(encoding="utf-8")).body)
            for asked in _asked(node, modules)
            for package in _packages(asked) - (_packages(name) - {asked})  # its own packages run before it anyway
            if package in modules and package != name
        }
        for name, path in modules.items()
    }

    assert sum(map(len, waits.values())) > len(modules)
    try:
        TopologicalSorter(waits).prepare()
    except CycleError as error:
        circle = " → ".join(reversed(error.args[1]))
    else:
        circle = ""
    assert circle == "", "move what they share below them"
