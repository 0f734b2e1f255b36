"""The program finds its own files in a checkout and in an installed wheel."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from medrec import __version__, config

ROOT = Path(__file__).resolve().parents[2]
BUILT_FROM = ("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE", "src")


def test_a_checkout_is_read_where_it_lies() -> None:
    assert config.checkout_dir() == ROOT
    assert config.contracts_dir() == ROOT / "resources" / "contracts"
    assert config.migrations_dir() == ROOT / "migrations"
    assert config.tools_dir() == ROOT / "tools"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel's contents, built from a copy that has files of its own to ship."""
    source = tmp_path_factory.mktemp("source")
    for name in BUILT_FROM:
        subprocess.run(["cp", "-r", ROOT / name, source / name], check=True)
    for name in ("resources/contracts/A.json", "migrations/local/0001.sql"):
        (source / name).parent.mkdir(parents=True)
        (source / name).write_text("{}")
    wheels = tmp_path_factory.mktemp("wheels")
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet"]
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", wheels, source]
    subprocess.run([*command, *options], check=True)
    [wheel] = wheels.iterdir()
    assert wheel.name.startswith(f"medrec-{__version__}-")
    target = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    return target


def test_a_wheel_carries_its_resources(installed: Path) -> None:
    program = (
        "from medrec import config as c;"
        "print(c.checkout_dir(), c.tools_dir(),"
        " *c.contracts_dir().iterdir(), *(c.migrations_dir() / 'local').iterdir(), sep='\\n')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(installed)},
        cwd=installed,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == [
        *("None", "None"),
        str(installed / "medrec" / "resources" / "contracts" / "A.json"),
        str(installed / "medrec" / "migrations" / "local" / "0001.sql"),
    ]


def test_a_wheel_says_that_it_is_typed(installed: Path) -> None:
    assert (installed / "medrec" / "py.typed").is_file()
