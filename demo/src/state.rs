//! What every handler can reach: the options, the database and the folders for image bytes.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;

use crate::config::CloudArgs;
use crate::db::Db;
use crate::service::Service;
use crate::web::Site;
use crate::{cinder, glance, keystone, neutron, nova};

// Of the tables and the first data: one more with each change that older state does not have.
const DATA_VERSION: i64 = 2;

/// The demo cloud's state, shared as `Arc<App>`.
pub struct App {
    /// Command line options.
    pub options: CloudArgs,
    /// The database.
    pub db: Db,
    /// Where image bytes live.
    pub folder: PathBuf,
    /// The app.
    pub site: Site,
    base_url: String,
    // With `--memory` the folder ends with the process.
    _temporary: Option<TempDir>,
}

impl App {
    /// Opens the state, creating and seeding it where it is new.
    pub fn open(options: CloudArgs) -> anyhow::Result<Arc<Self>> {
        let base_url = options.base_url();
        Self::open_at(options, base_url)
    }

    /// As `open`, for a server whose address is only known once it listens.
    pub fn open_at(options: CloudArgs, base_url: String) -> anyhow::Result<Arc<Self>> {
        let temporary = options.memory.then(TempDir::new).transpose()?;
        let folder = temporary.as_ref().map_or(options.data.clone(), |folder| folder.path().to_owned());
        if options.reset && !options.memory && folder.exists() {
            // Only what is ours: a mistyped --data must not cost anyone a folder.
            for name in ["demo.sqlite", "demo.sqlite-wal", "demo.sqlite-shm"] {
                let file = folder.join(name);
                if file.exists() {
                    std::fs::remove_file(file)?;
                }
            }
            glance::reset(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        let db = if options.memory { Db::in_memory()? } else { Db::open(&folder.join("demo.sqlite"))? };
        let site = Site::new(&options.dist, options.config.as_deref(), std::slice::from_ref(&base_url))?;
        let app = Arc::new(Self { options, db, folder, site, base_url, _temporary: temporary });
        app.prepare()?;
        Ok(app)
    }

    fn prepare(self: &Arc<Self>) -> anyhow::Result<()> {
        for schema in [keystone::SCHEMA, glance::SCHEMA, nova::SCHEMA, neutron::SCHEMA, cinder::SCHEMA] {
            self.db.write_now::<_, rusqlite::Error>(|tx| tx.execute_batch(schema))?;
        }
        let seeded = self
            .db
            .read_now(|c| c.query_row("SELECT count(*) > 0 FROM users", [], |row| row.get::<_, bool>(0)))?;
        let version: i64 = self.db.read_now(|c| c.query_row("PRAGMA user_version", [], |row| row.get(0)))?;
        if seeded && version != DATA_VERSION {
            let place = self.folder.display();
            anyhow::bail!("{place} was made by another version of the demo cloud; start once with --reset");
        }
        if !seeded {
            let images = glance::seed_files(self)?;
            // One transaction: a start that is killed half way is seeded anew on the next.
            self.db.write_now::<_, rusqlite::Error>(|tx| {
                keystone::seed(tx)?;
                glance::seed(tx, &images)?;
                neutron::seed(tx)?;
                cinder::seed(tx)?;
                nova::seed(tx)?;
                tx.pragma_update(None, "user_version", DATA_VERSION)
            })?;
        }
        glance::bulk(self, self.options.images)?;
        glance::resume(self)?;
        Ok(())
    }

    /// The address of a service, as the catalog gives it, without the version: `http://127.0.0.1:5050/compute`.
    pub fn url(&self, service: Service) -> String {
        format!("{}{}", self.base_url, service.prefix())
    }

    /// How long a client may pause within a request.
    pub fn patience(&self) -> Duration {
        Duration::from_secs(self.options.patience)
    }

    /// The address of the server itself.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }
}
