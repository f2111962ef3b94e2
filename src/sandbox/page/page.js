// The chat page of the demo: draws what the shop says and carries what people press, say and pay.
// Whatever comes from the shop is hostile until drawn: it reaches the page as text nodes only.

const LIMIT = { messages: 200, people: 12, toasts: 3, paid: 100, pollMs: 35_000, postMs: 15_000, peekMs: 900, firstMs: 1500, photo: 5_000_000 };

// --- Words -----------------------------------------------------------------------------------

const WORDS = {
  id: {
    people: "Orang yang dimainkan", notes: "Catatan demo", keyboard: "Tombol cepat", write: "Tulis pesan…",
    send: "Kirim", down: "Ke pesan terbaru", close: "Tutup", photo: "Foto", attach: "Kirim foto", tooBig: "Fotonya terlalu besar (paling banyak 5 MB).", enlarge: "Perbesar foto",
    strip: "Ini demo: layanannya sungguhan, uangnya mainan.",
    guideTitle: "Cara mencoba", guide1: "Mulai sebagai pembeli dan pilih produk.",
    guide2: "Pilih QRIS di keranjang.", guide3: "Mainkan bank: ketuk “Bayar QR ini”.",
    guide4: "Barang datang di chat; intip juga sisi admin.",
    welcomeBuyer: "Ketuk /start untuk mulai belanja. Uangnya mainan, jadi coba saja semuanya.",
    welcomeAdmin: "Ketuk /start untuk melihat toko dari sisi penjual.", start: "Mulai",
    buyer: "pembeli", admin: "admin", online: "bot · online", offlineShort: "menyambung…", typing: "sedang mengetik…",
    edited: "diedit", protected: "dilindungi", spoiler: "Teks tersembunyi, ketuk untuk membuka", you: "Anda",
    pay: "💸 Bayar QR ini (mainkan bank)", paid: "✓ QR ini sudah dibayar",
    copied: "Disalin", notCopied: "Tidak bisa menyalin", download: "Unduh", today: "Hari ini", yesterday: "Kemarin",
    fold: "Sembunyikan tombol", unfold: "Tampilkan tombol", retry: "Coba sekarang", lost: "Sambungan ke toko terputus. Mencoba lagi…",
    failed: "Tidak terkirim. Coba lagi sebentar.", image: "🖼 Foto", unread: "belum dibaca",
    other: "EN", otherLabel: "EN: switch to English",
  },
  en: {
    people: "People you can play", notes: "About this demo", keyboard: "Quick buttons", write: "Write a message…",
    send: "Send", down: "To the newest message", close: "Close", photo: "Photo", attach: "Send a photo", tooBig: "That photo is too large (5 MB at most).", enlarge: "Enlarge the photo",
    strip: "This is a demo: a real service with play money.",
    guideTitle: "How to try it", guide1: "Start as a buyer and pick a product.",
    guide2: "Choose QRIS in the cart.", guide3: "Play the bank: tap “Pay this QR”.",
    guide4: "The goods arrive in the chat; peek at the admin's side too.",
    welcomeBuyer: "Tap /start to begin shopping. The money is play money, so try everything.",
    welcomeAdmin: "Tap /start to see the shop from the seller's side.", start: "Start",
    buyer: "buyer", admin: "admin", online: "bot · online", offlineShort: "connecting…", typing: "typing…",
    edited: "edited", protected: "protected", spoiler: "Hidden text, tap to reveal", you: "You",
    pay: "💸 Pay this QR (play the bank)", paid: "✓ This QR has been paid",
    copied: "Copied", notCopied: "Could not copy", download: "Download", today: "Today", yesterday: "Yesterday",
    fold: "Hide the buttons", unfold: "Show the buttons", retry: "Try now", lost: "The connection to the shop is lost. Trying again…",
    failed: "Not sent. Please try again shortly.", image: "🖼 Photo", unread: "unread",
    other: "ID", otherLabel: "ID: ganti ke bahasa Indonesia",
  },
};

let language = recall("language") === "en" ? "en" : "id";
const word = (key) => WORDS[language][key];

