//! What examples have where a key belongs: `AAAA...`, `<your key>`, `YOUR_PUBLIC_KEY`.

/// A longer text is no placeholder.
const MAX_BYTES: usize = 80;

/// Whether the text stands for a key that somebody was to fill in, or is one that was shortened to be shown.
pub(super) fn is_unfilled(text: &str) -> bool {
    let text = text.trim();
    if text.contains("…") || text.contains("...") {
        return true;
    }
    let has = |word: &str| text.to_ascii_lowercase().contains(word);
    let is_bracketed = |open, close| text.starts_with(open) && text.ends_with(close);
    text.len() <= MAX_BYTES
        && !text.contains("</")
        && (has("key") || has("your"))
        && (is_bracketed('<', '>') || is_bracketed('[', ']') || has("your") || has("public_key") || has("public-key"))
}

#[cfg(test)]
mod tests {
    use crate::key::{KeyError, KeyLine, refuse_foreign};

    #[test]
    fn placeholders_are_told_from_keys_that_were_damaged() {
        let refused = |line: &str| KeyLine::parse(line).expect_err(line);
        for line in ["<your key>", "<public key of alice>", "[your key]", "YOUR_PUBLIC_KEY", "your-public-key-here"] {
            assert_eq!(refused(line), KeyError::Unfilled, "{line}");
        }
        assert_eq!(refuse_foreign("<your key>\n"), Err(KeyError::Unfilled));
        for data in ["AAAAC3NzaC1lZDI1NTE5AAAAI…", "AAAA...", "<your_key>", "YOUR_PUBLIC_KEY_HERE"] {
            let error = refused(&format!("ssh-ed25519 {data} user@host"));
            assert!(matches!(error, KeyError::NotBase64 { is_unfilled: true, .. }), "{data}: {error:?}");
            assert!(
                error.to_string().starts_with("this is a placeholder or a shortened key: its data holds"),
                "{error}"
            );
        }
        for data in ["AAAA_BBBB", "AAAAC3NzaC1lZDI1NTE5AAAAI.", "AAAA<b>BBBB"] {
            let error = refused(&format!("ssh-ed25519 {data} user@host"));
            assert!(matches!(error, KeyError::NotBase64 { is_unfilled: false, .. }), "{data}: {error:?}");
        }
        for page in ["<!DOCTYPE html>", "<html><title>Your keys</title></html>", "<p>your key</p>"] {
            assert_eq!(refuse_foreign(page), Err(KeyError::Html), "{page}");
        }
        assert_eq!(refused("Not Found"), KeyError::NoAlgorithm);
    }
}
