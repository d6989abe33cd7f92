//! Edit an image. Only what was changed is sent; what somebody else changed meanwhile is shown before it is overwritten.

use leptos::{html, prelude::*, task::spawn_local};
use leptos_router::{
    components::A,
    hooks::{use_navigate, use_params_map},
};

use crate::{
    components::{
        command_line::CommandLine,
        error_panel::ErrorPanel,
        image_form::{ImageFields, ImageForm, use_formats},
        image_words::{name_of, reason_words, refusal},
        leave::warn_before_unload,
        shell::Page,
    },
    domain::{
        access::{Person, can_edit, can_set_format, can_set_visibility},
        command::update_image,
        image_draft::{
            Field, ImageDraft,
            conflict::{Conflict, conflicts, rebased},
        },
    },
    i18n::{t, word},
    openstack::{
        error::ApiError,
        glance::{
            self,
            image::{Image, Visibility},
            patch::Patch,
        },
        ids::ImageId,
    },
    routes,
    state::{
        images::{Images, use_images},
        session::{Session, use_session},
        toasts::{Toasts, use_toasts},
    },
    ui::{
        button::{Button, Kind},
        dialog::Dialog,
        field::focus_first_problem,
        notice::{Notice, Tone},
    },
};

/// The form for the image that the address names.
#[component]
pub fn EditImagePage() -> impl IntoView {
    let images = use_images();
    let params = use_params_map();
    let id = Memo::new(move |_| ImageId::from(params.read().get("id").unwrap_or_default()));
    let base = RwSignal::new(None::<Result<Image, ApiError>>);
    let load = move || {
        let asked = id.get_untracked();
        spawn_local(async move {
            let image = images.fetch(&asked).await;
            if image != Err(ApiError::Aborted) && id.try_get_untracked() == Some(asked) {
                base.try_set(Some(image));
            }
        });
    };
    Effect::new(move |_| {
        id.track();
        base.set(None);
        load();
    });
    let body = move || match base.get() {
        None => view! { <p role="status" class="muted">{word(|it| it.common.loading)}</p> }.into_any(),
        Some(Err(error)) => view! {
            <ErrorPanel
                tried=word(|it| it.detail.could_not_load)
                error=error
                on_retry=move |()| load()
            />
        }
        .into_any(),
        Some(Ok(image)) => match images.me().get_untracked().map(|me| (can_edit(&image, &me), me)) {
            Some((Ok(()), me)) => view! { <EditForm images=images me=me base=image /> }.into_any(),
            Some((Err(why), _)) => view! {
                <Notice tone=Tone::Warn>
                    <p>{move || reason_words(&why)}</p>
                    <p>
                        <A href=routes::image(&image.id)>{word(|it| it.edit.back_to_image)}</A>
                    </p>
                </Notice>
            }
            .into_any(),
            None => ().into_any(),
        },
    };
    view! {
        <Page title=word(|it| it.edit.title) narrow=true>
            {body}
        </Page>
    }
}

/// A question about values that somebody else has changed since the form was filled.
#[derive(Clone)]
struct Overlap {
    conflicts: Vec<Conflict>,
    patch: Patch,
}

#[component]
fn EditForm(images: Images, me: Person, base: Image) -> impl IntoView {
    let (session, toasts) = (use_session(), use_toasts());
    let navigate = use_navigate();
    let form_element = NodeRef::<html::Form>::new();
    let busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<ApiError>);
    let nothing = RwSignal::new(false);
    let overlap = RwSignal::new(None::<Overlap>);
    let form = {
        let base = base.clone();
        ImageForm::new(&ImageDraft::of(&base), move |draft| draft.validate_changes(&base))
    };
    let id = base.id.clone();
    let name = name_of(&base);
    let subtitle = name.clone();
    let base = StoredValue::new(base);
    let me = StoredValue::new(me);

    let (formats, formats_hint) = use_formats(session);
    warn_before_unload(move || base.with_value(|base| !form.draft().changed_fields(base).is_empty()));

    let done = Callback::new({
        let path = routes::image(&id);
        move |()| navigate(&path, Default::default())
    });
    let saving = Saving { session, images, toasts, id: id.clone(), name, busy, failure, overlap, done };
    let check_and_send = {
        let saving = saving.clone();
        move |patch: Patch| {
            busy.set(true);
            spawn_local(saving.clone().check_and_send(patch, base.get_value()));
        }
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        failure.set(None);
        nothing.set(false);
        form.show_all_problems();
        if !form.problems().read_untracked().is_empty() {
            if let Some(element) = form_element.get_untracked() {
                focus_first_problem(&element);
            }
            return;
        }
        let patch = untrack(|| base.with_value(|base| form.draft().diff(base)));
        if patch.is_empty() { nothing.set(true) } else { check_and_send(patch) }
    };
    let command = Signal::derive(move || {
        let is_ready = form.problems().read().is_empty();
        let patch = base.with_value(|base| form.draft().diff(base));
        let is_wanted = is_ready && !patch.is_empty();
        is_wanted.then(|| base.with_value(|base| update_image(base, &patch)))
    });
    let locked = Callback::new(move |field: Field| match field {
        Field::DiskFormat | Field::ContainerFormat => {
            me.with_value(|me| base.with_value(|base| refusal(can_set_format(base, me))))
        }
        _ => None,
    });
    let visibility_reason = Callback::new(move |wanted: Visibility| {
        me.with_value(|me| base.with_value(|base| refusal(can_set_visibility(base, &wanted, me))))
    });
    view! {
        <form class="stack" node_ref=form_element on:submit=submit novalidate=true>
            <p class="muted"><bdi>{subtitle}</bdi></p>
            <div class="card">
                <ImageFields form=form formats=formats formats_hint=formats_hint locked=locked visibility_reason=visibility_reason />
            </div>
            {move || {
                failure
                    .get()
                    .map(|error| view! { <ErrorPanel tried=word(|it| it.edit.failed) error=error /> })
            }}
            {move || nothing.get().then(|| view! { <Notice><p>{t().edit.nothing_changed}</p></Notice> })}
            <CommandLine command=command />
            <div class="row">
                <Button
                    label=word(|it| it.edit.save)
                    kind=Kind::Primary
                    submit=true
                    busy=busy
                />
                <A href=routes::image(&id) attr:class="button" attr:data-kind="quiet">
                    {word(|it| it.common.cancel)}
                </A>
            </div>
        </form>
        {move || {
            let saving = saving.clone();
            overlap
                .get()
                .map(|question| {
                    view! {
                        <OverlapDialog
                            question=question
                            on_close=move |()| overlap.set(None)
                            on_overwrite=move |patch| {
                                overlap.set(None);
                                busy.set(true);
                                spawn_local(saving.clone().send(patch));
                            }
                        />
                    }
                })
        }}
    }
}

