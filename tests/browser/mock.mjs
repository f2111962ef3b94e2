// A small scripted shop behind the chat page's API: enough to develop and test the page alone.
// `node mock.mjs [port]` prints its address. Also importable: `serve(port)` -> { url, close }.

import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const PAGE = fileURLToPath(new URL("../../src/sandbox/page/", import.meta.url));
const CSP = "default-src 'self'; style-src 'self'; script-src 'self'; img-src 'self' blob: data:";
const STATIC = { "/": ["index.html", "text/html; charset=utf-8"], "/page.css": ["page.css", "text/css; charset=utf-8"],
  "/page.js": ["page.js", "text/javascript; charset=utf-8"], "/icon.svg": ["icon.svg", "image/svg+xml"] };
const PEOPLE = [{ id: 1001, name: "Budi", role: "buyer" }, { id: 1002, name: "Sari", role: "buyer" }, { id: 1, name: "Admin", role: "admin" }];
const PRODUCTS = [
  { name: "Netflix Premium 1 Bulan", price: 45000, stock: 12, goods: "netflix.budi@contoh.id | rahasia-7Kq2" },
  { name: "Spotify Premium 3 Bulan", price: 39000, stock: 8, goods: "spotify-31@contoh.id | lagu-99xT" },
  { name: "Canva Pro 1 Tahun", price: 85000, stock: 5, goods: "https://contoh.id/undangan/Xy71" },
  { name: "YouTube Premium 1 Bulan", price: 15000, stock: 21, goods: "yt-family-08@contoh.id" },
  { name: "<img src=x onerror=alert(1)> & \"Uji\"", price: 1000, stock: 3, goods: "<script>alert(1)</script>" },
  { name: "Voucher Game 100 Diamond", price: 27500, stock: 0, goods: "GAME-1234-5678" },
];
const MENU = [["🛍 Semua Produk", "🗂 Kategori"], ["🏷 Cek Stok", "🧺 Keranjang"], ["📦 Pesanan Saya", "💰 Deposit"],
  ["ℹ️ Informasi", "📖 Cara Order"], ["1️⃣", "2️⃣", "3️⃣", "4️⃣", "5️⃣", "6️⃣"]];
const rupiah = (amount) => `Rp ${amount.toLocaleString("id-ID")}`;
const callback = (text, go, style) => ({ text, kind: "callback", go, style });

// Text with entities, written as pieces: a string, or [type, string, more].
function rich(...pieces) {
  let text = "";
  const entities = [];
  for (const piece of pieces) {
    const [type, words, more] = Array.isArray(piece) ? piece : [null, piece];
    if (type) entities.push({ type, offset: text.length, length: words.length, ...more });
    text += words;
  }
  return { text, entities };
}

// Every kind of entity, nested, overlapping, after emoji of two UTF-16 units, and out of range.
function formats() {
  const text = "👍🏽 tebal miring garis\nkode blok\nkutipan\nekor https://contoh.id <i>bukan</i>";
  const on = (words, type, more) => ({ type, offset: text.indexOf(words), length: words.length, ...more });
  return { text, entities: [on("tebal miring", "bold"), on("miring garis", "underline"), on("garis", "strikethrough"), on("kode blok", "pre"), on("kutipan", "blockquote"),
    on("ekor", "text_link", { url: "javascript:alert(1)" }), on("https://contoh.id", "url"), on("bukan", "spoiler"), on("👍🏽", "constructor"), { type: "bold", offset: 9000, length: 5 }] };
}

class Chat {
  constructor(person) { Object.assign(this, { person, revision: 0, next: 1, messages: [], keyboard: null, placeholder: null, toast: null, quantity: 1, product: null, waiting: new Set() }); }

  changed() {
    this.revision += 1;
    this.messages = this.messages.slice(-200);
    for (const wake of this.waiting) wake();
    this.waiting.clear();
  }

  add(from, content) {
    const message = { id: this.next++, from, date: Math.floor(Date.now() / 1000), edited: false, text: "", entities: [], photo: null, document: null, protected: false, buttons: [], ...content };
    this.messages.push(message);
    this.changed();
    return message;
  }

