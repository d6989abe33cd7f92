//! What can be done with a server just now, and why not. Nova has the last word; these are its rules, so that a person reads
//! the reason before trying: https://opendev.org/openstack/nova/src/branch/master/nova/compute/api.py

use crate::{
    domain::access::Person,
    openstack::nova::server::{Server, ServerStatus},
};

/// Why something can't be done with a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotNow {
    /// The person may only look.
    ReadOnly,
    /// Nova is deleting it, or has.
    Deleting,
    /// It is locked, and the person is no administrator.
    Locked,
    /// Nova is doing something else with it.
    Busy(String),
    /// Not in this status.
    Status(ServerStatus),
}

/// Whether Nova is deleting it: the status stays as it was meanwhile.
pub fn is_being_deleted(server: &Server) -> bool {
    server.task_state.as_deref() == Some("deleting")
}

/// Make an image of it.
///
/// # Errors
/// The reason why not.
pub fn can_snapshot(server: &Server, me: &Person) -> Result<(), NotNow> {
    use ServerStatus as S;
    there(server, me)?;
    match &server.status {
        // Unknown ones: Nova decides.
        S::Active | S::Shutoff | S::Paused | S::Suspended | S::Other(_) => {}
        other => return Err(NotNow::Status(other.clone())),
    }
    match server.task_state.as_deref().filter(|task| !task.is_empty()) {
        Some(task) => Err(NotNow::Busy(task.to_owned())),
        None => Ok(()),
    }
}

/// Delete it.
///
/// # Errors
/// The reason why not.
pub fn can_delete_server(server: &Server, me: &Person) -> Result<(), NotNow> {
    there(server, me)?;
    if server.locked && !me.is_admin() { Err(NotNow::Locked) } else { Ok(()) }
}

fn there(server: &Server, me: &Person) -> Result<(), NotNow> {
    if !me.may_change() {
        return Err(NotNow::ReadOnly);
    }
    if is_being_deleted(server) || server.status == ServerStatus::Deleted {
        return Err(NotNow::Deleting);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn server(status: &str, task: Option<&str>, locked: bool) -> Server {
        let body = json!({"id": "s", "status": status, "OS-EXT-STS:task_state": task, "locked": locked});
        serde_json::from_value(body).unwrap()
    }

    fn person(role: &str) -> Person {
        Person { roles: vec![role.to_owned()], ..Person::default() }
    }

    #[test]
    fn a_snapshot_wants_a_resting_server_with_a_disk() {
        let member = person("member");
        for status in ["ACTIVE", "SHUTOFF", "PAUSED", "SUSPENDED", "DREAMING"] {
            assert_eq!(can_snapshot(&server(status, None, true), &member), Ok(()), "{status}");
        }
        let refused = [
            (server("ERROR", None, false), NotNow::Status(ServerStatus::Error)),
            (server("BUILD", Some("spawning"), false), NotNow::Status(ServerStatus::Build)),
            (server("ACTIVE", Some("powering-off"), false), NotNow::Busy("powering-off".into())),
            (server("ACTIVE", Some("deleting"), false), NotNow::Deleting),
            (server("DELETED", None, false), NotNow::Deleting),
        ];
        for (server, why) in refused {
            assert_eq!(can_snapshot(&server, &member), Err(why));
        }
        assert_eq!(can_snapshot(&server("ACTIVE", None, false), &person("reader")), Err(NotNow::ReadOnly));
    }

    #[test]
    fn anything_can_be_deleted_but_what_is_locked_by_administrators_only() {
        for status in ["BUILD", "ERROR", "ACTIVE", "SHELVED"] {
            assert_eq!(
                can_delete_server(&server(status, None, false), &person("member")),
                Ok(()),
                "{status}"
            );
        }
        let locked = server("ACTIVE", None, true);
        assert_eq!(can_delete_server(&locked, &person("member")), Err(NotNow::Locked));
        assert_eq!(can_delete_server(&locked, &person("admin")), Ok(()));
        assert_eq!(
            can_delete_server(&server("ACTIVE", Some("deleting"), false), &person("admin")),
            Err(NotNow::Deleting)
        );
    }
}
