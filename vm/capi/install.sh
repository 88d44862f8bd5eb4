#!/bin/sh
# Installs the header, the libraries and the pkg-config files: `minivm`, and `minivm-static` for programs that carry it.
#
#     cargo build --release -p minivm-capi
#     vm/capi/install.sh PREFIX target/release
set -eu
if [ $# -ne 2 ]; then
    echo "usage: install.sh PREFIX LIBRARIES" >&2
    exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
case $1 in
*[\ \&\|\;\"\'\$\`\\]*)
    echo "install.sh: $1: pkg-config has no way to write such a path" >&2
    exit 2
    ;;
esac
if [ ! -e "$2/libminivm_capi.a" ]; then
    echo "install.sh: $2: there is no libminivm_capi.a: cargo build --release -p minivm-capi" >&2
    exit 2
fi
mkdir -p "$1/include" "$1/lib/pkgconfig"
prefix=$(cd "$1" && pwd)
cp "$here/include/minivm.h" "$prefix/include/"
for library in libminivm_capi.so libminivm_capi.dylib; do
    if [ -e "$2/$library" ]; then cp "$2/$library" "$prefix/lib/"; fi
done
# A linker that finds two libraries of one name takes the shared one, and CMake puts a bare path before the objects.
cp "$2/libminivm_capi.a" "$prefix/lib/libminivm_static.a"
# What the static library needs beside it: cargo rustc -p minivm-capi --crate-type staticlib -- --print native-static-libs
case $(uname) in
Darwin) libs="-lSystem -lc -lm" ;;
*) libs="-lgcc_s -lutil -lrt -lpthread -lm -ldl -lc" ;;
esac
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$here/../../Cargo.toml" | head -n 1)
describe() {
    sed "s|@NAME@|$1|; s|@LINK@|$2|; s|@PREFIX@|$prefix|; s|@VERSION@|$version|" "$here/minivm.pc.in" >"$prefix/lib/pkgconfig/$1.pc"
}
describe minivm "-L\${libdir} -lminivm_capi"
describe minivm-static "-L\${libdir} -lminivm_static $libs"
