//! A second sign-in beside the session's own, for one look at an image. Nothing of it is kept, and its tokens are ended at once.

use leptos::prelude::{GetUntracked, untrack};

use crate::{
    client::send::send,
    domain::{
        config::Cloud,
        image_sight::{Sight, Viewer},
    },
    openstack::{
        error::{ApiError, FaultKind},
        glance::{self, ListImages, member},
        ids::ImageId,
        keystone::{self, Credentials, Project, Token},
        request::{Request, Service},
    },
    state::session::{
        Session, absolute,
        sign_in::{SignInError, refusal},
    },
};

/// What somebody else sees.
#[derive(Clone, Debug, PartialEq)]
pub struct Glimpse {
    /// Who they are, by name.
    pub user: String,
    /// Their project.
    pub project: Project,
    /// As what they look.
    pub viewer: Viewer,
    /// What they see.
    pub sight: Sight,
}

/// Why there is nothing to tell.
#[derive(Clone, Debug, PartialEq)]
pub enum GlimpseError {
    /// They could not sign in.
    SignIn(SignInError),
    /// They have several projects, or none of that name: these.
    WhichProject(Vec<String>),
    /// A question was not answered.
    Failed(ApiError),
}

impl Session {
    /// Looks at an image as somebody else, of the same cloud.
    ///
    /// # Errors
    /// Each kind of failure has its own variant.
    pub async fn look_as(
        self,
        credentials: &Credentials,
        project: &str,
        image: &ImageId,
    ) -> Result<Glimpse, GlimpseError> {
        let cloud = untrack(|| self.grant()).and_then(|grant| self.cloud(&grant.cloud));
        let cloud = cloud.ok_or(GlimpseError::Failed(ApiError::Aborted))?;
        let unscoped = self
            .ask_keystone(&cloud, &keystone::sign_in(credentials))
            .await
            .map_err(|error| GlimpseError::SignIn(refusal(error, &cloud, SignInError::WrongCredentials)))?;
        let outcome = self.look_with(&cloud, &unscoped, project, image).await;
        self.revoke_in_background(cloud, unscoped.id);
        outcome
    }

    async fn look_with(
        self,
        cloud: &Cloud,
        unscoped: &Token,
        wanted: &str,
        image: &ImageId,
    ) -> Result<Glimpse, GlimpseError> {
        let projects = self
            .ask_keystone(cloud, &keystone::list_my_projects(&unscoped.id))
            .await
            .map_err(GlimpseError::Failed)?;
        let enabled: Vec<Project> = projects.into_iter().filter(|project| project.enabled).collect();
        let chosen = match (wanted, enabled.as_slice()) {
            ("", [only]) => Some(only),
            ("", _) => None,
            (name, all) => all.iter().find(|project| project.name == name || project.id.as_str() == name),
        };
        let Some(project) = chosen else {
            return Err(GlimpseError::WhichProject(
                enabled.into_iter().map(|project| project.name).collect(),
            ));
        };
        let token = self.rescope(cloud, &unscoped.id, project).await.map_err(GlimpseError::SignIn)?;
        let seen = self.look(cloud, &token, image).await.map_err(GlimpseError::Failed);
        self.revoke_in_background(cloud.clone(), token.id.clone());
        let (sight, membership) = seen?;
        let viewer = Viewer {
            project: project.id.clone(),
            is_admin: token.roles.iter().any(|role| role == "admin"),
            membership,
        };
        Ok(Glimpse { user: token.user.name, project: project.clone(), viewer, sight })
    }

    async fn look(
        self,
        cloud: &Cloud,
        token: &Token,
        image: &ImageId,
    ) -> Result<(Sight, Option<member::MemberStatus>), ApiError> {
        let one = ListImages { ids: vec![image.clone()], limit: Some(10), ..ListImages::default() };
        let page = self.ask_as(cloud, token, &glance::list_images(&one)).await?;
        let in_list = page.images.iter().any(|other| other.id == *image);
        let by_id = match self.ask_as(cloud, token, &glance::get_image(image)).await {
            Ok(_) => true,
            Err(error) if error.kind() == Some(FaultKind::NotFound) => false,
            Err(error) => return Err(error),
        };
        // A project that an image was offered to reads its own answer; others are told that there is no such image.
        let members = self.ask_as(cloud, token, &member::list_members(image)).await.unwrap_or_default();
        let own = token.project.as_ref().map(|project| &project.id);
        let membership = members.into_iter().find(|member| Some(&member.member_id) == own);
        Ok((Sight { in_list, by_id }, membership.map(|member| member.status)))
    }

    async fn ask_as<T>(self, cloud: &Cloud, token: &Token, request: &Request<T>) -> Result<T, ApiError> {
        let region = self.region.get_untracked();
        let base = cloud.service_url(Some(&token.catalog), Service::Image, region.as_deref());
        let base = absolute(&base.ok_or(ApiError::NoService(Service::Image))?);
        let answer = send(&base, Some(&token.id), &request.raw(), None).await?;
        request.decode(&answer)
    }
}
