//! Reads `config.json`, which lies beside `index.html`.

use gloo_net::http::RequestBuilder;

/// The text of `config.json`, or why it can't be had.
///
/// # Errors
/// The status code or the browser's words, for the operator.
pub async fn fetch_config() -> Result<String, String> {
    let base = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.base_uri().ok().flatten())
        .unwrap_or_default();
    let url = web_sys::Url::new_with_base("config.json", &base).map_err(|_| "bad base address".to_owned())?.href();
    let response = RequestBuilder::new(&url).send().await.map_err(|error| error.to_string())?;
    if !response.ok() {
        return Err(format!("HTTP {}", response.status()));
    }
    response.text().await.map_err(|error| error.to_string())
}
