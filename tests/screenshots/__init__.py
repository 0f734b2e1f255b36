"""Pictures of every screen of every role, of the real program on a real network."""
