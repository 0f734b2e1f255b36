"""Which Kubo runs, and that its settings make it private."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from medrec.errors import ToolMissing
from medrec.ipfs import program
from medrec.ipfs.kubo import ALLOWED_PATHS


def posing(path: Path, version: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho {version}\n")
    path.chmod(0o755)
    return path


@pytest.fixture(autouse=True)
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without any Kubo: nothing named, nothing built, nothing on the PATH."""
    monkeypatch.delenv("MEDREC_IPFS", raising=False)
    monkeypatch.setenv("PATH", f"{tmp_path / 'path'}:/usr/bin:/bin")
    monkeypatch.setattr(program, "tools_dir", lambda: tmp_path / "tools")


def test_without_a_program_it_says_what_to_do() -> None:
    with pytest.raises(ToolMissing, match="make setup"):
        program.find_program()


def test_the_one_that_is_named_comes_first_then_ours_then_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_path = posing(tmp_path / "path" / "ipfs", "0.43.1")
    assert program.find_program() == on_path
    ours = posing(tmp_path / "tools" / "bin" / "ipfs", "0.42.0")
    assert program.find_program() == ours
    named = posing(tmp_path / "named", "0.49.9")
    monkeypatch.setenv("MEDREC_IPFS", str(named))
    assert program.find_program() == named


@pytest.mark.parametrize("version", ["0.41.0", "0.50.0", "1.42.0", "0.4.23", "", "ipfs", "0.42"])
def test_other_versions_do_not_count(tmp_path: Path, version: str) -> None:
    posing(tmp_path / "tools" / "bin" / "ipfs", version)
    with pytest.raises(ToolMissing):
        program.find_program()
    fitting = posing(tmp_path / "path" / "ipfs", "0.42.0-dev")
    assert program.find_program() == fitting


def test_what_is_named_and_does_not_fit_is_not_replaced_silently(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    posing(tmp_path / "path" / "ipfs", "0.42.0")
    monkeypatch.setenv("MEDREC_IPFS", str(tmp_path / "nowhere"))
    with pytest.raises(ToolMissing):
        program.find_program()


def test_what_cannot_be_run_does_not_count(tmp_path: Path) -> None:
    file = tmp_path / "tools" / "bin" / "ipfs"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"\x7fELF not really")
    file.chmod(0o755)
    with pytest.raises(ToolMissing):
        program.find_program()


def test_the_program_sees_nothing_of_our_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDREC_PASSWORD", "hunter2")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example")
    seen = program.environment(tmp_path)
    assert seen == {
        "PATH": os.environ["PATH"],
        "IPFS_PATH": str(tmp_path),
        "IPFS_TELEMETRY": "off",
        "LIBP2P_FORCE_PNET": "1",
        "LIBP2P_TCP_MUX": "false",
    }


def test_each_token_opens_only_its_calls() -> None:
    settings = program.private_settings(5001, "user", "admin")
    allowed = settings["API.Authorizations"]
    assert allowed["medrec"]["AuthSecret"] == "bearer:user"
    assert allowed["medrec"]["AllowedPaths"] == list(ALLOWED_PATHS)
    assert not any(path in ("/api/v0", "/api/v0/repo/gc") for path in ALLOWED_PATHS)
    assert allowed["administrator"]["AuthSecret"] == "bearer:admin"


def test_settings_replace_what_was_there_and_keep_the_rest() -> None:
    config: dict[str, Any] = {
        "Identity": {"PeerID": "kept"},
        "Bootstrap": ["/dnsaddr/bootstrap.libp2p.io"],
        "Datastore": {"Spec": {"mounts": [{"type": "flatfs", "sync": False}, {"type": "levelds"}]}},
    }
    program.apply_settings(config, {"Bootstrap": [], "Swarm.Transports.Network.QUIC": False})
    assert config == {
        "Identity": {"PeerID": "kept"},
        "Bootstrap": [],
        "Swarm": {"Transports": {"Network": {"QUIC": False}}},
        "Datastore": {"Spec": {"mounts": [{"type": "flatfs", "sync": True}, {"type": "levelds"}]}},
    }


@pytest.mark.parametrize("config", [{"Addresses": []}, {"Addresses": "x"}])
def test_what_is_no_configuration_is_refused(config: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="configuration of Kubo"):
        program.apply_settings(config, {"Addresses.Swarm": []})
    with pytest.raises(ValueError, match="configuration of Kubo"):
        program.api_port(config)


def test_a_repository_that_cannot_be_fsynced_is_refused() -> None:
    with pytest.raises(ValueError, match="flatfs"):
        program.apply_settings({"Datastore": {"Spec": {"type": "badgerds"}}}, {})
