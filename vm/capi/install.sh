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
mkdir -p "$1/include" "$1/lib/pkgconfig"
prefix=$(cd "$1" && pwd)
cp "$here/include/minivm.h" "$prefix/include/"
for library in libminivm_capi.a libminivm_capi.so libminivm_capi.dylib; do
    if [ -e "$2/$library" ]; then cp "$2/$library" "$prefix/lib/"; fi
done
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
# A linker that finds both libraries takes the shared one, so this one is named.
describe minivm-static "\${libdir}/libminivm_capi.a $libs"
