//! The `openstack` command line that does what a form is about to do, to be copied as it stands.

use crate::openstack::{
    glance::{
        CreateImage,
        image::Image,
        member::MemberStatus,
        patch::{Operation, Patch},
    },
    ids::ImageId,
    nova::{
        SERVER_AUTO_NETWORK, SERVER_DESCRIPTION,
        server::{CreateServer, ServerNetworks},
    },
};
use serde_json::Value;

/// Creates an image, and sends it a file. Our own id is left out: it is taken by the time that anybody copies this.
pub fn create_image(body: &CreateImage, file: Option<&str>) -> String {
    let mut line = Line::new("openstack image create");
    line.option_of("--disk-format", body.disk_format.as_ref().map(|format| format.as_str()));
    line.option_of("--container-format", body.container_format.as_ref().map(|format| format.as_str()));
    line.option_of("--min-disk", body.min_disk.filter(|gib| *gib > 0).map(|gib| gib.to_string()).as_deref());
    line.option_of("--min-ram", body.min_ram.filter(|mib| *mib > 0).map(|mib| mib.to_string()).as_deref());
    if let Some(visibility) = &body.visibility {
        line.flag(&format!("--{visibility}"));
    }
    if body.protected == Some(true) {
        line.flag("--protected");
    }
    body.properties.iter().for_each(|(key, value)| line.option("--property", &format!("{key}={value}")));
    body.tags.iter().for_each(|tag| line.option("--tag", tag));
    line.option_of("--file", file);
    let name = body.name.as_deref().unwrap_or_default();
    line.last(name);
    let mut commands = line.0;
    if body.os_hidden == Some(true) {
        // `image create` has no such option.
        let mut hide = Line::new("openstack image set --hidden");
        hide.last(name);
        commands = format!("{commands} &&\n{}", hide.0);
    }
    commands
}

/// Creates an image that the cloud fetches.
pub fn create_from_url(body: &CreateImage, uri: &str, store: Option<&str>) -> String {
    let mut line = Line::new("openstack image import --method web-download");
    line.option("--uri", uri);
    line.option_of("--store", store);
    line.last(body.name.as_deref().unwrap_or_default());
    format!("{} &&\n{}", create_image(body, None), line.0)
}

/// Removes one copy of an image. The `openstack` client has no command for it, Glance's own does.
pub fn delete_copy(store: &str, image: &ImageId) -> String {
    let mut line = Line::new("glance stores-delete");
    line.option("--store", store);
    line.last(image.as_str());
    line.0
}

/// Makes the changes of a patch. Removals are a command of their own.
pub fn update_image(image: &Image, patch: &Patch) -> String {
    let mut set = Line::new("openstack image set");
    let mut unset = Line::new("openstack image unset");
    for (operation, key) in patch.0.iter().zip(patch.keys()) {
        match operation {
            Operation::Remove { .. } => unset.option("--property", &key),
            Operation::Add { value, .. } | Operation::Replace { value, .. } => {
                change(&mut set, &mut unset, image, &key, value);
            }
        }
    }
    let mut commands = Vec::new();
    for (mut line, bare) in [(set, "openstack image set"), (unset, "openstack image unset")] {
        if line.0 != bare {
            line.last(image.id.as_str());
            commands.push(line.0);
        }
    }
    commands.join(" &&\n")
}

/// Deletes images.
pub fn delete_images(images: &[ImageId]) -> String {
    let mut line = Line::new("openstack image delete");
    images.iter().for_each(|image| line.last(image.as_str()));
    line.0
}

/// Offers an image to a project.
pub fn add_project(image: &ImageId, project: &str) -> String {
    line("openstack image add project", [image.as_str(), project])
}

/// Takes the offer back.
pub fn remove_project(image: &ImageId, project: &str) -> String {
    line("openstack image remove project", [image.as_str(), project])
}

/// Answers an offer, in the project that it was made to.
pub fn answer_offer(image: &ImageId, answer: &MemberStatus) -> String {
    let option = match answer {
        MemberStatus::Accepted => "--accept",
        MemberStatus::Rejected => "--reject",
        _ => "--pending",
    };
    line(&format!("openstack image set {option}"), [image.as_str()])
}

/// Takes an image out of use, or puts it back.
pub fn set_active(image: &ImageId, is_active: bool) -> String {
    let option = if is_active { "--activate" } else { "--deactivate" };
    line(&format!("openstack image set {option}"), [image.as_str()])
}

