"""Walk through the web page with a real browser: from the first account to an undone import, with two phones
that boot, a real Asterisk, and a firmware file that is missing for a while.
"""

import asyncio
import io
import json
import os
import re
import stat
import sys
import time
import zipfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Literal

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, FilePayload, Page, Request, async_playwright

from ringup.demo import isolation, network
from ringup.demo.lab import Lab
from ringup.demo.plan import DemoPlan
from ringup.demo.processes import DemoFailed
from ringup.demo.steps import boot_seconds
from ringup.emulator.firmware import make_sip_package, write_package
from ringup.store.revisions import commit, read_site, revisions

URL = "http://127.0.0.1:8060"
PASSWORD = "correct horse battery"
SIZES = ((1440, 900), (390, 844))
CHROMIUM = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
)  # fmt: skip
SERIOUS = ("serious", "critical")
MISTAKES = "mac,extension,name\n" + "".join(
    f"{'nonsense' if number in (7, 19) else f'0016460001{number:02X}'},"
    f"{'no number!' if number == 30 else 400 + number},Person {number}\n"
    for number in range(50)
)
"""Fifty phones with three mistakes."""


class WebPlan(DemoPlan):
    """The demo's plan with a database of its own choice."""

    url = ""

    @property
    def database(self) -> Path | str:  # type: ignore[override]
        """Return the URL, or the place of a SQLite file if there is none."""
        return self.url or super().database


class WebLab(Lab):
    """The demo's network with the web page, without firmware and phones."""

    def _server_command(self) -> list[str]:
        command = [word for word in super()._server_command() if word != "--no-web"]
        return ["env", "-u", "RINGUP_SERVE_NO_WEB", *command]

    def _write_firmware(self) -> None:
        self.plan.firmware.mkdir(parents=True, exist_ok=True)

    def _write_site(self) -> None:
        super()._write_site()
        site = read_site(self._database).model_copy(update={"phones": (), "logo": ""})
        commit(self._database, site, author="demo", summary="no phones", at=time.time())

    @property
    def revisions(self) -> list[str]:
        """Return the summaries of all revisions, the latest first."""
        return [each.summary for each in revisions(self._database)]

    @property
    def numbers(self) -> list[str]:
        """Return the extensions of all phones."""
        return [line.extension for phone in read_site(self._database).phones for line in phone.lines]


