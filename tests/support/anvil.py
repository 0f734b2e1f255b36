"""A real anvil on a free port, and the contracts on it, for the tests that need a chain."""

from __future__ import annotations

import asyncio
import secrets
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from medrec.chain.anvil import find_anvil
from medrec.chain.deploy import deploy
from medrec.chain.gateway import Web3Chain
from medrec.chain.local_rpc import ask
from medrec.chain.wallets import LocalWallet
from medrec.domain.calls import Call, RegisterDoctor, RegisterPatient, RegisterUser, SetDoctorStatus
from medrec.domain.ids import Digest, TxHash
from medrec.domain.network import Network, StoreConfig
from medrec.domain.people import DoctorStatus, Role
from medrec.domain.typed import KeyBinding
from medrec.errors import ToolMissing
from medrec.loopback import free_port
from tests.support.nodes import NODE, geth, hardhat, run_apart

ETHER = 10**18


@dataclass(frozen=True, slots=True)
class AnvilNode:
    """A running node: anvil that mines each transaction at once, or what `NODE` names."""

    url: str
    port: int
    chain_id: int
    process: subprocess.Popen[bytes] | None = None


@dataclass(frozen=True, slots=True)
class Deployed:
    """The contracts on an anvil; ``admin`` deployed them, verifies and registers."""

    node: AnvilNode
    network: Network
    admin: LocalWallet
    file: Path

    def wallet(self, key: bytes | None = None) -> LocalWallet:
        """A wallet on this network; a new one when no key is given."""
        return LocalWallet(key or secrets.token_bytes(32), self.network)


def start_anvil(*options: str, chain_id: int = 31337) -> AnvilNode:
    """A fresh anvil; the caller stops it by `stop_anvil`.

    Raises:
        ToolMissing: there is no anvil.
    """
    port = free_port()
    command = [find_anvil(), f"--port={port}", f"--chain-id={chain_id}", "--quiet", *options]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    deadline = time.monotonic() + 20
    while True:
        try:
            ask(port, "eth_chainId", timeout=2)
        except OSError:
            if time.monotonic() > deadline or process.poll() is not None:
                process.kill()
                raise
            time.sleep(0.02)
        else:
            return AnvilNode(f"http://127.0.0.1:{port}", port, chain_id, process)


def stop_anvil(node: AnvilNode) -> None:
    """End an anvil."""
    if node.process is not None:
        node.process.terminate()
        node.process.wait()


def deploy_on(node: AnvilNode, folder: Path) -> Deployed:
    """Deploy the contracts by the real migrations."""
    admin = LocalWallet(secrets.token_bytes(32))
    file = folder / "network.toml"
    store = StoreConfig("folder", str(folder / "store"))
    network = run_apart(
        lambda: deploy(node.url, admin, admin.address, store, file, "test", True, lambda _: None)
    )
    return Deployed(node, network, LocalWallet(admin._key.secret, network), file)


@pytest.fixture(scope="session")
def anvil_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AnvilNode]:
    """A real anvil for the whole run, or the node that MEDREC_TEST_NODE names.

    Without anvil the tests are skipped; another node was asked for, and so must be there.
    """
    with ExitStack() as opened:
        try:
            node = opened.enter_context(fresh_node(tmp_path_factory.mktemp(NODE)))
        except ToolMissing as missing:
            if NODE != "anvil":
                raise
            pytest.skip(missing.sentence)
        yield node


@contextmanager
def fresh_node(folder: Path, chain_id: int = 31337) -> Iterator[AnvilNode]:
    """A node of the run's kind with a chain of its own, which geth keeps in the folder.

    Raises:
        ToolMissing: it is not there.
    """
    if NODE == "anvil":
        node = start_anvil(chain_id=chain_id)
        try:
            yield node
        finally:
            stop_anvil(node)
        return
    port = free_port()
    running = geth(folder, port, chain_id) if NODE == "geth" else hardhat(port, chain_id)
    with running:
        yield AnvilNode(f"http://127.0.0.1:{port}", port, chain_id)


@pytest.fixture(scope="session")
def deployed(anvil_node: AnvilNode, tmp_path_factory: pytest.TempPathFactory) -> Deployed:
    """The contracts on the run's anvil."""
    return deploy_on(anvil_node, tmp_path_factory.mktemp("network"))


@pytest.fixture
async def chain(deployed: Deployed) -> AsyncIterator[Web3Chain]:
    """The gateway to the run's anvil."""
    gateway = Web3Chain(deployed.network)
    yield gateway
    await gateway.close()


async def submit(chain: Web3Chain, call: Call, wallet: LocalWallet) -> TxHash:
    """Prepare, sign, send, and wait until the call is mined with success.

    Raises:
        ChainRefusal: the contract's reason.
    """
    nonce = await chain.next_nonce(wallet.address)
    signed = wallet.sign_transaction(await chain.prepare(call, wallet.address, nonce))
    await chain.send(signed)
    assert await mined(chain, signed.hash), f"{call} reverted"
    return signed.hash


async def mined(chain: Web3Chain, transaction: TxHash) -> bool:
    """Whether a transaction succeeded, once it is mined."""
    for _ in range(1_000):
        receipt = await chain.receipt_block(transaction)
        if receipt is not None:
            return receipt[1]
        await asyncio.sleep(0.01)
    raise AssertionError("it was not mined")


async def funded_wallet(chain: Web3Chain, deployed: Deployed) -> LocalWallet:
    """A new wallet with an ether."""
    wallet = deployed.wallet()
    await chain.fund(wallet.address, ETHER)
    return wallet


async def registered(chain: Web3Chain, deployed: Deployed, role: Role) -> LocalWallet:
    """A new registered user; its encryption key is not low-order and nobody's."""
    wallet = await funded_wallet(chain, deployed)
    binding = KeyBinding(key=secrets.token_bytes(32), key_version=1)
    signature = wallet.sign_statement(binding)
    await submit(chain, RegisterUser(role, wallet.address, binding.key, signature), wallet)
    return wallet


async def new_patient(chain: Web3Chain, deployed: Deployed) -> LocalWallet:
    """A new registered patient, whose wallet is the authenticator too."""
    wallet = await registered(chain, deployed, Role.PATIENT)
    await submit(chain, RegisterPatient(), wallet)
    return wallet


async def new_doctor(
    chain: Web3Chain, deployed: Deployed, status: DoctorStatus = DoctorStatus.VERIFIED
) -> LocalWallet:
    """A new doctor of the standing given."""
    wallet = await registered(chain, deployed, Role.DOCTOR)
    profile = Digest(secrets.token_bytes(32))
    await submit(chain, RegisterDoctor(0, profile), wallet)
    steps = {
        DoctorStatus.PENDING: (),
        DoctorStatus.VERIFIED: (DoctorStatus.VERIFIED,),
        DoctorStatus.SUSPENDED: (DoctorStatus.VERIFIED, DoctorStatus.SUSPENDED),
        DoctorStatus.REFUSED: (DoctorStatus.REFUSED,),
    }[status]
    for step in steps:
        seen = await chain.doctor(wallet.address)
        assert seen is not None
        credential = Digest(secrets.token_bytes(32))
        call = SetDoctorStatus(wallet.address, profile[:24], 1, seen.since, step, credential)
        await submit(chain, call, deployed.admin)
    return wallet
