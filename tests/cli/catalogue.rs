//! `auto-order catalogue`: the whole file or nothing, and what went in comes out again.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use crate::place::Place;

fn place() -> Place {
    Place::new().set("TELEGRAM_BOT_TOKEN", "700000001:a-token-that-is-long-enough")
}

fn catalogue() -> Value {
    json!({
        "categories": [
            {"slug": "streaming", "name": "Streaming", "emoji": "🎬"},
            {"slug": "musik", "name": "Musik <3", "emoji": ""},
        ],
        "products": [
            {"code": "NETFLIX1", "name": "Netflix 1 Bulan", "category": "streaming",
             "price": 45_000, "description": "Satu layar.\nGaransi \"penuh\" & 100%.", "active": true,
             "low_stock": 3, "terms": {"id": "Jangan ganti sandi.", "en": "Keep the password."},
             "units": ["user1:pass1", "user2:pass2", "  spasi\tdan\nbaris \u{1f511} "]},
            {"code": "LAGU", "name": "Lagu", "category": "musik", "price": 0, "description": "",
             "active": false, "low_stock": null, "terms": {}, "units": ["x".repeat(60_000)]},
            {"code": "POLOS", "name": "Polos", "category": null, "price": 1_000, "description": "",
             "active": true, "low_stock": null, "terms": {}},
        ],
        "coupons": [
            {"code": "HEMAT10", "kind": "percent", "value": 10, "max_uses": 100, "per_customer": 1,
             "valid_from": null, "valid_until": "2026-12-31T16:59:59.000Z"},
            {"code": "POTONG", "kind": "flat", "value": 5_000, "max_uses": null, "per_customer": null,
             "valid_from": null, "valid_until": null, "active": false},
        ],
    })
}

fn written(place: &Place, units: bool) -> Value {
    let path = place.path("out.json");
    let path = path.to_str().expect("UTF-8");
    let mut arguments = vec!["catalogue", "export", path];
    arguments.extend(units.then_some("--units"));
    let ran = place.run(&arguments);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    serde_json::from_str(&std::fs::read_to_string(path).expect("the file")).expect("JSON")
}

#[test]
fn what_went_in_comes_out_again() {
    let first = place();
    let file = first.file("in.json", &catalogue().to_string());
    let done = first.run(&["catalogue", "import", &file, "--json"]).json();
    let wanted = json!({"categories": 2, "products": 3, "units_added": 4, "units_known": 0,
        "coupons": 2});
    assert_eq!(done, wanted);
    assert_eq!(written(&first, true), catalogue());
    let mode = std::fs::metadata(first.path("out.json")).expect("the file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "only the owner reads goods");

    // Through standard output and input into another shop.
    let clear = first.run(&["catalogue", "export", "-", "--units"]);
    let second = place();
    let done = second.run_on(&["catalogue", "import", "-", "--json"], &clear.out).json();
    assert_eq!(done, wanted);
    assert_eq!(written(&second, true), catalogue());

    let mut without = catalogue();
    for product in without["products"].as_array_mut().expect("products") {
        product.as_object_mut().expect("a product").remove("units");
    }
    assert_eq!(written(&second, false), without, "goods come out only when asked for");
}

#[test]
fn a_file_can_be_applied_again() {
    let place = place();
    let mut file = catalogue();
    let path = place.file("in.json", &file.to_string());
    place.run(&["catalogue", "import", &path, "--json"]).json();
    file["products"][0]["price"] = json!(50_000);
    file["products"][0]["units"] = json!(["user2:pass2", "user3:pass3", "user3:pass3"]);
    let path = place.file("in.json", &file.to_string());
    let ran = place.run(&["catalogue", "import", &path]);
    assert_eq!(
        ran.out,
        "2 categories, 3 products, 1 units added, 3 units known before, 2 coupons\n"
    );
    let after = written(&place, true);
    assert_eq!(after["products"][0]["price"], 50_000);
    assert_eq!(after["products"][0]["units"].as_array().expect("units").len(), 4);
    assert_eq!(after["products"].as_array().expect("products").len(), 3);
}

#[test]
fn a_faulty_file_is_refused_whole_with_every_fault() {
    let place = place();
    let good = place.file("in.json", &catalogue().to_string());
    place.run(&["catalogue", "import", &good, "--json"]).json();
    let before = written(&place, true);
    let faulty = json!({
        "categories": [{"slug": "Besar Sekali", "name": "Baru"}, {"slug": "baru", "name": ""}],
        "products": [
            {"code": "NETFLIX1", "name": "Berubah", "price": 1},
            {"code": "SATU", "name": "Satu", "price": 1, "category": "entah"},
            {"code": "DUA", "name": "Dua", "price": 1, "category": "berantah"},
            {"code": "spasi di sini", "name": "Tiga", "price": 1},
            {"code": "EMPAT", "name": "Empat", "price": 1, "units": ["ok", "  ", "kanari"],
             "terms": {"fr": "Oui."}, "low_stock": -1},
        ],
    });
    let path = place.file("faulty.json", &faulty.to_string());
    let ran = place.run(&["catalogue", "import", &path]);
    let told = ran.failed_with(1);
    for fault in [
        "Besar Sekali",
        "category baru: the name",
        "SATU: there is no category 'entah'",
        "DUA: there is no category 'berantah'",
        "spasi di sini: the code",
        "EMPAT: unit 2",
        "EMPAT: there are no texts in the language 'fr'",
        "EMPAT: low_stock",
    ] {
        assert!(told.contains(fault), "{fault} is missing in:\n{told}");
    }
    assert!(!told.contains("kanari"), "{told}");
    assert_eq!(written(&place, true), before, "nothing was applied");
}

#[test]
fn what_is_no_catalogue_is_refused() {
    let place = place();
    let wrong = [
        "",
        "{",
        r#"{"produk": []}"#,
        r#"{"products": [{"code": "A", "name": "A", "price": -1}]}"#,
        r#"{"products": [{"code": "A", "name": "A", "price": 1.5}]}"#,
        r#"{"products": [{"code": "A", "name": "A", "price": 1, "harga": 2}]}"#,
    ];
    for content in wrong {
        let ran = place.run_on(&["catalogue", "import", "-"], content);
        assert!(ran.failed_with(2).contains("no catalogue"), "{content}: {ran:?}");
    }
    let ran = place.run(&["catalogue", "import", "nowhere.json"]);
    assert!(ran.failed_with(2).contains("nowhere.json cannot be read"), "{ran:?}");
    assert_eq!(written(&place, true), json!({"categories": [], "products": [], "coupons": []}));
}