  edit(message, content) { Object.assign(message, { edited: true, entities: [], buttons: [] }, content); this.changed(); }
  notice(text, alert = false) { this.toast = { id: (this.toast?.id ?? 0) + 1, text, alert }; this.changed(); }

  seen() {
    const buttons = (rows) => rows.map((row) => row.map(({ go, ...button }) => button));
    const { revision, keyboard, placeholder, toast } = this;
    return { revision, messages: this.messages.map((message) => ({ ...message, buttons: buttons(message.buttons) })), keyboard, placeholder, toast };
  }
}

function newShop() {
  const chats = new Map(PEOPLE.map((person) => [person.id, new Chat(person)]));
  const open = new Map(); // txn -> { chat, message, product, quantity }
  let orders = 0;

  const list = () => ({
    ...rich(["bold", "🛍 Semua Produk"], "\n\n", ...PRODUCTS.flatMap((one, at) =>
      [["bold", `${at + 1}. ${one.name}`], "\n   ", one.stock ? `${rupiah(one.price)} · stok ${one.stock}` : ["strikethrough", rupiah(one.price)], one.stock ? "" : " · habis", "\n"]),
    "\n", ["italic", "Ketuk nomor untuk melihat barangnya."]),
    buttons: [PRODUCTS.map((_, at) => callback(`${at + 1}\uFE0F\u20E3`, (chat, message) => { Object.assign(chat, { product: PRODUCTS[at], quantity: 1 }); chat.edit(message, card(chat)); })),
      [callback("🔄 Refresh", (chat) => chat.notice("Daftar sudah yang terbaru")), callback("➡️ Berikutnya", (chat) => chat.notice("Ini halaman terakhir", true))]],
  });

  const card = (chat) => {
    const count = (text, change) => callback(text, (_, message) => {
      chat.quantity = Math.max(1, change(chat.quantity));
      chat.edit(message, card(chat));
    });
    const { product, quantity } = chat;
    return {
      ...rich(["bold", `🎬 ${product.name}`], "\n\n", ["blockquote", "Akun pribadi, garansi penuh 30 hari.\nBaca SNK setelah barang diterima."], "\n",
        "Harga  : ", ["bold", rupiah(product.price)], "\nStok     : ", String(product.stock), "\nJumlah: ", ["bold", String(quantity)], "\n\nTotal: ", ["underline", rupiah(product.price * quantity)],
        "\n", ["spoiler", "Kupon rahasia: HEMAT10"], " · ", ["text_link", "cara pakai", { url: "https://example.com/cara" }], " · ", ["text_link", "jebakan", { url: "javascript:alert(1)" }]),
      buttons: [[count("➖", (n) => n - 1), count("➕", (n) => n + 1)], [count("✌️ x2", () => 2), count("🖐️ x5", () => 5), count("🔟 x10", () => 10)],
        [callback("🧺 Lanjut ke Keranjang", (_, message) => chat.edit(message, cart(chat)), "primary")], [callback("❌ Batal", cancel, "danger")]],
    };
  };

  const cart = (chat) => ({
    ...rich(["bold", "🧺 Keranjang"], "\n\n", `${chat.product.name}\n${chat.quantity} × ${rupiah(chat.product.price)}\n\nTotal: `, ["bold", rupiah(chat.product.price * chat.quantity)]),
    buttons: [[callback("🎟️ Gunakan Kupon", () => { chat.placeholder = "Tulis kode kupon"; chat.add("bot", rich("Kirim kode kuponnya, ya.")); })],
      [callback("💳 Lanjut ke Pembayaran", (_, message) => chat.edit(message, payment(chat)), "success")], [callback("❌ Batal", cancel, "danger")]],
  });

  const payment = (chat) => ({
    ...rich(["bold", "💳 Pembayaran"], "\n\nTotal ", ["bold", rupiah(chat.product.price * chat.quantity)], "\nMau bayar dengan apa?"),
    buttons: [[callback("💠 QRIS", (_, message) => invoice(chat, message), "primary"), callback("💼 Saldo", () => chat.notice("Saldo belum cukup", true))], [callback("❌ Batal", cancel, "danger")]],
  });

  const cancel = (chat, message) => chat.edit(message, rich("Dibatalkan. Kapan-kapan mampir lagi, ya 🙏"));

  const invoice = (chat, message) => {
    const txn = `TXN${String(++orders).padStart(4, "0")}X7`;
    chat.edit(message, rich("QRIS dibuat, silakan bayar di bawah ini 👇"));
    const bill = chat.add("bot", {
      ...rich(["bold", "💠 Tagihan QRIS"], `\n${chat.product.name} × ${chat.quantity}\nTotal `, ["bold", rupiah(chat.product.price * chat.quantity)], "\nNo. ", ["code", `INV-2026-${orders}`], "\n", ["italic", "Berlaku 15 menit."]),
      photo: `/api/file/qr-${txn}.svg`,
      buttons: [[callback("🔄 Cek Pembayaran", (one) => one.notice("Belum ada pembayaran masuk"))], [{ text: "🌐 Halaman Bayar", kind: "url", url: `https://pay.example.com/pay-v2/${txn}` }, { text: "Salin No.", kind: "copy", copy: `INV-2026-${orders}` }],
        [callback("❌ Batalkan Pesanan", (one, at) => { open.delete(txn); cancel(one, at); }, "danger")]],
    });
    open.set(txn, { chat, bill, product: chat.product, quantity: chat.quantity, order: orders });
  };

  const settle = (txn) => {
    const sale = open.get(txn);
    if (!sale) return false;
    open.delete(txn);
    const { chat, bill, product, quantity, order } = sale;
    chat.edit(bill, { ...rich(["bold", "✅ Lunas"], `\n${product.name} × ${quantity}\nTotal ${rupiah(product.price * quantity)}`) });
    chat.add("bot", { ...rich(["bold", "🎉 Terima kasih! Ini barangmu:"], "\n\n", `${product.name}\n`, ["pre", Array.from({ length: Math.min(quantity, 10) }, (_, at) => `${product.goods}${at ? `-${at + 1}` : ""}`).join("\n")], "\n", ["italic", "Simpan baik-baik dan jangan dibagikan."]),
      protected: true, buttons: [[callback("✅ Penuhi SNK", (one) => one.notice("SNK tercatat"), "success")]] });
    chat.add("bot", { ...rich("Salinan struk"), document: { name: `struk-${order}.txt`, url: `/api/file/struk-${order}.txt` } });
    chats.get(1).add("bot", rich(["bold", "💸 Pesanan lunas"], `\n${chat.person.name} membeli ${product.name} × ${quantity}\n`, ["code", `INV-2026-${order}`]));
    return true;
  };

  const hear = (chat, text) => {
    chat.add("person", { text });
    chat.placeholder = null;
    setTimeout(() => {
      if (text === "/start") {
        chat.keyboard = chat.person.role === "admin" ? [...MENU, ["⚙️ Admin Settings"]] : MENU;
        chat.add("bot", rich(`Halo, ${chat.person.name}! 👋\nSelamat datang di `, ["bold", "Toko Contoh"], ".\n\nPilih barang, bayar dengan QRIS, dan barang langsung dikirim ke chat ini. Ketik ", ["bot_command", "/bantuan"], " kalau bingung."));
      } else if (text === "/format") chat.add("bot", formats());
      else if (text === "/rusak") { chat.add("bot", { text: "Pesan rusak", date: "kapan-kapan", entities: [null], buttons: [[{}]] }); chat.add("bot", { text: "Pesan sesudahnya" }); }
      else if (text === "/hilang") chat.add("bot", { text: "Tombol basi", buttons: [[{ text: "Tekan", kind: "callback" }]] });
      else if (text.includes("Semua Produk")) chat.add("bot", list());
      else if (text === "/banyak") for (let at = 0; at < 260; at += 1) chat.add("bot", rich(`Pesan ke-${at}`));
      else chat.add("bot", rich("Kamu menulis:\n", ["blockquote", text], "\nPilih tombol di bawah, ya."));
    }, 60);
  };

  return { chats, settle, hear };
}