// Storage may be forbidden; the page only loses its memory of small choices then.
function recall(key) {
  try { return localStorage.getItem(`auto-order.${key}`); } catch { return null; }
}
function remember(key, value) {
  try { localStorage.setItem(`auto-order.${key}`, value); } catch { /* see above */ }
}

// --- Elements --------------------------------------------------------------------------------

const $ = (id) => document.getElementById(id);

function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(node, name, value);
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

function setAttribute(node, name, value) {
  if (value === null || value === undefined || value === false) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value === true ? "" : value);
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function drawing(path, className) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  if (className) svg.setAttribute("class", className);
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

// A link from the shop may lead to the web or to a mailbox, never into a script.
function outsideLink(address) {
  try {
    const url = new URL(address);
    return ["http:", "https:", "mailto:", "tel:"].includes(url.protocol) ? url.href : null;
  } catch { return null; }
}

function ownFile(address) {
  try {
    const url = new URL(address, location.href);
    return url.origin === location.origin ? url.href : null;
  } catch { return null; }
}

// --- Formatted text --------------------------------------------------------------------------

const PLAIN_TAGS = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", blockquote: "blockquote", expandable_blockquote: "blockquote" };
const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]);

function formatted(text, entities) {
  const list = (Array.isArray(entities) ? entities : []).slice(0, 200)
    .map((entity) => ({ ...entity, start: entity.offset, end: entity.offset + entity.length }))
    .filter((entity) => entity.start >= 0 && entity.end > entity.start && entity.start < text.length);
  return stretch(text, 0, text.length, list);
}

// Draws text[from..to]. An entity that sticks out of the one around it is cut at the border.
function stretch(text, from, to, entities) {
  const nodes = [];
  const waiting = entities
    .map((entity) => ({ ...entity, start: Math.max(entity.start, from), end: Math.min(entity.end, to) }))
    .filter((entity) => entity.end > entity.start)
    .sort((a, b) => a.start - b.start || b.end - a.end);
  let at = from;
  while (waiting.length > 0) {
    const outer = waiting.shift();
    if (outer.start < at) outer.start = at;
    if (outer.end <= outer.start) continue;
    if (outer.start > at) nodes.push(text.slice(at, outer.start));
    const inner = waiting.filter((entity) => entity.start < outer.end);
    const rest = waiting.filter((entity) => entity.end > outer.end);
    waiting.length = 0;
    waiting.push(...rest);
    nodes.push(dressed(outer, text.slice(outer.start, outer.end), stretch(text, outer.start, outer.end, inner)));
    at = outer.end;
    // A block already ends its line; the line break after it would show as an empty line.
    if (BLOCKS.has(outer.type) && text[at] === "\n") at += 1;
  }
  if (at < to) nodes.push(text.slice(at, to));
  return nodes;
}

function dressed(entity, raw, children) {
  switch (entity.type) {
    case "pre": return el("pre", {}, el("code", {}, ...children));
    case "spoiler": return spoiler(children);
    case "text_link": return link(entity.url, children);
    case "url": return link(/^[a-z]+:/i.test(raw) ? raw : `https://${raw}`, children);
    case "email": return link(`mailto:${raw}`, children);
    case "bot_command": return el("button", { type: "button", class: "command", "data-say": raw }, ...children);
    default: return Object.hasOwn(PLAIN_TAGS, entity.type) ? el(PLAIN_TAGS[entity.type], {}, ...children) : el("span", {}, ...children);
  }
}

function link(address, children) {
  const href = outsideLink(address);
  return href ? el("a", { href, target: "_blank", rel: "noopener noreferrer" }, ...children) : el("span", {}, ...children);
}

function spoiler(children) {
  return el("span", { class: "spoiler", role: "button", tabindex: "0", "aria-expanded": "false", "aria-label": word("spoiler") },
    el("span", {}, ...children));
}

function reveal(cover) {
  for (const name of ["role", "tabindex", "aria-label", "aria-expanded"]) cover.removeAttribute(name);
  cover.classList.add("open");
}

// --- State -----------------------------------------------------------------------------------

const people = new Map(); // id -> { id, name, role, revision, messages, views, … }
let active = null;
let shopName = "Bot Auto Order";
let online = true;
const paid = new Set();

