//! Tags as chips: Enter or a comma adds what is typed, a button takes one away.

use leptos::prelude::*;

use crate::{
    i18n::{t, word},
    ui::{
        button::{Button, Kind},
        field::TextField,
        icon::Icon,
    },
};

/// The commas of either keyboard.
const COMMAS: [char; 3] = [',', '，', '、'];

/// What is typed: the chips, and what is not a chip yet, which counts all the same.
#[derive(Clone, Copy, Default)]
pub struct Tags {
    chips: RwSignal<Vec<String>>,
    typed: RwSignal<String>,
}

impl Tags {
    /// Takes these.
    pub fn fill(self, tags: &[String]) {
        let mut chips: Vec<String> = Vec::new();
        // Each once, as Glance has it.
        tags.iter().for_each(|tag| {
            if !chips.contains(tag) {
                chips.push(tag.clone())
            }
        });
        self.chips.set(chips);
        self.typed.set(String::new());
    }

    /// All of them; tracked.
    pub fn all(self) -> Vec<String> {
        let mut tags = self.chips.get();
        tags.extend(split_tags(&self.typed.read()));
        tags
    }

    /// Makes chips of what is typed.
    fn commit(self) {
        let typed = split_tags(&self.typed.get_untracked());
        if !typed.is_empty() {
            self.chips.update(|chips| {
                for tag in typed {
                    if !chips.contains(&tag) {
                        chips.push(tag);
                    }
                }
            });
            self.typed.set(String::new());
        }
    }
}

/// Tags as typed.
fn split_tags(typed: &str) -> Vec<String> {
    typed.split(COMMAS).map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
}

/// "Tags".
#[component]
pub fn TagsField(
    /// What is typed.
    tags: Tags,
    /// A sentence under the field.
    #[prop(into)]
    hint: Signal<Option<String>>,
    /// What is wrong with them.
    #[prop(into)]
    problem: Signal<Option<String>>,
    /// Can't be changed now; say why in the hint.
    #[prop(into)]
    read_only: Signal<bool>,
    /// Called when the field is left.
    on_leave: Callback<()>,
) -> impl IntoView {
    // A comma ends a tag as soon as it is typed or pasted.
    Effect::new(move |_| {
        if tags.typed.read().ends_with(COMMAS) {
            tags.commit();
        }
    });
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        // While something is typed, Enter adds it; then it submits the form again.
        if event.key() == "Enter" && !event.is_composing() && !tags.typed.read_untracked().trim().is_empty() {
            event.prevent_default();
            tags.commit();
        }
    };
    let chip = move |tag: String| {
        let (words, own) = (tag.clone(), tag.clone());
        view! {
            <li class="chip">
                <bdi>{words}</bdi>
                {move || {
                    let (label, own) = ((t().form.remove_tag)(&own), own.clone());
                    (!read_only.get())
                        .then(|| {
                            view! {
                                <Button
                                    label=Signal::stored(label)
                                    kind=Kind::Quiet
                                    icon=Icon::Close
                                    icon_only=true
                                    small=true
                                    on_press=move |()| tags.chips.update(|chips| chips.retain(|other| *other != own))
                                />
                            }
                        })
                }}
            </li>
        }
    };
    let field = move || {
        view! {
            <div on:keydown=on_key>
                <TextField
                    label=word(|it| it.image.tags)
                    value=tags.typed
                    read_only=read_only
                    hint=hint
                    problem=problem
                    on_leave=Callback::new(move |()| {
                        tags.commit();
                        on_leave.run(());
                    })
                />
            </div>
        }
    };
    view! {
        <div class="tags-field">
            {field()}
            <ul class="chips">
                <For each=move || tags.chips.get() key=String::clone children={chip} />
            </ul>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_split_at_the_commas_of_either_keyboard() {
        assert_eq!(split_tags("lts, server ,,web"), ["lts", "server", "web"]);
        assert_eq!(split_tags("长期支持，服务器、网页"), ["长期支持", "服务器", "网页"]);
        assert!(split_tags(" , ").is_empty());
    }
}
