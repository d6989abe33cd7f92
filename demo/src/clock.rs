//! Time as the services write it. In the database it is always whole microseconds since 1970, in UTC.

use chrono::{DateTime, NaiveDate, NaiveDateTime, SecondsFormat, Utc};

/// Now, in microseconds since 1970.
pub fn now() -> i64 {
    Utc::now().timestamp_micros()
}

/// One second, in the unit of this module.
pub const SECOND: i64 = 1_000_000;

/// `2026-11-23T08:35:43Z`: Glance, Nova, Neutron.
pub fn seconds(micros: i64) -> String {
    at(micros).to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// `2026-11-23T12:55:07.000000Z`: Keystone.
pub fn micros(micros: i64) -> String {
    at(micros).to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// `2026-11-23T08:56:18.000000`: Cinder and Nova's older extensions.
pub fn naive(micros: i64) -> String {
    at(micros).format("%Y-%m-%dT%H:%M:%S%.6f").to_string()
}

/// Reads the ISO 8601 forms that the services take in filters.
pub fn parse(text: &str) -> Option<i64> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.timestamp_micros());
    }
    for format in ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.fZ", "%Y-%m-%dT%H:%M"]
    {
        if let Ok(time) = NaiveDateTime::parse_from_str(text, format) {
            return Some(time.and_utc().timestamp_micros());
        }
    }
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    Some(date.and_hms_opt(0, 0, 0)?.and_utc().timestamp_micros())
}

fn at(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros).unwrap_or_default()
}
