"""Gas per operation, as sent to anvil, beside the committed, the prototype's and the floor.

Run it with ``python -m tests.bench.bench_gas``; with ``--write`` (``make gas``) the figures become
the committed ones. Operations whose ratio to the floor is over 1.2 are marked; docs/GAS.md
explains them. Blocks are twelve seconds apart: identical writes in one second would under-report.
"""

from __future__ import annotations

import secrets
import sys
import tempfile
import time
from pathlib import Path

from medrec.chain.audit import EMPTY_RECORD, next_record_chain
from medrec.chain.local_rpc import ask
from medrec.chain.proxies.contract_audit import ContractAudit
from medrec.chain.proxies.contract_doctor import ContractDoctor
from medrec.chain.proxies.contract_patient import ContractPatient
from medrec.chain.proxies.forwarder import ERC2771Forwarder
from medrec.chain.proxies.user_authentication import UserAuthentication
from medrec.chain.wallets import LocalWallet
from medrec.domain.ids import (
    ZERO_ADDRESS,
    Address,
    ChainHead,
    Digest,
    Epoch,
    RecordId,
    address_bytes,
    new_record_id,
)
from medrec.domain.network import FORWARDER
from medrec.domain.typed import KeyBinding
from tests.bench import gas_snapshot
from tests.bench.table import show
from tests.support.anvil import Deployed, deploy_on, start_anvil, stop_anvil
from tests.support.relay import forward_request

YEAR = 365 * 24 * 3600
READ_WRITE = 0b1000 << 16 | 0b1000
WRITE, LOG = 1, 2
VERIFIED = 2
BATCH = 30
RELAYED = 20
WORTH_EXPLAINING = 1.2

FIGURES: dict[str, tuple[int | None, int | None]] = {
    "register": (88_853, 81_169),
    "registerPatient": (50_502, 45_807),
    "verifyIdentity": (60_813, 53_787),
    "registerDoctor": (56_969, 51_223),
    "setDoctorStatus": (44_106, 37_243),
    "requestAccess": (61_496, 53_915),
    "grant: new": (64_024, 55_155),
    "grant: after a request": (46_924, 38_055),
    "grant: renewed": (47_054, 38_055),
    "revoke 1": (42_374, 35_351),
    "revoke 3": (60_816, 51_385),
    "rotateKeys": (35_944, 29_843),
    "addRecord: doctor": (63_715, 56_643),
    "addRecord: patient": (58_915, 52_431),
    "addRecord: by a clinic": (71_654, 63_726),
    "updateRecord: doctor": (47_498, 39_995),
    "updateRecord: patient": (42_698, 35_783),
    "archiveRecord": (46_934, 39_855),
    "annotate": (43_931, 37_107),
    "hideRecord": (40_567, None),
    "logConsultation": (37_684, 34_591),
    "of 30, 30 patients: each": (14_232, 11_943),
    "of 30, one patient: each": (7_217, 5_068),
    "anchorReceipts": (55_753, 54_083),
    "setDelegate": (60_032, 54_263),
    "forwarder: signer's first": (38_700, None),
    "forwarder: later": (21_600, None),
    "forwarder: in a batch of 20": (-3_000, None),
}
"""CONTRACTS.md, "Gas": prototype and floor. The forwarder's are differences from a direct call."""


