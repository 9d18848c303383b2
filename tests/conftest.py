"""Settings of the test suite."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# Compiled kernels make the first example slow, so no deadline. Derandomised: a red test is a real change.
settings.register_profile(
    "default", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("default")
