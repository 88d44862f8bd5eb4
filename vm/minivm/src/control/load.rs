//! Loading images: whole, or in pieces as they arrive (design document, section 6.1.2).

use super::error::Error;
use super::pid::{Pid, TaskState};
use super::plane::ControlPlane;
use super::task::Arena;
use crate::hxe::{Image, Loader};
use crate::memory::DataMemory;
use crate::profile::Profile;

impl<'m, P: Profile, const N: usize, M: DataMemory> ControlPlane<'m, P, N, M> {
    /// Loads an image that is there as a whole (`vm_load_hxe`): one piece, nothing more. In any state but while another
    /// image is being loaded.
    ///
    /// ```
    /// # use minivm::{Memory, Strict, control::{Arena, ControlPlane, Error}, hxe::{Defect, Errno}};
    /// # let (mut code, mut memory) = ([0; 1024], Memory::new());
    /// # let mut vm = ControlPlane::new(Strict, [Arena::new(&mut code, &mut memory, &mut [])]);
    /// let error = vm.load(b"HSXF....").unwrap_err();
    /// assert_eq!(error.errno(), Errno::BadMessage);
    /// assert!(matches!(error, Error::Image(why) if why.defect == Defect::BadMagic && why.offset == 4));
    /// assert_eq!(vm.tasks().count(), 0);
    /// ```
    ///
    /// # Errors
    /// [`Error::Image`] (`EBADMSG`; `ENOSPC` where it does not fit the arena), [`Error::NoArena`] (`ENOSPC`),
    /// [`Error::Busy`] (`EBUSY`).
    pub fn load(&mut self, image: &[u8]) -> Result<Pid, Error> {
        let pid = self.load_begin()?;
        self.load_write(pid, image)?;
        self.load_end(pid)?;
        Ok(pid)
    }

    /// Makes a task and reserves its arena (`vm_load_begin`); its state is `Loading`.
    ///
    /// ```
    /// # use minivm::{Memory, Strict, control::{Arena, ControlPlane}, hxe::Errno};
    /// # let (mut code, mut memory) = ([0; 1024], Memory::new());
    /// # let mut vm = ControlPlane::new(Strict, [Arena::new(&mut code, &mut memory, &mut [])]);
    /// vm.load_begin()?;
    /// assert_eq!(vm.load_begin().unwrap_err().errno(), Errno::Busy);
    /// # Ok::<(), minivm::control::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Busy`] (`EBUSY`) while another image is being loaded, [`Error::NoArena`] (`ENOSPC`).
    pub fn load_begin(&mut self) -> Result<Pid, Error> {
        if let Some((pid, _)) = self.loading {
            return Err(Error::Busy(pid, TaskState::Loading));
        }
        let tenants = self.arenas.iter().filter(|arena| arena.task.is_some()).count();
        if self.config.max_pids.is_some_and(|most| tenants >= most as usize) {
            return Err(Error::NoArena);
        }
        let free = self.arenas.iter_mut().enumerate().find(|(_, arena)| arena.task.is_none());
        let pid = free.and_then(|(index, arena)| arena.move_in(index, N, &self.config));
        let pid = pid.ok_or(Error::NoArena)?;
        self.loading = Some((pid, Loader::new()));
        Ok(pid)
    }

    /// Takes the next bytes of the image (`vm_load_write`), if the task is `Loading`. Any number of them, none included.
    ///
    /// The image is refused at the first byte that leaves no way for it to be valid or to fit; the task is gone then.
    ///
    /// ```
    /// # use minivm::{Memory, Strict, control::{Arena, ControlPlane}, hxe::Errno};
    /// # let (mut code, mut memory) = ([0; 1024], Memory::new());
    /// # let mut vm = ControlPlane::new(Strict, [Arena::new(&mut code, &mut memory, &mut [])]);
    /// let pid = vm.load_begin()?;
    /// vm.load_write(pid, b"HSX")?;
    /// assert_eq!(vm.load_write(pid, b"X").unwrap_err().errno(), Errno::BadMessage);
    /// assert_eq!(vm.load_write(pid, b"X").unwrap_err().errno(), Errno::NoTask);
    /// # Ok::<(), minivm::control::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Image`] (`EBADMSG`, `ENOSPC`), [`Error::NoTask`] (`ESRCH`), [`Error::Busy`] (`EBUSY`) where the task is
    /// not `Loading`.
    pub fn load_write(&mut self, pid: Pid, chunk: &[u8]) -> Result<(), Error> {
        let profile = self.profile;
        self.with_loader(pid, |loader, arena| loader.write(profile, arena, chunk).map_err(Error::from))
    }