class Meter:
    """Sends transactions from anybody and reads the gas that they used."""

    def __init__(self, deployed: Deployed) -> None:
        self.network = deployed.network
        self.port = deployed.node.port
        self.admin = deployed.admin.address
        self.results: dict[str, int] = {}
        self.ends: dict[tuple[Address, Address], int] = {}
        ask(self.port, "anvil_autoImpersonateAccount", True)
        ask(self.port, "anvil_setBlockTimestampInterval", 12)

    def person(self) -> LocalWallet:
        """A new wallet with funds."""
        wallet = LocalWallet(secrets.token_bytes(32), self.network)
        ask(self.port, "anvil_setBalance", wallet.address, hex(10**20))
        return wallet

    def send(self, sender: Address, contract: str, data: bytes) -> int:
        """The gas that a call used.

        Raises:
            RuntimeError: when it reverted.
        """
        call = {
            "from": sender,
            "to": self.network.contracts[contract],
            "data": "0x" + data.hex(),
            "gas": hex(15_000_000),
        }
        sent, receipt = ask(self.port, "eth_sendTransaction", call), None
        while receipt is None:
            receipt = ask(self.port, "eth_getTransactionReceipt", sent)
        if int(receipt["status"], 16) != 1:
            raise RuntimeError(f"a call of {contract} reverted")
        return int(receipt["gasUsed"], 16)

    def measure(
        self, what: str, sender: Address, contract: str, data: bytes, acts: int = 1
    ) -> None:
        """Note the gas of a call, or of each of its acts."""
        self.results[what] = self.send(sender, contract, data) // acts

    def now(self) -> int:
        """The last block's time."""
        return int(ask(self.port, "eth_getBlockByNumber", "latest", False)["timestamp"], 16)

    def patient(self) -> LocalWallet:
        """A registered patient, with a first entry that the next ones follow."""
        wallet = self.person()
        self.send(wallet.address, "ContractPatient", ContractPatient.register_patient())
        return wallet

    def doctor(self) -> tuple[LocalWallet, bytes]:
        """A verified doctor and the stored part of the profile."""
        wallet, profile = self.person(), digest()
        self.send(wallet.address, "ContractDoctor", ContractDoctor.register_doctor(0, profile))
        self.send(self.admin, "ContractDoctor", verified(wallet, profile[:24], self.now()))
        return wallet, profile[:24]

    def grant(self, patient: LocalWallet, doctor: tuple[LocalWallet, bytes]) -> bytes:
        """Calldata of a grant in epoch 0."""
        who, profile = doctor
        pair = (patient.address, who.address)
        before, end = self.ends.get(pair, 0), self.now() + YEAR
        self.ends[pair] = end
        return ContractDoctor.grant(*pair, profile, READ_WRITE, end, 0, 0, before, digest())

    def pair(self) -> tuple[LocalWallet, LocalWallet]:
        """A patient and a doctor with a grant."""
        patient, doctor = self.patient(), self.doctor()
        self.send(patient.address, "ContractDoctor", self.grant(patient, doctor))
        return patient, doctor[0]


def digest() -> Digest:
    """A random digest: calldata without zeros to speak of."""
    return Digest(secrets.token_bytes(32))


def verified(doctor: LocalWallet, profile: bytes, since: int) -> bytes:
    """Calldata that verifies a doctor who registered at that time (Unix seconds)."""
    return ContractDoctor.set_doctor_status(doctor.address, profile, 1, since, VERIFIED, digest())


def people(meter: Meter) -> None:
    """Users, patients, doctors, delegates."""
    wallet = meter.person()
    binding = KeyBinding(secrets.token_bytes(32), 1)
    signature = wallet.sign_statement(binding)
    register = UserAuthentication.register(1, meter.person().address, binding.key, signature)
    meter.measure("register", wallet.address, "UserAuthentication", register)
    call = ContractPatient.register_patient()
    meter.measure("registerPatient", wallet.address, "ContractPatient", call)
    call = ContractPatient.verify_identity(wallet.address, 0, digest(), digest())
    meter.measure("verifyIdentity", meter.admin, "ContractPatient", call)
    doctor, profile = meter.person(), digest()
    call = ContractDoctor.register_doctor(0, profile)
    meter.measure("registerDoctor", doctor.address, "ContractDoctor", call)
    call = verified(doctor, profile[:24], meter.now())
    meter.measure("setDoctorStatus", meter.admin, "ContractDoctor", call)
    call = UserAuthentication.set_delegate(
        wallet.address, doctor.address, READ_WRITE, WRITE | LOG, 0, meter.now() + YEAR, 0
    )
    meter.measure("setDelegate", wallet.address, "UserAuthentication", call)


