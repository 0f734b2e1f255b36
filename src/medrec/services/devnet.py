"""A whole network on one machine: a real Ethereum node, a store, the contracts, an administrator.

For trying MedRec and for its tests. It keeps running in the background; its state is on disk.
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from medrec.chain.deploy import deploy
from medrec.chain.devnode import DevNode
from medrec.chain.network_file import read_network
from medrec.chain.node_keeper import KINDS
from medrec.chain.wallets import LocalWallets
from medrec.domain.network import StoreConfig
from medrec.errors import OtherNode, ToolMissing
from medrec.ipfs.daemon import KuboDaemon
from medrec.ipfs.folder import FolderStore
from medrec.services.accounts import Accounts
from medrec.store.files import write_new
from medrec.store.vaults import VaultFolder

NAME = "devnet"
CHAIN_IDS = 313_370_000
"""Each devnet has a chain id of its own, from here on: a new one is never taken for an old one."""

BLOCK_TIMES = {"anvil": 0, "geth": 1}
"""The nodes that a devnet can run on, and their seconds between two blocks unless others are said.

0 makes a block for each transaction at once. geth does that too, but no two of its blocks have the
same second: its time would run ahead of the machine's.
"""


@dataclass(frozen=True, slots=True)
class Admin:
    """The devnet's administrator. The secrets are kept for the devnet alone, in mode 0600."""

    name: str
    password: str = field(repr=False)
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Up:
    """A running devnet."""

    network_file: Path
    rpc: str
    store: str
    """``kubo`` or ``folder``."""
    admin: Admin
    fresh: bool
    """Whether the contracts were deployed just now."""
    notes: tuple[str, ...] = ()


class Devnet:
    """The devnet of one home."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._folder = home / "devnet"
        self._kubo = KuboDaemon(self._folder / "kubo")

    @property
    def network_file(self) -> Path:
        """Where the network file is."""
        return self._folder / "network.toml"

    async def up(
        self,
        store_kind: str | None = None,
        port: int | None = None,
        progress: Callable[[str], None] = lambda _: None,
        *,
        node: str | None = None,
        block_time: int | None = None,
    ) -> Up:
        """Start what does not run, deploy what is not there; harmless when all is up.

        Args:
            store_kind: ``kubo`` or ``folder``; None: the one it has, else Kubo.
            port: of the node; None: the one it had, else 8545 or any that is free.
            progress: hears a sentence for each thing done.
            node: one of `BLOCK_TIMES`; None: the one it has, else anvil.
            block_time: seconds between two blocks, 0 for a block a transaction at once; None: as
                it was, else as `BLOCK_TIMES` says.

        Raises:
            OtherNode: its chain belongs to another node.
            DevnetFailed, ToolMissing, DeploymentFailed, WrongPasswordOrKey.
        """
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._draw_chain_id()
        kind = store_kind or self._kept("store") or "kubo"
        progress("Starting the Ethereum node")
        chosen, period = self._chosen_node(node), self._period(node, block_time)
        self._begin_on(chosen)
        rpc = await self._node(chosen, period, port).up()
        self._keep("block-time", str(period))
        progress("Starting the store")
        store, notes = await self._store(kind)
        progress("Opening the administrator's account")
        admin = await self._admin()
        unlocked = await self._accounts().unlock(admin.name, admin.password, admin.key)
        fresh = not self.network_file.is_file()
        await deploy(
            rpc,
            unlocked.wallet,
            unlocked.wallet.address,
            store,
            self.network_file,
            NAME,
            funded=True,
            progress=progress,
        )
        self._keep("store", store.kind)
        return Up(self.network_file, rpc, store.kind, admin, fresh, notes)

    async def down(self) -> None:
        """Stop the node and the store; everything stays on disk."""
        await self._kept_node().down()
        await self._kubo.down()

    async def reset(self) -> None:
        """Stop, and forget the chain and everything stored; the accounts stay."""
        await self.down()
        if not self._folder.is_dir():
            return
        for entry in self._folder.iterdir():
            if entry.name == "admin.json":
                continue
            if entry.is_dir():
                shutil.rmtree(entry)
            else:
                entry.unlink()

    async def status(self) -> Mapping[str, object]:
        """Node and store: running or stopped, and where."""
        node = await self._kept_node().status()
        kind = self._kept("store") or "kubo"
        store: Mapping[str, object] = (
            await self._kubo.status() if kind == "kubo" else {"location": str(self._blocks())}
        )
        return {
            "node": asdict(node),
            "store": {"kind": kind, **store},
            "network": str(self.network_file) if self.network_file.is_file() else None,
        }

    def _node(self, kind: str, block_time: int, port: int | None = None) -> DevNode:
        return DevNode(
            self._folder / "node",
            kind,
            port=port,
            chain_id=self._chain_id(),
            block_time=block_time,
        )

    def _kept_node(self) -> DevNode:
        return self._node(self._chosen_node(None), self._period(None, None))

    def _chosen_node(self, wanted: str | None) -> str:
        """The kind of node: the one that the chain was begun on, else the one wanted, else anvil.

        Raises:
            OtherNode.
        """
        kept = self._kept("node-kind")
        if kept is None and (self._folder / "node").is_dir():
            kept = "anvil"
        if wanted is not None and kept is not None and wanted != kept:
            raise OtherNode(kept=kept, wanted=wanted)
        return kept or wanted or "anvil"

    def _begin_on(self, kind: str) -> None:
        """Write down what node the chain is of, before there is a chain.

        Raises:
            ToolMissing: the node's program is not there; nothing is written then.
        """
        if self._kept("node-kind") is None:
            find, _ = KINDS[kind]
            find()
            self._keep("node-kind", kind)

    def _period(self, node: str | None, wanted: int | None) -> int:
        if wanted is not None:
            return wanted
        kept = self._kept("block-time")
        return int(kept) if kept is not None else BLOCK_TIMES[self._chosen_node(node)]

    async def _store(self, kind: str) -> tuple[StoreConfig, tuple[str, ...]]:
        if kind == "kubo":
            try:
                return await self._kubo.up(), ()
            except ToolMissing:
                note = "Kubo is not built here, so sealed objects lie in a folder (`make kubo`)."
                return FolderStore.create(self._blocks()), (note,)
        return FolderStore.create(self._blocks()), ()

    def _blocks(self) -> Path:
        return self._folder / "blocks"

    async def _admin(self) -> Admin:
        path = self._folder / "admin.json"
        if path.is_file():
            return Admin(**json.loads(path.read_text(encoding="utf-8")))
        password = secrets.token_urlsafe(18)
        name = "admin" if "admin" not in self._names() else f"admin-{secrets.token_hex(3)}"
        made = await self._accounts().create(name, password)
        admin = Admin(made.name, password, made.key)
        write_new(path, json.dumps(asdict(admin)).encode())
        return admin

    def _accounts(self) -> Accounts:
        network = read_network(self.network_file) if self.network_file.is_file() else None
        return Accounts(VaultFolder(self._home), LocalWallets(network))

    def _names(self) -> list[str]:
        return VaultFolder(self._home).names()

    def _chain_id(self) -> int:
        known = self._kept("chain-id")
        return int(known) if known is not None else CHAIN_IDS

    def _draw_chain_id(self) -> None:
        if self._kept("chain-id") is None:
            self._keep("chain-id", str(CHAIN_IDS + secrets.randbelow(10_000)))

    def _kept(self, what: str) -> str | None:
        path = self._folder / what
        return path.read_text(encoding="ascii").strip() if path.is_file() else None

    def _keep(self, what: str, value: str) -> None:
        (self._folder / what).write_text(value + "\n", encoding="ascii")
