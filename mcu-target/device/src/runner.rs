//! What runs the cases of a subject.

use hil_wire::Task;

use crate::answer::Answer;

/// Runs cases of a subject, on hardware of this type. Because runners know the type, the code of a subject is compiled into
/// the firmware and nowhere else, where the compiler sees all of it.
pub trait Runner<H> {
    /// Runs a case, as its subject writes it, in the profile of this number, and answers it. Nothing of it is left behind
    /// for the next one.
    ///
    /// # Errors
    /// The case cannot be read, or there is no such profile or canary. Nothing is answered then.
    fn run(&mut self, profile: u8, task: Task, case: &[u8], answer: &mut Answer<'_, H>)
    -> Result<(), Unread>;
}

/// Why a runner has not run a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// The case, or what is wanted of it, cannot be read.
    Malformed,
    /// It does not know the profile.
    Profile,
}

impl From<postcard::Error> for Unread {
    fn from(_: postcard::Error) -> Self {
        Unread::Malformed
    }
}

/// Finds the runner of a subject.
pub trait Runners<H> {
    /// The runner of the subject that frames call by this number, if there is one.
    fn runner(&mut self, subject: u8) -> Option<&mut dyn Runner<H>>;
}
