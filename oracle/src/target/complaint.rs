//! Complaints: what is wrong with the thing that is tested, and the cause by which findings are grouped.

use std::fmt::{self, Display, Formatter};

use serde::{Deserialize, Serialize};

/// What findings are grouped by: one bug should have one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Cause {
    /// What it is about: a topic of the subject, a part of a format, the place of a panic.
    pub topic: String,
    /// What is wrong about it: a field, or a law that does not hold.
    pub field: String,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// The cause.
    pub cause: Cause,
    /// How far it is off, in words and values.
    pub message: String,
    /// Whether it is only the model that differs: no law of the target's own is broken.
    pub by_model: bool,
}

impl Complaint {
    /// A complaint about a law of the target's own.
    pub fn new(topic: impl Into<String>, field: impl Into<String>, message: impl Into<String>) -> Self {
        let cause = Cause { topic: topic.into(), field: field.into() };
        Complaint { cause, message: message.into(), by_model: false }
    }

    /// Complains unless a law holds. Values are put into words only if it does not.
    ///
    /// # Errors
    /// The complaint.
    pub fn unless(
        holds: bool,
        topic: &str,
        field: &str,
        message: impl FnOnce() -> String,
    ) -> Result<(), Self> {
        if holds { Ok(()) } else { Err(Complaint::new(topic, field, message())) }
    }
}

impl Display for Cause {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.topic, self.field)
    }
}

impl Display for Complaint {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.cause, self.message)
    }
}
