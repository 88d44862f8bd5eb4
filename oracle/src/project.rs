//! The checkout at hand: where vectors, models and results are.
//!
//! It is found when a command runs, never remembered from when it was compiled: a built checkout may have been copied, and
//! two checkouts may share a folder for what they build.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A checkout of this project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    root: PathBuf,
}

/// What is only in the root of a checkout.
const LANDMARKS: [&str; 3] = ["vectors", "oracle/python", "xtask/Cargo.toml"];

impl Project {
    /// The checkout in which `root` is the folder of the workspace.
    ///
    /// # Errors
    /// It is none.
    pub fn at(root: &Path) -> Result<Self, String> {
        match LANDMARKS.iter().find(|landmark| !root.join(landmark).exists()) {
            None => Ok(Project { root: root.to_owned() }),
            Some(missing) => {
                Err(format!("{} is no checkout of Lockstep: {missing} is missing", root.display()))
            }
        }
    }

    /// The checkout from which this command was started: that of the package which Cargo runs, or else the one around the
    /// current folder.
    ///
    /// # Errors
    /// There is none.
    pub fn find() -> Result<Self, String> {
        // Cargo sets it for the programs that it runs; it is not read when this is compiled.
        let run_by_cargo = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let here = env::current_dir().ok();
        let starts = run_by_cargo.iter().chain(&here);
        let mut found =
            starts.flat_map(|start| start.ancestors()).filter_map(|folder| Project::at(folder).ok());
        found.next().ok_or_else(|| {
            let here = here.map_or_else(|| "the current folder".into(), |here| here.display().to_string());
            format!(
                "{here} is not in a checkout of Lockstep, and the command was not started by Cargo in one"
            )
        })
    }

    /// Its root.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of a subject: its vectors, its ledger, its sources.
    pub fn subject(&self, name: &str) -> PathBuf {
        self.root.join("vectors").join(name)
    }

    /// The folder of the Python code.
    pub fn python(&self) -> PathBuf {
        self.root.join("oracle/python")
    }

    /// A path of the project as people see it: short if the current folder is the root, else absolute.
    pub fn path(&self, path: &str) -> PathBuf {
        let here = env::current_dir().is_ok_and(|here| here == self.root);
        if here { PathBuf::from(path) } else { self.root.join(path) }
    }

    /// The commit of the checkout, with a `+` if files have been changed since, untracked ones included; `None` if git
    /// does not know it.
    pub fn commit(&self) -> Option<String> {
        commit_of(&self.root)
    }

    /// What git says in the checkout; `None` if it fails.
    pub fn git(&self, arguments: &[&str]) -> Option<String> {
        git(&self.root, arguments)
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_checkout_is_one() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        assert_eq!(Project::at(root).unwrap().root(), root);
        let error = Project::at(&env::temp_dir()).unwrap_err();
        assert!(error.ends_with("is no checkout of Lockstep: vectors is missing"), "{error}");
    }
}
