//! What git says of a folder. A build script reads this file too, so it uses nothing but the standard library.

use std::path::Path;
use std::process::{Command, Output};

/// The commit of any checkout, with a `+` if files have been changed since, untracked ones included; `None` if git does not
/// know it.
pub fn commit_of(folder: &Path) -> Option<String> {
    let commit = git(folder, &["rev-parse", "--short=12", "HEAD"])?;
    let status =
        git(folder, &["status", "--porcelain", "--untracked-files=normal", "--ignore-submodules=none"]);
    // If the state cannot be told, it is not said to be clean.
    Some(if status.is_some_and(|changes| changes.is_empty()) { commit } else { format!("{commit}+") })
}

/// What git says in a folder; `None` if it fails. The environment cannot point it to another repository or index.
pub fn git(folder: &Path, arguments: &[&str]) -> Option<String> {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(arguments);
    for variable in [
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_COMMON_DIR",
        "GIT_NAMESPACE",
        "GIT_OBJECT_DIRECTORY",
    ] {
        command.env_remove(variable);
    }
    let Output { status, stdout, .. } = command.output().ok()?;
    status.success().then(|| String::from_utf8_lossy(&stdout).trim().to_owned())
}
