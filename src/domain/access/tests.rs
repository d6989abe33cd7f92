use super::*;
use serde_json::{Value, json};

fn image(changes: Value) -> Image {
    let mut image = json!({"id": "i", "owner": "mine", "status": "active", "visibility": "private",
        "disk_format": "qcow2", "container_format": "bare"});
    for (key, value) in changes.as_object().unwrap() {
        image[key] = value.clone();
    }
    serde_json::from_value(image).unwrap()
}

fn person(roles: &[&str]) -> Person {
    Person {
        project: "mine".into(),
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        ..Person::default()
    }
}

fn admin() -> Person {
    person(&["admin", "member", "reader"])
}

fn member() -> Person {
    person(&["member", "reader"])
}

fn owner_edits(me: Person) -> Person {
    Person { edit_images: EditImages::Owner, ..me }
}

#[test]
fn only_a_sole_reader_is_read_only() {
    let table = [
        (&["reader"][..], false),
        (&["Reader"], false),
        (&["member", "reader"], true),
        (&["admin"], true),
        (&["reader", "load-balancer_member"], true),
        (&["_member_"], true),
        (&[], false),
    ];
    for (roles, want) in table {
        assert_eq!(person(roles).may_change(), want, "{roles:?}");
    }
}

#[test]
fn a_reader_reads_the_reason_at_every_action() {
    let (mine, me) = (image(json!({})), person(&["reader"]));
    let verdicts = [
        can_launch(&mine, &me),
        can_create(&me),
        can_edit(&mine, &me),
        can_protect(&mine, &me),
        can_share(&mine, &me),
        can_set_format(&mine, &me),
        can_set_visibility(&mine, &Visibility::Shared, &me),
        can_deactivate(&mine, &me),
        can_reactivate(&mine, &me),
        can_delete(&mine, &me),
        can_create_volume(&mine, &me, true),
        can_download(&mine, &me),
        can_answer_offer(&mine, Some(&MemberStatus::Pending), &MemberStatus::Accepted, &me),
    ];
    for (at, verdict) in verdicts.into_iter().enumerate() {
        assert_eq!(verdict, Err(NotAllowed::ReadOnly), "action {at}");
    }
}

#[test]
fn launching_needs_an_active_image_that_boots() {
    let table = [
        (json!({}), Ok(())),
        (json!({"owner": "others"}), Ok(())),
        (json!({"container_format": "ova"}), Ok(())),
        (json!({"container_format": "crate"}), Ok(())),
        (json!({"status": "queued"}), Err(NotAllowed::Status(ImageStatus::Queued))),
        (json!({"status": "deactivated"}), Err(NotAllowed::Status(ImageStatus::Deactivated))),
        (json!({"container_format": "aki", "disk_format": "aki"}), Err(NotAllowed::NotBootable)),
        (json!({"disk_format": "ari"}), Err(NotAllowed::NotBootable)),
        (json!({"container_format": null}), Err(NotAllowed::NotBootable)),
    ];
    for (changes, want) in table {
        assert_eq!(can_launch(&image(changes.clone()), &member()), want, "{changes}");
    }
}

#[test]
fn who_edits_is_the_operators_decision() {
    let (mine, others) = (image(json!({})), image(json!({"owner": "others"})));
    let nobodys = image(json!({"owner": null}));
    assert_eq!(can_edit(&mine, &member()), Err(NotAllowed::EditAdminOnly));
    assert_eq!(can_edit(&mine, &owner_edits(member())), Ok(()));
    assert_eq!(can_edit(&others, &owner_edits(member())), Err(NotAllowed::NotOwner));
    assert_eq!(can_edit(&nobodys, &owner_edits(member())), Err(NotAllowed::NotOwner));
    assert_eq!(can_edit(&others, &admin()), Ok(()));
    for status in ["queued", "deactivated"] {
        assert_eq!(can_edit(&image(json!({"status": status})), &admin()), Ok(()));
    }
    for status in ["saving", "thawing"] {
        assert_eq!(
            can_edit(&image(json!({"status": status})), &admin()),
            Err(NotAllowed::Status(status.into()))
        );
    }
}

