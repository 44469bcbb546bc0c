"""The trainer's worker without a worker, in Node: alone, or beside a page."""

import base64

from browser_code import evaluate

from aelib import Trainer
from aelib.live.recipe import Recipe, plain
from aelib.live.train_data import PART, TrainingSet, embedded

WORKER = """await (async ({ parts, examples, recipe, requests }) => {
  const port = { answers: [], postMessage(a) { this.answers.push(a); this.next?.(); } };
  const until = async (kind, test = () => true) => {
    for (;;) {
      const wanted = (a) => (a.kind === kind && test(a)) || a.kind === "failed";
      const found = port.answers.findIndex(wanted);
      if (found >= 0) return port.answers.splice(found, 1)[0];
      await new Promise((done) => (port.next = done));
    }
  };
  m.default.serve(port);
  await until("ready");
  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const send = (data) => port.onmessage({ data });
  for (const [name, text] of Object.entries(parts)) {
    send({ kind: "part", name, bytes: bytes(text), examples: name === "test" ? examples : [] });
    const kept = await until("kept");
    if (kept.kind === "failed") return [kept];
    var { digits, labels } = name === "test" ? kept : { digits, labels };
  }
  const found = [];
  const names = Object.keys(parts).filter((name) => name !== "test");
  const none = new Uint8Array(0);
  send({ kind: "begin", run: 1, recipe, parts: names, added: none, shown: digits, slice: 50 });
  found.push({ labels: Array.from(labels), ...await until("news") });
  for (const request of requests) {
    send(request);
    const kind = request.kind === "weights" ? "weights" : "news";
    found.push(await until(kind, (a) => a.kind !== "news" || a.resting));
  }
  return found.map(({ inputs, outputs, values, ...rest }) =>
    ({ ...rest, shown: outputs?.length, values: values && Array.from(values) }));
})(d)"""


def text(part: bytes) -> str:
    """A part as base64."""
    return base64.b64encode(part).decode("ascii")


def work(
    recipe: Recipe, *requests: dict, images: TrainingSet | None = None, **parts: bytes
) -> list[dict]:
    """Begin a run on a set, or on some parts, and send requests.

    Returns
    -------
    list of dict
        The news of the beginning, with the labels of the test images, and the answer to each
        request; or what failed.
    """
    images = images or embedded()
    needed = (f"train-{k}" for k in range(-(-recipe.count // PART)))
    parts = parts or {name: images.packed(name) for name in (*needed, "test")}
    data = {
        "parts": {name: text(content) for name, content in parts.items()},
        "examples": images.examples,
        "recipe": plain(recipe),
        "requests": list(requests),
    }
    return evaluate("train_worker.js", WORKER, data)


# Node has no workers and imports no blobs: the worker's text goes beside the page, as data.
BESIDE = """
  globalThis.Blob = class { constructor([text]) { this.text = text; } };
  URL.createObjectURL = ({ text }) => `data:text/javascript,${encodeURIComponent(text)}`;
  page.model.send = ({ part }) => {
    const bytes = Uint8Array.from(atob(page.model.get("parts")[part]), (c) => c.charCodeAt(0));
    for (const [event, f] of [...page.model.handlers]) {
      if (event === "msg:custom") f({ name: part }, [new DataView(bytes.buffer)]);
    }
  };
  const { dataset } = page.find(".ae-trainer");
  const said = () => page.find(".ae-at").textContent;
  const until = async (state) => {
    for (let tries = 0; dataset.state !== state; tries++) {
      if (tries > 4000) throw new Error(`${dataset.state} instead of ${state}: ${said()}`);
      await page.wait(5);
    }
  };
"""


def state(trainer: Trainer) -> dict:
    """What a trainer's page is given, and the first parts of the images."""
    images = trainer.view._images
    parts = {part: text(images.packed(part)) for part in images.parts[:2]}
    given = {name: value for name, value in trainer.view.get_state().items() if name[0] != "_"}
    return given | {"parts": parts}
