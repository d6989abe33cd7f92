//! Requests as values: what to send, and how to read the answer. Only `client` performs one.
//!
//! `path` begins with the version segment, as in the API reference (`/v2/images`, `/v2.1/servers`, `/v3/auth/tokens`);
//! `catalog::endpoint_url` drops it where the endpoint's own URL already has one.

use crate::openstack::{
    error::{ApiError, Fault},
    secret::Secret,
};
use serde::{Serialize, de::DeserializeOwned};
use std::fmt;

/// A service of the catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Service {
    /// Keystone v3.
    Identity,
    /// Glance v2.
    Image,
    /// Nova v2.1.
    Compute,
    /// Neutron v2.0.
    Network,
    /// Cinder v3.
    BlockStorage,
}

impl Service {
    /// The official service type, and the name in `OpenStack-API-Version`.
    pub fn official_type(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Image => "image",
            Self::Compute => "compute",
            Self::Network => "network",
            Self::BlockStorage => "block-storage",
        }
    }

    /// Cinder's microversion header uses its old name.
    fn microversion_name(self) -> &'static str {
        match self {
            Self::BlockStorage => "volume",
            other => other.official_type(),
        }
    }
}

/// An HTTP method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// Read.
    Get,
    /// Create or act.
    Post,
    /// Replace.
    Put,
    /// Change in part.
    Patch,
    /// Delete.
    Delete,
}

impl Method {
    /// The method as HTTP writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// Whether sending it twice does no harm: only such a request is repeated by itself.
    pub fn is_safe(self) -> bool {
        self == Self::Get
    }
}

/// What a service answered, whatever the status.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers that the browser lets us see, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body as text.
    pub body: String,
}

impl Answer {
    /// An answer; header names may come in any case.
    pub fn new(
        status: u16,
        headers: impl IntoIterator<Item = (String, String)>,
        body: impl Into<String>,
    ) -> Self {
        let headers = headers.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
        Self { status, headers, body: body.into() }
    }

    /// A header by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether the service did what was asked. Services list their versions with 300.
    pub fn is_success(&self) -> bool {
        (200..=300).contains(&self.status)
    }
}

/// Headers and body may hold a token, so neither is printed.
impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answer {{ status: {}, body: {} bytes }}", self.status, self.body.len())
    }
}

/// How an answer becomes a value.
pub type Decode<T> = fn(&Answer) -> Result<T, ApiError>;

/// A request for a `T`.
pub struct Request<T> {
    /// To whom.
    pub service: Service,
    /// How.
    pub method: Method,
    /// The path from the version segment on, already percent-encoded (see `segment`).
    pub path: String,
    /// Query pairs, not yet encoded.
    pub query: Vec<(String, String)>,
    /// The body, if any.
    pub body: Option<String>,
    /// The body's media type.
    pub content_type: Option<&'static str>,
    /// The microversion that the answer's shape needs.
    pub microversion: Option<&'static str>,
    /// Further headers; an `X-Auth-Token` here is used instead of the session's.
    pub headers: Vec<(&'static str, Secret)>,
    /// Sent without any token: the way to get one.
    pub is_anonymous: bool,
    decode: Decode<T>,
}

impl<T: DeserializeOwned> Request<T> {
    /// Reads a `T` from JSON.
    pub fn get(service: Service, path: impl Into<String>) -> Self {
        Self::new(service, Method::Get, path.into(), decode_json)
    }

    /// Creates or acts; the answer is JSON.
    pub fn post(service: Service, path: impl Into<String>) -> Self {
        Self::new(service, Method::Post, path.into(), decode_json)
    }

    /// Replaces; the answer is JSON.
    pub fn put(service: Service, path: impl Into<String>) -> Self {
        Self::new(service, Method::Put, path.into(), decode_json)
    }

    /// Changes in part; the answer is JSON.
    pub fn patch(service: Service, path: impl Into<String>) -> Self {
        Self::new(service, Method::Patch, path.into(), decode_json)
    }
}

impl Request<()> {
    /// Deletes; the answer has no body.
    pub fn delete(service: Service, path: impl Into<String>) -> Self {
        Self::new(service, Method::Delete, path.into(), |_| Ok(()))
    }
}

impl<T> Request<T> {
    fn new(service: Service, method: Method, path: String, decode: Decode<T>) -> Self {
        Self {
            service,
            method,
            path,
            query: Vec::new(),
            body: None,
            content_type: None,
            microversion: None,
            headers: Vec::new(),
            is_anonymous: false,
            decode,
        }
    }

    /// Reads the answer in another way than plain JSON.
    pub fn decoded_by<U>(self, decode: Decode<U>) -> Request<U> {
        Request {
            service: self.service,
            method: self.method,
            path: self.path,
            query: self.query,
            body: self.body,
            content_type: self.content_type,
            microversion: self.microversion,
            headers: self.headers,
            is_anonymous: self.is_anonymous,
            decode,
        }
    }

    /// Takes no notice of the answer's body.
    pub fn no_answer(self) -> Request<()> {
        self.decoded_by(|_| Ok(()))
    }

    /// Adds a query pair.
    pub fn query(mut self, key: impl Into<String>, value: impl ToString) -> Self {
        self.query.push((key.into(), value.to_string()));
        self
    }

