//! Hello: what a machine says of itself.

use super::dialogue::{Dialogue, Played};
use super::said::wrong;
use super::stage::{Stage, greeting};
use crate::machine::{Failure, FailureKind};
use crate::protocol::Version;

pub(super) const DIALOGUES: &[Dialogue] = &[
    Dialogue::new(
        "hello",
        "says hello, in version 2 if it speaks that",
        "Lockstep says `hello` in version 2 first. If the reply is an error, or the program ends, it says `hello` in \
         version 1.",
        hello,
    ),
    Dialogue::new(
        "hello-known",
        "names subjects and profiles that there are",
        "What a program says of itself and Lockstep does not know (such as a subject's name in capitals) is refused in \
         version 2, and a warning in version 1.",
        known,
    ),
    Dialogue::new(
        "hello-unknown",
        "refuses a version that there is not, and goes on",
        "A `hello` in a version that the machine does not speak is an error.",
        unknown,
    ),
];

fn hello(stage: &mut Stage<'_>) -> Result<Played, Failure> {
    // A program of version 1 may not live through a version that it does not know.
    let greeted = match stage.greet(Version::Two) {
        Err(failure) if failure.kind != FailureKind::Form => {
            stage.open()?;
            false
        }
        greeted => greeted?,
    };
    if greeted || stage.greet(Version::One)? {
        return Ok(Played::Held);
    }
    Err(wrong("it refuses both versions"))
}

fn known(stage: &mut Stage<'_>) -> Result<Played, Failure> {
    let Some(hello) = stage.hello() else { return Played::not_shown("there was no hello") };
    let is_of_any = hello.protocol == Version::One;
    for (subject, profiles) in &hello.subjects {
        let Some(known) = stage.known.iter().find(|known| known.subject == subject) else {
            let names: Vec<&str> = stage.known.iter().map(|known| known.subject).collect();
            return Err(wrong(format!("there is no subject `{subject}`, only {}", names.join(", "))));
        };
        let ours = || stage.known.iter().filter(|it| is_of_any || it.subject == known.subject);
        let is_known = |name: &&String| ours().any(|it| it.profiles.iter().any(|its| its == *name));
        if let Some(stranger) = profiles.iter().find(|name| !is_known(name)) {
            let names = known.profiles.join(", ");
            return Err(wrong(format!("{subject} has no profile `{stranger}`, only {names}")));
        }
    }
    if stage.subject().is_none() {
        return Err(wrong("it names no subject with a profile of it"));
    }
    Ok(Played::Held)
}

fn unknown(stage: &mut Stage<'_>) -> Result<Played, Failure> {
    stage.send(&greeting(99));
    stage.reply()?.is_error()?;
    stage.send(&stage.greeting());
    if stage.reply()?.has("protocol") {
        Ok(Played::Held)
    } else {
        Err(wrong("it does not say hello any more"))
    }
}
