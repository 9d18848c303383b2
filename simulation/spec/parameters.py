"""Which behavioural numbers the model has: those that a map must give, and those that switch a mechanism on."""

from __future__ import annotations

# What parameters.csv must hold; what each means is said there.
REQUIRED = (
    "price_weight",
    "time_weight",
    "risk_weight",
    "arrest_weight",
    "discount",
    "destination_reward",
    "second_best_share",
    "stay_utility",
    "settle_utility",
    "return_utility",
    "pathway_utility",
    "uninformed_share",
    "uninformed_bias",
    "departure_reference",
    "departure_dispersion",
    "deterrence_elasticity",
    "pathway_awareness",
    "vulnerability_start",
    "vulnerability_step",
    "vulnerability_gamma",
    "service_relief",
    "service_seeking",
    "service_knowledge",
    "service_trust",
    "arrest_at_full",
    "price_ratio_full",
    "bypass_peril_full",
    "main_peril_full",
)

# Name -> the value at which its mechanism does nothing; a map that leaves the name out gets this value.
NEUTRAL: dict[str, float] = {
    # parties
    "companions_mean": 0.0,
    "reunion_rate": 0.0,
    "family_unity": 0.0,
    # money
    "savings_median": 0.0,
    "savings_spread": 0.0,
    "credit_share": 0.0,
    "saving_share": 1.0,
    "debt_exploitation": 1.0,
    "debt_reference": 0.0,
    "robbery_loss": 0.0,
    "bribe": 0.0,
    # harm and custody
    "injury_delay": 0.0,
    "detention_step": 0.0,
    "detention_scar": 0.0,
    "alternative_days": 60.0,
    # services
    "need_urgency": 0.0,
    "service_stigma": 0.0,
    "informal_share": 0.0,
    "guardianship_relief": 0.0,
    "mobile_reach": 0.5,
    # pathways and choice
    "queue_weight": 0.0,
    "path_size_weight": 0.0,
    # information
    "belief_rate": 0.0,
    "belief_reports": 1.0,
    "belief_diaspora": 0.0,
    "belief_smugglers": 0.0,
    "belief_reassured": 0.2,
    "information_effect": 1.0,
    # smuggling market
    "market_demand_price": 0.0,
    "market_demand_quality": 0.0,
    "market_rescue_quality": 0.0,
    "reference_coverage": 0.5,
    # enforcement
    "control_reference": 0.0,
    "anti_smuggling_price": 1.0,
    "anti_smuggling_peril": 1.0,
    "driver_arrest_at_full": 0.0,
    # returns
    "remigration_share": 0.0,
    "remigration_days": 180.0,
    "return_fare": 0.0,
}

PARAMETER_NAMES = (*REQUIRED, *NEUTRAL)
