"""Drives headless Chromium over its own debugging protocol: real keys, the console, and every request."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tornado.websocket import websocket_connect

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
AXE = Path(os.environ.get("AXE", ".venv-browser/package/axe.min.js"))
KEPT = Path(os.environ.get("SCREENSHOTS", "runs/screenshots"))
"""Where screenshots stay, to be looked at."""
_KEYS = {"Tab": (9, ""), "Enter": (13, "\r"), "ArrowDown": (40, ""), "ArrowUp": (38, ""), "End": (35, "")}


class Tab:
    """One page in a browser; answers and events arrive while a question is asked."""

    def __init__(self, loop: asyncio.AbstractEventLoop, socket) -> None:
        self._loop, self._socket, self._last = loop, socket, 0
        self.console: list[str] = []
        self.requests: list[str] = []
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.ask(f"{domain}.enable")

    def ask(self, method: str, **params: object) -> dict:
        return self._loop.run_until_complete(asyncio.wait_for(self._ask(method, params), 120))

    async def _ask(self, method: str, params: dict) -> dict:
        self._last += 1
        await self._socket.write_message(json.dumps({"id": self._last, "method": method, "params": params}))
        while True:
            said = json.loads(await self._socket.read_message())
            if said.get("id") == self._last:
                assert "error" not in said, said
                return said["result"]
            self._note(said)

    def _note(self, event: dict) -> None:
        told = event.get("params", {})
        if event["method"] == "Network.requestWillBeSent":
            self.requests.append(told["request"]["url"])
        elif event["method"] == "Network.webSocketCreated":
            self.requests.append(told["url"])
        elif event["method"] == "Runtime.exceptionThrown":
            self.console.append(str(told["exceptionDetails"]))
        elif event["method"] == "Runtime.consoleAPICalled" and told["type"] in ("error", "warning", "assert"):
            self.console.append(str(told["args"]))
        elif event["method"] == "Log.entryAdded" and told["entry"]["level"] in ("error", "warning"):
            self.console.append(f"{told['entry']['text']} {told['entry'].get('url')}")

    def run(self, script: str) -> object:
        """Return what an expression, or a promise of one, is."""
        said = self.ask("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in said, said["exceptionDetails"]
        return said["result"].get("value")

    def wait_for(self, condition: str, seconds: int = 90) -> None:
        """Wait in the page until a condition holds."""
        held = self.run(
            f"new Promise(done => {{ const end = Date.now() + {1000 * seconds}; const look = () => "
            f"({condition}) ? done(true) : Date.now() > end ? done(false) : setTimeout(look, 50); look(); }})"
        )
        assert held, f"it never came to: {condition}"

    def press(self, key: str) -> None:
        code, text = _KEYS[key]
        for kind in ("keyDown" if text else "rawKeyDown", "keyUp"):
            self.ask(
                "Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, text=text
            )

    def resize(self, width: int, height: int = 900) -> None:
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def keep_screenshot(self, name: str) -> Path:
        KEPT.mkdir(parents=True, exist_ok=True)
        said = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        (KEPT / name).write_bytes(base64.b64decode(said["data"]))
        return KEPT / name


@contextmanager
def open_tab(url: str) -> Iterator[Tab]:
    """Open a page in a browser of its own, which ends with the block."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        flags = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--no-first-run",
        ]
        browser = subprocess.Popen(
            [CHROMIUM, *flags, "--remote-debugging-port=0", f"--user-data-dir={profile}", "about:blank"],
            stderr=subprocess.PIPE,
            text=True,
        )
        loop = asyncio.new_event_loop()
        try:
            port = next(
                found[1] for line in browser.stderr if (found := re.search(r"ws://[^:]+:(\d+)/", line))
            )
            target = _find_page(port)
            socket = loop.run_until_complete(_connect(target))
            tab = Tab(loop, socket)
            tab.ask("Page.navigate", url=url)
            yield tab
            socket.close()
        finally:
            browser.terminate()
            browser.wait(20)
            browser.stderr.close()
            loop.run_until_complete(asyncio.sleep(0))
            loop.close()


async def _connect(address: str):
    return await websocket_connect(address, max_message_size=200_000_000)


def _find_page(port: str) -> str:
    from urllib.request import urlopen

    with urlopen(f"http://127.0.0.1:{port}/json", timeout=20) as said:
        return next(p["webSocketDebuggerUrl"] for p in json.load(said) if p["type"] == "page")
