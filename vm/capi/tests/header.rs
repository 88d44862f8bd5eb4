//! The header that C programs are compiled with is the one that cbindgen makes of the crate.

use std::path::Path;

#[test]
fn the_committed_header_is_that_of_the_crate() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let config = cbindgen::Config::from_file(folder.join("cbindgen.toml")).unwrap();
    let mut made = Vec::new();
    cbindgen::generate_with_config(folder, config).unwrap().write(&mut made);
    let made = String::from_utf8(made).unwrap();
    let file = folder.join("include/minivm.h");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&file, &made).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(made == kept, "make it anew: BLESS=1 cargo test -p minivm-capi --test header");
}
