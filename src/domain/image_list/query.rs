//! The list's state in the URL: `?tab=yours&q=ubuntu&status=active&status=queued&sort=-size`. What the app doesn't know there
//! is ignored, so that old links work.

use crate::{
    domain::image_list::{
        ListQuery, Tab,
        filter::Filters,
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
            let filters = &mut query.filters;
            match key.as_str() {
                "tab" => query.tab = Tab::from_word(&value).unwrap_or_default(),
                "q" => query.search = value,
                "sort" => query.sort = Sort::from_word(&value).unwrap_or_default(),
                _ if value.is_empty() => {}
                "status" => push(&mut filters.status, value.into()),
                "visibility" => push(&mut filters.visibility, value.into()),
                "format" => push(&mut filters.format, value.into()),
                "container" => push(&mut filters.container, value.into()),
                "owner" => push(&mut filters.owner, value.into()),
                "tag" => push(&mut filters.tag, value),
                "os" => push(&mut filters.os, value),
                "protected" => filters.protected = flag(&value),
                "hidden" => filters.hidden = flag(&value),
                "size_min" => filters.size_min = value.parse().ok(),
                "size_max" => filters.size_max = value.parse().ok(),
                "min_disk_max" => filters.min_disk_max = value.parse().ok(),
                "min_ram_max" => filters.min_ram_max = value.parse().ok(),
                "created_since" => filters.created_since = Some(value),
                "updated_since" => filters.updated_since = Some(value),
                _ => {}
            }
        }
        query
    }

    /// Its pairs in the URL, without what is the default.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        let mut add = |key: &'static str, value: String| pairs.push((key, value));
        if self.tab != Tab::default() {
            add("tab", self.tab.word().to_owned());
        }
        if !self.search.is_empty() {
            add("q", self.search.clone());
        }
        if self.sort != Sort::default() {
            add("sort", self.sort.word());
        }
        let filters: &Filters = &self.filters;
        filters.status.iter().for_each(|value| add("status", value.to_string()));
        filters.visibility.iter().for_each(|value| add("visibility", value.to_string()));
        filters.format.iter().for_each(|value| add("format", value.to_string()));
        filters.container.iter().for_each(|value| add("container", value.to_string()));
        filters.owner.iter().for_each(|value| add("owner", value.to_string()));
        filters.tag.iter().for_each(|value| add("tag", value.clone()));
        filters.os.iter().for_each(|value| add("os", value.clone()));
        for (key, value) in [("protected", filters.protected), ("hidden", filters.hidden)] {
            value.into_iter().for_each(|flag| add(key, if flag { "yes" } else { "no" }.to_owned()));
        }
        let figures = [
            ("size_min", filters.size_min),
            ("size_max", filters.size_max),
            ("min_disk_max", filters.min_disk_max),
            ("min_ram_max", filters.min_ram_max),
        ];
        for (key, value) in figures {
            value.into_iter().for_each(|figure| add(key, figure.to_string()));
        }
        filters.created_since.iter().for_each(|at| add("created_since", at.clone()));
        filters.updated_since.iter().for_each(|at| add("updated_since", at.clone()));
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

fn push<T: PartialEq>(values: &mut Vec<T>, value: T) {
    if !values.contains(&value) {
        values.push(value);
    }
}

fn flag(word: &str) -> Option<bool> {
    match word {
        "yes" | "true" | "1" => Some(true),
        "no" | "false" | "0" => Some(false),
        _ => None,
    }
}
