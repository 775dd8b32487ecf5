//! Numbers as `PyYAML` 6 reads them (`constructor.py`), and as Python prints them.

/// Python refuses to read a decimal number with more digits (`sys.int_info`).
const MOST_DIGITS: usize = 4300;

/// A whole number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Int {
    Known(i128),
    /// Beyond 128 bits, or in the digits of another script.
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
    let text = text.trim();
    let is_negative = text.starts_with('-');
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let prefix = match base {
        2 => "0b",
        8 => "0o",
        16 => "0x",
        _ => "",
    };
    let lower = digits.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    let digits = if lower { &digits[prefix.len()..] } else { digits };
    let is_digit = |c: char| c.is_digit(base) || (!c.is_ascii() && c.is_numeric());
    if digits.is_empty() || !digits.chars().all(is_digit) || (base == 10 && digits.chars().count() > MOST_DIGITS) {
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
    text.trim().parse().ok()
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
