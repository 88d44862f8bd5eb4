//! Making an image smaller while it still shows what it shows.

use minivm::hxe::seal;

use crate::case::Case;

/// Simpler cases, boldest first: one piece, fewer bytes, zeros; each also with its CRC put right.
pub(crate) fn candidates(case: &Case) -> Vec<Case> {
    let mut found = vec![Case::whole(case.image.clone())];
    let mut with = |image: Vec<u8>| {
        let mut sealed = image.clone();
        seal(&mut sealed);
        found.extend([image, sealed].map(|image| Case { image, chunks: case.chunks.clone() }));
    };
    let length = case.image.len();
    for size in std::iter::successors(Some(length / 2), |size| Some(size / 2)).take_while(|&size| size > 0) {
        for start in (0..length).step_by(size).rev().take(64) {
            let end = (start + size).min(length);
            let mut shorter = case.image.clone();
            shorter.drain(start..end);
            with(shorter);
            if case.image[start..end].iter().any(|&byte| byte != 0) {
                let mut plainer = case.image.clone();
                plainer[start..end].fill(0);
                with(plainer);
            }
        }
    }
    found.retain(|candidate| candidate != case);
    found
}
