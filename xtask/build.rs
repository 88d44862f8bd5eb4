//! Writes the table of the files that an installed program carries: vectors, ledgers, programs and the Python code.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use sha2::{Digest, Sha256};

#[path = "../oracle/src/git.rs"]
mod git;

/// Where they lie.
const FOLDERS: [&str; 2] = ["vectors", "oracle/python"];
/// Folders below that hold what is compiled or tested, and what Python leaves.
const LEFT_OUT: [&str; 5] = ["src", "tests", "benches", "wire", "__pycache__"];
/// What a program is made of beside them.
const SOURCES: [&str; 8] =
    ["Cargo.lock", "fuzz/targets", "hil", "mcu-target", "oracle", "reports", "vm", "xtask"];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if env::var_os("CARGO_FEATURE_CARRIED").is_none() {
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package lies in the checkout");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("Cargo sets it"));
    // A debug build is for tests. It is not made again for every vector that changes, and does not say of which commit
    // it is.
    let commit = match env::var("PROFILE").as_deref() {
        Ok("release") => {
            watch(root, &FOLDERS);
            watch(root, &SOURCES);
            let head = git::git(root, &["rev-parse", "--git-path", "logs/HEAD"]);
            watch(root, head.as_deref().as_slice());
            git::commit_of(root)
        }
        _ => None,
    };
    let mut files = Vec::new();
    for folder in FOLDERS {
        collect(root, Path::new(folder), &mut files).expect("the checkout can be read");
    }
    files.sort();
    let table = table(root, &files, commit.as_deref(), &out.join("files")).expect("the files can be copied");
    fs::write(out.join("carried.rs"), table).expect("the folder is there for that");
}

fn watch(root: &Path, paths: &[&str]) {
    for path in paths {
        println!("cargo::rerun-if-changed={}", root.join(path).display());
    }
}

/// The files in a folder that are carried, by their paths from the root. Those that git does not know are none of them.
fn collect(root: &Path, folder: &Path, files: &mut Vec<String>) -> io::Result<()> {
    let known = folder.to_str().and_then(|folder| git::git(root, &["ls-files", "-z", "--", folder]));
    let known: Option<Vec<String>> = known.map(|known| known.split('\0').map(str::to_owned).collect());
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root.join(&folder))? {
            let entry = entry?;
            let (name, path) = (entry.file_name(), folder.join(entry.file_name()));
            if entry.file_type()?.is_dir() {
                if LEFT_OUT.iter().all(|left_out| name != *left_out) {
                    folders.push(path);
                }
                continue;
            }
            let path = path.to_str().map(|path| path.replace('\\', "/"));
            let path = path.ok_or_else(|| io::Error::other("a file's name is no UTF-8"))?;
            let is_known = known.as_ref().is_none_or(|known| known.contains(&path));
            if is_known && name != "Cargo.toml" && name != "build.rs" {
                files.push(path);
            }
        }
    }
    Ok(())
}

/// The table of the files, which are copied to `copies`, with its digest and the commit.
fn table(root: &Path, files: &[String], commit: Option<&str>, copies: &Path) -> io::Result<String> {
    let mut digest = Sha256::new();
    let mut rows = String::new();
    fs::create_dir_all(copies)?;
    for (number, path) in files.iter().enumerate() {
        let copy = copies.join(number.to_string());
        let bytes = fs::read(root.join(path))?;
        fs::write(&copy, &bytes)?;
        digest.update((path.len() as u64).to_be_bytes());
        digest.update(path);
        digest.update((bytes.len() as u64).to_be_bytes());
        digest.update(&bytes);
        let _ = writeln!(rows, "    ({path:?}, include_bytes!({:?})),", copy.display().to_string());
    }
    let digest: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!(
        "/// Each with its path from the root.\n\
         const FILES: &[(&str, &[u8])] = &[\n{rows}];\n\
         /// Of the paths and contents.\n\
         const DIGEST: &str = {digest:?};\n\
         /// From which they are.\n\
         const COMMIT: Option<&str> = {commit:?};\n"
    ))
}
