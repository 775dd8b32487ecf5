//! Which values of a plain `.spin.yml` are secrets, recognized by their field name or by their form.
//!
//! Promises: one pass over the file. Never a secret: `!vault` values and other vault text, Jinja (`{{ ... }}`, `{% ...
//! %}`), Spin's placeholders, empty and locked values (`""`, `~`, `"!"`, `"*"`), booleans. Not checked: comments, text
//! inside a Jinja expression, a value that gets its name only through an alias.

use crate::yaml::{Document, Kind, NodeId, ScalarStyle, Tag};

/// Endings of field names, without word separators.
const NAMES: [&str; 15] = [
    "password",
    "passwords",
    "passwd",
    "pass",
    "passphrase",
    "secret",
    "secrets",
    "token",
    "tokens",
    "apikey",
    "apikeys",
    "accesskey",
    "secretkey",
    "privatekey",
    "privatekeys",
];

/// For each last letter of a name the letters before it, as bits.
const ENDS: [u32; 26] = {
    let mut ends = [0; 26];
    let mut at = 0;
    while at < NAMES.len() {
        let name = NAMES[at].as_bytes();
        ends[(name[name.len() - 1] - b'a') as usize] |= 1 << (name[name.len() - 2] - b'a');
        at += 1;
    }
    ends
};

/// A field of Ansible's users that says when to set a password; not a secret.
const NO_SECRET: &str = "updatepassword";

/// Methods of crypt(3) and of the hashes that web servers accept.
const HASHES: [&str; 17] =
    ["1", "2", "2a", "2b", "2x", "2y", "3", "5", "6", "7", "y", "gy", "apr1", "sha1", "argon2i", "argon2d", "argon2id"];

/// Minimum length of a hash after its method; the shortest real one is longer.
const MIN_HASH: usize = 8;

/// The shortest text that [`is_secret_text`] knows, in bytes: `$1$` and a hash.
const SHORTEST: usize = 3 + MIN_HASH;

/// Whether the value of a field with this name is a secret: `password`, `api_token`, `DB_PASSWORD`, `privateKey`.
#[must_use]
pub fn is_secret_name(key: &str) -> bool {
    may_end_so(key) && NAMES.iter().any(|name| ends_with(key, name)) && !ends_with(key, NO_SECRET)
}

/// Whether the last two letters are those of a name: that rules out almost every field.
fn may_end_so(key: &str) -> bool {
    let (last, before) = match key.as_bytes() {
        [.., before, last] if before.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() => {
            (last.to_ascii_lowercase(), before.to_ascii_lowercase())
        }
        _ => {
            let mut letters = letters_from_the_end(key);
            let (Some(last), Some(before)) = (letters.next(), letters.next()) else { return false };
            (last, before)
        }
    };
    let before = before.wrapping_sub(b'a');
    ENDS.get(usize::from(last.wrapping_sub(b'a'))).is_some_and(|known| before < 26 && known >> before & 1 == 1)
}

/// What is in a private key, in one without its first line (the base64 of `openssh-key-v1`), and in one of PuTTY.
const STARTS: [&str; 3] = ["-----BEGIN ", "b3BlbnNzaC1rZXktdjE", "PuTTY-User-Key-File-"];

/// Whether a text is or contains a secret, whatever its field: the hash of a password, a private key.
#[must_use]
pub fn is_secret_text(value: &str) -> bool {
    if value.len() < SHORTEST {
        return false;
    }
    let [begin, openssh, putty] = STARTS;
    let private_key = value.contains(begin) && value.contains("PRIVATE KEY");
    private_key || value.contains(openssh) || value.contains(putty) || has_hash(value)
}

/// Whether a value of a file may be a secret text: escapes, and lines that are folded, can hide how one starts.
fn may_have_secret_text(document: &Document<'_>) -> bool {
    let marks = document.marks();
    marks.backslash || marks.dollar || STARTS.iter().any(|start| document.text.contains(start.trim_end()))
}

/// The values that are secrets in plain text, in the order of the file.
#[must_use]
pub fn secrets(document: &Document<'_>) -> Vec<NodeId> {
    let mut found = Vec::new();
    // Whether a node is below such a name; a parent comes before its children.
    let mut named = vec![false; document.nodes().count()];
    let may_be_text = may_have_secret_text(document);
    // Values that a duplicate key replaces still have their names.
    for duplicate in document.duplicates() {
        named[duplicate.lost_value] = document.scalar(duplicate.lost_key).is_some_and(is_secret_name);
    }
    for (id, node) in document.nodes().enumerate() {
        match &node.kind {
            Kind::Mapping { entries, .. } => {
                for (key, value) in entries {
                    named[*value] = named[id] || document.scalar(*key).is_some_and(is_secret_name);
                }
            }
            Kind::Sequence { items, .. } => items.iter().for_each(|item| named[*item] = named[id]),
            Kind::Scalar { value, style } => {
                let encrypted = node.tag == Tag::Vault;
                let plain = *style == ScalarStyle::Plain;
                let secret = (may_be_text && is_secret_text(value))
                    || (named[id] && !document.is_null(id) && is_literal(value, plain));
                if secret && !encrypted {
                    found.push(id);
                }
            }
            Kind::Alias => {}
        }
    }
    found
}

