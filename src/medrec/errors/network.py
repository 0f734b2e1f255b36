"""The node, the store, the network file, the devnet."""

from __future__ import annotations

from medrec.errors.base import MedRecError


class NetworkError(MedRecError):
    """The node, the store or the network file."""

    template = "The network cannot be used: {why}"


class NoNetwork(NetworkError):
    """No network file given or found."""

    template = "No network is set. Open the network file that your administrator gave you."
    next_command = "Name it with --network FILE, or start one for trying: `medrec devnet up`."


class BadNetworkFile(NetworkError):
    """A network file that cannot be understood."""

    template = "The network file {name} cannot be used: {why}"


class NodeDown(NetworkError):
    """No Ethereum node answers."""

    template = "The Ethereum node at {url} does not answer. Try again when it is back."


class NodeRefused(NetworkError):
    """The node answered with an error of its own."""

    template = "The Ethereum node refused: {why}"


class WrongChain(NetworkError):
    """The node serves another chain."""

    template = (
        "The node serves chain {found}, but the network file is for chain {expected}. "
        "Ask your administrator for the right file."
    )


class WrongCode(NetworkError):
    """A contract's code is not what the network file says."""

    template = (
        "The contract {contract} at {address} is not the one the network file describes. "
        "Nothing was sent. Ask your administrator for the right file."
    )


class OriginDenies(NetworkError):
    """The contracts of before do not announce the network that names them as its origin."""

    template = (
        "The network file says that it follows “{name}”, but the contracts there do not say so. "
        "Nothing of before is shown. Ask your administrator for the right file."
    )


class AccessRunsBefore(NetworkError):
    """Access was ended here, and the network of before cannot be asked."""

    template = (
        "The access has ended in this network, but “{name}”, the network before, could not be "
        "reached, and there it may still run. {why} Revoke it again when that network is back."
    )


class AccessEndsLater(NetworkError):
    """Access was ended here; in the network of before, which cannot be asked, that waits."""

    template = (
        "The access has ended in this network. In “{name}”, the network before, it ends by itself "
        "as soon as MedRec reaches that network. {why}"
    )


class StoreDown(NetworkError):
    """The content store does not answer."""

    template = "The store at {location} does not answer. Try again when it is back."


class StoreRefused(NetworkError):
    """The content store answered with an error of its own."""

    template = "The store at {location} refused: {why}"


class NoFunds(NetworkError):
    """The account cannot pay the fee."""

    template = "The account {address} cannot pay the fee for this. Ask your clinic to fund it."


class NotFunded(NetworkError):
    """The network gives no fees."""

    template = "This network does not fund accounts by itself: ask your clinic."


class FeeTooLow(NetworkError):
    """The node wants a higher fee."""

    template = "The node wants a higher fee. It is sent again with one."


class NonceTaken(NetworkError):
    """Another transaction of the wallet took the nonce."""

    template = "Another transaction of this account came first. It is sent again."


class ToolMissing(NetworkError):
    """A program that the devnet needs is not there."""

    template = "{tool} is not installed. Run `make setup`, then try again."


class GethMissing(ToolMissing):
    """The devnet was asked to run on geth, which is built only on demand."""

    template = "The node geth is not built on this computer."
    next_command = "Type `make geth` in the source tree, then try again."


class OtherNode(NetworkError):
    """The devnet's chain belongs to another program than the one asked for."""

    template = (
        "This devnet runs on {kept}, and its chain cannot move to {wanted}. "
        "Go on with {kept}, or empty the devnet first."
    )
    next_command = "`medrec devnet reset` empties it."


class DevnetFailed(NetworkError):
    """The devnet did not start or stop."""

    template = "The devnet {what}: {why}"


class DemoFailed(NetworkError):
    """The demo found something that it should not have."""

    template = "The demo stopped: {why}"


class DeploymentFailed(NetworkError):
    """A migration step failed or read back something else."""

    template = "The deployment stopped at step {step}: {why} It can be run again."
