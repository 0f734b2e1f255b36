"""What holds for every suite."""

import os

import hypothesis

# A deadline measures the machine, not the program. In CI the same examples are tried each time, so
# that a failure there can be repeated.
hypothesis.settings.register_profile("medrec", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("medrec")
