//! Loading programs.

use std::path::Path;

use executive::Error;
use minivm::hxe::Header;
use serde_json::json;

use super::program::Program;
use super::reply::{Reply, reply};
use super::state::Host;
use crate::lenient::Int;
use crate::refusal::Refusal;

impl Host<'_> {
    /// Makes a task of a file in the folder.
    pub fn load(&mut self, path: &str) -> Reply {
        self.check_raised()?;
        let bytes = self.folder.read(path, self.limits.file)?;
        let program = Program::read(path, &bytes, self.reading.switches())?;
        let stem = Path::new(path).file_stem().unwrap_or_default().to_string_lossy();
        let label = stem.trim();
        let loaded = self.it.load_named(&bytes, label).map_err(|why| self.refused(&program, label, why))?;
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
        reply!("image": image)
    }

    /// Why an image that is valid makes no task.
    fn refused(&self, program: &Program, label: &str, why: Error) -> Refusal {
        let named = if program.header.name().is_empty() { label } else { program.header.name() };
        let taken = self.it.tasks().iter().any(|task| task.name == named);
        if why == Error::Exists && taken && !program.header.allows_multiple() {
            return Refusal::Unknown("instance, because there may be one only: app_exists", named.to_owned());
        }
        Refusal::Executive("load", why)
    }

    /// The program of a task.
    pub(crate) fn program(&self, pid: u16) -> Result<&Program, Refusal> {
        self.programs.get(&pid).ok_or(Refusal::UnknownPid(pid.into()))
    }

    /// Loads the program of a task anew, in its place.
    pub fn reload(&mut self, pid: Int) -> Reply {
        let known = self.pid(pid)?;
        let path = self.program(known)?.path.clone();
        self.kill(pid)?;
        let mut image = self.load(&path)?;
        let image = image.remove("image").unwrap_or_default();
        let new = image["pid"].clone();
        reply!("old_pid": known, "new_pid": new, "program": path, "image": image)
    }
}
