//! How a store's row, its people and its secrets become a store, and what a wish changes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::table::{Person, Row, Settings};
use super::{Former, FormerSecrets, GatewayGiven, Secrets, Store, Wish, binding, sealed};
use crate::pakasir::Version;
use crate::primitives::{
    Keyring, Language, Sealed, Secret, Timestamp, Zone, random_bytes, random_token,
};
use crate::shop::ShopError;
use crate::telemetry::redaction;

const DEFAULT_ZONE: &str = "Asia/Jakarta";
const DEFAULT_INVOICE_MINUTES: i64 = 15;
const DEFAULT_TERMS_DAYS: i64 = 30;
const DEFAULT_LOW_STOCK: i64 = 3;

/// Whether `slug` is fit for commands and paths: 1–40 of `a–z 0–9 -`.
///
/// # Errors
/// A sentence for the person who typed it.
pub fn check_slug(slug: &str) -> Result<(), String> {
    let fit = (1..=40).contains(&slug.len())
        && slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if fit {
        Ok(())
    } else {
        Err(format!("'{slug}' is no store slug: use 1 to 40 of a–z, 0–9 and '-'"))
    }
}

/// Whether tokens and keys can be what they should be, before anything is written.
///
/// # Errors
/// A sentence for the person who gave them; it repeats no secret.
pub(super) fn check_wish(wish: &Wish) -> Result<(), String> {
    let plain =
        |text: &str| (1..=200).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
    if !wish.bot_token.as_ref().is_none_or(|token| plain(token.expose())) {
        return Err("a bot token is 1 to 200 visible characters without spaces".to_owned());
    }
    let slug_fits = |slug: &String| plain(slug) && !slug.contains(['/', '?', '#', '%']);
    if !wish.pakasir_slug.as_ref().is_none_or(slug_fits) {
        return Err("that is not a Pakasir project slug".to_owned());
    }
    let secrets = [&wish.pakasir_api_key, &wish.pakasir_webhook_secret];
    if secrets.into_iter().flatten().any(|secret| !plain(secret.expose())) {
        return Err(
            "a Pakasir key or secret is 1 to 200 visible characters without spaces".to_owned()
        );
    }
    if !wish.sticker.as_ref().is_none_or(|file_id| file_id.is_empty() || plain(file_id)) {
        return Err("that is not the file id of a sticker".to_owned());
    }
    if wish.name.as_ref().is_some_and(|name| !(1..=64).contains(&name.trim().chars().count())) {
        return Err("a store's name has 1 to 64 characters".to_owned());
    }
    Ok(())
}

pub(super) fn opened(row: Row, people: &[Person], keyring: &Keyring) -> Result<Store, ShopError> {
    let sealed = sealed(row.secrets, row.secrets_key);
    let plain = keyring.open(&binding(&row.settings.slug), &sealed)?;
    let secrets: Secrets = serde_json::from_slice(plain.expose())
        .map_err(|_| ShopError::Books(format!("the secrets of store {}", row.settings.slug)))?;
    let unreadable = |what: &str| ShopError::Books(format!("store {}: {what}", row.settings.slug));
    let covered = [Some(&secrets.bot_token), Some(&secrets.webhook_secret)];
    let covered = covered
        .into_iter()
        .chain([secrets.pakasir_api_key.as_ref(), secrets.pakasir_webhook_secret.as_ref()]);
    covered.flatten().for_each(|secret| redaction::know(secret));
    let pepper = STANDARD.decode(&secrets.pepper).map_err(|_| unreadable("pepper"))?;
    let version = row.settings.pakasir_version.parse().map_err(|_| unreadable("version"))?;
    let with_role = |role: &str| {
        people.iter().filter(|person| person.role == role).map(|person| person.user_id).collect()
    };
    let (admins, owners) = (with_role("admin"), with_role("owner"));
    let given = GatewayGiven {
        slug: row.settings.pakasir_slug,
        api_key: secrets.pakasir_api_key.map(Secret::new),
        callback_secret: secrets.pakasir_webhook_secret.map(Secret::new),
        version,
        sandbox: row.settings.pakasir_sandbox,
    };
    Ok(Store {
        id: row.id,
        zone: Zone::named(&row.settings.timezone)
            .map_err(|error| ShopError::Books(error.to_string()))?,
        slug: row.settings.slug,
        name: row.settings.name,
        language: row.settings.language,
        hook: row.hook,
        standby: row.standby_url,
        bot_token: Secret::new(secrets.bot_token),
        webhook_secret: Secret::new(secrets.webhook_secret),
        former: secrets.former.into_iter().map(former).collect(),
        pepper: Secret::new(pepper),
        gateway: given.keys(),
        given,
        invoice_minutes: row.settings.invoice_minutes,
        terms_days: row.settings.terms_days,
        low_stock: row.settings.low_stock,
        sticker: row.settings.sticker,
        admins,
        owners,
        revision: row.revision,
    })
}

/// Seals a store's secrets for its own place.
pub(super) fn seal(keyring: &Keyring, slug: &str, secrets: &Secrets) -> Result<Sealed, ShopError> {
    let plain = serde_json::to_vec(secrets)
        .map_err(|error| ShopError::Books(format!("store secrets: {error}")))?;
    Ok(keyring.seal(&binding(slug), &plain))
}

