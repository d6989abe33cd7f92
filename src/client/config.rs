//! Reads the operator's files, which lie beside `index.html`.

use gloo_net::http::RequestBuilder;

/// The text of a file such as `config.json`, or why it can't be had.
///
/// # Errors
/// The status code or the browser's words, for the operator.
pub async fn fetch_beside(name: &str) -> Result<String, String> {
    let response = RequestBuilder::new(&format!("{}{name}", app_base()))
        .send()
        .await
        .map_err(|error| error.to_string())?;
    if !response.ok() {
        return Err(format!("HTTP {}", response.status()));
    }
    response.text().await.map_err(|error| error.to_string())
}

/// The path that the app is served under, with a slash at its end: Trunk writes it into the page (`pattern_script` in Trunk.toml).
pub fn app_base() -> String {
    let document = web_sys::window().and_then(|window| window.document());
    let meta = document.and_then(|document| document.query_selector("meta[name=sextant-app]").ok().flatten());
    meta.and_then(|meta| meta.get_attribute("data-base")).unwrap_or_else(|| "/".to_owned())
}
