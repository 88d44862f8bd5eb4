//! A case: how the executive is set up, and the calls that are made to it.

use oracle::hex;
use oracle::subject::script::Script;
use serde::{Deserialize, Serialize};

use crate::config::{Config, within};

/// A script of calls.
pub type Case = Script<Config, Call>;

/// The most calls of a script.
pub const MAX_CALLS: usize = 400;
/// The most turns that one call may ask for.
pub const MAX_STEP: u32 = 100_000;
/// The most turns that all calls of a script may ask for.
pub const MAX_STEPS: u64 = 1_000_000;
/// The longest image in bytes.
pub const MAX_IMAGE: usize = 131_072;
/// The longest target in characters.
const MAX_TARGET: u32 = 64;
/// The furthest that one call may move the clock, in ms.
const MAX_ADVANCE: u32 = 100_000_000;

/// Declares the calls, each with its name in the protocol.
macro_rules! calls {
    ($($(#[$doc:meta])* $call:ident $name:literal { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* })*) => {
        /// A call of the host with its arguments. PIDs are 1, 2, 3... in the order of loading, 0 is the host; they need
        /// not exist.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "call", deny_unknown_fields)]
        pub enum Call {
            $($(#[$doc])* #[serde(rename = $name)] $call { $($(#[$field_meta])* $field: $type,)* },)*
        }

        impl Call {
            /// The names of all calls.
            pub const NAMES: &[&str] = &[$($name,)*];

            /// Its name.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Call::$call { .. } => $name,)*
                }
            }
        }

        /// The arguments of the call of this name, in the order in which lines have them.
        pub(crate) fn arguments(call: &str) -> Option<&'static [&'static str]> {
            match call {
                $($name => Some(&[$(stringify!($field),)*]),)*
                _ => None,
            }
        }
    };
}

calls! {
    /// Loads an image.
    Load "load" {
        /// The image, up to 131,072 bytes.
        #[serde(with = "hex")]
        image: Vec<u8>,
    }
    /// Lets turns pass.
    Step "step" {
        /// How many at most, up to 100,000; all calls of a script up to 1,000,000.
        n: u32,
        /// Only turns of this task.
        #[serde(default)]
        pid: Option<u16>,
    }
    /// Moves the clock.
    Advance "advance" {
        /// How far, up to 100,000,000 ms.
        ms: u32,
    }
    /// Pauses a task, or all.
    Pause "pause" {
        /// The task.
        #[serde(default)]
        pid: Option<u16>,
    }
    /// Resumes a task, or all.
    Resume "resume" {
        /// The task.
        #[serde(default)]
        pid: Option<u16>,
    }
    /// Takes a task down.
    Kill "kill" {
        /// The task.
        pid: u16,
    }
    /// Sets what the policy looks at.
    Sched "sched" {
        /// The task.
        pid: u16,
        /// How urgent: less is more.
        #[serde(default)]
        priority: Option<u8>,
        /// Turns in a row, from 1.
        #[serde(default)]
        quantum: Option<u16>,
    }
    /// Reads a register.
    RegGet "reg_get" {
        /// The task.
        pid: u16,
        /// 0 to 15.
        reg: u8,
    }
    /// Sets a register.
    RegSet "reg_set" {
        /// The task.
        pid: u16,
        /// 0 to 15.
        reg: u8,
        /// The value.
        value: u32,
    }
    /// Reads data memory.
    Peek "peek" {
        /// The task.
        pid: u16,
        /// Its first byte.
        address: u16,
        /// How many bytes, up to 65,536; cut at the end of memory.
        length: u32,
    }
    /// Writes data memory.
    Poke "poke" {
        /// The task.
        pid: u16,
        /// Its first byte.
        address: u16,
        /// What to write there; cut at the end of memory.
        #[serde(with = "hex")]
        bytes: Vec<u8>,
    }
    /// Opens a mailbox.
    MailboxOpen "mailbox_open" {
        /// Up to 64 characters.
        target: String,
        /// In whose name.
        #[serde(default)]
        pid: u16,
    }
    /// Closes a handle.
    MailboxClose "mailbox_close" {
        /// The handle.
        handle: u16,
        /// In whose name.
        #[serde(default)]
        pid: u16,
    }
    /// Makes a mailbox, or changes one.
    MailboxBind "mailbox_bind" {
        /// Up to 64 characters.
        target: String,
        /// In bytes; 0 = as it is.
        #[serde(default)]
        capacity: u16,
        /// Mode bits; 0 = as they are.
        #[serde(default)]
        mode: u16,
        /// In whose name.
        #[serde(default)]
        pid: u16,
    }
    /// Sends a message through a handle, or to a target.
    MailboxSend "mailbox_send" {
        /// The payload.
        #[serde(with = "hex")]
        data: Vec<u8>,
        /// The handle.
        #[serde(default)]
        handle: Option<u16>,
        /// Up to 64 characters.
        #[serde(default)]
        target: Option<String>,
        /// Flags.
        #[serde(default)]
        flags: u32,
        /// Channel.
        #[serde(default)]
        channel: u32,
        /// In whose name.
        #[serde(default)]
        pid: u16,
    }
    /// Receives a message, if there is one.
    MailboxRecv "mailbox_recv" {
        /// The handle.
        handle: u16,
        /// How many bytes of it.
        #[serde(default = "receive_max")]
        max: u16,
        /// In whose name.
        #[serde(default)]
        pid: u16,
    }
    /// Looks at a mailbox.
    MailboxPeek "mailbox_peek" {
        /// The handle.
        handle: u16,
        /// In whose name.
        #[serde(default)]
        pid: u16,
    }
    /// Makes a handle a tap, or none.
    MailboxTap "mailbox_tap" {
        /// The handle.
        handle: u16,
        /// Whether it shall be a tap.
        #[serde(default = "yes")]
        enable: bool,
        /// In whose name.
        #[serde(default)]
        pid: u16,
    }
    /// Sets the mode of a standard stream.
    MailboxStdio "mailbox_stdio" {
        /// Which.
        stream: Stream,
        /// Mode bits.
        mode: u16,
        /// Whether the mailboxes that there are change too.
        #[serde(default = "yes")]
        update: bool,
    }
    /// Reads a value.
    ValGet "val_get" {
        /// The value.
        oid: u16,
        /// In whose name; the owner's if it is left out.
        #[serde(default)]
        pid: Option<u16>,
    }
    /// Sets a value.
    ValSet "val_set" {
        /// The value.
        oid: u16,
        /// Bits of a binary16.
        f16: u16,
        /// In whose name; the owner's if it is left out.
        #[serde(default)]
        pid: Option<u16>,
    }
    /// Lists values.
    ValList "val_list" {
        /// Only those of this owner.
        #[serde(default)]
        pid: Option<u16>,
        /// Only those of this group.
        #[serde(default)]
        group: Option<u8>,
    }
    /// Lists commands.
    CmdList "cmd_list" {
        /// Only those of this owner.
        #[serde(default)]
        pid: Option<u16>,
        /// Only those of this group.
        #[serde(default)]
        group: Option<u8>,
    }
    /// Calls a command.
    CmdCall "cmd_call" {
        /// The command.
        oid: u16,
        /// In whose name; the owner's if it is left out.
        #[serde(default)]
        pid: Option<u16>,
        /// Without waiting for its result.
        #[serde(default)]
        r#async: bool,
    }
}

fn receive_max() -> u16 {
    512
}

fn yes() -> bool {
    true
}

/// A standard stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stream {
    /// Input.
    In,
    /// Output.
    Out,
    /// Errors.
    Err,
}

