"""A record on the screen: its row in a timeline, its page, its versions side by side."""
