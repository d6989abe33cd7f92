use super::*;
use crate::openstack::{
    error::Fault,
    glance::member::MemberStatus,
    request::{Answer, Service},
};

fn project(id: &str, name: &str) -> Project {
    Project { id: ProjectId::from(id), name: name.to_owned(), enabled: true, ..Project::default() }
}

fn refused(status: u16) -> ApiError {
    Fault::parse(Service::Identity, &Answer::new(status, [], "{}")).into()
}

const ID: &str = "0123456789abcdef0123456789abcdef";

#[test]
fn a_known_project_is_found_by_id_or_name() {
    let known = [project("a", "dev"), project("b", "ops")];
    assert_eq!(among_known("b", &known), Some(Lookup::One(known[1].clone())));
    assert_eq!(among_known("dev", &known), Some(Lookup::One(known[0].clone())));
    assert_eq!(among_known("Dev", &known), None);
}

#[test]
fn a_name_of_two_domains_is_ambiguous() {
    let both = vec![project("a", "dev"), project("b", "dev")];
    assert_eq!(among_known("dev", &both), Some(Lookup::Several(both.clone())));
    assert_eq!(among_answers("dev", Err(refused(404)), Ok(both.clone())), Ok(Lookup::Several(both)));
}

#[test]
fn what_keystone_says_decides() {
    let dev = project(ID, "dev");
    for (typed, by_id, by_name, outcome) in [
        (ID, Ok(dev.clone()), Ok(vec![]), Ok(Lookup::One(dev.clone()))),
        ("dev", Err(refused(404)), Ok(vec![dev.clone()]), Ok(Lookup::One(dev))),
        ("nobody", Err(refused(404)), Ok(vec![]), Err(Problem::Unknown)),
        (ID, Err(refused(404)), Ok(vec![]), Err(Problem::Unknown)),
        (ID, Err(refused(403)), Err(refused(403)), Ok(Lookup::Unconfirmed(ProjectId::from(ID)))),
        ("dev", Err(refused(403)), Err(refused(403)), Err(Problem::OnlyIds)),
        ("dev", Err(ApiError::Offline), Err(ApiError::Offline), Err(Problem::NotAsked(ApiError::Offline))),
    ] {
        assert_eq!(among_answers(typed, by_id, by_name), outcome, "{typed}");
    }
}

#[test]
fn neither_the_owner_nor_a_member_is_offered_it_again() {
    let image: Image =
        serde_json::from_value(serde_json::json!({"id": "i", "owner": "own", "visibility": "shared"}))
            .unwrap();
    let member = Member {
        member_id: ProjectId::from("b"),
        image_id: image.id.clone(),
        status: MemberStatus::Rejected,
        created_at: String::new(),
        updated_at: String::new(),
    };
    let members = [member];
    for (id, outcome) in [("own", Err(Problem::Owner)), ("b", Err(Problem::Already)), ("c", Ok(()))] {
        assert_eq!(can_offer(&image, &members, &ProjectId::from(id)), outcome);
    }
}

#[test]
fn ids_are_told_from_names() {
    for (text, is_id) in [
        (ID, true),
        ("01234567-89ab-cdef-0123-456789abcdef", true),
        ("dev", false),
        ("0123456789abcdef0123456789abcdeg", false),
        ("", false),
    ] {
        assert_eq!(looks_like_id(text), is_id, "{text}");
    }
}
