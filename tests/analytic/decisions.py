"""What people decide, as branches of the chain: one branch an option, with its chance for a kind of people."""

from __future__ import annotations

import numpy as np
from branches import Branches, Days, State, entering, going_home
from literal import Option, Text

Weights = dict[str, list[tuple[Option, float]]]


def decisions(text: Text, days: Days, own: Weights, captain: Weights, barred: frozenset[str]) -> Branches:
    """Return the branches of every decision of one choice class.

    Args:
        text: The scenario's text.
        days: Its days, which say what decisions there are.
        own: Options with weights of the person's class.
        captain: Those of the class that decides for a boat at sea.
        barred: Legs that the person does not know or may not take; a boat does not ask.
    """
    found = Branches()
    nodes = {target for _, target, _ in days.branches.chance if target is not None}
    nodes |= {("decide", p, "waiting") for p in text.places if not text.is_terminal(p)}
    for node in nodes:
        if node[0] not in {"decide", "at sea"}:
            continue
        place, boat = str(node[1]), node[0] == "at sea" and bool(node[3])
        options = [
            (o, w)
            for o, w in (captain if boat else own)[place]
            if boat or o.leg is None or o.leg.id not in barred
        ]
        total = sum(w for _, w in options)
        for option, weight in options:
            _decide(text, found, node, place, option, boat, weight / total)
        if not options:
            _nothing_open(text, days, found, node, place)
    return found


def _decide(
    text: Text, found: Branches, node: State, place: str, option: Option, boat: bool, chance: float
) -> None:
    if option.kind == "stay":
        found.add(node, ("working", place), (), chance)
    elif option.leg is None:
        if option.kind == "settle":
            found.add(node, None, (("settled", ("place", place)),), chance)
            return
        setting = "alternative" if node[2] == "alternative" else "place"
        for target, share in going_home(text):
            found.add(node, target, (("returned", (setting, place)),), chance * share)
    else:
        leg = option.leg
        aboard = boat or (leg.vehicle_capacity > 0 and leg.purpose == "irregular")
        found.add(node, ("leg", leg.id, int(aboard), 0), entering(text, leg), chance)


def _nothing_open(text: Text, days: Days, found: Branches, node: State, place: str) -> None:
    if node[0] == "decide":
        found.add(node, ("waiting", place), (), 1.0)
        return
    turned = Days.__new__(Days)  # a boat that cannot go on turns back, as one that is pulled back
    turned.text, turned.branches, turned._weight = text, found, np.ones(1)
    turned._ashore(node, text.legs[str(node[2])], False, (), 1.0)
