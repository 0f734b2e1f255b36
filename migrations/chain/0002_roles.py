"""The administrator verifies doctors and registers patients' identities."""

from medrec.chain.deployer import Deployer
from medrec.chain.proxies.contract_doctor import ContractDoctor
from medrec.chain.proxies.contract_patient import ContractPatient

NAME = "0002_roles"


async def up(deployer: Deployer) -> None:
    """Grant both roles to the administrator where they are not held, and read them back.

    Raises:
        DeploymentFailed: when a role is not held afterwards.
    """
    at, rpc, admin = deployer.record.addresses, deployer.rpc, deployer.admin
    doctors = ContractDoctor(at["ContractDoctor"], rpc)
    patients = ContractPatient(at["ContractPatient"], rpc)
    verifier, registrar = await doctors.verifier_role(), await patients.registrar_role()
    for contract, role, what in (
        (doctors, verifier, "verifier of doctors"),
        (patients, registrar, "registrar of patients"),
    ):
        if not await contract.has_role(role, admin):
            deployer.progress(f"Naming {admin} as {what}")
            await deployer.transact(contract.address, contract.grant_role(role, admin))
        if not await contract.has_role(role, admin):
            raise deployer.fail(f"{admin} did not become {what}.")
