"""The devnet's private Kubo, for real: up, down, killed, disturbed, and telling nobody anything."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from medrec.errors import DevnetFailed, ToolMissing
from medrec.ipfs.daemon import KuboDaemon
from medrec.ipfs.kubo import KuboStore
from medrec.ipfs.open import open_store
from medrec.ipfs.process import DetachedProcess
from medrec.ipfs.program import environment, find_program
from tests.support.blocks import raw

pytestmark = pytest.mark.kubo


@pytest.fixture
async def daemon(tmp_path: Path) -> AsyncIterator[KuboDaemon]:
    try:
        find_program()
    except ToolMissing as missing:
        pytest.skip(missing.sentence)
    daemon = KuboDaemon(tmp_path / "kubo")
    yield daemon
    await daemon.down()


def kubo(daemon: KuboDaemon, *arguments: str) -> str:
    """What the ipfs program says about the repository, as its owner sees it."""
    token = Path(daemon.admin_config().token_file or "").read_text()
    return subprocess.check_output(
        [find_program(), "--api-auth", f"bearer:{token}", *arguments],
        env=environment(daemon.repository),
        text=True,
    )


def pid_of(daemon: KuboDaemon) -> int:
    process = DetachedProcess.load(daemon.repository.parent / "kubo.pid")
    assert process is not None
    return process.pid


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


async def test_goes_up_and_down_as_often_as_one_likes(daemon: KuboDaemon) -> None:
    await daemon.down()
    assert (await daemon.status())["state"] == "stopped"
    config = await daemon.up()
    first = pid_of(daemon)
    assert await daemon.up() == config
    assert pid_of(daemon) == first
    assert daemon.running()
    status = await daemon.status()
    assert (status["state"], status["location"]) == ("running", config.location)
    await daemon.down()
    await daemon.down()
    assert not daemon.running()
    assert await daemon.up() == config


async def test_what_was_stored_is_there_after_a_kill(daemon: KuboDaemon) -> None:
    store = open_store(await daemon.up())
    block = raw()
    await store.put(block.cid, block.data)
    await store.pin(block.cid)
    os.kill(pid_of(daemon), signal.SIGKILL)
    until(lambda: not daemon.running())
    assert (await daemon.status())["state"] == "stopped"
    await daemon.up()
    keeper = open_store(daemon.admin_config())
    assert isinstance(keeper, KuboStore)
    await keeper.collect_garbage()
    assert await store.get(block.cid) == block.data
    await store.close()
    await keeper.close()


async def test_many_starts_at_once_start_one(daemon: KuboDaemon) -> None:
    same = [KuboDaemon(daemon.repository.parent) for _ in range(4)]
    configs = await asyncio.gather(*(other.up() for other in same))
    assert len(set(configs)) == 1
    assert daemon.running()


async def test_it_goes_on_when_the_command_that_started_it_ends(daemon: KuboDaemon) -> None:
    script = (
        "import asyncio, sys; from pathlib import Path;"
        "from medrec.ipfs.daemon import KuboDaemon;"
        "asyncio.run(KuboDaemon(Path(sys.argv[1])).up())"
    )
    place = daemon.repository.parent
    subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", script, str(place)], check=True
    )
    assert daemon.running()
    assert b"MEDREC" not in Path(f"/proc/{pid_of(daemon)}/environ").read_bytes()


async def test_a_given_port_is_taken(daemon: KuboDaemon) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    given = KuboDaemon(daemon.repository.parent, port=port)
    assert (await given.up()).location == f"http://127.0.0.1:{port}"


async def test_a_given_port_that_another_program_has_is_said(daemon: KuboDaemon) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(DevnetFailed, match=f"port {port}"):
            await KuboDaemon(daemon.repository.parent, port=port).up()
    assert not daemon.running()


async def test_its_own_port_taken_meanwhile_makes_it_choose_another(daemon: KuboDaemon) -> None:
    before = await daemon.up()
    await daemon.down()
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", urlsplit(before.location).port or 0))
        other.listen()
        after = await daemon.up()
    assert after.location != before.location
    assert after.token_file == before.token_file
    assert after == daemon.config()


async def test_a_recorded_pid_that_is_another_process_is_left_alone(daemon: KuboDaemon) -> None:
    daemon.initialise()
    sleeper = await asyncio.create_subprocess_exec("/bin/sleep", "60")
    record = DetachedProcess(sleeper.pid, "before this boot").text()
    (daemon.repository.parent / "kubo.pid").write_bytes(record)
    assert not daemon.running()
    await daemon.down()
    assert sleeper.returncode is None
    sleeper.kill()
    await sleeper.wait()


async def test_an_initialisation_that_was_killed_is_begun_again(daemon: KuboDaemon) -> None:
    unfinished = daemon.repository.with_name("repo.new")
    unfinished.mkdir(parents=True)
    (unfinished / "config").write_text("{")
    await daemon.up()
    assert daemon.running()
    assert not unfinished.exists()


@pytest.mark.parametrize("content", ["", "{", "{}", "[]"])
async def test_a_damaged_configuration_is_said(daemon: KuboDaemon, content: str) -> None:
    daemon.initialise()
    (daemon.repository / "config").write_text(content)
    with pytest.raises(DevnetFailed, match="damaged"):
        await daemon.up()


async def test_a_daemon_that_will_not_start_gives_its_reason(daemon: KuboDaemon) -> None:
    daemon.initialise()
    (daemon.repository / "version").write_text("99")
    with pytest.raises(DevnetFailed, match=r"Error: .*kubo\.log"):
        await daemon.up()
    assert not daemon.running()


async def test_before_the_first_start_it_has_no_address(daemon: KuboDaemon) -> None:
    with pytest.raises(DevnetFailed):
        daemon.config()


async def test_nothing_of_it_is_readable_by_others(daemon: KuboDaemon) -> None:
    store = open_store(await daemon.up())
    block = raw()
    await store.put(block.cid, block.data)
    await store.close()
    place = daemon.repository.parent
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    secret = ["store.token", "admin.token", "kubo.log", "kubo.pid", "repo/config", "repo/swarm.key"]
    for file in [place / name for name in secret] + list(place.glob("repo/blocks/*/*.data")):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


async def test_tokens_and_swarm_keys_are_each_repositorys_own(
    daemon: KuboDaemon, tmp_path: Path
) -> None:
    other = KuboDaemon(tmp_path / "other")
    secrets = []
    for place in (daemon, other):
        place.initialise()
        secrets.append((place.repository / "swarm.key").read_text())
        for config in (place.config(), place.admin_config()):
            secrets.append(Path(config.token_file or "").read_text())
    assert len(set(secrets)) == 6
    assert all(len(secret) >= 43 for secret in secrets)


async def test_it_listens_on_loopback_alone_and_has_no_peers(daemon: KuboDaemon) -> None:
    await daemon.up()
    assert kubo(daemon, "swarm", "peers") == ""
    identity = json.loads(kubo(daemon, "id"))
    assert identity["Addresses"] == [f"/p2p/{identity['ID']}"], "a name, and no way to reach it"
    table = Path("/proc/net/tcp").read_text().splitlines()[1:]
    v6 = Path("/proc/net/tcp6").read_text().splitlines()[1:]
    descriptors = Path(f"/proc/{pid_of(daemon)}/fd")
    sockets = {str(entry.readlink()) for entry in descriptors.iterdir() if entry.is_symlink()}
    listening = [
        row.split()[1]
        for row in table + v6
        if row.split()[3] == "0A" and f"socket:[{row.split()[9]}]" in sockets
    ]
    port = urlsplit(daemon.config().location).port or 0
    assert listening == [f"0100007F:{port:04X}"]


async def test_what_runs_announces_nothing(daemon: KuboDaemon) -> None:
    await daemon.up()
    config: dict[str, Any] = json.loads(kubo(daemon, "config", "show"))
    assert config["Bootstrap"] == []
    assert config["Addresses"]["Swarm"] == []
    assert config["Addresses"]["Gateway"] == []
    assert config["Routing"]["Type"] == "none"
    assert config["Routing"]["DelegatedRouters"] == []
    assert config["Ipns"]["DelegatedPublishers"] == []
    assert config["DNS"]["Resolvers"] == {}
    assert config["Peering"]["Peers"] == []
    for section in ("Provide", "AutoConf", "AutoTLS", "HTTPRetrieval", "Pubsub"):
        assert config[section]["Enabled"] is False, section
    assert config["Discovery"]["MDNS"]["Enabled"] is False
    transports = config["Swarm"]["Transports"]["Network"]
    assert set(transports.values()) == {False}
    assert set(transports) >= {"QUIC", "WebTransport", "WebRTCDirect", "Relay"}
    flatfs = next(m for m in config["Datastore"]["Spec"]["mounts"] if m["type"] == "flatfs")
    assert flatfs["sync"] is True
    log = (daemon.repository.parent / "kubo.log").read_text()
    assert "limited to private network" in log
    assert "Local CIDs will not be announced" in log
