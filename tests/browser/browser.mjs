// What every browser test needs: Chromium with a fresh profile, checks that are counted, and hands.
// CHROMIUM may name the browser.

import { chromium } from "playwright-core";
import { createRequire } from "node:module";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1280, height: 800 };
export const PATIENCE = 15_000;

const axeSource = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
let passed = 0;
let failed = 0;

export async function check(name, body) {
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

export function must(condition, otherwise) {
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
export async function button(page, where, words) {
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

export async function tap(page, where, words) {
  const until = Date.now() + PATIENCE;
  for (;;) {
    try {
      return await (await button(page, where, words)).click({ timeout: 2000 });
    } catch (fault) {
      if (Date.now() > until) throw fault;
    }
  }
}

export const CHAT = ".panel:not([hidden])";
export const inline = (page, words) => tap(page, `${CHAT} .buttons`, words);
export const menu = (page, words) => tap(page, "#keyboard", words);
export const chatText = (page) => page.locator(CHAT).innerText();
export const untilText = (page, text) => page.waitForFunction(([where, words]) => document.querySelector(where)?.innerText.includes(words), [CHAT, text], { timeout: PATIENCE });

export async function say(page, text) {
  await page.locator("#text").fill(text);
  await page.locator("#text").press("Enter");
}

export async function choose(page, number) {
  await page.locator("[role=tab]").nth(number).click();
  await page.waitForFunction((n) => document.querySelectorAll("[role=tab]")[n]?.getAttribute("aria-selected") === "true", number, { timeout: PATIENCE });
}

export async function axe(page) {
  // Not a script tag: the page's own policy refuses those, as it should.
  if (!await page.evaluate(() => "axe" in globalThis)) await page.evaluate(axeSource);
  await page.waitForFunction(() => document.getAnimations().every((one) => one.playState !== "running"), null, { timeout: PATIENCE });
  const faults = await page.evaluate(async () => (await globalThis.axe.run(document, { resultTypes: ["violations"] })).violations
    .map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => `${node.target} ${node.any[0]?.message ?? ""}`).join("; ")}`));
  must(faults.length === 0, faults.join(" | "));
}

// A browser at `address`, with everything the page complained of and every stranger it asked.
export async function open(address) {
  const profile = await mkdtemp(join(tmpdir(), "auto-order-browser-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
    viewport: DESKTOP, colorScheme: "light", locale: "id-ID", timezoneId: "Asia/Jakarta", serviceWorkers: "block",
  });
  const page = context.pages()[0] ?? await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  const complaints = [];
  const strangers = [];
  const home = new URL(address).origin;
  page.on("pageerror", (fault) => complaints.push(fault.message));
  page.on("console", (line) => { if (line.type() === "error") complaints.push(line.text()); });
  page.on("dialog", (dialog) => { complaints.push(`dialog: ${dialog.message()}`); dialog.dismiss().catch(() => {}); });
  page.on("request", (request) => { if (!request.url().startsWith("data:") && new URL(request.url()).origin !== home) strangers.push(request.url()); });
  await page.goto(address);
  return { page, context, complaints, strangers, close: async () => { await context.close(); await rm(profile, { recursive: true, force: true }); } };
}

export function finish() {
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed === 0 ? 0 : 1);
}