    /// Ends the image (`vm_load_end`), if the task is `Loading`: what only the end can tell is judged, and the task is
    /// `Ready`, with pc at its entry point, sp at the top of its stack and all registers 0.
    ///
    /// ```
    /// # use minivm::{Memory, Strict, control::{Arena, ControlPlane, TaskState}, hxe::{self, ImageParts}};
    /// # let (mut code, mut memory) = ([0; 1024], Memory::new());
    /// # let mut vm = ControlPlane::new(Strict, [Arena::new(&mut code, &mut memory, &mut [])]);
    /// let image = hxe::write(&ImageParts { version: 1, code: vec![0; 4], ..ImageParts::default() });
    /// let pid = vm.load_begin()?;
    /// for byte in &image {
    ///     vm.load_write(pid, &[*byte])?;
    /// }
    /// vm.load_end(pid)?;
    /// assert_eq!(vm.tasks().next().unwrap().state, TaskState::Ready);
    /// # Ok::<(), minivm::control::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Image`] (`EBADMSG`), and the task is gone; [`Error::NoTask`] (`ESRCH`), [`Error::Busy`] (`EBUSY`) where
    /// the task is not `Loading`.
    pub fn load_end(&mut self, pid: Pid) -> Result<(), Error> {
        self.with_loader(pid, |loader, arena| {
            let Image { header, length, .. } = loader.finish(arena)?;
            if let Some(task) = &mut arena.task {
                task.state = TaskState::Ready;
                task.context.pc = header.entry;
                task.image = Some((header, length));
            }
            Ok(())
        })?;
        self.loading = None;
        Ok(())
    }

    /// Gives up an image (`vm_load_abort`), if the task is `Loading`: the task is gone, its arena free.
    ///
    /// ```
    /// # use minivm::{Memory, Strict, control::{Arena, ControlPlane}};
    /// # let (mut code, mut memory) = ([0; 1024], Memory::new());
    /// # let mut vm = ControlPlane::new(Strict, [Arena::new(&mut code, &mut memory, &mut [])]);
    /// let pid = vm.load_begin()?;
    /// vm.load_abort(pid)?;
    /// assert_eq!(vm.tasks().count(), 0);
    /// # Ok::<(), minivm::control::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoTask`] (`ESRCH`), [`Error::Busy`] (`EBUSY`) where the task is not `Loading`.
    pub fn load_abort(&mut self, pid: Pid) -> Result<(), Error> {
        self.with_loader(pid, |_, _| Ok(()))?;
        self.unload(pid)
    }

    /// The image of a task that is `Ready` or `Stopped`: its header, and what its metadata declares. The program can
    /// overwrite its rodata, so sections that lie there are to be read before it runs.
    ///
    /// ```
    /// # use minivm::{Memory, Strict, control::{Arena, ControlPlane}, hxe::{self, ImageParts}};
    /// # let (mut code, mut memory) = ([0; 1024], Memory::new());
    /// # let mut vm = ControlPlane::new(Strict, [Arena::new(&mut code, &mut memory, &mut [])]);
    /// let parts = ImageParts { version: 2, code: vec![0; 4], app_name: b"blink".into(), ..ImageParts::default() };
    /// let pid = vm.load(&hxe::write(&parts))?;
    /// assert_eq!(vm.image(pid)?.header.name(), "blink");
    /// # Ok::<(), minivm::control::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoTask`] (`ESRCH`), [`Error::Busy`] (`EBUSY`) while it is loading.
    pub fn image(&self, pid: Pid) -> Result<Image<'_, Arena<'m, M>>, Error> {
        let (arena, task) = self.loaded(pid)?;
        let (header, length) = task.image.ok_or(Error::Busy(pid, task.state))?;
        Ok(Image { header, store: &self.arenas[arena], length })
    }

    /// Does something with the image that a task is being made from, and takes the task down if that fails.
    fn with_loader(
        &mut self,
        pid: Pid,
        step: impl FnOnce(&mut Loader, &mut Arena<'m, M>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let arena = self.arena_of(pid)?;
        let state = self.arenas[arena].task.as_ref().map_or(TaskState::Stopped, |task| task.state);
        let loader = match &mut self.loading {
            Some((loading, loader)) if *loading == pid => loader,
            _ => return Err(Error::Busy(pid, state)),
        };
        let result = step(loader, &mut self.arenas[arena]);
        if result.is_err() {
            self.unload(pid)?;
        }
        result
    }
}
