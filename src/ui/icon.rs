//! The few pictures the app uses, as inline SVG paths: no request, no icon font.

use leptos::prelude::*;

/// Which picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// The app's mark: a sextant's frame and arm.
    Brand,
    /// A plus sign.
    Add,
    /// A cross.
    Close,
    /// Three dots: more actions.
    More,
    /// A chevron pointing down.
    Down,
    /// A chevron pointing up.
    Up,
    /// Two sheets: copy.
    Copy,
    /// Half a disc: light and dark.
    Theme,
    /// A globe: language.
    Language,
    /// A person.
    Person,
    /// A folder: the project.
    Project,
    /// A pin: the region.
    Region,
    /// An arrow that turns: again.
    Refresh,
    /// A padlock.
    Lock,
    /// An arrow pointing up into a tray.
    Upload,
    /// Three upright bars: columns.
    Columns,
    /// A funnel: filters.
    Filter,
}

impl Icon {
    const fn path(self) -> &'static str {
        match self {
            Icon::Brand => "M12 3v11 M12 3 4.6 17.2a12.5 12.5 0 0 0 14.8 0z M12 14l3.6 5 M9.2 8.5h5.6",
            Icon::Add => "M12 5v14 M5 12h14",
            Icon::Close => "M6 6l12 12 M18 6 6 18",
            Icon::More => "M12 5.5v.01 M12 12v.01 M12 18.5v.01",
            Icon::Down => "M6 9.5l6 6 6-6",
            Icon::Up => "M6 14.5l6-6 6 6",
            Icon::Copy => "M9 9h11v11H9z M15 9V4H4v11h5",
            Icon::Theme => "M12 3a9 9 0 1 0 0 18z M12 3a9 9 0 0 1 0 18",
            Icon::Language => {
                "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z M3 12h18 M12 3c3 3 3 15 0 18 M12 3c-3 3-3 15 0 18"
            }
            Icon::Person => "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8z M4 21c1-5 4-6.5 8-6.5s7 1.500 8 6.500",
            Icon::Project => "M3 6h6l2 2.500h10V19H3z",
            Icon::Region => {
                "M12 21s7-6.500 7-11.500a7 7 0 0 0-14 0C5 14.500 12 21 12 21z M12 7.200a2.400 2.400 0 1 0 0 4.800 2.400 2.400 0 0 0 0-4.800z"
            }
            Icon::Refresh => "M20 12a8 8 0 1 1-2.500-5.800 M20 3v5h-5",
            Icon::Lock => "M6 11h12v9H6z M8.500 11V8a3.500 3.500 0 0 1 7 0v3",
            Icon::Columns => "M5 5v14 M12 5v14 M19 5v14",
            Icon::Filter => "M4 5h16l-6.500 8v6l-3-1.500V13z",
            Icon::Upload => "M12 15V4 M7.500 8.500 12 4l4.500 4.500 M4 15v5h16v-5",
        }
    }
}

/// A picture beside words; hidden from screen readers, which get the words.
#[component]
pub fn Picture(
    /// Which one.
    icon: Icon,
) -> impl IntoView {
    let width = if icon == Icon::More { "3" } else { "1.8" };
    view! {
        <svg
            viewBox="0 0 24 24"
            width="18"
            height="18"
            fill="none"
            stroke="currentColor"
            stroke-width=width
            stroke-linecap="round"
            stroke-linejoin="round"
            aria-hidden="true"
            focusable="false"
        >
            <path d=icon.path()></path>
        </svg>
    }
}
