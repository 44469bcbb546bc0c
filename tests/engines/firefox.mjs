// Firefox for the tests: one JSON request per line in, one JSON answer per line out.
// {do: "open", url} | {do: "size", width, height} | {do: "run", code} | {do: "troubles"}
// Answer: {value} or {error}. The end of the input ends the browser.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [packages, executablePath] = process.argv.slice(2);
const puppeteer = createRequire(packages)("puppeteer-core").default;
const browser = await puppeteer.launch({
  browser: "firefox",
  executablePath,
  extraPrefsFirefox: { "intl.accept_languages": "zh-CN" },
});
const page = await browser.newPage();

// Said of a formula of which a part has arrived; whether each is whole is asked of the page itself.
const ARRIVING = "Invalid markup: Incorrect number of children";

const PATIENCE = 60_000; // milliseconds until a page must be there

/** @type {string[]} */
let troubles = [];
page.on("console", (message) => {
  if (message.type() === "error") troubles.push(`console: ${message.text()}`);
});
page.on("pageerror", (error) => {
  const said = String(error.message ?? error);
  if (!said.startsWith(ARRIVING)) troubles.push(`error: ${said}`);
});
page.on("requestfailed", (request) => {
  const left = request.failure()?.errorText === "NS_BINDING_ABORTED"; // with the page it was for
  if (!left) troubles.push(`failed: ${request.url()}`);
});
page.on("response", (response) => {
  if (response.status() >= 400) troubles.push(`${response.status()}: ${response.url()}`);
});

/** Wait until the page asked for answers: under load Firefox still answered from the one before. */
async function arrived(url) {
  const place = () => [location.href.split("#")[0], document.readyState];
  const end = Date.now() + PATIENCE;
  for (;;) {
    const [href, state] = await page.evaluate(place).catch((error) => [String(error), ""]);
    if (href === url && state === "complete") return;
    if (Date.now() > end) throw new Error(`asked for ${url}; found ${href}, ${state}`);
    await new Promise((later) => setTimeout(later, 50));
  }
}

const does = {
  open: async ({ url }) => {
    await page.goto(url);
    await arrived(url);
  },
  size: ({ width, height }) => page.setViewport({ width, height }),
  run: ({ code }) => page.evaluate(code),
  troubles: async () => troubles.splice(0),
};

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  const answer = await does[request.do](request).then(
    (value) => ({ value: value ?? null }),
    (error) => ({ error: String(error.message ?? error) }),
  );
  process.stdout.write(JSON.stringify(answer) + "\n");
}
await browser.close();
