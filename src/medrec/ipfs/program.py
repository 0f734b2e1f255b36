"""Which Kubo program runs, and the private configuration that it runs with (blocking)."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from medrec.config import tools_dir
from medrec.errors import ToolMissing
from medrec.ipfs.kubo import ALLOWED_PATHS

_OLDEST = (0, 42)
_TOO_NEW = (0, 50)


def find_program() -> Path:
    """The Kubo program: what MEDREC_IPFS names, else the one that set-up built, else on the PATH.

    Raises:
        ToolMissing: when there is none of version 0.42 up to (not including) 0.50.
    """
    for candidate in _candidates():
        if candidate.is_file() and _fits(candidate):
            return candidate.absolute()
    raise ToolMissing(tool="Kubo (the program ipfs, version 0.42 or newer, older than 0.50)")


def environment(repository: Path) -> dict[str, str]:
    """What the program sees of our environment: nothing of the user's secrets is in it."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "IPFS_PATH": str(repository),
        "IPFS_TELEMETRY": "off",
        "LIBP2P_FORCE_PNET": "1",
        "LIBP2P_TCP_MUX": "false",
    }


_SILENT: dict[str, Any] = {
    "AutoConf.Enabled": False,
    "AutoNAT.ServiceMode": "disabled",
    "AutoTLS.Enabled": False,
    "Bootstrap": [],
    # With its cache of keys Kubo skips a put of what it has had once: a damaged block could
    # then not be repaired by putting it again.
    "Datastore.BlockKeyCacheSize": 0,
    "Datastore.WriteThrough": True,
    "Discovery.MDNS.Enabled": False,
    "DNS.Resolvers": {},
    "Gateway.ExposeRoutingAPI": False,
    "Gateway.NoDNSLink": True,
    "Gateway.NoFetch": True,
    "HTTPRetrieval.Enabled": False,
    "Ipns.DelegatedPublishers": [],
    "Peering.Peers": [],
    "Plugins.Plugins": {"telemetry": {"Disabled": True}},
    "Provide.Enabled": False,
    "Pubsub.Enabled": False,
    "Routing.DelegatedRouters": [],
    "Routing.Type": "none",
    "Swarm.AddrFilters": [],
    "Swarm.DisableNatPortMap": True,
    "Swarm.EnableHolePunching": False,
    "Swarm.RelayClient.Enabled": False,
    "Swarm.RelayService.Enabled": False,
    "Swarm.Transports.Network.QUIC": False,
    "Swarm.Transports.Network.Relay": False,
    "Swarm.Transports.Network.WebRTCDirect": False,
    "Swarm.Transports.Network.WebTransport": False,
    "Swarm.Transports.Network.Websocket": False,
    "Version.SwarmCheckEnabled": False,
}
"""Kubo looks for nobody, announces nothing, serves no gateway."""


def private_settings(port: int, user_token: str, admin_token: str) -> dict[str, Any]:
    """The settings, by dotted name, that make a Kubo private: it listens on one loopback port,

    looks for nobody, announces nothing, and lets only the two tokens in
    (https://github.com/ipfs/kubo/blob/v0.42.0/docs/config.md).
    """
    return {
        "Addresses.API": f"/ip4/127.0.0.1/tcp/{port}",
        "Addresses.Gateway": [],
        "Addresses.Swarm": [],
        "API.HTTPHeaders": {},
        "API.Authorizations": {
            "medrec": {
                "AuthSecret": f"bearer:{user_token}",
                "AllowedPaths": list(ALLOWED_PATHS),
            },
            "administrator": {"AuthSecret": f"bearer:{admin_token}", "AllowedPaths": ["/api/v0"]},
        },
        **_SILENT,
    }


def apply_settings(config: dict[str, Any], settings: Mapping[str, Any]) -> None:
    """Change a repository's configuration in place, and let its blocks be fsynced.

    Raises:
        ValueError: when it is none of Kubo's, or has no flatfs mount as Kubo's own have.
    """
    try:
        for name, value in settings.items():
            *sections, last = name.split(".")
            place = config
            for section in sections:
                place = place.setdefault(section, {})
            place[last] = value
        mounts = config.get("Datastore", {}).get("Spec", {}).get("mounts", [])
    except (AttributeError, TypeError) as error:
        raise ValueError("not a configuration of Kubo") from error
    flatfs = [mount for mount in mounts if mount.get("type") == "flatfs"]
    if not flatfs:
        raise ValueError("the configuration has no flatfs mount")
    for mount in flatfs:
        mount["sync"] = True


def api_port(config: Mapping[str, Any]) -> int:
    """The port of 127.0.0.1 that a repository's API listens on.

    Raises:
        ValueError: when the configuration does not say.
    """
    try:
        return int(config["Addresses"]["API"].rpartition("/")[2])
    except (LookupError, TypeError, AttributeError) as error:
        raise ValueError("not a configuration of Kubo") from error


def _candidates() -> Iterator[Path]:
    named = os.environ.get("MEDREC_IPFS")
    if named:
        yield Path(named)
        return
    tools = tools_dir()
    if tools:
        yield tools / "bin" / "ipfs"
    found = shutil.which("ipfs")
    if found:
        yield Path(found)


def _fits(program: Path) -> bool:
    try:
        answer = subprocess.run(
            [program, "version", "--number"],
            capture_output=True,
            env=environment(program.parent / "no-repository"),
            timeout=20,
            check=True,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return False
    version = re.match(rb"(\d+)\.(\d+)\.", answer)
    return version is not None and _OLDEST <= (int(version[1]), int(version[2])) < _TOO_NEW
