"""The report in a real browser: nothing spills over, nothing is asked of the network, nothing serious for axe-core."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from devtools import AXE, CHROMIUM, KEPT
from report_folders import TITLES, retitle, write_folder
from synthetic_runs import build_scenario

from experiments.report.page import write_report

pytestmark = pytest.mark.browser
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
BROWSERS_OWN = ("google", "gvt1.com")
"""Where the browser itself looks for updates and dictionaries, whatever it shows."""


@pytest.fixture(scope="module", params=["en", "fr"])
def page(request, tmp_path_factory):
    """A report with ordinary and hostile titles."""
    if CHROMIUM is None:
        pytest.fail("no Chromium on the PATH: install the package chromium", pytrace=False)
    place = tmp_path_factory.mktemp("browser")
    variants = [build_scenario("enforcement", enforcement=1.0)]
    variants += [
        retitle(build_scenario(f"v_{n}", enforcement=0.5), TITLES[n])
        for n in ("script", "long", "right_to_left")
    ]
    return write_report(write_folder(place / "out", variants), request.param)


def run(page: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    command = [
        CHROMIUM,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        *flags,
    ]
    return subprocess.run([*command, page.as_uri()], capture_output=True, text=True, timeout=240, check=True)


def ask(page: Path, script: str, width: int) -> object:
    """Return what a script says about the page, shown as wide as given, without the policy that forbids scripts."""
    inner = page.with_name("inner.html")
    inner.write_text(POLICY.sub("", page.read_text(encoding="utf-8")), encoding="utf-8")
    outer = page.with_name("outer.html")
    outer.write_text(
        f'<body><iframe id="f" src="inner.html" style="width:{width}px;height:900px;border:0"></iframe><script>'
        'document.getElementById("f").onload = async () => { const w = document.getElementById("f").contentWindow;'
        f"const said = await (async () => {{ {script} }})();"
        'document.body.innerHTML = "<pre>"; document.querySelector("pre").textContent = JSON.stringify(said); }'
        "</script></body>",
        encoding="utf-8",
    )
    dom = run(
        outer, "--allow-file-access-from-files", "--virtual-time-budget=90000", f"--window-size={max(width, 500)},900",
        "--dump-dom",
    ).stdout  # fmt: skip
    return json.loads(html.unescape(re.search(r"<pre>(.*?)</pre>", dom, re.DOTALL)[1]))


@pytest.mark.parametrize("width", [320, 1280, 1920])
def test_nothing_spills_over_the_side(page, width):
    script = """
    const d = w.document, wide = [...d.querySelectorAll("body *")].filter(e => !e.closest(".scroll, svg, .skip")
      && e.getBoundingClientRect().right > w.innerWidth + 1);
    return [d.documentElement.scrollWidth, w.innerWidth, wide.slice(0, 3).map(e => e.outerHTML.slice(0, 80))];"""
    scroll, inner, wide = ask(page, script, width)
    assert inner == width
    assert wide == []
    assert scroll <= width


def test_no_picture_is_empty(page):
    script = """return [...w.document.querySelectorAll("svg:not(.defs)")].filter(e => !e.parentElement.closest("svg"))
      .filter(e => e.getBoundingClientRect().width < 8 || !e.innerHTML).length;"""
    assert ask(page, script, 1280) == 0


def test_the_console_is_silent_and_no_request_leaves(page, tmp_path):
    log = tmp_path / "net.json"
    said = run(page, "--enable-logging=stderr", f"--log-net-log={log}", "--dump-dom").stderr
    assert "CONSOLE" not in said
    text = log.read_text(encoding="utf-8", errors="replace")
    addresses = set(re.findall(r'"url":"(https?://[^"]+)"', text))
    assert {url for url in addresses if not any(host in url for host in BROWSERS_OWN)} == set()


def test_axe_finds_nothing_serious(page):
    if not AXE.is_file():
        pytest.fail("no axe-core: `make test-browser` fetches it", pytrace=False)
    shutil.copy(AXE, page.with_name("axe.js"))
    script = """await new Promise(done => { const s = w.document.createElement("script");
      s.src = "axe.js"; s.onload = done; w.document.head.append(s); });
      const found = await w.axe.run(w.document, {resultTypes: ["violations"]});
      return found.violations.map(v => [v.id, v.impact, v.nodes.length]);"""
    found = ask(page, script, 1280)
    assert [one for one in found if one[1] in {"serious", "critical"}] == []


def test_screenshots_and_print_are_kept(page):
    KEPT.mkdir(parents=True, exist_ok=True)
    for width in (500, 1280, 1920):
        target = KEPT / f"{page.stem}-{width}.png"
        run(page, f"--screenshot={target}", f"--window-size={width},4000", "--hide-scrollbars")
        assert target.stat().st_size > 20_000
    target = KEPT / f"{page.stem}.pdf"
    run(page, f"--print-to-pdf={target}", "--no-pdf-header-footer")
    assert target.read_bytes().startswith(b"%PDF")
