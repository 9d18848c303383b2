"""A thinned run says the same as a full one, within Monte Carlo error, also where people share boats and quotas."""

from __future__ import annotations

import pandas as pd
import pytest
from scipy import stats
from small_worlds import FALSE_ALARM, changed, tiny, with_levers

from simulation import run
from simulation.observables import summarise
from simulation.spec.models import Scenario

SEEDS = 16
OUTCOMES = ("arrivals", "deaths", "interceptions", "rescues", "detentions", "returned", "settled")


def outcomes(scenario: Scenario, scale: float, first_seed: int) -> pd.DataFrame:
    """Return outcomes of everybody, one row a seed, weighted to 1:1."""
    rows = []
    for seed in range(first_seed, first_seed + SEEDS):
        table = summarise(run(scenario, seed=seed, scale=scale, threads=1))
        of_all = table[(table["scope_kind"] == "all") & (table["group_kind"] == "all")]
        rows.append(of_all.set_index("outcome")["value"])
    return pd.DataFrame(rows)


def p_values(one: pd.DataFrame, other: pd.DataFrame) -> dict[str, float]:
    """Return Welch's test of every outcome's mean share of the journeys started; seeds are independent."""
    shares = [table.div(table["journeys_started"], axis=0) for table in (one, other)]
    found = {"journeys_started": (one["journeys_started"], other["journeys_started"])}
    found |= {name: (shares[0][name], shares[1][name]) for name in OUTCOMES}
    return {name: stats.ttest_ind(*pair, equal_var=False).pvalue for name, pair in found.items()}


@pytest.mark.parametrize("companions", [0.0, 1.5])
def test_a_tenth_says_what_all_say(companions: float) -> None:
    """Families, and parties of companions with families, are kept whole or left out whole.

    False alarm: FALSE_ALARM for all outcomes together (Bonferroni).
    """
    sea = changed(tiny("sea"), parameters={"companions_mean": companions})
    whole, tenth = outcomes(sea, 1.0, 0), outcomes(sea, 0.1, 1000)
    found = p_values(whole, tenth)
    assert min(found.values()) > FALSE_ALARM / len(found), found
    # The twin that must fail: rescue coverage of 0.3 in place of 0.5 shows at the same seeds and sizes.
    less_rescue = with_levers(sea, search_and_rescue=[{"coverage": 0.3}])
    other = p_values(outcomes(less_rescue, 1.0, 0), tenth)
    assert other["rescues"] < FALSE_ALARM / len(other), other


def test_a_small_capacity_is_not_lost_at_a_small_scale() -> None:
    """One person a day at full scale is one in ten days at a tenth: the days until somebody comes must not lapse.

    A little is lost all the same where the thinned capacity is below one a day, since help does not queue.
    """
    places = tuple(p.model_copy(update={"service_capacity": 1.0}) for p in tiny("fork").places)
    asking = {"service_seeking": 0.5, "service_knowledge": 1.0, "service_trust": 1.0}
    scenario = changed(tiny("fork").model_copy(update={"places": places}), parameters=asking)
    whole, tenth = outcomes(scenario, 1.0, 0), outcomes(scenario, 0.1, 1000)
    share = [(t["served"] / (t["served"] + t["unmet_need"])).mean() for t in (whole, tenth)]
    assert share[0] > 0.5
    assert 0.6 < share[1] / share[0] <= 1.0
