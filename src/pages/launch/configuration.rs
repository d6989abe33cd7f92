//! Step "Configuration": what the instance is told at its first start, and how its disk is set up.

use leptos::{html, prelude::*, task::spawn_local};
use wasm_bindgen_futures::JsFuture;

use crate::{
    client::browser::all_files,
    domain::{
        launch_draft::configuration::UserFile,
        user_data::{LONGEST_USER_DATA, encode, encoded_len},
    },
    i18n::{intl, t, word},
    openstack::nova::server::DiskConfig,
    pages::launch::wizard::Wizard,
    ui::{
        button::Button,
        field::{CheckField, Choice, SelectField},
        id::unique_id,
    },
};

/// The step.
#[component]
pub fn ConfigurationStep(
    /// The wizard.
    wizard: Wizard,
) -> impl IntoView {
    let config_drive = wizard.switch(|draft| &mut draft.configuration.config_drive);
    let disk_config = wizard.text(|draft| &mut draft.configuration.disk_config);
    let partitions = Signal::derive(|| {
        vec![
            Choice::new("", t().setup.partition_default),
            Choice::new(DiskConfig::Auto.as_str(), t().setup.partition_auto),
            Choice::new(DiskConfig::Manual.as_str(), t().setup.partition_manual),
        ]
    });
    view! {
        <UserData wizard=wizard />
        <CheckField
            label=word(|it| it.setup.config_drive)
            value=config_drive
            hint=Signal::derive(|| Some(t().setup.config_drive_hint.to_owned()))
        />
        <SelectField
            label=word(|it| it.setup.disk_partition)
            value=disk_config
            choices=partitions
            hint=Signal::derive(|| Some(t().setup.partition_hint.to_owned()))
        />
    }
}

/// A file that was not taken.
#[derive(Clone, PartialEq)]
enum Refused {
    TooLong(String),
    Unread(String),
}

/// "User data": typed, or a file, which goes before it.
#[component]
fn UserData(wizard: Wizard) -> impl IntoView {
    let typed = wizard.text(|draft| &mut draft.configuration.user_data);
    let refused = RwSignal::new(None::<Refused>);
    let input = NodeRef::<html::Input>::new();
    let id = unique_id("user-data");
    let file_id = format!("{id}-file");
    let (hint_id, count_id, problem_id) =
        (format!("{id}-hint"), format!("{id}-count"), format!("{id}-problem"));
    let described = format!("{problem_id} {count_id} {hint_id}");
    let file = Memo::new(move |_| wizard.draft.read().configuration.file.clone());
    let length = Memo::new(move |_| wizard.draft.read().configuration.user_data_length());
    let is_too_long = Memo::new(move |_| length.get() > LONGEST_USER_DATA);
    let set_file = move |file: Option<UserFile>| {
        _ = wizard.kept.try_update(|draft| draft.configuration.file = file);
    };
    let chosen = move |_| {
        let Some(input) = input.get_untracked() else { return };
        let picked = input.files().map(|list| all_files(&list)).unwrap_or_default().into_iter().next();
        // So that the same file can be chosen again.
        input.set_value("");
        let Some(picked) = picked else { return };
        let name = picked.name();
        // Asked before it is read: it could be a disk image.
        if picked.size() > LONGEST_USER_DATA as f64 {
            refused.set(Some(Refused::TooLong(name)));
            return;
        }
        spawn_local(async move {
            let bytes = JsFuture::from(picked.array_buffer()).await;
            let bytes = bytes.map(|buffer| js_sys::Uint8Array::new(&buffer).to_vec());
            let outcome = match bytes {
                Err(_) => Some(Refused::Unread(name)),
                Ok(bytes) if encoded_len(bytes.len()) > LONGEST_USER_DATA => Some(Refused::TooLong(name)),
                Ok(bytes) => {
                    set_file(Some(UserFile { name, base64: encode(&bytes) }));
                    None
                }
            };
            refused.try_set(outcome);
        });
    };
    let problem = move || match refused.get() {
        Some(Refused::TooLong(name)) => Some((t().setup.file_too_long)(&name)),
        Some(Refused::Unread(name)) => Some((t().setup.file_unread)(&name)),
        None => is_too_long.get().then(|| t().setup.user_data_long.to_owned()),
    };
    let count = move || {
        (t().setup.bytes_of)(&intl::integer(length.get() as u64), &intl::integer(LONGEST_USER_DATA as u64))
    };
    view! {
        <div class="field">
            <div class="label">
                <label for=id.clone()>{word(|it| it.setup.user_data)}</label>
                <span class="optional" aria-hidden="true">{word(|it| it.common.optional)}</span>
            </div>
            {move || match file.get() {
                Some(file) => {
                    let bytes = file.base64.trim_end_matches('=').len() as u64 * 3 / 4;
                    let words = (t().setup.file_is_data)(&file.name, &intl::bytes(bytes));
                    view! {
                        <div class="row">
                            <span class="user-file"><bdi>{words}</bdi></span>
                            <Button
                                label=word(|it| it.setup.remove_file)
                                small=true
                                on_press=move |()| {
                                    refused.set(None);
                                    set_file(None);
                                }
                            />
                        </div>
                    }
                        .into_any()
                }
                None => {
                    view! {
                        <textarea
                            class="input user-data mono"
                            id=id.clone()
                            rows="8"
                            spellcheck="false"
                            autocomplete="off"
                            prop:value=typed
                            aria-invalid=move || is_too_long.get().then_some("true")
                            aria-describedby=described.clone()
                            on:input:target=move |event| {
                                refused.set(None);
                                typed.set(event.target().value());
                            }
                        ></textarea>
                    }
                        .into_any()
                }
            }}
            <p class="problem" role="alert" id=problem_id>{problem}</p>
            <p class="hint" id=count_id>{count}</p>
            <p class="hint" id=hint_id>{word(|it| it.setup.user_data_hint)}</p>
            <div class="row">
                <span class="file-button">
                    <input
                        class="visually-hidden"
                        type="file"
                        id=file_id.clone()
                        node_ref=input
                        aria-label=move || t().setup.user_data_file
                        on:change=chosen
                    />
                    <label class="button" data-size="small" for=file_id>{word(|it| it.setup.choose_file)}</label>
                </span>
            </div>
        </div>
    }
}
