//! Every judgement on key data, by data built for it.

use base64ct::{Base64, Encoding};
use ssh_key::PublicKey;

use super::super::test_keys::*;
use super::*;

#[test]
fn every_placeholder_begins_as_the_search_expects() {
    assert!(PLACEHOLDERS.into_iter().all(|(base64, _)| base64.starts_with(PLACEHOLDER_START)));
}

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
    assert_eq!(p256(b"nistp256", &blob(P256)[39..]), Ok(Kind::Ecdsa { bits: 256 }));
    assert_eq!(p256(b"nistp256", &point(65, 4)), Err(KeyError::OffCurve));
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

/// RFC 8032 section 5.1.3. Only y of 0 to 18 can be written a second time; those of 0 and 1 are weak.
#[test]
fn ed25519_points_written_in_a_second_way_are_refused() {
    let mut taken = 0;
    for y in 0..19u8 {
        for sign in [0, 0x80] {
            let mut other = [0xff; 32];
            (other[0], other[31]) = (0xed + y, 0x7f | sign);
            let mut reduced = [0; 32];
            (reduced[0], reduced[31]) = (y, sign);
            let [other, reduced] = [other, reduced].map(|point| check(Algorithm::Ed25519, &ed25519_of(&point)));
            match reduced {
                Ok(_) => assert_eq!(other, Err(KeyError::OtherPoint), "{y}"),
                refused => assert_eq!(other, refused, "{y}"),
            }
            taken += u32::from(other == Err(KeyError::OtherPoint));
        }
    }
    assert!(taken > 8, "{taken}");
    // An x of 0 has no sign: both are the neutral point.
    let mut signed = [0; 32];
    (signed[0], signed[31]) = (1, 0x80);
    assert_eq!(check(Algorithm::Ed25519, &ed25519_of(&signed)), Err(KeyError::WeakPoint));
}

#[test]
fn ecdsa_points_off_their_curve_are_refused() {
    for (line, last) in [(P256, 1), (P384, 1), (P521, 1), (SK_P256, 9)] {
        let algorithm = Algorithm::of(line.split(' ').next().unwrap()).unwrap();
        let whole = blob(line);
        for (at, flip) in [(whole.len() - last, 1), (whole.len() - last - 40, 0x10)] {
            let mut moved = whole.clone();
            moved[at] ^= flip;
            assert_eq!(check(algorithm, &moved), Err(KeyError::OffCurve), "{line} {at}");
        }
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
    assert_eq!(rsa(17), Err(KeyError::RsaTooShort { bits: 17 }));
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
    let large = &[1, 0, 0, 0, 0, 0, 0, 0, 1];
    for (exponent, modulus) in [(&[][..], &odd), (&[0], &odd), (&odd, &odd), (large, &modulus(3073))] {
        assert_eq!(what(exponent, modulus), "its RSA exponent is 0, or too large");
    }
    assert!(check(Algorithm::Rsa, &rsa_of(large, &modulus(3072))).is_ok(), "as OpenSSL does");
    assert_eq!(what(&[0x81], &odd), "an RSA number is negative");
    assert_eq!(what(&[3], &odd[1..]), "an RSA number is negative");
    assert!(check(Algorithm::Rsa, &rsa_of(&[3], &odd)).is_ok());
}

/// With each of these a login on OpenSSH 9.2 was forged.
#[test]
fn rsa_exponents_that_let_anybody_sign_are_weak() {
    for exponent in [&[1][..], &[0, 1], &[2], &[1, 0, 0]] {
        let weak = check(Algorithm::Rsa, &rsa_of(exponent, &modulus(2048)));
        assert_eq!(weak, Err(KeyError::WeakExponent { bits: 2048 }), "{exponent:?}");
    }
}

#[test]
fn needless_zeros_are_taken_as_long_as_they_fit() {
    let number = |zeros: usize, digits: &[u8]| [&vec![0; zeros], digits].concat();
    let rsa =
        |e: usize, n: usize| check(Algorithm::Rsa, &rsa_of(&number(e, &[1, 0, 1]), &number(n, &modulus(2048)[1..])));
    for (e, n) in [(0, 1), (1, 1), (0, 2), (2046, 2049 - 256)] {
        assert_eq!(rsa(e, n), Ok(Kind::Rsa { bits: 2048 }), "{e} {n}");
    }
    for (e, n) in [(2047, 1), (0, 2050 - 256)] {
        let what = "an RSA number begins with too many zeros";
        assert_eq!(rsa(e, n), Err(KeyError::Malformed { what }), "{e} {n}");
    }
    let plain = rsa_of(&[1, 0, 1], &modulus(2048));
    assert_eq!(canonical(rsa_of(&number(5, &[1, 0, 1]), &number(7, &modulus(2048)))), plain);
    assert_eq!(canonical(plain.clone()), plain);
    let negative = rsa_of(&[1, 0, 1], &[0x80; 256]);
    assert_eq!(canonical(negative.clone()), negative);
    assert_eq!(canonical(b"nothing".to_vec()), b"nothing");
}

#[test]
fn an_application_is_text() {
    let sk = |name: &[u8]| [string(b"sk-ssh-ed25519@openssh.com"), blob(ED25519)[15..].to_vec(), string(name)].concat();
    assert_eq!(check(Algorithm::SkEd25519, &sk(b"ssh:work")), Ok(Kind::SkEd25519));
    assert_eq!(check(Algorithm::SkEd25519, &sk(&[0xff])), Ok(Kind::SkEd25519));
    let error = KeyError::Malformed { what: "its application is not text" };
    assert_eq!(check(Algorithm::SkEd25519, &sk(b"ssh\0")), Err(error));
}

#[test]
fn refused_algorithms_are_named() {
    assert_eq!(Algorithm::of("ssh-dss"), Err(KeyError::Dsa));
    let name = "ssh-ed25519-cert-v01@openssh.com".to_owned();
    assert_eq!(Algorithm::of(&name), Err(KeyError::Certificate { name: name.clone() }));
    assert_eq!(Algorithm::of("rsa-sha2-256"), Ok(Algorithm::Rsa));
    for name in ["RSA", "ED25519", "rsa-sha2-224"] {
        assert_eq!(Algorithm::of(name), Err(KeyError::UnknownAlgorithm { name: name.into() }));
    }
    assert!(Algorithm::is_named("ssh-dss") && Algorithm::is_named(&name) && !Algorithm::is_named("restrict"));
}
