//! Compiles the driver, which is C, against the committed header.

fn main() {
    let sources = ["control.c", "driver.c", "json.c", "minivm.c", "out.c", "reason.c", "script.c"];
    let version = format!("\"{}\"", env!("CARGO_PKG_VERSION"));
    let mut build = cc::Build::new();
    build.std("c99").define("_POSIX_C_SOURCE", "200809L").define("DRIVER_VERSION", version.as_str());
    build.include("../include").files(sources.map(|name| format!("src/{name}")));
    build.compile("minivm_capi_driver_in_c");
    println!("cargo:rerun-if-changed=src");
    println!("cargo:rerun-if-changed=../include");
}
