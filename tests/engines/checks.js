// What each engine is asked on a page of the book: one list, run in the page by all three drivers.
// Each answer is plain JSON; the tests judge it.

const STATE = 'script[type="application/vnd.jupyter.widget-state+json"]';
const WIDGETS = ".ae-explorer, .ae-latent-map, .ae-trainer";
const PATIENCE = 60_000; // milliseconds until what is waited for counts as missing

const frame = () => new Promise((done) => setTimeout(done, 15));

async function until(what, holds) {
  const end = performance.now() + PATIENCE;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`waited ${PATIENCE} ms for: ${what}`);
    await frame();
  }
}

/** A short name of a canvas's pixels (FNV-1a): the same pixels have the same. */
function pixelsOf(canvas) {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let hash = 0x811c9dc5;
  for (const value of data) hash = Math.imul(hash ^ value, 0x01000193) >>> 0;
  return hash.toString(16);
}

/** The names of each explorer's networks, in the order of the page. */
function networksOfThePage() {
  return [...document.querySelectorAll(STATE)]
    .flatMap((script) => Object.values(JSON.parse(script.textContent).state))
    .map(({ state }) => state)
    .filter((state) => state._anywidget_id === "aelib.live.explorer.ExplorerView")
    .sort((one, other) => Number(one.name.slice(2)) - Number(other.name.slice(2)))
    .map(({ name, networks }) => ({ name, networks: networks.map((n) => String(n.name)) }));
}

/** The file that a trainer gives its reader; nothing is saved. */
async function savedBy(root) {
  const [create, click] = [URL.createObjectURL, HTMLAnchorElement.prototype.click];
  let file = null;
  HTMLAnchorElement.prototype.click = () => {};
  URL.createObjectURL = (blob) => create.call(URL, (file = blob));
  try {
    root.querySelector(".ae-save").click();
    await until("the saved weights", () => file);
  } finally {
    [URL.createObjectURL, HTMLAnchorElement.prototype.click] = [create, click];
  }
  return file;
}

/** A short name of a text (FNV-1a). */
function digest(text) {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash.toString(16);
}

async function see(root) {
  root.scrollIntoView({ block: "center", behavior: "instant" });
  await until("data-ready of a widget", () => root.dataset.ready === "true");
}

/** Set all explorers by the page's address, wait for one, and read it. */
async function readExplorer(root, setting, wanted) {
  location.hash = setting;
  await until(`the setting ${setting}`, () =>
    Object.entries(wanted).every(([name, value]) => root.dataset[name] === value),
  );
  return {
    setting,
    mse: root.dataset.mse,
    noisy: pixelsOf(root.querySelector(".ae-noisy")),
    reconstruction: pixelsOf(root.querySelector(".ae-reconstruction")),
  };
}

