//! Machine `c`: the machine protocol in C, which reaches the VM by its C library alone.
//!
//! So what is compared in its lanes is the boundary too: the header that C programs are compiled with, and every call behind
//! it. All of it is in the `.c` files beside this one.

// The C code calls it.
use minivm_capi as _;

unsafe extern "C" {
    /// Answers requests on standard input until it ends, and returns the exit status.
    safe fn minivm_driver_serve() -> i32;
}

/// Answers requests on standard input until it ends. Returns the exit status: 0, or 1 if a stream failed.
pub fn serve() -> i32 {
    minivm_driver_serve()
}
