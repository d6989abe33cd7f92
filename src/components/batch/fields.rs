//! What a batch has to be told: tags, a visibility, minimums.

use leptos::prelude::*;

use crate::{
    components::{
        batch::Action,
        image_words::{refusal, visibility_words},
        tags_field::{Tags, TagsField},
    },
    domain::{
        access::can_choose_visibility,
        batch::Change,
        image_draft::{LARGEST_MINIMUM, LONGEST_TEXT},
    },
    i18n::{intl, t, word},
    openstack::glance::image::{Image, Visibility},
    state::images::use_images,
    ui::field::{Choice, SelectField, TextField, TextKind},
};

/// The fields of an action, kept as the change that they describe; none while it can't be sent.
#[component]
pub fn Fields(
    /// The action.
    action: Action,
    /// The images.
    chosen: Memo<Vec<Image>>,
    /// What the fields come to.
    change: RwSignal<Option<Change>>,
) -> impl IntoView {
    match action {
        Action::Delete | Action::Deactivate | Action::Reactivate => ().into_any(),
        Action::AddTags => view! { <TagFields make=Change::AddTags change=change /> }.into_any(),
        Action::RemoveTags => {
            let known: std::collections::BTreeSet<String> =
                chosen.read_untracked().iter().flat_map(|image| image.tags.clone()).collect();
            view! {
                {(!known.is_empty())
                    .then(|| view! { <p class="muted"><bdi>{(t().common.list)(&known.into_iter().collect::<Vec<_>>())}</bdi></p> })}
                <TagFields make=Change::RemoveTags change=change />
            }
            .into_any()
        }
        Action::Visibility => view! { <VisibilityField change=change /> }.into_any(),
        Action::Minimum => view! { <MinimumFields change=change /> }.into_any(),
    }
}

#[component]
fn TagFields(make: fn(Vec<String>) -> Change, change: RwSignal<Option<Change>>) -> impl IntoView {
    let tags = Tags::default();
    let is_long = Memo::new(move |_| tags.all().iter().any(|tag| tag.chars().count() > LONGEST_TEXT));
    Effect::new(move |_| {
        let mut all = tags.all();
        all.sort();
        all.dedup();
        change.set((!all.is_empty() && !is_long.get()).then(|| make(all)));
    });
    let problem = move || is_long.get().then(|| (t().form.tag_too_long)(LONGEST_TEXT));
    view! {
        <TagsField
            tags=tags
            hint=Signal::derive(move || Some(t().batch.tags_hint.to_owned()))
            problem=Signal::derive(problem)
            read_only=false
            on_leave=Callback::new(|()| {})
        />
    }
}

#[component]
fn VisibilityField(change: RwSignal<Option<Change>>) -> impl IntoView {
    let me = use_images().me();
    let value = RwSignal::new(String::new());
    Effect::new(move |_| {
        let value = value.read();
        change.set((!value.is_empty()).then(|| Change::Visibility(Visibility::from(value.clone()))));
    });
    let choices = move || {
        let offered = [Visibility::Private, Visibility::Shared, Visibility::Community, Visibility::Public];
        let choice = |visibility: Visibility| Choice {
            disabled_reason: me
                .read()
                .as_ref()
                .and_then(|me| refusal(can_choose_visibility(&visibility, me))),
            ..Choice::new(visibility.as_str(), visibility_words(&visibility))
        };
        let none = Choice::new("", t().common.not_available);
        std::iter::once(none).chain(offered.into_iter().map(choice)).collect::<Vec<_>>()
    };
    view! { <SelectField label=word(|it| it.image.visibility) value=value choices=Signal::derive(choices) /> }
}

#[component]
fn MinimumFields(change: RwSignal<Option<Change>>) -> impl IntoView {
    let disk = RwSignal::new(String::new());
    let ram = RwSignal::new(String::new());
    Effect::new(move |_| {
        let both = (number(&disk.read()), number(&ram.read()));
        change.set(match both {
            (Ok(None), Ok(None)) | (Err(()), _) | (_, Err(())) => None,
            (Ok(disk), Ok(ram)) => Some(Change::Minimum { disk, ram }),
        });
    });
    let problem = |value: RwSignal<String>| {
        Signal::derive(move || match number(&value.read()) {
            Ok(_) => None,
            Err(()) if value.read().trim().parse::<u64>().is_ok() => {
                Some((t().form.too_large)(&intl::integer(LARGEST_MINIMUM)))
            }
            Err(()) => Some(t().form.not_a_number.to_owned()),
        })
    };
    view! {
        <div class="fields">
            <TextField label=word(|it| it.form.min_disk) value=disk kind=TextKind::Number problem=problem(disk) />
            <TextField label=word(|it| it.form.min_ram) value=ram kind=TextKind::Number problem=problem(ram) />
        </div>
        <p class="hint">{word(|it| it.batch.minimum_hint)}</p>
    }
}

/// A whole number, or nothing for an empty field.
fn number(text: &str) -> Result<Option<u64>, ()> {
    match text.trim() {
        "" => Ok(None),
        text => text.parse().ok().filter(|number| *number <= LARGEST_MINIMUM).map(Some).ok_or(()),
    }
}
