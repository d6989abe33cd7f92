//! Why an import may have failed, where the cloud says no more than "Internal Error" (which is what it says): what we know of
//! the address, the declared format and the project's limits, put together.

use crate::{
    domain::{image_format::guess_format, import::Import},
    openstack::glance::{
        image::DiskFormat,
        import::{FAILED, Source},
        info::Usage,
    },
};

/// A cause that is possible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The project's image storage is used up.
    StorageFull,
    /// So is the room where imports are gathered.
    StagingFull,
    /// The file is packed (`xz`): Glance takes it as it is.
    Packed(&'static str),
    /// The content may be of another format than the declared one.
    Format {
        /// What was declared.
        declared: DiskFormat,
        /// What the address speaks of, when that is another.
        named: Option<DiskFormat>,
    },
    /// The address means something else to the cloud than to this computer.
    Local,
    /// The cloud doesn't reach the address, or nothing is there.
    Unreachable,
    /// The file is larger than the cloud takes.
    TooLarge,
    /// The store refused the bytes.
    Store(String),
}

/// How sure one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likelihood {
    /// Something speaks for it.
    Likely,
    /// Nothing speaks against it.
    Possible,
}

/// The endings of packed files.
const PACKED: [&str; 7] = ["xz", "gz", "bz2", "zst", "zip", "7z", "lz4"];

/// What the file's ending says about packing.
pub fn packing_of(uri: &str) -> Option<&'static str> {
    let path = uri.split(['?', '#']).next()?.to_ascii_lowercase();
    let extension = path.rsplit('/').next()?.rsplit_once('.')?.1.to_owned();
    PACKED.into_iter().find(|packed| *packed == extension)
}

/// All possible causes, the likely ones first.
pub fn causes(import: &Import) -> Vec<(Likelihood, Cause)> {
    use Likelihood::{Likely, Possible};
    let mut causes = Vec::new();
    let is_full = |usage: Option<Usage>| usage.is_some_and(|usage| usage.left() == Some(0));
    let usage = import.usage.unwrap_or_default();
    if is_full(usage.image_size_total) {
        causes.push((Likely, Cause::StorageFull));
    }
    let seen = import.seen.as_ref();
    if import.source == Source::Staged
        && let Some(declared) = seen.and_then(|image| image.disk_format.clone())
    {
        causes.push((Possible, Cause::Format { declared, named: None }));
    }
    if let Source::Web(uri) = &import.source {
        // Once bytes had been copied, the address had answered.
        let has_answered = import.copied.is_some_and(|bytes| bytes > 0);
        if is_full(usage.image_stage_total) {
            causes.push((Likely, Cause::StagingFull));
        }
        let packing = packing_of(uri);
        causes.extend(packing.map(|packing| (Likely, Cause::Packed(packing))));
        if !has_answered && is_local(uri) {
            causes.push((Likely, Cause::Local));
        }
        if !has_answered {
            causes.push((Possible, Cause::Unreachable));
        }
        if let Some(declared) = seen.and_then(|image| image.disk_format.clone())
            && packing.is_none()
        {
            let guess = guess_format(uri).filter(|guess| guess.is_sure && guess.disk != declared);
            let likelihood = if guess.is_some() { Likely } else { Possible };
            causes.push((likelihood, Cause::Format { declared, named: guess.map(|guess| guess.disk) }));
        }
        causes.push((Possible, Cause::TooLarge));
    }
    let failed = seen.and_then(|image| image.property(FAILED)).filter(|stores| !stores.is_empty());
    causes.extend(failed.map(|stores| (Possible, Cause::Store(stores.replace(',', ", ")))));
    causes.sort_by_key(|(likelihood, _)| *likelihood);
    causes
}

/// Whether the address is one of the machine that asks.
fn is_local(uri: &str) -> bool {
    let after = uri.split_once("://").map_or(uri, |(_, rest)| rest).to_ascii_lowercase();
    let authority = after.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    host.starts_with("127.")
        || host.starts_with("localhost")
        || host.starts_with("[::1]")
        || host.starts_with("0.0.0.0")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openstack::glance::info::ImageUsage;
    use serde_json::json;

    fn failed(uri: &str, format: &str) -> Import {
        let image =
            json!({"id": "i", "status": "queued", "disk_format": format, "os_glance_failed_import": "local"});
        Import {
            seen: serde_json::from_value(image).ok(),
            ..Import::new("i".into(), "n", Source::Web(uri.into()), None)
        }
    }

    fn likely(import: &Import) -> Vec<Cause> {
        causes(import)
            .into_iter()
            .filter(|(how, _)| *how == Likelihood::Likely)
            .map(|(_, cause)| cause)
            .collect()
    }

    #[test]
    fn what_speaks_for_a_cause_puts_it_first() {
        let table = [
            ("https://h/x.img", "qcow2", vec![]),
            ("https://h/x.qcow2.XZ?a=b", "qcow2", vec![Cause::Packed("xz")]),
            ("http://127.0.0.1:8097/x.img", "qcow2", vec![Cause::Local]),
            ("http://user@localhost/x.img", "qcow2", vec![Cause::Local]),
            (
                "https://h/x.iso",
                "qcow2",
                vec![Cause::Format { declared: DiskFormat::Qcow2, named: Some(DiskFormat::Iso) }],
            ),
        ];
        for (uri, format, want) in table {
            assert_eq!(likely(&failed(uri, format)), want, "{uri}");
        }
    }

    #[test]
    fn used_up_limits_are_likely_and_an_answered_address_is_no_cause() {
        let full = Some(Usage { usage: 5, limit: 5 });
        let usage = ImageUsage { image_size_total: full, image_stage_total: full, ..ImageUsage::default() };
        let import =
            Import { usage: Some(usage), copied: Some(1 << 20), ..failed("http://127.0.0.1/x.img", "raw") };
        assert_eq!(likely(&import), [Cause::StorageFull, Cause::StagingFull]);
        assert!(!causes(&import).iter().any(|(_, cause)| matches!(cause, Cause::Unreachable | Cause::Local)));
        assert!(causes(&import).contains(&(Likelihood::Possible, Cause::Store("local".into()))));
    }

    #[test]
    fn a_staged_file_may_be_of_another_format() {
        let import = Import { source: Source::Staged, ..failed("", "raw") };
        let format = Cause::Format { declared: DiskFormat::Raw, named: None };
        let store = Cause::Store("local".into());
        assert_eq!(causes(&import), [(Likelihood::Possible, format), (Likelihood::Possible, store)]);
    }

    #[test]
    fn a_copy_fails_for_its_store_only() {
        let import = Import { source: Source::Copy, ..failed("", "raw") };
        assert_eq!(causes(&import), [(Likelihood::Possible, Cause::Store("local".into()))]);
    }
}
