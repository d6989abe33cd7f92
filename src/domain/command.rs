//! The `openstack` command line that does what a form is about to do, to be copied as it stands.

pub mod servers;

mod limits;

use crate::{
    domain::{
        batch::Change,
        command::limits::{knows_container, knows_disk, knows_property, knows_tag_in_address},
    },
    openstack::{
        glance::{
            CreateImage,
            image::Image,
            member::MemberStatus,
            patch::{Operation, Patch},
        },
        ids::ImageId,
        nova::server::{BlockDevice, CreateServer, Nic, ServerNetworks},
    },
};
use serde_json::Value;

const SET: &str = "openstack image set";
const UNSET: &str = "openstack image unset";

/// A command line, and what it leaves undone since the client has no way to say it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Command {
    /// As it stands; empty when nothing of it can be said.
    pub line: String,
    /// Properties and tags.
    pub leaves_out: Vec<String>,
}

impl Command {
    /// The lines of both, one after the other.
    pub fn and(mut self, mut next: Self) -> Self {
        self.line.push('\n');
        self.line.push_str(&next.line);
        self.leaves_out.append(&mut next.leaves_out);
        self
    }
}

/// Where a new image's bytes come from.
pub enum Bytes<'a> {
    /// A file of the person's, into a store other than the default if one is named.
    File(&'a str, Option<&'a str>),
    /// An address that the cloud fetches, into a store if one is named.
    Address(&'a str, Option<&'a str>),
}

/// Creates an image with its bytes. Our own id is left out: it is taken by the time that anybody copies this.
pub fn create_image(body: &CreateImage, bytes: &Bytes) -> Command {
    let mut leaves_out = Vec::new();
    let mut line = Line::new("openstack image create");
    if let Some(format) = &body.disk_format {
        line.format("disk", format.as_str(), knows_disk);
    }
    if let Some(format) = &body.container_format {
        line.format("container", format.as_str(), knows_container);
    }
    line.option_of("--min-disk", body.min_disk.filter(|gib| *gib > 0).map(|gib| gib.to_string()).as_deref());
    line.option_of("--min-ram", body.min_ram.filter(|mib| *mib > 0).map(|mib| mib.to_string()).as_deref());
    if let Some(visibility) = &body.visibility {
        line.flag(&format!("--{visibility}"));
    }
    if body.protected == Some(true) {
        line.flag("--protected");
    }
    for (key, value) in &body.properties {
        line.property(key, value, &mut leaves_out);
    }
    body.tags.iter().for_each(|tag| line.option("--tag", tag));
    let mut next = Vec::new();
    match bytes {
        Bytes::File(file, None) => line.option("--file", file),
        Bytes::File(file, Some(store)) => {
            let mut stage = Line::new("openstack image stage");
            stage.option("--file", file);
            next.push(stage);
            next.push(import("glance-direct", Some(store)));
        }
        Bytes::Address(uri, store) => {
            let mut fetch = import("web-download", *store);
            fetch.option("--uri", uri);
            next.push(fetch);
        }
    }
    if body.os_hidden == Some(true) {
        // `image create` has no such option.
        next.push(Line::new("openstack image set --hidden"));
    }
    let name = body.name.as_deref().unwrap_or_default();
    if next.is_empty() {
        line.last(name);
        return Command { line: line.0, leaves_out };
    }
    // By its id: there may be others of this name.
    line.flag("-f");
    line.option("value -c", "id");
    line.last(name);
    let next: String = next.iter().map(|line| format!(" &&\n{} \"$image\"", line.0)).collect();
    Command { line: format!("image=$({}){next}", line.0), leaves_out }
}

/// Makes another copy of an image, in a store that has none.
pub fn copy_image(store: &str, image: &ImageId) -> String {
    let mut line = import("copy-image", Some(store));
    line.last(image.as_str());
    line.0
}

/// Removes one copy of an image.
pub fn delete_copy(store: &str, image: &ImageId) -> String {
    let mut line = Line::new("openstack image delete");
    line.option("--store", store);
    line.last(image.as_str());
    line.0
}

/// `--store` takes all words up to the next option: it can't stand before the image.
fn import(method: &str, store: Option<&str>) -> Line {
    let mut line = Line::new("openstack image import");
    line.option_of("--store", store);
    line.option("--method", method);
    line
}