    /// Adds a query pair if there is a value.
    pub fn query_opt(self, key: &str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.query(key, value),
            None => self,
        }
    }

    /// Sets a JSON body.
    pub fn json(self, body: &impl Serialize) -> Self {
        self.json_as("application/json", body)
    }

    /// Sets a JSON body with a media type of its own.
    pub fn json_as(mut self, content_type: &'static str, body: &impl Serialize) -> Self {
        // Our own structs and maps with string keys always serialize; were that ever untrue, the service says so.
        self.body = Some(serde_json::to_string(body).unwrap_or_default());
        self.content_type = Some(content_type);
        self
    }

    /// Asks for a microversion.
    pub fn microversion(mut self, version: &'static str) -> Self {
        self.microversion = Some(version);
        self
    }

    /// Adds a header.
    pub fn header(mut self, name: &'static str, value: Secret) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Sent with this token instead of the session's.
    pub fn with_token(self, token: &Secret) -> Self {
        self.header("X-Auth-Token", token.clone())
    }

    /// Sent without any token.
    pub fn anonymous(mut self) -> Self {
        self.is_anonymous = true;
        self
    }

    /// The path with the query, percent-encoded.
    pub fn path_and_query(&self) -> String {
        let mut url = self.path.clone();
        for (at, (key, value)) in self.query.iter().enumerate() {
            url.push(if at == 0 { '?' } else { '&' });
            url.push_str(&percent_encode(key));
            url.push('=');
            url.push_str(&percent_encode(value));
        }
        url
    }

    /// All headers but the session's token. `Accept` is exactly `application/json`: for anything else the services
    /// answer errors in HTML.
    pub fn header_pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = vec![("Accept", "application/json".to_owned())];
        if let Some(content_type) = self.content_type {
            pairs.push(("Content-Type", content_type.to_owned()));
        }
        if let Some(version) = self.microversion {
            pairs.push(("OpenStack-API-Version", format!("{} {version}", self.service.microversion_name())));
        }
        pairs.extend(self.headers.iter().map(|(name, value)| (*name, value.reveal().to_owned())));
        pairs
    }

    /// The same request, answered by the answer itself. What is asynchronous works on this one type: a copy of it for each
    /// kind of answer would be a fifth of the download.
    pub fn raw(&self) -> Request<Answer> {
        self.clone().decoded_by(|answer| Ok(answer.clone()))
    }

    /// Whether the client must add the session's token.
    pub fn wants_session_token(&self) -> bool {
        !self.is_anonymous && !self.headers.iter().any(|(name, _)| *name == "X-Auth-Token")
    }

    /// Reads the answer: a refusal, or a `T`.
    pub fn decode(&self, answer: &Answer) -> Result<T, ApiError> {
        if !answer.is_success() {
            return Err(Fault::parse(self.service, answer).into());
        }
        (self.decode)(answer)
    }
}

impl<T> Clone for Request<T> {
    fn clone(&self) -> Self {
        Self {
            service: self.service,
            method: self.method,
            path: self.path.clone(),
            query: self.query.clone(),
            body: self.body.clone(),
            content_type: self.content_type,
            microversion: self.microversion,
            headers: self.headers.clone(),
            is_anonymous: self.is_anonymous,
            decode: self.decode,
        }
    }
}

/// The body may hold a password (sign-in) or user data, so only its length is printed.
impl<T> fmt::Debug for Request<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?} {}", self.method.as_str(), self.service, self.path_and_query())?;
        match &self.body {
            Some(body) => write!(f, " ({} bytes)", body.len()),
            None => Ok(()),
        }
    }
}

/// Reads JSON; says where it broke, never what it read (an answer may hold a token).
pub fn decode_json<T: DeserializeOwned>(answer: &Answer) -> Result<T, ApiError> {
    serde_json::from_str(&answer.body).map_err(|problem| {
        let kind = std::any::type_name::<T>().rsplit("::").next().unwrap_or_default();
        let (line, column) = (problem.line(), problem.column());
        ApiError::Decode { what: format!("{kind}: {:?} at {line}:{column}", problem.classify()) }
    })
}

/// One segment of a path. An id comes from a URL that anybody may have written: `/` and `..` must not leave the segment.
pub fn segment(text: impl AsRef<str>) -> String {
    match text.as_ref() {
        // Browsers resolve `%2E%2E` like `..`; encoded twice it reaches the service as a name that doesn't exist.
        "." => "%252E".to_owned(),
        ".." => "%252E%252E".to_owned(),
        text => percent_encode(text),
    }
}

/// Everything but RFC 3986's unreserved characters becomes `%XX`.
pub fn percent_encode(text: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push(char::from(HEX[usize::from(byte >> 4)]));
            encoded.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    encoded
}

/// Undoes `percent_encode`; `+` is a space, and what isn't valid stays as it is.
pub fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    let hex = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    while at < bytes.len() {
        match (bytes[at], hex(at + 1), hex(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                decoded.push((high * 16 + low) as u8);
                at += 3;
            }
            (b'+', ..) => {
                decoded.push(b' ');
                at += 1;
            }
            (byte, ..) => {
                decoded.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests;
