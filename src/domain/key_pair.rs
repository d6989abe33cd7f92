//! Names of key pairs, and what a person gives as a public key: Nova refuses both without saying much.

use crate::{domain::user_data::decode, openstack::nova::keypair::KeyKind};

/// Nova's limit of a name, in characters.
pub const LONGEST_NAME: usize = 255;
/// Nova's limit of a public key, in characters (nova/api/openstack/compute/schemas/keypairs.py).
pub const LONGEST_KEY: usize = 16_384;
const CERTIFICATE: (&str, &str) = ("-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----");

/// What is wrong with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NameProblem {
    /// There is none.
    Missing,
    /// Too many characters.
    TooLong,
    /// Nova refuses this character.
    Character(char),
    /// Another key pair has it.
    Taken,
}

/// What is wrong with a public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyProblem {
    /// There is none.
    Missing,
    /// Too many characters.
    TooLong,
    /// It is the private half, which nobody should see.
    Private,
    /// A form of other programs (SSH.com, PuTTY, PEM), which Nova doesn't read.
    OtherForm,
    /// Several lines of keys: Nova takes one.
    Several,
    /// No public key, or a damaged one.
    Unreadable,
}

/// A public key that Nova will take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// What Nova calls it.
    pub kind: KeyKind,
    /// "ssh-ed25519" …; empty for a certificate.
    pub algorithm: String,
    /// As it is to be sent.
    pub text: String,
    /// What its owner wrote behind it, often `name@machine`.
    pub comment: String,
}

/// What is wrong with the name of a new key pair. Names of keys that are taken in may have dots and at signs where Nova is new
/// enough (microversion 2.92).
pub fn name_problem<'a>(
    name: &str,
    mut taken: impl Iterator<Item = &'a str>,
    has_wider_names: bool,
) -> Option<NameProblem> {
    let name = name.trim();
    let is_allowed = |c: char| {
        c.is_ascii_alphanumeric()
            || matches!(c, ' ' | '_' | '-')
            || (has_wider_names && matches!(c, '.' | '@'))
    };
    if name.is_empty() {
        Some(NameProblem::Missing)
    } else if name.chars().count() > LONGEST_NAME {
        Some(NameProblem::TooLong)
    } else if let Some(odd) = name.chars().find(|c| !is_allowed(*c)) {
        Some(NameProblem::Character(odd))
    } else {
        taken.any(|known| known == name).then_some(NameProblem::Taken)
    }
}

/// Reads what a person gave as a public key.
///
/// # Errors
/// Why Nova would not take it.
pub fn read_public_key(text: &str) -> Result<PublicKey, KeyProblem> {
    let text = text.trim();
    if text.is_empty() {
        return Err(KeyProblem::Missing);
    }
    if text.contains("PRIVATE KEY") || text.starts_with("PuTTY-User-Key-File") {
        return Err(KeyProblem::Private);
    }
    if text.len() > LONGEST_KEY {
        return Err(KeyProblem::TooLong);
    }
    if text.starts_with(CERTIFICATE.0) {
        let is_whole = text.ends_with(CERTIFICATE.1) && text.matches(CERTIFICATE.0).count() == 1;
        let (algorithm, comment) = (String::new(), String::new());
        let certificate = PublicKey { kind: KeyKind::X509, algorithm, text: text.to_owned(), comment };
        return if is_whole { Ok(certificate) } else { Err(KeyProblem::Unreadable) };
    }
    if text.starts_with("----") {
        return Err(KeyProblem::OtherForm);
    }
    if text.lines().filter(|line| !line.trim().is_empty()).count() > 1 {
        return Err(KeyProblem::Several);
    }
    // Nova splits at single blanks.
    let mut parts = text.split_whitespace();
    let (Some(algorithm), Some(key)) = (parts.next(), parts.next()) else {
        return Err(KeyProblem::Unreadable);
    };
    let comment = parts.collect::<Vec<_>>().join(" ");
    let body = decode(key).ok_or(KeyProblem::Unreadable)?;
    if !names_itself(&body, algorithm) {
        return Err(KeyProblem::Unreadable);
    }
    let text = format!("{algorithm} {key} {comment}").trim_end().to_owned();
    Ok(PublicKey { kind: KeyKind::Ssh, algorithm: algorithm.to_owned(), text, comment })
}

/// A key begins with its algorithm's name, and that with its length (RFC 4253, 6.6), and has something behind it.
fn names_itself(body: &[u8], algorithm: &str) -> bool {
    let Some((length, rest)) = body.split_first_chunk::<4>() else { return false };
    let length = u32::from_be_bytes(*length) as usize;
    rest.get(..length) == Some(algorithm.as_bytes()) && rest.len() > length
}

#[cfg(test)]
mod tests;
