"""A new version of the contracts takes over a clinic that was in use: nobody loses a record.

The new contracts stand beside the old ones on the same chain, with a store of their own; the old
ones announce them, and everybody follows by the new network file.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from pathlib import Path

import pytest

from medrec.chain.deploy import deploy
from medrec.chain.deployer import Deployer, Records
from medrec.chain.keccak import checksum
from medrec.chain.network_file import read_network
from medrec.chain.successors import successor_role
from medrec.chain.wallets import LocalWallet, PreparedTransaction
from medrec.domain.calls import AddRecord, RevokeAccess, UpdateRecord, VerifyIdentity
from medrec.domain.cid import Codec, cid_from_digest
from medrec.domain.entries import AuditEntry
from medrec.domain.ids import Cid, Digest, new_record_id
from medrec.domain.network import StoreConfig
from medrec.domain.ports import Chain
from medrec.errors import (
    AccessEnded,
    AuditBroken,
    ChainRefusal,
    DeploymentFailed,
    MedRecError,
    NoAccess,
    NoSuchGrant,
    NoSuchRecord,
    NotTheAuthorsKind,
    OriginDenies,
    OriginDiffers,
    OriginUnknown,
    WrongCode,
    WrongRecordChain,
)
from medrec.services import access_before, carrying, origins
from medrec.services.context import Context
from medrec.services.index import sync
from medrec.services.references import Reference
from medrec.services.sources import in_memory
from medrec.services.writing import Draft, add_record
from tests.support.anvil import anvil_node, deployed, mined, submit
from tests.support.devnet import PATIENT, running
from tests.support.fake_store import FakeStore
from tests.support.liar import Lie, always, lying
from tests.support.takeover import SCAN, Clinic, Successor, clinic, contents, successor, take_over
from tests.support.world import (
    NOTES,
    draft,
    world,
    write,
)

__all__ = ["anvil_node", "clinic", "deployed", "successor", "world"]

pytestmark = pytest.mark.anvil


async def test_every_record_of_before_opens(successor: Successor) -> None:
    clinic = successor.clinic
    ada, ben = await successor.patient(clinic.ada), await successor.patient(clinic.ben)
    people = {ada.me: ada, ben.me: ben}
    assert len(clinic.written) == 6
    for (patient, record, version), (author, parts) in clinic.written.items():
        placed = await origins.opened(people[patient], patient, record, version)
        assert await contents(placed) == parts
        assert placed.opened.entry.actor == author
        assert placed.origin == clinic.world.network
        history = await origins.history(people[patient], patient, record)
        assert history[version - 1][0].actor == author
        assert placed.versions == len(history)
    rows = {row.row.record: row for row in await origins.listed(ada, ada.me)}
    assert {clinic.notes, clinic.scan, clinic.own} < rows.keys()
    assert rows[clinic.notes].row.version == 3
    assert rows[clinic.notes].origin == clinic.world.network
    [archived] = [r for r in await origins.listed(ben, ben.me) if r.row.record == clinic.bens]
    assert archived.row.archived


async def test_doctors_read_by_the_rights_of_before(successor: Successor) -> None:
    clinic = successor.clinic
    await successor.patient(clinic.ada)
    meyer, revoked = await successor.doctor(clinic.meyer), await successor.doctor(clinic.revoked)
    placed = await origins.opened(meyer, clinic.ada.me, clinic.scan)
    assert (await contents(placed))[1] == SCAN
    # The look stands in the audit of before.
    before = meyer.origins[0]
    await sync(before)
    looks = await before.local.entries(subject=clinic.ada.me, actor=meyer.me, ref=clinic.scan)
    assert looks[-1].digest == placed.opened.entry.digest
    with pytest.raises(AccessEnded):
        await origins.opened(revoked, clinic.ada.me, clinic.scan)
    with pytest.raises((AccessEnded, NoAccess)):
        await origins.listed(revoked, clinic.ada.me)
    with pytest.raises(NoAccess):
        await origins.opened(meyer, clinic.ben.me, clinic.bens)


async def test_a_revocation_reaches_what_was_given_before(successor: Successor) -> None:
    clinic = successor.clinic
    ada = await successor.patient(clinic.ada)
    meyer = await successor.doctor(clinic.meyer)
    await successor.world.grant(ada, meyer, [NOTES], [NOTES])
    old = clinic.world.network
    rows = [(row.doctor, origin) for row, origin in await access_before.access_listed(ada)]
    assert sorted(rows, key=str) == sorted(
        [(meyer.me, None), (meyer.me, old), (clinic.okafor.me, old)], key=str
    )
    await sync(ada)
    await access_before.revoke(ada, meyer.me)
    await sync(ada)
    rows = [(row.doctor, origin) for row, origin in await access_before.access_listed(ada)]
    assert rows == [(clinic.okafor.me, old)]
    await sync(meyer)
    for record in (clinic.notes, clinic.scan):
        with pytest.raises(AccessEnded):
            await origins.opened(meyer, ada.me, record)
    # Who has access only in the network of before loses it too; nobody can be revoked twice.
    await access_before.revoke(ada, clinic.okafor.me)
    assert await access_before.access_listed(ada) == []
    with pytest.raises(NoSuchGrant):
        await access_before.revoke(ada, clinic.okafor.me)


async def test_both_audits_hold(successor: Successor) -> None:
    ada = await successor.patient(successor.clinic.ada)
    await sync(ada)
    (new, now), (old, then) = await origins.verify(ada, ada.me)
    assert (new, old) == (successor.network, successor.clinic.world.network)
    assert now.entries > 0
    assert then.entries > now.entries


async def test_work_goes_on_in_the_new_contracts(successor: Successor) -> None:
    clinic = successor.clinic
    ada = await successor.patient(clinic.ada)
    meyer = await successor.doctor(clinic.meyer)
    await successor.world.grant(ada, meyer, [NOTES], [NOTES])
    before = await origins.history(ada, ada.me, clinic.notes)

    new = (await write(meyer, ada.me, "In the new contracts")).record
    await sync(ada)
    assert (await origins.opened(ada, ada.me, new)).origin is None

    text = in_memory("note.txt", "text/plain", b"Carried on.")
    done = await carrying.update(meyer, ada.me, clinic.notes, (text, (), "Fourth note", None))
    assert (done.record, done.version) == (clinic.notes, 4)
    await sync(ada)
    await sync(meyer)
    text = in_memory("note.txt", "text/plain", b"And once more.")
    await carrying.update(meyer, ada.me, clinic.notes, (text, (), None, None))
    await sync(ada)
    history = await origins.history(ada, ada.me, clinic.notes)
    assert history[:3] == before
    assert [origin for _, origin in history] == [clinic.world.network] * 3 + [None] * 2
    for version, said in ((4, b"Carried on."), (5, b"And once more.")):
        placed = await origins.opened(ada, ada.me, clinic.notes, version)
        assert await contents(placed) == [said]
        assert (placed.version, placed.versions, placed.origin) == (version, 5, None)
    placed = await origins.opened(ada, ada.me, clinic.notes, 2)
    assert await contents(placed) == clinic.written[ada.me, clinic.notes, 2][1]
    [row] = [r for r in await origins.listed(ada, ada.me) if r.row.record == clinic.notes]
    assert (row.before, row.row.version, row.origin) == (3, 2, None)


async def test_an_attachment_is_carried_on_into_another_store(successor: Successor) -> None:
    clinic = successor.clinic
    ada = await successor.patient(clinic.ada)
    meyer = await successor.doctor(clinic.meyer)
    await successor.world.grant(ada, meyer, [NOTES], [NOTES])
    text = in_memory("note.txt", "text/plain", b"The scan again.")
    await carrying.update(meyer, ada.me, clinic.scan, (text, (), None, None))
    await sync(ada)
    placed = await origins.opened(ada, ada.me, clinic.scan)
    assert placed.origin is None
    assert await contents(placed) == [b"The scan again.", SCAN]


async def test_only_its_author_carries_a_record_on(successor: Successor) -> None:
    clinic = successor.clinic
    ada = await successor.patient(clinic.ada)
    okafor = await successor.doctor(clinic.okafor)
    await successor.world.grant(ada, okafor, [NOTES], [NOTES])
    text = in_memory("note.txt", "text/plain", b"Not mine.")
    with pytest.raises(NotTheAuthorsKind, match="another doctor"):
        await carrying.update(okafor, ada.me, clinic.notes, (text, (), None, None))
    known = await okafor.chain.patient(ada.me)
    assert known is not None
    call = AddRecord(ada.me, clinic.notes, known.epoch, any_digest())
    with pytest.raises(ChainRefusal):
        await okafor.chain.prepare(call, okafor.me, await okafor.chain.next_nonce(okafor.me))


async def test_an_announcement_alone_changes_nothing(successor: Successor) -> None:
    ada = successor.clinic.ada
    await sync(ada)
    assert set(await origins.announced(ada)) >= set(successor.network.contracts.values())
    assert await origins.follow(ada) == ()
    assert all(row.origin is None for row in await origins.listed(ada, ada.me))
    written = await write(ada, ada.me, "Still here")
    assert await ada.chain.record(ada.me, written.record) is not None


async def test_a_stranger_announces_nothing(clinic: Clinic, tmp_path: Path) -> None:
    stranger = await clinic.world.person("stranger")
    wallet = stranger.wallet
    assert isinstance(wallet, LocalWallet)
    before = await origins.announced(clinic.ada)
    with pytest.raises(DeploymentFailed, match="only 0x"):
        await take_over(clinic.world, tmp_path / "theirs", wallet)
    # Nothing was deployed, and the contract itself refuses.
    assert await stranger.chain.next_nonce(stranger.me) == 0
    patients_ = clinic.world.chain()._patients
    role = successor_role(clinic.world.network.chain_id)
    call = {
        "from": stranger.me,
        "to": patients_.address,
        "data": "0x" + patients_.grant_role(role, stranger.me).hex(),
    }
    with pytest.raises(Exception, match="revert"):
        await clinic.world.rpc("eth_call", call, "latest")
    assert await origins.announced(clinic.ada) == before


async def test_the_role_of_a_successor_opens_nothing(clinic: Clinic) -> None:
    world = clinic.world
    there, admin = world.chain(), world.deployed.admin
    stranger = await world.person("stranger")
    role = successor_role(world.network.chain_id)
    named = PreparedTransaction(
        world.network.chain_id,
        await there.next_nonce(admin.address),
        there._patients.address,
        there._patients.grant_role(role, stranger.me),
        200_000,
        3 * 10**9,
        10**9,
    )
    sent = admin.sign_transaction(named)
    await there.send(sent)
    assert await mined(there, sent.hash)
    assert await there._patients.has_role(role, stranger.me)
    known, head = (
        await there.patient(clinic.ada.me),
        await there.record(clinic.ada.me, clinic.notes),
    )
    assert known is not None
    assert head is not None
    patient, doctors_ = clinic.ada.me, (clinic.meyer.me,)
    for call in (
        VerifyIdentity(clinic.ben.me, 0, any_digest(), any_digest()),
        AddRecord(patient, clinic.notes, known.epoch, any_digest()),
        UpdateRecord(patient, clinic.notes, head.chain, known.epoch, any_digest()),
        RevokeAccess(patient, doctors_, known.epoch, any_digest()),
    ):
        with pytest.raises(ChainRefusal):
            await there.prepare(call, stranger.me, await there.next_nonce(stranger.me))


def any_digest() -> Digest:
    """A digest of nothing in particular."""
    return Digest(secrets.token_bytes(32))


async def test_a_file_with_an_origin_that_does_not_agree_is_refused(
    clinic: Clinic, successor: Successor, tmp_path: Path
) -> None:
    ada = successor.bring(clinic.ada)
    await sync(ada)
    # The new contracts under another chain's number, and one of them exchanged.
    other = {**successor.network.contracts, "ContractDoctor": checksum(secrets.token_bytes(20))}
    for network in (
        replace(successor.network, chain_id=successor.network.chain_id + 1),
        replace(successor.network, contracts=other),
    ):
        with pytest.raises(OriginDenies):
            await origins.listed(replace(ada, network=network), ada.me)
    # An origin that never announced them: another deployment.
    (tmp_path / "third").mkdir()
    third = await deploy(
        clinic.world.node.url,
        clinic.world.deployed.admin,
        clinic.world.deployed.admin.address,
        StoreConfig("folder", str(tmp_path / "third" / "store")),
        tmp_path / "third" / "network.toml",
        "third",
        True,
        lambda _: None,
    )
    before = replace(ada.origins[0], network=third, chain=clinic.world.chain(third))
    with pytest.raises(OriginDenies):
        await origins.listed(replace(ada, origins=(before,)), ada.me)
    # The right addresses with other code.
    wrong = {**clinic.world.network.code_hashes, "ContractAudit": secrets.token_bytes(32)}
    changed = replace(clinic.world.network, code_hashes=wrong)
    before = replace(ada.origins[0], network=changed, chain=clinic.world.chain(changed))
    with pytest.raises(WrongCode):
        await origins.listed(replace(ada, origins=(before,)), ada.me)


async def test_a_withdrawn_announcement_counts_no_more(
    successor: Successor, tmp_path: Path
) -> None:
    clinic = successor.clinic
    world = clinic.world
    there = world.chain()._patients
    role = successor_role(world.network.chain_id)
    target = successor.network.contracts["ContractAudit"]
    admin, rpc, records_ = world.deployed.admin, world.chain()._rpc, Records(tmp_path / "done")
    chain_id = world.network.chain_id
    deployer = Deployer(rpc, chain_id, admin, admin.address, records_, lambda _: None)
    await deployer.transact(there.address, there.revoke_role(role, target))
    ada = successor.bring(clinic.ada)
    with pytest.raises(OriginDenies):
        await origins.listed(ada, ada.me)
    await sync(clinic.ada)
    assert target not in await origins.announced(clinic.ada)


async def test_a_record_replayed_under_another_name_shows_nothing(successor: Successor) -> None:
    """The old root's bytes, anchored anew: for another patient, under another id, or the same."""
    clinic = successor.clinic
    ada, ben = await successor.patient(clinic.ada), await successor.patient(clinic.ben)
    meyer = await successor.doctor(clinic.meyer)
    for patient in (ada, ben):
        await successor.world.grant(patient, meyer, [NOTES], [NOTES])
    await sync(ada.origins[0])
    [*_, last] = [e for e, _ in await origins.history(ada, ada.me, clinic.scan)]
    root = await ada.origins[0].store.get(root_cid(last))
    await successor.world.admin.store.put(root_cid(last), root)
    slot = ada.slots.slot(NOTES)
    for patient, record in (
        (ben, new_record_id(ben.slots.slot(NOTES), meyer.me, secrets.token_bytes(11))),
        (ada, new_record_id(slot, meyer.me, secrets.token_bytes(11))),
        (ada, clinic.scan),
    ):
        known = await patient.chain.patient(patient.me)
        assert known is not None
        call = AddRecord(patient.me, record, known.epoch, last.digest)
        await submit(successor.world.chain(), call, meyer.wallet)  # type: ignore[arg-type]
        await sync(patient)
        with pytest.raises(MedRecError) as refused:
            await origins.opened(patient, patient.me, record)
        # NoKey where the slot that the old root names means nothing in the other patient's map.
        assert refused.value.code in ("KeyCommitmentWrong", "SealBroken", "BadObject", "NoKey")
    # What lies in the contracts of before still opens, beside the one that was laid over it.
    placed = await origins.opened(ada, ada.me, clinic.scan, 1)
    assert (await contents(placed))[1] == SCAN


