//! Offering an image to a project, by its id or, where Keystone lets one look, by its name.

use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

use crate::{
    components::{
        command_line::CommandLine,
        error_panel::{ErrorPanel, headline},
        held::HeldFields,
        image_words::name_of,
        sharing::{Members, project_words},
    },
    domain::{
        command,
        sharing::{Lookup, Problem, among_answers, among_known, can_offer, looks_like_id, typed_project},
    },
    i18n::{isolated, t, word},
    openstack::{
        error::{ApiError, FaultKind},
        glance::{
            self,
            image::{Image, Visibility},
            member::create_member,
            patch::Patch,
        },
        ids::ProjectId,
        keystone::{self, Project},
    },
    state::{
        confirm::{Question, use_confirm, work},
        images::use_images,
        session::{Session, use_session},
        toasts::use_toasts,
    },
    ui::{
        button::{Button, Kind},
        field::TextField,
    },
};

/// The form.
#[component]
pub fn AddProject(
    /// The image.
    image: Signal<Image>,
    /// Its members.
    members: Members,
    /// Why nobody can be added.
    disabled_reason: Signal<Option<String>>,
) -> impl IntoView {
    let (session, images, confirm, toasts) = (use_session(), use_images(), use_confirm(), use_toasts());
    let typed = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<Problem>);
    let several = RwSignal::new(Vec::<Project>::new());
    let busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<ApiError>);
    let reset = move || {
        problem.set(None);
        several.set(Vec::new());
        failure.set(None);
    };
    // What was wrong with the text of before says nothing about the text of now.
    Effect::new(move |before: Option<String>| {
        let now = typed.get();
        if before.is_some_and(|before| before != now) {
            reset();
        }
        now
    });
    let added = move |name: &str, is_confirmed: bool| {
        let words = &t().sharing;
        let name = isolated(name);
        toasts.good(if is_confirmed { (words.offered)(&name) } else { (words.offered_unconfirmed)(&name) });
        typed.try_set(String::new());
        members.load();
    };
    let offer = move |project: ProjectId, name: String, is_confirmed: bool| {
        // While the name was looked up somebody may have made it public: the button then says why there is nothing to add.
        if disabled_reason.read_untracked().is_some() {
            return;
        }
        let shown = image.get_untracked();
        let list = members.list().get_untracked().unwrap_or_default();
        if let Err(why) = can_offer(&shown, &list, &project) {
            problem.set(Some(why));
            return;
        }
        if shown.visibility == Visibility::Shared {
            busy.set(true);
            spawn_local(async move {
                let outcome = session.send(create_member(&shown.id, &project)).await;
                busy.try_set(false);
                match outcome {
                    Ok(_) => added(&name, is_confirmed),
                    // Somebody else was quicker, or the list here is old.
                    Err(error) if error.kind() == Some(FaultKind::Conflict) => {
                        problem.try_set(Some(Problem::Already));
                        members.load();
                    }
                    Err(ApiError::Aborted) => {}
                    Err(error) => {
                        failure.try_set(Some(error));
                    }
                }
            });
            return;
        }
        // Two requests: told before, and done one after the other.
        let words = &t().sharing;
        let mut patch = Patch::default();
        patch.replace("visibility", Visibility::Shared.as_str());
        let commands =
            [command::update_image(&shown, &patch).line, command::add_project(&shown.id, project.as_str())];
        confirm.ask(Question {
            heading: words.share_title.to_owned(),
            subject: name_of(&shown),
            text: vec![(words.share_text)(&name), words.share_earlier.to_owned()],
            names: Vec::new(),
            verb: words.share.to_owned(),
            is_danger: false,
            tried: (words.offer_failed)(&isolated(&name)),
            command: Some(commands.join(" &&\n")),
            work: work(move || {
                let (id, patch, project, name) =
                    (shown.id.clone(), patch.clone(), project.clone(), name.clone());
                async move {
                    let shared = session.send(glance::update_image(&id, &patch)).await?;
                    images.upsert(shared);
                    match session.send(create_member(&id, &project)).await {
                        // It was a member already, before the image was made private.
                        Err(error) if error.kind() != Some(FaultKind::Conflict) => return Err(error),
                        _ => added(&name, is_confirmed),
                    }
                    Ok(())
                }
            }),
        });
    };
    let choose = move |project: Project| {
        session.note_project(&project);
        offer(project.id, project.name, true);
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() || disabled_reason.read_untracked().is_some() {
            return;
        }
        reset();
        let text = typed.get_untracked();
        let asked = match typed_project(&text) {
            Ok(asked) => asked.to_owned(),
            Err(why) => return problem.set(Some(why)),
        };
        busy.set(true);
        spawn_local(async move {
            let found = look_up(session, &asked).await;
            if busy.try_set(false).is_some() {
                return;
            }
            match found {
                Ok(Lookup::One(project)) => choose(project),
                Ok(Lookup::Unconfirmed(id)) => {
                    let name = untrack(|| project_words(session, &id));
                    offer(id, name, false);
                }
                Ok(Lookup::Several(projects)) => several.set(projects),
                Err(why) => problem.set(Some(why)),
            }
        });
    };
    // Only an id can stand in the command as it is typed.
    let command = Signal::derive(move || {
        let typed = typed.read();
        let typed = typed.trim();
        let is_offered = image.read().visibility == Visibility::Shared && looks_like_id(typed);
        is_offered.then(|| command::add_project(&image.read().id, typed))
    });
    view! {
        <form class="stack-s" on:submit=submit aria-busy=move || busy.get().then_some("true")>
            <div class="add-project">
                <HeldFields busy=busy>
                    <TextField
                        label=word(|it| it.sharing.project_field)
                        value=typed
                        required=true
                        hint=Signal::derive(move || Some(t().sharing.project_hint.to_owned()))
                        problem=Signal::derive(move || problem.read().as_ref().map(problem_words))
                    />
                </HeldFields>
                <Button
                    label=word(|it| it.sharing.add)
                    kind=Kind::Primary
                    submit=true
                    busy=busy
                    disabled_reason=disabled_reason
                />
            </div>
            {move || {
                let projects = several.get();
                let choice = move |project: Project| {
                    let words = (t().sharing.one_of_several)(project.domain_id.as_str(), project.id.as_str());
                    let press = move |()| {
                        several.set(Vec::new());
                        choose(project.clone());
                    };
                    view! { <li><Button label=Signal::stored(words) small=true on_press=press /></li> }
                };
                (!projects.is_empty())
                    .then(|| {
                        let choices = projects.into_iter().map(choice).collect_view();
                        view! {
                            <div role="status" class="stack-s">
                                <p>{t().sharing.several}</p>
                                <ul class="stack-s">{choices}</ul>
                            </div>
                        }
                    })
            }}
            {move || {
                let error = failure.get()?;
                let tried = Signal::stored((t().sharing.offer_failed)(typed.read_untracked().trim()));
                Some(view! { <ErrorPanel tried=tried error=error /> })
            }}
            <CommandLine command=command />
        </form>
    }
}

/// First what is known anyway, then Keystone.
async fn look_up(session: Session, asked: &str) -> Result<Lookup, Problem> {
    let known = session.projects().get_untracked();
    if let Some(found) = among_known(asked, &known) {
        return Ok(found);
    }
    let by_id = match looks_like_id(asked) {
        true => session.send(keystone::get_project(&ProjectId::from(asked))).await,
        false => Err(ApiError::Aborted),
    };
    let by_name = match &by_id {
        Ok(_) => Err(ApiError::Aborted),
        Err(_) => session.send(keystone::find_projects(asked)).await,
    };
    among_answers(asked, by_id, by_name)
}

fn problem_words(problem: &Problem) -> String {
    let words = &t().sharing;
    match problem {
        Problem::Missing => words.problem_missing,
        Problem::Owner => words.problem_owner,
        Problem::Already => words.problem_already,
        Problem::Unknown => words.problem_unknown,
        Problem::OnlyIds => words.problem_only_ids,
        Problem::NotAsked(error) => return (words.problem_not_asked)(&headline(error, t())),
    }
    .to_owned()
}