/// Saving goes on when the person leaves the page meanwhile; its end is then told by a message.
#[derive(Clone)]
struct Saving {
    session: Session,
    images: Images,
    toasts: Toasts,
    id: ImageId,
    name: String,
    busy: RwSignal<bool>,
    failure: RwSignal<Option<ApiError>>,
    overlap: RwSignal<Option<Overlap>>,
    done: Callback<()>,
}

impl Saving {
    /// Reads the image again, and sends the patch unless somebody else has changed the same since it was `base`.
    async fn check_and_send(self, patch: Patch, base: Image) {
        let fresh = match self.images.fetch(&self.id).await {
            Ok(fresh) => fresh,
            Err(error) => return self.fail(error),
        };
        let conflicts = conflicts(&patch, &base, &fresh);
        let patch = rebased(&patch, &fresh);
        if !conflicts.is_empty() {
            self.busy.try_set(false);
            if self.overlap.try_set(Some(Overlap { conflicts, patch })).is_some() {
                self.toasts.bad_words(t().edit.failed);
            }
        } else if patch.is_empty() {
            // Somebody else has made the very same change.
            self.finish();
        } else {
            self.send(patch).await;
        }
    }

    async fn send(self, patch: Patch) {
        match self.session.send(glance::update_image(&self.id, &patch)).await {
            Ok(image) => {
                self.images.upsert(image);
                self.toasts.good((t().edit.saved)(&self.name));
                self.finish();
            }
            Err(error) => self.fail(error),
        }
    }

    fn finish(&self) {
        self.busy.try_set(false);
        // Nowhere to go from a page that was left.
        let _ = self.done.try_run(());
    }

    fn fail(&self, error: ApiError) {
        self.busy.try_set(false);
        if let Some(Some(error)) = self.failure.try_set(Some(error)) {
            self.toasts.bad(t().edit.failed, error);
        }
    }
}

/// Shows both values of everything that would be overwritten.
#[component]
fn OverlapDialog(
    question: Overlap,
    #[prop(into)] on_close: Callback<()>,
    #[prop(into)] on_overwrite: Callback<Patch>,
) -> impl IntoView {
    let Overlap { conflicts, patch } = question;
    let value = |value: Option<String>| value.unwrap_or_else(|| t().common.none.to_owned());
    view! {
        <Dialog heading=word(|it| it.edit.overlap_title) on_close=on_close wide=true>
            <p>{word(|it| it.edit.overlap_text)}</p>
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">{word(|it| it.edit.field)}</th>
                        <th scope="col">{word(|it| it.edit.theirs)}</th>
                        <th scope="col">{word(|it| it.edit.yours)}</th>
                    </tr>
                </thead>
                <tbody>
                    {conflicts
                        .into_iter()
                        .map(|conflict| {
                            view! {
                                <tr>
                                    <th scope="row" class="mono"><bdi>{conflict.key}</bdi></th>
                                    <td><bdi>{value(conflict.theirs)}</bdi></td>
                                    <td><bdi>{value(conflict.mine)}</bdi></td>
                                </tr>
                            }
                        })
                        .collect_view()}
                </tbody>
            </table>
            <div class="dialog-foot">
                <Button
                    label=word(|it| it.edit.keep_editing)
                    on_press=on_close
                    autofocus=true
                />
                <Button
                    label=word(|it| it.edit.overwrite)
                    kind=Kind::Danger
                    on_press=move |()| on_overwrite.run(patch.clone())
                />
            </div>
        </Dialog>
    }
}
