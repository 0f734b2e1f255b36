"""The forwarder and the four contracts, wired to each other for ever.

Every contract takes its peers' addresses when it is created, and so they are predicted from the
deployer's nonce; afterwards each is read back.
"""

from medrec.chain.abi import AbiMismatch
from medrec.chain.deployer import Deployer
from medrec.chain.proxies.contract_audit import ContractAudit
from medrec.chain.proxies.contract_doctor import ContractDoctor
from medrec.chain.proxies.contract_patient import ContractPatient
from medrec.chain.proxies.forwarder import ERC2771Forwarder
from medrec.chain.proxies.user_authentication import UserAuthentication
from medrec.domain.network import CONTRACTS, FORWARDER

NAME = "0001_contracts"

ADMIN_DELAY = 2 * 24 * 3600
"""Seconds between the start of a handover of the roles' admin and its acceptance."""


async def up(deployer: Deployer) -> None:
    """Deploy what is not there yet, and compare every peer's address."""
    at = await deployer.plan((FORWARDER, *CONTRACTS))
    forwarder, audit = at[FORWARDER], at["ContractAudit"]
    users, patients, doctors = (at[name] for name in CONTRACTS[:3])
    roles = (forwarder, audit, ADMIN_DELAY, deployer.wallet.address)
    arguments = {
        FORWARDER: ERC2771Forwarder.constructor("MedRecForwarder"),
        "UserAuthentication": UserAuthentication.constructor(forwarder, audit),
        "ContractPatient": ContractPatient.constructor(*roles),
        "ContractDoctor": ContractDoctor.constructor(*roles),
        "ContractAudit": ContractAudit.constructor(forwarder, users, patients, doctors),
    }
    for name in (FORWARDER, *CONTRACTS):
        await deployer.create(name, arguments[name])
    await read_back(deployer)


async def read_back(deployer: Deployer) -> None:
    """Every peer knows every other.

    Raises:
        DeploymentFailed: when one names another address.
    """
    deployer.progress("Reading back the contracts' addresses")
    at, rpc = deployer.record.addresses, deployer.rpc
    users = UserAuthentication(at["UserAuthentication"], rpc)
    patients = ContractPatient(at["ContractPatient"], rpc)
    doctors = ContractDoctor(at["ContractDoctor"], rpc)
    audit = ContractAudit(at["ContractAudit"], rpc)
    try:
        found = [
            (await users.contract_audit(), audit.address),
            (await patients.contract_audit(), audit.address),
            (await doctors.contract_audit(), audit.address),
            (await audit.user_authentication(), users.address),
            (await audit.contract_patient(), patients.address),
            (await audit.contract_doctor(), doctors.address),
            *[(await p.trusted_forwarder(), at[FORWARDER]) for p in (users, patients, doctors)],
            (await audit.trusted_forwarder(), at[FORWARDER]),
        ]
    except AbiMismatch as error:
        raise deployer.fail("a contract does not answer as it should.") from error
    for said, expected in found:
        if said != expected:
            raise deployer.fail(f"a contract names {said} where {expected} was deployed.")
