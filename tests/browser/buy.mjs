// Buys one product on the demo's chat page in a real browser, as a stranger would, and checks the page.
// DEMO_URL=http://127.0.0.1:PORT/ node buy.mjs [--screenshots DIR]     CHROMIUM may name the browser.

import { chromium } from "playwright-core";
import { createRequire } from "node:module";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const address = process.env.DEMO_URL;
if (!address) {
  console.error("DEMO_URL is not set: give the address that `auto-order demo` prints.");
  process.exit(2);
}
const at = process.argv.indexOf("--screenshots");
const shots = at > 0 ? process.argv[at + 1] : null;
if (at > 0 && !shots) {
  console.error("--screenshots needs a folder.");
  process.exit(2);
}
const axeSource = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1280, height: 800 };
const PATIENCE = 15_000;
const HOSTILE = "<b>x</b><img src=x onerror=\"document.title='owned'\">";

let passed = 0;
let failed = 0;

async function check(name, body) {
  try {
    await body();
    passed += 1;
    console.log(`ok      ${name}`);
    return true;
  } catch (fault) {
    failed += 1;
    console.log(`FAILED  ${name}: ${String(fault.message).split("\n").slice(0, 6).join(" | ")}`);
    return false;
  }
}

function must(condition, otherwise) {
  if (!condition) throw new Error(otherwise);
}

// "🛍 Semua Produk" and "Semua Produk" are one label, and so are "1️⃣" and "1". A label of nothing but
// emoji ("➕") is compared as it is.
function plain(label) {
  const bare = label.normalize("NFC").replace(/[\uFE0E\uFE0F\u20E3\u200D]/gu, "").trim();
  const words = bare.replace(/[\p{Extended_Pictographic}\p{Emoji_Modifier}]/gu, "").replace(/\s+/g, " ").trim().toLowerCase();
  return words || bare;
}

// The newest button with these words inside `where`. It waits until there is one.
async function button(page, where, words) {
  const until = Date.now() + PATIENCE;
  let seen = [];
  for (;;) {
    const found = await page.locator(`${where} button:visible, ${where} a.key:visible`).all();
    seen = await Promise.all(found.map((one) => one.textContent({ timeout: 2000 }).catch(() => "")));
    const index = seen.findLastIndex((label) => plain(label) === plain(words));
    if (index >= 0) return found[index];
    if (Date.now() > until) throw new Error(`no button "${words}" in ${where}; there are: ${seen.map(plain).join(" / ").slice(0, 400)}`);
    await page.waitForTimeout(100); // polls the page, not a clock the outcome depends on
  }
}

async function tap(page, where, words) {
  const until = Date.now() + PATIENCE;
  for (;;) {
    try {
      return await (await button(page, where, words)).click({ timeout: 2000 });
    } catch (fault) {
      if (Date.now() > until) throw fault;
    }
  }
}

const CHAT = ".panel:not([hidden])";
const inline = (page, words) => tap(page, `${CHAT} .buttons`, words);
const menu = (page, words) => tap(page, "#keyboard", words);
const chatText = (page) => page.locator(CHAT).innerText();
const untilText = (page, text) => page.waitForFunction(([where, words]) => document.querySelector(where)?.innerText.includes(words), [CHAT, text], { timeout: PATIENCE });

async function say(page, text) {
  await page.locator("#text").fill(text);
  await page.locator("#text").press("Enter");
}

async function choose(page, number) {
  await page.locator("[role=tab]").nth(number).click();
  await page.waitForFunction((n) => document.querySelectorAll("[role=tab]")[n]?.getAttribute("aria-selected") === "true", number, { timeout: PATIENCE });
}

