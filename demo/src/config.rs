//! Command line of the demo cloud.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// A small OpenStack on one port, for Sextant's demo and its end-to-end tests.
#[derive(Debug, Parser)]
#[command(name = "sextant-demo", version, about)]
pub struct Cli {
    /// What to run; without one, the demo cloud.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// How the demo cloud runs.
    #[command(flatten)]
    pub cloud: CloudArgs,
}

/// Other things that this binary can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve only the built app, for use with a real cloud.
    App(AppArgs),
}

/// Options of the demo cloud itself.
#[derive(Debug, Clone, Args)]
pub struct CloudArgs {
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1:5050")]
    pub listen: SocketAddr,
    /// Where the state lives.
    #[arg(long, default_value = "demo-data")]
    pub data: PathBuf,
    /// Throw the state away first and start anew.
    #[arg(long)]
    pub reset: bool,
    /// Keep nothing: the database in memory, image bytes in a temporary directory.
    #[arg(long)]
    pub memory: bool,
    /// The built app, served at `/` where it exists.
    #[arg(long, default_value = "dist")]
    pub dist: PathBuf,
    /// A file to serve as `/config.json` instead of the one in `--dist`.
    #[arg(long)]
    pub config: Option<PathBuf>,
    /// Origins that may call the services from a browser.
    #[arg(long, value_delimiter = ',', default_value = "http://127.0.0.1:8080,http://localhost:8080")]
    pub allow_origin: Vec<String>,
    /// The address under which clients reach this server (in the catalog and in links); default `http://<listen>`.
    #[arg(long)]
    pub public_url: Option<String>,
    /// Seed this many more small images, for list benchmarks.
    #[arg(long, default_value_t = 0)]
    pub images: u32,
    /// Delay every API answer by this many milliseconds.
    #[arg(long, default_value_t = 0)]
    pub latency: u64,
    /// Share of API requests that fail (0 to 1): 500, 503, an HTML 502 or a dropped connection.
    #[arg(long, default_value_t = 0.0)]
    pub chaos: f64,
    /// Be as old as a cloud may be (OpenStack Queens): lower versions and microversions, no image usage, tasks, stores, hashes …
    #[arg(long)]
    pub old: bool,
    /// Services to leave out of the catalog, as a cloud has not all of them.
    #[arg(long, value_delimiter = ',', value_parser = ["glance", "nova", "neutron", "cinder"])]
    pub without: Vec<String>,
    /// How long a token lives, in seconds.
    #[arg(long, default_value_t = 4 * 3600)]
    pub token_lifetime: i64,
    /// Largest image accepted, in bytes (Glance's `image_size_cap`).
    #[arg(long, default_value_t = 1 << 40)]
    pub image_size_cap: u64,
    /// How long a client may pause within a request, in seconds, before it is taken for gone.
    #[arg(long, default_value_t = 60)]
    pub patience: u64,
}

/// Options of `sextant-demo app`.
#[derive(Debug, Clone, Args)]
pub struct AppArgs {
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// The built app.
    #[arg(long, default_value = "dist")]
    pub dist: PathBuf,
    /// A file to serve as `/config.json` instead of the one in `--dist`.
    #[arg(long)]
    pub config: Option<PathBuf>,
    /// More origins that the page may call (Content-Security-Policy `connect-src`).
    #[arg(long, num_args = 1..)]
    pub connect_src: Vec<String>,
}

impl Default for CloudArgs {
    /// The command line's own defaults.
    fn default() -> Self {
        Cli::parse_from(["sextant-demo"]).cloud
    }
}

impl CloudArgs {
    /// The base address for catalog entries and links, without a trailing slash.
    pub fn base_url(&self) -> String {
        match &self.public_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("http://{}", self.listen),
        }
    }
}
