//! Cases and outcomes of `minivm` as the machine protocol, version 1, serves them: to the letter. What it does whatever the
//! subject is tested with the engine.

use oracle::Machine;
use oracle::server::{Service, serve};
use rstest::rstest;
use serde_json::{Value, json};
use vectors_minivm::{MiniVm, NativeVm};

fn exchange(input: &[u8]) -> Vec<Value> {
    let machine: Box<dyn Machine<MiniVm>> = Box::new(NativeVm::default());
    let mut services: Vec<Box<dyn Service>> = vec![Box::new(machine)];
    let mut output = Vec::new();
    serve(&mut services, input, &mut output).unwrap();
    assert!(output.is_empty() || output.ends_with(b"\n"));
    let lines = std::str::from_utf8(&output).unwrap().lines();
    lines.map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn reply(request: &Value) -> Value {
    let mut replies = exchange(format!("{request}\n").as_bytes());
    assert_eq!(replies.len(), 1);
    replies.remove(0)
}

fn run_in(profile: &str, case: Value) -> Value {
    reply(&json!({"op": "run", "id": "c1", "subject": "minivm", "profile": profile, "case": case}))
}

fn run(case: Value) -> Value {
    run_in("reference", case)
}

/// A key is wanted, that of the error, and its text must have the words.
fn is_error(reply: &Value, with_id: bool, words: &[&str]) {
    let keys: Vec<&String> = reply.as_object().unwrap().keys().collect();
    assert_eq!(keys, if with_id { vec!["error", "id"] } else { vec!["error"] }, "{reply}");
    let text = reply["error"].as_str().unwrap();
    words.iter().for_each(|word| assert!(text.contains(word), "`{word}` is missing in: {text}"));
}

#[test]
fn hello_names_the_machine() {
    let expected = json!({
        "protocol": 1, "name": "rust", "version": env!("CARGO_PKG_VERSION"),
        "subjects": ["minivm"], "profiles": ["reference", "strict", "portable"],
    });
    assert_eq!(reply(&json!({"op": "hello", "protocol": 1})), expected);
}

#[test]
fn an_outcome_has_every_key_but_trace() {
    let outcome = json!({
        "stop": {"kind": "budget"}, "steps": 1, "pc": 4, "sp": 0x8000, "psw": 0,
        "regs": [0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], "call_stack": [], "mem": [],
    });
    assert_eq!(run(json!({"code": "01100005", "max_steps": 1})), json!({"id": "c1", "outcome": outcome}));
}

#[test]
fn a_trace_comes_when_asked_for() {
    let reply = run(json!({"code": "0110000501200006", "max_steps": 3, "trace": true, "psw": 15}));
    let rows = json!([
        [0, 0x0110_0005, 15, 0x8000, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        [4, 0x0120_0006, 15, 0x8000, 0, 5, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ]);
    assert_eq!(reply["outcome"]["trace"], rows);
    assert_eq!(reply["outcome"]["stop"], json!({"kind": "fault", "fault": "pc_out_of_range"}));
    assert_eq!(reply["outcome"]["steps"], 2);
}

#[rstest]
#[case("30000A17", json!({"kind": "svc", "module": 10, "function": 23}), 1, 4)]
#[case("7F000F2A", json!({"kind": "break", "code": 42}), 1, 4)]
#[case("25000000", json!({"kind": "returned", "status": 7}), 0, 0)]
#[case("00000000", json!({"kind": "fault", "fault": "illegal_opcode"}), 1, 4)]
#[case("13112000", json!({"kind": "fault", "fault": "divide_by_zero"}), 0, 0)]
#[case("60100000", json!({"kind": "fault", "fault": "truncated_ldi32"}), 0, 0)]
#[case("", json!({"kind": "fault", "fault": "pc_out_of_range"}), 0, 0)]
fn stops_are_reported_before_the_budget(
    #[case] code: &str,
    #[case] stop: Value,
    #[case] steps: u32,
    #[case] pc: u32,
) {
    let mut regs = vec![0; 16];
    regs[0] = 7;
    let reply = run(json!({"code": code.to_lowercase(), "max_steps": 1, "regs": regs}));
    assert_eq!(reply["outcome"]["stop"], stop, "{reply}");
    assert_eq!((&reply["outcome"]["steps"], &reply["outcome"]["pc"]), (&json!(steps), &json!(pc)));
}

#[test]
fn memory_comes_as_maximal_runs_that_differ_from_the_start() {
    // ST [R2+0], R3 over what is there; the third byte stays the same, so there are two runs.
    let reply = run(json!({
        "code": "03023000", "max_steps": 1, "mem": [[0x1000, "00000000"], [0x1002, "33"]],
        "regs": [0, 0, 0x1000, 0x4433_2211_u32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    }));
    assert_eq!(reply["outcome"]["mem"], json!([[0x1000, "1122"], [0x1003, "44"]]));
}

#[test]
fn registers_in_memory_are_written_after_the_blocks_and_seen_in_both() {
    let reply = run(json!({"code": "01100005", "max_steps": 1, "reg_base": 256, "mem": [[260, "ffffffff"]]}));
    assert_eq!(reply["outcome"]["regs"][1], 5);
    assert_eq!(reply["outcome"]["mem"], json!([[260, "05"]]));
}

#[test]
fn profiles_differ_where_they_should() {
    let case = json!({"code": "00000000", "max_steps": 5});
    assert_eq!(run_in("reference", case.clone())["outcome"]["steps"], 1);
    assert_eq!(run_in("strict", case)["outcome"]["steps"], 0);
}

#[rstest]
#[case(json!({"max_steps": 1}), &["code"])]
#[case(json!({"code": "01100005"}), &["max_steps"])]
#[case(json!({"code": "01100005", "max_steps": 0}), &["max_steps"])]
#[case(json!({"code": "01100005", "max_steps": 1_000_001}), &["max_steps"])]
#[case(json!({"code": "01100005", "max_steps": true}), &["max_steps", "boolean"])]
#[case(json!({"code": "01100005", "max_steps": 1.0}), &["floating"])]
#[case(json!({"code": "0110000", "max_steps": 1}), &["odd"])]
#[case(json!({"code": "0110000G", "max_steps": 1}), &["hex"])]
#[case(json!({"code": "0110000A", "max_steps": 1}), &["hex"])]
#[case(json!({"code": "", "max_steps": 1, "pc": -1}), &["-1"])]
#[case(json!({"code": "", "max_steps": 1, "pc": 4_294_967_296_u64}), &["4294967296"])]
#[case(json!({"code": "", "max_steps": 1, "psw": 16}), &["psw"])]
#[case(json!({"code": "", "max_steps": 1, "reg_base": 0xFFC1}), &["reg_base"])]
#[case(json!({"code": "", "max_steps": 1, "regs": [0, 0]}), &["16"])]
#[case(json!({"code": "", "max_steps": 1, "mem": [[0xFFFF, "0000"]]}), &["mem[0]"])]
#[case(json!({"code": "", "max_steps": 1, "mem": [[0x1_0001, ""]]}), &["mem[0]"])]
#[case(json!({"code": "", "max_steps": 1, "mem": [[0, "00", 1]]}), &["mem[0]"])]
#[case(json!({"code": "", "max_steps": 1, "trace": 1}), &["trace", "boolean"])]
#[case(json!({"code": "", "max_steps": 1, "sp": null}), &["sp", "null"])]
#[case(json!({"code": "", "max_steps": 1, "speed": 9}), &["speed"])]
#[case(json!(7), &["object"])]
#[case(json!(["", 1]), &["object"])]
fn a_bad_case_is_an_error_that_names_the_key(#[case] case: Value, #[case] words: &[&str]) {
    is_error(&run(case), true, words);
}

#[test]
fn limits_are_legal() {
    let largest = "00".repeat(0x1_0000);
    let reply = run(json!({"code": largest, "max_steps": 1_000_000, "reg_base": 0xFFC0, "psw": 15,
                           "mem": [[0x1_0000, ""], [0, "00".repeat(0x1_0000)]]}));
    assert!(reply["outcome"].is_object(), "{reply}");
}

#[test]
fn a_repeated_key_in_a_case_is_an_error() {
    let line = r#"{"op":"run","id":"a","subject":"minivm","profile":"strict","case":{"code":"","max_steps":1,"max_steps":2}}"#;
    is_error(&exchange(line.as_bytes())[0], true, &["duplicate", "max_steps"]);
}