// Looks like a QR, is none: three finder squares and noise that depends on the name.
function pretendQr(name) {
  let seed = [...name].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) >>> 0, 7);
  const size = 29;
  const finder = (x, y) => [[0, 0], [size - 7, 0], [0, size - 7]].some(([fx, fy]) => x >= fx - 1 && x <= fx + 7 && y >= fy - 1 && y <= fy + 7);
  let cells = "";
  for (let y = 0; y < size; y += 1) for (let x = 0; x < size; x += 1) {
    seed = (seed * 1664525 + 1013904223) >>> 0;
    if (!finder(x, y) && seed >>> 31) cells += `M${x} ${y}h1v1h-1z`;
  }
  const eyes = [[0, 0], [size - 7, 0], [0, size - 7]].map(([x, y]) => `M${x} ${y}h7v7h-7zm1 1v5h5v-5zm1 1h3v3h-3z`).join("");
  return `<svg xmlns="http://www.w3.org/2000/svg" width="512" height="512" viewBox="-3 -3 35 35"><path fill="#fff" d="M-3-3h35v35h-35z"/><path fill-rule="evenodd" d="${cells}${eyes}"/></svg>`;
}

async function readJson(request) {
  if (!(request.headers["content-type"] ?? "").startsWith("application/json")) throw new Error("content-type must be application/json");
  let body = "";
  for await (const part of request) {
    body += part;
    if (body.length > 65_536) throw new Error("too large");
  }
  return JSON.parse(body);
}

