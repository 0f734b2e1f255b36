"""The command line: every use case as a command over the same services as the desktop."""