export const checks = {
  /** Every widget becomes ready; how many there are. */
  async ready() {
    await until("the widgets' places", () => {
      const waiting = document.querySelector(".widget-notice:not([hidden])");
      return !waiting && !document.querySelector(`.widget-area:not(:has(${WIDGETS}))`);
    });
    const found = [...document.querySelectorAll(WIDGETS)];
    for (const root of found) await see(root);
    return found.length;
  },

  /** MSE and pixels of each explorer after the same settings. */
  async explorers() {
    const answers = [];
    const named = networksOfThePage();
    const roots = [...document.querySelectorAll(".ae-explorer")];
    for (const [i, root] of roots.entries()) {
      await see(root);
      const { name, networks } = named[i];
      const [first, last] = [networks[0], networks.at(-1)];
      const middle = networks[Math.floor(networks.length / 2)];
      for (const [noise, network, digit] of [
        ["0", first, "0"],
        ["0.3", first, "0"],
        ["1", first, "0"],
        ["0.3", middle, "0"],
        ["0.3", last, "0"],
        ["0.3", last, "1"],
      ]) {
        const latent = encodeURIComponent(network);
        const setting = `${name}=digit:${digit},noise:${noise},latent:${latent},seed:7`;
        const wanted = { noise, network, digit, seed: "7" };
        answers.push(await readExplorer(root, setting, wanted));
      }
    }
    return answers;
  },

  /** The picture of each latent map as it stands. */
  async maps() {
    const answers = [];
    for (const root of document.querySelectorAll(".ae-latent-map")) {
      await see(root);
      answers.push(pixelsOf(root.querySelector(".ae-decoded")));
    }
    return answers;
  },

  /** Weights of the page's trainer after two epochs of a thousand images, and what it measured. */
  async trained() {
    const root = document.querySelector(".ae-trainer");
    if (!root?.querySelector(".ae-save")) return [];
    await see(root);
    const own = root.dataset.preset;
    const answers = [];
    for (const preset of own.startsWith("3") ? ["3 transposed", "3 upsampling"] : [own]) {
      location.hash = `tr1=preset:${preset.replace(" ", "-")},count:1000,seed:7`;
      const count = () => root.querySelector(".ae-count").selectedOptions[0]?.textContent ?? "";
      await until("the trainer's settings", () =>
        root.dataset.preset === preset && count().startsWith("1,000"),
      );
      for (const epoch of ["1", "2"]) {
        root.querySelector(".ae-epoch").click();
        await until(`epoch ${epoch}`, () =>
          root.dataset.state === "paused" && root.dataset.epoch === epoch,
        );
      }
      const saved = JSON.parse(await (await savedBy(root)).text());
      const { loss, testMse } = root.dataset;
      const weights = digest(saved.weights);
      answers.push({ preset: saved.recipe.preset, steps: saved.steps, weights, loss, testMse });
    }
    return answers;
  },

  /** Each question answers its first option. */
  async quizzes() {
    const answers = [];
    for (const quiz of document.querySelectorAll("form.quiz")) {
      quiz.querySelector("input").click();
      quiz.querySelector("button[type=submit]").click();
      await until(`an answer to ${quiz.id}`, () => quiz.dataset.state);
      const said = quiz.querySelector("[role=status]").textContent.replaceAll(/\s+/g, " ").trim();
      answers.push({ id: quiz.id, state: quiz.dataset.state, said });
    }
    return answers;
  },

  /** Places of formulas, how many are drawn and not whole, and whether their fonts are here. */
  async formulas() {
    await document.fonts.ready;
    const places = [...document.querySelectorAll(".math")];
    const drawn = places.filter((place) => place.querySelector(".katex-html")?.offsetWidth);
    const fonts = [...document.fonts].filter((font) => font.family.includes("KaTeX"));
    const children = { msub: 2, msup: 2, mfrac: 2, mroot: 2, munder: 2, mover: 2 };
    const parts = Object.entries({ ...children, msubsup: 3, munderover: 3 });
    const broken = parts.flatMap(([tag, count]) =>
      [...document.querySelectorAll(tag)].filter((part) => part.childElementCount !== count),
    );
    return {
      places: places.length,
      broken: broken.map((part) => part.outerHTML),
      drawn: drawn.length,
      mathml: places.filter((place) => place.querySelector("math")).length,
      fonts: fonts.filter(({ status }) => status === "loaded").length,
      failed: fonts.filter(({ status }) => status === "error").length,
    };
  },

  /** Addresses outside the site that the page asked for. */
  async foreign() {
    const own = location.protocol === "file:" ? "file:" : location.origin;
    return performance
      .getEntriesByType("resource")
      .map(({ name }) => name)
      .filter((name) => ![own, "data:", "blob:"].some((start) => name.startsWith(start)));
  },

  /** Widths, once the page is laid out, and the elements that stick out of it. */
  async sideways() {
    const root = document.documentElement;
    const wide = () => root.scrollWidth > innerWidth;
    for (let i = 0; i < 40 && wide(); i++) await frame();
    const out = !wide()
      ? []
      : [...document.querySelectorAll("body *")]
          .filter((one) => !one.closest("math")) // 1 px large, whatever its parts say
          .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
          .map((one) => `${one.tagName}.${one.className}`);
    return { width: innerWidth, content: root.scrollWidth, out: out.slice(0, 10) };
  },
};
