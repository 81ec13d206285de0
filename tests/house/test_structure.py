"""The shape of the house: sizes, doors, and nothing of where it was built."""

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "hyway"
FILE_LINES = 400
FUNCTION_LINES = 45

# Written in pieces, so that this file does not name them.
REGISTRIES = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("crates", "io"),
        ("golang", "org"),
        ("maven", "org"),
        ("rubygems", "org"),
        ("deb", "debian", "org"),
    )
)
NOT_OURS = re.compile(
    r"^(\.git|\.venv|\..*_cache|\.hypothesis|\.schemathesis|__pycache__|var|build|dist|.*\.egg-info)$"
)
# These assemble the parts, so they may open any door.
COMPOSERS = ("hyway.main", "hyway.cli", "hyway.worker", "hyway.migrations")


def files(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not NOT_OURS.match(name)]
        yield from (Path(folder) / name for name in names)


def modules() -> list[Path]:
    found = sorted(path for path in files(SOURCE) if path.suffix == ".py")
    assert found, "no source found"
    return found


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_files_fit_in_the_head() -> None:
    long = [
        f"{short(path)}: {count}"
        for path in modules()
        if (count := len(path.read_text().splitlines())) > FILE_LINES
    ]
    assert not long, f"over {FILE_LINES} lines; split by noun: {long}"


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(), str(path))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_functions_fit_on_a_page() -> None:
    long = [
        f"{short(path)}:{node.lineno} {node.name}: {count}"
        for path in modules()
        for node in functions(path)
        if (count := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES
    ]
    assert not long, f"over {FUNCTION_LINES} lines: {long}"


def test_no_file_names_a_package_registry() -> None:
    named = re.compile("|".join(re.escape(host) for host in REGISTRIES).encode())
    guilty = [short(path) for path in files(ROOT) if path.is_file() and named.search(path.read_bytes())]
    assert not guilty


def declares_all(path: Path) -> bool:
    if not path.exists():
        return False
    assigned = (
        node for node in ast.parse(path.read_text()).body if isinstance(node, ast.Assign | ast.AnnAssign)
    )
    targets = (node.targets if isinstance(node, ast.Assign) else [node.target] for node in assigned)
    return any(isinstance(name, ast.Name) and name.id == "__all__" for each in targets for name in each)


def test_every_context_declares_what_it_offers() -> None:
    contexts = [
        path for path in (SOURCE / "domain").iterdir() if path.is_dir() and not NOT_OURS.match(path.name)
    ]
    closed = [path.name for path in contexts if not declares_all(path / "__init__.py")]
    assert not closed, f"no __all__ in the __init__ of: {closed}"


@pytest.fixture(scope="module")
def imports() -> list[tuple[str, str]]:
    """Every import inside the project, as (importer, imported)."""
    graph = grimp.build_graph("hyway", cache_dir=None)
    return [
        (importer, imported)
        for importer in graph.modules
        for imported in graph.find_modules_directly_imported_by(importer)
    ]


def context(module: str) -> str | None:
    parts = module.split(".")
    return parts[2] if parts[:2] == ["hyway", "domain"] and len(parts) > 2 else None


INTERFACES = {"hyway.domain.connections.providing"}
"""What adapters, others' packages among them, are written against: as public as a front desk."""


def test_a_context_is_entered_by_its_front_desk(imports: list[tuple[str, str]]) -> None:
    back_doors = [
        f"{importer} -> {imported}"
        for importer, imported in imports
        if (owner := context(imported))
        and imported != f"hyway.domain.{owner}"
        and imported not in INTERFACES
        and context(importer) != owner
        and not importer.startswith(COMPOSERS)
    ]
    assert not back_doors, f"use the context's __init__: {sorted(back_doors)}"
