//! Every judgement on key data, by data built for it.

use base64ct::{Base64, Encoding};
use ssh_key::PublicKey;

use super::super::test_keys::*;
use super::*;

fn blob(line: &str) -> Vec<u8> {
    Base64::decode_vec(base64(line)).unwrap()
}

fn ed25519_of(point: &[u8]) -> Vec<u8> {
    [string(b"ssh-ed25519"), string(point)].concat()
}

fn rsa_of(exponent: &[u8], modulus: &[u8]) -> Vec<u8> {
    [string(b"ssh-rsa"), string(exponent), string(modulus)].concat()
}

/// An odd modulus of that many bits.
fn modulus(bits: usize) -> Vec<u8> {
    let mut number = vec![0xff; bits.div_ceil(8)];
    if bits.is_multiple_of(8) {
        number.insert(0, 0);
    } else {
        number[0] >>= 8 - bits % 8;
    }
    number
}

const MALFORMED_NAME: KeyError = KeyError::Malformed { what: "it does not begin with the name of an algorithm" };

#[test]
fn every_algorithm_is_taken() {
    let cases = [
        (ED25519, Kind::Ed25519, "ed25519"),
        (RSA_2048, Kind::Rsa { bits: 2048 }, "rsa 2048"),
        (RSA_3072, Kind::Rsa { bits: 3072 }, "rsa 3072"),
        (P256, Kind::Ecdsa { bits: 256 }, "ecdsa 256"),
        (P384, Kind::Ecdsa { bits: 384 }, "ecdsa 384"),
        (P521, Kind::Ecdsa { bits: 521 }, "ecdsa 521"),
        (SK_ED25519, Kind::SkEd25519, "ed25519-sk"),
        (SK_P256, Kind::SkEcdsa, "ecdsa-sk"),
    ];
    for (line, kind, shown) in cases {
        let algorithm = Algorithm::of(line.split(' ').next().unwrap()).unwrap();
        assert_eq!(check(algorithm, &blob(line)), Ok(kind));
        assert_eq!(kind.to_string(), shown);
    }
}

#[test]
fn every_shorter_and_longer_key_is_refused() {
    for line in [ED25519, RSA_2048, P256, P521, SK_ED25519, SK_P256] {
        let algorithm = Algorithm::of(line.split(' ').next().unwrap()).unwrap();
        let whole = blob(line);
        for length in 0..whole.len() {
            assert_eq!(check(algorithm, &whole[..length]), Err(KeyError::Cut), "{line} {length}");
        }
        let longer = [whole.as_slice(), b"\0\0\0"].concat();
        assert_eq!(check(algorithm, &longer), Err(KeyError::Trailing { bytes: 3 }));
    }
}

/// ssh-key's decoder takes such a key: it does not look at the length it read.
#[test]
fn a_length_that_promises_more_than_there_is_refused() {
    let mut lying = blob(ED25519);
    let length = lying.len() - 33;
    lying[length] = 64;
    assert!(PublicKey::from_bytes(&lying).is_ok());
    assert_eq!(check(Algorithm::Ed25519, &lying), Err(KeyError::Cut));
}

#[test]
fn another_algorithm_inside_is_named() {
    let inner = |line| match check(Algorithm::Ed25519, &blob(line)) {
        Err(KeyError::AlgorithmMismatch { word: "ssh-ed25519", inner }) => inner,
        other => panic!("{other:?}"),
    };
    assert_eq!(inner(RSA_2048), "ssh-rsa");
    assert_eq!(inner(SK_ED25519), "sk-ssh-ed25519@openssh.com");
    assert_eq!(inner(CERT), "ecdsa-sha2-nistp256-cert-v01@openssh.com");
    assert_eq!(check(Algorithm::Ed25519, &[0xff; 64]), Err(MALFORMED_NAME));
    assert_eq!(check(Algorithm::Ed25519, &string(b"")), Err(MALFORMED_NAME));
    assert_eq!(check(Algorithm::Ed25519, &string(b"a b")), Err(MALFORMED_NAME));
}

#[test]
fn curves_and_points_must_fit_their_algorithm() {
    let parts = |name: &[u8], curve: &[u8], point: &[u8]| [string(name), string(curve), string(point)].concat();
    let point = |length: usize, tag: u8| [vec![tag], vec![7; length - 1]].concat();
    let p256 = |curve: &[u8], point: &[u8]| check(Algorithm::EcdsaP256, &parts(b"ecdsa-sha2-nistp256", curve, point));
    assert_eq!(p256(b"nistp256", &point(65, 4)), Ok(Kind::Ecdsa { bits: 256 }));
    let curve = KeyError::Malformed { what: "its curve is not the one its algorithm names" };
    assert_eq!(p256(b"nistp384", &point(97, 4)), Err(curve));
    let bad = KeyError::Malformed { what: "its ECDSA point is not a whole uncompressed one" };
    for wrong in
        [point(33, 2), point(33, 3), point(1, 0), point(64, 4), point(66, 4), point(97, 4), point(65, 5), vec![]]
    {
        assert_eq!(p256(b"nistp256", &wrong), Err(bad.clone()));
    }
}

