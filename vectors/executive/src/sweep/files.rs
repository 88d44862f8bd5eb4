//! Files: paths, descriptors, places and lengths.

use itertools::iproduct;

use super::scripts::{TEXT, run};
use crate::case::Case;
use crate::programs::PATHS;

/// Files: paths, descriptors, places and lengths, and what deleting and renaming does to open ones.
pub(super) fn files() -> impl Iterator<Item = Case> + Send {
    let paths =
        PATHS.into_iter().chain(["\u{3000}", "\u{85}x", "/", "...", "a/..", "..\\a", "a b", "\u{e9}"]);
    let opens = paths.clone().map(|path| {
        run(|program| {
            let path = program.text(path);
            program.call(4, 0, &[path]).call(4, 0, &[path]).call(4, 11, &[path]).call(4, 11, &[path]);
        })
    });
    let accesses = iproduct!(
        [1u32, 2],
        [0, 1, 2, 3, 4, 0xFFFF, 0x1_0003],
        [0x3000, 0x4000, 0xFFC4, 0xFFFC],
        [0, 5, 12, 200]
    )
    .map(|(function, fd, place, length)| {
        run(|program| {
            let path = program.text("/hello.txt");
            program.text(TEXT);
            program.call(4, 0, &[path]).call(4, function, &[fd, place, length]).call(4, 1, &[3, 0x3000, 3]);
        })
    });
    let lists =
        iproduct!([0x3000, 0xFFC4, 0xFFFA, 0xFFFF], [0, 1, 10, 13, 200, 0xFFFF]).map(|(place, max)| {
            run(|program| {
                let path = program.text("b\u{e9}");
                program.call(4, 0, &[path]).call(4, 10, &[9, place, max]);
            })
        });
    let names = ["a", "/hello.txt", "b", "", "c:d"];
    let renames = iproduct!(names, names, [1u32, 2, 3]).map(|(old, new, function)| {
        run(|program| {
            let [path, old, new] = ["a", old, new].map(|text| program.text(text));
            let data = program.text(TEXT);
            program.call(4, 0, &[path]).call(4, 2, &[3, data, 5]).call(4, 12, &[old, new]);
            program.call(4, function, &[3, 0x3000, 4]);
        })
    });
    let gone = [1u32, 2, 3].into_iter().map(|function| {
        run(|program| {
            let path = program.text("a");
            program.call(4, 0, &[path]).call(4, 11, &[path]).call(4, function, &[3, 0x3000, 4]);
        })
    });
    let closed = [0u32, 1, 3, 4].into_iter().map(|fd| {
        run(|program| {
            let path = program.text("a");
            program.call(4, 0, &[path]).call(4, 3, &[fd]).call(4, 3, &[fd]).call(4, 0, &[path]);
        })
    });
    opens.chain(accesses).chain(lists).chain(renames).chain(gone).chain(closed)
}
