//! Serving machines by the machine protocol, on any pair of streams.

use std::io::{BufRead, BufReader, Read, Write};

use serde_json::value::{RawValue, to_raw_value};

use crate::machine::{Answer, FailureKind, Machine};
use crate::protocol::{self, HelloOne, HelloTwo, Line, MAX_LINE, Reply, Request, Run, Version};
use crate::subject::{Profile, Subject, profile_of};

/// A machine of some subject, with the types of its cases and outcomes taken away.
pub trait Service {
    /// The machine's name.
    fn name(&self) -> String;
    /// The machine's version.
    fn version(&self) -> String;
    /// The subject's name.
    fn subject(&self) -> &'static str;
    /// The profiles.
    fn profiles(&self) -> Vec<Profile>;
    /// Runs a case that is still text.
    ///
    /// # Errors
    /// What is wrong with the case.
    fn run(&mut self, profile: &str, case: &RawValue) -> Result<Answer<Box<RawValue>>, String>;
}

impl<S: Subject> Service for Box<dyn Machine<S>> {
    fn name(&self) -> String {
        (**self).name().to_owned()
    }

    fn version(&self) -> String {
        (**self).version()
    }

    fn subject(&self) -> &'static str {
        S::NAME
    }

    fn profiles(&self) -> Vec<Profile> {
        (**self).profiles().to_vec()
    }

    fn run(&mut self, profile: &str, case: &RawValue) -> Result<Answer<Box<RawValue>>, String> {
        let profile = profile_of::<S>(profile).map_err(|unknown| unknown.to_string())?;
        let case: S::Case = protocol::parse_object(case.get())?;
        S::check_case(&case)?;
        let mut answers = (**self).run(profile, std::slice::from_ref(&case));
        Ok(match answers.pop().ok_or("the machine gives no answer")? {
            Answer::Outcome(outcome) => {
                Answer::Outcome(to_raw_value(&outcome).map_err(|error| error.to_string())?)
            }
            Answer::Outside(outside) => Answer::broken(FailureKind::Form, outside.families()),
            Answer::Unsupported(why) => Answer::Unsupported(why),
            Answer::Broken(failure) => Answer::Broken(failure),
            Answer::NotRun(why) => Answer::NotRun(why),
        })
    }
}

/// Answers requests until the end of input. Replies are flushed whenever no further request is waiting.
///
/// # Errors
/// Those of the streams.
pub fn serve(
    services: &mut [Box<dyn Service>],
    input: impl Read,
    mut output: impl Write,
) -> std::io::Result<()> {
    let mut input = BufReader::with_capacity(1 << 16, input);
    let mut version = Version::default();
    loop {
        if input.buffer().is_empty() {
            output.flush()?;
        }
        let line = match protocol::read_line(&mut input, MAX_LINE)? {
            Line::End => return output.flush(),
            Line::Whole(line) | Line::Partial(line) => line,
            Line::TooLong => {
                skip_line(&mut input)?;
                let error = format!("a line of more than {MAX_LINE} bytes");
                write_line(&mut output, &Reply { error: Some(error), ..Reply::default() })?;
                continue;
            }
        };
        answer(services, &mut version, &line, &mut output)?;
    }
}

fn skip_line(input: &mut impl BufRead) -> std::io::Result<()> {
    loop {
        let buffer = input.fill_buf()?;
        let end = buffer.iter().position(|&byte| byte == b'\n');
        let (length, done) = end.map_or((buffer.len(), buffer.is_empty()), |at| (at + 1, true));
        input.consume(length);
        if done {
            return Ok(());
        }
    }
}

fn answer(
    services: &mut [Box<dyn Service>],
    version: &mut Version,
    line: &[u8],
    output: &mut impl Write,
) -> std::io::Result<()> {
    let request = std::str::from_utf8(line).map_err(|error| error.to_string()).and_then(Request::parse);
    let error = match request {
        Ok(Request::Hello { protocol }) => match Version::of(protocol) {
            Some(asked) => {
                *version = asked;
                return match asked {
                    Version::One => write_line(output, &hello_one(services)),
                    Version::Two => write_line(output, &hello_two(services)),
                };
            }
            None => format!("protocol {protocol} is not spoken here, 1 and 2 are"),
        },
        Ok(Request::Run(request)) => return run(services, *version, request, output),
        Err(error) => error,
    };
    write_line(output, &Reply { error: Some(error), ..Reply::default() })
}

fn name_and_version(services: &[Box<dyn Service>]) -> (String, String) {
    services.first().map(|service| (service.name(), service.version())).unwrap_or_default()
}

/// Every profile of any subject, each once, in the order in which the subjects list them.
fn hello_one(services: &[Box<dyn Service>]) -> HelloOne {
    let (name, version) = name_and_version(services);
    let mut profiles: Vec<String> = Vec::new();
    for profile in services.iter().flat_map(|service| service.profiles()) {
        if !profiles.iter().any(|known| known == profile.name()) {
            profiles.push(profile.name().into());
        }
    }
    let subjects = services.iter().map(|service| service.subject().into()).collect();
    HelloOne { protocol: Version::One.number(), name, version, subjects, profiles }
}

fn hello_two(services: &[Box<dyn Service>]) -> HelloTwo {
    let (name, version) = name_and_version(services);
    let profiles = |service: &dyn Service| service.profiles().iter().map(|it| it.name().into()).collect();
    let subjects = services.iter().map(|it| (it.subject().into(), profiles(&**it))).collect();
    HelloTwo { protocol: Version::Two.number(), name, version, subjects }
}

fn run(
    services: &mut [Box<dyn Service>],
    version: Version,
    request: Run<'_>,
    output: &mut impl Write,
) -> std::io::Result<()> {
    let answer = dispatch(services, version, &request);
    let mut reply = Reply { id: Some(request.id), ..Reply::default() };
    match &answer {
        Ok(Answer::Outcome(outcome)) => reply.outcome = Some(outcome),
        Ok(Answer::Unsupported(why)) => reply.unsupported = Some(why.clone()),
        Ok(Answer::NotRun(why)) | Err(why) => reply.error = Some(why.clone()),
        Ok(Answer::Broken(failure)) => reply.error = Some(failure.why.clone()),
        Ok(Answer::Outside(outside)) => reply.error = Some(outside.families()),
    }
    write_line(output, &reply)
}

fn dispatch(
    services: &mut [Box<dyn Service>],
    version: Version,
    request: &Run<'_>,
) -> Result<Answer<Box<RawValue>>, String> {
    let unknown = |what: &str, name: &str| {
        let message = format!("unknown {what} `{name}`");
        if version == Version::One { Ok(Answer::Unsupported(message)) } else { Err(message) }
    };
    let Some(service) = services.iter_mut().find(|service| service.subject() == request.subject) else {
        return unknown("subject", &request.subject);
    };
    if !service.profiles().iter().any(|profile| profile.name() == request.profile) {
        return unknown("profile", &request.profile);
    }
    service.run(&request.profile, request.case)
}

fn write_line(output: &mut impl Write, message: &impl serde::Serialize) -> std::io::Result<()> {
    serde_json::to_writer(&mut *output, message)?;
    output.write_all(b"\n")
}
