//! The end of an instance's console log.

use leptos::{html, prelude::*, task::spawn_local};

use crate::{
    client::browser::until_visible,
    components::error_panel::ErrorPanel,
    domain::polling::{Backoff, LONGEST_DELAY_MS},
    i18n::{intl, t, word},
    openstack::{
        error::ApiError,
        nova::{
            self,
            server::{Server, ServerStatus},
        },
    },
    state::session::use_session,
    ui::{
        button::{Button, Kind},
        icon::Icon,
    },
};

/// How much of the log is asked for.
const LINES: u32 = 100;

/// The log: read once the instance has a host, again while it grows, and on request.
#[component]
pub fn ConsoleLog(
    /// The server.
    server: Signal<Server>,
    /// It is not there any more: the log read last stays.
    is_gone: Memo<bool>,
) -> impl IntoView {
    let session = use_session();
    let log = RwSignal::new(None::<String>);
    let failure = RwSignal::new(None::<ApiError>);
    let busy = RwSignal::new(false);
    let frame = NodeRef::<html::Pre>::new();
    // Counts the readers: a new one ends those before it.
    let reader = StoredValue::new(0_u32);

    let id = Memo::new(move |_| server.read().id.clone());
    // A failed launch may never have had a host; asking then would only bring a second error.
    let has_log = Memo::new(move |_| {
        let server = server.read();
        let is_up = !matches!(server.status, ServerStatus::Build | ServerStatus::Deleted);
        is_up && (server.status != ServerStatus::Error || server.launched_at.is_some())
    });
    let read = move |()| {
        let number = reader.get_value().wrapping_add(1);
        reader.set_value(number);
        let id = id.get_untracked();
        spawn_local(async move {
            let mut backoff = Backoff::default();
            loop {
                busy.try_set(true);
                let answer = session.send(nova::get_console_output(&id, Some(LINES))).await;
                // Gone with the page, or replaced by a newer reader.
                if reader.try_get_value() != Some(number) {
                    return;
                }
                busy.set(false);
                let has_grown = match answer {
                    Ok(text) => {
                        let text = plain(&text);
                        let has_grown = log.read_untracked().as_ref() != Some(&text);
                        failure.set(None);
                        log.set(Some(text));
                        has_grown
                    }
                    Err(ApiError::Aborted) => return,
                    Err(error) => {
                        failure.set(Some(error));
                        return;
                    }
                };
                backoff = backoff.after(has_grown);
                // It has been quiet for long: from here on by the button.
                if backoff.delay_ms() >= LONGEST_DELAY_MS {
                    return;
                }
                gloo_timers::future::TimeoutFuture::new(backoff.delay_ms()).await;
                until_visible().await;
                if reader.try_get_value() != Some(number) || is_gone.try_get_untracked() != Some(false) {
                    return;
                }
            }
        });
    };
    Effect::new(move |_| {
        if has_log.get() && !is_gone.get_untracked() {
            read(());
        }
    });
    // The end is what one wants to see, as in a terminal.
    Effect::new(move |_| {
        let is_shown = log.read().is_some();
        if let (true, Some(frame)) = (is_shown, frame.get()) {
            request_animation_frame(move || frame.set_scroll_top(frame.scroll_height()));
        }
    });
    view! {
        <section class="card stack-s" aria-label=word(|it| it.instances.console)>
            <div class="row console-head">
                <h2>{word(|it| it.instances.console)}</h2>
                <small class="muted">{move || (t().instances.console_tail)(&intl::integer(LINES.into()))}</small>
                {move || {
                    has_log
                        .get()
                        .then(|| {
                            view! {
                                <Button
                                    label=word(|it| it.instances.refresh_console)
                                    icon=Icon::Refresh
                                    kind=Kind::Quiet
                                    small=true
                                    busy=busy
                                    on_press=read
                                />
                            }
                        })
                }}
            </div>
            {move || {
                failure
                    .get()
                    .filter(|_| !is_gone.get())
                    .map(|error| {
                        view! {
                            <ErrorPanel
                                tried=word(|it| it.instances.could_not_read_console)
                                error=error
                                on_retry=read
                            />
                        }
                    })
            }}
            {move || match (has_log.get(), log.read().as_deref()) {
                (false, None) => view! { <p class="muted">{t().instances.console_waits}</p> }.into_any(),
                (true, None) => {
                    failure.read().is_none().then(|| view! { <p class="muted">{t().common.loading}</p> }).into_any()
                }
                (_, Some("")) => view! { <p class="muted">{t().instances.console_empty}</p> }.into_any(),
                (_, Some(text)) => {
                    let text = text.to_owned();
                    view! {
                        <pre class="console" node_ref=frame tabindex="0" role="group" aria-label=t().instances.console>
                            {text}
                        </pre>
                    }
                        .into_any()
                }
            }}
        </section>
    }
}

/// The log without a terminal's escape sequences and control characters.
fn plain(log: &str) -> String {
    let mut text = String::with_capacity(log.len());
    let mut characters = log.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\u{1b}' => {
                // `ESC [ … letter`; any other sequence is two characters long.
                if characters.next() == Some('[') {
                    while characters.next().is_some_and(|next| !('@'..='~').contains(&next)) {}
                }
            }
            '\n' | '\t' => text.push(character),
            character if character.is_control() => {}
            character => text.push(character),
        }
    }
    text.trim_matches('\n').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminals_colours_are_left_out() {
        let log = "\u{1b}[0;32m  OK  \u{1b}[0m] Reached\r\n\u{1b}c<b>login:\t\n\n";
        assert_eq!(plain(log), "  OK  ] Reached\n<b>login:\t");
        assert_eq!(plain("\u{1b}["), "");
        assert_eq!(plain(""), "");
    }
}
