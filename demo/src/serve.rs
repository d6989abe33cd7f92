//! Serving connections: HTTP/1.1, with an end to the patience for clients that never finish what they say.

use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;

/// How long a client may pause, where nobody says otherwise.
pub const PATIENCE: Duration = Duration::from_secs(60);
// The web servers in front of real services take 8 to 64 KiB of headers; a token needs one.
const MOST_HEADERS: usize = 64 << 10;

/// Serves for ever. `axum::serve` would do the same, but waits without end for headers that do not come, and takes a
/// client that closes its sending half for one that is gone.
pub async fn serve(listener: TcpListener, router: Router, patience: Duration) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(patience).half_close(true).max_buf_size(MOST_HEADERS);
    loop {
        let socket = match listener.accept().await {
            Ok((socket, _)) => socket,
            Err(error) => {
                // Out of file handles, most likely: others will be closed soon.
                tracing::warn!("cannot accept a connection: {error}");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        // Only a matter of speed.
        let _ = socket.set_nodelay(true);
        let connection =
            http.serve_connection(TokioIo::new(socket), TowerToHyperService::new(router.clone()));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!("a connection ended badly: {error}");
            }
        });
    }
}
