"""Password, key and words of one account: changed so that a crash locks nobody out."""

from __future__ import annotations

import json
import secrets
import stat
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from medrec.chain.keccak import keccak256
from medrec.chain.wallets import LocalWallet, LocalWallets
from medrec.crypto.vault import VaultContents, seal_vault
from medrec.domain.outbox import JobState
from medrec.domain.ports import Keyring
from medrec.errors import (
    BadKeyFormat,
    FileUnreadable,
    NodeDown,
    NoKeyringHere,
    NoSuchAccount,
    NotRegisteredYet,
    PasswordChangedElsewhere,
    PasswordChangedHere,
    PasswordChangeWaits,
    WaitsInOutbox,
    WeakPassword,
    WrongPasswordOrKey,
)
from medrec.services import patients
from medrec.services.accounts import Accounts, sign_in, take_over
from medrec.services.context import Context
from medrec.services.credentials import (
    Credentials,
    NewCredentials,
    changed_at,
    registered_at,
    settle,
)
from medrec.services.index import sync
from medrec.services.work import outbox
from medrec.store.vaults import VaultFolder
from tests.support.crash import Crash, Fuse, fused
from tests.support.liar import failing, lying
from tests.support.vaulted import PASSWORD, MemoryKeyring, Vaulted, vaulted
from tests.support.world import SOMEBODY, World

OLD, NEW = PASSWORD, "another staple entirely"
WORDS = "test test test test test test test test test test test junk"


async def _change(desk: Vaulted, context: Context) -> NewCredentials:
    new = await desk.credentials.prepare(OLD, desk.key, NEW)
    await desk.credentials.change(context, new)
    return new


@pytest.fixture
async def desk(world: World, tmp_path: Path) -> Vaulted:
    """A registered patient whose vault opens with `OLD` and ``key``."""
    made = vaulted(await world.person("zoe"), tmp_path)
    await patients.register(made.context, SOMEBODY)
    return made


async def test_a_changed_password_opens_and_the_old_one_does_not(desk: Vaulted):
    desk.ring.kept["zoe"] = desk.key
    new = await _change(desk, desk.context)
    assert new.key not in repr(new)
    await desk.sign_in(NEW, new.key)
    with pytest.raises(WrongPasswordOrKey):
        await desk.sign_in(OLD, desk.key)
    assert desk.vaults.staged("zoe") is None
    assert desk.ring.kept == {"zoe": new.key}, "what was remembered is the new key"
    await sync(desk.context)
    assert len(await changed_at(desk.context)) == 1
    registered = await registered_at(desk.context)
    assert registered is not None
    assert registered <= (await changed_at(desk.context))[0]


async def test_an_old_copy_elsewhere_stays_out(desk: Vaulted, tmp_path: Path):
    other = VaultFolder(tmp_path / "elsewhere")
    other.create("zoe", desk.vaults.read("zoe"), desk.context.me)
    await _change(desk, desk.context)
    unlocked = await Accounts(other, LocalWallets(desk.context.network)).unlock(
        "zoe", OLD, desk.key
    )
    await settle(desk.context, unlocked, other)
    with pytest.raises(PasswordChangedElsewhere):
        await sign_in(desk.context, unlocked.authenticator)


async def test_what_is_refused_changes_nothing(desk: Vaulted, world: World):
    with pytest.raises(WrongPasswordOrKey):
        await desk.credentials.prepare("wrong password", desk.key, NEW)
    with pytest.raises(BadKeyFormat):
        await desk.credentials.prepare(OLD, "no key", NEW)
    with pytest.raises(WeakPassword):
        await desk.credentials.prepare(OLD, desk.key, "short")
    new = await desk.credentials.prepare(OLD, desk.key, NEW)
    stranger = await world.person("stranger")
    with pytest.raises(NotRegisteredYet):
        await desk.credentials.change(stranger, new)
    assert desk.vaults.staged("zoe") is None
    await desk.sign_in(OLD, desk.key)


