"""Models of the patient's screens."""
