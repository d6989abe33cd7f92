//! One change to all the ticked images: what it will do and leave out, how far it is, what became of it.

mod effects;
mod fields;
mod outcome;
mod sight;

use leptos::prelude::*;

use crate::{
    components::{
        batch::{effects::Effects, fields::Fields, outcome::Outcome},
        command_line::CommandLine,
        delete_image::facts::DeleteFacts,
        image_words::{name_of, reason_words},
    },
    domain::{
        batch::{Change, Exclusion, Plan, plan},
        command,
    },
    i18n::{Words, t, word},
    openstack::{glance::image::Image, ids::ImageId},
    state::{
        batches::use_batches,
        images::{Images, use_images},
    },
    ui::{
        button::{Button, Kind},
        dialog::Dialog,
        icon::Icon,
        menu::{Menu, MenuItem},
    },
};

/// What can be done with the ticked images.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Delete them.
    Delete,
    /// Take them out of use.
    Deactivate,
    /// Put them back into use.
    Reactivate,
    /// Give them tags.
    AddTags,
    /// Take tags away.
    RemoveTags,
    /// Who sees them.
    Visibility,
    /// What they ask of a flavor; for administrators.
    Minimum,
}

/// In the bar: the words of the button, and of the dialog.
const BUTTONS: [(Action, Words, Words); 3] = [
    (Action::Delete, |it| it.images.delete, |it| it.batch.delete),
    (Action::Deactivate, |it| it.lifecycle.deactivate, |it| it.batch.deactivate),
    (Action::Reactivate, |it| it.lifecycle.reactivate, |it| it.batch.reactivate),
];
/// In the menu.
const ITEMS: [(Action, Words); 4] = [
    (Action::AddTags, |it| it.batch.add_tags),
    (Action::RemoveTags, |it| it.batch.remove_tags),
    (Action::Visibility, |it| it.batch.visibility),
    (Action::Minimum, |it| it.batch.minimum),
];

impl Action {
    fn words(self) -> Words {
        let of_button = BUTTONS.iter().find(|(action, ..)| *action == self).map(|(_, _, words)| *words);
        let of_item = || ITEMS.iter().find(|(action, _)| *action == self).map(|(_, words)| *words);
        of_button.or_else(of_item).unwrap_or(|it| it.batch.delete)
    }
}

/// What is asked about: an action, and the images that were ticked when it was pressed.
type Asked = RwSignal<Option<(Action, Vec<ImageId>)>>;

/// The page's place for the question; the page shows [`BatchDialog`].
pub fn provide_batch() {
    provide_context::<Asked>(RwSignal::new(None));
}

/// The buttons, for the bar of the ticked images.
#[component]
pub fn BatchActions(
    /// The ticked images.
    #[prop(into)]
    images: Signal<Vec<ImageId>>,
) -> impl IntoView {
    let asked = expect_context::<Asked>();
    let me = use_images().me();
    let ask = move |action: Action| asked.set(Some((action, images.get_untracked())));
    let button = move |(action, words, _): (Action, Words, Words)| {
        view! { <Button label=word(words) on_press=move |()| ask(action) /> }
    };
    let item = move |(action, words): (Action, Words)| {
        let reason = move || {
            let is_refused = action == Action::Minimum && me.read().as_ref().is_some_and(|me| !me.is_admin());
            is_refused.then(|| t().image.admin_only.to_owned())
        };
        view! {
            <MenuItem
                label=word(words)
                disabled_reason=Signal::derive(reason)
                on_press=move |()| ask(action)
            />
        }
    };
    view! {
        {BUTTONS.map(button).collect_view()}
        <Menu label=word(|it| it.batch.more) icon=Icon::More>
            {ITEMS.map(item).collect_view()}
        </Menu>
    }
}

/// The dialog: the question, then the progress, then the outcome.
#[component]
pub fn BatchDialog() -> impl IntoView {
    let asked = expect_context::<Asked>();
    let batches = use_batches();
    let is_running = Memo::new(move |_| batches.job().read().is_some());
    move || match (is_running.get(), asked.get()) {
        (true, _) => view! { <Outcome on_close=move |()| asked.set(None) /> }.into_any(),
        (false, Some((action, ids))) => {
            view! { <Question action=action ids=ids on_close=move |()| asked.set(None) /> }.into_any()
        }
        (false, None) => ().into_any(),
    }
}

