//! The recordings: every exchange with a real cloud, one file each, as it was written down.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

/// A recording: its folder in `tests/`, and how many exchanges it has.
pub type Recording = (&'static str, usize);
/// What the project began with: what Sextant asks, and the refusals that it has to show.
pub const FIRST: Recording = ("transcripts", 290);
/// And beyond that, by `end2end/cloud/record.py`: bad input, filters, other people's things.
pub const FURTHER: Recording = ("transcripts-further", 371);
/// What a launch says to Cinder, and to Nova and Neutron of volumes, ports and security groups, by `record_volumes.py` and
/// `record_launch.py`.
pub const LAUNCH: Recording = ("transcripts-launch", 309);

/// One recorded exchange.
pub struct Transcript {
    pub number: u32,
    pub name: String,
    pub method: String,
    pub url: String,
    pub request_headers: BTreeMap<String, String>,
    pub request_body: Value,
    pub status: u16,
    pub response_headers: BTreeMap<String, String>,
    pub response_body: Value,
}

impl Transcript {
    /// Whether what it shows may take a moment to come true: states of images, tasks and servers.
    pub fn shows_a_state(&self) -> bool {
        self.method == "GET"
            && [
                "-show",
                "snapshot-image",
                "-tasks",
                "-after-",
                "servers-",
                "volumes-",
                "volume-snapshots",
                "-limits",
                "-usage",
            ]
            .iter()
            .any(|it| self.name.contains(it))
    }
}

/// All of one recording, in its order.
pub fn all((folder, _): Recording) -> Vec<Transcript> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let files = std::fs::read_dir(folder).expect("the folder is in the repository");
    let mut all: Vec<_> = files.map(|file| read(&file.expect("a readable folder").path())).collect();
    all.sort_by_key(|transcript| transcript.number);
    all
}

fn read(path: &Path) -> Transcript {
    let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
    let text = std::fs::read_to_string(path).expect("a readable file");
    let value: Value = serde_json::from_str(&text).expect("valid JSON");
    let headers = |key: &str| {
        let pairs = value[key].as_object().cloned().unwrap_or_default();
        pairs.into_iter().map(|(name, value)| (name.to_lowercase(), text_of(&value))).collect()
    };
    Transcript {
        number: name.split('-').next().and_then(|number| number.parse().ok()).expect("a number in front"),
        method: text_of(&value["method"]),
        url: text_of(&value["url"]),
        request_headers: headers("request_headers"),
        request_body: value["request_body"].clone(),
        status: value["status"].as_u64().and_then(|status| status.try_into().ok()).expect("a status"),
        response_headers: headers("response_headers"),
        response_body: value["response_body"].clone(),
        name,
    }
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
