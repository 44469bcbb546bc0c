"""Training in the page, measured on the page of the explorer, and the same steps in torch."""

from __future__ import annotations

import os
import signal
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch
from built_site import HTML, served
from chromium import chromium
from playwright.sync_api import Page
from torch import nn

from aelib.answer_key import BANDS, Band
from aelib.live.recipe import halves, recipe_of
from aelib.live.train_data import embedded

PAGE = "chapters/explorer.html"
NETWORKS = (
    ("784-256-128-100, sigmoid, batch 256", "2", 60),
    ("784-128-32, ReLU, batch 128", "free", 65),
    ("exercise 3's convolutions, batch 64", "3 transposed", 60),
)
"""Name, preset, and the share of torch's speed in per cent that must be reached."""

COUNT = 10_000
ROUNDS, SECONDS = 3, 4.0
TARGET = 0.02
PHONE = 6
SLICE = 0.002  # seconds that a slowed browser runs without a break
PATIENCE = 600_000  # milliseconds

# From the press on: seconds until the first digits and until a test MSE, and the longest frame.
WATCH = """(target) => new Promise((done) => {
  const root = document.querySelector(".ae-trainer");
  const begin = performance.now();
  let before = begin, frame = 0, first = 0;
  const look = (now) => {
    frame = Math.max(frame, now - before);
    before = now;
    const { step, testMse, state } = root.dataset;
    if (!first && Number(step) > 0) first = performance.now() - begin;
    if (Number(testMse) < target || state === "done" || state === "failed") {
      const seconds = Number(testMse) < target ? (performance.now() - begin) / 1000 : NaN;
      done({ seconds, frame, first: first / 1000 });
    } else requestAnimationFrame(look);
  };
  root.querySelector(".ae-start").click();
  requestAnimationFrame((now) => { before = now; requestAnimationFrame(look); });
})"""

# Trains to the end; losses of steps of the last epoch, as many as the page is told of.
TO_THE_END = """() => new Promise((done) => {
  const root = document.querySelector(".ae-trainer");
  const losses = [];
  let begin = 0;
  new MutationObserver(() => {
    const { epoch, loss, state } = root.dataset;
    if (!begin && state === "training") begin = performance.now();
    if (epoch === "9") losses.push(Number(loss));
    if (state === "done" || state === "failed")
      done({ losses, state, seconds: (performance.now() - begin) / 1000 });
  }).observe(root, { attributeFilter: ["data-step", "data-state"] });
  root.querySelector(".ae-start").click();
})"""

# Milliseconds that a fixed loop takes, for measuring how much slower a browser was made.
LOOP = """() => {
  const begin = performance.now();
  let sum = 0;
  for (let i = 0; i < 3e7; i++) sum += i % 7;
  return performance.now() - begin + 0 * sum;
}"""


@dataclass
class Speeds:
    """Images a processor second, the medians of several rounds, and their median share in %."""

    page: float
    torch: float
    share: float


@dataclass
class Learning:
    """Seconds to the target and to the first digits, milliseconds of the longest frame."""

    seconds: float
    first: float
    frame: float
    slowdown: float


@dataclass
class Recipe:
    """Exercise 2's recipe: seconds, mean loss in the last epoch, where it should lie."""

    seconds: float
    loss: float
    band: Band


@contextmanager
def trainer(settings: str) -> Iterator[Page]:
    """Open a page with the trainer set by an address."""
    with chromium() as browser, served(HTML) as site:
        page = browser.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(f"{site}/{PAGE}#tr1={settings}")
        page.locator(".ae-trainer").scroll_into_view_if_needed()
        yield page


def press(page: Page, button: str, state: str) -> None:
    """Press a button and wait for a state."""
    page.locator(f".ae-trainer .ae-{button}").click()
    page.locator(f'.ae-trainer[data-state="{state}"]').wait_for()


def speeds() -> Iterator[tuple[str, float, Speeds]]:
    """Train each network in the page and in torch by turns."""
    torch.set_num_threads(1)
    for name, preset, target in NETWORKS:
        text = f"preset:{preset.replace(' ', '-')},count:{COUNT}"
        with trainer(text) as page:
            press(page, "step", "paused")
            process = renderer_of(page)
            rounds = []
            for _ in range(ROUNDS):
                press(page, "reset", "paused")
                used, start = worker_seconds(process), time.perf_counter()
                press(page, "start", "training")
                time.sleep(SECONDS)
                press(page, "pause", "paused")
                share = (worker_seconds(process) - used) / (time.perf_counter() - start)
                here = float(page.locator(".ae-trainer").get_attribute("data-rate")) / share
                rounds.append((here, torch_rate(preset)))
        here, there = (statistics.median(side) for side in zip(*rounds, strict=True))
        share = statistics.median(100 * a / b for a, b in rounds)
        yield name, target, Speeds(here, there, share)


def worker_seconds(process: int) -> float:
    """Return the processor seconds that the workers of a renderer have used so far.

    A busy machine gives the worker and torch different shares of its time; per processor second
    they can be compared. Read from ``/proc``, so on Linux alone.
    """
    ticks = 0
    for task in Path("/proc", str(process), "task").iterdir():
        if "Worker" in (task / "comm").read_text(encoding="utf-8"):
            fields = (task / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])  # user and system
    return ticks / os.sysconf("SC_CLK_TCK")


def torch_rate(preset: str) -> float:
    """Count the images a processor second of the steps that ``aelib.replay`` takes."""
    recipe = recipe_of(preset=preset, count=COUNT)
    images = embedded().images(COUNT)
    net = nn.Sequential(*halves(recipe))
    optimizer = torch.optim.Adam(net.parameters(), lr=recipe.rate)
    done, used, start = 0, time.thread_time(), time.perf_counter()
    while time.perf_counter() - start < SECONDS:
        batch = images[torch.randint(COUNT, (recipe.batch,))]
        loss = nn.functional.mse_loss(net(batch), batch) * (0.5 if recipe.half else 1)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        done += recipe.batch
    return done / (time.thread_time() - used)


def to_target(slower: int) -> Learning:
    """Press the button and wait for the target, in a browser that runs but a part of the time."""
    with trainer("preset:free") as page:
        alone = page.evaluate(LOOP)
        with slowed(renderer_of(page), slower):
            slowdown = page.evaluate(LOOP) / alone
            found = page.evaluate(WATCH, TARGET)
        return Learning(**found, slowdown=slowdown)


def renderer_of(page: Page) -> int:
    """Return the process that draws a page and trains: the one that has worked most so far."""
    session = page.context.browser.new_browser_cdp_session()
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    renderers = [process for process in processes if process["type"] == "renderer"]
    return max(renderers, key=lambda process: process["cpuTime"])["id"]


@contextmanager
def slowed(process: int, times: int) -> Iterator[None]:
    """Let a process of ours run a part of the time: Chromium's own throttle spares its workers."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(SLICE):
            os.kill(process, signal.SIGSTOP)
            over.wait(SLICE * (times - 1))
            os.kill(process, signal.SIGCONT)

    beating = threading.Thread(target=beat)
    if times > 1:
        beating.start()
    try:
        yield
    finally:
        over.set()
        if times > 1:
            beating.join()


def full_recipe() -> Recipe:
    """Train exercise 2's network as the exercise does."""
    with trainer("preset:2") as page:
        press(page, "step", "paused")
        press(page, "reset", "paused")
        found = page.evaluate(TO_THE_END)
    if found["state"] != "done":
        raise RuntimeError(f"the training ended as {found['state']!r}; expected 'done'")
    return Recipe(found["seconds"], statistics.mean(found["losses"]), BANDS["features_loss"])
