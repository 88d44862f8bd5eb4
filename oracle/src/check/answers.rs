//! Right cases and what comes back: at once, in order, with their ids, and the same whatever ran before.

use super::dialogue::{Dialogue, NO_CASE, Played};
use super::said::{Said, wrong};
use super::stage::{Stage, request};
use crate::machine::Failure;

pub(super) const DIALOGUES: &[Dialogue] = &[
    Dialogue::new(
        "alone",
        "answers a case at once, while nothing else is sent",
        "Replies are flushed at the latest when no further request is waiting, so the driver pipelines.",
        alone,
    ),
    Dialogue::new(
        "hello-again",
        "says the same hello again after a case",
        "A machine speaks the version of the last `hello` that it has answered, and version 1 before the first.",
        again,
    ),
    Dialogue::new(
        "profiles",
        "takes cases in every profile of every subject it names",
        "the profiles that the machine can run, by subject",
        profiles,
    ),
    Dialogue::new(
        "one-answer",
        "answers with an outcome or with `unsupported`",
        "or `{\"id\":\"c1\",\"unsupported\":\"why\"}` for what the machine does not implement (yet)",
        one_answer,
    ),
    Dialogue::new(
        "answer-keys",
        "puts no keys of its own into answers",
        "Replies carry no other keys than these.",
        answer_keys,
    ),
    Dialogue::new(
        "outcome",
        "gives outcomes that have the form of the subject's page",
        "What stands behind `case` and `outcome` is the subject's",
        outcome,
    ),
    Dialogue::new(
        "trace",
        "gives the trace that is asked for, or says it has none",
        "What stands behind `case` and `outcome` is the subject's",
        trace,
    ),
    Dialogue::new(
        "id",
        "brings back ids with quotes, controls and any character",
        "`id` is a string and comes back as it came.",
        ids,
    ),
    Dialogue::new(
        "id-long",
        "brings back an id of 10,000 characters",
        "`id` is a string and comes back as it came.",
        long_id,
    ),
    Dialogue::new(
        "id-twice",
        "answers two requests of the same id, each",
        "one reply a line on stdout, in the order of the requests",
        same_id,
    ),
    Dialogue::new(
        "order",
        "answers in the order of the requests, whatever their ids",
        "one reply a line on stdout, in the order of the requests",
        order,
    ),
    Dialogue::new(
        "many",
        "answers 1,000 cases that are sent without waiting",
        "The process is long-lived: it runs thousands of cases.",
        many,
    ),
    Dialogue::new(
        "state",
        "answers the same after any other case as alone",
        "A case is a complete starting state: nothing of one is left for the next.",
        state,
    ),
];

const NONE_IMPLEMENTED: &str = "it answers no case by an outcome yet";

/// Sends every case by itself and keeps the answers, which other dialogues look at.
fn alone(stage: &mut Stage<'_>) -> Result<Played, Failure> {
    if stage.examples().is_empty() {
        return Played::not_shown(NO_CASE);
    }
    for (number, case) in stage.examples().iter().enumerate() {
        let id = format!("c{number}");
        stage.send(&stage.request(&id, case));
        let said = stage.reply()?;
        let is_old = |its: &str| its != id && (0..number).any(|old| its == format!("c{old}"));
        if let Some(its) = said.text("id").filter(|its| is_old(its)) {
            return Err(wrong(format!("it answers `{its}` twice")));
        }
        stage.alone.push((case, said));
    }
    Ok(Played::Held)
}

fn again(stage: &mut Stage<'_>) -> Result<Played, Failure> {
    stage.send(&stage.greeting());
    let first = stage.reply()?;
    if let Some(case) = stage.case() {
        stage.send(&stage.request("c1", case));
        stage.reply()?;
    }
    stage.send(&stage.greeting());
    let second = stage.reply()?;
    if first.says_the_same(&second) { Ok(Played::Held) } else { Err(wrong("it was another hello before")) }
}

fn profiles(stage: &mut Stage<'_>) -> Result<Played, Failure> {
    let subjects = stage.hello().map(|hello| hello.subjects.clone()).unwrap_or_default();
    let mut shown = false;
    for (subject, profiles) in &subjects {
        let Some(known) = stage.known.iter().find(|known| known.subject == subject) else { continue };
        let Some(case) = known.cases.first() else { continue };
        // In version 1 the profiles are those of any subject.
        for profile in profiles.iter().filter(|name| known.profiles.iter().any(|its| its == *name)) {
            stage.send(&request("c1", subject, profile, case));
            let said = stage.reply()?;
            shown = true;
            if let Some(why) = said.text("error") {
                return Err(wrong(format!(
                    "{subject} in {profile}: it calls a case bad that is none: {why}"
                )));
            }
        }
    }
    Ok(if shown {
        Played::Held
    } else {
        Played::NotShown("there is no case of any subject that it names".into())
    })
}

