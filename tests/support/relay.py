"""Requests for the forwarder, signed as a wallet signs them."""

from __future__ import annotations

import time

from medrec.chain.libraries import account_class
from medrec.chain.proxies.forwarder import ForwardRequestData
from medrec.chain.wallets import LocalWallet
from medrec.domain.ids import Address
from medrec.domain.network import FORWARDER, Network

_TYPES = (
    ("from", "address"),
    ("to", "address"),
    ("value", "uint256"),
    ("gas", "uint256"),
    ("nonce", "uint256"),
    ("deadline", "uint48"),
    ("data", "bytes"),
)


def forward_request(
    network: Network, wallet: LocalWallet, to: Address, data: bytes, nonce: int, gas: int = 500_000
) -> ForwardRequestData:
    """A call by the wallet that anybody may bring to the forwarder within the hour."""
    deadline = int(time.time()) + 3600
    values = (wallet.address, to, 0, gas, nonce, deadline, data)
    signed = account_class().sign_typed_data(
        wallet._key.secret,
        domain_data={
            "name": "MedRecForwarder",
            "version": "1",
            "chainId": network.chain_id,
            "verifyingContract": network.contracts[FORWARDER],
        },
        message_types={"ForwardRequest": [{"name": n, "type": t} for n, t in _TYPES]},
        message_data=dict(zip((name for name, _ in _TYPES), values, strict=True)),
    )
    return ForwardRequestData(wallet.address, to, 0, gas, deadline, data, bytes(signed.signature))
