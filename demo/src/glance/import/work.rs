//! An import's work: get the bytes, judge them, put them into each store.

use std::fs::File;
use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use tokio::task::spawn_blocking;

use super::fetch::{fetch, tell};
use super::{FAILED, IMPORTING, Job, LOCK, Source};
use crate::error::Refusal;
use crate::glance::files;
use crate::glance::image::{self, Image};
use crate::glance::intake::{Intake, Received};
use crate::glance::tasks;
use crate::glance::verdict::{self, Verdict};
use crate::state::App;

// Long enough for a client to see the image on its way, as on a real cloud.
const START: Duration = Duration::from_millis(300);
const CHUNK: usize = 256 << 10;

/// Runs to the end, well or badly.
pub async fn run(app: Arc<App>, job: Job) {
    tokio::time::sleep(START).await;
    tell(&app, &job.task, 0).await;
    let result = match &job.source {
        Source::Copy => copy(&app, &job).await,
        Source::Web(uri) => match fetch(&app, &job.task, uri).await {
            Ok(received) => store(&app, &job, received).await,
            Err(why) => Err(why),
        },
        Source::Staged => match staged(&app, &job).await {
            Ok(received) => store(&app, &job, received).await,
            Err(why) => Err(why),
        },
    };
    if let Err(why) = &result {
        tracing::info!("import of image {} failed: {why}", job.image);
    }
    let ended = app.db.write(move |tx| -> Result<(), Refusal> {
        match result {
            Ok(()) => Ok(tasks::succeed(tx, &job.task, &job.image)?),
            Err(_) => {
                let failed = job.stores.join(",");
                // Only the fetching from elsewhere is undone by Glance; what was staged stays "importing" for good.
                let is_undone = !matches!(job.source, Source::Staged);
                change(tx, &job.image, |image| {
                    image.properties.insert(IMPORTING.into(), "".into());
                    image.properties.insert(FAILED.into(), failed.into());
                    image.properties.shift_remove(LOCK);
                    if is_undone && image.status == "importing" {
                        image.status = "queued".into();
                        image.size = None;
                        image.virtual_size = None;
                    }
                })?;
                Ok(tasks::fail(tx, &job.task)?)
            }
        }
    });
    if let Err(refusal) = ended.await {
        tracing::error!("an import's end is not noted: {}", refusal.message);
    }
}

fn change(tx: &rusqlite::Transaction, id: &str, edit: impl FnOnce(&mut Image)) -> Result<bool, Refusal> {
    let Some(mut image) = image::find(tx, id)? else { return Ok(false) };
    edit(&mut image);
    image.save(tx)?;
    Ok(true)
}

/// The staged bytes, hashed.
async fn staged(app: &Arc<App>, job: &Job) -> Result<Received, String> {
    let path = files::staged(app, &job.image);
    let intake = Intake::start(files::temporary(app), app.options.image_size_cap);
    let (parts, mut chunks) = tokio::sync::mpsc::channel::<Bytes>(4);
    let reading = {
        let path = path.clone();
        spawn_blocking(move || -> std::io::Result<()> {
            let mut file = File::open(path)?;
            loop {
                let mut chunk = vec![0; CHUNK];
                let read = file.read(&mut chunk)?;
                chunk.truncate(read);
                if read == 0 || parts.blocking_send(chunk.into()).is_err() {
                    return Ok(());
                }
            }
        })
    };
    while let Some(chunk) = chunks.recv().await {
        if !intake.send(chunk).await {
            break;
        }
    }
    let read = reading.await.map_err(|error| error.to_string())?;
    read.map_err(|error| error.to_string())?;
    let received = intake.finish().await.map_err(|failure| format!("{failure:?}"))?;
    files::remove(&path);
    Ok(received)
}

