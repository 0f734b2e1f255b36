"""Following the chain: ranges, pruned nodes, reorganisations, alarms, crashes, two at once."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from medrec.chain.keccak import checksum
from medrec.domain.calls import RotateAuthenticator
from medrec.domain.entries import Action, AuditEntry, BlockRef
from medrec.domain.ids import ZERO_ADDRESS, Address, ChainHead, Digest
from medrec.errors import AuditBroken, HistoryForked, NodeDown, NodeRefused, ToolMissing
from medrec.services import audit, index
from medrec.services.context import Context
from medrec.services.index import UNCHECKED, check_subject, sync, unconfirmed
from medrec.store.database import open_database
from tests.support.anvil import Deployed, deploy_on, new_patient, start_anvil, stop_anvil, submit
from tests.support.fake_store import FakeStore
from tests.support.liar import Lie, failing, lying
from tests.support.world import World, elsewhere

KEY = bytes(range(32))
ACTS = 7


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """A chain of this module's own, so that it can be cut and stays short."""
    try:
        node = start_anvil()
    except ToolMissing as missing:
        pytest.skip(missing.sentence)
    yield deploy_on(node, tmp_path_factory.mktemp("network"))
    stop_anvil(node)


@pytest.fixture(autouse=True)
async def as_deployed(world: World) -> AsyncIterator[None]:
    """Each test begins with the bare contracts."""
    bare = await world.rpc("evm_snapshot")
    yield
    await world.restore(bare)


@pytest.fixture
async def alice(world: World) -> Context:
    """A patient with an entry in each of some blocks; nothing is indexed yet."""
    wallet = await new_patient(world.chain(), world.deployed)
    alice = world.context("alice", wallet._key.secret)
    await act(alice, ACTS)
    return alice


@pytest.fixture
def small_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two blocks at a time, put down as soon as they hold an entry."""
    monkeypatch.setattr(index, "RANGE", 2)
    monkeypatch.setattr(index, "HELD", 1)


async def act(person: Context, times: int = 1) -> None:
    """Leave entries in a person's chain, a block each."""
    for _ in range(times):
        address = checksum(secrets.token_bytes(20))
        user = await person.chain.user(person.me)
        assert user is not None
        call = RotateAuthenticator(person.me, user.authenticator, address)
        await submit(person.chain, call, person.wallet)  # type: ignore[arg-type]


async def indexed(context: Context, subject: Address | None = None) -> list[AuditEntry]:
    return await context.local.entries(subject=subject)


async def shown(context: Context) -> list[AuditEntry]:
    """Every entry that the node shows."""
    head = await context.chain.head()
    return await context.chain.entries(0, head.number)


def pruned(context: Context) -> Context:
    """The node keeps the state of its last block alone."""

    async def audit_head(honest: Any, subject: Address, block: int | None = None) -> ChainHead:
        head = await context.chain.head()
        if block is not None and block < head.number:
            raise NodeRefused(why="missing trie node.")
        found: ChainHead = await honest(subject, block)
        return found

    return replace(context, chain=lying(context.chain, audit_head=audit_head))


def tampering(subject: Address, index: int) -> Lie:
    """Entries as they are, but for one of the subject's, whose digest is another."""

    async def entries(honest: Any, first: int, last: int) -> list[AuditEntry]:
        own = [e for e in await honest(0, last) if e.subject == subject]
        wrong = own[index] if index < len(own) else None
        return [
            replace(e, digest=Digest(secrets.token_bytes(32))) if e == wrong else e
            for e in await honest(first, last)
        ]

    return entries


def counting(context: Context, *methods: str) -> tuple[Context, list[tuple[Any, ...]]]:
    """The context, and the list into which its calls of the methods go."""
    calls: list[tuple[Any, ...]] = []

    def listed(name: str) -> Lie:
        async def method(honest: Any, *args: Any) -> Any:
            calls.append((name, *args))
            return await honest(*args)

        return method

    chain = lying(context.chain, **{name: listed(name) for name in methods})
    return replace(context, chain=chain), calls


def dying(local: FakeStore, after: int) -> FakeStore:
    """The process ends when it has put down entries ``after`` times."""
    left = after

    async def append_entries(honest: Any, *args: Any) -> None:
        nonlocal left
        if not left:
            raise KeyboardInterrupt
        left -= 1
        await honest(*args)

    return lying(local, append_entries=append_entries)