function newPerson({ id, name, role }, index) {
  const messages = el("div", { class: "messages", role: "log", "aria-live": "polite" });
  const panel = el("div", { class: "panel", id: `panel-${id}`, role: "tabpanel", tabindex: "0", "aria-labelledby": `tab-${id}`, hidden: true }, messages);
  const tab = el("button", { class: "tab", id: `tab-${id}`, type: "button", role: "tab", "aria-selected": "false", "aria-controls": `panel-${id}`, tabindex: "-1" },
    el("span", { class: `face tone${index % 4}`, "aria-hidden": "true" }, [...name][0] ?? "?"),
    el("span", { class: "tab-name" }, el("span", { class: "tab-called" }, name), el("span", { class: "tab-role" })),
    el("span", { class: "tab-time" }), el("span", { class: "tab-last" }), el("span", { class: "count", hidden: true }));
  const person = { id, name, role, tab, panel, log: messages, views: new Map(), messages: [], revision: 0, known: false,
    keyboard: null, placeholder: null, toast: null, folded: false, stuck: true, seen: 0, unread: 0, busy: new Map(), typing: 0, draft: "", top: 0 };
  tab.addEventListener("click", () => choose(person));
  panel.addEventListener("scroll", () => {
    if (person !== active) return; // a hidden panel has no place to be at
    // Only a hand that scrolls up lets go of the end; a bubble growing below does not.
    person.stuck = atEnd(panel) || (person.stuck && panel.scrollTop >= person.top);
    person.top = panel.scrollTop;
    if (person.stuck && person.unread > 0) markSeen(person);
    showDown();
  }, { passive: true });
  // Growth (a new bubble, a loaded photo, a taller keyboard) keeps the newest message in sight.
  const watch = new ResizeObserver(() => { if (person.stuck) toEnd(person); showDown(); });
  watch.observe(messages);
  watch.observe(panel);
  $("tabs").append(tab);
  $("chat").append(panel);
  return person;
}

const atEnd = (panel) => panel.scrollHeight - panel.scrollTop - panel.clientHeight < 64;

function toEnd(person) {
  person.panel.scrollTop = person.panel.scrollHeight;
  person.top = person.panel.scrollTop;
  person.stuck = true;
}

function markSeen(person) {
  person.seen = person.messages.at(-1)?.id ?? 0;
  person.unread = 0;
  drawTab(person);
}

// --- Messages --------------------------------------------------------------------------------

const clock = (date) => new Date(date * 1000).toLocaleTimeString("id-ID", { hour: "2-digit", minute: "2-digit", hour12: false }).replace(".", ":");
const dayKey = (date) => new Date(date * 1000).toDateString();

function dayName(date) {
  const day = new Date(date * 1000);
  const ago = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(day).setHours(0, 0, 0, 0)) / 86_400_000);
  if (ago === 0) return word("today");
  if (ago === 1) return word("yesterday");
  return day.toLocaleDateString(language === "id" ? "id-ID" : "en-GB", { day: "numeric", month: "long", year: "numeric" });
}

// Brings the log to what the shop says by key, touching only what changed, so nothing flickers.
function drawLog(person) {
  const { log, views, messages } = person;
  const wanted = new Map();
  let day = null;
  for (const message of messages) {
    if (dayKey(message.date) !== day) {
      day = dayKey(message.date);
      wanted.set(`day ${day}`, message);
    }
    wanted.set(message.id, message);
  }
  if (messages.length === 0) wanted.set("welcome", null);
  for (const [key, view] of views) if (!wanted.has(key)) { view.node.remove(); views.delete(key); }
  let before = log.firstElementChild;
  for (const [key, message] of wanted) {
    let view = views.get(key);
    if (!view) { view = newView(key, person); views.set(key, view); }
    // One message that cannot be drawn must not silence the rest of the chat.
    try { view.draw(message, person); } catch (fault) { console.error(fault); }
    if (view.node === before) before = before.nextElementSibling;
    else log.insertBefore(view.node, before);
  }
}

function newView(key, person) {
  if (key === "welcome") return welcomeView(person);
  if (typeof key === "string") {
    const node = el("div", { class: "day" });
    return { node, draw: (message) => setText(node, dayName(message.date)) };
  }
  return messageView();
}

