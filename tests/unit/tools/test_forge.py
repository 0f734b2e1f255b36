"""tools/foundry/forge ends as forge ends: what checks by it can fail."""

import subprocess
from pathlib import Path

FORGE = Path(__file__).resolve().parents[3] / "tools" / "foundry" / "forge"
BADLY_LAID_OUT = "contract Trial { uint256 public trial;}\n"


def forge(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [FORGE, *arguments], cwd=folder, capture_output=True, text=True, check=False
    )


def test_what_is_laid_out_badly_is_told(tmp_path: Path) -> None:
    (tmp_path / "foundry.toml").touch()
    source = tmp_path / "Trial.sol"
    source.write_text(BADLY_LAID_OUT)
    assert forge(tmp_path, "fmt", "--check", "Trial.sol").returncode == 1
    assert forge(tmp_path, "fmt", "Trial.sol").returncode == 0
    assert forge(tmp_path, "fmt", "--check", "Trial.sol").returncode == 0


def test_an_unknown_command_is_told(tmp_path: Path) -> None:
    assert forge(tmp_path, "no-such-command").returncode != 0


def test_the_launcher_is_called_from_anywhere(tmp_path: Path) -> None:
    there = tmp_path / "tools"
    there.symlink_to(FORGE.parents[1])
    run = subprocess.run(
        [there / "foundry" / "forge", "--version"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0
    assert "forge" in run.stdout
