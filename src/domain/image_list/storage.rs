//! How much room images take, by format: the picture above the list.

use crate::domain::image_list::index::Row;
use std::collections::BTreeMap;

/// Formats that are told apart; the rest is one.
const AT_MOST: usize = 6;

/// What the images of one format take.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Use {
    /// The format; `None` for images without one, and for the rest.
    pub format: Option<String>,
    /// Their bytes together.
    pub bytes: u64,
    /// How many they are.
    pub images: u64,
}

/// The use by format, the largest first. Images without bytes take no room and aren't counted.
pub fn by_format(rows: &[Row]) -> Vec<Use> {
    let mut uses: BTreeMap<Option<&str>, (u64, u64)> = BTreeMap::new();
    for row in rows {
        if let Some(size) = row.image.size.filter(|size| *size > 0) {
            let format = row.image.disk_format.as_ref().map(|format| format.as_str());
            let (bytes, images) = uses.entry(format).or_default();
            *bytes = bytes.saturating_add(size);
            *images += 1;
        }
    }
    let mut uses: Vec<Use> = uses
        .into_iter()
        .map(|(format, (bytes, images))| Use { format: format.map(str::to_owned), bytes, images })
        .collect();
    uses.sort_by_key(|one| std::cmp::Reverse(one.bytes));
    if uses.len() > AT_MOST {
        let rest = uses.split_off(AT_MOST - 1).into_iter().reduce(|sum, one| Use {
            format: None,
            bytes: sum.bytes.saturating_add(one.bytes),
            images: sum.images + one.images,
        });
        uses.extend(rest);
    }
    uses
}
