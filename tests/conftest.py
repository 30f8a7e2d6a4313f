"""What holds for every test."""

import os

from hypothesis import HealthCheck, settings

# A deadline for each example fails tests on a busy machine for nothing. CI tries the same examples
# each time, so that what lands is what was tested; at the desk they are new ones.
# Half as many, too: what a desk finds in a week is more than one run does.
_CI = "CI" in os.environ
settings.register_profile(
    "steady",
    deadline=None,
    derandomize=_CI,
    max_examples=50 if _CI else 100,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("steady")

# What tests enrol must not end up in the keyring of whoever runs them.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