#[test]
fn ed25519_points_of_small_order_are_weak() {
    let mut minus_one = [0xff; 32];
    (minus_one[0], minus_one[31]) = (0xec, 0x7f);
    let mut one = [0; 32];
    one[0] = 1;
    for point in [[0; 32], one, minus_one] {
        assert_eq!(check(Algorithm::Ed25519, &ed25519_of(&point)), Err(KeyError::WeakPoint));
        let sk = [string(b"sk-ssh-ed25519@openssh.com"), string(&point), string(b"ssh:")].concat();
        assert_eq!(check(Algorithm::SkEd25519, &sk), Err(KeyError::WeakPoint));
    }
}

#[test]
fn ed25519_bytes_off_the_curve_are_refused() {
    let mut point = [0; 32];
    point[0] = 2;
    assert_eq!(check(Algorithm::Ed25519, &ed25519_of(&point)), Err(KeyError::InvalidPoint));
    let sk = [string(b"sk-ssh-ed25519@openssh.com"), string(&point), string(b"ssh:")].concat();
    assert_eq!(check(Algorithm::SkEd25519, &sk), Err(KeyError::InvalidPoint));
    let short = KeyError::Malformed { what: "an ed25519 key has 32 bytes" };
    assert_eq!(check(Algorithm::Ed25519, &ed25519_of(&[9; 31])), Err(short));
}

#[test]
fn rsa_sizes_have_limits() {
    let rsa = |bits| check(Algorithm::Rsa, &rsa_of(&[1, 0, 1], &modulus(bits)));
    assert_eq!(check(Algorithm::Rsa, &blob(RSA_1024)), Err(KeyError::RsaTooShort { bits: 1024 }));
    assert_eq!(rsa(2047), Err(KeyError::RsaTooShort { bits: 2047 }));
    assert_eq!(rsa(2048), Ok(Kind::Rsa { bits: 2048 }));
    assert_eq!(rsa(16_384), Ok(Kind::Rsa { bits: 16_384 }));
    assert_eq!(rsa(16_385), Err(KeyError::RsaTooLong { bits: 16_385 }));
    assert_eq!(check(Algorithm::Rsa, &rsa_of(&[1, 0, 1], &[])), Err(KeyError::RsaTooShort { bits: 0 }));
}

#[test]
fn rsa_numbers_must_make_sense() {
    let what = |exponent: &[u8], modulus: &[u8]| match check(Algorithm::Rsa, &rsa_of(exponent, modulus)) {
        Err(KeyError::Malformed { what }) => what,
        other => panic!("{other:?}"),
    };
    let odd = modulus(2048);
    let mut even = odd.clone();
    *even.last_mut().unwrap() = 0xfe;
    assert_eq!(what(&[3], &even), "its RSA modulus is even");
    for exponent in [&[][..], &[1], &[2], &[1, 0, 0], &[1, 0, 0, 0, 0, 0, 0, 0, 1]] {
        assert_eq!(what(exponent, &odd), "its RSA exponent is even, 1, or longer than 64 bits");
    }
    assert_eq!(what(&[0x81], &odd), "an RSA number is negative");
    assert_eq!(what(&[0, 3], &odd), "an RSA number begins with needless zeros");
    assert_eq!(what(&[3], &odd[1..]), "an RSA number is negative");
    assert!(check(Algorithm::Rsa, &rsa_of(&[3], &odd)).is_ok());
}

#[test]
fn an_application_is_text() {
    let sk = |name: &[u8]| [string(b"sk-ssh-ed25519@openssh.com"), blob(ED25519)[15..].to_vec(), string(name)].concat();
    assert_eq!(check(Algorithm::SkEd25519, &sk(b"ssh:work")), Ok(Kind::SkEd25519));
    for name in [&b"ssh\0"[..], &[0xff]] {
        let error = KeyError::Malformed { what: "its application is not text" };
        assert_eq!(check(Algorithm::SkEd25519, &sk(name)), Err(error));
    }
}

#[test]
fn refused_algorithms_are_named() {
    assert_eq!(Algorithm::of("ssh-dss"), Err(KeyError::Dsa));
    let name = "ssh-ed25519-cert-v01@openssh.com".to_owned();
    assert_eq!(Algorithm::of(&name), Err(KeyError::Certificate { name: name.clone() }));
    assert_eq!(Algorithm::of("rsa-sha2-256"), Err(KeyError::UnknownAlgorithm { name: "rsa-sha2-256".into() }));
    assert!(Algorithm::is_named("ssh-dss") && Algorithm::is_named(&name) && !Algorithm::is_named("restrict"));
}
