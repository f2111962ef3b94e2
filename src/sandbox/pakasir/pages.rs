//! The hosted payment pages and the button that plays the bank.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Path, Query, State as Shared};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::answer::Answer;
use super::book::{Created, Refused, State, Transaction, Wanted};
use super::gateway::Gateway;
use super::methods::Version;
use crate::primitives::Rupiah;

/// The pages a buyer sees.
pub(super) fn hosted() -> Router<Arc<Gateway>> {
    Router::new()
        .route("/pay-v2/{txn_id}", get(show).post(pay_by_form))
        .route("/pay/{slug}/{amount}", get(open))
}

/// The same button for a script.
pub(super) fn pay() -> Router<Arc<Gateway>> {
    Router::new().route("/api/pay", post(pay_by_script))
}

type Parameters = Query<HashMap<String, String>>;

async fn show(
    Shared(gateway): Shared<Arc<Gateway>>,
    Path(txn_id): Path<String>,
    Query(query): Parameters,
) -> Answer {
    let found = gateway.book().find(&txn_id, gateway.clock.now());
    page(found.as_ref(), query.get("redirect").map(String::as_str))
}

async fn pay_by_form(
    Shared(gateway): Shared<Arc<Gateway>>,
    Path(txn_id): Path<String>,
    Query(query): Parameters,
) -> Answer {
    // Refused or not, the page shows where the transaction stands now.
    let paid = gateway.pay(&txn_id, false);
    let found = paid.ok().or_else(|| gateway.book().find(&txn_id, gateway.clock.now()));
    page(found.as_ref(), query.get("redirect").map(String::as_str))
}

/// Version 1 starts a transaction by its address alone, whatever amount the visitor typed there.
async fn open(
    Shared(gateway): Shared<Arc<Gateway>>,
    Path((project, amount)): Path<(String, String)>,
    Query(query): Parameters,
) -> Answer {
    let reference = query.get("order_id").map_or("", String::as_str);
    let amount = amount.parse::<i64>().ok().filter(|amount| (500..=10_000_000).contains(amount));
    let (Some(amount), 1..=128) = (amount, reference.len()) else {
        return page(None, None);
    };
    let version = Version::V1;
    let wanted = Wanted { version, project: &project, reference, method: "qris", amount };
    let created = if gateway.account(&project, |_| ()).is_some() {
        gateway.book().create(wanted, gateway.clock.now())
    } else {
        Created::Differs
    };
    gateway.beat();
    match created {
        Created::New(found) | Created::Found(found) => {
            page(Some(&found), query.get("redirect").map(String::as_str))
        }
        Created::Differs | Created::Full => page(None, None),
    }
}

async fn pay_by_script(Shared(gateway): Shared<Arc<Gateway>>, body: Option<Json<Value>>) -> Answer {
    let txn_id = body.as_ref().and_then(|Json(body)| body["txn_id"].as_str());
    let Some(txn_id) = txn_id else { return Answer::error(400, "txn_id wajib diisi") };
    match gateway.pay(txn_id, false) {
        Ok(paid) => Answer::json(200, json!({ "state": paid.state.as_str() })),
        Err(why @ Refused::Unknown) => Answer::error(404, &why.to_string()),
        Err(why) => Answer::error(409, &why.to_string()),
    }
}

fn page(transaction: Option<&Transaction>, redirect: Option<&str>) -> Answer {
    let Some(transaction) = transaction else {
        let body = "<div class=mark>?</div><h1>Tagihan tidak ditemukan</h1>\
            <p>Periksa lagi tautan dari toko, atau minta tautan yang baru.</p>";
        return Answer::html(404, frame("Tagihan tidak ditemukan", "gone", body));
    };
    let bill = bill(transaction);
    let back = redirect.filter(|to| to.starts_with("https://") || to.starts_with("http://"));
    let back = back.map_or(String::new(), |to| {
        format!("<a class=back href=\"{}\">Kembali ke toko</a>", escape(to))
    });
    let (mood, head) = match transaction.state {
        State::Pending => ("wait", String::new()),
        State::Completed => (
            "paid",
            "<div class=mark>✓</div><h1>Pembayaran berhasil</h1>\
             <p>Terima kasih! Pesananmu segera dikirim lewat chat.</p>"
                .to_owned(),
        ),
        _ => (
            "gone",
            "<div class=mark>×</div><h1>Tagihan sudah ditutup</h1>\
             <p>Jangan bayar tagihan ini. Buat pesanan baru di toko, ya.</p>"
                .to_owned(),
        ),
    };
    let button = if transaction.state == State::Pending {
        button(transaction, redirect)
    } else {
        String::new()
    };
    let body = format!("{head}{bill}{button}{back}");
    Answer::html(200, frame("Pembayaran", mood, &body))
}

