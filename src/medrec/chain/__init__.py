"""The edge to Ethereum: gateway, wallets, transactions, deployment. Imported piece by piece.

`audit`, `keccak`, `typed_data` and `wallets` are light; `gateway` and `deploy` load web3.
"""
