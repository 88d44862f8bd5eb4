//! Serving machines by the machine protocol, on any pair of streams.

use std::io::{BufRead, BufReader, Read, Write};

use serde_json::value::{RawValue, to_raw_value};
use vectors::{Profile, Subject};

use crate::machine::{Answer, Machine, run_one};
use crate::protocol::{self, Hello, Line, Reply, Request, Run};

/// A machine of some subject, with the types of its cases and outcomes taken away.
pub trait Service {
    /// The machine's name.
    fn name(&self) -> String;
    /// The subject's name.
    fn subject(&self) -> &'static str;
    /// The profiles.
    fn profiles(&self) -> Vec<Profile>;
    /// Runs a case that is still text.
    ///
    /// # Errors
    /// What is wrong with the case.
    fn run(&mut self, profile: Profile, case: &RawValue) -> Result<Answer<Box<RawValue>>, String>;
}

impl<S: Subject> Service for Box<dyn Machine<S>> {
    fn name(&self) -> String {
        (**self).name().to_owned()
    }

    fn subject(&self) -> &'static str {
        S::NAME
    }

    fn profiles(&self) -> Vec<Profile> {
        (**self).profiles().to_vec()
    }

    fn run(&mut self, profile: Profile, case: &RawValue) -> Result<Answer<Box<RawValue>>, String> {
        let case: S::Case = protocol::parse_object(case.get())?;
        S::check_case(&case)?;
        Ok(match run_one(&mut **self, profile, &case) {
            Answer::Outcome(outcome) => {
                Answer::Outcome(to_raw_value(&outcome).map_err(|error| error.to_string())?)
            }
            Answer::Unsupported(why) => Answer::Unsupported(why),
            Answer::Broken(why) => Answer::Broken(why),
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
    loop {
        if input.buffer().is_empty() {
            output.flush()?;
        }
        let line = match protocol::read_line(&mut input)? {
            Line::End => return output.flush(),
            Line::Whole(line) | Line::Partial(line) => line,
            Line::TooLong => {
                skip_line(&mut input)?;
                let error = format!("a line of more than {} bytes", protocol::MAX_LINE);
                write_line(&mut output, &Reply { error: Some(error), ..Reply::default() })?;
                continue;
            }
        };
        answer(services, &line, &mut output)?;
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

fn answer(services: &mut [Box<dyn Service>], line: &[u8], output: &mut impl Write) -> std::io::Result<()> {
    let request = std::str::from_utf8(line).map_err(|error| error.to_string()).and_then(Request::parse);
    let error = match request {
        Ok(Request::Hello { protocol: protocol::VERSION }) => return write_line(output, &hello(services)),
        Ok(Request::Hello { protocol }) => format!("protocol {protocol} is not spoken here, 1 is"),
        Ok(Request::Run(request)) => return run(services, request, output),
        Err(error) => error,
    };
    write_line(output, &Reply { error: Some(error), ..Reply::default() })
}

fn hello(services: &[Box<dyn Service>]) -> Hello {
    let mut profiles: Vec<Profile> = services.iter().flat_map(|service| service.profiles()).collect();
    profiles.sort_unstable();
    profiles.dedup();
    Hello {
        protocol: protocol::VERSION,
        name: services.first().map(|service| service.name()).unwrap_or_default(),
        version: env!("CARGO_PKG_VERSION").into(),
        subjects: services.iter().map(|service| service.subject().into()).collect(),
        profiles: profiles.into_iter().map(|profile| profile.name().into()).collect(),
    }
}

fn run(services: &mut [Box<dyn Service>], request: Run<'_>, output: &mut impl Write) -> std::io::Result<()> {
    let answer = dispatch(services, &request);
    let mut reply = Reply { id: Some(request.id), ..Reply::default() };
    match &answer {
        Ok(Answer::Outcome(outcome)) => reply.outcome = Some(outcome),
        Ok(Answer::Unsupported(why)) => reply.unsupported = Some(why.clone()),
        Ok(Answer::Broken(why) | Answer::NotRun(why)) | Err(why) => reply.error = Some(why.clone()),
    }
    write_line(output, &reply)
}

fn dispatch(services: &mut [Box<dyn Service>], request: &Run<'_>) -> Result<Answer<Box<RawValue>>, String> {
    let Some(service) = services.iter_mut().find(|service| service.subject() == request.subject) else {
        return Ok(Answer::Unsupported(format!("unknown subject `{}`", request.subject)));
    };
    match request.profile.parse() {
        Ok(profile) if service.profiles().contains(&profile) => service.run(profile, request.case),
        _ => Ok(Answer::Unsupported(format!("unknown profile `{}`", request.profile))),
    }
}

fn write_line(output: &mut impl Write, message: &impl serde::Serialize) -> std::io::Result<()> {
    serde_json::to_writer(&mut *output, message)?;
    output.write_all(b"\n")
}