/// Makes the changes of a patch. Removals are a command of their own.
pub fn update_image(image: &Image, patch: &Patch) -> Command {
    let mut leaves_out = Vec::new();
    let mut set = Line::new(SET);
    let mut unset = Line::new(UNSET);
    for (operation, key) in patch.0.iter().zip(patch.keys()) {
        match operation {
            Operation::Remove { .. } if knows_property(&key) => unset.option("--property", &key),
            Operation::Remove { .. } => leaves_out.push(key),
            Operation::Add { value, .. } | Operation::Replace { value, .. } => {
                change(&mut set, &mut unset, image, &key, value, &mut leaves_out);
            }
        }
    }
    let mut commands = Vec::new();
    for (mut line, bare) in [(set, SET), (unset, UNSET)] {
        if line.0 != bare {
            line.last(image.id.as_str());
            commands.push(line.0);
        }
    }
    Command { line: commands.join(" &&\n"), leaves_out }
}

/// Deletes images.
pub fn delete_images(images: &[ImageId]) -> String {
    let mut line = Line::new("openstack image delete");
    images.iter().for_each(|image| line.last(image.as_str()));
    line.0
}

/// Does one thing to several images. Those to which the same is done share a line.
pub fn change_images(change: &Change, images: &[Image]) -> Command {
    let mut leaves_out = Vec::new();
    if *change == Change::Delete {
        let ids: Vec<ImageId> = images.iter().map(|image| image.id.clone()).collect();
        return Command { line: delete_images(&ids), leaves_out };
    }
    let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
    for image in images {
        let line = change_of_one(change, image, &mut leaves_out);
        match groups.iter_mut().find(|(other, _)| *other == line) {
            _ if line.is_empty() => {}
            Some((_, ids)) => ids.push(image.id.as_str()),
            None => groups.push((line, vec![image.id.as_str()])),
        }
    }
    let lines: Vec<String> = groups
        .into_iter()
        .map(|(line, ids)| match ids.as_slice() {
            [id] => format!("{line} {}", quote(id)),
            ids => {
                let ids: Vec<String> = ids.iter().map(|id| quote(id)).collect();
                format!("for image in {}; do\n  {line} \"$image\"\ndone", ids.join(" "))
            }
        })
        .collect();
    Command { line: lines.join("\n"), leaves_out }
}

/// Without the image; empty when nothing of it can be said.
fn change_of_one(change: &Change, image: &Image, leaves_out: &mut Vec<String>) -> String {
    let mut line = Line::new(if matches!(change, Change::RemoveTags(_)) { UNSET } else { SET });
    match change {
        Change::Delete => {}
        Change::Deactivate => line.flag("--deactivate"),
        Change::Reactivate => line.flag("--activate"),
        // Those that the image has already do no harm.
        Change::AddTags(tags) => tags.iter().for_each(|tag| line.option("--tag", tag)),
        Change::RemoveTags(tags) => {
            let held: Vec<&String> = tags.iter().filter(|tag| image.tags.contains(tag)).collect();
            held.iter().for_each(|tag| line.less_tag(tag, leaves_out));
            if held.iter().all(|tag| !knows_tag_in_address(tag)) {
                return String::new();
            }
        }
        Change::Visibility(wanted) => line.flag(&format!("--{wanted}")),
        Change::Minimum { disk, ram } => {
            line.option_of("--min-disk", disk.map(|gib| gib.to_string()).as_deref());
            line.option_of("--min-ram", ram.map(|mib| mib.to_string()).as_deref());
        }
    }
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
    line(&format!("{SET} {option}"), [image.as_str()])
}

/// Takes an image out of use, or puts it back.
pub fn set_active(image: &ImageId, is_active: bool) -> String {
    let option = if is_active { "--activate" } else { "--deactivate" };
    line(&format!("{SET} {option}"), [image.as_str()])
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
    let mut line = match body.microversion() {
        Some(version) => Line::new(&format!("openstack --os-compute-api-version {version} server create")),
        None => Line::new("openstack server create"),
    };
    line.option_of("--image", body.image.as_ref().map(|image| image.as_str()));
    line.option("--flavor", body.flavor.as_str());
    body.block_devices.iter().for_each(|device| line.option("--block-device", &block_device(device)));
    match &body.networks {
        Some(ServerNetworks::Auto) => line.option("--nic", "auto"),
        Some(ServerNetworks::None) => line.option("--nic", "none"),
        Some(ServerNetworks::These(nics)) => {
            nics.iter().for_each(|nic| nic_option(&mut line, nic));
        }
        None => {}
    }
    line.option_of("--key-name", body.key_name.as_deref());
    line.option_of("--availability-zone", body.availability_zone.as_deref());
    line.option_of("--description", body.description.as_deref());
    body.metadata.iter().for_each(|(key, value)| line.option("--property", &format!("{key}={value}")));
    body.security_groups.iter().for_each(|group| line.option("--security-group", group));
    if let Some(data) = &body.user_data {
        // The client wants a file; bash makes one of what stands here in base64.
        line.0.push_str(&format!(" --user-data <(echo {} | base64 -d)", quote(data)));
    }
    if body.config_drive == Some(true) {
        line.flag("--use-config-drive");
    }
    for (name, value) in &body.hints {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        line.option("--hint", &format!("{name}={value}"));
    }
    line.option_of("--min", body.min_count.map(|count| count.to_string()).as_deref());
    line.option_of("--max", body.max_count.map(|count| count.to_string()).as_deref());
    line.last(&body.name);
    line.0
}

