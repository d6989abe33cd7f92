//! A server's life as a function of time: what it is now follows from what was accepted when.

use super::model::{Server, Task, VmState};
use crate::clock::SECOND;

/// From accepted to ACTIVE or ERROR, in microseconds, as `clock` counts.
pub const BUILD: i64 = 2 * SECOND;
/// A scheduler that finds no host says so earlier.
const DOOM: i64 = SECOND * 6 / 5;
/// Scheduling ends, networking begins.
pub const NETWORKING: i64 = SECOND / 2;
/// Networking ends, spawning begins; the guest's console starts here.
pub const SPAWNING: i64 = SECOND;
/// From asked to done, for all that is not building, copying or deleting.
pub const POWER: i64 = SECOND;
/// From createImage to the end of the task.
pub const SNAPSHOT: i64 = 2 * SECOND;
const SNAPSHOT_TAKEN: i64 = SECOND / 2;
const SNAPSHOT_PENDING: i64 = SECOND;
/// How long a deleted server is still seen.
const DELETE: i64 = SECOND / 2;

/// The server as it is at `now`; `None` when it is gone.
pub fn settle(mut server: Server, now: i64) -> Option<Server> {
    let Some((task, since)) = server.task else {
        return Some(server);
    };
    let passed = now - since;
    match task {
        Task::Delete if passed >= DELETE => return None,
        Task::Build if server.doom.is_some() && passed >= DOOM => {
            finish(&mut server, VmState::Error, since + DOOM)
        }
        Task::Build if passed >= BUILD => {
            finish(&mut server, VmState::Active, since + BUILD);
            server.launched = Some(since + BUILD);
            server.booted = Some(since + SPAWNING);
        }
        Task::Build if passed >= SPAWNING && server.doom.is_none() => server.booted = Some(since + SPAWNING),
        // The console log stays as it was: `console` shows none of what would have come later.
        Task::PowerOff | Task::RebuildStopped if passed >= POWER => {
            finish(&mut server, VmState::Stopped, since + POWER);
        }
        Task::PowerOn | Task::Reboot | Task::Rebuild if passed >= POWER => {
            finish(&mut server, VmState::Active, since + POWER);
            server.booted = Some(since + POWER);
        }
        Task::Pause if passed >= POWER => finish(&mut server, VmState::Paused, since + POWER),
        Task::Suspend if passed >= POWER => finish(&mut server, VmState::Suspended, since + POWER),
        Task::Unpause | Task::Resume if passed >= POWER => {
            finish(&mut server, VmState::Active, since + POWER);
        }
        Task::Snapshot if passed >= SNAPSHOT => {
            server.task = None;
            server.updated = since + SNAPSHOT;
        }
        _ => {}
    }
    Some(server)
}

fn finish(server: &mut Server, state: VmState, at: i64) {
    server.state = state;
    server.task = None;
    server.updated = at;
}

/// What the API shows of the state.
pub struct Shown {
    /// `status`.
    pub status: &'static str,
    /// `OS-EXT-STS:vm_state`.
    pub vm_state: &'static str,
    /// `OS-EXT-STS:task_state`.
    pub task_state: Option<&'static str>,
    /// `OS-EXT-STS:power_state`: 0 none, 1 running, 4 shut down.
    pub power_state: u8,
}

/// `status`, `vm_state`, `task_state` and `power_state` of a settled server.
pub fn shown(server: &Server, now: i64) -> Shown {
    let task_state = server.task.map(|(task, since)| match (task, now - since) {
        (Task::Build, ..NETWORKING) => "scheduling",
        (Task::Build, ..SPAWNING) => "networking",
        (Task::Build, _) => "spawning",
        (Task::PowerOff, _) => "powering-off",
        (Task::PowerOn, _) => "powering-on",
        (Task::Reboot, _) => "reboot_started",
        (Task::Pause, _) => "pausing",
        (Task::Unpause, _) => "unpausing",
        (Task::Suspend, _) => "suspending",
        (Task::Resume, _) => "resuming",
        (Task::Rebuild | Task::RebuildStopped, _) => "rebuilding",
        (Task::Snapshot, ..SNAPSHOT_TAKEN) => "image_snapshot",
        (Task::Snapshot, ..SNAPSHOT_PENDING) => "image_pending_upload",
        (Task::Snapshot, _) => "image_uploading",
        (Task::Delete, _) => "deleting",
    });
    let (status, vm_state, power_state) = match server.state {
        VmState::Building => ("BUILD", "building", 0),
        VmState::Active => ("ACTIVE", "active", 1),
        VmState::Stopped => ("SHUTOFF", "stopped", 4),
        VmState::Paused => ("PAUSED", "paused", 3),
        VmState::Suspended => ("SUSPENDED", "suspended", 4),
        VmState::Error => ("ERROR", "error", 0),
    };
    let status = match server.task {
        Some((Task::Reboot, _)) if server.state == VmState::Active => "REBOOT",
        Some((Task::Rebuild | Task::RebuildStopped, _)) => "REBUILD",
        _ => status,
    };
    Shown { status, vm_state, task_state, power_state }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn building() -> Server {
        Server {
            id: "s".into(),
            created: SECOND,
            updated: SECOND,
            task: Some((Task::Build, SECOND)),
            ..Server::default()
        }
    }

    #[test]
    fn a_server_is_active_two_seconds_after_it_was_accepted() {
        let at = |now| settle(building(), now).map(|s| (shown(&s, now).status, shown(&s, now).task_state));
        assert_eq!(at(SECOND), Some(("BUILD", Some("scheduling"))));
        assert_eq!(at(SECOND * 5 / 2), Some(("BUILD", Some("spawning"))));
        assert_eq!(at(3 * SECOND), Some(("ACTIVE", None)));
    }

    #[test]
    fn a_doomed_server_ends_in_error() {
        let doomed = Server { doom: Some("No valid host was found. ".into()), ..building() };
        let ended = settle(doomed, 9 * SECOND).map(|s| (s.state, s.launched));
        assert_eq!(ended, Some((VmState::Error, None)));
    }

    #[test]
    fn a_deleted_server_is_gone_soon() {
        let deleted = Server { task: Some((Task::Delete, SECOND)), ..building() };
        assert!(settle(deleted.clone(), SECOND + SECOND / 10).is_some());
        assert_eq!(settle(deleted, SECOND * 8 / 5), None);
    }
}