/// What a rule has to say of each answer that was kept.
fn of_each(
    stage: &mut Stage<'_>,
    rule: impl Fn(&Stage<'_>, &str, &Said) -> Result<(), Failure>,
) -> Result<Played, Failure> {
    if stage.alone.is_empty() {
        return Played::not_shown("it has answered no case");
    }
    for (case, said) in stage.alone.clone() {
        if let Err(failure) = rule(stage, case, &said) {
            // Once more, so that request and answer can be shown.
            stage.send(&stage.request("c1", case));
            let _ = stage.reply();
            return Err(failure);
        }
    }
    Ok(Played::Held)
}

fn one_answer(stage: &mut Stage<'_>) -> Result<Played, Failure> {
    of_each(stage, |_, _, said| {
        let kinds: Vec<&str> =
            ["outcome", "unsupported", "error"].into_iter().filter(|kind| said.has(kind)).collect();
        match kinds[..] {
            ["outcome"] => Ok(()),
            ["unsupported"] if said.text("unsupported").is_some() => Ok(()),
            ["unsupported"] => Err(wrong("`unsupported` is no string")),
            ["error"] => Err(wrong("it calls a case bad that is none")),
            _ => Err(wrong("one of `outcome` and `unsupported` is wanted")),
        }
    })
}

fn answer_keys(stage: &mut Stage<'_>) -> Result<Played, Failure> {
    of_each(stage, |_, _, said| {
        let stranger = said.keys().find(|key| !["id", "outcome", "unsupported", "error"].contains(key));
        stranger.map_or(Ok(()), |key| Err(wrong(format!("there is no key `{key}` in an answer"))))
    })
}

fn outcome(stage: &mut Stage<'_>) -> Result<Played, Failure> {
    if stage.implemented().is_empty() {
        return Played::not_shown(NONE_IMPLEMENTED);
    }
    of_each(stage, |stage, case, said| match said.outcome() {
        Some(outcome) => stage.read_outcome(case, &outcome).map_err(wrong),
        None => Ok(()),
    })
}

/// Sends every case that it implements again, with a trace asked for.
fn trace(stage: &mut Stage<'_>) -> Result<Played, Failure> {
    let cases = stage.implemented();
    if cases.is_empty() {
        return Played::not_shown(NONE_IMPLEMENTED);
    }
    for (number, (case, _)) in cases.into_iter().enumerate() {
        let Some(case) = stage.traced(case) else { return Ok(Played::Held) };
        let id = format!("t{number}");
        stage.send(&stage.request(&id, &case));
        if let Some(outcome) = stage.answer(&id)?.outcome() {
            stage.read_trace(&case, &outcome).map_err(wrong)?;
        }
    }
    Ok(Played::Held)
}

/// Sends a case under each of these ids, then reads the answers.
fn with_ids(stage: &mut Stage<'_>, ids: &[&str]) -> Result<Played, Failure> {
    let Some(case) = stage.case() else { return Played::not_shown(NO_CASE) };
    ids.iter().for_each(|id| stage.send(&stage.request(id, case)));
    for id in ids {
        stage.answer(id)?;
    }
    Ok(Played::Held)
}

fn ids(stage: &mut Stage<'_>) -> Result<Played, Failure> {
    with_ids(stage, &["", "say \"hi\" \\ there", "tab\tand\u{1}", "größe 大きさ 😀", "null", "{\"id\":7}"])
}

fn long_id(stage: &mut Stage<'_>) -> Result<Played, Failure> {
    with_ids(stage, &["x".repeat(10_000).as_str()])
}

fn same_id(stage: &mut Stage<'_>) -> Result<Played, Failure> {
    with_ids(stage, &["c1", "c1"])
}

fn order(stage: &mut Stage<'_>) -> Result<Played, Failure> {
    let cases = stage.examples();
    if cases.is_empty() {
        return Played::not_shown(NO_CASE);
    }
    // The longest takes longest: a machine with several threads would answer the others first.
    let ids = ["z", "c2", "a", "c10", "m", "c1"];
    for (id, case) in ids.iter().zip(cases.iter().rev()) {
        stage.send(&stage.request(id, case));
    }
    for id in ids.iter().take(cases.len()) {
        stage.answer(id)?;
    }
    Ok(Played::Held)
}

fn many(stage: &mut Stage<'_>) -> Result<Played, Failure> {
    let ids: Vec<String> = (0..1_000).map(|number| format!("c{number}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    with_ids(stage, &ids)
}

fn state(stage: &mut Stage<'_>) -> Result<Played, Failure> {
    let alone = stage.implemented();
    if alone.is_empty() {
        return Played::not_shown(NONE_IMPLEMENTED);
    }
    // Backwards, each twice in a row, so that every case is once behind another one and once behind itself.
    for (number, (case, before)) in alone.iter().rev().flat_map(|pair| [pair, pair]).enumerate() {
        let id = format!("s{number}");
        stage.send(&stage.request(&id, case));
        if !stage.answer(&id)?.says_the_same(before) {
            return Err(wrong("it has answered this case in another way, when other cases came before it"));
        }
    }
    Ok(Played::Held)
}