function welcomeView(person) {
  const title = el("h2");
  const hint = el("p");
  const start = el("button", { type: "button", class: "key primary", "data-say": "/start" });
  const node = el("div", { class: "welcome" }, el("img", { src: "/icon.svg", alt: "", width: 84, height: 84 }), title, hint, start);
  return { node, draw() {
    setText(title, shopName);
    setText(hint, word(person.role === "admin" ? "welcomeAdmin" : "welcomeBuyer"));
    setText(start, word("start"));
  } };
}

function messageView() {
  const media = el("div", { class: "media" });
  const words = el("div", { class: "words" });
  const lock = el("span", { class: "lock" });
  const edited = el("span");
  const time = el("time");
  const bubble = el("div", { class: "bubble" }, media, words, el("div", { class: "meta" }, lock, edited, time));
  const buttons = el("div", { class: "buttons" });
  const node = el("article", {}, bubble, buttons);
  const drawn = {};
  const once = (part, value, draw) => {
    const print = JSON.stringify(value);
    if (drawn[part] !== print) { drawn[part] = print; draw(); }
  };
  return { node, draw(message, person) {
    const mine = message.from === "person";
    const txn = mine ? null : payable(message);
    const rows = mine ? [] : (message.buttons ?? []);
    node.className = ["message", mine ? "person" : "bot", rows.length || txn ? "has-buttons" : "", message.protected ? "protected" : ""].filter(Boolean).join(" ");
    setAttribute(node, "data-id", message.id);
    setAttribute(node, "aria-label", `${mine ? word("you") : shopName}, ${clock(message.date)}`);
    once("media", [message.photo, message.document, language], () => media.replaceChildren(...mediaOf(message)));
    once("words", [message.text, message.entities], () => words.replaceChildren(...formatted(message.text ?? "", message.entities)));
    setText(lock, message.protected ? `🔒 ${word("protected")}` : "");
    lock.hidden = !message.protected;
    setText(edited, message.edited ? word("edited") : "");
    edited.hidden = !message.edited;
    setText(time, clock(message.date));
    setAttribute(time, "datetime", new Date(message.date * 1000).toISOString());
    drawButtons(buttons, rows, message, person);
    drawPay(buttons, txn);
    buttons.hidden = buttons.childElementCount === 0;
  } };
}

function mediaOf(message) {
  const parts = [];
  const photo = message.photo && ownFile(message.photo);
  if (photo) parts.push(el("button", { type: "button", class: "photo", "data-photo": photo, "aria-label": word("enlarge") }, el("img", { src: photo, alt: "", decoding: "async" })));
  const file = message.document && ownFile(message.document.url);
  if (file) parts.push(el("a", { class: "document", href: file, download: message.document.name },
    drawing("M12 4v11m-5-5 5 5 5-5M5 20h14"), el("span", {}, el("b", {}, message.document.name), el("small", {}, word("download")))));
  return parts;
}

// --- Buttons ---------------------------------------------------------------------------------

const STYLES = new Set(["primary", "success", "danger"]);
const busyKey = (message, row, column) => `${message}:${row}:${column}`;

// Buttons are patched by place, so the one under the finger keeps focus while its words change.
function drawButtons(box, rows, message, person) {
  const lines = [...box.querySelectorAll(":scope > .row")];
  while (lines.length > rows.length) lines.pop().remove();
  rows.forEach((row, r) => {
    let line = lines[r];
    if (!line) { line = el("div", { class: "row" }); box.insertBefore(line, box.querySelector(":scope > .pay")); }
    while (line.childElementCount > row.length) line.lastElementChild.remove();
    row.forEach((button, c) => {
      const href = button.kind === "url" ? outsideLink(button.url) : null;
      const tag = href ? "A" : "BUTTON";
      let key = line.children[c];
      if (key?.tagName !== tag) {
        const fresh = href ? el("a", { target: "_blank", rel: "noopener noreferrer" }) : el("button", { type: "button" });
        if (key) key.replaceWith(fresh); else line.append(fresh);
        key = fresh;
      }
      const busy = person.busy.has(busyKey(message.id, r, c));
      key.className = ["key", STYLES.has(button.style) ? button.style : "", /[\p{L}\p{N}]/u.test(button.text) ? "" : "sign", busy ? "busy" : ""].filter(Boolean).join(" ");
      setAttribute(key, "aria-busy", busy ? "true" : null);
      setAttribute(key, "href", href);
      key.dataset.place = `${r}:${c}`;
      const mark = button.kind === "url" ? "M8 5h11v11M18.5 5.5 5 19" : button.kind === "copy" ? "M9 9h11v11H9zM4 15V4h11" : null;
      const print = JSON.stringify([button.text, mark]);
      if (key.dataset.print !== print) {
        key.dataset.print = print;
        key.replaceChildren(el("span", {}, button.text), ...(mark ? [drawing(mark, "mark")] : []));
      }
    });
  });
}

