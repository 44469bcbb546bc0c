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

/** @type {string[]} */
let troubles = [];
page.on("console", (message) => {
  if (message.type() === "error") troubles.push(`console: ${message.text()}`);
});
page.on("pageerror", (error) => {
  const said = String(error.message ?? error);
  if (!said.startsWith(ARRIVING)) troubles.push(`error: ${said}`);
});
page.on("requestfailed", (request) => troubles.push(`failed: ${request.url()}`));
page.on("response", (response) => {
  if (response.status() >= 400) troubles.push(`${response.status()}: ${response.url()}`);
});

const does = {
  open: async ({ url }) => {
    await page.goto(url);
    // Under load Firefox has been seen to answer from the page before.
    const there = (asked) => location.href === asked && document.readyState === "complete";
    await page.waitForFunction(there, {}, url);
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
