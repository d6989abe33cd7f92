//! Reading what is left of a request that was refused early.
//!
//! A connection that is closed on unread bytes is reset, and a browser then shows "status 0" in place of the answer. The
//! real services sit behind servers that read on; so do we, up to a point.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use futures_util::stream::Fuse;
use futures_util::{StreamExt, stream};
use tokio::sync::Mutex;
use tokio::time::timeout;

const MOST: Duration = Duration::from_secs(20);
const LIMIT: usize = 4 << 30;

/// The other end of a request's body.
pub struct Rest(Arc<Mutex<Fuse<BodyDataStream>>>, Duration);

/// A body that the handler may leave half read. Whoever sends nothing for so long has gone away without a word.
pub fn share(body: Body, patience: Duration) -> (Body, Rest) {
    // Fused: the handler may have read to the end already.
    let shared = Arc::new(Mutex::new(body.into_data_stream().fuse()));
    let parts = stream::unfold(shared.clone(), move |shared| async move {
        let next = timeout(patience, async { shared.lock().await.next().await }).await;
        let part =
            next.unwrap_or_else(|_| Some(Err(axum::Error::new(io::Error::from(io::ErrorKind::TimedOut)))));
        Some((part?, shared))
    });
    (Body::from_stream(parts), Rest(shared, patience))
}

impl Rest {
    /// Reads to the end, or until it takes too long.
    pub async fn drain(self) {
        let mut stream = self.0.lock().await;
        let reading = async {
            let mut read = 0;
            while let Some(Ok(bytes)) = stream.next().await {
                read += bytes.len();
                if read > LIMIT {
                    break;
                }
            }
        };
        // Whoever is still sending after that gets a reset connection, as from any server.
        let _ = timeout(MOST.min(self.1), reading).await;
    }
}
