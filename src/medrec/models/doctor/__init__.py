"""Models of the doctor's screens."""
