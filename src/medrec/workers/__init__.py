"""The async worker layer: one job per user action, on the window's own loop (qasync)."""
