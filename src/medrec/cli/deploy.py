"""`medrec deploy`: the contracts on a network, step by step, and its network file."""

from __future__ import annotations

from pathlib import Path

import click

from medrec.app import Place, accounts_of, load_network, vault_files
from medrec.cli.inputs import address, password
from medrec.cli.output import emit
from medrec.cli.session import current, key_of, place_of, waiting
from medrec.cli.settings import Command
from medrec.domain.ids import Address
from medrec.domain.network import Network, StoreConfig
from medrec.domain.ports import Notifier


@click.command(cls=Command)
@click.option("--rpc", required=True, help="URL of an Ethereum node.")
@click.option("--name", default="network", show_default=True, help="A name for people.")
@click.option("--output", type=click.Path(path_type=Path), required=True, help="Network file.")
@click.option("--admin", help="Who verifies doctors and identities; the deployer otherwise.")
@click.option("--store-url", help="API of a Kubo.")
@click.option("--store-token-file", help="File with the Kubo's bearer token.")
@click.option("--store-folder", help="A folder instead of a Kubo.")
@click.option(
    "--takes-over",
    type=click.Path(path_type=Path),
    help="Network file of the version that the new contracts follow.",
)
@click.option("--funded", is_flag=True, help="The node funds accounts (a network for trying).")
def command(
    rpc: str,
    name: str,
    output: Path,
    admin: str | None,
    store_url: str | None,
    store_token_file: str | None,
    store_folder: str | None,
    takes_over: Path | None,
    funded: bool,
) -> None:
    """Deploy, or go on where it stopped; run again it changes nothing."""
    if (store_url is None) == (store_folder is None):
        raise click.UsageError("Name the store: --store-url or --store-folder.")
    store = _store(store_url, store_token_file, store_folder)
    settings = current()
    place = place_of(settings)
    who = settings.account_name(vault_files(place).names())
    secret, key = password(), key_of(place, who)
    chosen = address(admin) if admin is not None else None
    before = None if takes_over is None else load_network(Place(place.home, takes_over))

    async def work(notifier: Notifier) -> Network:
        from medrec.chain.deploy import deploy

        unlocked = await accounts_of(place).unlock(who, secret, key)
        holder: Address = chosen or unlocked.wallet.address
        wallet, says = unlocked.wallet, notifier.progress
        return await deploy(rpc, wallet, holder, store, output, name, funded, says, before)

    network = waiting(work)
    emit(
        settings,
        {
            "network": str(output),
            "chain_id": network.chain_id,
            "contracts": dict(network.contracts),
            "origins": [origin.name for origin in network.origins],
        },
        [f"Deployed on chain {network.chain_id}. Hand out {output}.", *_follows(network)],
    )


def _follows(network: Network) -> list[str]:
    return [
        f"“{origin.name}” announces it; records of before are opened from there."
        for origin in network.origins[:1]
    ]


def _store(url: str | None, token_file: str | None, folder: str | None) -> StoreConfig:
    from medrec.ipfs.folder import FolderStore

    if url is not None:
        return StoreConfig("kubo", url, token_file)
    return FolderStore.create(Path(folder or ".").resolve())