// The bank's part: the hosted payment page's address names the transaction a QR belongs to.
function payable(message) {
  if (!message.photo) return null;
  for (const button of (message.buttons ?? []).flat()) {
    const found = button.kind === "url" && /\/pay-v2\/([^/?#]+)/.exec(button.url ?? "");
    if (found) try { return decodeURIComponent(found[1]); } catch { return found[1]; }
  }
  return null;
}

function drawPay(box, txn) {
  let pay = box.querySelector(":scope > .pay");
  if (!txn) { pay?.remove(); return; }
  if (!pay) { pay = el("button", { type: "button", class: "key pay" }); box.append(pay); }
  pay.dataset.pay = txn;
  setText(pay, word(paid.has(txn) ? "paid" : "pay"));
  pay.disabled = paid.has(txn);
}

// --- The rest of the page --------------------------------------------------------------------

function drawTab(person) {
  const { tab, messages } = person;
  const last = messages.at(-1);
  const line = last ? (last.text || (last.photo ? word("image") : last.document?.name) || "").split("\n").find(Boolean) ?? "" : "/start";
  setText(tab.querySelector(".tab-called"), person.name);
  const role = word(person.role === "admin" ? "admin" : "buyer");
  setText(tab.querySelector(".tab-role"), person.name.toLowerCase() === role ? "" : role);
  setText(tab.querySelector(".tab-time"), last ? clock(last.date) : "");
  setText(tab.querySelector(".tab-last"), last?.from === "person" ? `${word("you")}: ${line}` : line.slice(0, 120));
  const count = tab.querySelector(".count");
  count.hidden = person.unread === 0;
  setText(count, person.unread > 99 ? "99+" : String(person.unread));
  setAttribute(count, "title", word("unread"));
}

function drawStatus() {
  const typing = online && active && active.typing > Date.now();
  const status = $("status");
  setText(status, word(!online ? "offlineShort" : typing ? "typing" : "online"));
  status.classList.toggle("typing", Boolean(typing));
}

function drawFoot() {
  if (!active) return;
  const keys = active.keyboard;
  const shown = Boolean(keys?.length) && !active.folded;
  $("fold").hidden = !keys?.length;
  setAttribute($("fold"), "aria-expanded", String(shown));
  setAttribute($("fold"), "aria-label", word(shown ? "fold" : "unfold"));
  setAttribute($("text"), "placeholder", active.placeholder || word("write"));
  const box = $("keyboard");
  const print = JSON.stringify(keys ?? []);
  if (box.dataset.print !== print) {
    box.dataset.print = print;
    box.replaceChildren(...(keys ?? []).map((row) => el("div", { class: "row" },
      ...row.map((text) => el("button", { type: "button", class: "key", "data-say": text }, text)))));
    box.scrollTop = 0;
  }
  box.hidden = !shown;
}

function showDown() {
  if (!active) return;
  $("down").hidden = atEnd(active.panel);
  const count = $("down-count");
  count.hidden = active.unread === 0;
  setText(count, String(active.unread));
}

function drawAll() {
  document.documentElement.lang = language;
  document.title = `${shopName} · demo`;
  setText($("shop"), shopName);
  for (const node of document.querySelectorAll("[data-word]")) setText(node, word(node.dataset.word));
  for (const node of document.querySelectorAll("[data-label]")) setAttribute(node, "aria-label", word(node.dataset.label));
  setText($("language"), word("other"));
  setAttribute($("language"), "aria-label", word("otherLabel"));
  setText($("offline-text"), word("lost"));
  for (const person of people.values()) { drawLog(person); drawTab(person); }
  drawFoot();
  drawStatus();
}

function toast(text, fault = false) {
  const box = $("toasts");
  while (box.childElementCount >= LIMIT.toasts) box.firstElementChild.remove();
  const node = el("div", { class: fault ? "toast fault" : "toast" }, String(text).slice(0, 400));
  box.append(node);
  setTimeout(() => node.remove(), fault ? 6000 : 3500);
}

function choose(person) {
  if (active) Object.assign(active, { draft: $("text").value, top: active.panel.scrollTop });
  active = person;
  for (const other of people.values()) {
    const chosen = other === person;
    setAttribute(other.tab, "aria-selected", String(chosen));
    setAttribute(other.tab, "tabindex", chosen ? "0" : "-1");
    other.panel.hidden = !chosen;
  }
  remember("person", String(person.id));
  $("text").value = person.draft;
  grow();
  if (person.stuck) { toEnd(person); markSeen(person); } else person.panel.scrollTop = person.top;
  drawFoot();
  drawStatus();
  showDown();
  turn.abort();
}

// --- Listening to the shop -------------------------------------------------------------------

let turn = new AbortController(); // ends the current long poll when another person is chosen

async function ask(address, ms, signal, body) {
  const signals = [AbortSignal.timeout(ms), ...(signal ? [signal] : [])];
  const end = new AbortController();
  for (const one of signals) one.addEventListener("abort", () => end.abort(one.reason), { once: true });
  if (signal?.aborted) end.abort(signal.reason);
  const request = body === undefined ? {} : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(address, { ...request, signal: end.signal, cache: "no-store" });
  const type = answer.headers.get("content-type") ?? "";
  const value = type.includes("json") ? await answer.json() : null;
  if (!answer.ok) throw Object.assign(new Error(value?.error ?? `HTTP ${answer.status}`), { status: answer.status, said: value?.error });
  return value;
}

const pause = (ms, signal) => new Promise((done) => {
  const timer = setTimeout(done, ms);
  signal?.addEventListener("abort", () => { clearTimeout(timer); done(); }, { once: true });
});

const visible = () => document.visibilityState === "visible" ? null
  : new Promise((done) => document.addEventListener("visibilitychange", done, { once: true }));

function accept(person, chat) {
  const first = !person.known;
  person.known = true;
  person.revision = chat.revision;
  person.messages = (chat.messages ?? []).slice(-LIMIT.messages);
  person.keyboard = chat.keyboard;
  person.placeholder = chat.placeholder;
  for (const timer of person.busy.values()) clearTimeout(timer);
  person.busy.clear();
  if (person.messages.at(-1)?.from === "bot") person.typing = 0;
  const newest = person.messages.at(-1)?.id ?? 0;
  if (first || newest < person.seen) person.seen = newest; // a new shop counts from the start again
  drawLog(person);
  if (person === active) {
    if (person.stuck) { toEnd(person); person.seen = newest; }
    drawFoot();
    drawStatus();
  }
  person.unread = person.messages.filter((message) => message.from === "bot" && message.id > person.seen).length;
  drawTab(person);
  showDown();
  showNotice(person, chat.toast, first);
}

function showNotice(person, notice, first) {
  const fresh = notice && notice.id !== person.toast;
  person.toast = notice ? notice.id : person.toast;
  if (!fresh || first || person !== active || !notice.text) return;
  if (!notice.alert) { toast(notice.text); return; }
  setText($("alert-text"), notice.text);
  if (!$("alert").open) $("alert").showModal();
}

// What a person's chat holds after the revision we know. A chat nobody has used holds revision 0 and the
// shop keeps silent about it; so silence at the first question means an empty chat, also after a restart.
async function listen(person, ms, signal) {
  const after = person.known ? person.revision : 0;
  try {
    return await ask(`/api/chat/${encodeURIComponent(person.id)}?after=${after}`, person.known ? ms : LIMIT.firstMs, signal);
  } catch (fault) {
    if (fault.name !== "TimeoutError" || person.known) throw fault;
    return { revision: 0, messages: [], keyboard: null, placeholder: null, toast: null };
  }
}

// The chosen chat: one long poll after the other, with back-off while the shop is away.
async function follow() {
  let wait = 400;
  for (;;) {
    await visible();
    turn = new AbortController();
    const person = active;
    const asked = performance.now();
    try {
      if (!online) { await meet(); setOnline(true); continue; }
      const chat = await listen(person, LIMIT.pollMs, turn.signal);
      const news = chat.revision !== person.revision || !person.known;
      if (news) accept(person, chat);
      wait = 400;
      // A server that answers at once with nothing new must not be asked in a tight loop.
      if (!news && performance.now() - asked < 500) await pause(500, turn.signal);
    } catch (fault) {
      if (turn.signal.aborted) continue;
      if (fault.name === "TimeoutError") continue;
      setOnline(false);
      for (const other of people.values()) other.known = false;
      await pause(wait + Math.random() * 200, turn.signal);
      wait = Math.min(wait * 2, 8000);
    }
  }
}

// The other chats: a short look in turn, so that two windows stay within a browser's connections.
async function peek() {
  for (;;) {
    for (const person of [...people.values()]) {
      await visible();
      if (person === active || !online) continue;
      try {
        const chat = await listen(person, LIMIT.peekMs);
        if (person !== active && (chat.revision !== person.revision || !person.known)) accept(person, chat);
      } catch { /* nothing new in time; the chosen chat reports a lost connection */ }
      await pause(400);
    }
    await pause(700);
  }
}

function setOnline(now) {
  online = now;
  $("offline").hidden = now;
  drawStatus();
}

// Who is there and what the shop is called; asked again after a restart of the server.
async function meet() {
  const [list, shop] = await Promise.all([ask("/api/people", LIMIT.postMs), ask("/api/shop", LIMIT.postMs)]);
  shopName = String(shop?.name || shopName);
  for (const [index, person] of list.slice(0, LIMIT.people).entries()) {
    if (!people.has(person.id)) people.set(person.id, newPerson(person, index));
    Object.assign(people.get(person.id), { name: String(person.name), role: person.role });
  }
  const gone = [...people.values()].filter((person) => !list.some((one) => one.id === person.id));
  for (const person of gone) { people.delete(person.id); person.tab.remove(); person.panel.remove(); }
  if (!active || !people.has(active.id)) {
    const last = [...people.values()].find((person) => String(person.id) === recall("person"));
    const next = last ?? people.values().next().value;
    if (next) choose(next);
  }
  drawAll();
}

// --- Speaking to the shop --------------------------------------------------------------------

async function post(address, body) {
  try {
    return await ask(address, LIMIT.postMs, null, body);
  } catch (fault) {
    toast(fault.said ?? word("failed"), true);
    return undefined;
  }
}

function expectAnswer(person) {
  person.typing = Date.now() + 6000;
  drawStatus();
  setTimeout(drawStatus, 6100);
}

async function say(person, text) {
  toEnd(person);
  expectAnswer(person);
  const done = await post(`/api/chat/${encodeURIComponent(person.id)}/say`, { text });
  if (done === undefined) { person.typing = 0; drawStatus(); }
  return done !== undefined;
}

async function press(person, message, row, column, key) {
  const place = busyKey(message, row, column);
  if (person.busy.has(place)) return;
  const calm = () => {
    clearTimeout(person.busy.get(place));
    person.busy.delete(place);
    key.classList.remove("busy");
    key.removeAttribute("aria-busy");
  };
  person.busy.set(place, setTimeout(calm, 10_000));
  key.classList.add("busy");
  key.setAttribute("aria-busy", "true");
  if (await post(`/api/chat/${encodeURIComponent(person.id)}/press`, { message, row, column }) === undefined) calm();
}

async function pay(key) {
  const txn = key.dataset.pay;
  if (key.classList.contains("busy")) return;
  key.classList.add("busy");
  const done = await post("/api/pay", { txn_id: txn });
  key.classList.remove("busy");
  if (done?.state === "completed") {
    if (paid.size >= LIMIT.paid) paid.delete(paid.values().next().value);
    paid.add(txn);
    expectAnswer(active);
  }
  drawLog(active);
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast(word("copied"));
  } catch { toast(word("notCopied"), true); }
}

// --- Hands -----------------------------------------------------------------------------------

function pressed(place) {
  const message = active.messages.find((one) => String(one.id) === place.closest(".message").dataset.id);
  const [row, column] = place.dataset.place.split(":").map(Number);
  const button = message?.buttons?.[row]?.[column];
  if (button?.kind === "copy") copy(button.copy ?? "");
  else if (button?.kind === "callback") press(active, message.id, row, column, place);
}

document.addEventListener("click", (event) => {
  const at = (selector) => event.target.closest(selector);
  if (!active) return;
  if (at("[data-say]")) say(active, at("[data-say]").dataset.say);
  else if (at("[data-pay]")) pay(at("[data-pay]"));
  else if (at("[data-photo]")) enlarge(at("[data-photo]").dataset.photo);
  else if (at(".spoiler[role]")) reveal(at(".spoiler"));
  else if (at("button[data-place]")) pressed(at("[data-place]"));
  else if (event.target === $("large")) $("large").close();
});

function enlarge(photo) {
  setAttribute($("large-image"), "src", photo);
  setAttribute($("large-image"), "alt", word("photo"));
  $("large").showModal();
}

$("chat").addEventListener("keydown", (event) => {
  const cover = event.target.closest?.(".spoiler[role]");
  if (cover && (event.key === "Enter" || event.key === " ")) { event.preventDefault(); reveal(cover); }
});

$("tabs").addEventListener("keydown", (event) => {
  const list = [...people.values()];
  const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
  const at = list.indexOf(active);
  const next = event.key === "Home" ? 0 : event.key === "End" ? list.length - 1 : steps[event.key] ? (at + steps[event.key] + list.length) % list.length : -1;
  if (next < 0) return;
  event.preventDefault();
  choose(list[next]);
  list[next].tab.focus();
});

function grow() {
  const text = $("text");
  text.style.height = "";
  text.style.height = `${Math.min(text.scrollHeight + 2, 132)}px`;
  text.style.overflowY = text.scrollHeight > 132 ? "auto" : "hidden";
}

$("text").addEventListener("input", grow);
$("text").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  $("composer").requestSubmit();
});

