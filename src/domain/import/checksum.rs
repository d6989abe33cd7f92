//! A checksum that somebody published with a file, and whether an image has it.

use crate::openstack::glance::image::Image;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The algorithms that are published with images, and how many hexadecimal digits each has.
const ALGORITHMS: [(&str, usize); 4] = [("md5", 32), ("sha1", 40), ("sha256", 64), ("sha512", 128)];

/// A checksum with its algorithm: `sha512:1103b92c…`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Checksum {
    algorithm: String,
    value: String,
}

/// What a comparison says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checked {
    /// Nothing was published to compare with.
    NotAsked,
    /// The bytes in the cloud are the published ones.
    Match(Checksum),
    /// They are others.
    Mismatch {
        /// What was published.
        expected: Checksum,
        /// What the cloud has.
        found: String,
    },
    /// The cloud works out checksums by other algorithms only.
    NotComparable(Checksum),
}

impl Checksum {
    /// Reads `algorithm:hexadecimal`; `None` when it is none that can be compared.
    pub fn parse(text: &str) -> Option<Self> {
        let (algorithm, value) = text.trim().split_once(':')?;
        let (algorithm, digits) = ALGORITHMS.iter().find(|(name, _)| name.eq_ignore_ascii_case(algorithm))?;
        let value = value.trim().to_ascii_lowercase();
        let is_right = value.len() == *digits && value.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_right.then(|| Self { algorithm: (*algorithm).to_owned(), value })
    }

    /// The algorithm's name, as Glance writes it in `os_hash_algo`.
    pub fn algorithm(&self) -> &str {
        &self.algorithm
    }

    /// Compares with what Glance worked out of the bytes that it stored: one hash by the cloud's algorithm, and MD5.
    pub fn check(&self, image: &Image) -> Checked {
        let by_hash =
            image.os_hash_algo.as_deref().is_some_and(|algo| algo.eq_ignore_ascii_case(&self.algorithm));
        let found = match (by_hash, self.algorithm()) {
            (true, _) => image.os_hash_value.as_deref(),
            (false, "md5") => image.checksum.as_deref(),
            _ => None,
        };
        match found {
            None => Checked::NotComparable(self.clone()),
            Some(found) if found.eq_ignore_ascii_case(&self.value) => Checked::Match(self.clone()),
            Some(found) => Checked::Mismatch { expected: self.clone(), found: found.to_owned() },
        }
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.algorithm, self.value)
    }
}

impl From<Checksum> for String {
    fn from(checksum: Checksum) -> Self {
        checksum.to_string()
    }
}

impl TryFrom<String> for Checksum {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not a checksum")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_checksum_is_compared_by_its_own_algorithm_only() {
        let sha512 = "ab".repeat(64);
        let image: Image =
            serde_json::from_value(json!({"id": "i", "checksum": "cd".repeat(16), "os_hash_algo": "sha512",
            "os_hash_value": sha512}))
            .unwrap();
        let check = |text: &str| Checksum::parse(text).unwrap().check(&image);
        assert!(matches!(check(&format!("SHA512:{}", sha512.to_uppercase())), Checked::Match(_)));
        assert!(matches!(check(&format!("sha512:{}", "00".repeat(64))), Checked::Mismatch { .. }));
        assert!(matches!(check(&format!("md5:{}", "cd".repeat(16))), Checked::Match(_)));
        assert!(matches!(check(&format!("sha256:{}", "ab".repeat(32))), Checked::NotComparable(_)));
        let bare: Image = serde_json::from_value(json!({"id": "i"})).unwrap();
        let md5 = Checksum::parse(&format!("md5:{}", "cd".repeat(16))).unwrap();
        assert!(matches!(md5.check(&bare), Checked::NotComparable(_)));
    }

    #[test]
    fn what_is_no_checksum_is_none() {
        for text in
            ["", "sha512:", "sha512:xyz", "crc32:abcdef01", "abcdef", &format!("md5:{}", "zz".repeat(16))]
        {
            assert_eq!(Checksum::parse(text), None, "{text}");
        }
        let written = serde_json::to_string(&Checksum::parse(&format!("md5:{}", "0a".repeat(16)))).unwrap();
        assert_eq!(written, format!("\"md5:{}\"", "0a".repeat(16)));
        assert!(serde_json::from_str::<Checksum>("\"md5:1\"").is_err());
    }
}
