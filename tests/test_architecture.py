"""The dependency rule of docs/architecture.md, and the names that bear no intent."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "kios_desktop"

# package → the packages of ours it may import (itself and `domain` always)
ALLOWED: dict[str, set[str]] = {
    "domain": set(),
    "epub": set(),
    "exchange": set(),
    "dictionaries": set(),
    "protocols": set(),
    "sync": set(),
    "outbox": set(),
    "storage": set(),
    "library": {"epub"},
    "sources": {"protocols", "epub", "outbox"},
    "application": {
        "epub",
        "exchange",
        "dictionaries",
        "protocols",
        "sync",
        "outbox",
        "storage",
        "library",
        "sources",
        "paths",
        "log",
    },
    "ui": {"sync", "outbox", "library", "epub", "exchange", "application"},
    "log": set(),
    "paths": set(),
    "__init__": set(),
}
# the packages that start something, and so may know everything of ours
OUTERMOST = {"startup", "cli", "__main__"}
# library → the packages that may import it
RESERVED: dict[str, set[str]] = {
    "PySide6": {"ui", "startup", "cli"},
    "qasync": {"startup"},
    "qtawesome": {"ui"},
    "httpx": {"protocols"},
    "truststore": {"protocols"},
    "sqlalchemy": {"storage"},
    "alembic": {"storage"},
    "keyring": {"storage"},
    "lxml": {"epub", "protocols"},
    "snowballstemmer": {"dictionaries"},
    "ebooklib": set(),  # it makes the guide, in packaging/build_guide.py
}


def modules() -> list[Path]:
    return sorted(ROOT.rglob("*.py"))


def imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
            assert "kios_desktop" not in names, f"{path} could reach everything"
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            names.add(node.module or "")
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def package_of(path: Path) -> str:
    parts = path.relative_to(ROOT).parts
    return parts[0] if len(parts) > 1 else path.stem


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(ROOT)))
def test_module_keeps_the_dependency_rule(path: Path) -> None:
    package = package_of(path)
    for name in imports(path):
        root, _, rest = name.partition(".")
        if root == "kios_desktop" and rest and package in ALLOWED:
            target = rest.split(".")[0]
            allowed = ALLOWED[package] | {package, "domain", "__version__"}
            assert target in allowed, f"{package} may not import kios_desktop.{target}"
        if root in RESERVED:
            assert package in RESERVED[root], f"{package} may not import {root}"
        if package == "domain":
            is_known = root in {"kios_desktop", "msgspec"} or root in _standard()
            assert is_known, f"domain imports {root}"
    if package not in ALLOWED:
        assert package in OUTERMOST, f"{package} is not in the architecture"


def _standard() -> frozenset[str]:
    import sys

    return sys.stdlib_module_names


def test_modules_are_loaded_by_name_only_where_a_table_of_names_is() -> None:
    """`import_module` would go round every rule of this file."""
    loaders = {"cli/registry.py", "startup/deferred_imports.py"}
    for path in modules():
        loads = re.search(r"\b(import_module|__import__\()", path.read_text(encoding="utf-8"))
        assert not loads or path.relative_to(ROOT).as_posix() in loaders, path


def knows_no_qt(path: Path) -> bool:
    """Presenters, and modules that say so in their first lines."""
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return path.name.endswith("presenter.py") or "No Qt." in docstring


@pytest.mark.parametrize(
    "path",
    [path for path in modules() if knows_no_qt(path)],
    ids=lambda p: str(p.relative_to(ROOT)),
)
def test_presenters_know_no_qt(path: Path) -> None:
    assert not {name for name in imports(path) if name.startswith("PySide6")}


def test_protocols_do_not_know_each_other() -> None:
    for path in modules():
        relative = path.relative_to(ROOT)
        if relative.parts[0] != "protocols":
            continue
        own = relative.parts[1].removesuffix(".py")
        for name in imports(path):
            if name.startswith("kios_desktop.protocols."):
                other = name.split(".")[2]
                assert other in {own, "http"}, f"{relative} imports {other}"


def test_names_bear_intent() -> None:
    empty = ("Manager", "Service", "Helper", "Util", "Data", "Info")
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                assert not node.name.endswith(empty), f"{node.name} in {path.name}"


def test_packaging_does_not_shadow_the_library() -> None:
    assert not (ROOT.parent / "packaging" / "__init__.py").exists()


def test_no_window_waits_for_the_disk() -> None:
    """Qt's settings are written, and forced onto the disk, by the thread that shows windows."""
    sources = {path: path.read_text("utf-8") for path in ROOT.rglob("*.py")}
    assert [str(p) for p, t in sources.items() if re.search(r"\b(QSettings|QSaveFile)\b", t)] == []


def module_name(path: Path) -> str:
    name = ".".join(path.relative_to(ROOT.parent).with_suffix("").parts)
    return name.removesuffix(".__init__")


def our_imports() -> dict[str, list[str]]:
    """Module → our modules that it imports, those inside functions and for types only included."""
    ours = {module_name(path): path for path in modules()}
    found: dict[str, list[str]] = {}
    for name, path in ours.items():
        known = imports(path) & ours.keys()
        # `from package import module` is an import of the module
        packages = {one for one in known if any(two.startswith(f"{one}.") for two in known)}
        found[name] = sorted(known - packages - {name})
    return found


