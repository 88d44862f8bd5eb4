//! The table of situations: for each call of the host, for each service, and for turns.

use std::sync::LazyLock;

use oracle::Profile;

use crate::outcome::ERRORS;
use crate::profile::{REFERENCE, STRICT};

/// Topic, group and name of a point.
pub(crate) type Situation = (&'static str, &'static str, &'static str);

/// The columns.
pub(crate) const GROUPS: [&str; 7] = ["status", "error", "state", "event", "raise", "fault", "handler"];

/// The topic of turns.
pub(crate) const TURN: &str = "turn";
/// The topic of numbers that no service has.
pub(crate) const OTHER: &str = "no-service";

/// A row.
pub(crate) struct Row {
    pub topic: &'static str,
    pub points: Vec<Cell>,
}

/// A situation, and where it is possible.
pub(crate) struct Cell {
    pub group: &'static str,
    pub name: &'static str,
    only: Option<Profile>,
}

impl Cell {
    /// Whether it is possible in a profile.
    pub fn is_in(&self, profile: Profile) -> bool {
        self.only.is_none_or(|only| only == profile)
    }
}

/// The services with their numbers, their statuses and what they tell. A name that ends in `-` is possible in `reference`
/// only, in `+` in `strict` only.
const SERVICES: [(&str, (u32, u32), &str, &str); 34] = [
    ("core-steps", (0, 0), "number", ""),
    ("task-exit", (1, 0), "number", "io exited+"),
    ("uart-write", (1, 1), "number", "io"),
    ("can-send", (2, 0), "0", "io"),
    ("fs-open", (4, 0), "number -22", ""),
    ("fs-read", (4, 1), "0 number", ""),
    ("fs-write", (4, 2), "0 number", "mailbox_send mailbox_backpressure mailbox_overrun mailbox_wake+"),
    ("fs-close", (4, 3), "0 -1", ""),
    ("fs-list", (4, 10), "0 number", ""),
    ("fs-delete", (4, 11), "0 -1", ""),
    ("fs-rename", (4, 12), "0 -1", ""),
    ("fs-mkdir", (4, 13), "0", ""),
    ("mbx-open", (5, 0), "0 5 255", "mailbox_error mailbox_exhausted"),
    ("mbx-bind", (5, 1), "0 5 255", "mailbox_error mailbox_exhausted"),
    (
        "mbx-send",
        (5, 2),
        "0 1 2 4",
        "mailbox_send mailbox_error mailbox_backpressure mailbox_overrun mailbox_wake",
    ),
    ("mbx-recv", (5, 3), "0 2 3 waits", "mailbox_recv mailbox_error mailbox_wait"),
    ("mbx-peek", (5, 4), "0 2", "mailbox_error"),
    ("mbx-tap", (5, 5), "0 2", "mailbox_error"),
    ("mbx-close", (5, 6), "0 2", "mailbox_error"),
    ("sleep", (6, 0), "0", "sleep_request"),
    ("val-register", (7, 0), "0 3 4 5", "value_registered"),
    ("val-lookup", (7, 1), "0 1", ""),
    ("val-get", (7, 2), "1 2 number", ""),
    ("val-set", (7, 3), "0 1 2 6", "value_changed mailbox_backpressure mailbox_overrun mailbox_wake+"),
    ("val-list", (7, 4), "0", ""),
    ("val-sub", (7, 5), "0 1 4", "mailbox_exhausted"),
    ("val-persist", (7, 6), "0 1 2 4", ""),
    ("cmd-register", (8, 0), "0 3 4 5", "cmd_registered"),
    ("cmd-lookup", (8, 1), "0 1", ""),
    ("cmd-call", (8, 2), "0 1 2 7", "cmd_invoked cmd_completed"),
    (
        "cmd-async",
        (8, 3),
        "0 1 2 4 6",
        "cmd_invoked cmd_completed mailbox_backpressure mailbox_exhausted mailbox_wake+",
    ),
    ("cmd-help", (8, 4), "0 1", ""),
    ("libm", (14, 0), "number", ""),
    (OTHER, (15, 0), "-255 -1 4 255 0", ""),
];

/// The calls of the host with the statuses and errors that they come to, the states that they find tasks in, and what
/// they tell (`strict`).
const HOST: [(&str, &str, &str, &str, &str); 25] = [
    (
        "load",
        "0",
        "EBADMSG EEXIST ENOSPC ENODESC ENOHANDLE EINVAL",
        "",
        "mailbox_exhausted value_registered cmd_registered",
    ),
    ("advance", "0", "", "", ""),
    ("pause", "0", "ESRCH", "running- ready waiting_mbx sleeping paused stopped- returned faulted+", ""),
    ("resume", "0", "ESRCH", "running- ready waiting_mbx sleeping paused stopped- returned faulted+", ""),
    (
        "kill",
        "0",
        "ESRCH",
        "running- ready waiting_mbx sleeping paused stopped- returned faulted+",
        "cmd_completed",
    ),
    ("sched", "0", "ESRCH", "", ""),
    ("reg_get", "0", "ESRCH", "", ""),
    ("reg_set", "0", "ESRCH", "running- ready waiting_mbx sleeping paused stopped- returned faulted+", ""),
    ("peek", "0", "ESRCH", "", ""),
    ("poke", "0", "ESRCH", "running- ready waiting_mbx sleeping paused stopped- returned faulted+", ""),
    ("mailbox_open", "0", "EINVAL ENODESC ENOHANDLE", "", "mailbox_exhausted"),
    ("mailbox_close", "0", "EBADF", "", "mailbox_wake"),
    ("mailbox_bind", "0", "EINVAL ENODESC", "", "mailbox_exhausted"),
    (
        "mailbox_send",
        "0 1",
        "EINVAL EBADF EMSGSIZE ENODESC ENOHANDLE",
        "",
        "mailbox_backpressure mailbox_overrun mailbox_wake mailbox_exhausted",
    ),
    ("mailbox_recv", "0 3", "EBADF", "", ""),
    ("mailbox_peek", "0", "EBADF", "", ""),
    ("mailbox_tap", "0", "EBADF", "", ""),
    ("mailbox_stdio", "0", "", "", ""),
    ("val_get", "0 1 2", "", "", ""),
    ("val_set", "0 1 2 6", "", "", "value_changed mailbox_backpressure mailbox_overrun mailbox_wake"),
    ("val_list", "0", "", "", ""),
    ("cmd_list", "0", "", "", ""),
    ("cmd_call", "0 1 2 6 7", "", "", "cmd_invoked cmd_completed"),
    ("step", "", "", "", ""),
    (TURN, "", "", "", ""),
];

const STEP: [&str; 5] =
    ["turns pass", "no turn passes", "all are paused", "one task's turns", "a task that cannot run"];
const AFTER_A_TURN: &str = "running- ready waiting_mbx sleeping paused stopped- returned faulted+";
const TURN_EVENTS: &str = "sleep_request sleep_complete vm_error- debug_stop fault+ exited+ mailbox_timeout";
/// Not `ret_straddle`: the stack pointer of a task is always a multiple of 4.
const RAISES: &str = "invalid_conversion- libm_domain- libm_overflow- bad_target- stale_fd- memory_growth-";
const FAULTS: &str = "memory+ divide_by_zero+ stack_overflow+ stack_underflow+ illegal_opcode+ pc_out_of_range+ truncated_ldi32+ misaligned+";
const HANDLER: [&str; 3] = ["entered", "returns", "ends with its task"];

/// All rows.
pub(crate) static TABLE: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let mut rows: Vec<Row> = HOST
        .iter()
        .map(|&(topic, statuses, errors, states, events)| {
            let mut points = cells("status", statuses);
            points.extend(cells("error", errors));
            points.extend(cells("state", states));
            points.extend(cells("event", events).into_iter().map(|cell| Cell { only: Some(STRICT), ..cell }));
            Row { topic, points }
        })
        .collect();
    for row in &mut rows {
        let plain = |group, names: &[&'static str], only| {
            names.iter().map(move |&name| Cell { group, name, only }).collect::<Vec<_>>()
        };
        match row.topic {
            "step" => row.points.extend(plain("status", &STEP, None)),
            TURN => {
                row.points.extend(cells("state", AFTER_A_TURN));
                row.points.extend(cells("event", TURN_EVENTS));
                row.points.extend(cells("raise", RAISES));
                row.points.extend(cells("fault", FAULTS));
                row.points.extend(plain("handler", &HANDLER, Some(STRICT)));
            }
            _ => {}
        }
    }
    rows.extend(SERVICES.iter().map(|&(topic, _, statuses, events)| {
        let mut points = cells("status", statuses);
        points.extend(cells("event", events));
        Row { topic, points }
    }));
    rows
});

