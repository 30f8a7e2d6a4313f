"""What holds for every test."""

import os

from hypothesis import HealthCheck, settings

# A deadline for each example fails tests on a busy machine for nothing. CI tries the same examples
# each time, so that what lands is what was tested; at the desk they are new ones.
settings.register_profile(
    "steady",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("steady")

# What tests enrol must not end up in the keyring of whoever runs them.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
