//! Talking to a machine by itself: does it do what the machine protocol demands of it?
//!
//! A [`Dialogue`] is one demand of the protocol's page with a short conversation that shows whether it holds. Each has
//! a program of its own, so that what goes wrong in one is not seen in the next, and a time of its own, so that nothing
//! a program does can keep a check from ending. What the machine computes is not looked at, only how it says it:
//! everything else is what conformance is for.

mod answers;
mod cases;
mod dialogue;
mod ends;
mod examples;
mod greetings;
mod requests;
mod said;
mod stage;

use std::time::Duration;

pub use dialogue::{Checked, Dialogue, Ending, Line, Wrong};
pub use examples::Examples;

use crate::machine::{Failure, FailureKind};
use dialogue::Played;
use stage::Stage;

/// How many dialogues may wait in vain before the others are left out: each costs a time limit.
const MAX_HANGS: usize = 3;

/// Every dialogue, in the order in which they are had.
pub fn dialogues() -> impl Iterator<Item = &'static Dialogue> {
    [greetings::DIALOGUES, answers::DIALOGUES, cases::DIALOGUES, requests::DIALOGUES, ends::DIALOGUES]
        .into_iter()
        .flatten()
}

/// Has every dialogue with `command`, a program with its arguments. Every reply must come within `time_limit`. `known`
/// are the subjects that there are.
///
/// # Errors
/// The command is none.
pub fn check(command: &str, time_limit: Duration, known: &[Examples]) -> Result<Checked, String> {
    let mut stage = Stage::new(command, time_limit, known)?;
    let mut checked = Checked::default();
    let mut hangs = 0;
    for dialogue in dialogues() {
        let ending = match (stage.hello(), hangs) {
            (None, _) if !checked.lines.is_empty() => Ending::NotShown("it does not say hello".into()),
            _ if hangs > 0 && stage.has_answered_nothing() => {
                Ending::NotShown("it gives no answer to a case that is sent alone".into())
            }
            (_, MAX_HANGS..) => Ending::NotShown(format!("it has given no answer {MAX_HANGS} times")),
            _ => match dialogue.play(&mut stage) {
                Ok(Played::Held) => Ending::Right,
                Ok(Played::NotShown(why)) => Ending::NotShown(why),
                Err(Failure { kind, why }) => {
                    hangs += usize::from(kind == FailureKind::Hang);
                    let (sent, came) = stage.last();
                    Ending::Wrong(Wrong { why, sent, came })
                }
            },
        };
        checked.lines.push(Line { dialogue, ending });
    }
    checked.hello = stage.hello().cloned();
    checked.subject = stage.subject();
    Ok(checked)
}