$("composer").addEventListener("submit", async (event) => {
  event.preventDefault();
  const person = active;
  const text = $("text").value.trim();
  if (!person || !text) return;
  $("text").value = "";
  grow();
  // What could not be sent comes back, unless something newer was typed meanwhile.
  if (!await say(person, text) && person === active && !$("text").value) { $("text").value = text; grow(); }
});

$("attach").addEventListener("change", async () => {
  const person = active;
  const [file] = $("attach").files;
  $("attach").value = "";
  if (!person || !file) return;
  if (file.size > LIMIT.photo) { toast(word("tooBig"), true); return; }
  const caption = $("text").value.trim();
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = "";
  for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  toEnd(person);
  expectAnswer(person);
  const done = await post(`/api/chat/${encodeURIComponent(person.id)}/photo`, { picture: btoa(binary), caption });
  if (done === undefined) { person.typing = 0; drawStatus(); return; }
  if (person === active) { $("text").value = ""; grow(); }
});

$("fold").addEventListener("click", () => { active.folded = !active.folded; drawFoot(); });
$("down").addEventListener("click", () => { toEnd(active); markSeen(active); showDown(); });
$("retry").addEventListener("click", () => turn.abort());
window.addEventListener("online", () => turn.abort());
$("language").addEventListener("click", () => {
  language = language === "id" ? "en" : "id";
  remember("language", language);
  drawAll();
});

// --- Start -----------------------------------------------------------------------------------

async function start() {
  drawAll();
  for (let wait = 400; ; wait = Math.min(wait * 2, 8000)) {
    turn = new AbortController();
    try { await meet(); break; } catch { setOnline(false); await pause(wait, turn.signal); }
  }
  setOnline(true);
  follow();
  peek();
}

start();
