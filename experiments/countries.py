"""Names of the countries of the shipped maps, by their ISO 3166-1 alpha-3 code."""

from __future__ import annotations

NAMES = {
    "BFA": "Burkina Faso", "CIV": "C\u00f4te d'Ivoire", "CMR": "Cameroon", "DZA": "Algeria", "EGY": "Egypt",
    "ESP": "Spain", "GHA": "Ghana", "GIN": "Guinea", "GMB": "the Gambia", "GRC": "Greece", "ITA": "Italy",
    "LBY": "Libya", "MAR": "Morocco", "MLI": "Mali", "MLT": "Malta", "MRT": "Mauritania", "NER": "Niger",
    "NGA": "Nigeria", "SDN": "Sudan", "SEN": "Senegal", "TCD": "Chad", "TUN": "Tunisia",
}  # fmt: skip


def say_country(code: str) -> str:
    """Return a country's name; what is no known code stays as it is."""
    return NAMES.get(code, code)
