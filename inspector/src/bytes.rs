//! Numbers out of byte slices, without a panic: what isn't there is `None`.

/// The `N` bytes at `at`.
pub fn array<const N: usize>(data: &[u8], at: usize) -> Option<[u8; N]> {
    data.get(at..at.checked_add(N)?)?.try_into().ok()
}

/// Little-endian `u16` at `at`.
pub fn u16_le(data: &[u8], at: usize) -> Option<u16> {
    array(data, at).map(u16::from_le_bytes)
}

/// Little-endian `u32` at `at`.
pub fn u32_le(data: &[u8], at: usize) -> Option<u32> {
    array(data, at).map(u32::from_le_bytes)
}

/// Little-endian `u64` at `at`.
pub fn u64_le(data: &[u8], at: usize) -> Option<u64> {
    array(data, at).map(u64::from_le_bytes)
}

/// Big-endian `u16` at `at`.
pub fn u16_be(data: &[u8], at: usize) -> Option<u16> {
    array(data, at).map(u16::from_be_bytes)
}

/// Big-endian `u32` at `at`.
pub fn u32_be(data: &[u8], at: usize) -> Option<u32> {
    array(data, at).map(u32::from_be_bytes)
}

/// Big-endian `u64` at `at`.
pub fn u64_be(data: &[u8], at: usize) -> Option<u64> {
    array(data, at).map(u64::from_be_bytes)
}

/// Whether `mark` stands at `at`.
pub fn has(data: &[u8], at: usize, mark: &[u8]) -> bool {
    data.get(at..).is_some_and(|rest| rest.starts_with(mark))
}