async function axe(page) {
  await page.waitForFunction(() => document.getAnimations().every((one) => one.playState !== "running"), null, { timeout: PATIENCE });
  const faults = await page.evaluate(async () => (await globalThis.axe.run(document, { resultTypes: ["violations"] })).violations
    .map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => `${node.target} ${node.any[0]?.message ?? ""}`).join("; ")}`));
  must(faults.length === 0, faults.join(" | "));
}

async function shot(page, name) {
  if (!shots) return;
  await page.waitForTimeout(400); // lets the last bubble's animation end; no check depends on it
  await page.screenshot({ path: join(shots, name) });
}

const profile = await mkdtemp(join(tmpdir(), "auto-order-browser-"));
if (shots) await mkdir(shots, { recursive: true });
const context = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
  viewport: DESKTOP, colorScheme: "light", locale: "id-ID", timezoneId: "Asia/Jakarta", serviceWorkers: "block",
});
const page = context.pages()[0] ?? await context.newPage();
page.setDefaultTimeout(PATIENCE);
const complaints = [];
const strangers = [];
page.on("pageerror", (fault) => complaints.push(fault.message));
page.on("console", (line) => { if (line.type() === "error") complaints.push(line.text()); });
page.on("dialog", (dialog) => { complaints.push(`dialog: ${dialog.message()}`); dialog.dismiss().catch(() => {}); });
page.on("request", (request) => { if (!request.url().startsWith("data:") && new URL(request.url()).origin !== new URL(address).origin) strangers.push(request.url()); });

let goods = "";
try {
  await check("the page opens and greets the first buyer", async () => {
    await page.goto(address);
    await page.evaluate(axeSource); // not a script tag: the page's own policy refuses those, as it should
    await choose(page, 0);
    await page.locator(`${CHAT} .welcome`).waitFor();
    must((await page.locator("#shop").innerText()).length > 0, "the header has no shop name");
  });
  await check("axe finds nothing on the first visit", () => axe(page));
  await check("/start brings the menu", async () => {
    await page.locator(`${CHAT} .welcome button`).click();
    await button(page, "#keyboard", "Semua Produk");
  });
  await check("\"Semua Produk\" lists the products", async () => {
    await menu(page, "Semua Produk");
    await button(page, `${CHAT} .buttons`, "1");
  });
  await check("number 1 opens the product's card", async () => {
    await inline(page, "1");
    await button(page, `${CHAT} .buttons`, "➕");
  });
  await check("➕ changes the card in place", async () => {
    const before = await page.locator(`${CHAT} .message`).count();
    const text = await page.locator(`${CHAT} .message`).last().innerText();
    await inline(page, "➕");
    await page.waitForFunction(([where, old]) => [...document.querySelectorAll(`${where} .message`)].at(-1)?.innerText !== old, [CHAT, text], { timeout: PATIENCE });
    must(await page.locator(`${CHAT} .message`).count() === before, "the card was sent anew instead of edited");
  });
  await check("the cart and the payment choice follow", async () => {
    await inline(page, "Lanjut ke Keranjang");
    await inline(page, "Lanjut ke Pembayaran");
    await button(page, `${CHAT} .buttons`, "QRIS");
  });
  await check("QRIS brings a photo of the QR", async () => {
    await inline(page, "QRIS");
    const photo = page.locator(`${CHAT} .photo img`).last();
    await photo.waitFor();
    await page.waitForFunction((where) => { const image = [...document.querySelectorAll(`${where} .photo img`)].at(-1); return image?.complete && image.naturalWidth >= 100; }, CHAT, { timeout: PATIENCE });
  });
  await check("the QR can be enlarged and closed by keyboard", async () => {
    await page.locator(`${CHAT} .photo`).last().press("Enter");
    await page.locator("#large[open]").waitFor();
    await page.keyboard.press("Escape");
    await page.locator("#large[open]").waitFor({ state: "hidden" });
  });
  await shot(page, "chat-invoice.png");
  await check("the bank pays and the goods arrive, protected", async () => {
    await page.locator(`${CHAT} [data-pay]`).last().click();
    const bubble = page.locator(`${CHAT} .message.protected`).last();
    await bubble.waitFor();
    goods = (await bubble.evaluate((node) => (node.querySelector("pre, code, .spoiler, .document") ?? node.querySelector(".words")).textContent)).split("\n")[0].trim();
    must(goods.length >= 4, `the goods bubble holds nothing to hand over: "${goods}"`);
    must(await bubble.isVisible() && (await chatText(page)).includes(goods), "the goods cannot be seen");
    console.log(`        goods seen: ${goods.slice(0, 60)}`);
  });
  await shot(page, "chat.png");
  await check("the other buyer's chat does not show the goods", async () => {
    must(goods, "there were no goods to compare");
    await choose(page, 1);
    await page.locator(`${CHAT} .welcome button`).click();
    await button(page, "#keyboard", "Semua Produk");
    must(!(await page.locator(CHAT).textContent()).includes(goods), "the other buyer sees the first buyer's goods");
    must(await page.locator(`${CHAT} .message.protected`).count() === 0, "the other buyer has a protected message");
  });
  await check("hostile text is drawn letter by letter", async () => {
    await say(page, HOSTILE);
    await untilText(page, HOSTILE);
    must(await page.locator(`${CHAT} .message :is(b, img[src=x], script)`).count() === 0, "the text became elements");
    must(!(await page.title()).includes("owned"), "the text ran");
  });
  await check("the admin's chat opens", async () => {
    await choose(page, 2);
    must(!(await page.locator(CHAT).textContent()).includes(goods), "the admin's chat shows the goods");
  });
  await check("EN switches the page's words and language", async () => {
    await page.locator("#language").click();
    must(await page.locator("html").getAttribute("lang") === "en", "lang is not en");
    must(/demo: the service is real/.test(await page.locator(".strip").innerText()), "the strip is not English");
    await page.locator("#language").click();
    must(await page.locator("html").getAttribute("lang") === "id", "lang is not id");
  });
  await choose(page, 0);
  for (const [size, viewport] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
    for (const colorScheme of ["light", "dark"]) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      await check(`axe finds nothing on a ${size}, ${colorScheme}`, () => axe(page));
      await check(`nothing sticks out sideways on a ${size}, ${colorScheme}`, async () => {
        const wide = await page.evaluate(() => [document.documentElement, ...document.querySelectorAll(".panel:not([hidden]), .foot, .head")].filter((node) => node.scrollWidth > node.clientWidth + 1).map((node) => node.className || node.tagName));
        must(wide.length === 0, `too wide: ${wide}`);
      });
      await shot(page, `chat-${size}-${colorScheme}.png`);
    }
  }
  await check("a reload keeps the chat", async () => {
    await page.reload();
    await untilText(page, goods);
  });
  await check("no script complained and nothing was asked of strangers", async () => {
    must(complaints.length === 0, complaints.join(" | "));
    must(strangers.length === 0, strangers.join(" | "));
  });
} finally {
  await context.close();
  await rm(profile, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
