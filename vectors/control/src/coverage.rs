//! Which situations the calls of a script are in: what comes of each call, by the state of the task and by why.

use minivm::Fault;
use minivm::control::{Error, Policy, TaskState};
use minivm::hxe::{Defect, LoadError};
use oracle::Profile;
use oracle::subject::{Hits, Point, PointRow, Watched, Watcher};
use vectors_minivm::Stop;

use crate::Control;
use crate::case::{Call, Case};
use crate::outcome::{Last, Lifecycle, Reason, Refusal, Row, Value, WINDOW};
use crate::session::{Play, Room, Session};

/// What a call comes to, and in which situation.
type Situation = (&'static str, &'static str);

const OK: &str = "ok";

/// How an image can be wrong, as `load` finds it.
const IMAGE: [Situation; 6] = [
    ("ENOSPC", "no room for code or data"),
    ("ENOSPC", "no room for metadata"),
    ("EBADMSG", "bad header"),
    ("EBADMSG", "bad metadata"),
    ("EBADMSG", "cut short"),
    ("EBADMSG", "bad CRC"),
];
const MAKES_A_TASK: [Situation; 4] =
    [(OK, "first task"), (OK, "beside others"), ("EBUSY", "another loads"), ("ENOSPC", "no arena")];
const NO_PID: Situation = ("ENOSPC", "as many as limits.max_pids");
const NOT_LOADING: [Situation; 3] =
    [("ESRCH", "no such task"), ("EBUSY", "task is ready"), ("EBUSY", "task is stopped")];
const RUNS: [Situation; 16] = [
    (OK, "all retired"),
    (OK, "several retired"),
    (OK, "registers kept"),
    (OK, "break"),
    (OK, "svc"),
    (OK, "returned"),
    (OK, "fault memory"),
    (OK, "fault divide_by_zero"),
    (OK, "fault stack_overflow"),
    (OK, "fault stack_underflow"),
    (OK, "fault illegal_opcode"),
    (OK, "fault pc_out_of_range"),
    (OK, "fault truncated_ldi32"),
    (OK, "fault misaligned"),
    NOBODY,
    ("EBUSY", "task is stopped"),
];
const NOBODY: Situation = ("ESRCH", "nobody is active");
const READS: [Situation; 8] = [
    (OK, "pc"),
    (OK, "sp"),
    (OK, "psw"),
    (OK, "wp"),
    (OK, "general register"),
    (OK, "task is ready"),
    (OK, "task is stopped"),
    ("EINVAL", "no register"),
];
const SETS: [Situation; 12] = [
    (OK, "pc"),
    (OK, "pc of a stopped task"),
    (OK, "sp"),
    (OK, "psw"),
    (OK, "general register"),
    (OK, "task is stopped"),
    ("EINVAL", "no register"),
    ("EINVAL", "value of sp"),
    ("EINVAL", "value of psw"),
    ("EPERM", "policy: no reg_set"),
    ("EPERM", "policy: pc of a stopped task"),
    ("EPERM", "wp"),
];
const OF_ANY: [Situation; 4] =
    [(OK, "task is active"), (OK, "task is not active"), ("ESRCH", "no such task"), ("EBUSY", "task loads")];
const MEMORY: [Situation; 8] = [
    (OK, "task is ready"),
    (OK, "task is stopped"),
    (OK, "no bytes"),
    (OK, "registers"),
    (OK, "up to the end"),
    NOBODY,
    ("EFAULT", "begins outside"),
    ("EFAULT", "ends outside"),
];

