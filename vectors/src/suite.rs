//! Suites: the vectors of a subject, found by walking its folder.
//!
//! A file holds `rules` (id and the sentence of the specification) and `vectors`, each of which names the rule that
//! it tests. Nothing is registered anywhere: a file that lies in the folder is part of the suite. Everything that
//! could make a vector test nothing is an error with file, line and column: unknown and repeated keys, a name used
//! twice, a rule that is not defined, a rule that no vector tests.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display, Formatter};
use std::path::{Path, PathBuf};

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde::Deserialize;
use serde_saphyr::Spanned;

use crate::subject::{Profile, Subject};

/// All vectors of a subject.
#[derive(Clone, Debug)]
pub struct Suite<S: Subject> {
    /// The vectors, by file and position.
    pub vectors: Vec<Vector<S>>,
    /// The rules, by id.
    pub rules: BTreeMap<String, String>,
}

/// A case with what is expected of it.
#[derive(Clone, Debug)]
pub struct Vector<S: Subject> {
    /// The name, unique in the suite.
    pub name: String,
    /// The id of the rule it tests.
    pub rule: String,
    /// Anything else worth knowing.
    pub note: String,
    /// Where it stands.
    pub place: Place,
    /// The case.
    pub case: S::Case,
    /// What comes out, by profile; a profile that is missing is not tested.
    pub expected: Vec<Expectation<S>>,
    /// What the specification's text would have, where both profiles follow the reference instead.
    pub document: Option<S::Outcome>,
}

/// What is expected of a case in a profile.
#[derive(Clone, Debug)]
pub struct Expectation<S: Subject> {
    /// The profile.
    pub profile: Profile,
    /// What comes out.
    pub outcome: S::Outcome,
    /// What of it does not count.
    pub open: S::Open,
}

/// A place in a file; line and column count from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file, as it was named.
    pub file: PathBuf,
    /// Line.
    pub line: usize,
    /// Column.
    pub column: usize,
}

impl Display for Place {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file.display(), self.line, self.column)
    }
}

/// Something wrong with an entry, and where in its file.
#[derive(Clone, Debug)]
pub struct Problem {
    line: usize,
    column: usize,
    message: String,
}

impl Problem {
    /// A problem with this value.
    pub fn at<T>(value: &Spanned<T>, message: impl Into<String>) -> Self {
        let (line, column) = position(&value.referenced);
        Problem { line, column, message: message.into() }
    }
}

fn position(location: &serde_saphyr::Location) -> (usize, usize) {
    (location.line() as usize, location.column() as usize)
}

/// Why a suite could not be loaded.
#[derive(Clone, Debug)]
pub struct SuiteError {
    /// Where.
    pub place: Place,
    /// What is wrong.
    pub message: String,
    source: String,
}

impl Display for SuiteError {
    /// `file:line:column: message`, then the line itself with a mark below.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.place, self.message)?;
        let Some(line) = self.source.lines().nth(self.place.line.wrapping_sub(1)) else { return Ok(()) };
        let mut rest = line.char_indices().map(|(at, _)| at).skip(self.place.column - 1);
        let mark = rest.next().unwrap_or(line.len())..rest.next().unwrap_or(line.len());
        let snippet = Snippet::source(line)
            .line_start(self.place.line)
            .annotation(AnnotationKind::Primary.span(mark).label(&self.message));
        let report = [Group::with_title(Level::ERROR.primary_title("bad vector")).element(snippet)];
        f.write_str(&Renderer::plain().render(&report))
    }
}

impl std::error::Error for SuiteError {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, bound = "S: Subject")]
struct File<S: Subject> {
    #[serde(default)]
    rules: BTreeMap<String, Spanned<String>>,
    #[serde(default = "Vec::new")]
    vectors: Vec<S::Entry>,
}

impl<S: Subject> Vector<S> {
    pub(crate) fn new(
        name: Spanned<String>,
        rule: Spanned<String>,
        note: String,
        case: S::Case,
        expected: Vec<Expectation<S>>,
        document: Option<S::Outcome>,
    ) -> Self {
        let (line, column) = position(&name.referenced);
        let place = Place { file: PathBuf::new(), line, column };
        Vector { name: name.value, rule: rule.value, note, place, case, expected, document }
    }

    /// Whether the vector runs in `profile`.
    pub fn runs_in(&self, profile: Profile) -> bool {
        self.expected.iter().any(|expectation| expectation.profile == profile)
    }

    /// What is expected in `profile` of a machine that has come out with `got`; nothing where the vector does not run.
    pub fn expected_in(&self, profile: Profile, got: &S::Outcome) -> Option<S::Outcome> {
        let expectation = self.expected.iter().find(|expectation| expectation.profile == profile)?;
        Some(S::close(&self.case, &expectation.outcome, &expectation.open, got))
    }
}

impl<S: Subject> Suite<S> {
    /// Loads every `.yaml` file below `folder`, or the one file that `folder` is.
    ///
    /// # Errors
    /// All that is wrong, file by file; at most one complaint a file where its YAML does not read.
    pub fn load(folder: &Path) -> Result<Self, Vec<SuiteError>> {
        let mut loader = Loader::<S>::default();
        for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
            match entry {
                Ok(entry) if entry.path().extension().is_some_and(|extension| extension == "yaml") => {
                    loader.read(entry.path());
                }
                Ok(_) => {}
                Err(error) => loader.complain_about_file(folder, &error.to_string()),
            }
        }
        loader.finish()
    }

    /// Loads the vectors of one text, as if it stood in `file`.
    ///
    /// # Errors
    /// All that is wrong with it; at most one complaint where its YAML does not read.
    pub fn of_text(text: &str, file: &Path) -> Result<Self, Vec<SuiteError>> {
        let mut loader = Loader::<S>::default();
        loader.read_text(file, text.to_owned());
        loader.finish()
    }
}

/// What has been read so far.
struct Loader<S: Subject> {
    vectors: Vec<Vector<S>>,
    rules: BTreeMap<String, (Place, String)>,
    names: BTreeMap<String, Place>,
    sources: BTreeMap<PathBuf, String>,
    errors: Vec<SuiteError>,
}

impl<S: Subject> Default for Loader<S> {
    fn default() -> Self {
        Loader {
            vectors: Vec::new(),
            rules: BTreeMap::new(),
            names: BTreeMap::new(),
            sources: BTreeMap::new(),
            errors: Vec::new(),
        }
    }
}

impl<S: Subject> Loader<S> {
    fn read(&mut self, path: &Path) {
        match std::fs::read_to_string(path) {
            Ok(source) => self.read_text(path, source),
            Err(error) => self.complain_about_file(path, &error.to_string()),
        }
    }

    fn read_text(&mut self, path: &Path, source: String) {
        let parsed: Result<File<S>, _> = serde_saphyr::from_str(&source);
        self.sources.insert(path.to_owned(), source);
        let file = match parsed {
            Ok(file) => file,
            Err(error) => {
                let (line, column) = error.location().as_ref().map_or((1, 1), position);
                return self.complain(path, line, column, message(&error));
            }
        };
        for (id, text) in file.rules {
            let (line, column) = position(&text.referenced);
            let place = Place { file: path.to_owned(), line, column };
            if let Some((first, _)) = self.rules.insert(id.clone(), (place, text.value)) {
                self.complain(path, line, column, format!("rule `{id}` is defined already, at {first}"));
            }
        }
        let folder = path.parent().unwrap_or(Path::new(""));
        for entry in file.vectors {
            match S::resolve(entry, folder) {
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
        self.errors.push(SuiteError {
            place: Place { file: path.to_owned(), line, column },
            message,
            source,
        });
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