fn block_device(device: &BlockDevice) -> String {
    let mut keys = vec![
        ("uuid", device.uuid.clone()),
        ("source_type", device.source_type.to_owned()),
        ("destination_type", device.destination_type.to_owned()),
        ("boot_index", device.boot_index.to_string()),
    ];
    keys.extend(device.volume_size.map(|size| ("volume_size", size.to_string())));
    keys.extend(device.volume_type.clone().map(|name| ("volume_type", name)));
    keys.push(("delete_on_termination", device.delete_on_termination.to_string()));
    keys.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(",")
}

fn nic_option(line: &mut Line, nic: &Nic) {
    match nic {
        Nic::Network { uuid, fixed_ip: None } => line.option("--network", uuid.as_str()),
        Nic::Network { uuid, fixed_ip: Some(address) } => {
            let version = if address.contains(':') { "v6" } else { "v4" };
            line.option("--nic", &format!("net-id={uuid},{version}-fixed-ip={address}"));
        }
        Nic::Port { port } => line.option("--port", port.as_str()),
    }
}

fn change(
    set: &mut Line,
    unset: &mut Line,
    image: &Image,
    key: &str,
    value: &Value,
    leaves_out: &mut Vec<String>,
) {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match (key, value) {
        ("name", _) => set.option("--name", &text),
        ("min_disk", _) => set.option("--min-disk", &text),
        ("min_ram", _) => set.option("--min-ram", &text),
        ("disk_format", _) => set.format("disk", &text, knows_disk),
        ("container_format", _) => set.format("container", &text, knows_container),
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
                .for_each(|tag| unset.less_tag(tag, leaves_out));
        }
        _ => set.property(key, &text, leaves_out),
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

    fn property(&mut self, key: &str, value: &str, leaves_out: &mut Vec<String>) {
        match knows_property(key) {
            true => self.option("--property", &format!("{key}={value}")),
            false => leaves_out.push(key.to_owned()),
        }
    }

    fn less_tag(&mut self, tag: &str, leaves_out: &mut Vec<String>) {
        match knows_tag_in_address(tag) {
            true => self.option("--tag", tag),
            false if leaves_out.iter().any(|other| other == tag) => {}
            false => leaves_out.push(tag.to_owned()),
        }
    }

    /// `--disk-format` or `--container-format`; as a property what that option does not take.
    fn format(&mut self, which: &str, format: &str, is_known: fn(&str) -> bool) {
        match is_known(format) {
            true => self.option(&format!("--{which}-format"), format),
            false => self.option("--property", &format!("{which}_format={format}")),
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

/// For a shell: as it is where that is safe, else in single quotes. They don't keep a terminal from obeying a control character
/// that is pasted; so a word with any is written with escapes, which bash, zsh and ksh know.
fn quote(text: &str) -> String {
    let is_safe = |c: char| c.is_ascii_alphanumeric() || "_@%+=:,./-".contains(c);
    // To zsh `=ls` is the path of `ls`.
    if !text.is_empty() && !text.starts_with('=') && text.chars().all(is_safe) {
        text.to_owned()
    } else if text.chars().any(char::is_control) {
        format!("$'{}'", text.chars().map(escaped).collect::<String>())
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

/// A character within `$'…'`.
fn escaped(c: char) -> String {
    match c {
        '\n' => "\\n".to_owned(),
        '\t' => "\\t".to_owned(),
        '\\' | '\'' => format!("\\{c}"),
        // Byte by byte in octal, three digits each: some shells let `\x3` go on with the next letter.
        c if c.is_control() => c.to_string().bytes().map(|byte| format!("\\{byte:03o}")).collect(),
        c => c.to_string(),
    }
}

#[cfg(test)]
mod tests;
