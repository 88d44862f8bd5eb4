//! The machine protocol as the engine serves it, versions 1 and 2, on the toy subject.

use oracle::protocol::MAX_LINE;
use oracle::server::{Service, serve};
use oracle::{Machine, Subject};
use rstest::rstest;
use serde_json::{Value, json};
use toy::Toy;

use crate::bench::{Planted, unsupported};

fn exchange(machine: Box<dyn Machine<Toy>>, input: &[u8]) -> Vec<Value> {
    let mut services: Vec<Box<dyn Service>> = vec![Box::new(machine)];
    let mut output = Vec::new();
    serve(&mut services, input, &mut output).unwrap();
    assert!(output.is_empty() || output.ends_with(b"\n"));
    let lines = std::str::from_utf8(&output).unwrap().lines();
    lines.map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn native(input: &[u8]) -> Vec<Value> {
    exchange(Toy::machines().swap_remove(0).1, input)
}

fn replies(requests: &[Value]) -> Vec<Value> {
    native(requests.iter().map(|request| format!("{request}\n")).collect::<String>().as_bytes())
}

fn run(subject: &str, profile: &str, case: Value) -> Value {
    json!({"op": "run", "id": "c1", "subject": subject, "profile": profile, "case": case})
}

fn hello(protocol: u32) -> Value {
    json!({"op": "hello", "protocol": protocol})
}

/// The keys of a reply, and the words that its reason has.
fn is_reason(reply: &Value, keys: &[&str], words: &[&str]) {
    let mut found: Vec<&str> = reply.as_object().unwrap().keys().map(String::as_str).collect();
    found.sort_unstable();
    assert_eq!(found, keys, "{reply}");
    let reason = reply[keys.iter().find(|key| **key != "id").unwrap()].as_str().unwrap();
    words.iter().for_each(|word| assert!(reason.contains(word), "`{word}` is missing in: {reason}"));
}

#[test]
fn hello_says_the_profiles_of_all_subjects_together_or_of_each() {
    let expected = [
        json!({"protocol": 1, "name": "rust", "version": "", "subjects": ["toy"], "profiles": ["wraps", "stays"]}),
        json!({"protocol": 2, "name": "rust", "version": "", "subjects": {"toy": ["wraps", "stays"]}}),
    ];
    assert_eq!(replies(&[hello(1), hello(2)]), expected);
}

#[test]
fn a_case_has_an_outcome_a_reason_or_an_error() {
    let case = json!({"code": "id", "a": 4});
    let requests = [run("toy", "wraps", case.clone()), run("toy", "wraps", json!({"code": "x", "a": 1}))];
    let replies = replies(&requests);
    assert_eq!(replies[0], json!({"id": "c1", "outcome": {"code": "id", "a": 4}}));
    is_reason(&replies[1], &["error", "id"], &["code", "`x`"]);
    let nothing = Planted::boxed("nothing", || Box::new(unsupported));
    let replies = exchange(nothing, format!("{}\n", run("toy", "wraps", case)).as_bytes());
    assert_eq!(replies, [json!({"id": "c1", "unsupported": "not yet"})]);
}

#[rstest]
#[case("toys", "wraps", "toys")]
#[case("Toy", "wraps", "Toy")]
#[case("toy", "loose", "loose")]
#[case("toy", "Wraps", "Wraps")]
fn what_is_unknown_is_unsupported_in_version_1_and_an_error_in_version_2(
    #[case] subject: &str,
    #[case] profile: &str,
    #[case] word: &str,
) {
    let request = run(subject, profile, json!({"bad": 1}));
    let requests = [request.clone(), hello(2), request.clone(), hello(1), request];
    let replies = replies(&requests);
    is_reason(&replies[0], &["id", "unsupported"], &[word]);
    is_reason(&replies[2], &["error", "id"], &[word]);
    is_reason(&replies[4], &["id", "unsupported"], &[word]);
}

#[rstest]
#[case("hello", &["expected"])]
#[case("", &["object"])]
#[case("[\"hello\", 1]", &["object"])]
#[case(r#"{"protocol":1}"#, &["op"])]
#[case(r#"{"op":"halt"}"#, &["halt"])]
#[case(r#"{"op":"hello"}"#, &["protocol"])]
#[case(r#"{"op":"hello","protocol":0}"#, &["0"])]
#[case(r#"{"op":"hello","protocol":3}"#, &["3"])]
#[case(r#"{"op":"hello","protocol":true}"#, &["boolean"])]
#[case(r#"{"op":"hello","protocol":1,"id":"x"}"#, &["id"])]
#[case(r#"{"op":"hello","op":"hello","protocol":1}"#, &["op"])]
#[case(r#"{"op":"hello","protocol":1} {}"#, &["trailing"])]
#[case(r#"{"op":"run","id":1,"subject":"toy","profile":"wraps","case":{}}"#, &["string"])]
#[case(r#"{"op":"run","subject":"toy","profile":"wraps","case":{}}"#, &["id"])]
#[case(r#"{"op":"run","id":"a","subject":"toy","profile":"wraps"}"#, &["case"])]
#[case(r#"{"op":"run","id":"a","subject":"toy","profile":"wraps","case":{},"seed":1}"#, &["seed"])]
fn a_request_that_cannot_be_read_is_an_error_without_id(#[case] line: &str, #[case] words: &[&str]) {
    let replies = native(format!("{line}\n").as_bytes());
    assert_eq!(replies.len(), 1);
    is_reason(&replies[0], &["error"], words);
}

#[test]
fn it_goes_on_after_anything_and_keeps_the_order() {
    let case = r#"{"op":"run","id":"NAME","subject":"toy","profile":"wraps","case":{"code":"","a":1}}"#;
    let mut input = Vec::new();
    input.extend(case.replace("NAME", "first \\u00e9\\n").into_bytes());
    input.extend(b"\n\xFF\xFE rubbish\r\n");
    input.extend(case.replace("NAME", "").into_bytes());
    input.extend(b"\r\n{\"op\":\"run\",\"id\":\"half");
    let replies = native(&input);
    assert_eq!(replies.len(), 4);
    assert_eq!(replies[0]["id"], "first \u{e9}\n");
    is_reason(&replies[1], &["error"], &["utf-8"]);
    assert_eq!(replies[2]["id"], "");
    is_reason(&replies[3], &["error"], &["EOF"]);
}

#[test]
fn a_line_without_end_is_refused_and_skipped() {
    let mut input = vec![b' '; MAX_LINE + 5];
    input.extend(format!("\n{}\n", hello(1)).into_bytes());
    let replies = native(&input);
    is_reason(&replies[0], &["error"], &["bytes"]);
    assert_eq!((replies.len(), &replies[1]["name"]), (2, &json!("rust")));
}
