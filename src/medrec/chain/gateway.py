"""The chain gateway: the port `Chain` over JSON-RPC, web3's provider and the generated proxies."""

from __future__ import annotations

from medrec.chain.nodes import ChainNodes
from medrec.chain.reads import ChainReads
from medrec.chain.successors import ChainSuccessors
from medrec.chain.writes import ChainWrites


class Web3Chain(ChainReads, ChainSuccessors, ChainNodes, ChainWrites):
    """The four contracts on one network.

    Connects when it is first used, in the running event loop; `close` releases the session.
    """
