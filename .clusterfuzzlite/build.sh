#!/usr/bin/env bash
# Builds every target but `lockstep`, with its seeds, into $OUT: for ClusterFuzzLite and OSS-Fuzz, and for anyone who
# wants to know whether they can.
#
# Locally: `OUT=target/fleet SANITIZER=none .clusterfuzzlite/build.sh`. It then also runs each target on its seeds.
set -euo pipefail
cd "$(dirname "$0")/.." 2>/dev/null
if [[ -n ${SRC:-} && -d $SRC/lockstep ]]; then cd "$SRC/lockstep"; fi
local_run=${SRC:+no}
: "${OUT:?where the targets go}"
mkdir -p "$OUT"
out=$(realpath "$OUT")

# In the fleets' image the nightly compiler is the default one.
toolchain=()
if [[ -z ${SRC:-} ]]; then toolchain=(+nightly); fi
builds=${CARGO_TARGET_DIR:-$PWD/target}/fleet
cargo "${toolchain[@]}" fuzz build --sanitizer "${SANITIZER:-address}" --no-default-features --target-dir "$builds"
host=$(rustc -vV | sed -n 's/^host: //p')

cargo run --quiet -p fuzz-worker -- seeds "$builds/seeds"
for source in fuzz/src/bin/*.rs; do
    target=$(basename "$source" .rs)
    [[ $target == lockstep ]] && continue
    install "$builds/$host/release/$target" "$out/$target"
    [[ ! -e fuzz/options/$target.options ]] || cp "fuzz/options/$target.options" "$out/"
    rm -f "$out/${target}_seed_corpus.zip"
    (cd "$builds/seeds/$target" && zip --quiet --recurse-paths "$out/${target}_seed_corpus.zip" .)
    if [[ $local_run != no ]]; then
        "$out/$target" -runs=0 "$builds/seeds/$target" 2>&1 | tail -n 1
    fi
done