def root_cid(entry: AuditEntry) -> Cid:
    """Where the store keeps what an entry tells of."""
    return cid_from_digest(entry.digest, Codec.DAG_CBOR)


async def test_a_reference_to_something_else_shows_nothing(successor: Successor) -> None:
    """The author names a version, a head or a place that the network of before does not show."""
    clinic = successor.clinic
    ada = await successor.patient(clinic.ada)
    entries = [e for e, _ in await origins.history(ada, ada.me, clinic.own)]
    good = Reference.to_last((ada.origins[0], entries), clinic.own)
    wrong = (
        replace(good, head=type(good.head)(secrets.token_bytes(27))),
        replace(good, version=2),
        replace(good, record=clinic.notes),
        replace(good, contract=checksum(secrets.token_bytes(20))),
        replace(good, chain_id=1),
        None,
    )
    note = draft("My own note").parts
    for named in wrong:
        # Each in a new network of its own would take long: the same first version, said otherwise.
        said = "" if named is None else named.note
        fresh = new_record_id(ada.slots.slot(NOTES), ada.me, secrets.token_bytes(11))
        record = clinic.own if named is wrong[0] else fresh
        await sync(ada)
        await add_record(ada, ada.me, Draft(NOTES, "x", note, note=said), record)
        await sync(ada)
        if named is None:
            assert (await origins.opened(ada, ada.me, record)).origin is None
            continue
        with pytest.raises(OriginDiffers if record == clinic.own else OriginUnknown):
            await origins.opened(ada, ada.me, record)


