"""Every common widget in one window, for whoever builds screens or changes the look."""
