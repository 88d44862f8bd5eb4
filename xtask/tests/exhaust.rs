//! `cargo xtask exhaust`: shards, going on, and what is kept.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("exhaust").join(name);
    let _ = fs::remove_dir_all(&folder);
    folder
}

/// A five-hundredth of everything, in `folder`.
fn exhaust(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lockstep"));
    command.arg("exhaust").args(arguments).arg("--report").arg(folder).output().unwrap()
}

fn chunks(folder: &Path, part: &str) -> Vec<u64> {
    let text = fs::read_to_string(folder.join("exhaust.json")).unwrap();
    let record: serde_json::Value = serde_json::from_str(&text).unwrap();
    let parts = record["parts"].as_array().unwrap();
    let part = parts.iter().find(|it| it["name"] == part).unwrap();
    let mut done: Vec<u64> =
        part["done"].as_object().unwrap().keys().map(|number| number.parse().unwrap()).collect();
    done.sort_unstable();
    done
}

#[test]
fn shards_are_run_once_and_put_together() {
    let (one, two) = (folder("one"), folder("two"));
    let first = exhaust(&one, &["--shard", "3/1024"]);
    let said = String::from_utf8_lossy(&first.stdout).into_owned();
    assert_eq!(first.status.code(), Some(0), "{said}");
    assert!(said.contains("of all inputs are exhausted, and right, exit status 0"), "{said}");
    assert_eq!(chunks(&one, "FMUL"), [2]);
    assert!(chunks(&one, "F2I").is_empty());
    // It is a result like that of any other job of a night.
    let report: serde_json::Value =
        serde_json::from_slice(&fs::read(one.join("report.json")).unwrap()).unwrap();
    let measured = |name: &str| {
        let all = report["measurements"].as_array().unwrap();
        let one = all.iter().find(|it| it["group"] == "exhaust/minivm" && it["name"] == name).unwrap();
        (one["value"].as_f64().unwrap(), one["at_most"].as_f64())
    };
    assert_eq!((measured("FMUL exhausted").0, measured("FMUL wrong")), (100.0 / 1024.0, (0.0, Some(0.0))));
    // What was done before is not done again.
    let again = exhaust(&one, &["--shard", "3/1024"]);
    assert!(String::from_utf8_lossy(&again.stderr).contains("were run before"));
    assert_eq!(again.status.code(), Some(0));
    assert_eq!(
        exhaust(&two, &["--shard", "1/1024", "--merge", one.to_str().unwrap()]).status.code(),
        Some(0)
    );
    assert_eq!((chunks(&two, "FMUL"), chunks(&two, "F2I")), (vec![0, 2], vec![0]));
    // What cannot be of this build is not believed.
    let file = one.join("exhaust.json");
    let text = fs::read_to_string(&file).unwrap();
    let (before, after) = text.split_once("\"program\":\"").unwrap();
    let commit = before.replace("\"commit\":\"", "\"commit\":\"0");
    fs::write(&file, format!("{commit}\"program\":\"0{after}")).unwrap();
    let refused = exhaust(&folder("three"), &["--shard", "9/1024", "--merge", one.to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("of another build"));
}

#[test]
fn a_shard_without_a_chunk_is_nothing() {
    // No part has more than 1,024 chunks.
    let folder = folder("none");
    let none = exhaust(&folder, &["--shard", "2000/3000"]);
    let said = String::from_utf8_lossy(&none.stdout).into_owned();
    assert_eq!(none.status.code(), Some(4), "{said}");
    assert!(
        said.contains("nothing was selected: 0.00 % of all inputs are exhausted, exit status 4"),
        "{said}"
    );
    let report = fs::read_to_string(folder.join("report.json")).unwrap();
    let report: oracle::report::Report = serde_json::from_str(&report).unwrap();
    assert_eq!(report.exit() as u8, 4);
}

#[test]
fn a_folder_belongs_to_one_run() {
    let folder = folder("taken");
    fs::create_dir_all(&folder).unwrap();
    let lock = fs::File::create(folder.join(".lock")).unwrap();
    lock.lock().unwrap();
    let refused = exhaust(&folder, &["--shard", "5/1024"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("another run is writing"));
}
