"""From a scenario to the arrays of a run: graph, routes, people, departures, policy, choice."""
