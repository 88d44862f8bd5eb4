//! Numbers as text, for logs of C programs.

use core::ffi::c_char;
use core::ptr;

use minivm::Fault;
use minivm::hxe::Errno;

use crate::rc::Rc;

/// A name of up to 23 bytes, and a zero.
type Name = [u8; 24];

const fn name(text: &str) -> Name {
    let mut name = [0; 24];
    name.split_at_mut(text.len()).0.copy_from_slice(text.as_bytes());
    assert!(text.len() < 24, "a zero ends it");
    name
}

static FAULTS: [Name; Fault::ALL.len()] = {
    let mut names = [[0; 24]; Fault::ALL.len()];
    let mut at = 0;
    while at < names.len() {
        names[at] = name(Fault::ALL[at].name());
        at += 1;
    }
    names
};

static RCS: [(Rc, Name); 17] = [
    (Rc::VmOk, name("OK")),
    (Rc::VmEperm, name(Errno::NotPermitted.name())),
    (Rc::VmEnoent, name("ENOENT")),
    (Rc::VmEsrch, name(Errno::NoTask.name())),
    (Rc::VmEio, name("EIO")),
    (Rc::VmEbadf, name("EBADF")),
    (Rc::VmEagain, name("EAGAIN")),
    (Rc::VmEfault, name(Errno::Fault.name())),
    (Rc::VmEbusy, name(Errno::Busy.name())),
    (Rc::VmEexist, name("EEXIST")),
    (Rc::VmEinval, name(Errno::Invalid.name())),
    (Rc::VmEnfile, name("ENFILE")),
    (Rc::VmEmfile, name("EMFILE")),
    (Rc::VmEnospc, name(Errno::NoSpace.name())),
    (Rc::VmEnosys, name("ENOSYS")),
    (Rc::VmEbadmsg, name(Errno::BadMessage.name())),
    (Rc::VmEmsgsize, name("EMSGSIZE")),
];

/// The name of a vm_fault, such as `divide_by_zero`. Null for VM_FAULT_NONE, and if there is no such fault.
#[unsafe(no_mangle)]
pub extern "C" fn vm_fault_name(fault: u32) -> *const c_char {
    let at = fault.checked_sub(1).and_then(|at| FAULTS.get(at as usize));
    at.map_or(ptr::null(), |name| name.as_ptr().cast())
}

/// The name of a vm_rc in the document, such as `EINVAL`. Null if there is no such error.
#[unsafe(no_mangle)]
pub extern "C" fn vm_rc_name(rc: i32) -> *const c_char {
    let at = RCS.iter().find(|(known, _)| *known as i32 == rc);
    at.map_or(ptr::null(), |(_, name)| name.as_ptr().cast())
}

#[cfg(test)]
mod tests {
    use core::ffi::CStr;
    use std::string::ToString;

    use minivm::control::Error;

    use super::*;
    use crate::numbers::FaultNumber;

    #[test]
    fn errors_are_called_as_in_the_document() {
        let errors = [Error::NoArena, Error::NoActiveTask, Error::NoRegister(9), Error::WorkspacePointer];
        for error in errors {
            let rc = Rc::from(error) as i32;
            // SAFETY: it has the name of each error.
            let name = unsafe { CStr::from_ptr(vm_rc_name(rc)) }.to_str().unwrap();
            assert!(error.to_string().starts_with(name), "{error}: {name}");
        }
        assert!(vm_rc_name(1).is_null());
    }

    #[test]
    fn faults_have_their_names() {
        // SAFETY: it has the name of each fault.
        let name = unsafe { CStr::from_ptr(vm_fault_name(FaultNumber::Misaligned as u32)) };
        assert_eq!(name.to_str(), Ok(Fault::Misaligned.name()));
        assert!(
            vm_fault_name(0).is_null() && vm_fault_name(10).is_null() && vm_fault_name(u32::MAX).is_null()
        );
    }
}