fn bill(transaction: &Transaction) -> String {
    let money = |amount| Rupiah::new(amount).map_or_else(|_| "–".to_owned(), |it| it.to_string());
    let fee = transaction.total - transaction.amount;
    let fee = if fee > 0 {
        format!("<div><dt>Biaya layanan</dt><dd>{}</dd></div>", money(fee))
    } else {
        String::new()
    };
    let play = if transaction.sandbox { "<span class=tag>Mode uji coba</span>" } else { "" };
    format!(
        "<p class=shop>{}{play}</p><p class=total>{}</p><dl>\
         <div><dt>Pesanan</dt><dd>{}</dd></div><div><dt>Metode</dt><dd>{}</dd></div>\
         <div><dt>Harga</dt><dd>{}</dd></div>{fee}</dl>",
        escape(&transaction.project),
        money(transaction.total),
        escape(&transaction.reference),
        escape(&transaction.method.replace('_', " ").to_uppercase()),
        money(transaction.amount),
    )
}

fn button(transaction: &Transaction, redirect: Option<&str>) -> String {
    let query = redirect.map_or(String::new(), |to| format!("?redirect={}", percent(to)));
    format!(
        "<form method=post action=\"/pay-v2/{}{query}\"><button>Bayar sekarang</button></form>\
         <p class=note>Ini gerbang pembayaran tiruan: tidak ada uang yang berpindah.</p>",
        escape(&transaction.txn_id)
    )
}

/// The whole document; it loads nothing, so it works without a network.
fn frame(title: &str, mood: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=id><head><meta charset=utf-8>\
         <meta name=viewport content=\"width=device-width,initial-scale=1\">\
         <title>{title}</title><style>{STYLE}</style></head>\
         <body><main class={mood}>{body}</main></body></html>"
    )
}

fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

fn percent(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::with_capacity(text.len()), |mut safe, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            safe.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(safe, "%{byte:02X}");
        }
        safe
    })
}

const STYLE: &str = "\
*{box-sizing:border-box;margin:0}\
body{min-height:100vh;display:grid;place-items:center;padding:16px;color:#12233b;\
background:linear-gradient(160deg,#e6f0ff,#f6f8fb 55%,#eafaf3);\
font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif}\
main{width:100%;max-width:400px;padding:28px 24px;text-align:center;background:#fff;\
border-radius:24px;border-top:6px solid #1d6ff2;box-shadow:0 18px 48px #12305a1f}\
main.paid{border-color:#12a66a}main.gone{border-color:#b8c0cc}\
h1{font-size:22px;margin:12px 0 4px}\
.mark{width:64px;height:64px;margin:0 auto;border-radius:50%;font:700 34px/64px system-ui,sans-serif;\
color:#fff;background:#b8c0cc}.paid .mark{background:#12a66a}\
.shop{font-weight:600;color:#4a5a70;margin-top:16px}\
.tag{margin-left:8px;padding:2px 10px;font-size:12px;border-radius:99px;color:#8a5a00;background:#fff2cf}\
.total{font-size:38px;font-weight:800;letter-spacing:-.02em;margin:4px 0 16px;\
font-variant-numeric:tabular-nums}\
dl{padding:4px 16px;text-align:left;background:#f5f8fc;border-radius:16px}\
dl div{display:flex;justify-content:space-between;gap:16px;padding:10px 0}\
dl div+div{border-top:1px solid #e4eaf2}dt{color:#64748b}\
dd{font-weight:600;text-align:right;overflow-wrap:anywhere}\
button{width:100%;margin-top:20px;padding:16px;font:inherit;font-size:17px;font-weight:700;color:#fff;\
background:#1d6ff2;border:0;border-radius:16px;cursor:pointer}\
button:hover{background:#155cd0}button:focus-visible,a:focus-visible{outline:3px solid #9cc2ff;outline-offset:2px}\
.note{margin-top:14px;font-size:13px;color:#64748b}\
.back{display:block;margin-top:18px;padding:14px;font-weight:600;color:#1d6ff2;text-decoration:none;\
border:1px solid #d5e0f0;border-radius:16px}\
@media(prefers-color-scheme:dark){body{color:#e8eef8;background:#0d1524}\
main{background:#162136;box-shadow:none}.shop,dt,.note{color:#9db0ca}dl{background:#1c2a43}\
dl div+div{border-color:#2a3b58}.back{color:#9cc2ff;border-color:#2a3b58}}";