async def test_chain_without_entries(world: World):
    """Nobody has done anything: the heads are those of the beginning, and are compared."""
    nobody = world.context("nobody", secrets.token_bytes(32))
    told, calls = counting(nobody, "audit_head")
    block = await sync(told)
    assert block == await nobody.chain.head()
    assert await indexed(nobody) == []
    assert (await nobody.local.checkpoints())[0] == block
    assert {subject for _, subject, _ in calls} == {nobody.me, ZERO_ADDRESS}


async def test_before_the_contracts_there_is_nothing_to_read(world: World):
    """A network file that is ahead of its chain (a node that still catches up)."""
    head = await world.context("n", secrets.token_bytes(32)).chain.head()
    nobody = world.context("nobody", secrets.token_bytes(32))
    later = replace(nobody, network=replace(world.network, deployed_at=head.number + 10))
    assert await sync(later) == head
    assert await nobody.local.checkpoints() == []


async def test_every_entry_is_copied_once_and_in_order(alice: Context):
    block = await sync(alice)
    entries = await indexed(alice)
    assert entries == await shown(alice)
    assert [e.action for e in await indexed(alice, alice.me)] == [
        Action.PATIENT_REGISTERED,
        *[Action.AUTHENTICATOR_ROTATED] * ACTS,
    ]
    told, calls = counting(alice, "entries", "audit_head")
    assert await sync(told) == block
    assert calls == [], "nothing new is nothing to ask for"
    assert await indexed(alice) == entries


@pytest.mark.usefixtures("small_ranges")
async def test_many_ranges_give_what_one_gives(alice: Context):
    told, calls = counting(alice, "entries")
    block = await sync(told)
    assert await indexed(alice) == await shown(alice)
    assert (await alice.local.checkpoints())[0] == block
    asked = [(first, last) for _, first, last in calls]
    assert asked[0][0] == alice.network.deployed_at
    assert asked[-1][1] == block.number
    assert all(one[1] + 1 == two[0] for one, two in pairwise(asked))
    assert all(last - first < 2 for first, last in asked)
    assert await alice.local.get(*UNCHECKED) is None


@pytest.mark.usefixtures("small_ranges")
async def test_heads_are_compared_at_the_last_block_alone(alice: Context):
    """A pruned node gives no older ones."""
    told, calls = counting(pruned(alice), "audit_head")
    block = await sync(told)
    assert {asked for _, _, asked in calls} == {block.number}
    assert sorted(subject for _, subject, _ in calls) == [ZERO_ADDRESS, alice.me]
    assert await indexed(alice) == await shown(alice)
    await act(alice, 3)
    await sync(pruned(alice))
    assert await indexed(alice) == await shown(alice)


async def test_node_that_answers_for_the_block_it_is_making_is_no_alarm(alice: Context):
    """anvil gives the newest state, which may be of a block that it has not named yet."""
    asked: list[tuple[Address, int]] = []

    async def hasty(honest: Any, subject: Address, block: int) -> ChainHead:
        asked.append((subject, block))
        first = asked.count((subject, block)) == 1
        return ChainHead(secrets.token_bytes(32)) if first else await honest(subject, block)

    eager = replace(alice, chain=lying(alice.chain, audit_head=hasty))
    await sync(eager)
    assert await indexed(alice) == await shown(alice)
    assert all(asked.count(question) == 2 for question in asked)
    asked.clear()
    await audit.verify(eager, alice.me)
    await check_subject(eager, alice.me)
    assert set(asked) == {(alice.me, asked[0][1])}


async def test_those_whom_a_change_concerns_hear_of_it(alice: Context):
    heard = alice.notifier.changes  # type: ignore[attr-defined]
    await sync(alice)
    assert sorted(heard) == [(ZERO_ADDRESS, "entries"), (alice.me, "entries")]
    heard.clear()
    await act(alice)
    await sync(alice)
    assert heard == [(alice.me, "entries")]


@pytest.mark.usefixtures("small_ranges")
@pytest.mark.parametrize("index", [0, 1, ACTS - 1, ACTS])
async def test_tampered_entry_is_named_by_its_index(alice: Context, index: int):
    liar = replace(alice, chain=lying(alice.chain, entries=tampering(alice.me, index)))
    with pytest.raises(AuditBroken) as caught:
        await sync(liar)
    assert caught.value.facts == {"subject": alice.me, "index": index}
    assert await indexed(alice) == [], "also what was put down before it was found is forgotten"
    assert await alice.local.checkpoints() == []
    await sync(alice)
    assert await indexed(alice) == await shown(alice)