class Watched:
    """One page, and everything on it that must not happen."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("console", lambda said: self._said(said.type, said.text))
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("request", self._asked)
        page.set_default_timeout(20_000)

    def _said(self, kind: str, text: str) -> None:
        refused = "Failed to load resource" in text  # a page with mistakes has status 422 on purpose
        if kind in ("error", "warning") and not refused:
            self.complaints.append(f"{kind}: {text}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((URL, "data:")):
            self.complaints.append(f"request to {request.url}")


async def run(plan: DemoPlan, pictures: Path | None) -> dict[str, Any]:
    """Return what was seen on the way, and what went wrong."""
    async with WebLab(plan) as lab, async_playwright() as playwright:
        chromium = playwright.chromium
        browser = await chromium.launch(executable_path=_in_server(plan.state), args=list(CHROMIUM))
        try:
            return {"reason": "", **await _walk(lab, browser, pictures)}
        except DemoFailed as failed:
            return {"reason": f"{failed}\n{lab.server.last_words(60)}"}
        except Exception as error:
            return {"reason": f"{type(error).__name__}: {error}\n{lab.server.last_words(60)}"}
        finally:
            await browser.close()


def _in_server(folder: Path) -> Path:
    """Return a program that starts Chromium on the server's host."""
    program = folder / "chromium"
    words = " ".join(network.inside("server", ["/usr/bin/chromium"]))
    program.write_text(f'#!/bin/sh\nHOME={folder} exec {words} "$@"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


async def _walk(lab: WebLab, browser: Browser, pictures: Path | None) -> dict[str, Any]:
    watched = Watched(await browser.new_page(viewport={"width": SIZES[0][0], "height": SIZES[0][1]}))
    page, told = watched.page, dict[str, Any]()
    await page.goto(await _first_link(lab))
    await page.fill("[name=name]", "larry")
    await page.fill("[name=password]", PASSWORD)
    await page.fill("[name=again]", PASSWORD)
    await page.click("text=Make the account")
    await page.wait_for_selector("text=Welcome, larry")

    first, second = lab.phones
    await page.goto(f"{URL}/firmware")
    await _upload(page, "package.zip", _package(lab.plan.state / "package"))
    await page.wait_for_selector("text=P0S3-8-12-00 was added")

    await page.goto(f"{URL}/")
    await first.power_on()
    await page.wait_for_selector(".totals >> text=unknown")
    await _until_listed(page, first.mac)
    await _claim(page, first.mac, "201", "Larry")
    await page.goto(f"{URL}/")
    stages = await _live_until(page, first.mac, "in service", boot_seconds(lab))
    told["stages"] = stages
    await first.wait("registration", "line", boot_seconds(lab), state="registered")

    image = next(path for path in lab.plan.firmware.iterdir() if path.suffix == ".sb2")
    image.unlink()
    await second.power_on()
    await _until_listed(page, second.mac)
    await _claim(page, second.mac, "202", "Ada")
    await page.goto(f"{URL}/")
    await _live_until(page, second.mac, "in trouble", boot_seconds(lab))
    await page.goto(f"{URL}/phones/{second.mac}")
    told["cause"] = await page.inner_text("#why")
    await _pictures(browser, page, pictures, "board", "/")
    await _pictures(browser, page, pictures, "phone", f"/phones/{second.mac}")
    told["cure"] = await page.inner_text("section.trouble")
    await page.click("text=Do it here")
    await _upload(page, "package.zip", _package(lab.plan.state / "package"))
    await page.wait_for_selector("text=P0S3-8-12-00 was added")
    await page.goto(f"{URL}/")
    await _live_until(page, second.mac, "in service", 2 * boot_seconds(lab))

    told["numbers"] = lab.numbers
    await page.goto(f"{URL}/import")
    await _upload(page, "phones.csv", MISTAKES.encode())
    await page.wait_for_selector(".problems li")
    told["mistakes"] = await page.locator(".problems li").count()
    told["unchanged"] = lab.numbers == told["numbers"]
    right = MISTAKES.replace("nonsense,407", "001646000107,407").replace("nonsense,419", "001646000113,419")
    await page.goto(f"{URL}/import")
    await _upload(page, "phones.csv", right.replace("no number!", "430").encode())
    await page.click("text=Import 50 rows")
    await page.wait_for_selector("text=were imported")
    told["imported"] = len(lab.numbers)
    await page.click("text=Undo this revision")
    await page.click("main button[type=submit]")
    await page.wait_for_selector("text=was undone")
    told["undone"] = len(lab.numbers)
    told["summaries"] = lab.revisions[:2]
    await _pictures(browser, page, pictures, "history", "/history")
    told["axe"] = await _accessible(page)
    told["complaints"] = watched.complaints
    return told


async def _first_link(lab: WebLab) -> str:
    async def printed() -> str:
        found = re.search(r"http://127\.0\.0\.1:8060/first/\S+", lab.server.last_words(200))
        return found[0] if found else ""

    return await _eventually(printed, "the link for the first account", 20)


async def _eventually(look: Callable[[], Awaitable[str]], what: str, seconds: float) -> str:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := await look():
            return found
        await asyncio.sleep(0.1)
    raise DemoFailed(what, "did not come")


def _package(folder: Path) -> bytes:
    write_package(folder, make_sip_package())
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in folder.iterdir():
            archive.write(path, path.name)
    return packed.getvalue()


async def _upload(page: Page, name: str, content: bytes) -> None:
    payload = FilePayload(name=name, mimeType="application/octet-stream", buffer=content)
    await page.set_input_files("[name=file]", payload)
    await page.locator("form:has([name=file][type=file]) button[type=submit]").click()


async def _until_listed(page: Page, mac: str) -> None:
    async def listed() -> str:
        await page.goto(f"{URL}/?search={mac}")
        return "yes" if await page.locator(f"#phone-{mac}").count() else ""

    await _eventually(listed, f"row of {mac}", 60)


async def _claim(page: Page, mac: str, extension: str, name: str) -> None:
    await page.click(f"#phone-{mac} >> text=Claim")
    await page.fill("[name=wanted]", extension)
    await page.fill("#claim [name=name]", name)
    await page.click("#claim button[type=submit]")
    await page.wait_for_selector(f"text=The phone is {extension} now")


async def _live_until(page: Page, mac: str, state: str, seconds: float) -> list[str]:
    """Wait until the row shows a state, without loading the page again; return the stages on the way."""
    seen: list[str] = []

    async def shown() -> str:
        cells = await page.locator(f"#phone-{mac} td").all_inner_texts()
        if cells and cells[4] not in seen:
            seen.append(cells[4])
        return "yes" if cells and state in cells[3] else ""

    try:
        await _eventually(shown, f"{mac} {state}", seconds)
    except DemoFailed as failed:
        raise DemoFailed(failed.step, f"{seen}") from failed
    return seen


async def _pictures(browser: Browser, page: Page, folder: Path | None, name: str, path: str) -> None:
    """Take the docs' pictures: light and dark, wide and narrow."""
    if folder is None:
        return
    state = await page.context.storage_state()
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        for width, height in SIZES:
            context = await browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=scheme, storage_state=state
            )
            shot = await context.new_page()
            await shot.goto(f"{URL}{path}")
            await shot.wait_for_timeout(300)
            await shot.screenshot(path=folder / f"{name}-{scheme}-{width}.png")
            await context.close()


async def _accessible(page: Page) -> list[str]:
    """Return what axe-core finds that is serious, on each page of the navigation."""
    found: list[str] = []
    links = await page.locator("header nav a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    for path in [*links, "/phones/add", "/me", "/tokens", "/audit"]:
        await page.goto(f"{URL}{path}")
        results = await Axe().run(page)
        for each in results.response["violations"]:
            if each["impact"] in SERIOUS:
                found.append(f"{path}: {each['id']}: {each['nodes'][0]['html'][:120]}")
    return found


if __name__ == "__main__":
    isolation.prepare()
    shots = os.environ.get("RINGUP_PICTURES")
    WebPlan.url = sys.argv[2] if len(sys.argv) > 2 else ""
    lab_plan = WebPlan(Path(sys.argv[1]), isolation.STATE, "22", "pjsip", speed=50.0)
    print(json.dumps(asyncio.run(run(lab_plan, Path(shots) if shots else None))))
