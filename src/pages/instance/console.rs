//! The end of an instance's console log, read again while it grows.

use leptos::{html, prelude::*, task::spawn_local};

use crate::{
    client::{browser::until_visible, download::offer_text},
    components::{error_panel::ErrorPanel, server_words::server_name},
    domain::{
        console::plain,
        polling::{Backoff, LONGEST_DELAY_MS},
    },
    i18n::{intl, t, word},
    openstack::{
        error::ApiError,
        nova::{
            self,
            server::{Server, ServerStatus},
        },
    },
    state::session::{Session, use_session},
    ui::{
        button::{Button, Kind},
        copy::CopyButton,
        field::{CheckField, Choice, SelectField},
        icon::Icon,
    },
};

/// How many lines can be asked for; none is the whole log.
const LENGTHS: [Option<u32>; 4] = [Some(100), Some(500), Some(2000), None];
/// So near the end, in pixels, one is at the end.
const NEAR: i32 = 24;

/// The log as it was read last, and how it is read.
#[derive(Clone, Copy)]
struct Log {
    session: Session,
    server: Signal<Server>,
    is_gone: Memo<bool>,
    text: RwSignal<Option<String>>,
    failure: RwSignal<Option<ApiError>>,
    is_busy: RwSignal<bool>,
    /// Nothing has been written for long: from here on it is read at the button's press.
    is_resting: RwSignal<bool>,
    follows: RwSignal<bool>,
    length: RwSignal<String>,
    /// Counts the readers: a new one ends those before it.
    reader: StoredValue<u32>,
}

impl Log {
    /// Reads it now and, where it is followed, again as long as it grows.
    fn read(self) {
        let number = self.reader.get_value().wrapping_add(1);
        self.reader.set_value(number);
        // Gone with the page, or replaced by a newer reader.
        let is_over = move || self.reader.try_get_value() != Some(number);
        let id = self.server.read_untracked().id.clone();
        let lines = self.length.read_untracked().parse().ok();
        spawn_local(async move {
            let mut backoff = Backoff::default();
            self.is_resting.try_set(false);
            loop {
                self.is_busy.try_set(true);
                let answer = self.session.send(nova::get_console_output(&id, lines)).await;
                if is_over() {
                    return;
                }
                self.is_busy.set(false);
                let has_grown = match answer {
                    Ok(text) => {
                        let text = plain(&text);
                        let has_grown = self.text.read_untracked().as_ref() != Some(&text);
                        self.failure.set(None);
                        if has_grown {
                            self.text.set(Some(text));
                        }
                        has_grown
                    }
                    Err(ApiError::Aborted) => return,
                    Err(error) => return self.failure.set(Some(error)),
                };
                backoff = backoff.after(has_grown);
                if backoff.delay_ms() >= LONGEST_DELAY_MS || !self.follows.get_untracked() {
                    return self.is_resting.set(true);
                }
                gloo_timers::future::TimeoutFuture::new(backoff.delay_ms()).await;
                until_visible().await;
                if is_over() || self.is_gone.try_get_untracked() != Some(false) {
                    return;
                }
            }
        });
    }

    /// Ends the reading.
    fn stop(self) {
        self.reader.update_value(|reader| *reader = reader.wrapping_add(1));
        self.is_busy.set(false);
        self.is_resting.set(true);
    }
}

/// The log: read once the instance has a host, again while it grows, and on request.
#[component]
pub fn ConsoleLog(
    /// The server.
    server: Signal<Server>,
    /// It is not there any more: the log read last stays.
    is_gone: Memo<bool>,
) -> impl IntoView {
    let log = Log {
        session: use_session(),
        server,
        is_gone,
        text: RwSignal::new(None),
        failure: RwSignal::new(None),
        is_busy: RwSignal::new(false),
        is_resting: RwSignal::new(false),
        follows: RwSignal::new(true),
        length: RwSignal::new(LENGTHS[0].map(|lines| lines.to_string()).unwrap_or_default()),
        reader: StoredValue::new(0),
    };
    // A failed launch may never have had a host; asking then would only bring a second error.
    let has_log = Memo::new(move |_| {
        let server = server.read();
        let is_up = !matches!(server.status, ServerStatus::Build | ServerStatus::Deleted);
        is_up && (server.status != ServerStatus::Error || server.launched_at.is_some())
    });
    // Another status brings other lines, another length other ones too.
    let status = Memo::new(move |_| server.read().status.clone());
    Effect::new(move |_| {
        status.with(|_| ());
        log.length.track();
        if has_log.get() && !is_gone.get_untracked() {
            log.read();
        }
    });
    Effect::new(move |before: Option<bool>| {
        let follows = log.follows.get();
        match (before, follows) {
            (Some(false), true) if has_log.get_untracked() => log.read(),
            (Some(true), false) => log.stop(),
            _ => {}
        }
        follows
    });
    view! {
        <section class="card stack-s" aria-label=word(|it| it.instances.console)>
            <div class="row console-head">
                <h2>{word(|it| it.instances.console)}</h2>
                <small class="muted" role="status">{move || log_words(log, has_log.get())}</small>
            </div>
            {move || has_log.get().then(|| view! { <Tools log=log /> })}
            {move || {
                let error = log.failure.get().filter(|_| !is_gone.get())?;
                let tried = word(|it| it.instances.could_not_read_console);
                Some(view! { <ErrorPanel tried=tried error=error on_retry=move |()| log.read() /> })
            }}
            <Text log=log has_log=has_log />
        </section>
    }
}

