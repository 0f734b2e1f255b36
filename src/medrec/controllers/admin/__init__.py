"""The administrator's intents."""