/// The situations of the call of this name.
fn situations(call: &str) -> Vec<Situation> {
    let all = |parts: &[&[Situation]]| parts.concat();
    match call {
        "init" => vec![
            (OK, "no tasks"),
            (OK, "tasks taken down"),
            (OK, "while loading"),
            (OK, "unknown field"),
            (OK, "unknown policy"),
            ("EINVAL", "autorun_quanta"),
            ("EINVAL", "limits.max_pids"),
            ("EINVAL", "limits.code_max"),
            ("EINVAL", "stack_size_bytes"),
            ("EINVAL", "heap_size_bytes"),
            ("ENOSPC", "limits.max_pids is too large"),
            ("ENOSPC", "stack_size_bytes is too large"),
            ("ENOSPC", "heap_size_bytes is too large"),
        ],
        "load" => all(&[&MAKES_A_TASK, &[NO_PID], &IMAGE]),
        "load_begin" => all(&[&MAKES_A_TASK, &[NO_PID]]),
        "load_write" => all(&[
            &[(OK, "within the header"), (OK, "behind the header"), (OK, "no bytes")],
            &NOT_LOADING,
            &IMAGE[..4],
        ]),
        "load_end" => all(&[&[(OK, "task is ready now")], &NOT_LOADING, &IMAGE[3..]]),
        "load_abort" => all(&[&[(OK, "task is gone")], &NOT_LOADING]),
        "unload" => vec![
            (OK, "task loads"),
            (OK, "task is ready"),
            (OK, "task is stopped"),
            (OK, "task is active"),
            (OK, "task is not active"),
            ("ESRCH", "no such task"),
        ],
        "pids" => vec![
            (OK, "no tasks"),
            (OK, "loading"),
            (OK, "ready"),
            (OK, "stopped"),
            (OK, "fault latched"),
            (OK, "heap"),
            (OK, "several tasks"),
        ],
        "set_context" => vec![
            (OK, "task is ready"),
            (OK, "task is stopped"),
            (OK, "another was active"),
            ("ESRCH", "no such task"),
            ("EBUSY", "task loads"),
        ],
        "step" => RUNS.to_vec(),
        "clock" => all(&[&RUNS, &[(OK, "no instruction")]]),
        "reg_get" => all(&[&READS, &[NOBODY]]),
        "reg_set" => all(&[&SETS, &[NOBODY]]),
        "reg_get_for" => all(&[&READS, &OF_ANY]),
        "reg_set_for" => all(&[&SETS, &OF_ANY]),
        "mem_read" => MEMORY.to_vec(),
        "mem_write" => {
            all(&[&MEMORY, &[("EPERM", "policy: task is ready"), (OK, "policy: task is stopped")]])
        }
        "last_pc" | "last_opcode" => vec![(OK, "none yet"), (OK, "after an instruction")],
        _ => vec![(OK, "none yet"), (OK, "after an instruction"), (OK, "not kept")],
    }
}

impl Watched<Control> for Control {
    fn groups(&self) -> Vec<&'static str> {
        [OK].into_iter().chain(Refusal::ALL.map(Refusal::name)).collect()
    }

    fn rows(&self, _: Profile) -> Vec<PointRow> {
        let mut number = 0;
        let mut point = |(group, name): Situation| {
            number += 1;
            Point { number: number - 1, name, group }
        };
        let mut row = |topic: &'static str| PointRow {
            topic,
            points: situations(topic).into_iter().map(&mut point).collect(),
        };
        Call::NAMES.iter().map(|name| row(name)).collect()
    }

    fn watcher(&self, profile: Profile) -> Box<dyn Watcher<Control>> {
        Box::new(Watch { rows: self.rows(profile), room: Room::default() })
    }
}

/// Watches the native machine.
struct Watch {
    rows: Vec<PointRow>,
    room: Room,
}

impl Watcher<Control> for Watch {
    fn watch(&mut self, case: &Case, hits: &mut Hits<'_>) {
        self.room.play(case, Watching { case, rows: &self.rows, policy: 0, hits });
    }
}

struct Watching<'a, 'h> {
    case: &'a Case,
    rows: &'a [PointRow],
    /// The flags of the last `init`.
    policy: u32,
    hits: &'a mut Hits<'h>,
}

impl Play for Watching<'_, '_> {
    type Output = ();

    fn play<const N: usize>(mut self, mut session: Session<'_, N>) {
        for (call, step) in self.case.calls.iter().zip(1..) {
            let Some(row) = self.rows.iter().find(|row| row.topic == call.name()) else { continue };
            let before = Before::of(&session, call, self.policy);
            let result = session.call(call);
            let mut hit = |(group, name): Situation| {
                if let Some(point) =
                    row.points.iter().find(|point| point.group == group && point.name == name)
                {
                    (self.hits)(step, point.number);
                }
            };
            match &result {
                Ok(value) => before.carried_out(call, value, &mut hit),
                Err(error) => before.refused(call, *error, &mut hit),
            }
            if let (Call::Init { config }, Ok(_)) = (call, &result) {
                self.policy = config.get("policy_flags").copied().unwrap_or_default();
            }
        }
    }
}

/// What counts of the state before a call.
struct Before {
    tasks: usize,
    arenas: usize,
    loads: bool,
    active: Option<u32>,
    /// The task that the call is about: the one that it names, or the active one.
    task: Option<u32>,
    state: Option<TaskState>,
    denies_writing: bool,
    keeps_registers: bool,
    ran: bool,
}

impl Before {
    fn of<const N: usize>(session: &Session<'_, N>, call: &Call, policy: u32) -> Self {
        let active = session.active();
        let task = call.task().or(active);
        Before {
            tasks: session.states().count(),
            arenas: N,
            loads: session.states().any(|state| state == TaskState::Loading),
            active,
            task,
            state: task.and_then(|task| session.state(task)),
            denies_writing: policy & Policy::DENY_MEM_WRITE_READY.bits() != 0,
            keeps_registers: session.keeps_registers(),
            ran: session.last() != Last::default(),
        }
    }

