"""Keys, the vault, envelopes and sealed objects: pure and synchronous, over libsodium."""
