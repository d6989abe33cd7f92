//! What can go wrong with a request, and the reading of the services' own words about it.

use crate::openstack::request::{Answer, Service};
use serde_json::Value;
use thiserror::Error;

/// Why a request gave no answer that we can use.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ApiError {
    /// Status 0: the network, CORS or a proxy. The browser doesn't say which.
    #[error("no answer")]
    Offline,
    /// We ended it ourselves.
    #[error("aborted")]
    Aborted,
    /// The catalog has no such service for the region: there is nobody to ask.
    #[error("no {} service", .0.official_type())]
    NoService(Service),
    /// The service refused.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The service answered something that we can't read.
    #[error("unreadable answer: {what}")]
    Decode {
        /// What was being read, and where it broke.
        what: String,
    },
}

impl ApiError {
    /// The service's refusal, if that is what it was.
    pub fn fault(&self) -> Option<&Fault> {
        match self {
            Self::Fault(fault) => Some(fault),
            _ => None,
        }
    }

    /// Whether it says the same: of two refusals each has a request id of its own.
    pub fn is_like(&self, other: &Self) -> bool {
        let plain = |fault: &Fault| Fault { request_id: None, retry_after: None, ..fault.clone() };
        match (self, other) {
            (Self::Fault(one), Self::Fault(other)) => plain(one) == plain(other),
            _ => self == other,
        }
    }

    /// The kind of refusal, if it was one.
    pub fn kind(&self) -> Option<FaultKind> {
        self.fault().map(|fault| fault.kind)
    }
}

/// A refusal by a service, in its own words.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{service:?} {status}: {message}")]
pub struct Fault {
    /// Who refused.
    pub service: Service,
    /// The HTTP status.
    pub status: u16,
    /// What the status means to us.
    pub kind: FaultKind,
    /// The service's reason, cleaned of HTML; empty when it gave none.
    pub message: String,
    /// To be quoted to the operator.
    pub request_id: Option<String>,
    /// Seconds to wait, when the service says so.
    pub retry_after: Option<u64>,
}

/// What an HTTP status means to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// 401: sign in again.
    Unauthorized,
    /// 403: policy, quota, protection.
    Forbidden,
    /// 404, 410: gone, or never visible.
    NotFound,
    /// 409.
    Conflict,
    /// 413.
    TooLarge,
    /// 415: for an upload, the content isn't what the image's format says.
    UnsupportedMedia,
    /// 400, 406, 422.
    BadRequest,
    /// 429.
    RateLimited,
    /// 502, 503, 504.
    Unavailable,
    /// Any other 5xx.
    Server,
    /// Anything else.
    Other,
}

impl From<u16> for FaultKind {
    fn from(status: u16) -> Self {
        match status {
            401 => Self::Unauthorized,
            403 => Self::Forbidden,
            404 | 410 => Self::NotFound,
            409 => Self::Conflict,
            413 => Self::TooLarge,
            415 => Self::UnsupportedMedia,
            400 | 406 | 422 => Self::BadRequest,
            429 => Self::RateLimited,
            502..=504 => Self::Unavailable,
            500..=599 => Self::Server,
            _ => Self::Other,
        }
    }
}

/// No service says more in earnest; a proxy's page or a schema dump can be far longer.
const LONGEST_MESSAGE: usize = 4_000;
/// Nor is more of such a page looked at.
const LONGEST_PAGE: usize = 64 << 10;

impl Fault {
    /// Reads any of the wire shapes: Keystone's `error`, Nova's and Cinder's `badRequest` and the like, Neutron's
    /// `NeutronError`, Glance's JSON with `<br />` in it, an HTML page, plain text.
    pub fn parse(service: Service, answer: &Answer) -> Self {
        let body = answer.body.trim();
        let message = match serde_json::from_str::<Value>(body) {
            Ok(json) => json_message(&json).map(|text| tidy(&without_line_breaks(&text))).unwrap_or_default(),
            Err(_) if looks_like_html(answer, body) => html_message(beginning(body, LONGEST_PAGE)),
            Err(_) => tidy(beginning(body, LONGEST_PAGE)),
        };
        let id =
            ["x-openstack-request-id", "x-compute-request-id"].iter().find_map(|name| answer.header(name));
        Self {
            service,
            status: answer.status,
            kind: FaultKind::from(answer.status),
            message: shortened(message),
            request_id: id.map(str::to_owned),
            retry_after: answer.header("retry-after").and_then(|seconds| seconds.trim().parse().ok()),
        }
    }
}

