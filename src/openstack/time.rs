//! Timestamps as OpenStack writes them, read into seconds since 1970. No clock here: "now" comes in from outside.

/// Seconds since 1970 of `2026-11-23T12:55:07.000000Z`, of the same without `Z` (Nova and Glance's tasks mean UTC), or
/// with an offset such as `+02:00`. `None` when it is none of these.
pub fn unix_seconds(text: &str) -> Option<i64> {
    let text = text.trim();
    if !text.is_ascii() || text.len() < 19 {
        return None;
    }
    let (stamp, rest) = text.split_at(19);
    let bytes = stamp.as_bytes();
    let separators = [(4, b'-'), (7, b'-'), (13, b':'), (16, b':')];
    if separators.iter().any(|&(at, want)| bytes[at] != want) || !matches!(bytes[10], b'T' | b' ') {
        return None;
    }
    let part = |from: usize, to: usize| -> Option<i64> {
        let digits = &stamp[from..to];
        if digits.bytes().all(|b| b.is_ascii_digit()) { digits.parse().ok() } else { None }
    };
    let (year, month, day) = (part(0, 4)?, part(5, 7)?, part(8, 10)?);
    let (hour, minute, second) = (part(11, 13)?, part(14, 16)?, part(17, 19)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let seconds = days_from_civil(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second;
    Some(seconds - offset_seconds(rest)?)
}

/// The offset behind the seconds (and behind a fraction, which is dropped).
fn offset_seconds(rest: &str) -> Option<i64> {
    let zone = match rest.strip_prefix('.') {
        Some(fraction) => fraction.trim_start_matches(|c: char| c.is_ascii_digit()),
        None => rest,
    };
    if zone.is_empty() || zone.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let sign = match zone.as_bytes()[0] {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = zone[1..].chars().filter(|&c| c != ':').collect();
    if digits.len() != 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i64 = digits.parse().ok()?;
    Some(sign * (number / 100 * 3_600 + number % 100 * 60))
}

/// Days since 1970-01-01 (Howard Hinnant's `days_from_civil`).
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_that_the_services_write_is_read() {
        let table = [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2026-11-23T12:55:07.000000Z", Some(1_795_438_507)),
            ("2026-11-23T12:55:07", Some(1_795_438_507)),
            ("2026-11-23T14:55:07+02:00", Some(1_795_438_507)),
            ("2024-02-29T00:00:00Z", Some(1_709_164_800)),
            ("1969-12-31T23:59:59Z", Some(-1)),
            ("2026-13-01T00:00:00Z", None),
            ("2026-11-23", None),
            ("2026-11-23T12:55:07 nonsense", None),
            ("２０２６-11-23T12:55:07Z", None),
            ("", None),
        ];
        for (text, want) in table {
            assert_eq!(unix_seconds(text), want, "{text}");
        }
    }
}
