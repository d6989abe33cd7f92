//! Glance's refusals are WebOb's: in HTML, JSON or plain text, as the request's `Accept` says.
//!
//! Server code: webob/exc.py (`generate_response`), webob/acceptparse.py (`acceptable_offers`).

use axum::http::{HeaderMap, StatusCode, header};
use serde_json::json;

use crate::error::Refusal;

/// In one of these, in the order in which WebOb offers them; the last when neither of the others will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Html,
    Json,
    Plain,
}

/// Content type and body of a refusal.
pub fn refusal(refusal: &Refusal, request: &HeaderMap) -> (&'static str, String) {
    let status = refusal.status;
    let title = title(status);
    let code = format!("{} {title}", status.as_u16());
    let form = form(request);
    let quote = |text: &str| if form == Form::Html { escape(text) } else { text.to_owned() };
    let words = quote(if status == StatusCode::UNAUTHORIZED { UNAUTHORIZED } else { &refusal.message });
    let detail = quote(refusal.detail.as_deref().unwrap_or(""));
    let text = match status {
        StatusCode::UNSUPPORTED_MEDIA_TYPE => format!("{words}\n<br /><br />\n{detail}"),
        StatusCode::METHOD_NOT_ALLOWED => format!("{words} <br /><br />\n{detail}"),
        _ => format!("{words}<br /><br />\n{detail}\n\n"),
    };
    match form {
        Form::Json => {
            ("application/json", json!({"message": text, "code": code, "title": title}).to_string())
        }
        Form::Html => {
            let page = format!(
                "<html>\n <head>\n  <title>{code}</title>\n </head>\n <body>\n  <h1>{code}</h1>\n  {text}\n </body>\n</html>"
            );
            ("text/html; charset=UTF-8", page)
        }
        Form::Plain => ("text/plain; charset=UTF-8", format!("{code}\n\n{}", without_tags(&text))),
    }
}

const UNAUTHORIZED: &str = "This server could not verify that you are authorized to access the document you requested. \
    Either you supplied the wrong credentials (e.g., bad password), or your browser does not understand how to supply \
    the credentials required.";

fn title(status: StatusCode) -> &'static str {
    match status.as_u16() {
        413 => "Request Entity Too Large",
        416 => "Request Range Not Satisfiable",
        _ => status.canonical_reason().unwrap_or("Error"),
    }
}

fn form(request: &HeaderMap) -> Form {
    let values = request.get_all(header::ACCEPT).iter().map(|value| value.to_str().unwrap_or("?"));
    let accept = values.collect::<Vec<_>>().join(", ");
    let ranges = accept.split(',').map(str::trim).filter(|range| !range.is_empty());
    // A header that cannot be read is as good as none would be elsewhere: everything will do.
    let Some(ranges) = ranges.map(Range::read).collect::<Option<Vec<_>>>() else { return Form::Html };
    let html = quality(&ranges, "text", "html");
    let json = quality(&ranges, "application", "json");
    match (html, json) {
        (0, 0) => Form::Plain,
        (html, json) if json > html => Form::Json,
        _ => Form::Html,
    }
}

/// One of the media ranges in an `Accept` header.
struct Range {
    kind: String,
    subtype: String,
    has_parameters: bool,
    /// In thousandths.
    quality: u16,
}

impl Range {
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let (kind, subtype) =
            parts.next()?.split_once('/').filter(|(kind, sub)| is_token(kind) && is_token(sub))?;
        let mut range = Self {
            kind: kind.to_lowercase(),
            subtype: subtype.to_lowercase(),
            has_parameters: false,
            quality: 1000,
        };
        for part in parts.filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=')?;
            if name.eq_ignore_ascii_case("q") {
                range.quality = thousandths(value)?;
                // What follows are extensions, which change nothing.
                break;
            }
            range.has_parameters = true;
        }
        Some(range)
    }

    /// How exactly it names a type; none where it does not.
    fn names(&self, kind: &str, subtype: &str) -> Option<u8> {
        match (self.kind.as_str(), self.subtype.as_str()) {
            (own, sub) if own == kind && sub == subtype => (!self.has_parameters).then_some(3),
            (own, "*") if own == kind => Some(2),
            ("*", "*") => Some(1),
            _ => None,
        }
    }
}

/// That of the range that names the type most exactly; of several, the first.
fn quality(ranges: &[Range], kind: &str, subtype: &str) -> u16 {
    let named = ranges.iter().filter_map(|range| Some((range.names(kind, subtype)?, range.quality)));
    named.reduce(|best, next| if next.0 > best.0 { next } else { best }).map_or(0, |(_, quality)| quality)
}

fn thousandths(text: &str) -> Option<u16> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    if rest.len() > 3 || !rest.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let rest = format!("{rest:0<3}").parse::<u16>().ok()?;
    match whole {
        "0" => Some(rest),
        "1" if rest == 0 => Some(1000),
        _ => None,
    }
}

fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#x27;")
}

/// As WebOb makes plain text of it: line ends to spaces, `<br>` to line ends, other tags to nothing.
fn without_tags(html: &str) -> String {
    let html = html.replace('\n', " ").replace('\r', "");
    let mut text = String::new();
    let mut rest = html.as_str();
    while let Some((before, tag, after)) = next_tag(rest) {
        text.push_str(before);
        if tag.get(..2).is_some_and(|name| name.eq_ignore_ascii_case("br")) {
            text.push('\n');
        }
        rest = after;
    }
    text + rest
}

/// What is before the first tag, what is in it, and what is after it.
fn next_tag(html: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = html.split_once('<')?;
    let (tag, after) = rest.split_once('>')?;
    Some((before, tag, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form_of(accept: Option<&'static str>) -> Form {
        let mut headers = HeaderMap::new();
        if let Some(accept) = accept {
            headers.insert(header::ACCEPT, accept.parse().expect("a header"));
        }
        form(&headers)
    }

    // Asked of a real Glance 32.0.
    #[test]
    fn the_form_is_negotiated() {
        for (accept, expected) in [
            (None, Form::Plain),
            (Some(""), Form::Plain),
            (Some("text/plain"), Form::Plain),
            (Some("application/json;charset=utf-8"), Form::Plain),
            (Some("application/json"), Form::Json),
            (Some("APPLICATION/JSON"), Form::Json),
            (Some("application/*"), Form::Json),
            (Some("application/json;q=0.9, text/html;q=0.1"), Form::Json),
            (Some("application/json, text/html;q=0"), Form::Json),
            (Some("*/*"), Form::Html),
            (Some("application/json, text/plain, */*"), Form::Html),
            (Some("text/html, application/json"), Form::Html),
            (Some("text/*;q=0.2, */*;q=0.1"), Form::Html),
            (Some("bogus"), Form::Html),
        ] {
            assert_eq!(form_of(accept), expected, "{accept:?}");
        }
    }

    #[test]
    fn plain_text_is_that_of_a_real_glance() {
        let refused = Refusal::not_found("No image found with ID nope");
        let (kind, body) = refusal(&refused, &HeaderMap::new());
        assert_eq!(kind, "text/plain; charset=UTF-8");
        assert_eq!(body, "404 Not Found\n\nNo image found with ID nope\n\n   ");
    }
}
