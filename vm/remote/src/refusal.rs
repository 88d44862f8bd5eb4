//! Why a request is refused, and the text that its client gets.

use std::fmt::{self, Display, Formatter};

use executive::{Error, Raise};
use minivm::hxe::LoadError;

/// Why a request is refused.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// The line is no JSON.
    NotJson,
    /// It is JSON, and no object.
    NotAnObject,
    /// It is longer than it may be, in bytes.
    LineTooLong(usize),
    /// It names no command.
    NoCommand,
    /// There is no such command.
    UnknownCommand(String),
    /// The client speaks another version of the protocol.
    Version(i64),
    /// An argument is missing, or is not what it should be: of which command, and what is wrong.
    Malformed(String, String),
    /// There is no such task.
    UnknownPid(i64),
    /// No task is active.
    NoTask,
    /// There is no such register.
    NoRegister,
    /// A number is not in its range: its name, and the range.
    OutOfRange(&'static str, i64, i64),
    /// There would be more than there may be: of what, and how many there may be.
    TooMany(&'static str, usize),
    /// A file is outside the folder that the server was given.
    Outside(String),
    /// A file cannot be read.
    File(String, String),
    /// A file is no valid image.
    BadImage(LoadError),
    /// What the executive refuses: what was asked of it, and why.
    Executive(&'static str, Error),
    /// What a mailbox call is refused for.
    Mailbox(&'static str),
    /// The executive is in a state in which the reference raises, and stays so until a reset.
    Raised(Raise),
    /// The session is not open.
    SessionRequired,
    /// The session gets no events.
    NotSubscribed,
    /// Another session has locked this task.
    PidLocked(u16),
    /// Events of this kind do not exist.
    UnsupportedCategory(String),
    /// The events that were asked for are no longer kept.
    SeqEvicted,
    /// Something that is named is not there: what, and its name.
    Unknown(&'static str, String),
}

impl Refusal {
    /// An argument that is not what it should be.
    pub fn malformed(command: &str, why: impl Display) -> Self {
        Refusal::Malformed(command.to_owned(), why.to_string())
    }
}

/// A text of a client, cut so that no error is longer than it is useful.
fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(200)]
}

impl Display for Refusal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::NotJson => f.write_str("invalid_json"),
            Refusal::NotAnObject => f.write_str("invalid_request"),
            Refusal::LineTooLong(limit) => write!(f, "line_too_long:{limit}"),
            Refusal::NoCommand => f.write_str("missing_cmd"),
            Refusal::UnknownCommand(name) => write!(f, "unknown_cmd:{}", cut(name)),
            Refusal::Version(version) => write!(f, "unsupported_version:{version}"),
            Refusal::Malformed(command, why) => write!(f, "{}: {}", cut(command), cut(why)),
            Refusal::UnknownPid(pid) => write!(f, "unknown pid {pid}"),
            Refusal::NoTask => f.write_str("no image loaded"),
            Refusal::NoRegister => f.write_str("reg_id must be between 0 and 15"),
            Refusal::OutOfRange(what, low, high) => write!(f, "{what} must be between {low} and {high}"),
            Refusal::TooMany(what, limit) => write!(f, "too many {what}: there may be {limit}"),
            Refusal::Outside(path) => write!(f, "{}: outside the folder of the server", cut(path)),
            Refusal::File(path, why) => write!(f, "{}: {why}", cut(path)),
            Refusal::BadImage(error) => write!(f, "no valid image: {error}"),
            Refusal::Executive(what, error) => write!(f, "{what}: {error}"),
            Refusal::Mailbox(why) => f.write_str(why),
            Refusal::Raised(raise) => write!(f, "raised:{}", raise.name()),
            Refusal::SessionRequired => f.write_str("session_required"),
            Refusal::NotSubscribed => f.write_str("subscription_required"),
            Refusal::PidLocked(pid) => write!(f, "pid_locked:{pid}"),
            Refusal::UnsupportedCategory(name) => write!(f, "unsupported_category:{}", cut(name)),
            Refusal::SeqEvicted => f.write_str("seq_evicted"),
            Refusal::Unknown(what, name) => write!(f, "unknown {what} {}", cut(name)),
        }
    }
}

impl std::error::Error for Refusal {}