def sharing(meter: Meter) -> None:
    """Requests, grants, revocations, rotations."""
    patient, doctor = meter.patient(), meter.doctor()
    meter.measure("grant: new", patient.address, "ContractDoctor", meter.grant(patient, doctor))
    meter.measure("grant: renewed", patient.address, "ContractDoctor", meter.grant(patient, doctor))
    asking = meter.doctor()
    call = ContractDoctor.request_access(patient.address, 0, digest(), ZERO_ADDRESS)
    meter.measure("requestAccess", asking[0].address, "ContractDoctor", call)
    call = meter.grant(patient, asking)
    meter.measure("grant: after a request", patient.address, "ContractDoctor", call)
    call = ContractDoctor.revoke(patient.address, [doctor[0].address], 0, digest())
    meter.measure("revoke 1", patient.address, "ContractDoctor", call)
    call = ContractDoctor.rotate_keys(patient.address, 1, 2, digest())
    meter.measure("rotateKeys", patient.address, "ContractDoctor", call)
    other, three = meter.patient(), [meter.doctor() for _ in range(3)]
    for one in three:
        meter.send(other.address, "ContractDoctor", meter.grant(other, one))
    grantees = [one[0].address for one in three]
    call = ContractDoctor.revoke(other.address, grantees, 0, digest())
    meter.measure("revoke 3", other.address, "ContractDoctor", call)


def records(meter: Meter) -> None:
    """Records of a doctor, of a patient, and by a clinic's staff."""
    patient, doctor = meter.pair()
    own = written(meter, "patient", patient, patient)
    theirs = written(meter, "doctor", patient, doctor)
    reading = (patient.address, theirs[0], theirs[1])
    call = ContractPatient.annotate(*reading, 1, digest(), ZERO_ADDRESS)
    meter.measure("annotate", doctor.address, "ContractPatient", call)
    call = ContractPatient.archive_record(*reading, digest(), ZERO_ADDRESS)
    meter.measure("archiveRecord", doctor.address, "ContractPatient", call)
    call = ContractPatient.hide_record(patient.address, own[0], 0, True)
    meter.measure("hideRecord", patient.address, "ContractPatient", call)
    staff, clinic = meter.doctor()[0], doctor
    call = UserAuthentication.set_delegate(
        clinic.address, staff.address, READ_WRITE, WRITE, 0, meter.now() + YEAR, 0
    )
    meter.send(clinic.address, "UserAuthentication", call)
    record = new_record_id(3, clinic.address, secrets.token_bytes(11))
    call = ContractPatient.add_record(patient.address, record, 0, digest(), clinic.address)
    meter.measure("addRecord: by a clinic", staff.address, "ContractPatient", call)


def written(
    meter: Meter, who: str, patient: LocalWallet, author: LocalWallet
) -> tuple[RecordId, ChainHead]:
    """A record added and updated; its id and head."""
    record = new_record_id(3, author.address, secrets.token_bytes(11))
    chain = EMPTY_RECORD
    for operation in ("addRecord", "updateRecord"):
        content = digest()
        if operation == "addRecord":
            call = ContractPatient.add_record(patient.address, record, 0, content, ZERO_ADDRESS)
        else:
            call = ContractPatient.update_record(
                patient.address, record, chain, 0, content, ZERO_ADDRESS
            )
        meter.measure(f"{operation}: {who}", author.address, "ContractPatient", call)
        chain = next_record_chain(chain, author.address, Epoch(0, 0), content)
    return record, chain


