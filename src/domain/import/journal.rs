//! The journal of imports, kept in `localStorage`: what is needed to follow one again after a reload. The cloud goes on without
//! us, so an import is never "interrupted". No token, no content.

use crate::{
    domain::import::{Import, checksum::Checksum},
    openstack::{
        glance::import::Source,
        ids::{ImageId, ProjectId, UserId},
    },
};
use serde::{Deserialize, Serialize};

/// An import that has begun, and whose end nobody has seen yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalEntry {
    /// The image.
    pub image: ImageId,
    /// The cloud, by its name in `config.json`.
    pub cloud: String,
    /// Whose project.
    pub project: ProjectId,
    /// Who began it.
    pub user: UserId,
    /// The image's name.
    pub name: String,
    /// The address that is fetched; none for a copy to another store.
    #[serde(default)]
    pub uri: Option<String>,
    /// The store that it goes to.
    #[serde(default)]
    pub store: Option<String>,
    /// What the bytes should be.
    #[serde(default)]
    pub expected: Option<Checksum>,
    /// Whether the record was made protected.
    #[serde(default)]
    pub is_protected: bool,
}

impl JournalEntry {
    /// Whether it is this person's, in this project.
    pub fn is_of(&self, cloud: &str, project: &ProjectId, user: &UserId) -> bool {
        self.cloud == cloud && self.project == *project && self.user == *user
    }

    /// Whether two entries are of the same import: an image may be copied to several stores.
    pub fn is_same(&self, other: &Self) -> bool {
        self.image == other.image && self.uri == other.uri && self.store == other.store
    }

    /// The import, to be followed again.
    pub fn import(&self) -> Import {
        let source = self.uri.clone().map_or(Source::Copy, Source::Web);
        Import {
            expected: self.expected.clone(),
            is_protected: self.is_protected,
            ..Import::new(self.image.clone(), self.name.clone(), source, self.store.clone())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_survives_the_journal_and_an_older_one_reads_too() {
        let text = r#"{"image":"i","cloud":"c","project":"p","user":"u","name":"n","uri":"http://h/x"}"#;
        let entry: JournalEntry = serde_json::from_str(text).unwrap();
        assert!(entry.is_of("c", &"p".into(), &"u".into()));
        assert!(!entry.is_of("c", &"p".into(), &"v".into()));
        assert_eq!(entry.import().source, Source::Web("http://h/x".into()));
        let again: JournalEntry = serde_json::from_str(&serde_json::to_string(&entry).unwrap()).unwrap();
        assert!(again.is_same(&entry));
        let copy = JournalEntry { uri: None, store: Some("archive".into()), ..entry.clone() };
        assert!(!copy.is_same(&entry));
        assert_eq!(copy.import().source, Source::Copy);
    }
}
