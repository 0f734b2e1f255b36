"""What windows show: Qt objects over the services' read side, changed by confirmed events only."""
