"""The door of MedRec: sign-in, new and restored accounts, the network file."""
