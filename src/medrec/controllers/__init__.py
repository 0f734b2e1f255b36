"""What people want: a screen's intents, each turned into a job."""
