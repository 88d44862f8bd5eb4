//! Several hundred odd requests, put to `machine rust`, to `machine python` and to the model's own server: one protocol,
//! one kind of answer, the same id.

use std::fmt::Display;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

const MINIVM: &str = r#"{"code":"01100005","max_steps":1}"#;
const HXE: &str = r#"{"image":"48535845","chunks":[2]}"#;

const COCKPIT: &str = r#"{"code":"00000100","max_steps":1}"#;
const CONTROL: &str = r#"{"config":{},"calls":[{"call":"pids"}]}"#;
const EXECUTIVE: &str = r#"{"config":{},"calls":[{"call":"step","n":1}]}"#;

/// JSON values that a key may have wrongly; some are right for some keys.
const VALUES: [&str; 34] = [
    "null",
    "true",
    "false",
    "0",
    "-0",
    "-1",
    "1",
    "15",
    "16",
    "1.0",
    "1e0",
    "0.5",
    "1e999",
    "-1e999",
    "4294967295",
    "4294967296",
    "18446744073709551616",
    "123456789012345678901234567890",
    r#""""#,
    r#""1""#,
    r#""00""#,
    r#""0g""#,
    r#""0A""#,
    r#""000""#,
    r#""é""#,
    r#""\u0000""#,
    r#""\ud800""#,
    r#""\ud83d\ude00""#,
    "[]",
    "[0]",
    "[[0,\"00\"]]",
    "[[0,\"00\",1]]",
    "{}",
    r#"{"a":{"a":1,"a":2}}"#,
];

