"""Set-up on machines that lack something: one sentence, and nothing half-made."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
READ = (
    *("tools/setup.sh", "tools/.npmrc", "tools/package.json", "tools/package-lock.json"),
    *("tools/kubo/go.mod", "tools/kubo/go.sum"),
    *("requirements.lock", "pyproject.toml", "setup.py"),
)
PROGRAMS = ("awk", "bash", "cat", "cksum", "dirname", "env", "grep", "ln", "mkdir", "rm")


class Machine:
    """A checkout of the set-up's files, and a PATH with just the programs that it is given."""

    def __init__(self, home: Path) -> None:
        self.checkout, self.bin = home / "checkout", home / "bin"
        self.bin.mkdir()
        for name in READ:
            (self.checkout / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, self.checkout / name)
        for name in PROGRAMS:
            where = shutil.which(name)
            assert where is not None
            (self.bin / name).symlink_to(where)

    def give(self, name: str, says: str) -> Path:
        """Puts a program on the PATH that says the same whatever it is asked."""
        program = self.bin / name
        program.write_text(f"#!/usr/bin/env bash\necho '{says}'\n")
        program.chmod(0o755)
        return program

    def setup(self, part: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.checkout / "tools" / "setup.sh", part],
            env={"PATH": str(self.bin), "HOME": os.environ["HOME"]},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_without_python(machine: Machine) -> None:
    done = machine.setup("python")
    assert done.returncode == 1
    assert done.stderr.startswith("set-up: MedRec needs Python 3.11 or later")
    assert len(done.stderr.splitlines()) == 1
    assert not (machine.checkout / ".venv").exists()


def test_without_node(machine: Machine) -> None:
    done = machine.setup("npm")
    assert done.returncode == 1
    assert "Node 20 or later, and there is no node" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_with_an_old_node(machine: Machine) -> None:
    machine.give("node", "v18.20.4")
    done = machine.setup("npm")
    assert done.returncode == 1
    assert "Node 20 or later, and this is 18.20.4" in done.stderr
    assert not (machine.checkout / "tools" / "node_modules").exists()


@pytest.mark.parametrize("version", ["0.42.0", "0.49.12"])
def test_a_fitting_kubo_is_used(machine: Machine, version: str) -> None:
    ipfs = machine.give("ipfs", version)
    done = machine.setup("kubo")
    assert done.returncode == 0, done.stderr
    assert f"using the Kubo at {ipfs}" in done.stdout
    assert (machine.checkout / "tools" / "bin" / "ipfs").readlink() == ipfs
    assert "using" not in machine.setup("kubo").stdout


@pytest.mark.parametrize("version", ["0.41.9", "0.50.0", "1.0.0", "no number"])
def test_another_kubo_is_not_used(machine: Machine, version: str) -> None:
    machine.give("ipfs", version)
    machine.give("go", "go1.26.3")
    done = machine.setup("kubo")
    # Neither a fitting Kubo nor a fitting Go: the way on is Go from PyPI, which needs Python.
    assert done.returncode == 1
    assert "needs Python" in done.stderr
    assert not (machine.checkout / "tools" / "bin" / "ipfs").exists()


def test_a_kubo_that_went_away_is_looked_for_again(machine: Machine) -> None:
    ipfs = machine.give("ipfs", "0.42.0")
    machine.setup("kubo")
    ipfs.unlink()
    assert "needs Python" in machine.setup("kubo").stderr


def test_an_unknown_part_is_named(machine: Machine) -> None:
    done = machine.setup("everything")
    assert done.returncode == 1
    assert "no such part: everything" in done.stderr
