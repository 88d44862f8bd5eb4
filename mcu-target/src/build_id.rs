//! Which build this is.

unsafe extern "C" {
    /// The note that `chips/build-id.x` keeps: sizes of name and id, type, "GNU", then the id.
    static __build_id: [u8; 36];
}

/// The id that the linker has given this build, a SHA-1 of its contents.
pub fn read() -> &'static [u8] {
    // SAFETY: the linker script puts the symbol at the start of the note, which lies in flash and never changes; with
    // `--build-id=sha1` the note is 36 bytes long.
    let note = unsafe { &__build_id };
    &note[16..]
}
