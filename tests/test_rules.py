"""Rules of the house that no single module can break unseen: who imports whom, and what the papers say."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer.main
from pydantic import BaseModel

from bot.channels.telegram import administration, publishing, questions
from bot.cli import app
from bot.config import Settings, load_settings
from tests.conftest import ROOT

PACKAGES = ("bot", "knowledge")


# ── who imports whom ─────────────────────────────────────────────────────────────────────────────────────────


@cache
def modules() -> dict[str, Path]:
    """The modules of the program by dotted name."""
    files = [file for package in PACKAGES for file in (ROOT / package).rglob("*.py")]
    names = {file: ".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files}
    return {name.removesuffix(".__init__"): file for file, name in names.items()}


def is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def running(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a module that may run: all but those for the type checker only."""
    for child in ast.iter_child_nodes(node):
        if not is_type_checking(child):
            yield child
            yield from running(child)


@cache
def imported_by(module: str) -> frozenset[str]:
    """The modules and names, dotted, that ``module`` imports anywhere, inside functions too."""
    found: set[str] = set()
    for node in running(ast.parse(modules()[module].read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports by relation"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(found)


def own_imports(module: str) -> set[str]:
    """The program's own modules that ``module`` imports."""
    own = {name if name in modules() else name.rpartition(".")[0] for name in imported_by(module)}
    return own & set(modules()) - {module}


def test_the_rules_look_at_the_program() -> None:
    assert {"bot.cli", "knowledge.reading.cells"} <= set(modules())
    assert {"bot.messages", "knowledge.lexicon"} <= own_imports("bot.assistant")
    assert "jieba" in imported_by("knowledge.lexicon")


@pytest.mark.parametrize("module", sorted(modules()))
def test_knowledge_never_imports_bot(module: str) -> None:
    if module.startswith("knowledge"):
        assert not {name for name in imported_by(module) if name.split(".")[0] == "bot"}


@pytest.mark.parametrize("module", sorted(modules()))
def test_nothing_but_its_channel_imports_telegram(module: str) -> None:
    if not module.startswith("bot.channels.telegram"):
        assert not {name for name in imported_by(module) if name.split(".")[0] == "telegram"}


def test_no_modules_import_each_other_in_a_circle() -> None:
    done: set[str] = set()

    def visit(module: str, way: tuple[str, ...]) -> None:
        assert module not in way, " → ".join((*way[way.index(module) :], module))
        if module not in done:
            for name in own_imports(module):
                visit(name, (*way, module))
            done.add(module)

    for module in modules():
        visit(module, ())


# ── settings ─────────────────────────────────────────────────────────────────────────────────────────────────

EXAMPLE = ROOT / "config.example.toml"


def setting_names(section: type[BaseModel], before: str = "") -> Iterator[str]:
    for name, field in section.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from setting_names(field.annotation, f"{before}{name}.")
        else:
            yield before + name


def keys(data: dict[str, Any], before: str = "") -> Iterator[str]:
    for name, value in data.items():
        if isinstance(value, dict):
            yield from keys(value, f"{before}{name}.")
        else:
            yield before + name


def example_with_every_key() -> str:
    """The example with the keys that it comments out."""
    return re.sub(r"(?m)^# ?([\w\[\]\".-]+ *=|\[)", r"\1", EXAMPLE.read_text("utf-8"))


def test_the_example_of_the_settings_holds_the_defaults() -> None:
    assert load_settings(EXAMPLE) == Settings()


def test_the_example_of_the_settings_names_every_setting_and_no_other(tmp_path: Path) -> None:
    text = example_with_every_key()
    assert sorted(keys(tomllib.loads(text))) == sorted(setting_names(Settings))
    full = tmp_path / "config.toml"
    full.write_text(text, "utf-8")
    load_settings(full)


# ── papers ───────────────────────────────────────────────────────────────────────────────────────────────────

PAPERS = sorted([*ROOT.glob("README*.md"), *ROOT.glob("docs/*.md"), ROOT / "CHANGELOG.md"])


def code_of(paper: Path) -> list[str]:
    """What stands as code in a paper: the lines of blocks and the spans between backticks."""
    text = paper.read_text("utf-8") if paper.exists() else ""
    blocks = re.findall(r"(?ms)^```[^\n]*\n(.*?)^```", text)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"(?ms)^```.*?^```", "", text))
    return [line for block in blocks for line in block.splitlines()] + spans


def make_targets() -> set[str]:
    return set(re.findall(r"(?m)^([a-z][\w-]*):", (ROOT / "Makefile").read_text("utf-8")))