/// Whether the case keeps the limits of its format.
pub(crate) fn check(case: &Case) -> Result<(), String> {
    case.config.check().map_err(|why| format!("config.{why}"))?;
    within("calls", case.calls.len() as u32, 0, MAX_CALLS as u32)?;
    for (at, call) in case.calls.iter().enumerate() {
        check_call(call).map_err(|why| format!("calls[{at}].{why}"))?;
    }
    let steps = case.calls.iter().map(|call| if let Call::Step { n, .. } = call { u64::from(*n) } else { 0 });
    let steps: u64 = steps.sum();
    if steps > MAX_STEPS { Err(format!("calls: {steps} turns, at most {MAX_STEPS}")) } else { Ok(()) }
}

fn check_call(call: &Call) -> Result<(), String> {
    let some = |pid: &Option<u16>| within("pid", pid.map_or(1, u32::from), 1, 0xFFFF);
    let target = |target: &String| within("target", target.chars().count() as u32, 0, MAX_TARGET);
    match call {
        Call::Load { image } => within("image", image.len() as u32, 0, MAX_IMAGE as u32),
        Call::Step { n, pid } => within("n", *n, 0, MAX_STEP).and_then(|()| some(pid)),
        Call::Advance { ms } => within("ms", *ms, 0, MAX_ADVANCE),
        Call::Pause { pid } | Call::Resume { pid } => some(pid),
        Call::Sched { quantum, .. } => within("quantum", quantum.map_or(1, u32::from), 1, 0xFFFF),
        Call::RegGet { reg, .. } | Call::RegSet { reg, .. } => within("reg", (*reg).into(), 0, 15),
        Call::Peek { length, .. } => within("length", *length, 0, 0x1_0000),
        Call::MailboxOpen { target: it, .. } | Call::MailboxBind { target: it, .. } => target(it),
        Call::MailboxSend { target: Some(it), .. } => target(it),
        _ => Ok(()),
    }
}