/// Judges the bytes and puts them into every store; the image is active once the first has them.
async fn store(app: &Arc<App>, job: &Job, received: Received) -> Result<(), String> {
    let (app, job) = (app.clone(), job.clone());
    let work = move || -> Result<(), String> {
        let text = |refusal: Refusal| refusal.message;
        let image = app.db.read_now(|c| image::find(c, &job.image)).map_err(|error| error.to_string())?;
        let Some(image) = image else {
            files::remove(&received.path);
            return Err("the image was deleted".into());
        };
        let judged = verdict::judge(&received.path, received.size, &image);
        let Ok(Verdict::Accepted { virtual_size }) = judged else {
            files::remove(&received.path);
            return Err("the content is not of the declared format".into());
        };
        let last = job.stores.len() - 1;
        for (index, store) in job.stores.iter().enumerate() {
            let target = files::path(&app, store, &job.image);
            let placed = if index == last {
                files::publish(&received.path, &target)
            } else {
                duplicate(&app, &received.path, &target)
            };
            placed.map_err(|error| error.to_string())?;
            let kept = app.db.write_now(|tx| {
                change(tx, &job.image, |image| {
                    image.status = "active".into();
                    image.checksum = Some(received.md5.clone());
                    image.os_hash_algo = Some("sha512".into());
                    image.os_hash_value = Some(received.sha512.clone());
                    image.size = i64::try_from(received.size).ok();
                    image.virtual_size = virtual_size.and_then(|size| i64::try_from(size).ok());
                    arrived(image, store, &job.stores[index + 1..]);
                })
            });
            if !kept.map_err(text)? {
                files::remove(&target);
                return Err("the image was deleted".into());
            }
        }
        Ok(())
    };
    spawn_blocking(work).await.map_err(|error| error.to_string())?
}

/// From a store that has the image to those that lack it.
async fn copy(app: &Arc<App>, job: &Job) -> Result<(), String> {
    let (app, job) = (app.clone(), job.clone());
    let work = move || -> Result<(), String> {
        let image = app.db.read_now(|c| image::find(c, &job.image)).map_err(|error| error.to_string())?;
        let source = image.as_ref().and_then(|image| image.stores.first());
        let source =
            source.map(|store| files::path(&app, store, &job.image)).ok_or("the image has no bytes")?;
        if job.stores.is_empty() {
            let done = app.db.write_now(|tx| {
                change(tx, &job.image, |image| {
                    image.properties.insert(IMPORTING.into(), "".into());
                    image.properties.shift_remove(LOCK);
                })
            });
            return done.map(drop).map_err(|refusal| refusal.message);
        }
        for (index, store) in job.stores.iter().enumerate() {
            let target = files::path(&app, store, &job.image);
            let placed = duplicate(&app, &source, &target);
            match placed {
                Err(error) if job.all_must_succeed => return Err(error.to_string()),
                Err(error) => tracing::warn!("copy to {store}: {error}"),
                Ok(()) => {
                    let kept = app.db.write_now(|tx| {
                        change(tx, &job.image, |image| arrived(image, store, &job.stores[index + 1..]))
                    });
                    if !kept.map_err(|refusal| refusal.message)? {
                        files::remove(&target);
                        return Err("the image was deleted".into());
                    }
                }
            }
        }
        Ok(())
    };
    spawn_blocking(work).await.map_err(|error| error.to_string())?
}

/// Notes a copy; the lock goes with the last.
fn arrived(image: &mut Image, store: &str, rest: &[String]) {
    if !image.stores.iter().any(|have| have == store) {
        image.stores.push(store.to_owned());
    }
    image.properties.insert(IMPORTING.into(), rest.join(",").into());
    if rest.is_empty() {
        image.properties.shift_remove(LOCK);
    }
}

fn duplicate(app: &App, from: &std::path::Path, to: &std::path::Path) -> std::io::Result<()> {
    let temporary = files::temporary(app);
    std::fs::copy(from, &temporary)?;
    files::publish(&temporary, to)
}
