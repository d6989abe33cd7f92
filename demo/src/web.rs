//! The built app, as a production web server should serve it: single-page fallback, precompressed files, caching by name,
//! and a Content-Security-Policy as narrow as the configuration allows.

use std::path::{Path, PathBuf};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tower::ServiceExt;
use tower_http::services::{ServeDir, ServeFile};

/// Where the app is and what it may call.
#[derive(Debug, Clone)]
pub struct Site {
    dist: PathBuf,
    config: PathBuf,
    policy: HeaderValue,
}

impl Site {
    /// The app in `dist`, with a configuration of its own or another, allowed to call these origins besides its own.
    pub fn new(dist: &Path, config: Option<&Path>, origins: &[String]) -> anyhow::Result<Self> {
        let config = config.map_or_else(|| dist.join("config.json"), Path::to_owned);
        Ok(Self { dist: dist.to_owned(), config, policy: HeaderValue::from_str(&policy(origins))? })
    }

    /// The site as a router of its own.
    pub fn router(self) -> Router {
        Router::new().fallback(move |request: Request| {
            let site = self.clone();
            async move { site.serve(request).await }
        })
    }

    /// Answers for one path.
    pub async fn serve(&self, request: Request) -> Response {
        let path = request.uri().path().to_owned();
        if !self.dist.join("index.html").is_file() {
            let hint = "The app is not built. `cargo xtask dist` builds it; the services answer below /identity, /image, \
                        /compute and /networking.\n";
            return (StatusCode::NOT_FOUND, hint).into_response();
        }
        let file = path.rsplit('/').next().unwrap_or("");
        let wants_page = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
        let wants_page = wants_page.is_some_and(|accept| accept.contains("text/html"));
        let headers = request.headers().clone();
        let mut response = if path == "/config.json" {
            ServeFile::new(&self.config).oneshot(request).await.into_response()
        } else if file.contains('.') {
            self.files().oneshot(request).await.into_response()
        } else {
            self.page(headers.clone()).await
        };
        // A route may hold a dot too: whoever asks for a page gets one.
        if response.status() == StatusCode::NOT_FOUND && wants_page && path != "/config.json" {
            response = self.page(headers).await;
        }
        self.dress(file, &mut response);
        response
    }

    /// Every route of the app is the same page. The address may hold anything: it names no file.
    async fn page(&self, headers: HeaderMap) -> Response {
        let mut request = Request::new(Body::empty());
        *request.headers_mut() = headers;
        let index = ServeFile::new(self.dist.join("index.html")).precompressed_br().precompressed_gzip();
        index.oneshot(request).await.into_response()
    }

    fn files(&self) -> ServeDir {
        ServeDir::new(&self.dist)
            .precompressed_br()
            .precompressed_gzip()
            .append_index_html_on_directories(false)
    }

    fn dress(&self, file: &str, response: &mut Response<Body>) {
        let cache = if response.status().is_success() && is_hashed(file) {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        };
        let headers: &mut HeaderMap = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
        headers.insert(header::CONTENT_SECURITY_POLICY, self.policy.clone());
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
        headers.append(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    }
}

fn policy(origins: &[String]) -> String {
    let connect: String =
        origins.iter().filter_map(|origin| origin_of(origin)).map(|origin| format!(" {origin}")).collect();
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; font-src \
         'self'; connect-src 'self'{connect}; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    )
}

/// Scheme, host and port of an address; nothing that could end a directive.
fn origin_of(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.split('/').next().filter(|host| !host.is_empty())?;
    let plain = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "-._:[]".contains(c));
    (matches!(scheme, "http" | "https") && plain(host)).then(|| format!("{scheme}://{host}"))
}

/// Trunk puts a hash into the names of what it builds: such a file never changes. It is longer than the last group of an
/// image's id, whose address gets the page.
fn is_hashed(file: &str) -> bool {
    let hash = |part: &str| part.len() == 16 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    file.split(['-', '.', '_']).any(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_with_a_hash_are_kept_for_ever() {
        for (file, kept) in [
            ("sextant-0123456789abcdef.js", true),
            ("sextant-0123456789abcdef_bg.wasm", true),
            ("index.html", false),
            ("6f1c0e9a-5d2f-4b0e-9a53-0123456789ab", false),
            ("config.json", false),
            ("facade.css", false),
        ] {
            assert_eq!(is_hashed(file), kept, "{file}");
        }
    }

    #[tokio::test]
    async fn routes_get_the_page_and_missing_files_a_404() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("index.html"), "page").expect("a file");
        let site = Site::new(folder.path(), None, &[]).expect("a site");
        for (path, accept, status) in [
            ("/", "*/*", 200),
            ("/images/x", "*/*", 200),
            ("/missing.js", "*/*", 404),
            ("/instances/my.server", "text/html,*/*", 200),
            ("/../../etc/passwd.txt", "*/*", 404),
            ("/config.json", "text/html", 404),
        ] {
            let request = Request::get(path).header("accept", accept).body(Body::empty()).expect("a request");
            assert_eq!(site.serve(request).await.status().as_u16(), status, "{path}");
        }
    }

    #[test]
    fn an_origin_cannot_smuggle_a_directive_in() {
        let policy = policy(&["http://127.0.0.1:5000/v3".into(), "http://x; script-src *".into()]);
        assert!(policy.contains("connect-src 'self' http://127.0.0.1:5000;"));
        assert!(!policy.contains('*'));
    }
}
