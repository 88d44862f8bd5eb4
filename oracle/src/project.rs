//! Where vectors, models and results are: in the checkout at hand, or in what the program carries.
//!
//! A checkout is found when a command runs, never remembered from when it was compiled: a built checkout may have been
//! copied, and two checkouts may share a folder for what they build. A program that is installed carries the files of the
//! one that it was made from, and finds them unpacked.

use std::env;
use std::path::{Path, PathBuf};

pub use crate::git::{commit_of, git};

/// This project, as far as a command needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    root: PathBuf,
    home: Home,
}

/// Where the project lies.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Home {
    /// In a checkout, at hand for a program that was made from this commit, if that is known.
    Checkout(Option<String>),
    /// In a folder that the program has written; made from this commit, if that is known.
    Carried(Option<String>),
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
            None => Ok(Project { root: root.to_owned(), home: Home::Checkout(None) }),
            Some(missing) => {
                Err(format!("{} is no checkout of Lockstep: {missing} is missing", root.display()))
            }
        }
    }

    /// What a program carries, unpacked in `root`, and made from this commit.
    pub fn carried(root: PathBuf, commit: Option<String>) -> Self {
        Project { root, home: Home::Carried(commit) }
    }

    /// The same checkout, at hand for a program that was made from this commit, if that is known.
    #[must_use]
    pub fn run_by_program_of(self, commit: Option<String>) -> Self {
        match self.home {
            Home::Checkout(_) => Project { home: Home::Checkout(commit), ..self },
            Home::Carried(_) => self,
        }
    }

    /// [`Project::commit`], and what should be known of the program before its results are believed: that the checkout is not
    /// the one that it was made from. Its machines are then not those of the checkout, whose vectors it runs.
    pub fn commit_at_hand(&self) -> (Option<String>, Option<String>) {
        let (made, now) = match &self.home {
            Home::Carried(commit) => return (commit.clone(), None),
            Home::Checkout(made) => (made, commit_of(&self.root)),
        };
        match (made, now) {
            // What has changed since a commit is shown by its `+`.
            (Some(made), Some(now)) if made.trim_end_matches('+') != now.trim_end_matches('+') => {
                let place = self.root.display();
                let warning = format!(
                    "this program was made from commit {made}, and {place} is at {now}: the results are of no commit"
                );
                (None, Some(warning))
            }
            (_, now) => (now, None),
        }
    }

    /// The checkout in which a folder lies.
    pub fn around(folder: &Path) -> Option<Self> {
        folder.ancestors().find_map(|folder| Project::at(folder).ok())
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
        let mut found = run_by_cargo.iter().chain(&here).filter_map(|start| Project::around(start));
        found.next().ok_or_else(|| {
            let here = here.map_or_else(|| "the current folder".into(), |here| here.display().to_string());
            format!(
                "{here} is not in a checkout of Lockstep, and the command was not started by Cargo in one"
            )
        })
    }

    /// Fails if this is no checkout: some commands build what they run, or change the project's own files.
    ///
    /// # Errors
    /// It is none; says so.
    pub fn needs_checkout(&self) -> Result<(), String> {
        match self.home {
            Home::Checkout(_) => Ok(()),
            Home::Carried(_) => {
                Err("this works in a checkout of Lockstep only, for it needs the sources".into())
            }
        }
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

    /// Where a result goes if nobody says so: below `target/lockstep` of a checkout, else below `lockstep` in the current
    /// folder. `name` may be empty.
    pub fn results(&self, name: &str) -> PathBuf {
        let all = match self.home {
            Home::Checkout(_) => self.path("target/lockstep"),
            Home::Carried(_) => PathBuf::from("lockstep"),
        };
        if name.is_empty() { all } else { all.join(name) }
    }

    /// The commit of the checkout, or that from which the program was made, with a `+` if files have been changed since,
    /// untracked ones included; `None` if it is not known, or if the program was made from another one.
    pub fn commit(&self) -> Option<String> {
        self.commit_at_hand().0
    }

    /// What git says in the checkout; `None` if it fails, or if this is none.
    pub fn git(&self, arguments: &[&str]) -> Option<String> {
        self.needs_checkout().ok()?;
        git(&self.root, arguments)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_of_another_commit_has_results_of_none() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let at =
            |commit: Option<&str>| Project::at(root).unwrap().run_by_program_of(commit.map(str::to_owned));
        let now = commit_of(root);
        assert_eq!(at(None).commit_at_hand(), (now.clone(), None));
        // Without git nobody knows.
        let Some(now) = now else { return };
        assert_eq!(at(Some(&now)).commit_at_hand(), (Some(now.clone()), None));
        let (commit, warning) = at(Some("0123456789ab")).commit_at_hand();
        assert_eq!(commit, None);
        assert!(warning.unwrap().contains(&format!("made from commit 0123456789ab, and {}", root.display())));
    }

    #[test]
    fn only_a_checkout_is_one() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        assert_eq!(Project::at(root).unwrap().root(), root);
        let error = Project::at(&env::temp_dir()).unwrap_err();
        assert!(error.ends_with("is no checkout of Lockstep: vectors is missing"), "{error}");
    }
}
