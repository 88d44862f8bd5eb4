//! Chunks on all cores.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use super::any::AnyPart;
use super::record::Record;
use crate::cores;

/// Runs the chunks of part `.0` of `.1` that `record` does not have yet, on all cores, and tells after each what has been
/// done so far, and of which part it was. Ends early if `interrupt` is set.
///
/// # Errors
/// A chunk has not as many inputs as it should, which is our own bug.
pub fn run(
    parts: &[AnyPart],
    record: &mut Record,
    (shard, of): (u64, u64),
    interrupt: &AtomicBool,
    tell: &mut dyn FnMut(&Record, &str),
) -> Result<(), String> {
    let mut work = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        let mine = (0..part.chunks).filter(|chunk| chunk % of == shard - 1);
        work.extend(mine.filter(|chunk| !record.parts[at].done.contains_key(chunk)).map(|chunk| (at, chunk)));
    }
    let next = AtomicUsize::new(0);
    let (sender, results) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..cores::of_this_computer().min(work.len()) {
            let (sender, next, work) = (sender.clone(), &next, &work);
            scope.spawn(move || {
                while !interrupt.load(Ordering::Relaxed)
                    && let Some(&(at, chunk)) = work.get(next.fetch_add(1, Ordering::Relaxed))
                    && sender.send((at, chunk, parts[at].run(chunk))).is_ok()
                {}
            });
        }
        drop(sender);
        for (at, chunk, (done, found)) in results {
            let part = &mut record.parts[at];
            part.add(chunk, done)?;
            found.into_iter().for_each(|found| part.keep(found));
            if part.done.len() as u64 == part.chunks && !part.is_whole() {
                let (name, run, inputs) = (&part.name, part.run(), part.inputs);
                return Err(format!("{name} has {run} inputs, and {inputs} were announced"));
            }
            tell(record, parts[at].name);
        }
        Ok(())
    })
}
