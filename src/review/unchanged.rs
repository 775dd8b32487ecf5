//! Lines that both sides have, and that need not be judged: in most changes that is most of a large file.

use crate::key;
use std::collections::{HashMap, HashSet};

/// How a line begins that is an ed25519 key without options.
const PLAIN: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5";

/// How the data of keys begin (ed25519, RSA, ECDSA) that are the same only if their base64 is, but for RSA among itself.
const USUAL: [&str; 3] = ["AAAAC3NzaC1lZDI1NTE5", "AAAAB3NzaC1yc2E", "AAAAE2VjZHNhLXNoYTItbmlzdHAy"];

/// The plain lines that both sides have, of keys that are on no other line.
pub(super) fn unchanged<'k>(
    had: impl Iterator<Item = &'k str>,
    has: impl Iterator<Item = &'k str> + Clone,
) -> HashSet<&'k str> {
    let mut all: HashSet<&str> = had.collect();
    let mut both: HashSet<&str> = has.clone().filter(|line| all.contains(line) && line.starts_with(PLAIN)).collect();
    all.extend(has);
    let mut words: HashMap<&str, usize> = HashMap::with_capacity(all.len());
    for word in all.into_iter().flat_map(key::data_words) {
        if !USUAL.iter().any(|usual| word.starts_with(usual)) {
            return HashSet::new();
        }
        *words.entry(word).or_default() += 1;
    }
    both.retain(|line| key::data_words(line).all(|word| words.get(word) == Some(&1)));
    both
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_lines_of_keys_that_stand_alone_are_passed() {
        let one = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMSHQvP9m0VNkry1gN9NhT31BvXWRsIr3eqtzIm+5GWL a";
        let other = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA9q+jbzFToknGE8vAubG67p396g2lyuxTXQEEUyvqkZ b";
        let of = |had: &[&'static str], has: &[&'static str]| {
            let found = unchanged(had.iter().copied(), has.iter().copied());
            [one, other].map(|line| found.contains(line))
        };
        assert_eq!(of(&[one, other], &[other, one]), [true, true]);
        assert_eq!(of(&[one], &[one, other]), [true, false]);
        let restricted = "restrict ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMSHQvP9m0VNkry1gN9NhT31BvXWRsIr3eqtzIm+5GWL";
        assert_eq!(of(&[one, other], &[one, other, restricted]), [false, true]);
        assert_eq!(of(&[one, "ssh-ed25519 AAAAB0VEMjU1MTk x"], &[one]), [false, false]);
    }
}
