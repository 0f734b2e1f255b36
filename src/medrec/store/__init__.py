"""The user's own disk: the encrypted local database, the vault files, the OS keyring."""
