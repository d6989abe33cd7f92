//! The list's state in the URL: `?tab=yours&q=ubuntu&status=active&status=queued&sort=-size`. What the app doesn't know there
//! is ignored, so that old links work.

use crate::{
    domain::image_list::{
        ListQuery, Tab,
        filter::FilterKind,
        sort::{Direction, Sort, SortColumn},
    },
    openstack::request::{percent_decode, percent_encode},
};

const TABS: [(&str, Tab); 5] = [
    ("all", Tab::All),
    ("yours", Tab::Yours),
    ("public", Tab::Public),
    ("shared", Tab::Shared),
    ("community", Tab::Community),
];

const COLUMNS: [(&str, SortColumn); 12] = [
    ("name", SortColumn::Name),
    ("owner", SortColumn::Owner),
    ("type", SortColumn::Type),
    ("status", SortColumn::Status),
    ("visibility", SortColumn::Visibility),
    ("protected", SortColumn::Protected),
    ("format", SortColumn::Format),
    ("size", SortColumn::Size),
    ("min_disk", SortColumn::MinDisk),
    ("min_ram", SortColumn::MinRam),
    ("updated", SortColumn::Updated),
    ("created", SortColumn::Created),
];

impl Tab {
    /// Its word in the URL.
    pub fn word(self) -> &'static str {
        TABS.iter().find(|(_, tab)| *tab == self).map_or("all", |(word, _)| word)
    }

    /// The tab of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        TABS.iter().find(|(known, _)| *known == word).map(|(_, tab)| *tab)
    }
}

impl Sort {
    /// Its word in the URL: `name`, or `-name` for the other way.
    pub fn word(self) -> String {
        let word =
            COLUMNS.iter().find(|(_, column)| *column == self.column).map_or("created", |(word, _)| word);
        match self.direction {
            Direction::Ascending => word.to_owned(),
            Direction::Descending => format!("-{word}"),
        }
    }

    /// The order of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        let (direction, word) = match word.strip_prefix('-') {
            Some(word) => (Direction::Descending, word),
            None => (Direction::Ascending, word),
        };
        let (_, column) = COLUMNS.iter().find(|(known, _)| *known == word)?;
        Some(Self { column: *column, direction })
    }
}

impl ListQuery {
    /// Reads it from a URL's query, with or without `?`.
    pub fn parse(query: &str) -> Self {
        let pairs = query.trim_start_matches('?').split('&').filter(|pair| !pair.is_empty());
        Self::from_pairs(pairs.map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (percent_decode(key), percent_decode(value))
        }))
    }

    /// Reads it from decoded pairs.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut query = Self::default();
        for (key, value) in pairs {
            match key.as_str() {
                "tab" => query.tab = Tab::from_word(&value).unwrap_or_default(),
                "q" => query.search = value,
                "sort" => query.sort = Sort::from_word(&value).unwrap_or_default(),
                key => {
                    if let Some(kind) = FilterKind::from_word(key) {
                        query.filters.add(kind, &value);
                    }
                }
            }
        }
        query
    }

    /// Its pairs in the URL, without what is the default.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        if self.tab != Tab::default() {
            pairs.push(("tab", self.tab.word().to_owned()));
        }
        if !self.search.is_empty() {
            pairs.push(("q", self.search.clone()));
        }
        if self.sort != Sort::default() {
            pairs.push(("sort", self.sort.word()));
        }
        pairs.extend(self.filters.iter().map(|filter| (filter.kind.word(), filter.value.clone())));
        pairs
    }

    /// Its query in the URL, with `?`; empty when all is the default.
    pub fn print(&self) -> String {
        let pairs: Vec<_> = self
            .pairs()
            .into_iter()
            .map(|(key, value)| format!("{key}={}", percent_encode(&value)))
            .collect();
        if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
    }
}
