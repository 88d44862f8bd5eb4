//! Loading programs.

use std::path::Path;

use executive::desk::{DeskRooms, Start};
use executive::task::NAME_MAX;
use executive::{Config, Error};
use minivm::hxe::Header;
use serde_json::{Value, json};

use super::program::Program;
use super::state::{Host, Reading};
use crate::lenient::Int;
use crate::refusal::Refusal;

/// A task that was made of an image.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The task.
    pub pid: u16,
    /// What is told of its image.
    pub image: Value,
}

/// A task whose program was loaded anew.
#[derive(Clone, Debug)]
pub struct Reloaded {
    /// The task in its new place.
    pub loaded: Loaded,
    /// The file of its program.
    pub path: String,
    /// Whether its code is the same.
    pub same: bool,
}

impl Host<'_> {
    /// Makes a task of a file in the folder.
    pub fn load(&mut self, path: &str) -> Result<Loaded, Refusal> {
        let file = self.file(path)?;
        self.make(file)
    }

    /// Reads a file in the folder, and checks that it is an image.
    fn file(&self, path: &str) -> Result<ImageFile, Refusal> {
        self.check_raised()?;
        let bytes = self.folder.read(path, self.limits.file)?;
        let program = Program::read(path, &bytes, self.reading.switches())?;
        let stem = Path::new(path).file_stem().unwrap_or_default().to_string_lossy();
        Ok(ImageFile { label: stem.trim().to_owned(), program, bytes })
    }

    /// Makes a task of an image.
    fn make(&mut self, file: ImageFile) -> Result<Loaded, Refusal> {
        let ImageFile { label, program, bytes } = file;
        let loaded = self.it.load_named(&bytes, &label).map_err(|why| self.refused(&program, &label, why))?;
        self.check_raised()?;
        let pid = loaded.pid;
        let base =
            self.it.tasks().iter().find(|task| task.pid == pid).map(|task| task.base.as_str().to_owned());
        let Header { entry, code_len, ro_len, bss_size, version, flags, req_caps, meta_count, .. } =
            program.header;
        let mailboxes = program.declared.created(&self.it);
        let image = json!({
            "pid": pid, "entry": entry, "code_len": code_len, "ro_len": ro_len, "bss": bss_size,
            "version": version, "flags": flags, "req_caps": req_caps, "app_name": loaded.name.as_str(),
            "app_name_base": base, "allow_multiple_instances": program.header.allows_multiple(),
            "metadata": program.declared.show(), "meta_count": meta_count,
            "manifest_present": flags & 1 != 0, "mailbox_creation": mailboxes,
        });
        self.last_program = Some(program.path.clone());
        self.programs.insert(pid, program);
        self.settle();
        Ok(Loaded { pid, image })
    }

    /// Why an image that is valid makes no task.
    fn refused(&self, program: &Program, label: &str, why: Error) -> Refusal {
        let taken = || self.name_is_taken(program, label, None);
        if why == Error::Exists && taken() {
            already(program, label)
        } else {
            Refusal::Executive("load", why)
        }
    }

    /// Whether a program that may run once does so already, in another task than one that is to go.
    fn name_is_taken(&self, program: &Program, label: &str, leaving: Option<u16>) -> bool {
        let named = name_of(program, label);
        let named = &named[..named.floor_char_boundary(NAME_MAX)];
        let mut others = self.it.tasks().iter().filter(|task| Some(task.pid) != leaving);
        !program.header.allows_multiple() && others.any(|task| task.name == named)
    }

    /// The program of a task.
    pub(crate) fn program(&self, pid: u16) -> Result<&Program, Refusal> {
        self.programs.get(&pid).ok_or(Refusal::UnknownPid(pid.into()))
    }

    /// Loads the program of a task anew, in its place. What can be wrong with it is found before the task goes. Those who
    /// debug it do so on, and if its code is the same, its breakpoints stay and its instructions are reported as before.
    pub fn reload(&mut self, pid: Int) -> Result<Reloaded, Refusal> {
        let known = self.pid(pid)?;
        let before = self.program(known)?;
        let path = before.path.clone();
        let file = self.file(&path)?;
        let same = before.code == file.program.code;
        self.rehearse(&file, known)?;
        let (debugged, traced) = (self.debugger.hand_on(known, same), self.traced.contains(&known));
        self.kill(pid)?;
        let loaded = self.make(file)?;
        if let Some(debugged) = debugged {
            self.debugger.take_on(loaded.pid, debugged);
        }
        if traced && same {
            self.traced.insert(loaded.pid);
        }
        Ok(Reloaded { loaded, path, same })
    }

    /// Whether an image makes a task once a task is gone: on an executive of its own, and beside the other tasks. Only for
    /// want of room in tables that all share can it fail after that. The reference kills first, whatever comes then.
    fn rehearse(&self, file: &ImageFile, leaving: u16) -> Result<(), Refusal> {
        if self.reading == Reading::Reference {
            return Ok(());
        }
        if self.name_is_taken(&file.program, &file.label, Some(leaving)) {
            return Err(already(&file.program, &file.label));
        }
        let registry = self.it.registry();
        let values = file.program.declared.values().filter_map(|oid| Some(registry.value(oid)?.entry));
        let commands = file.program.declared.commands().filter_map(|oid| Some(registry.command(oid)?.entry));
        let mut others = values.chain(commands).filter(|entry| entry.owner != leaving);
        if others.any(|entry| entry.group() != SHARED_GROUP) {
            return Err(Refusal::Executive("load", Error::Exists));
        }
        let mut rooms = Box::<DeskRooms<1>>::default();
        let config = Config { tasks: 1, ..Config::default() };
        let mut alone = rooms.executive(self.reading.switches(), config, Start::default());
        let loaded = alone.load_named(&file.bytes, &file.label);
        loaded.map(drop).map_err(|why| Refusal::Executive("load", why))
    }
}

/// A file that is an image.
struct ImageFile {
    /// The name of its task, if it says none.
    label: String,
    program: Program,
    bytes: Vec<u8>,
}

/// The group of values and commands that tasks share.
const SHARED_GROUP: u8 = 0xF0;

fn name_of<'p>(program: &'p Program, label: &'p str) -> &'p str {
    if program.header.name().is_empty() { label } else { program.header.name() }
}

/// The refusal of a program that runs already, and may run once.
fn already(program: &Program, label: &str) -> Refusal {
    let named = name_of(program, label).to_owned();
    Refusal::Unknown("instance, because there may be one only: app_exists", named)
}