/// Whether more is coming.
fn log_words(log: Log, has_log: bool) -> &'static str {
    let words = &t().instances;
    match (has_log && !log.is_gone.get(), log.is_resting.get(), log.follows.get()) {
        (false, ..) => "",
        (true, false, true) => words.console_follows,
        (true, true, true) => words.console_rests,
        (true, _, false) => words.console_stopped,
    }
}

#[component]
fn Tools(log: Log) -> impl IntoView {
    let lengths = Signal::derive(move || {
        let words = |lines: Option<u32>| match lines {
            Some(lines) => (t().instances.console_tail)(&intl::integer(lines.into())),
            None => t().instances.console_all.to_owned(),
        };
        LENGTHS
            .map(|lines| Choice::new(lines.map(|lines| lines.to_string()).unwrap_or_default(), words(lines)))
            .to_vec()
    });
    let has_text = Memo::new(move |_| log.text.read().as_ref().is_some_and(|text| !text.is_empty()));
    let save = move |()| {
        let (server, text) = (log.server.get_untracked(), log.text.get_untracked().unwrap_or_default());
        // A browser that makes no file of a text has told the person why.
        let _ = offer_text(&text, &format!("{}-console.log", server_name(&server)));
    };
    view! {
        <div class="row console-tools">
            <SelectField label=word(|it| it.instances.console_length) value=log.length choices=lengths />
            <CheckField label=word(|it| it.instances.console_follow) value=log.follows />
            <div class="row">
                <Button
                    label=word(|it| it.instances.refresh_console)
                    icon=Icon::Refresh
                    kind=Kind::Quiet
                    small=true
                    busy=log.is_busy
                    on_press=move |()| log.read()
                />
                {move || has_text.get().then(|| view! {
                    <Button label=word(|it| it.instances.console_save) kind=Kind::Quiet small=true on_press=save />
                    <CopyButton
                        label=word(|it| it.instances.console_copy)
                        text=Signal::derive(move || log.text.get().unwrap_or_default())
                    />
                })}
            </div>
        </div>
    }
}

/// The log itself. It stays at its end while one is there, as in a terminal, and where one reads while one reads.
#[component]
fn Text(log: Log, has_log: Memo<bool>) -> impl IntoView {
    let frame = NodeRef::<html::Pre>::new();
    let is_at_end = RwSignal::new(true);
    let to_end = move || {
        if let Some(frame) = frame.get_untracked() {
            frame.set_scroll_top(frame.scroll_height());
        }
    };
    Effect::new(move |_| {
        log.text.track();
        if frame.get().is_some() && is_at_end.get_untracked() {
            request_animation_frame(to_end);
        }
    });
    // Said at once, not when the scroll event comes: lines that come in between would leave it short of the end.
    let go_to_end = move |()| {
        to_end();
        // The button goes; whoever pressed it with a key reads on.
        if let Some(frame) = frame.get_untracked() {
            _ = frame.focus();
        }
        is_at_end.set(true);
    };
    let look = move |_| {
        if let Some(frame) = frame.get_untracked() {
            let below = frame.scroll_height() - frame.client_height() - frame.scroll_top();
            is_at_end.set(below <= NEAR);
        }
    };
    let has_lines = Memo::new(move |_| log.text.read().as_ref().map(|text| !text.is_empty()));
    let text = move || log.text.get().unwrap_or_default();
    move || {
        match (has_log.get(), has_lines.get()) {
        (_, Some(true)) => view! {
            <div class="console-frame">
                // Its text is a node of the page: nothing that a guest writes is taken for markup.
                <pre
                    class="console"
                    node_ref=frame
                    tabindex="0"
                    role="group"
                    aria-label=word(|it| it.instances.console)
                    on:scroll=look
                >
                    {text}
                </pre>
                {move || (!is_at_end.get()).then(|| view! {
                    <Button label=word(|it| it.instances.console_end) icon=Icon::Down small=true on_press=go_to_end />
                })}
            </div>
        }
        .into_any(),
        (_, Some(false)) => view! { <p class="muted">{t().instances.console_empty}</p> }.into_any(),
        (false, None) => view! { <p class="muted">{t().instances.console_waits}</p> }.into_any(),
        (true, None) if log.failure.read().is_none() => {
            view! { <p class="muted">{t().common.loading}</p> }.into_any()
        }
        (true, None) => ().into_any(),
    }
    }
}