    fn carried_out(&self, call: &Call, value: &Value, hit: &mut impl FnMut(Situation)) {
        let mut ok = |name| hit((OK, name));
        match (call, value) {
            (Call::Init { config }, _) => {
                ok(if self.tasks == 0 { "no tasks" } else { "tasks taken down" });
                mark(&mut ok, "while loading", self.loads);
                mark(&mut ok, "unknown field", config.keys().any(|field| !FIELDS.contains(&field.as_str())));
                mark(&mut ok, "unknown policy", config.get("policy_flags").is_some_and(|flags| *flags > 7));
            }
            (Call::Load { .. } | Call::LoadBegin {}, _) => {
                ok(if self.tasks == 0 { "first task" } else { "beside others" });
            }
            (Call::LoadWrite { bytes, .. }, _) if bytes.is_empty() => ok("no bytes"),
            (Call::LoadWrite { bytes, .. }, _) if bytes.len() < 32 => ok("within the header"),
            (Call::LoadWrite { .. }, _) => ok("behind the header"),
            (Call::LoadEnd { .. }, _) => ok("task is ready now"),
            (Call::LoadAbort { .. }, _) => ok("task is gone"),
            (Call::Unload { .. }, _) => {
                self.of_state(&mut ok);
                ok(if self.task == self.active { "task is active" } else { "task is not active" });
            }
            (Call::SetContext { .. }, _) => {
                self.of_state(&mut ok);
                mark(
                    &mut ok,
                    "another was active",
                    self.active.is_some_and(|active| Some(active) != self.task),
                );
            }
            (Call::Pids {}, Value::Tasks(rows)) => listed(rows, &mut ok),
            (Call::Step {} | Call::Clock { .. }, Value::Step(step)) => {
                match step.reason {
                    Reason::Done(_) if step.retired == 0 => ok("no instruction"),
                    Reason::Done(_) => ok("all retired"),
                    Reason::Stop(stop) => ok(stop_name(stop)),
                }
                mark(&mut ok, "several retired", step.retired > 1);
                mark(&mut ok, "registers kept", self.keeps_registers);
            }
            (Call::RegGet { reg }, _) => self.read(*reg, &mut ok),
            (Call::RegSet { reg, .. }, _) => self.set(*reg, &mut ok),
            (Call::RegGetFor { reg, .. }, _) => {
                ok(if self.task == self.active { "task is active" } else { "task is not active" });
                self.read(*reg, &mut ok);
            }
            (Call::RegSetFor { reg, .. }, _) => {
                ok(if self.task == self.active { "task is active" } else { "task is not active" });
                self.set(*reg, &mut ok);
            }
            (Call::MemRead { address, length }, _) => self.memory(*address, *length, &mut ok),
            (Call::MemWrite { address, bytes }, _) => {
                self.memory(*address, bytes.len() as u32, &mut ok);
                mark(&mut ok, "policy: task is stopped", self.denies_writing);
            }
            (Call::LastRegs {}, Value::Nothing) => ok("not kept"),
            _ => ok(if self.ran { "after an instruction" } else { "none yet" }),
        }
    }

