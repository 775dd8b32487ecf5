//! Mutation of inputs: half of them as text that people could write, the others byte by byte.

use crate::support::mutate::mutate;
use fastrand::Rng;

/// Longest input, in bytes.
const LONGEST: usize = 16 * 1024;

/// One of the seeds, changed, possibly with parts of another one.
pub(crate) fn changed(rng: &mut Rng, seeds: &[Vec<u8>], head: usize) -> Vec<u8> {
    let seed = |rng: &mut Rng| seeds.get(rng.usize(..seeds.len().max(1))).map_or(&[][..], Vec::as_slice);
    let (one, other) = (seed(rng), seed(rng));
    let (start, text) = one.split_at(head.min(one.len()));
    let other = other.get(head..).unwrap_or_default();
    let mut start = start.to_vec();
    if rng.bool() {
        start.iter_mut().for_each(|byte| *byte = rng.u8(..));
    }
    let text = match (rng.bool(), std::str::from_utf8(text), std::str::from_utf8(other)) {
        (true, Ok(text), Ok(other)) => mutate(rng, text, other).into_bytes(),
        _ => of_bytes(rng, text.to_vec(), other),
    };
    let mut input = [start, text].concat();
    input.truncate(LONGEST);
    input
}

fn of_bytes(rng: &mut Rng, mut text: Vec<u8>, other: &[u8]) -> Vec<u8> {
    for _ in 0..[1, 1, 2, 4, 8][rng.usize(..5)] {
        let at = rng.usize(..=text.len());
        let longest = [1, 4, 64][rng.usize(..3)];
        let end = (at + rng.usize(1..=longest)).min(text.len());
        match rng.usize(..7) {
            0 => text.get_mut(at).into_iter().for_each(|byte| *byte ^= 1 << rng.u8(..8)),
            1 => text.get_mut(at).into_iter().for_each(|byte| *byte = rng.u8(..)),
            2 => text.insert(at, rng.u8(..)),
            3 => drop(text.drain(at..end)),
            4 => {
                let part = text[at..end].to_vec();
                let place = rng.usize(..=text.len());
                text.splice(place..place, part);
            }
            5 => {
                let from = rng.usize(..=other.len());
                let to = (from + rng.usize(..200)).min(other.len());
                text.splice(at..end, other[from..to].iter().copied());
            }
            _ => text.truncate(at.max(1)),
        }
    }
    text
}
