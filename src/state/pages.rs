//! Lists that a service gives page by page.

use std::collections::BTreeSet;

use crate::openstack::{error::ApiError, page::Page};

/// All rows of a listing, until a page brings none that is new. `ask` gets the last row's key, `key` says what that is.
///
/// # Errors
/// As the service says to any of the requests.
pub async fn all_rows<T, K: Ord + Clone>(
    key: fn(&T) -> &K,
    ask: impl AsyncFn(Option<&K>) -> Result<Page<T>, ApiError>,
) -> Result<Vec<T>, ApiError> {
    let (mut rows, mut seen, mut last) = (Vec::new(), BTreeSet::new(), None);
    loop {
        let page = ask(last.as_ref()).await?;
        let new = new_of(page.rows, key, &mut seen);
        last = new.last().filter(|_| page.has_more).map(|row| key(row).clone());
        rows.extend(new);
        if last.is_none() {
            return Ok(rows);
        }
    }
}

/// Those of a page that no page before it has brought. A cache that ignores the query says the same again and again.
pub fn new_of<T, K: Ord + Clone>(page: Vec<T>, key: fn(&T) -> &K, seen: &mut BTreeSet<K>) -> Vec<T> {
    page.into_iter().filter(|row| seen.insert(key(row).clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        pin::pin,
        task::{Context, Poll, Waker},
    };

    /// What is read of pages of `rows`, given whatever comes after the marker, by a service that says so of more.
    fn read(pages: impl Fn(Option<&char>) -> (&'static str, bool)) -> Result<String, ApiError> {
        let ask = async |after: Option<&char>| {
            let (rows, has_more) = pages(after);
            if rows == "!" {
                Err(ApiError::Offline)
            } else {
                Ok(Page { rows: rows.chars().collect(), has_more })
            }
        };
        let rows = pin!(all_rows(|row: &char| row, ask));
        match rows.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(rows) => rows.map(|rows| rows.into_iter().collect()),
            Poll::Pending => unreachable!("every answer is there at once"),
        }
    }

    #[test]
    fn a_listing_is_read_to_its_end() {
        assert_eq!(read(|_| ("", false)).unwrap(), "");
        let three = |after: Option<&char>| match after {
            None => ("ab", true),
            Some('b') => ("cd", true),
            Some('d') => ("e", false),
            Some(_) => unreachable!("asked after a row that is not the last"),
        };
        assert_eq!(read(three).unwrap(), "abcde");
        let shifted = |after: Option<&char>| if after.is_none() { ("ab", true) } else { ("bc", false) };
        assert_eq!(read(shifted).unwrap(), "abc", "what moved to the next page meanwhile is there once");
        assert_eq!(read(|_| ("", true)).unwrap(), "", "more is said, and nothing comes");
        assert_eq!(read(|_| ("ab", true)).unwrap(), "ab", "the same page again and again");
    }

    #[test]
    fn a_part_of_a_listing_is_none() {
        let fails = |after: Option<&char>| if after.is_none() { ("ab", true) } else { ("!", true) };
        assert_eq!(read(fails), Err(ApiError::Offline));
    }
}
