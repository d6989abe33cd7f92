use super::*;
use proptest::prelude::*;

#[test]
fn base64_is_as_in_the_rfc() {
    let table = [
        ("", ""),
        ("f", "Zg=="),
        ("fo", "Zm8="),
        ("foo", "Zm9v"),
        ("foob", "Zm9vYg=="),
        ("fooba", "Zm9vYmE="),
    ];
    for (plain, encoded) in table {
        assert_eq!(encode(plain.as_bytes()), encoded);
        assert_eq!(decode(encoded).as_deref(), Some(plain.as_bytes()));
    }
    assert_eq!(encode(&[0xfb, 0xff, 0xfe]), "+//+");
    for odd in ["Zg", "Zg=", "Z===", "====", "Zm9v!A==", "Zm 9"] {
        assert_eq!(decode(odd), None, "{odd}");
    }
}

#[test]
fn the_most_bytes_that_fit_are_49_149() {
    assert!(encoded_len(49_149) <= LONGEST_USER_DATA);
    assert!(encoded_len(49_152) > LONGEST_USER_DATA);
    assert_eq!(encoded_len(49_151), 65_536);
}

proptest! {
    #[test]
    fn any_bytes_come_back_and_are_as_long_as_told(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let text = encode(&bytes);
        prop_assert_eq!(text.len(), encoded_len(bytes.len()));
        prop_assert_eq!(decode(&text), Some(bytes));
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,60}") {
        let _ = decode(&text);
    }
}
