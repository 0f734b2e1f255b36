"""The contracts of before announce the new ones, where these follow others.

Nothing is copied and nobody's key changes anything of before: records stay where they are, and the
new network's file names the old one as their origin.
"""

from medrec.chain.deployer import Deployer
from medrec.chain.gateway import Web3Chain
from medrec.chain.proxies.contract_patient import ContractPatient
from medrec.chain.rpc import Rpc
from medrec.chain.successors import successor_role
from medrec.domain.network import Network

NAME = "0003_takeover"


def wanted(deployer: Deployer) -> bool:
    """Only where the new network follows another."""
    return deployer.takes_over is not None


async def check(deployer: Deployer) -> None:
    """The network of before is what its file says, and this wallet may speak for it.

    Raises:
        WrongChain, WrongCode.
        DeploymentFailed: when another account administers it.
    """
    origin = _origin(deployer)
    chain = Web3Chain(origin)
    try:
        await chain.check_network()
    finally:
        await chain.close()
    rpc = Rpc(origin.rpc, origin.chain_id)
    try:
        patients = ContractPatient(origin.contracts["ContractPatient"], rpc)
        admin = await patients.default_admin()
    finally:
        await rpc.close()
    if admin != deployer.wallet.address:
        raise deployer.fail(
            f"only {admin} can announce what follows “{origin.name}”: deploy from that account."
        )


async def up(deployer: Deployer) -> None:
    """Announce every new contract that is not announced yet, and read it back.

    Raises:
        DeploymentFailed: when one is not announced afterwards.
    """
    origin = _origin(deployer)
    rpc = Rpc(origin.rpc, origin.chain_id)
    try:
        patients = ContractPatient(origin.contracts["ContractPatient"], rpc)
        there, role = deployer.elsewhere(origin, rpc), successor_role(deployer.chain_id)
        for name, address in deployer.record.addresses.items():
            if not await patients.has_role(role, address):
                deployer.progress(f"Announcing {name} to the network “{origin.name}”")
                await there.transact(patients.address, patients.grant_role(role, address))
            if not await patients.has_role(role, address):
                raise deployer.fail(f"“{origin.name}” does not announce {address}.")
    finally:
        await rpc.close()


def _origin(deployer: Deployer) -> Network:
    if deployer.takes_over is None:
        raise deployer.fail("no network of before was named.")
    return deployer.takes_over
