//! No source file of the project imports another in a circle.
//!
//! A file imports another if it names something by a path into the other's module. What a module hands on with `pub use` is
//! its own: whoever takes it from there imports that module, and not the one behind it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use oracle::project::Project;
use syn::visit::{self, Visit};
use syn::{Attribute, ItemMod, ItemUse, UseTree, VisRestricted};
use walkdir::{DirEntry, WalkDir};

/// A module, by its path from the root of its crate. That of the root is empty.
type Module = Vec<String>;

/// Every path that a file names something by, as seen from the file's own module.
#[derive(Default)]
struct Paths {
    found: Vec<Vec<String>>,
    /// How many modules within the file are around what is looked at.
    depth: usize,
}

impl Paths {
    fn find(&mut self, path: &[String]) {
        let ups = path.iter().take_while(|name| *name == "super").count();
        let inside = ups.min(self.depth);
        let within_file = if inside > 0 && inside == ups { vec!["self".to_owned()] } else { Vec::new() };
        self.found.push([&within_file[..], &path[inside..]].concat());
    }

    fn add(&mut self, tree: &UseTree, before: &[String]) {
        let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        match tree {
            UseTree::Path(path) => self.add(&path.tree, &with(&path.ident)),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.add(tree, before)),
            UseTree::Name(name) => self.find(&with(&name.ident)),
            UseTree::Rename(rename) => self.find(&with(&rename.ident)),
            UseTree::Glob(_) => self.find(before),
        }
    }
}

impl<'ast> Visit<'ast> for Paths {
    /// Tests within a file may use what they test.
    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        let is_test = |attribute: &Attribute| {
            attribute.path().is_ident("cfg")
                && attribute.parse_args::<syn::Path>().is_ok_and(|of| of.is_ident("test"))
        };
        if !item.attrs.iter().any(is_test) {
            self.depth += 1;
            visit::visit_item_mod(self, item);
            self.depth -= 1;
        }
    }

    /// `pub(super)` imports nothing.
    fn visit_vis_restricted(&mut self, _: &'ast VisRestricted) {}

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.add(&item.tree, &[]);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.find(&names);
        visit::visit_path(self, path);
    }
}

/// The modules of a crate, each with its file.
fn modules(src: &Path) -> BTreeMap<Module, PathBuf> {
    let module = |file: &Path| {
        let relative = file.strip_prefix(src).unwrap().with_extension("");
        let mut module: Module = relative.iter().map(|part| part.to_str().unwrap().to_owned()).collect();
        module.pop_if(|last| ["mod", "lib", "main"].contains(&last.as_str()));
        module
    };
    let files = WalkDir::new(src).into_iter().map(|entry| entry.unwrap().into_path());
    let files = files.filter(|file| file.extension().is_some_and(|extension| extension == "rs"));
    files.map(|file| (module(&file), file)).collect()
}

/// The module that a path in `from` leads into, if it is one of these.
fn target(path: &[String], from: &Module, modules: &BTreeMap<Module, PathBuf>) -> Option<Module> {
    let ups = path.iter().take_while(|name| *name == "super").count();
    let whole: Module = match path.first()?.as_str() {
        "crate" => path[1..].to_vec(),
        "self" => [from, &path[1..]].concat(),
        "super" => [&from[..from.len().checked_sub(ups)?], &path[ups..]].concat(),
        // A module below this one, named without `self`.
        first if modules.contains_key(&[&from[..], &[first.to_owned()]].concat()) => [from, path].concat(),
        _ => return None,
    };
    (0..=whole.len()).rev().map(|length| whole[..length].to_vec()).find(|module| modules.contains_key(module))
}

/// Which modules each module of a crate imports.
fn imports(src: &Path) -> BTreeMap<Module, BTreeSet<Module>> {
    let modules = modules(src);
    let of = |(module, file): (&Module, &PathBuf)| {
        let mut paths = Paths::default();
        paths.visit_file(&syn::parse_file(&fs::read_to_string(file).unwrap()).unwrap());
        let targets = paths.found.iter().filter_map(|path| target(path, module, &modules));
        (module.clone(), targets.filter(|target| target != module).collect())
    };
    modules.iter().map(of).collect()
}

/// What is left when everything is taken away, again and again, that imports nothing of the rest, or that nothing of the
/// rest imports: the modules in circles, and those between two of them.
fn in_circles<T: Ord + Clone>(mut imports: BTreeMap<T, BTreeSet<T>>) -> BTreeSet<T> {
    loop {
        let left: BTreeSet<T> = imports.keys().cloned().collect();
        let imported: BTreeSet<T> = imports.values().flatten().cloned().collect();
        imports.retain(|module, used| !used.is_disjoint(&left) && imported.contains(module));
        if imports.len() == left.len() {
            return left;
        }
    }
}

#[test]
fn there_is_no_circle() {
    let project = Project::find().unwrap();
    let is_ours = |entry: &DirEntry| {
        let name = entry.file_name().to_str().unwrap_or_default();
        name != "target" && !name.starts_with('.')
    };
    let folders = WalkDir::new(project.root()).into_iter().filter_entry(is_ours).map(|entry| entry.unwrap());
    let sources = folders.filter(|entry| entry.file_type().is_dir() && entry.file_name() == "src");
    let mut crates = 0;
    for src in sources.filter(|src| src.path().with_file_name("Cargo.toml").is_file()) {
        let circles: Vec<String> =
            in_circles(imports(src.path())).into_iter().map(|module| module.join("::")).collect();
        assert!(circles.is_empty(), "{}: circles among {}", src.path().display(), circles.join(", "));
        crates += 1;
    }
    assert!(crates >= 15, "only {crates} crates are looked at");
}

#[test]
fn a_circle_is_found() {
    let graph = [("a", vec!["b"]), ("b", vec!["c", "d"]), ("c", vec!["b"]), ("d", vec![])];
    let graph = graph.map(|(module, used)| (module, used.into_iter().collect()));
    assert_eq!(in_circles(graph.into()), ["b", "c"].into());
}

#[test]
fn paths_are_followed_to_files() {
    let module =
        |path: &str| -> Module { path.split("::").filter(|it| !it.is_empty()).map(str::to_owned).collect() };
    let modules = ["", "a", "a::b", "c"].map(|path| (module(path), PathBuf::new())).into();
    let follow =
        |path: &str, from: &str| target(&module(path), &module(from), &modules).map(|it| it.join("::"));
    assert_eq!(follow("crate::a::b::Type", "c").as_deref(), Some("a::b"));
    assert_eq!(follow("super::Type", "a::b").as_deref(), Some("a"));
    assert_eq!(follow("super::super::c::Type", "a::b").as_deref(), Some("c"));
    assert_eq!(follow("b::Type", "a").as_deref(), Some("a::b"));
    assert_eq!(follow("crate::Type", "a").as_deref(), Some(""));
    assert_eq!(follow("std::fmt", "a"), None);
    let source = "use crate::{a::b::*, c as d}; pub(crate) fn f() { super::g(); }\nmod m { use super::*; use super::super::h; }\n#[cfg(test)] mod tests { use super::*; }";
    let mut paths = Paths::default();
    paths.visit_file(&syn::parse_file(source).unwrap());
    let found: Vec<String> = paths.found.iter().map(|path| path.join("::")).collect();
    assert_eq!(found, ["crate::a::b", "crate::c", "super::g", "self", "super::h"]);
}