fn run(subject: &str, profile: &str, case: &str) -> String {
    format!(r#"{{"op":"run","id":"c1","subject":"{subject}","profile":"{profile}","case":{case}}}"#)
}

/// A request or a case with `"key":value` in place of what it has for the key, or added to it.
fn with(object: &str, key: &str, value: &str) -> String {
    let mut members: Vec<(String, String)> = members(object);
    match members.iter_mut().find(|(known, _)| known == key) {
        Some((_, known)) => *known = value.into(),
        None => members.push((key.into(), value.into())),
    }
    written(&members)
}

fn members(object: &str) -> Vec<(String, String)> {
    let parsed: serde_json::Map<String, Value> = serde_json::from_str(object).unwrap();
    parsed.into_iter().map(|(key, value)| (key, value.to_string())).collect()
}

fn written(members: &[(String, String)]) -> String {
    let members: Vec<String> = members.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
    format!("{{{}}}", members.join(","))
}

/// Every key left out, twice, and with every value; and keys that there are not.
fn mangled(object: &str, keys: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for key in keys {
        let all = members(object);
        let without: Vec<_> = all.iter().filter(|(known, _)| known != key).cloned().collect();
        found.push(written(&without));
        let value = all.iter().find(|(known, _)| known == key).map_or("0", |(_, value)| value);
        let twice = [without, vec![((*key).into(), value.into()), ((*key).into(), value.into())]].concat();
        found.push(written(&twice));
        found.extend(VALUES.iter().map(|value| with(object, key, value)));
    }
    found.extend(["colour", "", "Code", "op ", "\\u0063ode", "\\ud800"].map(|key| with(object, key, "1")));
    found
}

fn requests() -> Vec<Vec<u8>> {
    let (minivm, hxe) = (run("minivm", "reference", MINIVM), run("hxe", "strict", HXE));
    let mut texts = mangled(&minivm, &["op", "id", "subject", "profile", "case"]);
    texts.extend(mangled(r#"{"op":"hello","protocol":1}"#, &["op", "protocol"]));
    let keys = [
        "code",
        "max_steps",
        "pc",
        "regs",
        "sp",
        "psw",
        "stack_limit",
        "reg_base",
        "call_stack",
        "mem",
        "trace",
    ];
    texts.extend(mangled(MINIVM, &keys).iter().map(|case| run("minivm", "reference", case)));
    texts.extend(mangled(HXE, &["image", "chunks"]).iter().map(|case| run("hxe", "strict", case)));
    let keys = ["code", "max_steps", "pc", "stack", "globals", "arrays", "strings", "pins"];
    texts.extend(mangled(COCKPIT, &keys).iter().map(|case| run("cockpit", "head", case)));
    texts.extend(scripts());
    // What is unknown is so whatever the case.
    for (subject, profile) in
        [("abacus", "strict"), ("minivm", "Strict"), ("MiniVm", "strict"), ("", ""), ("hxe", "loose")]
    {
        texts.extend(
            [MINIVM, HXE, "{}", "7", "null", r#"{"a":1,"a":2}"#].map(|case| run(subject, profile, case)),
        );
    }
    texts.extend([HXE, "[]", "7", "null", "\"x\""].map(|case| run("minivm", "strict", case)));
    for bad in [
        "",
        " ",
        "{",
        "}",
        "[]",
        "7",
        "null",
        "\"hello\"",
        "hello",
        "{\"op\"}",
        "{'op':'hello'}",
        "NaN",
        "// hello",
        "{\"op\":\"hello\",\"protocol\":1,}",
        "{\"op\":\"hello\",\"protocol\":01}",
        "{\"op\":\"hello\",\"protocol\":+1}",
        "{\"op\":\"hello\",\"protocol\":1.}",
        "{\"op\":\"hello\",\"protocol\":NaN}",
        "{\"op\":\"hello\",\"protocol\":Infinity}",
        "{\"op\":\"hello\",\"protocol\":1} {}",
        "{\"op\":\"hello\" \"protocol\":1}",
        "\u{FEFF}{\"op\":\"hello\",\"protocol\":1}",
        "\u{A0}{\"op\":\"hello\",\"protocol\":1}",
        "{\"op\":\"hello\",\"protocol\":1}\u{2028}",
        "{\"op\":\"hel\tlo\",\"protocol\":1}",
        "{\"op\":\"hello\",\"protocol\":1}\u{c}",
        "{\"op\":\"\\u0068ello\",\"protocol\":1}",
        "{\"\\u006fp\":\"hello\",\"protocol\":1}",
        "{\"op\":\"hello\",\"op\":\"run\",\"protocol\":1}",
        "{\"op\":\"he\\llo\",\"protocol\":1}",
        "\t{ \"op\" : \"hello\" , \"protocol\" : 1 }\r",
    ] {
        texts.push(bad.into());
    }
    texts.push(minivm.replace("c1", &"x".repeat(100_000)));
    texts.push(minivm.replace("c1", "\\\"\\\\\\/\\b\\f\\n\\r\\t\\u20ac\\u0000"));
    texts.push(minivm.replace('1', " 1"));
    texts.push(minivm.replace(MINIVM, &format!("{}{}", "[".repeat(90), "]".repeat(90))));
    texts.push(minivm.replace(MINIVM, "NaN"));
    texts.push(minivm.replace("\"max_steps\":1", "\"max_steps\":NaN"));
    texts.push(hxe.replace("[2]", "[2,]"));
    let mut lines: Vec<Vec<u8>> = texts.into_iter().map(String::into_bytes).collect();
    lines.extend([b"\xff\xfe".to_vec(), minivm.replace("c1", "\u{1}").into_bytes(), b"\0".to_vec()]);
    lines.push([minivm.as_bytes(), b"\xc3"].concat());
    lines
}

/// Scripts in which something is wrong: on the outside, in the configuration, in what that contains, in a call.
fn scripts() -> Vec<String> {
    let control = of_control().into_iter().map(|case| run("control", "document", &case));
    control.chain(of_executive().iter().map(|case| run("executive", "strict", case))).collect()
}

fn of_control() -> Vec<String> {
    let init = r#"{"call":"init","config":{"limits.max_pids":2}}"#;
    let values = mangled(r#"{"limits.max_pids":2}"#, &["limits.max_pids", "autorun_quanta", "colour"]);
    let mut found = mangled(CONTROL, &["config", "calls"]);
    found.extend(mangled(r#"{"arenas":1}"#, &["arenas", "code", "metadata"]).iter().map(with_config));
    found.push(with_config("[3,256,256]"));
    found.extend(mangled(init, &["call", "config"]).iter().map(calling));
    found.extend(values.iter().map(|values| calling(with(init, "config", values))));
    found.push(calling(r#"["pids"]"#));
    found.extend(mangled(r#"{"call":"reg_get","reg":1}"#, &["call", "reg"]).iter().map(calling));
    found
}

fn of_executive() -> Vec<String> {
    let with_mailboxes = |quotas: &str| with_config(format!(r#"{{"mailboxes":{quotas}}}"#));
    let with_handler = |handler: &str| with_config(format!(r#"{{"handlers":[{handler}]}}"#));
    let keys = ["mailboxes", "libm", "persisted", "pin", "handlers", "tasks", "policy"];
    let quotas = ["descriptors", "handles", "capacity", "tap_rate"];
    let mut found = mangled(EXECUTIVE, &["config", "calls"]);
    found.extend(mangled("{}", &keys).iter().map(with_config));
    found.push(with_config("[{},false,[],null,[]]"));
    found.extend(mangled("{}", &quotas).iter().map(|quotas| with_mailboxes(quotas)));
    found.push(with_mailboxes("[1,1,1,0]"));
    found.extend(mangled(r#"{"kind":"fail"}"#, &["kind", "result"]).iter().map(|it| with_handler(it)));
    found.push(with_handler(r#"["fail"]"#));
    found.extend(mangled(r#"{"call":"step","n":1}"#, &["call", "n", "pid"]).iter().map(calling));
    found.push(calling(r#"["step",10,null]"#));
    found
}

fn calling(call: impl Display) -> String {
    format!(r#"{{"calls":[{call}]}}"#)
}

fn with_config(config: impl Display) -> String {
    format!(r#"{{"calls":[],"config":{config}}}"#)
}

/// Everything that speaks the protocol here, by the name that a failure tells.
fn servers() -> [(&'static str, Command); 3] {
    let mut model = Command::new("python3");
    model.current_dir(root().join("oracle/python")).args(["-m", "lockstep_model"]);
    [("machine rust", machine("rust")), ("machine python", machine("python")), ("the model's server", model)]
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn machine(name: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lockstep"));
    command.current_dir(root()).args(["machine", name]);
    command
}

/// What a server answers, a line each.
fn replies(server: &mut Command, input: &[u8]) -> Vec<Vec<u8>> {
    let mut child = server.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let output = std::thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(input).unwrap());
        child.wait_with_output().unwrap()
    });
    assert!(output.status.success());
    let lines = output.stdout.strip_suffix(b"\n").expect("a reply ends its line");
    lines.split(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect()
}

/// The kind of a reply with its id, and the outcome if there is one.
fn kind(reply: &[u8]) -> (String, Option<Value>, Option<Value>) {
    let reply: serde_json::Map<String, Value> = serde_json::from_slice(reply)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(reply)));
    let kinds = ["outcome", "unsupported", "error", "protocol"];
    let kind = kinds.into_iter().find(|kind| reply.contains_key(*kind)).expect("a reply of the protocol");
    (kind.into(), reply.get("id").cloned(), reply.get("outcome").cloned())
}

fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).into_owned()
}

#[test]
fn all_servers_answer_alike() {
    let requests = requests();
    assert!(requests.len() > 1000, "{}", requests.len());
    for version in [1, 2] {
        answer_alike(servers().into(), &requests, version);
    }
}

/// It knows some of the subjects only.
#[test]
fn the_machine_in_c_answers_scripts_alike() {
    let requests: Vec<Vec<u8>> =
        of_control().iter().map(|case| run("control", "document", case).into_bytes()).collect();
    answer_alike(vec![("machine rust", machine("rust")), ("machine c", machine("c"))], &requests, 2);
}

fn answer_alike(servers: Vec<(&str, Command)>, requests: &[Vec<u8>], version: u32) {
    let hello = format!("{{\"op\":\"hello\",\"protocol\":{version}}}").into_bytes();
    // A hello among the odd requests would set the version for those behind it.
    let lines: Vec<&[u8]> = requests.iter().flat_map(|request| [&hello[..], request]).collect();
    let input = [lines.join(&b'\n'), b"\n".to_vec()].concat();
    let answers = |(name, mut server)| (name, replies(&mut server, &input));
    let answered: Vec<(&str, Vec<Vec<u8>>)> = servers.into_iter().map(answers).collect();
    for (name, replies) in &answered {
        assert_eq!(replies.len(), lines.len(), "{name}: a reply to every line");
    }
    let differing: Vec<String> = (0..lines.len())
        .filter(|&at| answered.iter().any(|(_, replies)| kind(&replies[at]) != kind(&answered[0].1[at])))
        .map(|at| {
            let said = answered.iter().map(|(name, replies)| format!("\n  {name}: {}", shown(&replies[at])));
            shown(lines[at]) + &said.collect::<String>()
        })
        .collect();
    assert!(differing.is_empty(), "version {version}, {}:\n{}", differing.len(), differing.join("\n"));
}
