//! The images of a fresh demo cloud: those of `openstack/seed.py`, and more.

use std::fs;

use md5::{Digest, Md5};
use rusqlite::{Transaction, params};
use serde_json::{Map, Value, json};
use sha2::Sha512;

use super::files::{self, STORES};
use super::image::Image;
use super::metadefs;
use crate::keystone::hex;
use crate::state::App;
use crate::{clock, disks, ids};

mod catalogue;

use catalogue::{MORE, SAME, Seed};

const MIB: u64 = 1 << 20;
const MINUTE: i64 = 60 * clock::SECOND;
const BULK_SIZE: usize = 64 << 10;

/// Makes the folders and the seeded images' bytes, and gives the rows that go with them.
pub fn seed_files(app: &App) -> anyhow::Result<Vec<Image>> {
    files::reset(&app.folder)?;
    files::prepare(&app.folder)?;
    let start = clock::now() - MINUTE * (SAME.len() + MORE.len()) as i64;
    let mut images = Vec::new();
    for (index, seed) in all().enumerate() {
        let bytes = if seed.status == "queued" { None } else { Some(bytes(seed)) };
        let id = ids::stable_uuid("image", seed.name);
        match (&bytes, seed.status) {
            (None, _) => {}
            (Some(bytes), "uploading") => fs::write(files::staged(app, &id), bytes)?,
            (Some(bytes), _) => fs::write(files::path(app, STORES[0], &id), bytes)?,
        }
        images.push(image(seed, id, bytes.as_deref(), start + MINUTE * index as i64));
    }
    Ok(images)
}

/// Notes the seeded images, their members and a task.
pub fn seed(tx: &Transaction, images: &[Image]) -> rusqlite::Result<()> {
    for image in images {
        image.insert(tx)?;
    }
    let start = images.first().map_or(0, |image| image.created_at);
    for (name, status) in [("bob-shared-with-alice", "accepted"), ("bob-share-pending", "pending")] {
        tx.execute(
            "INSERT INTO image_members VALUES (?, ?, ?, ?4, ?4)",
            params![ids::stable_uuid("image", name), ids::project("demo"), status, start],
        )?;
    }
    metadefs::seed(tx)?;
    import_task(tx, "alice-web-download", start)
}

/// Makes `bulk-…` images up to this many. Their bytes are links to one file: ten thousand in a moment.
pub fn bulk(app: &App, count: u32) -> anyhow::Result<()> {
    let data = vec![6; BULK_SIZE];
    let (md5, sha512) = (hex(&Md5::digest(&data)), hex(&Sha512::digest(&data)));
    let id = |index: u32| ids::stable_uuid("bulk", &index.to_string());
    let first = files::path(app, STORES[0], &id(0));
    if count > 0 && !first.exists() {
        fs::write(&first, &data)?;
    }
    for index in 1..count {
        let path = files::path(app, STORES[0], &id(index));
        // A file system has a limit on links.
        if !path.exists() && fs::hard_link(&first, &path).is_err() {
            fs::write(&path, &data)?;
        }
    }
    let now = clock::now();
    app.db.write_now::<_, rusqlite::Error>(|tx| {
        for index in 0..count {
            let id = id(index);
            if tx.prepare_cached("SELECT 1 FROM images WHERE id = ?")?.exists([&id])? {
                continue;
            }
            let made = now - MINUTE * i64::from(count - index);
            Image {
                id,
                name: Some(format!("bulk-{index:05}")),
                owner: Some(ids::project("demo")),
                visibility: "shared".into(),
                status: "active".into(),
                disk_format: Some("raw".into()),
                container_format: Some("bare".into()),
                min_disk: i64::from(index % 40),
                min_ram: i64::from(index % 8) * 256,
                size: Some(BULK_SIZE as i64),
                virtual_size: Some(BULK_SIZE as i64),
                checksum: Some(md5.clone()),
                os_hash_algo: Some("sha512".into()),
                os_hash_value: Some(sha512.clone()),
                created_at: made,
                updated_at: made,
                tags: vec!["bulk".into()],
                stores: vec![STORES[0].into()],
                ..Image::default()
            }
            .insert(tx)?;
        }
        Ok(())
    })?;
    Ok(())
}

fn all() -> impl Iterator<Item = &'static Seed> {
    SAME.iter().chain(&MORE)
}

fn bytes(seed: &Seed) -> Vec<u8> {
    let mark = seed.name.bytes().fold(0_u8, u8::wrapping_add) | 1;
    disks::make(seed.format, seed.disk * MIB, mark).unwrap_or_default()
}

fn image(seed: &Seed, id: String, bytes: Option<&[u8]>, at: i64) -> Image {
    let owned = matches!(seed.format, "ami" | "aki" | "ari");
    let mut image = Image {
        id,
        name: Some(seed.name.into()),
        owner: Some(ids::project(seed.owner)),
        visibility: seed.visibility.into(),
        status: seed.status.into(),
        disk_format: Some(seed.format.into()),
        container_format: Some(if owned { seed.format.into() } else { "bare".into() }),
        min_disk: seed.needs.0,
        min_ram: seed.needs.1,
        protected: seed.protected,
        os_hidden: seed.hidden,
        created_at: at,
        updated_at: at,
        properties: properties(seed),
        tags: seed.tags.split_whitespace().map(str::to_owned).collect(),
        ..Image::default()
    };
    let Some(bytes) = bytes else { return image };
    image.size = Some(bytes.len() as i64);
    if seed.status == "uploading" {
        return image;
    }
    image.virtual_size = match seed.format {
        "ami" | "aki" | "ari" | "ploop" => None,
        "iso" => image.size,
        _ => Some((seed.disk * MIB) as i64),
    };
    image.checksum = Some(hex(&Md5::digest(bytes)));
    image.os_hash_algo = Some("sha512".into());
    image.os_hash_value = Some(hex(&Sha512::digest(bytes)));
    image.stores = vec![STORES[0].into()];
    image
}

fn properties(seed: &Seed) -> Map<String, Value> {
    let mut properties: Map<String, Value> = seed
        .properties
        .split_whitespace()
        .filter_map(|word| word.split_once('='))
        .map(|(key, value)| (key.to_owned(), value.into()))
        .collect();
    if seed.name == "legacy-machine" {
        properties.insert("kernel_id".into(), ids::stable_uuid("image", "legacy-kernel").into());
        properties.insert("ramdisk_id".into(), ids::stable_uuid("image", "legacy-ramdisk").into());
    }
    properties
}

/// The trace of an import that went well.
fn import_task(tx: &Transaction, name: &str, at: i64) -> rusqlite::Result<()> {
    let image = ids::stable_uuid("image", name);
    let input = json!({"image_id": image, "backend": [STORES[0]], "import_req": {"method":
        {"name": "web-download", "uri": "http://127.0.0.1:8097/tiny.qcow2"}}});
    tx.execute(
        "INSERT INTO image_tasks VALUES (?1, 'api_image_import', 'success', ?2, ?3, ?4, ?5, ?6, ?7, 'Copied 0 MiB', ?8, ?8, ?9)",
        params![
            ids::stable_uuid("task", name),
            ids::project("demo"),
            image,
            format!("req-{}", ids::stable_uuid("request", name)),
            ids::user("alice"),
            input.to_string(),
            json!({"image_id": image}).to_string(),
            at,
            at + 48 * 60 * MINUTE,
        ],
    )?;
    Ok(())
}
