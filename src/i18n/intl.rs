//! Numbers, sizes and dates as the person's language writes them, by the browser's own `Intl`.

use std::{cell::RefCell, collections::BTreeMap};

use js_sys::{Array, Date, Intl, Object, Reflect};
use wasm_bindgen::JsValue;

use crate::i18n::language;

fn locales() -> Array {
    Array::of1(&JsValue::from_str(language().tag()))
}

fn options(pairs: &[(&str, JsValue)]) -> Object {
    let options = Object::new();
    for (key, value) in pairs {
        // Setting a property of a fresh plain object can't fail.
        let _ = Reflect::set(&options, &JsValue::from_str(key), value);
    }
    options
}

/// What a format is of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// A number with at most so many digits after the point.
    Decimal(u32),
    /// A number of a unit, by Intl's word for it.
    Unit(&'static str),
    /// A date and its time.
    DateTime,
}

impl Kind {
    fn formatter(self) -> js_sys::Function {
        let pairs: &[(&str, JsValue)] = match self {
            Kind::Decimal(digits) => &[("maximumFractionDigits", digits.into())],
            Kind::Unit(unit) => {
                &[("style", "unit".into()), ("unit", unit.into()), ("unitDisplay", "short".into())]
            }
            Kind::DateTime => &[("dateStyle", "medium".into()), ("timeStyle", "short".into())],
        };
        match self {
            Kind::DateTime => Intl::DateTimeFormat::new(&locales(), &options(pairs)).format(),
            _ => Intl::NumberFormat::new(&locales(), &options(pairs)).format(),
        }
    }
}

thread_local! {
    // Making a format takes far longer than using it, and a table of flavors uses it thousands of times.
    static FORMATTERS: RefCell<BTreeMap<(&'static str, Kind), js_sys::Function>> =
        const { RefCell::new(BTreeMap::new()) };
}

/// As a format of the current language writes it.
fn format(kind: Kind, value: &JsValue) -> String {
    let formatter = FORMATTERS.with_borrow_mut(|known| {
        known.entry((language().tag(), kind)).or_insert_with(|| kind.formatter()).clone()
    });
    formatter.call1(&JsValue::UNDEFINED, value).ok().and_then(|text| text.as_string()).unwrap_or_default()
}

/// A number with at most `digits` digits after the point.
pub fn decimal(value: f64, digits: u32) -> String {
    format(Kind::Decimal(digits), &JsValue::from_f64(value))
}

/// A whole number, grouped.
#[allow(clippy::cast_precision_loss, reason = "counts below 2^53")]
pub fn integer(value: u64) -> String {
    decimal(value as f64, 0)
}

/// A size in bytes, in the binary units that OpenStack means: "1.5 GB".
#[allow(clippy::cast_precision_loss, reason = "shown with at most two digits after the point")]
pub fn bytes(value: u64) -> String {
    const UNITS: [&str; 6] = ["B", "KB", "MB", "GB", "TB", "PB"];
    let mut scaled = value as f64;
    let mut unit = 0;
    while scaled >= 1024.0 && unit + 1 < UNITS.len() {
        scaled /= 1024.0;
        unit += 1;
    }
    let digits = if unit == 0 || scaled >= 100.0 {
        0
    } else if scaled >= 10.0 {
        1
    } else {
        2
    };
    format!("{}\u{a0}{}", decimal(scaled, digits), UNITS[unit])
}

/// A moment as date and time in the person's own zone; what can't be read stays as it is.
pub fn date_time(rfc3339: &str) -> String {
    let date = Date::new(&JsValue::from_str(&as_utc(rfc3339)));
    if date.get_time().is_nan() {
        return rfc3339.to_owned();
    }
    format(Kind::DateTime, &date)
}

/// The moment at which a day begins in the person's own zone, as Glance writes moments; `day` as a date field gives it. `None`
/// for what is no day.
pub fn start_of_day(day: &str) -> Option<String> {
    // Without a zone it is the browser's own.
    let begins = Date::new(&JsValue::from_str(&format!("{day}T00:00:00")));
    let text = (!begins.get_time().is_nan()).then(|| String::from(begins.to_iso_string()))?;
    Some(format!("{}Z", text.split('.').next().unwrap_or(&text)))
}

/// The day of a moment in the person's own zone, as a date field takes it; a day stays as it is.
pub fn day_of(rfc3339: &str) -> String {
    let date = Date::new(&JsValue::from_str(rfc3339));
    if !rfc3339.contains('T') || date.get_time().is_nan() {
        return rfc3339.to_owned();
    }
    format!("{:04}-{:02}-{:02}", date.get_full_year(), date.get_month() + 1, date.get_date())
}

/// Keystone and Nova write UTC times with and without a `Z`; without one a browser would take them as local.
fn as_utc(text: &str) -> String {
    let has_zone = text.ends_with(['Z', 'z']) || text.rfind(['+', '-']).is_some_and(|at| at > 10);
    if has_zone { text.to_owned() } else { format!("{text}Z") }
}

/// How long ago a moment was, roughly: "3 minutes ago". `now` in milliseconds since 1970.
pub fn ago(rfc3339: &str, now: f64) -> String {
    let then = Date::new(&JsValue::from_str(&as_utc(rfc3339))).get_time();
    if then.is_nan() {
        return rfc3339.to_owned();
    }
    let seconds = ((now - then) / 1000.0).max(0.0);
    let (amount, unit) = match seconds {
        it if it < 60.0 => (it, "second"),
        it if it < 3600.0 => (it / 60.0, "minute"),
        it if it < 86_400.0 => (it / 3600.0, "hour"),
        it if it < 30.0 * 86_400.0 => (it / 86_400.0, "day"),
        it if it < 365.0 * 86_400.0 => (it / (30.0 * 86_400.0), "month"),
        it => (it / (365.0 * 86_400.0), "year"),
    };
    let formatter = Intl::RelativeTimeFormat::new(&locales(), &options(&[("numeric", "auto".into())]));
    String::from(formatter.format(-amount.floor(), unit))
}

/// A length of time: "2 min 5 s" in short units.
#[allow(clippy::cast_precision_loss, reason = "a day of seconds is far below 2^53")]
pub fn duration(seconds: u64) -> String {
    let unit = |value: u64, unit| format(Kind::Unit(unit), &JsValue::from_f64(value as f64));
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes) {
        (0, 0) => unit(seconds, "second"),
        (0, _) => format!("{} {}", unit(minutes, "minute"), unit(seconds, "second")),
        _ => format!("{} {}", unit(hours, "hour"), unit(minutes, "minute")),
    }
}
