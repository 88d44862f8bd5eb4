//! The reference's own executive and shell in front of our VM server, and in front of its own: what they show is the same,
//! or a row explains it. Ignored, and said so, without a checkout, which `HSX_REFERENCE` names.

#[path = "../common/mod.rs"]
mod common;
mod explained;
mod processes;
mod sessions;

use std::path::PathBuf;

use libtest_mimic::{Arguments, Trial};

fn main() {
    let checkout = std::env::var_os("HSX_REFERENCE").map(PathBuf::from);
    let trial = |name: &str, test: fn(&std::path::Path) -> Result<(), libtest_mimic::Failed>| {
        let checkout = checkout.clone();
        let missing = checkout.is_none();
        let run = move || test(&checkout.ok_or("no checkout of the reference: set HSX_REFERENCE")?);
        Trial::test(name, run).with_ignored_flag(missing)
    };
    let trials = vec![
        trial("a_session_is_the_same_in_profile_reference", sessions::same_in_reference),
        trial("a_session_is_the_same_in_profile_strict", sessions::same_in_strict),
        trial("a_task_that_returns_locks_nothing_up", sessions::return_locks_nothing_up),
        trial("a_breakpoint_lets_go_on", sessions::breakpoint_lets_go_on),
        trial("a_timed_wait_does_not_stop_the_clock", sessions::timed_wait_keeps_the_clock),
        trial("our_executive_shows_what_theirs_shows", sessions::executive_shows_the_same),
        trial("a_debugger_has_events_and_replies_on_one_connection", sessions::debugger_on_one_connection),
        trial("the_smoke_program_passes", sessions::smoke_program_passes),
        trial("vmclient_calls_every_command", sessions::vmclient_calls_every_command),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}