async def test_without_a_node_the_old_password_goes_on(desk: Vaulted):
    new = await desk.credentials.prepare(OLD, desk.key, NEW)
    with pytest.raises(WaitsInOutbox):
        await desk.credentials.change(_unsent(desk.context), new)
    with pytest.raises(PasswordChangeWaits):
        await _change(desk, desk.context)
    back = await desk.sign_in(OLD, desk.key)
    assert desk.vaults.staged("zoe") is not None, "it still waits"
    (job,) = await outbox(back).resume()
    assert job.state is JobState.DONE
    with pytest.raises(PasswordChangedHere):
        await desk.sign_in(OLD, desk.key)
    await desk.sign_in(NEW, new.key)
    assert desk.vaults.staged("zoe") is None


async def test_the_new_password_finishes_what_waits(desk: Vaulted):
    new = await desk.credentials.prepare(OLD, desk.key, NEW)
    with pytest.raises(WaitsInOutbox):
        await desk.credentials.change(_unsent(desk.context), new)
    context = await desk.sign_in(NEW, new.key)
    await outbox(context).resume()
    assert not await context.local.jobs([JobState.PENDING])
    with pytest.raises(WrongPasswordOrKey):
        await desk.sign_in(OLD, desk.key)


async def test_what_waits_is_sent_and_nothing_is_signed_beside_it(desk: Vaulted):
    """Signed anew beside the one that waits, a second would name a state that just moved."""
    new = await desk.credentials.prepare(OLD, desk.key, NEW)
    with pytest.raises(WaitsInOutbox):
        await desk.credentials.change(_unsent(desk.context), new)
    signs_nothing = lying(desk.context.chain, prepare=failing(NodeDown(url="x")))
    context = await replace(desk, context=replace(desk.context, chain=signs_nothing)).sign_in(
        NEW, new.key
    )
    assert not await context.local.jobs([JobState.PENDING])
    assert len(await changed_at(context)) == 1


async def test_a_change_that_waits_does_not_undo_a_later_one_elsewhere(
    desk: Vaulted, world: World, tmp_path: Path
):
    other = _second_computer(desk, world, tmp_path)
    new = await desk.credentials.prepare(OLD, desk.key, NEW)
    with pytest.raises(WaitsInOutbox):
        await desk.credentials.change(_unsent(desk.context), new)
    later = await other.credentials.prepare(OLD, other.key, "a third one, later")
    await other.credentials.change(other.context, later)
    for password, key in ((NEW, new.key), (OLD, desk.key)):
        with pytest.raises(PasswordChangedElsewhere):
            await desk.sign_in(password, key)
    assert desk.vaults.staged("zoe") is None
    await other.sign_in("a third one, later", later.key)


async def test_taking_over_twice_is_once(desk: Vaulted):
    """An import whose taking over waited, and that its person begins again."""
    elsewhere = replace(desk.context, authenticator=LocalWallet(secrets.token_bytes(32)).address)
    with pytest.raises(WaitsInOutbox):
        await take_over(_unsent(elsewhere))
    assert await take_over(elsewhere) is None
    await sync(elsewhere)
    assert len(await changed_at(elsewhere)) == 1


def _second_computer(desk: Vaulted, world: World, tmp_path: Path) -> Vaulted:
    """The same account on another one, with a copy of its vault and what it has by itself."""
    assert isinstance(desk.context.wallet, LocalWallet)
    vaults, ring = VaultFolder(tmp_path / "elsewhere"), MemoryKeyring()
    vaults.create("zoe", desk.vaults.read("zoe"), desk.context.me)
    wallets = LocalWallets(world.network)
    context = replace(
        world.context("zoe", desk.context.wallet._key.secret),
        authenticator=desk.context.authenticator,
        vaults=vaults,
        keyring=ring,
    )
    credentials = Credentials("zoe", vaults, wallets, ring)
    return Vaulted(context, vaults, Accounts(vaults, wallets), credentials, ring, desk.key)


def _unsent(context: Context) -> Context:
    """Whoever's node takes nothing: what is signed waits."""
    return replace(context, chain=lying(context.chain, send=failing(NodeDown(url="x"))))


