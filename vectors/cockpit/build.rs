//! Makes test binaries find the Python library that they link.

fn main() {
    pyo3_build_config::add_libpython_rpath_link_args();
}