def looks(meter: Meter) -> None:
    """Consultations, one and many, and anchored receipts."""
    doctor = meter.doctor()
    patients = [meter.patient() for _ in range(BATCH)]
    for patient in patients:
        meter.send(patient.address, "ContractDoctor", meter.grant(patient, doctor))
    who = doctor[0].address
    record = new_record_id(3, who, secrets.token_bytes(11))
    call = ContractAudit.log_consultation(
        patients[0].address, record, meter.now(), digest(), ZERO_ADDRESS
    )
    meter.measure("logConsultation", who, "ContractAudit", call)
    for what, seen in (("30 patients", patients), ("one patient", patients[:1] * BATCH)):
        packed = address_bytes(ZERO_ADDRESS) + b"".join(
            address_bytes(p.address)
            + new_record_id(3, who, secrets.token_bytes(11))
            + meter.now().to_bytes(5, "big")
            + digest()
            for p in seen
        )
        call = ContractAudit.log_consultations(packed)
        meter.measure(f"of 30, {what}: each", who, "ContractAudit", call, BATCH)
    call = ContractAudit.anchor_receipts(digest(), 1_000, digest())
    meter.measure("anchorReceipts", who, "ContractAudit", call)


def relaying(meter: Meter) -> None:
    """A patient's rotation through the forwarder, beside the same sent directly."""
    relay, patients = meter.person(), [meter.patient() for _ in range(RELAYED)]
    to = meter.network.contracts["ContractDoctor"]

    def rotation(patient: LocalWallet, epoch: int) -> bytes:
        return ContractDoctor.rotate_keys(patient.address, epoch, epoch + 1, digest())

    direct = 0
    for epoch in range(2):
        call = rotation(patients[0], epoch)
        direct = meter.send(patients[0].address, "ContractDoctor", call)
    for nonce, what in enumerate(("forwarder: signer's first", "forwarder: later")):
        used = 0
        for patient in patients:
            epoch = nonce + (2 if patient is patients[0] else 0)
            request = forward_request(meter.network, patient, to, rotation(patient, epoch), nonce)
            used = meter.send(relay.address, FORWARDER, ERC2771Forwarder.execute(request))
        meter.results[what] = used - direct
    batch = [
        forward_request(
            meter.network, patient, to, rotation(patient, 4 if patient is patients[0] else 2), 2
        )
        for patient in patients
    ]
    call = ERC2771Forwarder.execute_batch(batch, ZERO_ADDRESS)
    used = meter.send(relay.address, FORWARDER, call)
    meter.results["forwarder: in a batch of 20"] = used // RELAYED - direct


def measured() -> dict[str, int]:
    """Every operation's gas, on a fresh anvil.

    Raises:
        ToolMissing: there is no anvil.
        RuntimeError: an operation reverted.
    """
    node = start_anvil("--timestamp", str(int(time.time()) - 3600))
    try:
        with tempfile.TemporaryDirectory() as folder:
            meter = Meter(deploy_on(node, Path(folder)))
            for part in (people, sharing, records, looks, relaying):
                part(meter)
    finally:
        stop_anvil(node)
    return {what: meter.results[what] for what in FIGURES}


def row(what: str, gas: int, before: int | None) -> list[str]:
    """An operation's figures, as the table shows them."""
    prototype, floor = FIGURES[what]
    return [
        what,
        f"{gas:,}",
        f"{gas - before:+,}" if before is not None else "new",
        f"{prototype:,}" if prototype else "",
        f"{100 * (gas - prototype) / abs(prototype):+.1f} %" if prototype else "",
        f"{floor:,}" if floor else "",
        f"{gas / floor:.2f}{' !' if gas / floor > WORTH_EXPLAINING else '  '}" if floor else "",
    ]


def main(arguments: list[str]) -> None:
    """Measure everything, print the table, and commit the figures where that is asked for."""
    now = measured()
    before = gas_snapshot.committed() if gas_snapshot.SNAPSHOT.exists() else {}
    head = ["operation", "gas", "committed", "prototype", "", "floor", "ratio  "]
    show(head, [row(what, gas, before.get(what)) for what, gas in now.items()])
    if "--write" in arguments:
        gas_snapshot.commit(now)


if __name__ == "__main__":
    main(sys.argv[1:])