@pytest.mark.usefixtures("small_ranges")
async def test_index_of_a_later_wrong_entry_counts_from_the_beginning(alice: Context):
    await sync(alice)
    kept, points = await indexed(alice), await alice.local.checkpoints()
    await act(alice, 5)
    liar = replace(alice, chain=lying(alice.chain, entries=tampering(alice.me, ACTS + 4)))
    with pytest.raises(AuditBroken) as caught:
        await sync(liar)
    assert caught.value.facts["index"] == ACTS + 4
    assert await indexed(alice) == kept, "what was compared stays"
    assert await alice.local.checkpoints() == points


@pytest.mark.usefixtures("small_ranges")
async def test_mismatch_at_the_end_takes_back_all_ranges_of_the_walk(alice: Context):
    """Entries that follow one another, but not to the head on chain."""
    await sync(alice)
    kept, points = await indexed(alice), await alice.local.checkpoints()
    await act(alice, 6)
    new = [e for e in await shown(alice) if e not in kept]

    async def cut(honest: Any, first: int, last: int) -> list[AuditEntry]:
        return [e for e in await honest(first, last) if e not in new[4:]]

    with pytest.raises(AuditBroken) as caught:
        await sync(replace(alice, chain=lying(alice.chain, entries=cut)))
    assert caught.value.facts == {"subject": alice.me, "index": ACTS + 1 + 4}
    assert await indexed(alice) == kept
    assert await alice.local.checkpoints() == points
    assert await alice.local.get(*UNCHECKED) is None
    await sync(alice)
    assert await indexed(alice) == await shown(alice)


@pytest.mark.usefixtures("small_ranges")
async def test_register_that_does_not_hold_is_named_so(alice: Context):
    liar = replace(alice, chain=lying(alice.chain, entries=tampering(ZERO_ADDRESS, 0)))
    with pytest.raises(AuditBroken, match="common register"):
        await sync(liar)


@pytest.mark.usefixtures("small_ranges")
async def test_crash_before_the_comparison_leaves_nothing_believed(alice: Context, tmp_path: Path):
    """The process ends while unchecked entries are put down; the next one drops them first."""
    database = tmp_path / "db"
    local = open_database(database, KEY)
    alice = replace(alice, local=local)
    await sync(alice)
    kept = await indexed(alice)
    await act(alice, 6)
    with pytest.raises(KeyboardInterrupt):
        await sync(replace(alice, local=dying(local, after=2)))  # type: ignore[arg-type,type-var]
    await local.close()
    local = open_database(database, KEY)
    alice = replace(alice, local=local)
    assert len(await indexed(alice)) > len(kept), "or this test shows nothing"
    assert await local.get(*UNCHECKED) is not None
    with pytest.raises(NodeDown):
        await sync(replace(alice, chain=lying(alice.chain, head=failing(NodeDown(url="x")))))
    assert await indexed(alice) == kept, "dropped although the node does not answer"
    await sync(alice)
    assert await indexed(alice) == await shown(alice)
    assert await local.get(*UNCHECKED) is None
    await local.close()


@pytest.mark.usefixtures("small_ranges")
async def test_crash_in_the_very_first_walk(alice: Context):
    local = FakeStore()
    with pytest.raises(KeyboardInterrupt):
        await sync(replace(alice, local=dying(local, after=1)))
    alice = replace(alice, local=local)
    liar = lying(alice.chain, entries=failing(NodeDown(url="x")))
    with pytest.raises(NodeDown):
        await sync(replace(alice, chain=liar))
    assert await indexed(alice) == []
    await sync(alice)
    assert await indexed(alice) == await shown(alice)


@pytest.mark.usefixtures("small_ranges")
async def test_node_that_goes_away_in_the_middle_of_a_walk(alice: Context):
    """What it had shown was not compared yet, so it is not kept either."""
    answers = 3

    async def entries(honest: Any, first: int, last: int) -> Any:
        nonlocal answers
        answers -= 1
        if answers < 0:
            raise NodeDown(url="x")
        return await honest(first, last)

    with pytest.raises(NodeDown):
        await sync(replace(alice, chain=lying(alice.chain, entries=entries)))
    assert answers == -1
    assert await indexed(alice) == []
    await sync(alice)
    assert await indexed(alice) == await shown(alice)