@pytest.mark.slow
async def test_a_crash_at_any_call_locks_nobody_out(desk: Vaulted, subtests: pytest.Subtests):
    """After it the old or the new password opens, and what was begun is finished or dropped."""
    counted = Fuse()
    new = await desk.credentials.prepare(OLD, desk.key, NEW)
    await desk.credentials.change(fused(desk.context, counted), new)
    known = (NEW, new.key)
    for number, at in enumerate([None, *counted.changing()]):
        fuse = Fuse(0) if at is None else Fuse(at, after=True)
        password = f"password of run {number}"
        next_one = await desk.credentials.prepare(*known, password)
        coming = (password, next_one.key)
        with suppress(Crash):
            await desk.credentials.change(fused(desk.context, fuse), next_one)
        with subtests.test(number=number):
            opened = await _opening(desk, known, coming)
            assert opened, "nobody is locked out"
            # What was written down went through; what was not is dropped.
            known = known if at is None else coming
            await desk.sign_in(*known)
            assert desk.vaults.staged("zoe") is None


async def _opening(desk: Vaulted, *tried: tuple[str, str]) -> int:
    """How many of these open the account now; what waits in the outbox goes on with each."""
    opened = 0
    for given in tried:
        with suppress(PasswordChangedHere, WrongPasswordOrKey):
            context = await desk.sign_in(*given)
            opened += 1
            await outbox(context).resume()
    return opened


async def test_another_accounts_vault_laid_beside_opens_nothing(desk: Vaulted):
    planted, _ = seal_vault(VaultContents.from_words(WORDS, "zoe"), NEW, "WXYZ-6789")
    desk.vaults.stage("zoe", planted)
    with pytest.raises(WrongPasswordOrKey):
        await desk.accounts.unlock("zoe", NEW, "WXYZ-6789")
    await desk.sign_in(OLD, desk.key)
    assert desk.vaults.staged("zoe") is None


async def test_words_are_shown_to_whoever_opens_the_vault(tmp_path: Path):
    vaults, wallets = VaultFolder(tmp_path), LocalWallets(None)
    made = await Accounts(vaults, wallets).import_words("zoe", WORDS, OLD)
    mine = Credentials("zoe", vaults, wallets, MemoryKeyring())
    assert await mine.words(OLD, made.key) == WORDS
    with pytest.raises(WrongPasswordOrKey):
        await mine.words(NEW, made.key)


async def test_an_account_of_a_private_key_has_no_words(desk: Vaulted):
    assert await desk.credentials.words(OLD, desk.key) is None


async def test_the_keystore_is_written_for_its_owner_alone(desk: Vaulted, tmp_path: Path):
    path = tmp_path / "zoe.json"
    await desk.credentials.save_keystore(path, OLD, desk.key)
    assert json.loads(path.read_text())["version"] == 3
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FileUnreadable):
        await desk.credentials.save_keystore(tmp_path / "nowhere" / "zoe.json", OLD, desk.key)


async def test_the_key_is_remembered_when_it_opens_the_account(desk: Vaulted, tmp_path: Path):
    mine = desk.credentials
    assert not await mine.remembered()
    with pytest.raises(WrongPasswordOrKey):
        await mine.remember(OLD, "WXYZ-6789")
    await mine.remember(OLD, desk.key.lower())
    assert desk.ring.kept == {"zoe": desk.key}
    assert await mine.remembered()
    await mine.forget()
    assert not await mine.remembered()
    ring: Keyring = MemoryKeyring(broken=True)
    without = Credentials("zoe", desk.vaults, LocalWallets(None), ring)
    with pytest.raises(NoKeyringHere):
        await without.remember(OLD, desk.key)


async def test_those_of_a_signed_in_account(desk: Vaulted):
    assert await Credentials.of(desk.context).words(OLD, desk.key) is None
    with pytest.raises(NoSuchAccount):
        Credentials.of(replace(desk.context, vaults=None))


def test_the_authenticator_is_not_the_wallet(desk: Vaulted):
    assert isinstance(desk.context.wallet, LocalWallet)
    assert desk.context.authenticator not in (
        desk.context.me,
        LocalWallet(keccak256(desk.context.wallet._key.secret), desk.context.network).address,
    )
