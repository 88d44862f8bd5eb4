//! Makes test binaries of this package find the Python library that they link, and says what to install where there
//! is none.

use std::path::Path;

fn main() {
    let config = pyo3_build_config::get();
    let name = config.lib_name().unwrap_or("python3");
    let folder = config.lib_dir().map(Path::new);
    let file = format!("{}{name}{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let missing = folder.is_some_and(|folder| !folder.join(&file).exists());
    if cfg!(unix) && (!config.shared() || missing) {
        let folder = folder.map_or("its folder".into(), |folder| folder.display().to_string());
        println!("cargo::error=Python has no shared library {file} in {folder}, which embedding it needs.");
        println!(
            "cargo::error=Install it: Debian and Ubuntu: apt install lib{name}-dev; pyenv: PYTHON_CONFIGURE_OPTS=--enable-shared."
        );
    }
    pyo3_build_config::add_libpython_rpath_link_args();
}
