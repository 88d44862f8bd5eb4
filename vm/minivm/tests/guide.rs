//! The guide's table of calls has every public call of the control plane, with its signature, its names and its errors.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// A public call as its source has it.
#[derive(Default)]
struct Call {
    /// From `fn` to before its body, in one line.
    signature: String,
    /// Names of the document in its comment, such as `vm_step`.
    names: BTreeSet<String>,
    /// Errors of the document in its comment, such as `ESRCH`.
    errors: BTreeSet<String>,
}

/// The words of a text that begin so and have only such letters.
fn words(text: &str, start: &str, letters: fn(char) -> bool) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let wanted = words.filter(|word| word.starts_with(start) && word.len() > 2 && word.chars().all(letters));
    wanted.map(str::to_owned).collect()
}

/// The public calls in the blocks of `ControlPlane` of a file.
fn calls(source: &str) -> Vec<Call> {
    let mut calls = Vec::new();
    let (mut is_plane, mut comment) = (false, String::new());
    let mut lines = source.lines();
    while let Some(line) = lines.next() {
        if line.starts_with("impl") {
            is_plane = line.contains("> ControlPlane<");
        } else if let Some(text) = line.strip_prefix("    ///") {
            comment += text;
        } else if is_plane && line.starts_with("    pub fn ") {
            let mut signature = line.trim().trim_start_matches("pub ").to_owned();
            while !signature.ends_with('{') {
                signature = format!("{signature} {}", lines.next().unwrap().trim());
            }
            let signature = signature.trim_end_matches([' ', '{']).to_owned();
            let (about, errors) = comment.split_once("# Errors").unwrap_or((&comment, ""));
            let names = words(about, "vm_", |c| c.is_ascii_lowercase() || c == '_');
            let errors = words(errors, "E", |c| c.is_ascii_uppercase());
            calls.push(Call { signature, names, errors });
        }
        if !line.starts_with("    ///") {
            comment.clear();
        }
    }
    calls
}

#[test]
fn every_call_is_in_the_table() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let guide = fs::read_to_string(root.join("../README.md")).unwrap();
    let mut signatures = BTreeSet::new();
    for file in fs::read_dir(root.join("src/control")).unwrap() {
        for Call { signature, names, errors } in calls(&fs::read_to_string(file.unwrap().path()).unwrap()) {
            let row = guide.lines().find(|line| line.contains(&format!("| `{signature}` |")));
            let row = row.unwrap_or_else(|| panic!("vm/README.md has no row for `{signature}`"));
            let missing = names.iter().chain(&errors).find(|word| !row.contains(&format!("`{word}`")));
            assert_eq!(missing, None, "{row}");
            signatures.insert(signature);
        }
    }
    let rows = guide.lines().filter_map(|line| Some(line.split_once("| `fn ")?.1.split_once("` |")?.0));
    let gone: Vec<&str> = rows.filter(|row| !signatures.contains(&format!("fn {row}"))).collect();
    assert_eq!(gone, [""; 0], "no call has these signatures");
    assert!(signatures.len() >= 28, "{signatures:?}");
}
