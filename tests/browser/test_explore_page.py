"""The explore page in a real browser: levers change the numbers, by keyboard too, and nothing leaves the machine."""

from __future__ import annotations

import re
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from devtools import AXE, CHROMIUM, open_tab

pytestmark = pytest.mark.browser
pytest.importorskip("panel")
SCENARIO = "scenarios/central_mediterranean/baseline.yaml"
DEEP = """window.deep = (sel, root = document) => [...root.querySelectorAll(sel), ...[...root.querySelectorAll("*")]
  .filter(e => e.shadowRoot).flatMap(e => deep(sel, e.shadowRoot))];
  window.focused = (e = document.activeElement) => e?.shadowRoot ? focused(e.shadowRoot.activeElement) : e;
  window.lever = word => deep("label").find(e => e.textContent.startsWith(word)).parentNode.querySelector("select");
  window.cells = name => [...deep(`tr[data-outcome=${name}] td`)].map(e => e.textContent);"""


@pytest.fixture(scope="module")
def address():
    """The page, served by the command itself."""
    command = "from experiments.cli import main; main()"
    arguments = ["explore", SCENARIO, "--no-browser", "--scale", "0.005"]
    server = subprocess.Popen([sys.executable, "-c", command, *arguments], stdout=subprocess.PIPE, text=True)
    try:
        yield server.stdout.readline().split()[0]
    finally:
        server.terminate()
        server.wait(30)
        server.stdout.close()


@pytest.fixture(scope="module")
def tab(address):
    """The page after a first run without any lever moved."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on the PATH")
    with open_tab(address) as tab:
        tab.resize(1280)
        tab.run(DEEP)
        tab.wait_for("deep('select').length >= 8")
        press_run(tab)
        yield tab


def press_run(tab):
    tab.run("deep('button').find(e => e.textContent == 'Run').click()")
    tab.wait_for("deep('progress').length")
    tab.wait_for("!deep('progress').length && deep('table').length", 200)


def walk_to(tab, wanted):
    """Press Tab until the focus is on what an expression wants."""
    for _ in range(40):
        if tab.run(f"Boolean(focused() && (({wanted})(focused())))"):
            return
        tab.press("Tab")
    raise AssertionError(f"the keyboard never comes to {wanted}")


def test_without_a_lever_moved_nothing_differs(tab):
    baseline, changed, change = tab.run("cells('deaths')")
    assert baseline == changed != "too few"
    assert change == "0 (0%)"


def test_a_lever_and_run_by_keyboard_alone_change_the_numbers(tab):
    before = tab.run("cells('sea_attempts')")
    tab.run("lever('Border').focus()")
    walk_to(tab, "e => e === lever('Rescue')")
    tab.press("End")
    tab.wait_for("lever('Rescue').value == '100%'")
    walk_to(tab, "e => e.textContent == 'Run'")
    tab.press("Enter")
    assert tab.run("focused().textContent") == "Run"  # the focus stays where it was
    tab.wait_for("deep('progress').length")
    tab.wait_for("!deep('progress').length", 200)
    tab.wait_for("cells('deaths')[0] != cells('deaths')[1]")
    assert tab.run("cells('sea_attempts')")[0] == before[0]  # the baseline stays what it was
    assert "Rescue at sea: 100%" in tab.run("deep('p').map(e => e.textContent).join(' ')")
    assert tab.run("deep('[data-leg]').length") > 50


def test_every_control_has_a_name_and_shows_its_focus(tab):
    tab.run("lever('Scenario').focus()")
    tab.press("Tab")
    style = tab.run("(s => [s.outlineStyle, s.outlineWidth])(getComputedStyle(focused()))")
    assert style == ["solid", "3px"]
    assert tab.run("deep('select').filter(e => !e.labels.length).length") == 0


def test_arrivals_never_stand_alone(tab):
    rows = tab.run("deep('tr[data-outcome]').map(e => e.dataset.outcome)")
    assert rows.index("deaths") == 0
    assert rows.index("arrivals") > rows.index("journeys")


@pytest.mark.parametrize("width", [320, 1280, 1920])
def test_nothing_spills_over_the_side(tab, width):
    tab.resize(width, 1200)
    tab.wait_for(f"document.documentElement.clientWidth <= {width}")
    spilling = """deep("*").filter(e => !e.closest(".scroll, svg, .skip, script, style")
      && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 90))"""
    tab.wait_for(f"document.documentElement.scrollWidth <= {width}", 5)
    assert tab.run(spilling) == []
    assert tab.keep_screenshot(f"explore-{width}.png").stat().st_size > 20_000


def test_axe_finds_nothing_serious(tab):
    if not AXE.is_file():
        pytest.skip("no axe-core: make test-browser fetches it")
    tab.resize(1280)
    tab.run(AXE.read_text(encoding="utf-8") + ";0")
    found = tab.run("axe.run().then(r => [r.passes.length, r.violations.map(v => [v.id, v.impact])])")
    assert found[0] > 10
    assert [one for one in found[1] if one[1] in ("serious", "critical")] == []


def test_the_console_is_silent_and_every_request_stays_here(tab, address):
    asked = {urlsplit(url).netloc for url in tab.requests if re.match(r"https?:|wss?:", url)}
    assert asked == {urlsplit(address).netloc}
    assert tab.console == []


def test_pages_of_other_sites_cannot_talk_to_it(address):
    """A page elsewhere that names this address may not open its socket; the page itself may."""
    key = "c2FmZSBwYXNzYWdlIHRlc3Q="
    asking = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": key,
    }

    def knock(origin):
        line = HTTPConnection(urlsplit(address).netloc, timeout=20)
        line.request("GET", "/explore/ws", headers={**asking, "Origin": origin})
        status = line.getresponse().status
        line.close()
        return status

    assert knock(f"http://{urlsplit(address).netloc}") == 101
    assert knock("http://elsewhere.example") == 403
    assert knock(f"http://elsewhere.example:{urlsplit(address).port}") == 403


def test_it_listens_on_this_machine_only(address):
    assert urlsplit(address).hostname == "127.0.0.1"
    port = f":{urlsplit(address).port:04X} "
    tables = "".join(path.read_text() for path in Path("/proc/net").glob("tcp*"))
    if not tables:
        pytest.skip("no list of sockets on this system")
    listening = [line.split()[1] for line in tables.splitlines() if port in line and " 0A " in line]
    assert listening == [f"0100007F{port.strip()}"]  # 127.0.0.1