fn former(sealed: FormerSecrets) -> Former {
    let FormerSecrets { hook, webhook_secret, minutes, until } = sealed;
    let (webhook_secret, until) = (Secret::new(webhook_secret), until.map(Timestamp));
    Former { hook, webhook_secret, minutes, until }
}

fn former_secrets(former: &Former) -> FormerSecrets {
    FormerSecrets {
        hook: former.hook.clone(),
        webhook_secret: former.webhook_secret.expose().clone(),
        minutes: former.minutes,
        until: former.until.map(|until| until.0),
    }
}

pub(super) fn secrets_after(
    before: Option<&Store>,
    wish: &Wish,
    slug: &str,
) -> Result<Secrets, ShopError> {
    let given = before.map(|store| &store.given);
    let asked = |wish: &Option<Secret<String>>| wish.as_ref().map(|secret| secret.expose().clone());
    let bot_token = asked(&wish.bot_token)
        .or_else(|| before.map(|store| store.bot_token.expose().clone()))
        .ok_or_else(|| {
            ShopError::Settings(format!("store {slug} is new and needs a bot token: --bot-token"))
        })?;
    Ok(Secrets {
        bot_token,
        webhook_secret: before
            .map_or_else(random_token, |store| store.webhook_secret.expose().clone()),
        pepper: before.map_or_else(
            || STANDARD.encode(random_bytes::<32>()),
            |store| STANDARD.encode(store.pepper.expose()),
        ),
        pakasir_api_key: asked(&wish.pakasir_api_key)
            .or_else(|| given?.api_key.as_ref().map(|key| key.expose().clone())),
        pakasir_webhook_secret: asked(&wish.pakasir_webhook_secret)
            .or_else(|| given?.callback_secret.as_ref().map(|secret| secret.expose().clone())),
        former: before
            .map_or_else(Vec::new, |store| store.former.iter().map(former_secrets).collect()),
    })
}

pub(super) fn row_after(before: Option<&Store>, wish: &Wish, slug: &str) -> Settings {
    let given = before.map(|store| &store.given);
    let zone = wish.zone.as_ref().or(before.map(|store| &store.zone));
    let version = wish
        .pakasir_version
        .or(given.map(|given| given.version))
        .unwrap_or(Version::V2)
        .to_string();
    Settings {
        slug: slug.to_owned(),
        name: wish
            .name
            .clone()
            .or_else(|| before.map(|store| store.name.clone()))
            .unwrap_or_else(|| "Bot Auto Order".to_owned()),
        timezone: zone.map_or(DEFAULT_ZONE, |zone| zone.name()).to_owned(),
        language: wish.language.or(before.map(|store| store.language)).unwrap_or(Language::Id),
        pakasir_slug: wish.pakasir_slug.clone().or_else(|| given?.slug.clone()),
        pakasir_version: version,
        pakasir_sandbox: wish.pakasir_sandbox.or(given.map(|given| given.sandbox)).unwrap_or(false),
        invoice_minutes: wish
            .invoice_minutes
            .or(before.map(|store| store.invoice_minutes))
            .unwrap_or(DEFAULT_INVOICE_MINUTES),
        terms_days: wish
            .terms_days
            .or(before.map(|store| store.terms_days))
            .unwrap_or(DEFAULT_TERMS_DAYS),
        low_stock: wish
            .low_stock
            .or(before.map(|store| store.low_stock))
            .unwrap_or(DEFAULT_LOW_STOCK),
        sticker: wish
            .sticker
            .clone()
            .or_else(|| before.and_then(|store| store.sticker.clone()))
            .filter(|sticker| !sticker.is_empty()),
    }
}

/// Whether the wish would change anything, so that a restart writes nothing.
pub(super) fn differs(store: &Store, row: &Settings, secrets: &Secrets, wish: &Wish) -> bool {
    let given = &store.given;
    let same_people = |wished: &Option<Vec<_>>, is: &Vec<_>| {
        wished.as_ref().is_none_or(|wished| {
            wished.len() == is.len() && wished.iter().all(|user| is.contains(user))
        })
    };
    let same_secret = |wished: &Option<String>, is: Option<&Secret<String>>| {
        wished.as_deref() == is.map(|secret| secret.expose().as_str())
    };
    let unchanged = store.name == row.name
        && store.zone.name() == row.timezone
        && store.language == row.language
        && store.invoice_minutes == row.invoice_minutes
        && store.terms_days == row.terms_days
        && store.low_stock == row.low_stock
        && store.sticker == row.sticker
        && given.slug == row.pakasir_slug
        && given.version.to_string() == row.pakasir_version
        && given.sandbox == row.pakasir_sandbox
        && store.bot_token.expose() == &secrets.bot_token
        && same_secret(&secrets.pakasir_api_key, given.api_key.as_ref())
        && same_secret(&secrets.pakasir_webhook_secret, given.callback_secret.as_ref())
        && same_people(&wish.admins, &store.admins)
        && same_people(&wish.owners, &store.owners);
    !unchanged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_plain() {
        for good in ["toko", "toko-2", "a"] {
            assert_eq!(check_slug(good), Ok(()));
        }
        for bad in ["", "Toko", "toko kami", "../x", &"a".repeat(41)] {
            assert!(check_slug(bad).is_err(), "{bad:?} passed");
        }
    }
}