async def test_a_node_that_hides_the_origin_is_seen(successor: Successor) -> None:
    clinic = successor.clinic
    ada = await successor.patient(clinic.ada)
    meyer = await successor.doctor(clinic.meyer)
    await successor.world.grant(ada, meyer, [NOTES], [NOTES])
    text = in_memory("note.txt", "text/plain", b"Carried on.")
    await carrying.update(meyer, ada.me, clinic.notes, (text, (), None, None))
    await sync(ada)

    async def hidden(honest: Lie, first: int, last: int) -> list[AuditEntry]:
        found: list[AuditEntry] = await honest(first, last)
        return [e for e in found if e.ref != clinic.notes]

    async def without_ada(honest: Lie, first: int, last: int) -> list[AuditEntry]:
        found: list[AuditEntry] = await honest(first, last)
        return [e for e in found if e.subject != ada.me]

    def through(person: Context, chain: Chain) -> Context:
        before = replace(person.origins[0], chain=chain, local=FakeStore())
        return replace(person, origins=(before,))

    honest = ada.origins[0].chain
    # It denies the announcement, shows no entries, other entries, or no record.
    with pytest.raises(OriginDenies):
        await origins.opened(
            through(ada, lying(honest, announces=always(False))), ada.me, clinic.notes
        )
    for lie in (always([]), hidden, without_ada):
        for person in (ada, meyer):
            with pytest.raises(AuditBroken):
                await origins.opened(
                    through(person, lying(honest, entries=lie)), ada.me, clinic.notes
                )
    with pytest.raises(WrongRecordChain):
        await origins.opened(through(ada, lying(honest, record=always(None))), ada.me, clinic.notes)
    # A file without the origin: the record says where it comes from.
    with pytest.raises(OriginUnknown):
        await origins.opened(replace(ada, origins=()), ada.me, clinic.notes)
    with pytest.raises(NoSuchRecord):
        await origins.opened(replace(ada, origins=()), ada.me, clinic.scan)


