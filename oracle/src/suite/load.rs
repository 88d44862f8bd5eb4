//! Loading a suite: the walk through its folder, and what must hold for all its files together.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_saphyr::Spanned;

use super::entry::Entry;
use super::keys::Present;
use super::place::{Place, SuiteError, position};
use super::vector::{Suite, Vector};
use super::write;
use super::written::{Found, Text, Written, Yaml};
use crate::cases::Cases;
use crate::reading;

/// The file in a suite's folder that holds its divergences, and no vectors.
pub const LEDGER_FILE: &str = "ledger.yaml";

impl<S: Cases, T: Text<S>> Written<S> for Yaml<T> {
    fn load(&self, folder: &Path) -> Result<Suite<S>, Vec<SuiteError>> {
        let mut loader = Loader::new(&self.0);
        let ledger = folder.join(LEDGER_FILE);
        for entry in walkdir::WalkDir::new(folder).follow_links(true).sort_by_file_name() {
            match entry {
                Ok(entry) if entry.path() == ledger || entry.file_type().is_dir() => {}
                // What is named may be a pipe; what only lies there is read if it is a file.
                Ok(entry) if entry.depth() > 0 && !entry.file_type().is_file() => {}
                Ok(entry) => loader.meet(entry.path(), entry.depth() == 0),
                Err(error) => {
                    let why = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                    loader.complain_about_file(error.path().unwrap_or(folder), &why);
                }
            }
        }
        loader.finish()
    }

    fn read(&self, text: &str, file: &Path) -> Result<Suite<S>, Vec<SuiteError>> {
        let mut loader = Loader::new(&self.0);
        loader.read_text(file, text.to_owned());
        loader.finish()
    }

    fn write(&self, found: &[Found<'_, S>]) -> String {
        write::write(&self.0, found)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, bound = "S: Cases, T: Text<S>")]
struct File<S: Cases, T: Text<S>> {
    #[serde(default)]
    rules: BTreeMap<String, Present<Spanned<String>>>,
    #[serde(default = "no_vectors")]
    vectors: Present<Vec<Entry<S, T>>>,
}

fn no_vectors<E>() -> Present<Vec<E>> {
    Present(Vec::new())
}

/// What has been read so far.
struct Loader<'t, S: Cases, T> {
    text: &'t T,
    vectors: Vec<Vector<S>>,
    rules: BTreeMap<String, (Place, String)>,
    names: BTreeMap<String, Place>,
    sources: BTreeMap<PathBuf, String>,
    errors: Vec<SuiteError>,
}

impl<'t, S: Cases, T: Text<S>> Loader<'t, S, T> {
    fn new(text: &'t T) -> Self {
        Loader {
            text,
            vectors: Vec::new(),
            rules: BTreeMap::new(),
            names: BTreeMap::new(),
            sources: BTreeMap::new(),
            errors: Vec::new(),
        }
    }

    /// A file of the folder, or the one that was named. One that looks like YAML but is not called so would be passed
    /// over, and test nothing.
    fn meet(&mut self, path: &Path, is_named: bool) {
        let extension = path.extension().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
        let lower = extension.to_ascii_lowercase();
        if extension == "yaml" || is_named {
            self.read(path);
        } else if lower == "yaml" || lower == "yml" {
            self.complain_about_file(path, "vector files end in .yaml, so this one would be passed over");
        }
    }

    fn read(&mut self, path: &Path) {
        match reading::text(path) {
            Ok(source) => self.read_text(path, source),
            Err(error) => self.complain_about_file(path, &error.to_string()),
        }
    }

    fn read_text(&mut self, path: &Path, source: String) {
        let parsed: Result<File<S, T>, _> = serde_saphyr::from_str(&source);
        self.sources.insert(path.to_owned(), source);
        let file = match parsed {
            Ok(file) => file,
            Err(error) => {
                let (line, column) = error.location().as_ref().map_or((1, 1), position);
                return self.complain(path, line, column, message(&error));
            }
        };
        if file.rules.is_empty() && file.vectors.0.is_empty() {
            self.complain_about_file(path, "there is no rule and no vector in it");
        }
        for (id, Present(text)) in file.rules {
            let (line, column) = position(&text.referenced);
            let place = Place { file: path.to_owned(), line, column };
            if text.value.trim().is_empty() {
                self.complain(path, line, column, format!("rule `{id}` says nothing"));
            }
            if let Some((first, _)) = self.rules.insert(id.clone(), (place, text.value)) {
                self.complain(path, line, column, format!("rule `{id}` is defined already, at {first}"));
            }
        }
        let folder = path.parent().unwrap_or(Path::new(""));
        for entry in file.vectors.0 {
            match entry.resolve(self.text, folder) {
                Ok(vector) => self.add(path, vector),
                Err(problem) => self.complain(path, problem.line, problem.column, problem.message),
            }
        }
    }

    fn add(&mut self, path: &Path, mut vector: Vector<S>) {
        vector.place.file = path.to_owned();
        let Place { line, column, .. } = vector.place;
        if let Some(first) = self.names.insert(vector.name.clone(), vector.place.clone()) {
            self.complain(
                path,
                line,
                column,
                format!("the name `{}` is taken already, at {first}", vector.name),
            );
        }
        self.vectors.push(vector);
    }

    fn complain(&mut self, path: &Path, line: usize, column: usize, message: String) {
        let source = self.sources.get(path).cloned().unwrap_or_default();
        let place = Place { file: path.to_owned(), line, column };
        self.errors.push(SuiteError { place, message, source });
    }

    fn complain_about_file(&mut self, path: &Path, message: &str) {
        self.complain(path, 0, 0, message.to_owned());
    }

    fn finish(mut self) -> Result<Suite<S>, Vec<SuiteError>> {
        let used: BTreeSet<&str> = self.vectors.iter().map(|vector| vector.rule.as_str()).collect();
        let undefined = self.vectors.iter().filter(|vector| !self.rules.contains_key(&vector.rule));
        // A vector that does not read may be the one that is missing.
        let all_read = self.errors.is_empty();
        let untested = self.rules.iter().filter(|(id, _)| all_read && !used.contains(id.as_str()));
        let complaints: Vec<(Place, String)> = undefined
            .map(|vector| (vector.place.clone(), format!("rule `{}` is not defined", vector.rule)))
            .chain(untested.map(|(id, (place, _))| (place.clone(), format!("no vector tests rule `{id}`"))))
            .collect();
        for (place, message) in complaints {
            self.complain(&place.file, place.line, place.column, message);
        }
        if !self.errors.is_empty() {
            self.errors.sort_by(|a, b| a.place.cmp(&b.place));
            return Err(self.errors);
        }
        let rules = self.rules.into_iter().map(|(id, (_, text))| (id, text)).collect();
        Ok(Suite { vectors: self.vectors, rules })
    }
}

/// The parser's words, without the place it appends to them.
fn message(error: &serde_saphyr::Error) -> String {
    let text = error.without_snippet().to_string();
    text.split(" at line ")
        .next()
        .unwrap_or_default()
        .replace(", set DuplicateKeyPolicy in Options if acceptable", "")
}
