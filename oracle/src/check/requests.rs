//! Lines that are no request, and requests that are written in an unusual way.

use super::dialogue::{Dialogue, NO_CASE, Played};
use super::said::{Said, wrong};
use super::stage::Stage;
use crate::machine::Failure;

const UNREADABLE: &str =
    "A request that cannot be read gets `{\"error\": \"...\"}`, without `id`, and the machine goes on.";
const KEYS: &str = "Unknown and repeated keys are errors that name the key.";
const LINES: &str = "One JSON object a line (UTF-8, LF) on stdin";

pub(super) const DIALOGUES: &[Dialogue] = &[
    Dialogue::new("line-no-json", "answers a line that is no JSON by an error", UNREADABLE, no_json),
    Dialogue::new("line-blank", "answers a blank line by an error", "A blank line is one.", blank),
    Dialogue::new("line-cut", "answers half a request by an error", UNREADABLE, cut),
    Dialogue::new("line-list", "answers a list by an error", UNREADABLE, list),
    Dialogue::new("line-two", "answers two objects on a line by an error", LINES, two_objects),
    Dialogue::new("line-no-text", "answers what is no UTF-8 by an error", LINES, no_text),
    Dialogue::new("op-unknown", "answers an operation that there is not by an error", UNREADABLE, unknown_op),
    Dialogue::new("request-key", "names an unknown key of a request", KEYS, unknown_key),
    Dialogue::new("request-key-twice", "names a key that a request has twice", KEYS, repeated_key).advice(),
    Dialogue::new(
        "request-incomplete",
        "answers a request without a case by an error",
        UNREADABLE,
        incomplete,
    ),
    Dialogue::new(
        "request-id",
        "answers an id that is a number by an error",
        "`id` is a string and comes back as it came.",
        numeric_id,
    ),
    Dialogue::new("line-order", "takes keys in any order, with blanks between", LINES, other_order),
    Dialogue::new("line-pieces", "takes a line that comes in pieces for one", LINES, pieces),
    Dialogue::new("line-long", "takes a line of 1 MiB", "A request has at most 64 MiB.", long_line),
    Dialogue::new("mixed", "keeps the order when bad lines stand between good ones", UNREADABLE, mixed),
];

/// Sends a line that is no request and right behind it one that is: the first reply is an error as `judge` wants it, the
/// second the answer.
fn unreadable(
    stage: &mut Stage<'_>,
    line: &[u8],
    judge: impl Fn(&Said) -> Result<(), Failure>,
) -> Result<Played, Failure> {
    let Some(case) = stage.case() else { return Played::not_shown(NO_CASE) };
    stage.send_line(line);
    stage.send(&stage.request("after", case));
    judge(&stage.reply()?)?;
    stage.answer("after")?;
    Ok(Played::Held)
}

/// That it is an error, of no request.
fn without_id(said: &Said) -> Result<(), Failure> {
    said.is_error()?;
    if said.has("id") { Err(wrong("there is an `id`, but no request that could be read")) } else { Ok(()) }
}

fn no_json(stage: &mut Stage<'_>) -> Result<Played, Failure> {
    unreadable(stage, b"good morning", without_id)
}

fn blank(stage: &mut Stage<'_>) -> Result<Played, Failure> {
    unreadable(stage, b"", without_id)
}

fn cut(stage: &mut Stage<'_>) -> Result<Played, Failure> {
    let whole = stage.request("c1", stage.case().unwrap_or("{}"));
    let half: Vec<u8> = whole.bytes().take(whole.len() - 1).collect();
    unreadable(stage, &half, without_id)
}

fn list(stage: &mut Stage<'_>) -> Result<Played, Failure> {
    unreadable(stage, b"[\"hello\",2]", without_id)
}

fn two_objects(stage: &mut Stage<'_>) -> Result<Played, Failure> {
    let one = stage.request("c1", stage.case().unwrap_or("{}"));
    unreadable(stage, format!("{one} {one}").as_bytes(), without_id)
}

fn no_text(stage: &mut Stage<'_>) -> Result<Played, Failure> {
    unreadable(stage, b"\xff\xfe\xc3", without_id)
}

fn unknown_op(stage: &mut Stage<'_>) -> Result<Played, Failure> {
    unreadable(stage, b"{\"op\":\"walk\"}", without_id)
}

fn unknown_key(stage: &mut Stage<'_>) -> Result<Played, Failure> {
    let line = stage.request("c1", stage.case().unwrap_or("{}")).replacen('{', "{\"colour\":7,", 1);
    unreadable(stage, line.as_bytes(), |said| said.error_names("colour"))
}

fn repeated_key(stage: &mut Stage<'_>) -> Result<Played, Failure> {
    let line = stage.request("c1", stage.case().unwrap_or("{}")).replacen('{', "{\"profile\":\"x\",", 1);
    unreadable(stage, line.as_bytes(), |said| said.error_names("profile"))
}

fn incomplete(stage: &mut Stage<'_>) -> Result<Played, Failure> {
    let (subject, profile) = stage.subject().unwrap_or_default();
    let line =
        format!("{{\"op\":\"run\",\"id\":\"c1\",\"subject\":\"{subject}\",\"profile\":\"{profile}\"}}");
    unreadable(stage, line.as_bytes(), Said::is_error)
}

fn numeric_id(stage: &mut Stage<'_>) -> Result<Played, Failure> {
    let line = stage.request("c1", stage.case().unwrap_or("{}")).replacen("\"c1\"", "1", 1);
    unreadable(stage, line.as_bytes(), Said::is_error)
}

/// That what was sent under `c1` is taken for a request.
fn taken(stage: &mut Stage<'_>) -> Result<Played, Failure> {
    let said = stage.answer("c1")?;
    if said.has("error") { Err(wrong("this is a request like any other")) } else { Ok(Played::Held) }
}

fn other_order(stage: &mut Stage<'_>) -> Result<Played, Failure> {
    let Some(case) = stage.case() else { return Played::not_shown(NO_CASE) };
    let (subject, profile) = stage.subject().unwrap_or_default();
    let line = format!(
        " {{ \"case\" : {case} ,\t\"profile\" : \"{profile}\" , \"id\" : \"c1\" , \"subject\" : \"{subject}\" , \"op\" : \"run\" }} "
    );
    stage.send(&line);
    taken(stage)
}

fn pieces(stage: &mut Stage<'_>) -> Result<Played, Failure> {
    let Some(case) = stage.case() else { return Played::not_shown(NO_CASE) };
    let line = stage.request("c1", case);
    let (start, rest) = line.as_bytes().split_at(line.len() / 2);
    stage.send_bytes(start.to_vec());
    // Long enough that the program has read the first piece.
    std::thread::sleep(std::time::Duration::from_millis(100));
    stage.send_bytes([rest, b"\n"].concat());
    taken(stage)
}

fn long_line(stage: &mut Stage<'_>) -> Result<Played, Failure> {
    let Some(case) = stage.case() else { return Played::not_shown(NO_CASE) };
    let mut line = stage.request("c1", case);
    line.insert_str(1, &" ".repeat(1 << 20));
    stage.send(&line);
    taken(stage)
}

fn mixed(stage: &mut Stage<'_>) -> Result<Played, Failure> {
    let Some(case) = stage.case() else { return Played::not_shown(NO_CASE) };
    let ids = ["c1", "c2", "c3"];
    for id in ids {
        stage.send(&stage.request(id, case));
        stage.send("good morning");
    }
    for id in ids {
        stage.answer(id)?;
        stage.reply()?.is_error()?;
    }
    Ok(Played::Held)
}
