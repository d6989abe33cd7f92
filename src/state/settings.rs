//! What the person chose about the looks: language and theme, kept in this browser.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    client::storage::{self, Area},
    i18n::{self, Language},
};

const LANGUAGE_KEY: &str = "sextant.language";
const THEME_KEY: &str = "sextant.theme";

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Theme {
    /// As the operating system says.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    const fn attribute(self) -> Option<&'static str> {
        match self {
            Theme::System => None,
            Theme::Light => Some("light"),
            Theme::Dark => Some("dark"),
        }
    }
}

/// The settings service.
#[derive(Clone, Copy)]
pub struct Settings {
    /// The chosen theme.
    pub theme: RwSignal<Theme>,
}

impl Settings {
    /// Makes the service: the person's own choice, else what the browser asks for. Keeps `<html>` in step.
    pub fn provide() -> Self {
        let stored = storage::read::<String>(Area::Browser, LANGUAGE_KEY);
        let language = stored.as_deref().and_then(Language::from_tag).or_else(browser_language);
        i18n::set_language(language.unwrap_or_default());
        let settings =
            Self { theme: RwSignal::new(storage::read(Area::Browser, THEME_KEY).unwrap_or_default()) };
        provide_context(settings);

        Effect::new(move |_| {
            if let Some(root) = document().document_element() {
                // Setting an attribute with a fixed, valid name can't fail.
                let _ = root.set_attribute("lang", i18n::language().tag());
                let _ = match settings.theme.get().attribute() {
                    Some(theme) => root.set_attribute("data-theme", theme),
                    None => root.remove_attribute("data-theme"),
                };
            }
        });
        settings
    }

    /// Uses the operator's language where the person chose none and the browser's is unknown.
    pub fn suggest_language(self, tag: Option<&str>) {
        let chosen = storage::read::<String>(Area::Browser, LANGUAGE_KEY);
        if chosen.is_none()
            && browser_language().is_none()
            && let Some(language) = tag.and_then(Language::from_tag)
        {
            i18n::set_language(language);
        }
    }

    /// Switches the language and remembers it.
    pub fn choose_language(self, language: Language) {
        storage::write(Area::Browser, LANGUAGE_KEY, &language.tag());
        i18n::set_language(language);
    }

    /// Switches the theme and remembers it.
    pub fn choose_theme(self, theme: Theme) {
        storage::write(Area::Browser, THEME_KEY, &theme);
        self.theme.set(theme);
    }
}

/// The settings service.
pub fn use_settings() -> Settings {
    expect_context()
}

fn browser_language() -> Option<Language> {
    let wanted = window().navigator().languages();
    wanted.iter().filter_map(|tag| tag.as_string()).find_map(|tag| Language::from_tag(&tag))
}
