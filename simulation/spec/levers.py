"""The thirteen policy levers: what an author may set, in which unit, where and when, and what each touches."""

from __future__ import annotations

from typing import ClassVar

from pydantic import ConfigDict, Field

from simulation.spec.quantities import (
    Day,
    Days,
    Eligible,
    Factor,
    Identifier,
    PathwayKind,
    PersonsPerDay,
    ServiceKind,
    Share,
    Strict,
    Usd,
)

# Economic Community of West African States, as it was during the modelled years (members to 2024).
ECOWAS = (
    "BEN",
    "BFA",
    "CIV",
    "CPV",
    "GHA",
    "GIN",
    "GMB",
    "GNB",
    "LBR",
    "MLI",
    "NER",
    "NGA",
    "SEN",
    "SLE",
    "TGO",
)


class Scope(Strict):
    """Where a lever acts. Nothing given: everywhere. Several kinds given: a leg or place in any of them."""

    countries: tuple[str, ...] = ()
    """ISO alpha-3; a leg belongs to the country of its origin."""
    places: tuple[Identifier, ...] = ()
    """Places by id."""
    legs: tuple[Identifier, ...] = ()
    """Legs by id."""
    pathways: tuple[PathwayKind, ...] = ()
    """Kinds of regular pathway."""


class LeverEntry(Strict):
    """One setting of one lever, from a day to a day. Of entries that overlap, the later in the list holds."""

    model_config = ConfigDict(populate_by_name=True)

    gcm: ClassVar[tuple[int, ...]] = ()
    """Objectives of the Global Compact for Migration that the lever touches."""
    costs: ClassVar[tuple[str, ...]] = ()
    """Items of unit_costs.csv that pay for it."""

    start: Day | None = Field(default=None, alias="from")
    """First day in force; left out: the first day of the run."""
    end: Day | None = Field(default=None, alias="to")
    """Last day in force; left out: the last day of the run."""
    scope: Scope = Scope()
    """Where it acts; left out: everywhere."""
    source: str = ""
    """Where the setting comes from, or "assumed: why"."""


class BorderEnforcement(LeverEntry):
    """Control intensity on controlled legs by land (GCM objective 11).

    Arrests and prices rise, people shift to bypasses.
    """

    gcm = (11,)
    costs = ("border_enforcement",)

    intensity: Share
    """0: no controls; 1: every vehicle on the controlled legs is stopped. Left out: control_reference."""


class AntiSmuggling(LeverEntry):
    """Action against those who carry people: arrests of drivers, seized vehicles and boats (GCM objectives 9, 10).

    Fares rise; vehicles and boats get better or worse: the evidence disagrees.
    """

    gcm = (9, 10)
    costs = ("anti_smuggling",)

    intensity: Share
    """0: none; 1: every carrier on the legs in scope is sought. Acts on main legs, bypasses and the sea alike."""
    criminalises_help: Share = 0.0
    """Share of informal help lost because helping is punished, at places in scope."""


class LegalPathways(LeverEntry):
    """Regular ways to travel (GCM objective 5)."""

    gcm = (5,)
    costs = ("legal_pathways",)

    quota: PersonsPerDay | None = None
    """Places over time for each pathway leg in scope; replaces the table's quota."""
    quota_factor: Factor | None = None
    """Multiplies the table's quota, or that of this setting."""
    processing: Days | None = None
    """Mean time from application to travel; replaces the table's, keeping its relative spread."""
    acceptance: Share | None = None
    """Share of complete applications that are granted; replaces the table's."""
    awareness: Share | None = None
    """Share of people who know that the pathway exists."""
    eligible: Eligible | None = None
    """Who may apply; replaces the table's."""
    budget: Usd | None = None
    """USD over the dates of the entry: adds places, shared among the legs in scope as their quotas are."""


class Detention(LeverEntry):
    """Detention by state authorities, and alternatives to it (GCM objective 13)."""

    gcm = (13,)
    costs = ("detention", "alternatives")

    after_arrest: Share | None = None
    """Chance of detention after an arrest on land; replaces the table's."""
    after_interception: Share | None = None
    """Chance of detention after a pull-back; replaces the table's."""
    time_limit: Days | None = None
    """Nobody is held longer."""
    children: bool | None = None
    """False: children are never detained; true: as adults are, whatever an earlier setting says."""
    alternatives: Share | None = None
    """Share of those who would be detained who are placed in the community instead; replaces the table's."""
    unofficial: Share | None = None
    """Share of detentions in unofficial sites, as captives; replaces the table's."""
    harm_factor: Factor | None = None
    """Conditions: multiplies every harm in official detention."""


