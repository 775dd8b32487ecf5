//! New pairs as far as they can be judged without ssh-keygen, which `tests/it/key_interop.rs` asks.

use ssh_key::rand_core::OsRng;

use super::super::public_half;
use super::*;

#[test]
fn a_new_pair_is_whole() {
    let key = NewKey::ed25519(&mut OsRng, " alice@laptop ").unwrap();
    assert_eq!((key.public().comment(), key.public().kind().as_str()), ("alice@laptop", "ed25519"));
    let plain = key.private_file(&mut OsRng, None, 0).unwrap();
    let info = public_half(plain.as_bytes()).unwrap();
    assert_eq!(info.key.material(), key.public().material());
    assert_eq!((info.encrypted, info.comment.as_deref()), (false, Some("alice@laptop")));
    let guarded = key.private_file(&mut OsRng, Some("pass"), MIN_ROUNDS).unwrap();
    let info = public_half(guarded.as_bytes()).unwrap();
    assert_eq!(info.key.material(), key.public().material());
    assert_eq!((info.cipher.as_str(), info.rounds), ("aes256-ctr", Some(MIN_ROUNDS)));
    for text in [plain, guarded] {
        assert!(text.ends_with("-----END OPENSSH PRIVATE KEY-----\n") && !text.contains('\r'));
    }
}

#[test]
fn salt_and_check_number_are_new_each_time() {
    let key = NewKey::ed25519(&mut OsRng, "").unwrap();
    let file = || key.private_file(&mut OsRng, Some("pass"), MIN_ROUNDS).unwrap();
    assert_ne!(*file(), *file());
    let other = NewKey::ed25519(&mut OsRng, "").unwrap();
    assert_ne!(key.public().material(), other.public().material());
}

#[test]
fn what_cannot_be_made_is_refused() {
    assert_eq!(NewKey::ed25519(&mut OsRng, "{{ x }}").unwrap_err(), KeyError::Jinja { marker: "{{" });
    assert_eq!(NewKey::ed25519(&mut OsRng, "a\nb").unwrap_err(), KeyError::Hidden { code: 10, at: 2 });
    let key = NewKey::ed25519(&mut OsRng, "").unwrap();
    let refused = |passphrase, rounds| key.private_file(&mut OsRng, passphrase, rounds).unwrap_err();
    assert_eq!(refused(Some(""), MIN_ROUNDS), KeyError::EmptyPassphrase);
    for rounds in [0, MIN_ROUNDS - 1, MAX_ROUNDS + 1] {
        assert_eq!(refused(Some("pass"), rounds), KeyError::Rounds { rounds });
    }
}

#[test]
fn debug_shows_the_public_half_only() {
    let key = NewKey::ed25519(&mut OsRng, "c").unwrap();
    let shown = format!("{key:?}");
    assert!(shown.starts_with("NewKey { public: ") && shown.ends_with(", .. }"), "{shown}");
    assert!(!shown.contains("private"));
}