def commands() -> dict[str, set[str]]:
    """The commands of ``lianzheng`` with their options; the command itself is ""."""
    whole = typer.main.get_command(app)
    held = {"": whole, **getattr(whole, "commands", {})}
    options = {name: {opt for param in command.params for opt in param.opts} for name, command in held.items()}
    return {name: opts | {"--help", "-h"} for name, opts in options.items()}


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: str(paper.name))
def test_papers_name_only_make_targets_that_exist(paper: Path) -> None:
    named = [
        target
        for code in code_of(paper)
        for words in re.findall(r"(?:^|[|&;] *|\$ )make((?: +[-\w=.]+)*)", code)
        for target in words.split()
        if not target.startswith("-") and "=" not in target
    ]
    assert set(named) <= make_targets()


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: str(paper.name))
def test_papers_name_only_commands_and_options_that_exist(paper: Path) -> None:
    known = commands()
    for code in code_of(paper):
        for said in re.findall(r"(?:^|[|&;/] *|\$ )lianzheng((?: +[^|&;<>]+)?)", code):
            words = said.split()
            wanted = [word for word in words if re.fullmatch(r"[a-z][a-z-]*", word)][:1]
            assert set(wanted) <= set(known), code
            allowed = known[""].union(*(known[name] for name in wanted))
            assert {word.split("=")[0] for word in words if word.startswith("-")} <= allowed, code


# What one says to BotFather, not to our bot.
BOTFATHER = {"newbot", "setprivacy", "setinline", "setjoingroups", "revoke", "token"}
CHAT_COMMANDS = {
    *administration.COMMANDS,
    *publishing.COMMANDS,
    *questions.COMMANDS,
    "start",
    "me",
    "forgetme",
    "feedback",
}


def chat_commands(paper: Path) -> set[str]:
    """The commands behind a slash that a paper names; a path has another slash."""
    spans = [re.match(r"/([a-z]+)(?= |$)", code) for code in code_of(paper)]
    return {found[1] for found in spans if found}


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: str(paper.name))
def test_papers_name_only_commands_of_the_chat_that_exist(paper: Path) -> None:
    assert chat_commands(paper) <= CHAT_COMMANDS | BOTFATHER


def test_the_readmes_name_every_command_of_the_chat() -> None:
    for readme in ROOT.glob("README*.md"):
        assert chat_commands(readme) == CHAT_COMMANDS, readme.name


def toml_in(paper: Path) -> list[dict[str, Any]]:
    blocks = re.findall(r"(?ms)^```\n(\[.*?)^```", paper.read_text("utf-8"))
    return [tomllib.loads(block) for block in blocks]


def test_the_guide_s_settings_exist() -> None:
    shown = toml_in(ROOT / "docs" / "operating.zh-CN.md")
    assert shown
    for data in shown:
        assert set(keys(data)) <= set(setting_names(Settings))


def test_the_readmes_have_each_other_s_commands() -> None:
    readmes = sorted(ROOT.glob("README*.md"))
    assert len(readmes) == 2
    spoken = [sorted(code for code in code_of(readme) if re.match(r"lianzheng|make|--|/", code)) for readme in readmes]
    assert spoken[0] == spoken[1]


# ── packages ─────────────────────────────────────────────────────────────────────────────────────────────────


def project() -> dict[str, Any]:
    return dict(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"])


def requirements() -> list[str]:
    return [
        *project()["dependencies"],
        *(line for group in project()["optional-dependencies"].values() for line in group),
    ]


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_dependencies_have_a_lowest_version_and_no_address() -> None:
    assert requirements()
    for line in requirements():
        assert re.fullmatch(r"[\w.-]+(\[[\w,-]+\])?>=\d+(\.\d+)*(,<\d+(\.\d+)*)?", line), line


def test_constraints_are_exact_versions_without_hosts() -> None:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    assert lines
    for line in lines:
        assert re.fullmatch(r"[\w.-]+==\d+(\.\w+)*", line), line
    held = {canonical(line.split("==")[0]) for line in lines}
    assert len(held) == len(lines)
    assert {canonical(re.split(r"[\[>]", line)[0]) for line in requirements()} <= held


def setuptools() -> dict[str, Any]:
    return dict(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"])


def test_every_data_file_of_the_program_is_installed() -> None:
    installed = {
        file
        for package, patterns in setuptools()["package-data"].items()
        for pattern in patterns
        for file in (ROOT / package.replace(".", "/")).glob(pattern)
    }
    files = [file for package in PACKAGES for file in (ROOT / package).rglob("*") if file.is_file()]
    data = {file for file in files if file.suffix not in (".py", ".pyc")}
    assert data
    assert data <= installed


def test_every_package_of_the_program_is_installed() -> None:
    listed = setuptools()["packages"]
    folders = {file.parent for package in PACKAGES for file in (ROOT / package).rglob("*.py")}
    assert sorted(listed) == sorted(".".join(folder.relative_to(ROOT).parts) for folder in folders)