class Services(LeverEntry):
    """Humanitarian and public services to people on the move (GCM objectives 15 and 7)."""

    gcm = (15, 7)
    costs = ("services",)

    capacity: PersonsPerDay | None = None
    """For each place in scope, all kinds together; replaces the table's."""
    capacity_factor: Factor | None = None
    """Multiplies the capacity of the kinds in scope."""
    kinds: tuple[ServiceKind, ...] = ()
    """Kinds of service that it acts on; left out: all."""
    mobile_teams: Share | None = None
    """Share of the desert legs in scope that mobile teams keep in reach."""
    budget: Usd | None = None
    """USD over the dates of the entry: adds capacity, shared among the places in scope as theirs is."""


class Firewall(LeverEntry):
    """Separation of services from immigration control: nobody is reported for asking for help (GCM objective 15)."""

    gcm = (15,)
    costs = ("firewall",)

    share: Share = 1.0
    """Share of the fear of being reported that it removes."""


class SearchAndRescue(LeverEntry):
    """Rescue at sea (GCM objective 8)."""

    gcm = (8,)
    costs = ("search_and_rescue",)

    coverage: Share | None = None
    """Share of a sea zone's boats in reach of a rescue vessel."""
    disembark: Identifier | None = None
    """Place where the rescued are landed; left out: the nearest port of the zone at a destination."""
    budget: Usd | None = None
    """USD over the dates of the entry: adds coverage, evenly over the zones in scope."""


class Interception(LeverEntry):
    """Pull-back of boats by a coast guard (GCM objectives 8 and 11). What follows is said by the lever detention."""

    gcm = (8, 11)
    costs = ("interception",)

    intensity: Share
    """1: every boat in the zone is looked for; the chance at full intensity is in vehicle_risks.csv."""


class Returns(LeverEntry):
    """Forced expulsion, and assisted return home (GCM objective 21)."""

    gcm = (21,)
    costs = ("returns_assisted", "returns_forced")

    expelled: Share | None = None
    """Share of exits from detention by forced return, where a leg leads out; replaces the table's."""
    assisted_exits: Share | None = None
    """Share of exits from detention by assisted return; replaces the table's."""
    assisted: PersonsPerDay | None = None
    """Assisted returns for each place in scope; replaces the table's return_capacity."""
    assisted_factor: Factor | None = None
    """Multiplies the assisted returns of the places in scope."""
    budget: Usd | None = None
    """USD over the dates of the entry: adds assisted returns, shared among the places in scope as theirs are."""


class FreeMovement(LeverEntry):
    """No control inside a regional bloc (GCM objectives 5 and 11)."""

    gcm = (5, 11)

    share: Share = 1.0
    """Share of the controls lifted on legs that begin and end in the bloc."""
    bloc: tuple[str, ...] = ECOWAS
    """Countries of the bloc, ISO alpha-3; left out: ECOWAS."""


class Information(LeverEntry):
    """Accurate information on risks and rights (GCM objective 3)."""

    gcm = (3,)
    costs = ("information",)

    reach: Share
    """Share of people who hear it; also of those who learn where help is, at places in scope."""
    trust: Share = 1.0
    """Share of those who believe it."""


class RegionalProtection(LeverEntry):
    """Identification and referral across borders: need known at one place is served at the next (GCM 7 and 23)."""

    gcm = (7, 23)
    costs = ("regional_protection",)

    coverage: Share
    """Share of unmet needs at the places in scope that are referred onward."""


class Relocation(LeverEntry):
    """Places in countries of destination beyond the first (GCM objectives 5 and 23)."""

    gcm = (5, 23)
    costs = ("relocation",)

    places: PersonsPerDay
    """Places over time for arrivals, in all at the destinations in scope; a month's unused places lapse."""


class Levers(Strict):
    """All levers; each a list of settings over time and scope. An empty list leaves the reference policy.

    GCM: objectives of the Global Compact for Migration that a lever touches.
    """

    border_enforcement: tuple[BorderEnforcement, ...] = ()
    anti_smuggling: tuple[AntiSmuggling, ...] = ()
    legal_pathways: tuple[LegalPathways, ...] = ()
    detention: tuple[Detention, ...] = ()
    services: tuple[Services, ...] = ()
    firewall: tuple[Firewall, ...] = ()
    search_and_rescue: tuple[SearchAndRescue, ...] = ()
    interception: tuple[Interception, ...] = ()
    returns: tuple[Returns, ...] = ()
    free_movement: tuple[FreeMovement, ...] = ()
    information: tuple[Information, ...] = ()
    regional_protection: tuple[RegionalProtection, ...] = ()
    relocation: tuple[Relocation, ...] = ()