fn json_message(json: &Value) -> Option<String> {
    let object = match json {
        Value::String(text) => return Some(text.clone()),
        Value::Object(object) => object,
        _ => return None,
    };
    if let Some(Value::String(message)) = object.get("message") {
        return Some(message.clone());
    }
    // Placement's shape; the first error is the only one it ever sends.
    if let Some(Value::Array(errors)) = object.get("errors") {
        return errors.iter().find_map(|error| error.get("detail")?.as_str()).map(str::to_owned);
    }
    object.values().find_map(|value| match value {
        Value::String(message) => Some(message.clone()),
        Value::Object(inner) => {
            inner.get("message").or_else(|| inner.get("detail"))?.as_str().map(str::to_owned)
        }
        _ => None,
    })
}

/// Glance's JSON carries webob's `<br />`, and nothing else of HTML: anything else is data and stays.
fn without_line_breaks(text: &str) -> String {
    text.replace("<br />", "\n").replace("<br/>", "\n").replace("<br>", "\n")
}

fn looks_like_html(answer: &Answer, body: &str) -> bool {
    body.starts_with('<') || answer.header("content-type").is_some_and(|kind| kind.contains("html"))
}

/// The page's text without its heading, which only repeats the status; the heading when there is nothing else.
fn html_message(page: &str) -> String {
    let lower = page.to_ascii_lowercase();
    let between = |open: &str, close: &str| -> Option<(usize, usize)> {
        let start = lower.find(open)?;
        let end = lower[start..].find(close)? + start + close.len();
        Some((start, end))
    };
    let heading = between("<h1", "</h1>").or_else(|| between("<title", "</title>"));
    let heading_text = heading.map(|(start, end)| tidy(&html_text(&page[start..end]))).unwrap_or_default();
    let mut rest = String::new();
    let mut at = 0;
    let mut cuts: Vec<_> = [
        between("<head>", "</head>"),
        between("<style", "</style>"),
        between("<script", "</script>"),
        between("<h1", "</h1>"),
    ]
    .into_iter()
    .flatten()
    .collect();
    cuts.sort_unstable();
    for (start, end) in cuts {
        rest.push_str(page.get(at..start).unwrap_or_default());
        at = at.max(end);
    }
    rest.push_str(&page[at..]);
    let rest = tidy(&html_text(&rest));
    match (heading_text.is_empty(), rest.is_empty()) {
        (_, true) => heading_text,
        (true, false) => rest,
        // A proxy's page says no more than its own name ("nginx/1.24.0").
        (false, false) if !rest.contains(char::is_whitespace) => format!("{heading_text} ({rest})"),
        (false, false) => rest,
    }
}

fn html_text(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        text.push_str(&rest[..open]);
        let is_tag = rest[open + 1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
        if !is_tag {
            text.push('<');
            rest = &rest[open + 1..];
            continue;
        }
        match rest[open..].find('>') {
            Some(close) => {
                let name = rest[open + 1..open + close].trim_start_matches('/').to_ascii_lowercase();
                if ["br", "p", "hr", "div", "h", "li"].iter().any(|block| name.starts_with(block)) {
                    text.push('\n');
                }
                rest = &rest[open + close + 1..];
            }
            // No other tag ends either: looked for at each, a page of them would take for ever.
            None => {
                rest = &rest[open..];
                break;
            }
        }
    }
    text.push_str(rest);
    decode_entities(&text)
}

fn decode_entities(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        decoded.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = rest.bytes().take(10).position(|byte| byte == b';');
        match end.and_then(|end| entity(&rest[1..end]).map(|c| (c, end))) {
            Some((character, end)) => {
                decoded.push(character);
                rest = &rest[end + 1..];
            }
            None => {
                decoded.push('&');
                rest = &rest[1..];
            }
        }
    }
    decoded.push_str(rest);
    decoded
}

fn entity(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

/// Lines trimmed, empty ones dropped.
fn tidy(text: &str) -> String {
    text.lines()
        .map(str::trim_end)
        .filter(|line| !line.trim().is_empty())
        .collect::<Vec<_>>()
        .join("\n")
        .trim()
        .to_owned()
}

fn shortened(mut message: String) -> String {
    if message.len() > LONGEST_MESSAGE {
        message.truncate(beginning(&message, LONGEST_MESSAGE).len());
        message.push('…');
    }
    message
}

/// At most so many bytes of a text, cut between characters.
fn beginning(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    &text[..end]
}

#[cfg(test)]
mod tests;
