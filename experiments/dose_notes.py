"""Notes on the dose-response panel: how the signs of each lever come about, surprises among them."""

from __future__ import annotations

NOTES: dict[str, str] = {
    "border_enforcement": (
        "Controls at the posts move people to tracks around them, so the monitoring point loses far more than the "
        "full cut; deaths per crossing rise because more of those who cross do so off the road. Total deaths need "
        "not rise: people are turned back, stay or are held on the way, and fewer reach Libya and the sea. That is "
        "a fall of movement, not protection."
    ),
    "anti_smuggling": (
        "Fares rise with pursuit. Deaths rise at the default of `anti_smuggling_peril` (1.2); its range (0.7 to "
        "2.5) holds both signs, see tests/patterns/test_disputed_signs.py."
    ),
    "legal_pathways": (
        "Admissions follow the places that are filled: about 14,000 in three years at ten times the places, beside "
        "1.3 million journeys. So sea attempts fall by a per cent or two, which chance hides at few seeds: the "
        "evidence calls pathways thin and slow."
    ),
    "detention": (
        "At level 0 nobody is detained after an arrest or a pull-back; those let go travel on. Detention grows "
        "nearly in step with its chance. Deaths and violence rise with it: people are held where harm is frequent, "
        "part of them in unofficial sites (days held by captors rise), and custody leaves them more vulnerable. "
        "Sea attempts fall little: it delays more than it stops."
    ),
    "services": (
        "Help received grows with capacity, and the share of needs not met falls; violence falls a little, since "
        "those helped are less vulnerable. A surprise: the number of needs not met does not fall. Each need counts "
        "once, when it is first asked for in vain or kept back for fear; where people do not know of help or fear "
        "it that happens at any capacity, and who was helped can need help again. Places without any service have "
        "none to multiply."
    ),
    "firewall": (
        "Without fear more people ask, so more are helped where capacity is left and less is left unmet by fear; "
        "where capacity is used up it is shared among more."
    ),
    "search_and_rescue": (
        "Rescue lowers deaths per attempt by far, and deaths altogether less, because attempts rise as the "
        "crossing gets safer. This rise is a surprise: the evidence finds no pull (evidence 5; Rodriguez Sanchez "
        "and others 2023). It comes from `risk_weight`: people who know the odds weigh them, and level 0, no "
        "rescue at all, is far outside what was seen. Between 1/2 and 3/4, near the levels that were seen off "
        "Libya, it is about a tenth. More arrivals in Libya for the crossing also mean more violence there. Boats "
        "get worse with rescue at the default of `market_rescue_quality` (0.2); its range holds both signs."
    ),
    "interception": (
        "Pull-backs end attempts in detention or on the coast, and people try again: a loop, not an end. A "
        "surprise: deaths per attempt fall, because a boat that is pulled back spends less time at sea and each "
        "new attempt counts in the denominator. That leaves out what pull-backs do to the crossing itself, chases "
        "and late rescue, for which no figure was found. Harm moves to Libya."
    ),
    "returns": (
        "Assisted returns and returns rise; people without the fare no longer wait stranded. Most who go home do "
        "so at their own cost at any level."
    ),
    "free_movement": (
        "Against controls of 0.5 within the bloc: arrests fall, and people use main roads again rather than "
        "tracks. More of them then reach the Sahara and the sea, where free movement does not hold, and meet the "
        "harm there. So total harm rises with the number who travel on, while arrests fall: a fact about what "
        "waits further on."
    ),
    "information": (
        "The uninformed come closer to the true chance of death. Reports and reassurance leave them too low, so "
        "that information makes risky ways less attractive."
    ),
    "regional_protection": (
        "Needs that one place leaves unmet are asked for at the next, knowing and trusting. Capacity is not "
        "changed, so help goes to those referred, in part instead of others."
    ),
    "relocation": (
        "Changes what happens after arrival and nothing on the way: all else is the same by construction."
    ),
}
