"""Invented Flee folders: a small one as its authors might write it, and random ones; shared by the tests."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from hypothesis import strategies as st

MALI = Path(os.environ.get("FLEE_MALI2012", Path(__file__).parents[2] / "shared" / "data" / "flee_mali2012"))

LOCATIONS = """"#name","region","country","latitude","longitude","location_type","conflict_date","population","hdi"
"Ashford","North","Home",10.5,1.25,"conflict_zone",0,40000,
# a comment between the rows
"Birch","North","Home",10,1,"town",,5000,0.4

"Cove","South","Home",9.5,1,"conflict_zone",3,10000,
"Dale","West","Away",9,0.5,"camp",,900,
"Elm","East","Beyond",9,2,"camp",,600,
"""
ROUTES = """#name1,name2,distance,forced_redirection
Ashford,Birch,100,0
Birch,Dale,200,2
Birch,Cove,50,

Cove,Elm,150,0
Birch,Elm,400,0
"""
CLOSURES = """#closure_type,name1,name2,closure_start,closure_end
country,Home,Beyond,0,6
"""
CONFLICTS = """#Day, Ashford, Cove, Nowhere
0, 1, 0, 0
1, 1, 0, 0
2, 1, 0, 0
3, 0.5, 1, 0
4, 0.5, 1, 0
5, 0, 1, 0
6, 0, 1, 0
7, 1, 1, 0
8, 1, 1, 0
9, 1, 1, 0
"""
INPUT = {
    "locations.csv": LOCATIONS,
    "routes.csv": ROUTES,
    "closures.csv": CLOSURES,
    "conflicts.csv": CONFLICTS,
    "sim_period.csv": "StartDate,2020-01-01\nLength,10\n",
    "registration_corrections.csv": '"Dale","2020-01-06","normalize"\n',
    "locations.csv~": "an editor's backup\n",
}
VALIDATION = {
    "data_layout.csv": "total,refugees.csv\nDale,dale.csv\nElm,elm.csv\n",
    "refugees.csv": "Date,Refugee_numbers\n2020-01-01,120\n2020-01-10,1200\n",
    # 2020-01-05 was rough: the verified 400 of the day after makes it 400, and what came before twice as much.
    "dale.csv": "DateTime,people\n2020-01-01,50\n2020-01-05,200\n2020-01-06,400\n2020-01-10,700,checked\n",
    "elm.csv": "#DateTime,people\n2020-01-01,0\n2020-01-07,0\n2020-01-10,300\n",
}
SETTINGS = "spawn_rules:\n  take_from_population: true\nmove_rules:\n  max_move_speed: 360.0\n"


def write_folder(folder: Path, **changed: str | None) -> Path:
    """Write the small case; a file given by its name (dots as __) is replaced, or left out if None."""
    for kind, files in (("input", INPUT), ("validation", VALIDATION)):
        (folder / kind).mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            new = changed.get(name.replace(".", "__"), text)
            if new is not None:
                (folder / kind / name).write_text(new, encoding="utf-8")
    return folder


@dataclass
class RandomCase:
    """A random Flee case, before it is written."""

    days: int
    zones: list[str]
    towns: list[str]
    camps: list[str]
    capacity: dict[str, int | None]
    routes: list[tuple[str, str, int]]
    intensity: dict[str, list[float]]
    closures: list[str]
    counts: dict[str, list[int]]
    start: date = field(default=date(2021, 2, 20))

    @property
    def places(self) -> list[str]:
        """All places, zones first."""
        return self.zones + self.towns + self.camps

    def country(self, name: str) -> str:
        """Camps lie abroad."""
        return "Away" if name in self.camps else "Home"

    def write(self, folder: Path) -> Path:
        """Write the case as Flee reads it."""
        given, seen = folder / "input", folder / "validation"
        given.mkdir(parents=True)
        seen.mkdir()
        kinds = dict.fromkeys(self.zones, "conflict_zone") | dict.fromkeys(self.towns, "town")
        kinds |= dict.fromkeys(self.camps, "camp")
        size = {name: 1000 * (i + 1) for i, name in enumerate(self.zones)} | dict.fromkeys(self.towns, 100)
        size |= {name: "" if n is None else n for name, n in self.capacity.items()}  # type: ignore[dict-item]
        rows = [f"{n},region,{self.country(n)},,,{kinds[n]},0,{size[n]}" for n in self.places]
        (given / "locations.csv").write_text("#name\n" + "\n".join(rows) + "\n")
        rows = [f"{a},{b},{km},0" for a, b, km in self.routes]
        (given / "routes.csv").write_text("#name1,name2,distance\n" + "\n".join(rows) + "\n")
        (given / "closures.csv").write_text("#type\n" + "\n".join(self.closures) + "\n")
        rows = [
            ",".join([str(d), *(repr(self.intensity[z][d]) for z in self.zones)]) for d in range(self.days)
        ]
        (given / "conflicts.csv").write_text(",".join(["#Day", *self.zones]) + "\n" + "\n".join(rows) + "\n")
        (given / "sim_period.csv").write_text(f"StartDate,{self.start}\nLength,{self.days}\n")
        layout = ["total,total.csv", *(f"{camp},{camp}.csv" for camp in self.camps)]
        (seen / "data_layout.csv").write_text("\n".join(layout) + "\n")
        for name in ("total", *self.camps):
            counts = self.counts[name]
            step = max((self.days - 1) // max(len(counts) - 1, 1), 1)
            dated = [f"{self.start + timedelta(days=i * step)},{n}" for i, n in enumerate(counts)]
            (seen / f"{name}.csv").write_text("\n".join(dated) + "\n")
        return folder


@st.composite
def random_cases(draw: st.DrawFn) -> RandomCase:
    """Draw a case: every place on one connected map, at least one zone in conflict on day 0."""
    days = draw(st.integers(2, 25))
    zones = [f"Z{i}" for i in range(draw(st.integers(1, 3)))]
    towns = [f"T{i}" for i in range(draw(st.integers(0, 3)))]
    camps = [f"C{i}" for i in range(draw(st.integers(1, 4)))]
    places = zones + towns + camps
    routes = [
        (places[draw(st.integers(0, i - 1))], places[i], draw(st.integers(5, 900)))
        for i in range(1, len(places))
    ]
    for _ in range(draw(st.integers(0, 4))):
        a, b = draw(st.sampled_from(places)), draw(st.sampled_from(places))
        if a != b:
            routes.append((a, b, draw(st.integers(5, 900))))
    levels = st.sampled_from([0.0, 0.0, 0.3, 1.0])
    intensity = {z: draw(st.lists(levels, min_size=days, max_size=days)) for z in zones}
    intensity["Z0"][0] = 1.0
    closures = []
    for _ in range(draw(st.integers(0, 3))):
        first, last = draw(st.integers(0, days)), draw(st.integers(-1, days))
        a, b = draw(st.sampled_from(places)), draw(st.sampled_from(places))
        kind = draw(
            st.sampled_from(["country,Home,Away", f"location,{a},", f"link,{a},{b}", f"camp,{camps[0]},"])
        )
        closures.append(f"{kind},{first},{last}")
    counts = {name: draw(st.lists(st.integers(0, 400), min_size=1, max_size=4)) for name in ("total", *camps)}
    capacity = {camp: draw(st.one_of(st.none(), st.integers(1, 500))) for camp in camps}
    return RandomCase(days, zones, towns, camps, capacity, routes, intensity, closures, counts)
