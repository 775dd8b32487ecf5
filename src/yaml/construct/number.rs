//! Numbers as `PyYAML` 6 reads them (`constructor.py`), and as Python prints them.

/// Python refuses to read a decimal number with more digits (`sys.int_info`).
const MOST_DIGITS: usize = 4300;

/// A whole number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Int {
    Known(i128),
    /// Beyond 128 bits.
    Unknown,
}

/// `construct_yaml_int`: decimal, `0b101`, `0x1f`, `0123` (octal), `1:30` (sexagesimal), with `_` anywhere.
///
/// `None` where Python raises an error.
pub(crate) fn int(text: &str) -> Option<Int> {
    let clean = text.replace('_', "");
    let is_negative = clean.starts_with('-');
    let digits = clean.strip_prefix(['-', '+']).unwrap_or(&clean);
    let value = match digits.as_bytes() {
        [] => return None,
        b"0" => Int::Known(0),
        [b'0', b'b', ..] => python_int(&digits[2..], 2)?,
        [b'0', b'x', ..] => python_int(&digits[2..], 16)?,
        [b'0', ..] => python_int(digits, 8)?,
        _ if digits.contains(':') => sexagesimal(digits)?,
        _ => python_int(digits, 10)?,
    };
    Some(match value {
        Int::Known(value) if is_negative => Int::Known(-value),
        value => value,
    })
}

/// The zeros of all scripts with ten digits (`Nd` of Unicode 15.1), which Python reads as numbers.
const ZEROS: &[u32] = &[
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0, 0xf20,
    0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0,
    0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0,
    0x11450, 0x114d0, 0x11650, 0x116c0, 0x11730, 0x118e0, 0x11950, 0x11c50, 0x11d50, 0x11da0, 0x16a60, 0x16ac0,
    0x16b50, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e950, 0x1fbf0,
];

/// The text with the digits of all scripts as those of ASCII.
fn ascii_digits(text: &str) -> String {
    let digit = |c: char| {
        let code = u32::from(c);
        let zero = ZEROS.iter().find(|zero| (**zero..**zero + 10).contains(&code)).filter(|_| !c.is_ascii());
        zero.and_then(|zero| char::from_digit(code - zero, 10)).unwrap_or(c)
    };
    text.chars().map(digit).collect()
}

fn sexagesimal(digits: &str) -> Option<Int> {
    digits.split(':').try_fold(Int::Known(0), |sum, part| match (sum, python_int(part, 10)?) {
        (Int::Known(sum), Int::Known(part)) => {
            Some(sum.checked_mul(60).and_then(|sum| sum.checked_add(part)).map_or(Int::Unknown, Int::Known))
        }
        _ => Some(Int::Unknown),
    })
}

/// `int(text, base)` of a text without `_`.
fn python_int(text: &str, base: u32) -> Option<Int> {
    let text = ascii_digits(text.trim());
    let is_negative = text.starts_with('-');
    let digits = text.strip_prefix(['-', '+']).unwrap_or(&text);
    let prefix = match base {
        2 => "0b",
        8 => "0o",
        16 => "0x",
        _ => "",
    };
    let lower = digits.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    let digits = if lower { &digits[prefix.len()..] } else { digits };
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(base)) || (base == 10 && digits.len() > MOST_DIGITS) {
        return None;
    }
    Some(match i128::from_str_radix(digits, base) {
        Ok(value) if is_negative => Int::Known(-value),
        Ok(value) => Int::Known(value),
        Err(_) => Int::Unknown,
    })
}

/// `construct_yaml_float`. `None` where Python raises an error.
pub(crate) fn float(text: &str) -> Option<f64> {
    let clean = text.replace('_', "").to_lowercase();
    let sign = if clean.starts_with('-') { -1.0 } else { 1.0 };
    let digits = clean.strip_prefix(['-', '+']).unwrap_or(&clean);
    let value = match digits {
        "" if clean.is_empty() => return None,
        ".inf" => f64::INFINITY,
        ".nan" => return Some(f64::NAN),
        _ if digits.contains(':') => {
            // From the last part on, as Python adds them.
            let mut base = 1.0;
            let mut sum = 0.0;
            for part in digits.rsplit(':') {
                sum += python_float(part)? * base;
                base *= 60.0;
            }
            sum
        }
        _ => python_float(digits)?,
    };
    Some(sign * value)
}

fn python_float(text: &str) -> Option<f64> {
    ascii_digits(text.trim()).parse().ok()
}

/// A float as Python prints it: the shortest digits that read back, `1e+16`, `inf`, `nan`.
pub(crate) fn printed_float(value: f64) -> String {
    if !value.is_finite() {
        return if value.is_nan() { "nan".to_owned() } else { format!("{value}") };
    }
    let scientific = format!("{value:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    match exponent.parse::<i32>() {
        Ok(exponent) if !(-4..16).contains(&exponent) => {
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{digits}e{sign}{:02}", exponent.unsigned_abs())
        }
        _ => format!("{value:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_those_of_python() {
        for (text, value) in [
            ("12", 12),
            ("-1_0", -10),
            ("+5", 5),
            ("033", 27),
            ("0_", 0),
            ("0x1F", 31),
            ("0b1_1", 3),
            ("1:00", 60),
            ("-1:30:15", -5415),
            ("16:40", 1000),
            ("0o17", 15),
            ("12\n", 12),
        ] {
            assert_eq!(int(text), Some(Int::Known(value)), "{text}");
        }
        for wrong in ["", "+", "_", "0x_", "0b", "08", "abc", "1.5", "1:", "0b2"] {
            assert_eq!(int(wrong), None, "{wrong}");
        }
        assert_eq!(int("\u{661}\u{0662}"), Some(Int::Known(12)));
        assert_eq!((int("\u{b2}"), int("\u{2460}"), int("\u{bd}")), (None, None, None));
        assert_eq!(int(&"9".repeat(50)), Some(Int::Unknown));
        assert_eq!(int(&"9".repeat(4301)), None);
    }

    #[test]
    fn floats_are_read_and_printed_as_python_does() {
        for (text, printed) in [
            (".5", "0.5"),
            ("1.50", "1.5"),
            ("1.", "1.0"),
            ("-1.0e+3", "-1000.0"),
            ("1e16", "1e+16"),
            ("123456789012345.0", "123456789012345.0"),
            ("0.0001", "0.0001"),
            ("0.00001", "1e-05"),
            ("1:30.5", "90.5"),
            (".inf", "inf"),
            ("-.INF", "-inf"),
            (".NaN", "nan"),
            ("1_0.2", "10.2"),
        ] {
            assert_eq!(float(text).map(printed_float).as_deref(), Some(printed), "{text}");
        }
        for wrong in ["", ".", "abc", "1:x.5", "-"] {
            assert_eq!(float(wrong), None, "{wrong}");
        }
    }
}
