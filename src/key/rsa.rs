//! The numbers of an RSA key, as OpenSSH reads them and OpenSSL takes them.

use super::error::KeyError;
use super::limits::{MAX_RSA_BITS, MIN_RSA_BITS};
use super::wire::Wire;

/// Most bits of an RSA exponent, for keys of more than [`SMALL_MODULUS_BITS`]: OpenSSL's `OPENSSL_RSA_MAX_PUBEXP_BITS`.
const MAX_EXPONENT_BITS: u32 = 64;
/// Most bits of an RSA key that OpenSSL takes with any exponent: its `OPENSSL_RSA_SMALL_MODULUS_BITS`.
const SMALL_MODULUS_BITS: u32 = 3072;
/// Most bytes of an RSA number, needless zeros included: OpenSSH's `SSHBUF_MAX_BIGNUM`, and one for the sign.
const MAX_NUMBER_BYTES: usize = MAX_RSA_BITS as usize / 8 + 1;

/// The length in bits of a key that is taken: RFC 4253 section 6.6, exponent, then modulus.
///
/// # Errors
/// Where OpenSSL takes no signature by the key: [`KeyError::Malformed`], [`KeyError::RsaTooLong`]; where it does, and the key
/// is no good: [`KeyError::RsaTooShort`], [`KeyError::WeakExponent`].
pub(super) fn judge(wire: &mut Wire<'_>) -> Result<u32, KeyError> {
    let exponent = positive(wire.string().ok_or(KeyError::Cut)?)?;
    let modulus = positive(wire.string().ok_or(KeyError::Cut)?)?;
    let (bits, exponent_bits) = (bits(modulus), bits(exponent));
    let odd = |number: &[u8]| number.last().is_some_and(|byte| byte % 2 == 1);
    let larger = (exponent.len(), exponent) >= (modulus.len(), modulus);
    if bits > MAX_RSA_BITS {
        return Err(KeyError::RsaTooLong { bits });
    }
    if !odd(modulus) {
        return Err(KeyError::Malformed { what: "its RSA modulus is even" });
    }
    if exponent_bits == 0 || larger || bits > SMALL_MODULUS_BITS && exponent_bits > MAX_EXPONENT_BITS {
        return Err(KeyError::Malformed { what: "its RSA exponent is 0, or too large" });
    }
    match bits {
        ..MIN_RSA_BITS => Err(KeyError::RsaTooShort { bits }),
        _ if !odd(exponent) || exponent_bits == 1 => Err(KeyError::WeakExponent { bits }),
        _ => Ok(bits),
    }
}

/// The digits of an `mpint` (RFC 4251 section 5) that is not negative, without zeros before them: OpenSSH takes needless
/// ones, as long as they fit.
pub(super) fn positive(mpint: &[u8]) -> Result<&[u8], KeyError> {
    if mpint.first().is_some_and(|byte| *byte >= 0x80) {
        return Err(KeyError::Malformed { what: "an RSA number is negative" });
    }
    let zeros = mpint.iter().take_while(|byte| **byte == 0).count();
    let digits = mpint.get(zeros..).unwrap_or_default();
    if zeros > 0 && mpint.len() > MAX_NUMBER_BYTES && digits.len() < MAX_NUMBER_BYTES {
        return Err(KeyError::Malformed { what: "an RSA number begins with too many zeros" });
    }
    Ok(digits)
}

/// An `mpint` that is not negative, with no more zeros than it needs.
pub(super) fn minimal(mpint: &[u8]) -> &[u8] {
    let zeros = mpint.iter().take_while(|byte| **byte == 0).count();
    let needed = usize::from(mpint.get(zeros).is_some_and(|byte| *byte >= 0x80));
    mpint.get(zeros.saturating_sub(needed)..).unwrap_or_default()
}

/// Length in bits of a number without zeros before it.
fn bits(digits: &[u8]) -> u32 {
    let unused = digits.first().map_or(0, |byte| byte.leading_zeros());
    u32::try_from(digits.len().saturating_mul(8)).unwrap_or(u32::MAX) - unused
}