fn cells(group: &'static str, names: &'static str) -> Vec<Cell> {
    let cell = |word: &'static str| {
        let only = match word.as_bytes().last() {
            Some(b'-') => Some(REFERENCE),
            Some(b'+') => Some(STRICT),
            _ => None,
        };
        Cell { group, name: word.trim_end_matches(['-', '+']), only }
    };
    names.split_whitespace().map(cell).collect()
}

/// The topic of the service that an `SVC` calls.
pub(crate) fn service(word: u32) -> &'static str {
    let (module, function) = (word >> 8 & 0xF, word & 0xFF);
    // sin, cos and exp are one topic.
    let function = if module == 14 && function < 3 { 0 } else { function };
    let found = SERVICES.iter().find(|(topic, number, ..)| *number == (module, function) && *topic != OTHER);
    found.map_or(OTHER, |(topic, ..)| topic)
}

/// The name of an error.
pub(crate) fn error(name: &str) -> Option<&'static str> {
    ERRORS.iter().map(|error| error.name()).find(|known| *known == name)
}

/// The name of a status.
pub(crate) fn status(status: u32) -> &'static str {
    match status {
        0 => "0",
        1 => "1",
        2 => "2",
        3 => "3",
        4 => "4",
        5 => "5",
        6 => "6",
        7 => "7",
        0xFF => "255",
        0xFFFF_FF01 => "-255",
        0xFFFF_FFEA => "-22",
        u32::MAX => "-1",
        _ => "number",
    }
}

/// The name of what a service has put into R0: its status, or a number if that is what it gives.
pub(crate) fn status_of(topic: &str, r0: u32) -> &'static str {
    let statuses =
        SERVICES.iter().find(|(known, ..)| *known == topic).map_or("", |(_, _, statuses, _)| statuses);
    let name = status(r0);
    if statuses.split(' ').any(|known| known == name) { name } else { "number" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_once_in_a_row() {
        for row in TABLE.iter() {
            let mut names: Vec<_> = row.points.iter().map(|cell| (cell.group, cell.name)).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), row.points.len(), "{}", row.topic);
        }
    }

    #[test]
    fn every_call_has_a_row() {
        for name in crate::case::Call::NAMES {
            assert!(TABLE.iter().any(|row| row.topic == *name), "{name}");
        }
    }
}