    fn of_state(&self, ok: &mut impl FnMut(&'static str)) {
        ok(match self.state {
            Some(TaskState::Loading) | None => "task loads",
            Some(TaskState::Ready) => "task is ready",
            Some(TaskState::Stopped) => "task is stopped",
        });
    }

    fn read(&self, reg: u32, ok: &mut impl FnMut(&'static str)) {
        ok(register(reg));
        self.of_state(ok);
    }

    fn set(&self, reg: u32, ok: &mut impl FnMut(&'static str)) {
        let stopped = self.state == Some(TaskState::Stopped);
        ok(if stopped && reg == 0 { "pc of a stopped task" } else { register(reg) });
        mark(ok, "task is stopped", stopped);
    }

    fn memory(&self, address: u32, length: u32, ok: &mut impl FnMut(&'static str)) {
        self.of_state(ok);
        mark(ok, "no bytes", length == 0);
        mark(ok, "registers", length > 0 && address + length > WINDOW);
        mark(ok, "up to the end", address + length == 0x1_0000);
    }

    fn refused(&self, call: &Call, error: Error, hit: &mut impl FnMut(Situation)) {
        let name = match error {
            Error::Image(error) => class(error),
            Error::NoArena if self.tasks == self.arenas => "no arena",
            Error::NoArena => NO_PID.1,
            Error::Config { field, .. } => field,
            Error::TooLarge { field: "limits.max_pids", .. } => "limits.max_pids is too large",
            Error::TooLarge { field: "stack_size_bytes", .. } => "stack_size_bytes is too large",
            Error::TooLarge { .. } => "heap_size_bytes is too large",
            Error::NoTask(_) => "no such task",
            Error::NoActiveTask => NOBODY.1,
            Error::Busy(_, TaskState::Ready) => "task is ready",
            Error::Busy(_, TaskState::Stopped) => "task is stopped",
            Error::Busy(..) if matches!(call, Call::Load { .. } | Call::LoadBegin {}) => "another loads",
            Error::Busy(..) => "task loads",
            Error::NoRegister(_) => "no register",
            Error::RegisterValue(_) if names(call, 1) => "value of sp",
            Error::RegisterValue(_) => "value of psw",
            Error::NotPermitted(_) if matches!(call, Call::MemWrite { .. }) => "policy: task is ready",
            Error::NotPermitted(policy) if policy.contains(Policy::DENY_REG_SET) => "policy: no reg_set",
            Error::NotPermitted(_) => "policy: pc of a stopped task",
            Error::WorkspacePointer => "wp",
            Error::Address { address, .. } if address > 0xFFFF => "begins outside",
            Error::Address { .. } => "ends outside",
        };
        hit((Refusal::from(error.errno()).name(), name));
    }
}

/// The fields of `init`.
const FIELDS: [&str; 8] = [
    "autorun_quanta",
    "limits.max_pids",
    "limits.code_max",
    "limits.data_max",
    "stack_size_bytes",
    "heap_size_bytes",
    "policy_flags",
    "keep_last_regs",
];

fn mark(ok: &mut impl FnMut(&'static str), name: &'static str, is_so: bool) {
    if is_so {
        ok(name);
    }
}

fn names(call: &Call, register: u32) -> bool {
    matches!(call, Call::RegSet { reg, .. } | Call::RegSetFor { reg, .. } if *reg == register)
}

fn register(reg: u32) -> &'static str {
    match reg {
        0 => "pc",
        1 => "sp",
        2 => "psw",
        3 => "wp",
        _ => "general register",
    }
}

fn listed(rows: &[Row], ok: &mut impl FnMut(&'static str)) {
    mark(ok, "no tasks", rows.is_empty());
    mark(ok, "several tasks", rows.len() > 1);
    for row in rows {
        ok(match row.state {
            Lifecycle::Loading => "loading",
            Lifecycle::Ready => "ready",
            Lifecycle::Stopped => "stopped",
        });
        mark(ok, "fault latched", row.fault_code != 0);
        mark(ok, "heap", row.heap[0] != row.heap[1]);
    }
}

fn stop_name(stop: Stop) -> &'static str {
    match stop {
        Stop::Budget {} => "all retired",
        Stop::Svc { .. } => "svc",
        Stop::Break { .. } => "break",
        Stop::Returned { .. } => "returned",
        Stop::Fault { fault } => match fault {
            Fault::Memory => "fault memory",
            Fault::DivideByZero => "fault divide_by_zero",
            Fault::StackOverflow => "fault stack_overflow",
            Fault::StackUnderflow => "fault stack_underflow",
            Fault::IllegalOpcode => "fault illegal_opcode",
            Fault::PcOutOfRange => "fault pc_out_of_range",
            Fault::TruncatedLdi32 => "fault truncated_ldi32",
            Fault::InvalidConversion => "fault invalid_conversion",
            Fault::Misaligned => "fault misaligned",
        },
    }
}

/// The class of what is wrong with an image.
fn class(error: LoadError) -> &'static str {
    match error.defect {
        // The header of version 1 is whole after 32 bytes, that of version 2 after 96.
        Defect::NoSpace if matches!(error.offset, 32 | 96) => "no room for code or data",
        Defect::NoSpace => "no room for metadata",
        Defect::CrcMismatch => "bad CRC",
        Defect::TooSmall | Defect::HeaderTruncated | Defect::Truncated => "cut short",
        Defect::BadMagic
        | Defect::UnsupportedVersion
        | Defect::CodeTooLarge
        | Defect::RodataTooLarge
        | Defect::BssTooLarge
        | Defect::CodeMisaligned
        | Defect::RodataMisaligned
        | Defect::EntryMisaligned
        | Defect::EntryOutsideCode
        | Defect::NameNotAscii
        | Defect::ReservedNotZero
        | Defect::MetadataOverlap => "bad header",
        _ => "bad metadata",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_once_in_a_row() {
        for row in Control.rows(crate::DOCUMENT) {
            let mut names: Vec<&str> = row.points.iter().map(|point| point.name).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), row.points.len(), "{}", row.topic);
        }
    }
}
