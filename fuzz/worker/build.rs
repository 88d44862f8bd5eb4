//! Makes the binary find the Python library that it links.

fn main() {
    pyo3_build_config::add_libpython_rpath_link_args();
}
