use super::*;
use crate::domain::user_data::encode;
use proptest::prelude::*;

const ALICE: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIACWMT2kD0qYJRcpFQZJIf8x4S7tKNjGh9M+XaGJuMUC alice@laptop";

#[test]
fn names_are_what_nova_takes() {
    let long = "x".repeat(256);
    let table = [
        ("alice key_1-b", false, None),
        ("  padded ", false, None),
        ("", false, Some(NameProblem::Missing)),
        ("   ", true, Some(NameProblem::Missing)),
        ("a/b", false, Some(NameProblem::Character('/'))),
        ("naïve", true, Some(NameProblem::Character('ï'))),
        ("alice@laptop.local", false, Some(NameProblem::Character('@'))),
        ("alice@laptop.local", true, None),
        ("known", false, Some(NameProblem::Taken)),
        (" known", true, Some(NameProblem::Taken)),
        (&long, false, Some(NameProblem::TooLong)),
    ];
    for (name, is_import, problem) in table {
        assert_eq!(name_problem(name, ["known"].into_iter(), is_import), problem, "{name}");
    }
}

#[test]
fn a_public_key_says_what_it_is() {
    let key = read_public_key(&format!("\n{}\r\n", ALICE.replace(' ', "   "))).unwrap();
    assert_eq!(
        (key.kind, key.algorithm.as_str(), key.comment.as_str()),
        (KeyKind::Ssh, "ssh-ed25519", "alice@laptop")
    );
    assert_eq!(key.text, ALICE);
    let bare = read_public_key(ALICE.rsplit_once(' ').unwrap().0).unwrap();
    assert_eq!(bare.comment, "");
    let certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    assert_eq!(read_public_key(certificate).unwrap().kind, KeyKind::X509);
}

#[test]
fn what_is_no_public_key_is_told_apart() {
    let long = format!("{ALICE} {}", "c".repeat(LONGEST_KEY));
    let damaged = ALICE.replace("AAAAC3", "AAAAC4");
    let two = format!("{ALICE}\n{ALICE}");
    let table = [
        ("", KeyProblem::Missing),
        (" \n", KeyProblem::Missing),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END OPENSSH PRIVATE KEY-----", KeyProblem::Private),
        ("-----BEGIN RSA PRIVATE KEY-----", KeyProblem::Private),
        ("PuTTY-User-Key-File-3: ssh-ed25519", KeyProblem::Private),
        ("---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----", KeyProblem::OtherForm),
        ("-----BEGIN PUBLIC KEY-----\nMIIB", KeyProblem::OtherForm),
        ("-----BEGIN CERTIFICATE-----\nMIIB", KeyProblem::Unreadable),
        ("ssh-rsa nope", KeyProblem::Unreadable),
        ("ssh-rsa", KeyProblem::Unreadable),
        (&damaged, KeyProblem::Unreadable),
        (&two, KeyProblem::Several),
        (&long, KeyProblem::TooLong),
    ];
    for (text, problem) in table {
        assert_eq!(read_public_key(text), Err(problem), "{text}");
    }
}

proptest! {
    #[test]
    fn every_well_formed_key_is_taken(algorithm in "[a-z0-9@.-]{1,40}", body in proptest::collection::vec(any::<u8>(), 1..200)) {
        prop_assume!(!algorithm.starts_with("----"));
        let mut bytes = u32::try_from(algorithm.len()).unwrap().to_be_bytes().to_vec();
        bytes.extend(algorithm.bytes());
        bytes.extend(body);
        let text = format!("{algorithm} {}", encode(&bytes));
        prop_assert_eq!(read_public_key(&text).unwrap().text, text);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,80}") {
        let _ = read_public_key(&text);
        let _ = name_problem(&text, [].into_iter(), true);
    }
}
