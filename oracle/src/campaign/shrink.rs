//! Making a case smaller while it still shows what it shows.

use crate::subject::Subject;

/// Cases tried at most.
const BUDGET: usize = 20_000;
/// Cases put to the machines at once.
const BATCH: usize = 64;

/// Makes a case simpler as long as `shows` says that the simpler one still shows the same. `shows` judges a batch and
/// names the first that does. A subject that cannot make its cases simpler gets its case back.
pub fn shrink<S: Subject>(mut case: S::Case, shows: &mut dyn FnMut(&[S::Case]) -> Option<usize>) -> S::Case {
    let Some(shrinks) = S::shrinks() else { return case };
    let mut tried = 0;
    'simpler: while tried < BUDGET {
        let candidates = shrinks.simpler(&case);
        for batch in candidates.chunks(BATCH) {
            tried += batch.len();
            if let Some(index) = shows(batch) {
                case = batch[index].clone();
                continue 'simpler;
            }
        }
        break;
    }
    case
}