async function answer(shop, request, response) {
  const url = new URL(request.url, "http://mock");
  const json = (value, status = 200) => { response.writeHead(status, { "content-type": "application/json" }); response.end(JSON.stringify(value)); };
  if (STATIC[url.pathname]) {
    const [name, type] = STATIC[url.pathname];
    response.writeHead(200, { "content-type": type, "content-security-policy": CSP, "x-content-type-options": "nosniff" });
    return response.end(await readFile(PAGE + name));
  }
  if (url.pathname === "/api/people") return json(PEOPLE);
  if (url.pathname === "/api/shop") return json({ name: "Toko Contoh" });
  if (url.pathname.startsWith("/api/file/qr-")) { response.writeHead(200, { "content-type": "image/svg+xml" }); return response.end(pretendQr(url.pathname)); }
  if (url.pathname.startsWith("/api/file/")) { response.writeHead(200, { "content-type": "text/plain" }); return response.end("Terima kasih sudah belanja di Toko Contoh.\n"); }
  if (url.pathname === "/api/pay" && request.method === "POST") {
    return shop.settle((await readJson(request)).txn_id) ? json({ state: "completed" }) : json({ error: "Tagihan ini sudah tidak terbuka" }, 409);
  }
  const [, person, act] = /^\/api\/chat\/(\d+)(?:\/(say|press))?$/.exec(url.pathname) ?? [];
  const chat = shop.chats.get(Number(person));
  if (!chat) return json({ error: "not found" }, 404);
  if (act === undefined) {
    if (chat.revision <= Number(url.searchParams.get("after") ?? 0)) {
      await new Promise((wake) => { chat.waiting.add(wake); const timer = setTimeout(wake, 25_000); response.on("close", () => { clearTimeout(timer); chat.waiting.delete(wake); wake(); }); });
    }
    return json(chat.seen());
  }
  const body = await readJson(request);
  if (act === "say") {
    if (typeof body.text !== "string" || !body.text || body.text.length > 4096) return json({ error: "Teks harus 1–4096 huruf" }, 400);
    shop.hear(chat, body.text);
    return json({ ok: true });
  }
  const message = chat.messages.find((one) => one.id === body.message);
  const button = message?.buttons[body.row]?.[body.column];
  if (!button?.go) return json({ error: "Tombol ini sudah tidak ada" }, 404);
  setTimeout(() => button.go(chat, message), 80);
  return json({ ok: true });
}

export async function serve(port = 0) {
  const shop = newShop();
  const server = createServer((request, response) => {
    answer(shop, request, response).catch((fault) => { if (!response.headersSent) response.writeHead(400, { "content-type": "application/json" }); response.end(JSON.stringify({ error: fault.message })); });
  });
  await new Promise((ready, failed) => { server.once("error", failed); server.listen(port, "127.0.0.1", ready); });
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => { server.closeAllConnections(); return new Promise((done) => server.close(done)); } };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log((await serve(Number(process.argv[2] ?? 0))).url);
