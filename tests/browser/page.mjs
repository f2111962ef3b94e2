// Checks the chat page alone, against the mock shop: what a real sale seldom shows (a lost server, a stale
// button, hostile links, long chats, edits under the finger). `node page.mjs` needs nothing else.

import { button, CHAT, check, choose, finish, inline, menu, must, open, PATIENCE, say, untilText } from "./browser.mjs";
import { serve } from "./mock.mjs";

let shop = await serve();
const port = Number(new URL(shop.url).port);
const browser = await open(shop.url);
const { page, complaints, strangers } = browser;
const until = (test, value) => page.waitForFunction(test, value, { timeout: PATIENCE });
const last = () => page.locator(`${CHAT} .message.bot`).last();
const panel = () => page.locator(CHAT);
const atEnd = () => panel().evaluate((node) => node.scrollHeight - node.scrollTop - node.clientHeight < 4);

async function start() {
  await page.locator(`${CHAT} .welcome button`).click();
  await button(page, "#keyboard", "Semua Produk");
}

try {
  await check("people are tabs that arrow keys walk through", async () => {
    await choose(page, 0);
    await page.locator("[role=tab]").first().press("ArrowRight");
    must(await page.evaluate(() => document.activeElement.textContent.includes("Sari") && document.activeElement.ariaSelected === "true"), "the second tab is not chosen and focused");
    await page.keyboard.press("Home");
    await start();
  });
  await check("entities are drawn at their UTF-16 places, also nested and overlapping", async () => {
    await say(page, "/format");
    await untilText(page, "ekor");
    const words = last().locator(".words");
    const of = (tag) => words.locator(tag).allTextContents();
    must((await of("strong")).join() === "tebal miring", `bold: ${await of("strong")}`);
    must((await of("u")).join("|") === "miring| garis", `underline: ${await of("u")}`);
    must((await of("s")).join() === "garis", `strikethrough: ${await of("s")}`);
    must((await of("pre")).join() === "kode blok" && (await of("blockquote")).join() === "kutipan", "the blocks are wrong");
    must((await words.textContent()).startsWith("👍🏽 tebal"), "the emoji broke");
    must(await words.locator("i").count() === 0, "the text became an element");
  });
  await check("a link into a script is no link, a web link opens apart", async () => {
    const links = await last().locator(".words a").evaluateAll((all) => all.map((one) => [one.textContent, one.href, one.target, one.rel].join(" ")));
    must(links.join() === "https://contoh.id https://contoh.id/ _blank noopener noreferrer", links.join());
  });
  await check("a spoiler opens by keyboard", async () => {
    const cover = last().locator(".spoiler");
    must(await cover.locator("span").evaluate((node) => getComputedStyle(node).visibility) === "hidden", "it is open at once");
    await cover.press("Enter");
    must(await cover.locator("span").evaluate((node) => getComputedStyle(node).visibility) === "visible", "it stays hidden");
  });
  await check("an edit keeps bubble, button and focus", async () => {
    await menu(page, "Semua Produk");
    await inline(page, "5");
    const plus = await button(page, `${CHAT} .buttons`, "➕");
    await plus.evaluate((node) => {
      node.dataset.mine = "1";
      node.closest(".message").dataset.mine = "1";
      node.focus();
      new MutationObserver(() => { if (node.ariaBusy === "true") node.dataset.worked = "1"; }).observe(node, { attributes: true, attributeFilter: ["aria-busy"] });
    });
    await plus.press("Enter");
    await until((where) => /Jumlah: 2/.test([...document.querySelectorAll(`${where} .message.bot`)].at(-1).textContent), CHAT);
    must(await page.evaluate(() => document.activeElement.dataset.mine === "1" && document.activeElement.closest("[data-mine].message") !== null), "the nodes were made anew");
    must(await plus.getAttribute("data-worked") === "1", "the pressed button showed no progress");
    must(await page.locator("[aria-busy]").count() === 0, "the progress does not end");
    must((await last().innerText()).includes("diedit"), "\"diedit\" is missing");
    must((await last().innerText()).includes("<img src=x onerror=alert(1)>"), "the hostile name is not literal");
  });
  await check("toasts show, alerts ask to be closed", async () => {
    await menu(page, "Semua Produk");
    await inline(page, "Refresh");
    await page.locator(".toast", { hasText: "Daftar sudah yang terbaru" }).waitFor();
    await inline(page, "Berikutnya");
    await page.locator("#alert[open]").getByText("Ini halaman terakhir").waitFor();
    await page.locator("#alert button").click();
    await page.locator("#alert[open]").waitFor({ state: "hidden" });
  });
  await check("a refused press shows the reason and ends its progress", async () => {
    await say(page, "/hilang");
    await inline(page, "Tekan");
    await page.locator(".toast.fault", { hasText: "Tombol ini sudah tidak ada" }).waitFor();
    must(await page.locator("[aria-busy]").count() === 0, "the button is still busy");
    complaints.length = 0; // the browser itself notes a 404 in the console
  });
  await check("a message that cannot be drawn leaves the others alone", async () => {
    await choose(page, 2);
    await start();
    await say(page, "/rusak");
    await untilText(page, "Pesan sesudahnya");
    must(await page.locator("#offline").isHidden(), "it looks like a lost connection");
    await choose(page, 0);
    complaints.length = 0; // the fault is named in the console
  });
  await check("Shift+Enter makes a line, Enter sends, a draft stays with its person", async () => {
    const text = page.locator("#text");
    await text.pressSequentially("satu");
    await text.press("Shift+Enter");
    await text.pressSequentially("dua");
    must(await text.inputValue() === "satu\ndua", "no second line");
    await choose(page, 1);
    must(await text.inputValue() === "", "the other person has the draft");
    await choose(page, 0);
    must(await text.inputValue() === "satu\ndua", "the draft is lost");
    await text.press("Enter");
    await untilText(page, "satu\ndua");
    must(await text.inputValue() === "", "the text stayed in the field");
  });
  await check("copy buttons copy, page buttons are links, and a settled QR cannot be paid again", async () => {
    await browser.context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await menu(page, "Semua Produk");
    await inline(page, "2");
    for (const words of ["Lanjut ke Keranjang", "Lanjut ke Pembayaran", "QRIS", "Salin No."]) await inline(page, words);
    await page.locator(".toast", { hasText: "Disalin" }).waitFor();
    must(/^INV-/.test(await page.evaluate(() => navigator.clipboard.readText())), "the clipboard does not hold the number");
    const link = await button(page, `${CHAT} .buttons`, "Halaman Bayar");
    must(await link.evaluate((node) => node.tagName === "A" && node.target === "_blank" && node.rel.includes("noopener")), "the page button is no safe link");
    const txn = await page.locator(`${CHAT} [data-pay]`).getAttribute("data-pay");
    await page.locator(`${CHAT} [data-pay]`).click();
    await page.locator(`${CHAT} .message.protected`).waitFor();
    must(await page.locator(`${CHAT} [data-pay]`).count() === 0, "the pay button stayed");
    must(/^TXN\w+$/.test(txn), `txn is ${txn}`);
  });
  await check("another person's new message is counted on the tab", async () => {
    const count = page.locator("[role=tab]").nth(2).locator(".count");
    await count.waitFor();
    must(await count.innerText() === "1", `the count is ${await count.innerText()}`);
    await choose(page, 2);
    await count.waitFor({ state: "hidden" });
    await choose(page, 0);
  });
  await check("the chat follows its end, but never pulls a reader away", async () => {
    must(await atEnd(), "it is not at the end");
    await panel().evaluate((node) => { node.scrollTop = 0; });
    await page.locator("#down").waitFor();
    await page.evaluate((where) => fetch("/api/chat/1001/say", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ text: "dari jauh" }) }), CHAT);
    await until((where) => document.querySelector(where).textContent.includes("dari jauh\nPilih") || /dari jauh.*Pilih/s.test(document.querySelector(where).textContent), CHAT);
    must(await panel().evaluate((node) => node.scrollTop) === 0, "it moved");
    await page.locator("#down").click();
    must(await atEnd(), "the arrow does not lead to the end");
    await page.locator("#down").waitFor({ state: "hidden" });
  });
  await check("the quick buttons fold away and come back", async () => {
    await page.locator("#fold").click();
    await page.locator("#keyboard").waitFor({ state: "hidden" });
    must(await page.locator("#fold").getAttribute("aria-expanded") === "false", "aria-expanded lies");
    await page.locator("#fold").click();
    await page.locator("#keyboard").waitFor();
  });
  await check("260 messages leave 200 on the page, at the end", async () => {
    await say(page, "/banyak");
    await untilText(page, "Pesan ke-259");
    must(await page.locator(`${CHAT} .message`).count() === 200, `${await page.locator(`${CHAT} .message`).count()} bubbles`);
    must(await atEnd(), "it is not at the end");
  });
  await check("a lost server shows, what was typed stays, and a fresh shop is met again", async () => {
    await shop.close();
    await page.locator("#offline").waitFor();
    await say(page, "tidak sampai");
    await page.locator(".toast.fault", { hasText: "Tidak terkirim" }).waitFor();
    await until(() => document.getElementById("text").value === "tidak sampai");
    shop = await serve(port);
    await page.locator("#retry").click();
    await page.locator("#offline").waitFor({ state: "hidden" });
    await page.locator(`${CHAT} .welcome`).waitFor();
    must(await page.locator(`${CHAT} .message`).count() === 0, "bubbles of the old shop stayed");
    await page.locator("#text").fill("");
    await start();
    complaints.length = 0; // refused connections are noted in the console
  });
  await check("no script complained and nothing was asked of strangers", async () => {
    must(complaints.length === 0, complaints.join(" | "));
    must(strangers.length === 0, strangers.join(" | "));
  });
} finally {
  await browser.close();
  await shop.close();
}
finish();
