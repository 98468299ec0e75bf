"""The wheel, built from what is in git and nothing else."""

import gettext
import os
import re
import shutil
import subprocess
import sys
from email import message_from_bytes
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clean")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is no checkout of git")
    for name in filter(None, listed.stdout.split("\0")):
        if not name.startswith(("tests/", "bench/", "docs/")) and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index", "--no-build-isolation"]
    subprocess.run([*build, "--wheel-dir", str(folder / "dist"), str(folder)], check=True, capture_output=True)
    with ZipFile(next((folder / "dist").glob("*.whl"))) as found:
        yield found


def test_wheel_built_from_a_clean_checkout_speaks_german(wheel):
    names = {name for name in wheel.namelist() if name.endswith("/django.po")}
    german = gettext.GNUTranslations(wheel.open("stammkunde/ui/locale/de/LC_MESSAGES/django.mo"))

    assert names
    assert {name.replace(".po", ".mo") for name in names} <= set(wheel.namelist())
    assert german.gettext("Close") == "Schließen"


def test_wheel_holds_what_pages_need(wheel):
    suffixes = {Path(name).suffix for name in wheel.namelist()}

    assert {".py", ".html", ".css", ".js", ".mo"} <= suffixes


def test_wheel_knows_what_other_programs_write(wheel):
    folder = "stammkunde/intake/layouts/foreign"
    there = {path.parent.name for path in (ROOT / "src" / folder).glob("*/layout.toml")}

    assert "jtl" in there
    assert {f"{folder}/{name}/layout.toml" for name in there} <= set(wheel.namelist())


def test_wheel_alone_brings_what_the_library_needs_and_no_more(wheel):
    (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    wanted = message_from_bytes(wheel.read(name)).get_all("Requires-Dist")
    alone = {re.split(r"[ ;<>=\[]", one)[0] for one in wanted if "extra ==" not in one}
    app = {re.split(r"[ ;<>=\[]", one)[0] for one in wanted if one.endswith("extra == 'app'")}
    sources = "\n".join(path.read_text() for path in (ROOT / "src/stammkunde/insight").rglob("*.py"))
    imported = re.findall(r"^ *(?:import|from) (\w+)|\bLate\(f?\"(\w+)", sources, re.MULTILINE)  # at once, or late
    used = {one or other for one, other in imported} - sys.stdlib_module_names - {"stammkunde"}

    assert used - {"pyspark"} == alone - {"click", "tzdata"}  # the command, and zones where the system has none
    assert {"django", "uvicorn", "psycopg"} <= app


def test_command_without_the_program_says_what_to_install():
    code = "import sys; sys.modules['django'] = None; from stammkunde.cli import main; main()"

    found = subprocess.run(
        [sys.executable, "-c", code, "serve"],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
    )

    assert found.returncode == 1
    assert "pip install 'stammkunde[app]'" in found.stderr
    assert "Traceback" not in found.stderr
