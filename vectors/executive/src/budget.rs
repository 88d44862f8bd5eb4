//! What the executive costs on a chip: scripts that do the same over and over, and the aims.

use minivm::isa::Opcode;
use oracle::Profile;
use oracle::subject::{Alone, Budget, Code, Measured};

use crate::case::{Call, Case};
use crate::config::Config;
use crate::images::Program;
use crate::profile::STRICT;

/// A mailbox.
const TARGET: &str = "app:q";
/// How often a script does the same.
const TIMES: usize = 150;

/// What is measured, and what it must keep to. The calls that prepare a script count as its steps do.
pub(crate) fn budget() -> Budget<Case> {
    let open = Call::MailboxOpen { target: TARGET.into(), pid: 0 };
    Budget {
        kinds: vec![
            measured("a turn of one of two tasks", two_tasks(), &[Call::Step { n: 1, pid: None }]),
            measured("a call for a message, there or back", vec![open], &message()),
        ],
        ways: vec![""],
        // Scripts are not judged by what a step of theirs costs: each call does something else.
        is_scored: |_| false,
        program: |_| Vec::new(),
        clock: None,
        code,
        part: "executive",
        max_code: 96 * 1024,
        ram: "RAM for code and data of eight tasks",
        max_ram: 64 * 1024,
        apart: Vec::new(),
        alone: vec![
            alone("behind a link", "firmware", &["uart", "executive"]),
            alone("with two tasks", "tasks", &["tasks"]),
            alone("with all services, for eight tasks", "tasks", &["tasks", "services"]),
        ],
    }
}

/// Firmware that must fit the chip, but for the rooms of the executive, which are on the stack.
fn alone(name: &'static str, program: &'static str, features: &'static [&'static str]) -> Alone {
    Alone { name, program, chip: "stm32g474", features, max_flash: 512 << 10, max_ram: 128 << 10 }
}

fn measured(name: &'static str, before: Vec<Call>, again: &[Call]) -> Measured<Case> {
    let calls = before.into_iter().chain(again.iter().cycle().take(TIMES * again.len()).cloned()).collect();
    Measured { name, case: Case { config: Config::default(), calls }, rounds: 4 }
}

fn code(profile: Profile) -> Code {
    let for_type =
        if profile == STRICT { "executive::profile::Strict" } else { "executive::profile::Reference" };
    Code { of_crate: "executive", for_type, shared: &[] }
}

/// Two tasks that count for ever.
fn two_tasks() -> Vec<Call> {
    let mut program = Program::default();
    program.op(Opcode::Add, [1, 1, 2], 0).op(Opcode::Add, [1, 1, 2], 0).jump(0);
    let image = program.image();
    vec![Call::Load { image: image.clone() }, Call::Load { image }]
}

/// A message to a mailbox of the host's, and its way back.
fn message() -> [Call; 2] {
    [
        Call::MailboxSend { data: vec![7; 16], handle: Some(1), target: None, flags: 0, channel: 0, pid: 0 },
        Call::MailboxRecv { handle: 1, max: 64, pid: 0 },
    ]
}
