//! What to do next, for each kind of refusal.
//!
//! Promises: commands are complete but for the word `PATH`, which stands for the person's file. Never quotes the key.

use super::error::{KeyError, PrivateKind};

const WHOLE_LINE: &str = "give the whole line of the .pub file, as it stands there: ALGORITHM KEYDATA COMMENT";
const COPY_AGAIN: &str = "copy the whole line of the .pub file again, without line breaks, or pass the file itself";
const NEW_KEY: &str = "make a new key with `ssh-keygen -t ed25519` and give its .pub";

impl KeyError {
    /// What the person can do next, one sentence without a final full stop; `None` where nothing but the message helps.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        if let Self::AtLine { error, .. } = self {
            return error.hint();
        }
        self.input_hint().or_else(|| self.private_hint()).or_else(|| self.key_hint()).map(str::to_owned)
    }

    /// For text that is no key line.
    fn input_hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::Empty | Self::NoAlgorithm | Self::NoKeyData { .. } => WHOLE_LINE,
            Self::TooLong { .. } => "shorten the comment or the options",
            Self::Utf16 => "save the file as UTF-8; in PowerShell: `Set-Content -Encoding ascii`",
            Self::Binary | Self::NotUtf8 { .. } => "pass the .pub file that ssh-keygen wrote",
            Self::Rfc4716 => "convert it: `ssh-keygen -i -f PATH > PATH.pub`",
            Self::PemPublicKey => {
                "convert it: `ssh-keygen -i -m PKCS8 -f PATH > PATH.pub` (`-m PEM` for BEGIN RSA PUBLIC KEY)"
            }
            Self::PemOther { .. } => "pass the .pub file that ssh-keygen wrote",
            Self::Url | Self::Html => {
                "download the key, look at it, then pass the file: \
                 `curl -fsSL https://github.com/NAME.keys -o PATH.pub`"
            }
            Self::Jinja { .. } => "change the comment of the key",
            Self::Hidden { .. } => "remove that character; copying from a web page or a chat often adds one",
            Self::Placeholder { .. } => "give the .pub of a key that somebody owns, for example ~/.ssh/id_ed25519.pub",
            Self::SeveralKeys { .. } => "give one key at a time",
            Self::Quoted => "give the line without the quotes",
            Self::GluedKeys => "put each key on a line of its own",
            Self::Wrapped | Self::Cut | Self::NotBase64 { .. } | Self::Trailing { .. } => COPY_AGAIN,
            _ => return None,
        })
    }

    /// For private keys, and the making of them.
    fn private_hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::PrivateKeyText => {
                "never paste or send it; give its .pub, or make that: `ssh-keygen -y -f PATH > PATH.pub`"
            }
            Self::PrivateInPublic => {
                "a .pub is made to be handed out: make a new key pair, replace this key everywhere, and remove the file"
            }
            Self::PrivateFormat { kind: PrivateKind::Putty } => {
                "write its public half: `puttygen PATH -O public-openssh -o PATH.pub`, and pass that"
            }
            Self::PrivateFormat { kind: PrivateKind::Dsa } => NEW_KEY,
            Self::PrivateFormat { .. } => "write its public half: `ssh-keygen -y -f PATH > PATH.pub`, and pass that",
            Self::PrivateDamaged { .. } => {
                "see whether ssh-keygen can read it: `ssh-keygen -y -f PATH`; else fetch the key from a backup"
            }
            Self::SeveralPrivateKeys { .. } => "pass the .pub of the one you mean",
            Self::Rounds { .. } => "100 rounds take about a second; each doubling doubles the time",
            Self::EmptyPassphrase => "give a passphrase, or ask for a key without one",
            _ => return None,
        })
    }

    /// For keys that are well-formed lines, but of no use.
    fn key_hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::UnknownAlgorithm { .. } => {
                "taken are ssh-ed25519, ssh-rsa, ecdsa-sha2-nistp256/384/521, sk-ssh-ed25519@openssh.com and \
                 sk-ecdsa-sha2-nistp256@openssh.com"
            }
            Self::Certificate { .. } => "give the key it was made for: the .pub without -cert in its name",
            Self::Dsa | Self::RsaTooShort { .. } | Self::RsaTooLong { .. } | Self::WeakPoint => NEW_KEY,
            Self::AlgorithmMismatch { .. } | Self::Malformed { .. } | Self::InvalidPoint => COPY_AGAIN,
            Self::UnterminatedQuote | Self::EmptyOption { .. } | Self::OptionValue { .. } => {
                "options are joined by commas, values stand in double quotes: from=\"10.0.0.0/8\",no-pty"
            }
            Self::RepeatedOption { .. } => "join the values: from=\"10.0.0.0/8,192.168.0.0/16\"",
            Self::UnknownOption { .. } => "see AUTHORIZED_KEYS FILE FORMAT in `man sshd` for the options there are",
            _ => return None,
        })
    }
}