async def test_reorganisation_rolls_back_and_follows(world: World, alice: Context):
    await sync(alice)
    before = await indexed(alice)
    fork = await world.rpc("evm_snapshot")
    await act(alice, 3)
    await sync(alice)
    gone = await indexed(alice)
    await world.restore(fork)
    await world.rpc("anvil_mine", hex(2))
    await act(alice, 2)
    block = await sync(alice)
    entries = await indexed(alice)
    assert entries == await shown(alice)
    assert entries[: len(before)] == before
    assert not set(gone[len(before) :]) & set(entries)
    assert (await alice.local.checkpoints())[0] == block


async def test_reorganisation_down_to_the_first_checkpoint_that_still_holds(
    world: World, alice: Context
):
    """Several checkpoints fall together."""
    await sync(alice)
    held = await alice.local.checkpoints()
    fork = await world.rpc("evm_snapshot")
    for _ in range(4):
        await act(alice)
        await sync(alice)
    assert len(await alice.local.checkpoints()) == len(held) + 4
    await world.restore(fork)
    await world.rpc("anvil_mine", hex(5))
    await sync(alice)
    assert await indexed(alice) == await shown(alice)
    assert len(await alice.local.checkpoints()) == len(held) + 1


async def test_reorganisation_while_the_chain_is_read_is_no_alarm(world: World, alice: Context):
    await sync(alice)
    fork = await world.rpc("evm_snapshot")
    await act(alice, 2)
    reorganised = False

    async def entries(honest: Any, first: int, last: int) -> Any:
        nonlocal reorganised
        found = await honest(first, last)
        if not reorganised:
            reorganised = True
            await world.restore(fork)
            await act(alice, 2)
        return found

    await sync(replace(alice, chain=lying(alice.chain, entries=entries)))
    assert reorganised
    assert await indexed(alice) == await shown(alice)


async def test_chain_that_is_another_each_time_is_an_alarm(alice: Context):
    """A node cannot excuse wrong entries with ever new reorganisations."""
    asked = 0

    async def head(honest: Any) -> BlockRef:
        return replace(await honest(), hash=secrets.token_bytes(32))

    async def entries(honest: Any, first: int, last: int) -> list[AuditEntry]:
        nonlocal asked
        asked += 1
        return []

    with pytest.raises(HistoryForked):
        await sync(replace(alice, chain=lying(alice.chain, head=head, entries=entries)))
    assert asked == index.LOOKS
    assert await alice.local.checkpoints() == []


