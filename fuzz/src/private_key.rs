//! A private key file of any bytes: its public half, or a refusal that shows nothing of it; and new pairs, which must
//! read back.

use crate::check_message;
use crate::seeds::Seeded;
use spin_keys::key::{self, KeyError, KeyLine, MAX_ROUNDS, MIN_ROUNDS, Source};

/// Length of a run of letters that could be part of a secret.
const RUN: usize = 16;

/// Runs one input.
pub fn private_key(data: &[u8]) {
    let read = key::read_source(data);
    match key::public_half(data) {
        Ok(info) => {
            assert_eq!(read.as_ref(), Ok(&Source::Private(info.clone())));
            let line = info.key.to_line();
            assert_eq!(KeyLine::parse(&line).as_ref(), Ok(&info.key));
            assert_eq!(info.encrypted, info.rounds.is_some());
            check_message(&info.cipher);
            if let Some(comment) = &info.comment {
                assert!(!info.encrypted && info.key.clone().with_comment(comment).is_ok(), "{comment:?}");
            }
        }
        Err(error) => {
            let mut said = error.to_string();
            check_message(&said);
            said.extend(error.hint());
            if read.is_err_and(|read| read == error) {
                shows_nothing(data, &said);
            }
        }
    }
    new_pair(data);
}

/// No long run of the file's base64 stands in a message about it.
fn shows_nothing(data: &[u8], said: &str) {
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let runs = data.split(|byte| !is_base64(byte)).filter(|run| run.len() >= RUN);
    for run in runs {
        let leaks = run.windows(RUN).any(|part| std::str::from_utf8(part).is_ok_and(|part| said.contains(part)));
        assert!(!leaks, "{said}");
    }
}

/// A pair made of the input: its number for the generator, the rounds, and its comment.
fn new_pair(data: &[u8]) {
    let Some((seed, rest)) = data.split_first_chunk::<8>() else { return };
    let Some((rounds, rest)) = rest.split_first_chunk::<4>() else { return };
    let Ok(comment) = std::str::from_utf8(rest) else { return };
    let mut rng = Seeded::new(u64::from_le_bytes(*seed));
    let Ok(pair) = key::NewKey::ed25519(&mut rng, comment) else { return };
    let text = pair.private_file(&mut rng, None, 0).expect("it cannot be written");
    let read = key::public_half(text.as_bytes()).expect("it cannot be read");
    assert_eq!(read.key.material(), pair.public().material());
    assert_eq!(read.comment.as_deref().unwrap_or_default(), pair.public().comment());
    let rounds = u32::from_le_bytes(*rounds);
    // Within the limits it takes its time, on purpose.
    if !(MIN_ROUNDS..=MAX_ROUNDS).contains(&rounds) {
        let refused = pair.private_file(&mut rng, Some("passphrase"), rounds);
        assert!(matches!(refused, Err(KeyError::Rounds { .. })));
    }
}
