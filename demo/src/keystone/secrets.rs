//! Tokens and passwords: made at random, kept as hashes.

use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A new token, in the look of Keystone's Fernet tokens.
pub fn token() -> String {
    // Six times 122 random bits.
    let random: String = (0..6).map(|_| encode(Uuid::new_v4().as_bytes())).collect();
    format!("gAAAAAB{random}")
}

/// A new audit id: 22 characters, as Keystone's.
pub fn audit_id() -> String {
    encode(Uuid::new_v4().as_bytes())
}

/// A new application credential secret.
pub fn secret() -> String {
    (0..4).map(|_| encode(Uuid::new_v4().as_bytes())).collect()
}

/// Salt and hash of a new password.
pub fn hash(password: &str) -> (String, String) {
    let salt = Uuid::new_v4().simple().to_string();
    let hash = salted(&salt, password);
    (salt, hash)
}

/// Whether a password belongs to salt and hash.
pub fn verify(password: &str, salt: &str, hash: &str) -> bool {
    // Comparing hashes of unknown salted input leaks nothing of use by its timing.
    salted(salt, password) == hash
}

/// The name under which a token is kept.
pub fn fingerprint(token: &str) -> String {
    hex(&Sha256::digest(token))
}

fn salted(salt: &str, password: &str) -> String {
    hex(&Sha256::new().chain_update(salt).chain_update(password).finalize())
}

/// Bytes in hex digits.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}

/// URL-safe base64 without padding.
fn encode(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::with_capacity(bytes.len() * 4 / 3 + 2);
    for chunk in bytes.chunks(3) {
        let word =
            chunk.iter().fold(0_u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for index in 0..=chunk.len() {
            text.push(char::from(ALPHABET[(word >> (18 - 6 * index) & 63) as usize]));
        }
    }
    text
}
