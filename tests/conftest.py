"""Settings of the test suite."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings

# Compiled kernels make the first example slow, so no deadline. Derandomised: a red test is a real change.
settings.register_profile(
    "default",
    phases=tuple(p for p in Phase if p is not Phase.explain),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
# As soon as something fails, without looking for the smallest world that does: pytest --hypothesis-profile=fast.
settings.register_profile("fast", settings.get_profile("default"), phases=(Phase.explicit, Phase.generate))
settings.load_profile("default")
