//! Images that Nova makes of its servers.

use std::fs::File;
use std::sync::Arc;

use md5::{Digest, Md5};
use rusqlite::Transaction;
use serde_json::{Map, Value};
use sha2::Sha512;

use super::files;
use super::image::{self, Image};
use crate::error::Refusal;
use crate::state::App;
use crate::{clock, ids};

/// What Nova says of a snapshot to be made.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// The new image's name.
    pub name: String,
    /// The project that owns it.
    pub owner: String,
    /// Its disk format.
    pub disk_format: String,
    /// In GiB.
    pub min_disk: i64,
    /// In MiB.
    pub min_ram: i64,
    /// `base_image_ref`, `image_type` and so on; values are strings.
    pub properties: Map<String, Value>,
}

/// Makes the queued image of a snapshot, private, as Nova does.
pub fn begin_snapshot(tx: &Transaction, snapshot: Snapshot) -> Result<Image, Refusal> {
    let now = clock::now();
    let image = Image {
        id: ids::uuid(),
        name: Some(snapshot.name),
        owner: Some(snapshot.owner),
        visibility: "private".into(),
        status: "queued".into(),
        disk_format: Some(snapshot.disk_format),
        container_format: Some("bare".into()),
        min_disk: snapshot.min_disk,
        min_ram: snapshot.min_ram,
        properties: snapshot.properties,
        created_at: now,
        updated_at: now,
        ..Image::default()
    };
    image.insert(tx)?;
    Ok(image)
}

/// Makes the image of a server that runs from volumes: active, and empty, as its data are Cinder's snapshots.
pub fn empty_snapshot(app: &App, tx: &Transaction, snapshot: Snapshot) -> Result<Image, Refusal> {
    let mut image = begin_snapshot(tx, snapshot)?;
    File::create(files::path(app, files::STORES[0], &image.id))?;
    image.status = "active".into();
    image.size = Some(0);
    image.checksum = Some(hex(&Md5::digest(b"")));
    image.os_hash_algo = Some("sha512".into());
    image.os_hash_value = Some(hex(&Sha512::digest(b"")));
    image.stores = vec![files::STORES[0].into()];
    image.save(tx)?;
    Ok(image)
}

fn hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Gives a snapshot the bytes of the server's base image and makes it active; does nothing when it was deleted meanwhile.
///
/// A demo server has no disk of its own that could have changed.
pub async fn finish_snapshot(app: &Arc<App>, id: &str, base: &str) -> Result<(), Refusal> {
    let temporary = files::temporary(app);
    let find = base.to_owned();
    let base = app.db.read(move |c| image::find(c, &find)).await?;
    let source = base.as_ref().and_then(|base| Some((base, base.stores.first()?)));
    let Some((base, store)) = source else {
        return Err(Refusal::internal("the base image of a snapshot is gone"));
    };
    tokio::fs::copy(files::path(app, store, &base.id), &temporary).await?;
    let target = files::path(app, files::STORES[0], id);
    let (from, to) = (temporary.clone(), target.clone());
    tokio::task::spawn_blocking(move || files::publish(&from, &to)).await.map_err(Refusal::internal)??;
    let (id, base) = (id.to_owned(), base.clone());
    let kept = app
        .db
        .write(move |tx| -> Result<bool, Refusal> {
            let Some(mut image) = image::find(tx, &id)? else { return Ok(false) };
            image.status = "active".into();
            image.disk_format = base.disk_format.clone();
            image.size = base.size;
            image.virtual_size = base.virtual_size;
            image.checksum = base.checksum.clone();
            image.os_hash_algo = base.os_hash_algo.clone();
            image.os_hash_value = base.os_hash_value.clone();
            image.stores = vec![files::STORES[0].into()];
            image.save(tx)?;
            Ok(true)
        })
        .await?;
    if !kept {
        files::remove(&target);
    }
    Ok(())
}