/// Whether the text can be a secret, given a field name that suggests one.
fn is_literal(value: &str, plain: bool) -> bool {
    let value = value.trim();
    let boolean = ["true", "false", "yes", "no", "on", "off"].iter().any(|word| value.eq_ignore_ascii_case(word));
    // From Spin's example file: "Set token here OR delete this line and set environment variable ...".
    let placeholder = value.get(..14).is_some_and(|start| start.eq_ignore_ascii_case("Set token here"));
    !(value.chars().all(|c| matches!(c, '!' | '*'))
        || (plain && boolean)
        || placeholder
        || value.contains("{{")
        || value.contains("{%")
        || value.starts_with("$ANSIBLE_VAULT;"))
}

/// In lower case, without word separators.
fn letters_from_the_end(key: &str) -> impl Iterator<Item = u8> {
    key.bytes().rev().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase())
}

/// Ignores case and word separators.
fn ends_with(key: &str, name: &str) -> bool {
    let mut letters = letters_from_the_end(key);
    name.bytes().rev().all(|byte| letters.next() == Some(byte))
}

/// Finds `$6$...` anywhere, as in `admin:$2y$05$...`.
fn has_hash(value: &str) -> bool {
    value.match_indices('$').any(|(at, _)| {
        let rest = &value[at + 1..];
        HASHES.iter().any(|method| {
            let hash = rest.strip_prefix(method).and_then(|rest| rest.strip_prefix('$'));
            let of_hash = |byte: &u8| byte.is_ascii_alphanumeric() || b"./$=,+-".contains(byte);
            hash.is_some_and(|hash| hash.bytes().take(MIN_HASH).filter(of_hash).count() == MIN_HASH)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "$6$mysecretsalt$qJbapG68nyRab3gxvKWPUcs2g3t0oMHSHMnSKecYNpSi3CuZm";

    /// The secrets of a text, as they are written.
    fn found(text: &str) -> Vec<String> {
        let document = Document::parse(text).unwrap();
        let values = secrets(&document).into_iter().map(|id| document.scalar(id).unwrap().to_owned());
        values.collect()
    }

    #[test]
    fn names_of_secrets() {
        for name in
            ["password", "postfix_relayhost_password", "DB_PASSWORD", "api_token", "api-key", "apiKey", "tokens"]
        {
            assert!(is_secret_name(name), "{name}");
        }
        for name in [
            "root.passwd",
            "secret",
            "client_secret",
            "private_key",
            "SSH_PRIVATE_KEY",
            "aws_secret_access_key",
            "ansible_become_pass",
            "sshpass",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in
            ["", "use_passwordless_sudo", "public_key", "authorized_keys", "update_password", "token_ttl", "username"]
        {
            assert!(!is_secret_name(name), "{name}");
        }
    }

    #[test]
    fn texts_that_are_secrets_under_any_name() {
        for text in [
            HASH,
            "$1$salt$qJbapG68nyRab3gxvKWPU1",
            "$5$rounds=5000$salt$abcdefgh",
            "$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G3",
            "admin:$2y$05$C4zDdNYfEBs.i0cFqXyXeO",
            "admin:$$apr1$$xyz12345$$abc",
            "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n",
            "x -----BEGIN PGP PRIVATE KEY BLOCK-----",
            "PuTTY-User-Key-File-3: ssh-ed25519",
        ] {
            assert!(is_secret_text(text), "{text}");
        }
        for text in
            ["", "$", "$6$", "$6$...", "costs $5$ a month, or $6$", "$HOME$PATHPATHPATH", "ssh-ed25519 AAAA alice@host"]
        {
            assert!(!is_secret_text(text), "{text}");
        }
    }

    #[test]
    fn values_are_found_wherever_they_stand() {
        let text = format!(
            "users:\n  - username: bob\n    password: \"{HASH}\"\nproviders:\n  - {{name: hetzner, api_token: abc}}\n\
             motd: \"{HASH}\"\nsecrets:\n  db: one\n  more: [two, \"yes\"]\npin_token: 12345\n\
             deploy_key: |\n  -----BEGIN RSA PRIVATE KEY-----\n  x\n"
        );
        let pem = "-----BEGIN RSA PRIVATE KEY-----\nx\n";
        assert_eq!(found(&text), [HASH, "abc", HASH, "one", "two", "yes", "12345", pem]);
    }

    #[test]
    fn what_is_no_secret_in_plain_text() {
        let text = format!(
            "a_password: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  3132\nb_password: \"$ANSIBLE_VAULT;1.1;AES256\\n3132\"\n\
             c_token: \"{{{{ lookup('env', 'X') }}}}\"\nd_token: \"{{% if x %}}y{{% endif %}}\"\n\
             e_token: Set token here OR delete this line and set environment variable DO_API_TOKEN\n\
             f_password:\ng_password: ''\nh_password: ~\ni_password: '!'\nj_password: '*'\nk_password: true\n\
             update_password: always\nuse_passwordless_sudo: true\nusername: token\n# password: \"{HASH}\"\n\
             name: &name x\nl_token: *name\n"
        );
        assert_eq!(found(&text), [""; 0]);
        assert_eq!(found(""), [""; 0]);
        assert_eq!(found("just text"), [""; 0]);
    }
}
