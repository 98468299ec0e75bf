"""What a list must name: settings, commands, apps, links."""

import re
import tomllib
from pathlib import Path

import click
import pytest
from django.conf import settings

from stammkunde import cli, config

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "stammkunde"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("bench/*.md")])
CONTRACTS = {
    contract["id"]: contract
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
}
CLOCK = re.compile(r"\b(?:now|today|localdate|localtime|utcnow)\(\)|\bauto_now|default=timezone\.now|\.now\(UTC\)")
# Whoever answers somebody, or wakes up by itself; what is below is told the moment.
ASKS_THE_CLOCK = {
    "gate",
    "sessions",
    "views",
    "lists",
    "public",
    "settings_page",
    "templatetags",
    "middleware",
    "health",
    "api",
    "cli",
    "sweeps",
}
RESTING_ON_NOTHING = {"ui"}  # parts of pages: no tables, so the order of files says nothing


def _siblings():
    """Every module and package directly below `stammkunde`."""
    files = {path.stem for path in SOURCE.glob("*.py")} | {path.parent.name for path in SOURCE.glob("*/__init__.py")}
    return files - {"__init__"}


def _apps():
    return {name.removeprefix("stammkunde.") for name in settings.INSTALLED_APPS if name.startswith("stammkunde.")}


def test_every_setting_is_documented_with_its_default():
    text = (ROOT / "docs" / "operate" / "configure.md").read_text(encoding="utf-8").split("## For the tests")[0]
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+?) \|", text, flags=re.MULTILINE))

    assert rows == {setting.name: f"`{setting.default}`" if setting.default else "empty" for setting in config.SETTINGS}


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_explains_itself(name):
    command = cli.main.get_command(click.Context(cli.main), name)

    assert command.help, f"stammkunde {name} --help says nothing"
    options = [option for option in command.params if isinstance(option, click.Option)]
    plain = [option for option in options if not isinstance(option.type, click.Choice)]
    assert [option.name for option in plain if not option.help and option.name != "port"] == []


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_is_documented(name):
    said = [path.name for path in DOCUMENTS if re.search(rf"\bstammkunde {name}\b", path.read_text(encoding="utf-8"))]

    assert said, f"no document tells what 'stammkunde {name}' is for"


def test_every_part_has_its_place_among_the_layers():
    layers = {name.strip() for layer in CONTRACTS["apps"]["layers"] for name in layer.split("|")}

    assert layers == _siblings()


def test_insight_is_kept_apart_from_every_part():
    forbidden = {name.removeprefix("stammkunde.") for name in CONTRACTS["library"]["forbidden_modules"]}

    assert forbidden == (_siblings() - {"insight", "__main__"}) | {"django"}


def test_only_some_parts_ask_insight():
    silent = {name.removeprefix("stammkunde.") for name in CONTRACTS["askers"]["source_modules"]}

    assert _apps() - silent == {"figures", "home", "impact", "intake", "segments", "signals"}


def test_every_app_keeps_the_order_of_its_files():
    ordered = {name.removeprefix("stammkunde.") for name in CONTRACTS["files"]["containers"]}

    assert ordered == _apps() - RESTING_ON_NOTHING


def test_every_folder_of_tests_is_a_package():
    folders = {path.parent for path in (ROOT / "tests").rglob("test_*.py")}

    assert [str(folder.relative_to(ROOT)) for folder in folders if not (folder / "__init__.py").exists()] == []


def test_no_file_is_too_long_to_read():
    """A file past 500 lines becomes a package of that name."""
    long = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCE.rglob("*.py")
    }

    assert {path: lines for path, lines in long.items() if lines > 500} == {}


def test_only_who_answers_or_wakes_up_looks_at_the_clock():
    below = [path for path in SOURCE.rglob("*.py") if not (ASKS_THE_CLOCK | {"migrations"}) & {*path.parts, path.stem}]

    assert [str(path.relative_to(ROOT)) for path in below if CLOCK.search(path.read_text(encoding="utf-8"))] == []


def test_no_line_of_a_template_is_too_long_to_read():
    """One element a line; a decision that does not fit stands in the view, or in a component."""
    templates = [path for kind in ("html", "txt") for path in SOURCE.glob(f"*/templates/**/*.{kind}")]
    long = {
        str(path.relative_to(SOURCE)): max(map(len, path.read_text(encoding="utf-8").splitlines()), default=0)
        for path in templates
    }

    assert {path: most for path, most in long.items() if most > 160} == {}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_between_documents_leads_somewhere(document):
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link and not link.startswith("mailto:")]

    assert [link for link in local if not (document.parent / link).exists()] == []
