//! Encryption at rest: AES-256-GCM under named keys, each ciphertext bound to its place.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::{digest, hmac};

use super::{Secret, random_bytes};

/// Where a ciphertext belongs; opening it anywhere else fails.
///
/// The text names the kind and every id, such as `unit/1/7/42` (store, product, unit).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding(pub String);

/// A ciphertext with the name of its key: `nonce (12) ‖ ciphertext ‖ tag (16)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Eight hexadecimal digits that name the key, kept beside the bytes in the row.
    pub key_id: String,
    /// Nonce, ciphertext and tag.
    pub bytes: Vec<u8>,
}

/// What can be wrong with a key or a ciphertext.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyringError {
    /// A key is not the base64 of 32 bytes, or there is none.
    #[error(
        "a data key must be the base64 of exactly 32 bytes; `auto-order keygen` prints a fresh one"
    )]
    MalformedKey,
    /// The row was sealed under a key that is not loaded.
    #[error("no loaded data key has the id {0}")]
    UnknownKey(String),
    /// The bytes were changed, or belong to another place.
    #[error("a sealed value did not open: it was changed or moved")]
    DidNotOpen,
}

/// The loaded data keys; the first one seals, all of them open.
pub struct Keyring {
    sealing: String,
    keys: HashMap<String, LessSafeKey>,
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keyring").field("sealing", &self.sealing).finish_non_exhaustive()
    }
}

impl Keyring {
    /// Reads keys from base64, separated by commas; the first one seals.
    ///
    /// # Errors
    /// [`KeyringError::MalformedKey`] when one of them is not 32 bytes.
    pub fn from_base64(keys: &Secret<String>) -> Result<Self, KeyringError> {
        let mut ring = Self { sealing: String::new(), keys: HashMap::new() };
        for text in keys.expose().split(',') {
            let raw = STANDARD.decode(text.trim()).map_err(|_| KeyringError::MalformedKey)?;
            let unbound =
                UnboundKey::new(&AES_256_GCM, &raw).map_err(|_| KeyringError::MalformedKey)?;
            let id = key_id(&raw);
            if ring.sealing.is_empty() {
                ring.sealing.clone_from(&id);
            }
            ring.keys.insert(id, LessSafeKey::new(unbound));
        }
        Ok(ring)
    }

    /// A fresh key as base64, for `auto-order keygen`.
    #[must_use]
    pub fn fresh_key() -> Secret<String> {
        Secret::new(STANDARD.encode(random_bytes::<32>()))
    }

    /// The id of the key that seals.
    #[must_use]
    pub fn sealing(&self) -> &str {
        &self.sealing
    }

    /// Whether a key of this id is loaded.
    #[must_use]
    pub fn knows(&self, key_id: &str) -> bool {
        self.keys.contains_key(key_id)
    }

    /// Encrypts `plain` under the first key, bound to its place, with a random nonce.
    ///
    /// # Panics
    /// Never in practice: AES-GCM refuses only inputs over 64 GiB.
    #[must_use]
    pub fn seal(&self, binding: &Binding, plain: &[u8]) -> Sealed {
        let nonce = random_bytes::<NONCE_LEN>();
        let mut body = plain.to_vec();
        self.keys[&self.sealing]
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(binding.0.as_bytes()),
                &mut body,
            )
            .expect("the input is below 64 GiB");
        Sealed { key_id: self.sealing.clone(), bytes: [nonce.as_slice(), &body].concat() }
    }

    /// Decrypts a sealed value that stands at `binding`.
    ///
    /// # Errors
    /// [`KeyringError`] when the key is not loaded or the bytes do not belong here.
    pub fn open(
        &self,
        binding: &Binding,
        sealed: &Sealed,
    ) -> Result<Secret<Vec<u8>>, KeyringError> {
        let key = self
            .keys
            .get(&sealed.key_id)
            .ok_or_else(|| KeyringError::UnknownKey(sealed.key_id.clone()))?;
        let (nonce, body) =
            sealed.bytes.split_at_checked(NONCE_LEN).ok_or(KeyringError::DidNotOpen)?;
        let nonce =
            Nonce::try_assume_unique_for_key(nonce).map_err(|_| KeyringError::DidNotOpen)?;
        let mut body = body.to_vec();
        let plain = key
            .open_in_place(nonce, Aad::from(binding.0.as_bytes()), &mut body)
            .map_err(|_| KeyringError::DidNotOpen)?
            .to_vec();
        Ok(Secret::new(plain))
    }

    /// Decrypts a sealed text.
    ///
    /// # Errors
    /// As [`Keyring::open`], and [`KeyringError::DidNotOpen`] when it is not UTF-8.
    pub fn open_text(
        &self,
        binding: &Binding,
        sealed: &Sealed,
    ) -> Result<Secret<String>, KeyringError> {
        let plain = self.open(binding, sealed)?;
        String::from_utf8(plain.expose().clone())
            .map(Secret::new)
            .map_err(|_| KeyringError::DidNotOpen)
    }
}

/// HMAC-SHA256 of `plain` under a store's own pepper: equal values are found without opening them.
#[must_use]
pub fn fingerprint(pepper: &Secret<Vec<u8>>, plain: &[u8]) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, pepper.expose());
    hmac::sign(&key, plain).as_ref().to_vec()
}

fn key_id(raw: &[u8]) -> String {
    use std::fmt::Write as _;
    digest::digest(&digest::SHA256, raw).as_ref()[..4].iter().fold(String::new(), |mut id, byte| {
        let _ = write!(id, "{byte:02x}");
        id
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str) -> Binding {
        Binding(text.to_owned())
    }

    #[test]
    fn a_sealed_value_opens_only_in_its_place_and_unchanged() {
        let ring = Keyring::from_base64(&Keyring::fresh_key()).expect("a fresh key");
        let sealed = ring.seal(&place("unit/1/2/3"), b"user:pass");
        let opened = ring.open(&place("unit/1/2/3"), &sealed).expect("opens");
        assert_eq!(opened.expose(), b"user:pass");
        let moved = ring.open(&place("unit/1/2/4"), &sealed).expect_err("moved");
        assert_eq!(moved, KeyringError::DidNotOpen);
        for bit in 0..sealed.bytes.len() * 8 {
            let mut flipped = sealed.clone();
            flipped.bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(ring.open(&place("unit/1/2/3"), &flipped).is_err(), "bit {bit} went unnoticed");
        }
    }

    #[test]
    fn an_older_key_still_opens_and_the_first_one_seals() {
        let old = Keyring::fresh_key();
        let fresh = Keyring::fresh_key();
        let before = Keyring::from_base64(&old).expect("old");
        let sealed = before.seal(&place("x"), b"kept");
        let both = Secret::new(format!("{},{}", fresh.expose(), old.expose()));
        let rotating = Keyring::from_base64(&both).expect("both");
        assert!(rotating.open(&place("x"), &sealed).is_ok());
        let resealed = rotating.seal(&place("x"), b"kept");
        assert_ne!(resealed.key_id, sealed.key_id);
        let unknown = before.open(&place("x"), &resealed).expect_err("unknown key");
        assert_eq!(unknown, KeyringError::UnknownKey(resealed.key_id));
    }

    #[test]
    fn keys_must_be_32_bytes() {
        for bad in ["", "AAAA", "not base64!", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            let read = Keyring::from_base64(&Secret::new(bad.to_owned()));
            assert_eq!(read.err(), Some(KeyringError::MalformedKey), "{bad:?} passed");
        }
    }
}