/// Writes an image's bytes to a file.
pub fn save_image(image: &ImageId, file: &str) -> String {
    let mut line = Line::new("openstack image save");
    line.option("--file", file);
    line.last(image.as_str());
    line.0
}

/// Launches a server.
pub fn create_server(body: &CreateServer) -> String {
    let mut line = match (&body.networks, &body.description) {
        (Some(ServerNetworks::Auto | ServerNetworks::None), _) => {
            Line::new(&format!("openstack --os-compute-api-version {SERVER_AUTO_NETWORK} server create"))
        }
        (_, Some(_)) => {
            Line::new(&format!("openstack --os-compute-api-version {SERVER_DESCRIPTION} server create"))
        }
        _ => Line::new("openstack server create"),
    };
    line.option_of("--image", body.image.as_ref().map(|image| image.as_str()));
    line.option("--flavor", body.flavor.as_str());
    match &body.networks {
        Some(ServerNetworks::Auto) => line.option("--nic", "auto"),
        Some(ServerNetworks::None) => line.option("--nic", "none"),
        Some(ServerNetworks::These(networks)) => {
            networks.iter().for_each(|network| line.option("--network", network.as_str()));
        }
        None => {}
    }
    line.option_of("--key-name", body.key_name.as_deref());
    line.option_of("--availability-zone", body.availability_zone.as_deref());
    line.option_of("--description", body.description.as_deref());
    body.metadata.iter().for_each(|(key, value)| line.option("--property", &format!("{key}={value}")));
    line.option_of("--min", body.min_count.map(|count| count.to_string()).as_deref());
    line.option_of("--max", body.max_count.map(|count| count.to_string()).as_deref());
    line.last(&body.name);
    line.0
}

fn change(set: &mut Line, unset: &mut Line, image: &Image, key: &str, value: &Value) {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match (key, value) {
        ("name", _) => set.option("--name", &text),
        ("min_disk", _) => set.option("--min-disk", &text),
        ("min_ram", _) => set.option("--min-ram", &text),
        ("disk_format", _) => set.option("--disk-format", &text),
        ("container_format", _) => set.option("--container-format", &text),
        ("visibility", _) => set.flag(&format!("--{text}")),
        ("protected", Value::Bool(is_on)) => set.flag(if *is_on { "--protected" } else { "--unprotected" }),
        ("os_hidden", Value::Bool(is_on)) => set.flag(if *is_on { "--hidden" } else { "--unhidden" }),
        ("tags", Value::Array(tags)) => {
            let wanted: Vec<&str> = tags.iter().filter_map(Value::as_str).collect();
            wanted
                .iter()
                .filter(|tag| !image.tags.iter().any(|known| known == *tag))
                .for_each(|tag| set.option("--tag", tag));
            image
                .tags
                .iter()
                .filter(|tag| !wanted.contains(&tag.as_str()))
                .for_each(|tag| unset.option("--tag", tag));
        }
        _ => set.option("--property", &format!("{key}={text}")),
    }
}

/// A command with nothing but arguments.
fn line<'a>(command: &str, arguments: impl IntoIterator<Item = &'a str>) -> String {
    let mut line = Line::new(command);
    arguments.into_iter().for_each(|argument| line.last(argument));
    line.0
}

/// A command line under construction.
struct Line(String);

impl Line {
    fn new(command: &str) -> Self {
        Self(command.to_owned())
    }

    fn flag(&mut self, flag: &str) {
        self.0.push(' ');
        self.0.push_str(&quote(flag));
    }

    /// A value that begins with a dash needs the `=`, or it would be taken for an option.
    fn option(&mut self, option: &str, value: &str) {
        let joint = if value.starts_with('-') { '=' } else { ' ' };
        self.0.push_str(&format!(" {option}{joint}{}", quote(value)));
    }

    fn option_of(&mut self, option: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.option(option, value);
        }
    }

    fn last(&mut self, argument: &str) {
        if argument.starts_with('-') {
            self.0.push_str(" --");
        }
        self.0.push(' ');
        self.0.push_str(&quote(argument));
    }
}

/// For a POSIX shell: as it is where that is safe, else in single quotes.
fn quote(text: &str) -> String {
    let is_safe = |c: char| c.is_ascii_alphanumeric() || "_@%+=:,./-".contains(c);
    if !text.is_empty() && text.chars().all(is_safe) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests;
