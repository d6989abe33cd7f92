//! Bytes, MiB and GiB. People see "MB" and "GB"; the services mean the binary ones throughout.

/// Bytes in a KiB.
pub const KIB: u64 = 1 << 10;
/// Bytes in a MiB.
pub const MIB: u64 = 1 << 20;
/// Bytes in a GiB.
pub const GIB: u64 = 1 << 30;
/// Bytes in a TiB.
pub const TIB: u64 = 1 << 40;

/// A unit that a size is shown in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteUnit {
    /// Bytes.
    Byte,
    /// KiB, shown as kB.
    Kilo,
    /// MiB, shown as MB.
    Mega,
    /// GiB, shown as GB.
    Giga,
    /// TiB, shown as TB.
    Tera,
}

/// A size in the largest unit of which there is at least one.
pub fn scaled(bytes: u64) -> (f64, ByteUnit) {
    let units = [(TIB, ByteUnit::Tera), (GIB, ByteUnit::Giga), (MIB, ByteUnit::Mega), (KIB, ByteUnit::Kilo)];
    match units.into_iter().find(|(size, _)| bytes >= *size) {
        Some((size, unit)) => (bytes as f64 / size as f64, unit),
        None => (bytes as f64, ByteUnit::Byte),
    }
}

/// The GiB that hold so many bytes.
pub fn ceil_gib(bytes: u64) -> u64 {
    bytes.div_ceil(GIB)
}

/// Bytes in so many GiB; no figure that a service can send overflows.
pub fn gib_bytes(gib: u64) -> u128 {
    u128::from(gib) * u128::from(GIB)
}

/// Bytes in so many MiB, as far as a `u64` goes.
pub fn mib_bytes(mib: u64) -> u64 {
    mib.saturating_mul(MIB)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_shown_in_the_unit_that_people_would_use() {
        let table = [
            (0, (0.0, ByteUnit::Byte)),
            (1023, (1023.0, ByteUnit::Byte)),
            (1536, (1.5, ByteUnit::Kilo)),
            (5 * MIB, (5.0, ByteUnit::Mega)),
            (GIB, (1.0, ByteUnit::Giga)),
            (3 * TIB / 2, (1.5, ByteUnit::Tera)),
        ];
        for (bytes, want) in table {
            assert_eq!(scaled(bytes), want, "{bytes}");
        }
    }

    #[test]
    fn whole_gib_are_rounded_up() {
        assert_eq!([0, 1, GIB, GIB + 1].map(ceil_gib), [0, 1, 1, 2]);
        assert_eq!(ceil_gib(u64::MAX), 1 << 34);
        assert!(gib_bytes(u64::MAX) > u128::from(u64::MAX));
    }
}