def test_a_clinic_follows_by_the_command_line(tmp_path: Path) -> None:
    """The administrator deploys, a patient opens the new file."""
    with running(tmp_path / "clinic", "folder") as network:
        name = read_network(network.file).name
        patient = network.patient("ada")
        scan = tmp_path / "scan.bin"
        scan.write_bytes(SCAN)
        note = tmp_path / "note.txt"
        note.write_text("Written before.")
        own = patient("record", "add", patient.address, note, "--category", "notes",
                      "--title", "Before", "--attach", scan)["record"]  # fmt: skip
        status = patient("status")
        assert not {"announced", "follows"} & status.keys()

        file = tmp_path / "new" / "network.toml"
        deploy_new = (
            "deploy", "--rpc", network.document["rpc"], "--output", file, "--name", "new",
            "--funded", "--store-folder", tmp_path / "new" / "store", "--takes-over", network.file,
        )  # fmt: skip
        made = network.admin(*deploy_new)
        assert made["origins"] == [name]
        sent = network.transactions()
        assert network.admin(*deploy_new) == made
        assert network.transactions() == sent

        told = patient.run("status")
        assert set(told.document["announced"]) == set(made["contracts"].values())
        assert "Nothing changes until you open the new network file" in told.stderr
        assert patient("record", "show", patient.address, own)["version"] == 1

        patient.network = file
        assert patient("status")["follows"] == name
        patient.tells({**PATIENT, "given": "Ada"}, "patient", "register")
        [row] = [r for r in patient("record", "list", patient.address) if r["record"] == own]
        assert (row["title"], row["version"], row["origin"]) == ("Before", 1, name)
        out = tmp_path / "out.bin"
        patient("record", "save-attachment", patient.address, own, "scan.bin", "--output", out)
        assert out.read_bytes() == SCAN
        note.write_text("Written after.")
        assert patient("record", "update", patient.address, own, note)["version"] == 2
        shown = patient("record", "show", patient.address, own, "--version", "1")
        assert (shown["title"], shown["version"], shown["origin"]) == ("Before", 1, name)
        history = patient("record", "history", patient.address, own)
        assert [(v["version"], v.get("origin")) for v in history] == [(1, name), (2, None)]
        words = patient.in_words("record", "show", patient.address, own).stdout
        assert "Written after." in words
        audits = patient("audit", "verify", patient.address)
        assert audits["verified"]
        assert [o["network"] for o in audits["origins"]] == [name]
        trace = patient("audit", "list", patient.address)
        before = [e for e in trace if e.get("origin") == name]
        assert [e["index"] for e in before] == list(range(audits["origins"][0]["entries"]))
        assert (before[0]["action"], before[0]["actor"]) == ("registered", patient.address)
        assert [e["index"] for e in trace if "origin" not in e] == list(range(audits["entries"]))
        only = patient("audit", "list", patient.address, "--record", own)
        assert {e.get("origin") for e in only} == {name, None}
        said = patient.in_words("audit", "list", patient.address).stdout
        assert "network of before" in said
