// Buys one product on the demo's chat page in a real browser, as a stranger would, and checks the page.
// DEMO_URL=http://127.0.0.1:PORT/ node buy.mjs [--screenshots DIR]     DEMO_GOODS may name words the goods must hold.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { axe, button, CHAT, chatText, check, choose, DESKTOP, finish, inline, menu, must, open, PATIENCE, PHONE, say, untilText } from "./browser.mjs";

const HOSTILE = "<b>x</b><img src=x onerror=\"document.title='owned'\">";
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
if (shots) await mkdir(shots, { recursive: true });

async function shot(page, name) {
  if (!shots) return;
  await page.locator(CHAT).evaluate((panel) => { panel.scrollTop = panel.scrollHeight; });
  await page.evaluate(() => document.activeElement?.blur());
  await page.locator(".toast").first().waitFor({ state: "detached" });
  await page.waitForTimeout(400); // lets the last animation end; no check depends on it
  await page.screenshot({ path: join(shots, name) });
}

const browser = await open(address);
const { page, complaints, strangers } = browser;
let goods = "";
try {
  await check("the page opens and greets the first buyer", async () => {
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
    // The goods stand in the longest piece of fixed type (an order's number is shorter), else in the text itself.
    goods = await bubble.evaluate((node) => {
      const pieces = [...node.querySelectorAll("pre, code, .spoiler, .document b")].map((one) => one.textContent.trim());
      return pieces.sort((a, b) => b.length - a.length)[0]?.split("\n")[0] ?? node.querySelector(".words").textContent.trim();
    });
    must(goods.length >= 4, `the goods bubble holds nothing to hand over: "${goods}"`);
    const expected = process.env.DEMO_GOODS;
    must(!expected || (await bubble.innerText()).includes(expected), `the goods do not hold "${expected}"`);
    must(await bubble.isVisible() && (await chatText(page)).includes(goods), "the goods cannot be seen");
    console.log(`        goods seen: ${goods.slice(0, 60)}`);
  });
  await check("a proof of the terms goes out as a photo and is thanked for", async () => {
    await inline(page, "Penuhi SNK");
    await untilText(page, "Kirim buktinya di sini");
    await page.locator("#text").fill("ini buktinya");
    const png = await page.locator(CHAT).screenshot();
    await page.locator("#attach").setInputFiles({ name: "bukti.png", mimeType: "image/png", buffer: png });
    await untilText(page, "simpan terenkripsi");
  });
  await check("a coupon makes the next one free", async () => {
    await menu(page, "Semua Produk");
    await inline(page, "2");
    await inline(page, "Lanjut ke Keranjang");
    await inline(page, "Gunakan Kupon");
    await untilText(page, "Ketik kode kuponmu");
    await say(page, "gratis");
    await untilText(page, "Total: Rp 0");
    await inline(page, "Lanjut ke Pembayaran");
    await inline(page, "QRIS");
    await untilText(page, "Gratis!");
  });
  await check("a deposit fills the balance", async () => {
    await menu(page, "Deposit");
    await inline(page, "Rp 50.000");
    await page.locator(`${CHAT} [data-pay]`).last().click();
    await untilText(page, "Saldomu sekarang");
  });
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
  await check("the other buyer reads English from now on", async () => {
    await menu(page, "Informasi");
    await inline(page, "English");
    await untilText(page, "from now on in English");
    await menu(page, "All Products");
    await untilText(page, "Press a number to see the details");
  });
  await check("the admin's chat opens", async () => {
    await choose(page, 2);
    await untilText(page, "ini buktinya");
    must(!(await page.locator(CHAT).textContent()).includes(goods), "the admin's chat shows the goods");
  });
  await check("EN switches the page's words and language", async () => {
    await page.locator("#language").click();
    must(await page.locator("html").getAttribute("lang") === "en", "lang is not en");
    must(/this is a demo/i.test(await page.locator(".strip").innerText()), "the strip is not English");
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
      await shot(page, ["chat", size === "phone" ? "-phone" : "", colorScheme === "dark" ? "-dark" : "", ".png"].join(""));
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
  await browser.close();
}
finish();
