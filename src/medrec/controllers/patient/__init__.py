"""What patients want: the intents of their screens, each turned into a job."""
