//! What Glance says to an image's content: the inspector's decision on a file.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use sextant_inspector::decision::Decision;

use super::image::Image;

/// Accepted or refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It becomes active.
    Accepted {
        /// The disk's size, where Glance learns it.
        virtual_size: Option<u64>,
    },
    /// 415.
    Refused,
}

/// Judges a file as the bytes of this image.
pub fn judge(path: &Path, size: u64, image: &Image) -> io::Result<Verdict> {
    // Glance looks into bare images only.
    if image.container_format.as_deref() != Some("bare") {
        return Ok(Verdict::Accepted { virtual_size: None });
    }
    let mut file = File::open(path)?;
    let report = sextant_inspector::inspect(size, |range| {
        file.seek(SeekFrom::Start(range.start))?;
        let mut bytes = Vec::new();
        (&mut file).take(range.end - range.start).read_to_end(&mut bytes)?;
        Ok(bytes)
    })?;
    let declared = image.disk_format.as_deref().unwrap_or("");
    let decision = report.decide(declared);
    tracing::info!("image {} declared as {declared}: {decision}", image.id);
    Ok(match decision {
        Decision::Accept { virtual_size, .. } => Verdict::Accepted { virtual_size },
        Decision::Reject(_) => Verdict::Refused,
    })
}
