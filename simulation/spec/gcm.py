"""The 23 objectives of the Global Compact for Migration in short titles (UN General Assembly, A/RES/73/195, 2018)."""

from __future__ import annotations

GCM_OBJECTIVES = {
    1: "accurate data as a basis for policy",
    2: "fewer reasons that compel people to leave",
    3: "accurate and timely information",
    4: "legal identity and documents",
    5: "pathways for regular migration",
    6: "fair recruitment and decent work",
    7: "vulnerabilities in migration",
    8: "saving lives, missing migrants",
    9: "response to smuggling",
    10: "combating trafficking in persons",
    11: "integrated, secure and coordinated borders",
    12: "screening, assessment and referral",
    13: "detention only as a last resort, alternatives",
    14: "consular protection and assistance",
    15: "access to basic services",
    16: "inclusion and social cohesion",
    17: "no discrimination, public discourse based on evidence",
    18: "skills and their recognition",
    19: "contribution of migrants and diasporas to development",
    20: "remittances and financial inclusion",
    21: "safe and dignified return and readmission, reintegration",
    22: "portable social security",
    23: "international cooperation",
}