#[test]
fn an_owner_protects_shares_and_deletes_whatever_the_operator_decided_about_editing() {
    let mine = image(json!({}));
    assert_eq!(can_protect(&mine, &member()), Ok(()));
    assert_eq!(can_share(&mine, &member()), Ok(()));
    assert_eq!(can_delete(&mine, &member()), Ok(()));
    assert_eq!(can_set_visibility(&mine, &Visibility::Shared, &member()), Ok(()));
    assert_eq!(can_set_format(&image(json!({"status": "queued"})), &member()), Ok(()));
    assert_eq!(can_set_format(&mine, &member()), Err(NotAllowed::HasBytes));
    let others = image(json!({"owner": "others"}));
    assert_eq!(can_delete(&others, &member()), Err(NotAllowed::NotOwner));
    assert_eq!(can_share(&others, &member()), Err(NotAllowed::NotOwner));
    assert_eq!(can_delete(&others, &admin()), Ok(()));
    let public = image(json!({"visibility": "public"}));
    assert_eq!(can_share(&public, &admin()), Err(NotAllowed::NotShareable(Visibility::Public)));
}

#[test]
fn a_protected_image_is_not_deletable() {
    assert_eq!(can_delete(&image(json!({"protected": true})), &admin()), Err(NotAllowed::Protected));
    let going = image(json!({"status": "pending_delete"}));
    assert_eq!(can_delete(&going, &member()), Err(NotAllowed::Status(ImageStatus::PendingDelete)));
}

#[test]
fn only_an_administrator_publishes() {
    let mine = image(json!({}));
    assert_eq!(can_choose_visibility(&Visibility::Public, &member()), Err(NotAllowed::AdminOnly));
    assert_eq!(can_choose_visibility(&Visibility::Community, &member()), Ok(()));
    assert_eq!(
        can_set_visibility(&mine, &Visibility::Public, &owner_edits(member())),
        Err(NotAllowed::AdminOnly)
    );
    assert_eq!(can_set_visibility(&mine, &Visibility::Public, &admin()), Ok(()));
    assert_eq!(can_set_visibility(&mine, &Visibility::Community, &owner_edits(member())), Ok(()));
    let public = image(json!({"visibility": "public", "owner": "others"}));
    assert_eq!(can_set_visibility(&public, &Visibility::Public, &member()), Ok(()));
}

#[test]
fn an_offer_is_answered_by_the_project_that_it_was_made_to() {
    use MemberStatus::{Accepted, Pending, Rejected};
    let (mine, offered) = (image(json!({})), image(json!({"owner": "others", "visibility": "shared"})));
    assert_eq!(can_answer_offer(&offered, Some(&Pending), &Accepted, &member()), Ok(()));
    assert_eq!(can_answer_offer(&offered, Some(&Accepted), &Rejected, &member()), Ok(()));
    assert_eq!(
        can_answer_offer(&offered, Some(&Accepted), &Accepted, &member()),
        Err(NotAllowed::AlreadyAnswered(Accepted))
    );
    assert_eq!(can_answer_offer(&offered, None, &Accepted, &admin()), Err(NotAllowed::NotOffered));
    assert_eq!(can_answer_offer(&mine, Some(&Pending), &Accepted, &member()), Err(NotAllowed::NotOffered));
}

#[test]
fn bytes_of_a_deactivated_image_are_for_administrators() {
    let resting = image(json!({"status": "deactivated"}));
    assert_eq!(can_download(&resting, &member()), Err(NotAllowed::Status(ImageStatus::Deactivated)));
    assert_eq!(can_download(&resting, &admin()), Ok(()));
    assert_eq!(can_reactivate(&resting, &member()), Ok(()));
    assert_eq!(can_deactivate(&resting, &member()), Err(NotAllowed::Status(ImageStatus::Deactivated)));
    assert_eq!(can_create_volume(&image(json!({})), &member(), false), Err(NotAllowed::NoBlockStorage));
}