async def test_deeper_reorganisation_is_an_alarm_and_forgets_nothing(
    world: World, alice: Context, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(index, "DEEPEST_REORGANISATION", 5)
    await sync(alice)
    fork = await world.rpc("evm_snapshot")
    for _ in range(8):
        await act(alice)
        await sync(alice)
    known, points = await indexed(alice), await alice.local.checkpoints()
    await world.restore(fork)
    await world.rpc("anvil_mine", hex(9))
    with pytest.raises(HistoryForked):
        await sync(alice)
    assert await indexed(alice) == known
    assert await alice.local.checkpoints() == points


async def test_reorganisation_right_after_the_first_walk(world: World, alice: Context):
    """The only block that was compared is gone; one further down stands."""
    fork = await world.rpc("evm_snapshot")
    await world.rpc("anvil_mine", hex(1))
    await sync(alice)
    await world.restore(fork)
    await world.rpc("anvil_mine", hex(2))
    await act(alice)
    await sync(alice)
    assert await indexed(alice) == await shown(alice)


async def test_long_absence_does_not_let_an_older_history_change(
    world: World, alice: Context, monkeypatch: pytest.MonkeyPatch
):
    """Between two syncs that lie far apart there is a block that must stay."""
    monkeypatch.setattr(index, "DEEPEST_REORGANISATION", 5)
    await sync(alice)
    fork = await world.rpc("evm_snapshot")
    await act(alice, 20)
    await sync(alice)
    known = await indexed(alice)
    await world.restore(fork)
    await act(alice, 21)
    with pytest.raises(HistoryForked):
        await sync(alice)
    assert await indexed(alice) == known


async def test_shorter_chain_with_entries_missing_is_an_alarm(world: World, alice: Context):
    """The chain went back, by no more than a block: what was verified is not there."""
    fork = await world.rpc("evm_snapshot")
    await act(alice)
    await sync(alice)
    known = await indexed(alice)
    await world.restore(fork)
    with pytest.raises(HistoryForked):
        await sync(alice)
    assert await indexed(alice) == known


async def test_shorter_chain_without_a_loss_is_followed(world: World, alice: Context):
    """Another node is a few empty blocks behind."""
    await act(alice)
    fork = await world.rpc("evm_snapshot")
    await world.rpc("anvil_mine", hex(3))
    await sync(alice)
    known = await indexed(alice)
    await world.restore(fork)
    await sync(alice)
    assert await indexed(alice) == known
    await act(alice)
    await sync(alice)
    assert await indexed(alice) == await shown(alice)


async def test_block_that_vanishes_while_it_is_asked_for(alice: Context):
    deep = replace(alice, network=replace(alice.network, confirmations=2))

    async def block(honest: Any, number: int) -> None:
        return None

    with pytest.raises(HistoryForked):
        await sync(replace(deep, chain=lying(deep.chain, block=block)))


async def test_entries_wait_for_their_depth(world: World, alice: Context):
    deep = replace(alice, network=replace(alice.network, confirmations=3))
    await sync(deep)
    missing = [e for e in await shown(alice) if e not in await indexed(alice)]
    assert len(missing) == 2
    assert await unconfirmed(deep, alice.me) == missing
    await world.rpc("anvil_mine", hex(2))
    await sync(deep)
    assert await indexed(alice) == await shown(alice)
    assert await unconfirmed(deep, alice.me) == []


async def test_unconfirmed_entries_must_follow_too(alice: Context):
    deep = replace(alice, network=replace(alice.network, confirmations=3))
    await sync(deep)
    liar = replace(deep, chain=lying(deep.chain, entries=tampering(alice.me, ACTS)))
    with pytest.raises(AuditBroken) as caught:
        await unconfirmed(liar, alice.me)
    assert caught.value.facts["index"] == ACTS


@pytest.mark.usefixtures("small_ranges")
async def test_two_syncs_at_once(world: World, alice: Context, tmp_path: Path):
    """Two tasks, and a second process's connection to the same database."""
    one = replace(alice, local=open_database(tmp_path / "db", KEY))
    two = elsewhere(world, alice, open_database(tmp_path / "db", KEY))
    told, calls = counting(two, "entries")
    blocks = await asyncio.gather(sync(one), sync(told), sync(one), sync(told))
    assert len(set(blocks)) == 1
    assert await indexed(two) == await shown(alice)
    asked = [first for _, first, _ in calls]
    assert len(asked) == len(set(asked)), "no range is walked twice"
    await one.local.close()
    await two.local.close()


async def test_restart_goes_on_from_the_last_block(alice: Context, tmp_path: Path):
    first = replace(alice, local=open_database(tmp_path / "db", KEY))
    block = await sync(first)
    await first.local.close()
    await act(alice, 2)
    again = replace(alice, local=open_database(tmp_path / "db", KEY))
    told, calls = counting(again, "entries")
    await sync(told)
    assert [called[1] for called in calls] == [block.number + 1]
    assert await indexed(again) == await shown(alice)
    await again.local.close()


async def test_subject_of_which_entries_were_left_out_is_completed(world: World, alice: Context):
    """Nobody's own subject: only who looks at the patient finds that entries are missing."""
    bob = world.context("bob", secrets.token_bytes(32))
    await check_subject(bob, alice.me)  # before the first sync there is nothing to compare

    async def without(honest: Any, first: int, last: int) -> list[AuditEntry]:
        return [e for e in await honest(first, last) if e.subject != alice.me]

    liar = replace(bob, chain=lying(bob.chain, entries=without))
    await sync(liar)
    assert await indexed(bob, alice.me) == []
    with pytest.raises(AuditBroken) as caught:
        await check_subject(liar, alice.me)
    assert caught.value.facts["index"] == 0
    await check_subject(bob, alice.me)
    assert await indexed(bob) == await shown(alice)
    told, calls = counting(bob, "entries")
    await check_subject(told, alice.me)
    assert calls == []


async def test_subject_shown_with_another_past_is_an_alarm(alice: Context):
    await sync(alice)
    old = await indexed(alice)
    await act(alice)
    # What lies here was written by a program that believed another history.
    await alice.local.append_entries(
        [replace(e, head=ChainHead(bytes(27))) for e in old if e.subject == alice.me],
        (await alice.local.checkpoints())[0],
    )
    with pytest.raises(HistoryForked):
        await check_subject(alice, alice.me)