/// What is to be done to whom, and who is left out.
#[component]
fn Question(action: Action, ids: Vec<ImageId>, #[prop(into)] on_close: Callback<()>) -> impl IntoView {
    let (images, batches) = (use_images(), use_batches());
    let first = match action {
        Action::Delete => Some(Change::Delete),
        Action::Deactivate => Some(Change::Deactivate),
        Action::Reactivate => Some(Change::Reactivate),
        _ => None,
    };
    let change = RwSignal::new(first);
    // As the images are now: somebody may change one while this is read.
    let chosen = Memo::new(move |_| known(images, &ids));
    let planned = Memo::new(move |_| match (&*change.read(), &*images.me().read()) {
        (Some(change), Some(me)) => plan(change, chosen.get(), me),
        _ => Plan::default(),
    });
    let reason = move || match (change.read().is_some(), planned.read().changes.is_empty()) {
        (false, _) => Some(t().batch.incomplete.to_owned()),
        (true, true) => Some(t().batch.nothing.to_owned()),
        (true, false) => None,
    };
    let go = move |()| {
        if let Some(change) = change.get_untracked() {
            batches.start(change, planned.get_untracked().changes);
        }
    };
    let command = Memo::new(move |_| {
        let planned = planned.read();
        let change = change.get().filter(|_| !planned.changes.is_empty())?;
        Some(command::change_images(&change, &planned.changes))
    });
    let is_one = Memo::new(move |_| planned.read().changes.len() == 1);
    let verb = move || match (action, is_one.get()) {
        // As for a single image.
        (Action::Delete, true) => t().images.delete_title,
        _ => action.words()(t()),
    };
    view! {
        <Dialog heading=word(action.words()) on_close=on_close wide=true>
            <Fields action=action chosen=chosen change=change />
            {move || {
                let changes = planned.read().changes.clone();
                match action {
                    _ if changes.is_empty() => ().into_any(),
                    Action::Delete => view! { <DeleteFacts images=changes /> }.into_any(),
                    _ => {
                        let count = changes.len() as u64;
                        view! {
                            <p>{(t().batch.changes)(count)}</p>
                            <ul class="bullets names">
                                {changes.iter().map(|image| view! { <li><bdi>{name_of(image)}</bdi></li> }).collect_view()}
                            </ul>
                        }
                            .into_any()
                    }
                }
            }}
            <Effects planned=planned change=change />
            {move || left_out(&planned.read().leaves)}
            <CommandLine
                command=Signal::derive(move || command.get().map(|command| command.line))
                leaves_out=Signal::derive(move || command.get().unwrap_or_default().leaves_out)
            />
            <div class="dialog-foot">
                <Button label=word(|it| it.common.cancel) on_press=on_close autofocus=!is_one.get_untracked() />
                <Button
                    label=Signal::derive(move || verb().to_owned())
                    kind=if action == Action::Delete { Kind::Danger } else { Kind::Primary }
                    disabled_reason=Signal::derive(reason)
                    autofocus=is_one.get_untracked()
                    on_press=go
                />
            </div>
        </Dialog>
    }
}

fn known(images: Images, ids: &[ImageId]) -> Vec<Image> {
    let index = images.index();
    let index = index.read();
    ids.iter().filter_map(|id| index.get(id).map(|row| row.image.clone())).collect()
}

fn left_out(leaves: &[(Image, Exclusion)]) -> Option<impl IntoView + use<>> {
    let row = |(image, why): &(Image, Exclusion)| {
        let words = match why {
            Exclusion::NotAllowed(why) => reason_words(why),
            Exclusion::NothingToDo => t().batch.nothing_to_do.to_owned(),
            Exclusion::TooManyTags => t().batch.too_many_tags.to_owned(),
        };
        view! { <li><strong><bdi>{name_of(image)}</bdi></strong> " " <span class="muted">{words}</span></li> }
    };
    (!leaves.is_empty()).then(|| {
        view! {
            <div class="notice" data-tone="warn">
                <p class="notice-title">{(t().batch.leaves)(leaves.len() as u64)}</p>
                <ul class="bullets names">{leaves.iter().map(row).collect_view()}</ul>
            </div>
        }
    })
}
