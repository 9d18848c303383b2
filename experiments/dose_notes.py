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
        "Admissions follow the places that are filled. They are few beside irregular journeys even at ten times "
        "the places, so what falls elsewhere falls little: the evidence calls pathways thin and slow."
    ),
    "detention": (
        "At level 0 nobody is detained after an arrest or a pull-back; those let go travel on, so arrests, boats "
        "and arrivals are highest there. More detention takes people off the road for its length: some harms of "
        "the road fall because time passes inside. Harm inside is counted with the rest."
    ),
    "services": (
        "Help received grows with capacity. Needs not met count each need once, when it is first asked for or "
        "first kept back in vain; where people do not know of help or fear it, that happens at any capacity, so "
        "the number hardly falls while the share does. Places without any service have none to multiply."
    ),
    "firewall": (
        "Without fear more people ask, so more are helped where capacity is left and less is left unmet by fear; "
        "where capacity is used up it is shared among more."
    ),
    "search_and_rescue": (
        "Rescue lowers deaths per attempt. Attempts may rise as the crossing gets safer: the evidence finds no "
        "such pull (evidence 5), and in the model it comes from people who know the odds. Boats get worse with "
        "rescue at the default of `market_rescue_quality` (0.2); its range holds both signs."
    ),
    "interception": (
        "Pull-backs end attempts on a coast, in detention or at liberty, and people try again: a loop, not an end. "
        "Deaths per attempt can fall, since a boat that is pulled back spends less time at sea and attempts "
        "multiply, while harm moves to Libya."
    ),
    "returns": (
        "Places for assisted return matter where people ask for them: in detention, or without the fare home. Who "
        "has the fare goes home at their own cost in any case."
    ),
    "free_movement": (
        "Against controls of 0.5 within the bloc: arrests fall, and people use main roads again rather than "
        "tracks. More of them then reach the Sahara and the sea, where free movement does not hold, and meet the "
        "harm there."
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