def test_no_module_imports_itself_through_others() -> None:
    graph = our_imports()
    while leaves := {name for name, known in graph.items() if not set(known) & graph.keys()}:
        graph = {name: known for name, known in graph.items() if name not in leaves}
    assert graph == {}, "these import each other, or import modules that do"


def class_names(path: Path) -> Iterator[str]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            yield node.name


def test_a_class_name_has_one_meaning() -> None:
    found: dict[str, list[str]] = {}
    for path in modules():
        for name in class_names(path):
            found.setdefault(name, []).append(str(path.relative_to(ROOT)))
    assert {name: where for name, where in found.items() if len(where) > 1} == {}


def is_value(node: ast.ClassDef) -> bool:
    """A dataclass holds nothing that runs, and a protocol can't be built."""
    marks = [ast.dump(one) for one in (*node.decorator_list, *node.bases)]
    return any("dataclass" in mark or "'Protocol'" in mark for mark in marks)


def builders() -> dict[str, set[str]]:
    """Module of `application` → its classes that hold something, and functions that return one."""
    trees = {
        module_name(path): ast.parse(path.read_text(encoding="utf-8")).body
        for path in (ROOT / "application").rglob("*.py")
    }
    holders = {
        name: {node.name for node in body if isinstance(node, ast.ClassDef) and not is_value(node)}
        for name, body in trees.items()
    }
    every = set().union(*holders.values())
    for name, body in trees.items():
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.returns:
                returned = set(re.findall(r"\w+", ast.unparse(node.returns)))
                holders[name] |= {node.name} if returned & every else set()
    return holders


class _WithoutAnnotations(ast.NodeTransformer):
    """Leaves what runs: a class may be named as a type."""

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        return self.generic_visit(ast.Expr(node.value or ast.Constant(None)))

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)


def builds(source: str, built: dict[str, set[str]]) -> set[str]:
    """The names in `source` with which it could build what is in `built`, by whatever way."""
    tree = ast.parse(source)
    reached: set[str] = set()
    known: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):  # the module as a value: everything in it is in reach
            reached |= {alias.name for alias in node.names if alias.name in built}
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            reached |= {one.name for one in node.names if f"{module}.{one.name}" in built}
            names = built.get(module, set())
            known |= {one.asname or one.name for one in node.names if one.name in names}
    running = _WithoutAnnotations().visit(tree)
    used = {node.id for node in ast.walk(running) if isinstance(node, ast.Name)}
    return reached | (used & known)


@pytest.mark.parametrize(
    "source",
    [
        "from kios_desktop.application.books import KeptBooks\nKeptBooks()",
        "from kios_desktop.application.books import KeptBooks as K\nmake = K\nmake()",
        "from kios_desktop.application.books import KeptBooks\nKeptBooks.of(1)",
        "import kios_desktop.application.books as books\nbooks.KeptBooks()",
        "from kios_desktop.application import books\nbooks.KeptBooks()",
        "from kios_desktop.application.open_publication import open_publication as o\no()",
    ],
)
def test_the_rule_about_building_is_not_gone_round(source: str) -> None:
    assert builds(source, builders())


def test_only_startup_builds_what_is_in_application() -> None:
    """The others are handed their collaborators; values they may make."""
    built = builders()
    for path in modules():
        if package_of(path) not in ("application", "startup"):
            made = builds(path.read_text(encoding="utf-8"), built)
            assert not made, f"{path.relative_to(ROOT)} builds {made}"


CITED = re.compile(r"\b[a-z][a-z-]*\.(?:md|txt)\b|§")


PROSE = [
    *modules(),
    *sorted((ROOT.parent / "resources" / "reader").glob("*.js")),
    *sorted((ROOT.parent / "docs").glob("*.md")),
    ROOT.parent / "README.md",
]


@pytest.mark.parametrize("path", PROSE, ids=lambda p: str(p.relative_to(ROOT.parent)))
def test_what_is_cited_is_in_the_repository(path: Path) -> None:
    known = {file.name for file in ROOT.parent.glob("docs/*")} | {"README.md", "CHANGELOG.md"}
    cited = set(CITED.findall(path.read_text(encoding="utf-8")))
    assert cited <= known, f"{path.relative_to(ROOT.parent)} cites {cited - known}"


NAMED = re.compile(r"`([\w/.-]+\.(?:py|js|md|svg|json|in|txt|iss))`")
REPOSITORY = ROOT.parent


@pytest.mark.parametrize(
    "page", [*sorted(REPOSITORY.glob("docs/*.md")), REPOSITORY / "README.md"], ids=lambda p: p.name
)
def test_docs_name_what_is_there(page: Path) -> None:
    """A file is named from the repository's root, from the package, or by its name alone."""
    folders = ("docs", "kios_desktop", "packaging", "resources", "tests")
    files = [file for folder in folders for file in (REPOSITORY / folder).rglob("*")]
    paths = [file.relative_to(REPOSITORY).as_posix() for file in files]
    paths += [file.name for file in REPOSITORY.iterdir()]
    named = set(NAMED.findall(page.read_text(encoding="utf-8")))
    gone = {name for name in named if not any(f"/{one}".endswith(f"/{name}") for one in paths)}
    assert gone == set()
