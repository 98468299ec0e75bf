"""What differs between two recordings: a summary, then each file as a unified diff."""

from collections import Counter
from difflib import unified_diff
from pathlib import Path


def show(before: Path, after: Path, *, most: int) -> int:
    """Print the differences, and return 1 where there are any."""
    names = sorted({_name(path, root) for root in (before, after) for path in root.rglob("*") if path.is_file()})
    changed = [name for name in names if _kind(name, before, after) != "same"]
    for kind, count in sorted(Counter(f"{_place(name)}: {_kind(name, before, after)}" for name in changed).items()):
        print(f"{count:5d} {kind}")
    seen: dict[tuple[str, ...], str] = {}
    for name in changed:
        told = list(unified_diff(_lines(before / name), _lines(after / name), f"a/{name}", f"b/{name}", n=2))
        same = tuple(line for line in told if line[:1] in "+-" and line[:3] not in {"+++", "---"})
        if same in seen:
            print(f"{name}: as in {seen[same]}")
            continue
        seen[same] = name
        print("\n".join(line.rstrip("\n") for line in told[:most]))
        if len(told) > most:
            print(f"… {len(told) - most} more lines")
    print(f"{len(changed)} of {len(names)} files differ")
    return int(bool(changed))


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def _kind(name: str, before: Path, after: Path) -> str:
    if not (before / name).exists():
        return "new"
    if not (after / name).exists():
        return "gone"
    return "same" if _lines(before / name) == _lines(after / name) else "changed"


def _place(name: str) -> str:
    return name.partition("/")[0]


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines(keepends=True) if path.exists() else []
