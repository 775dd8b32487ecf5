//! What to do next, for each kind of refusal.
//!
//! Promises: a command is complete once the person's file is put into it. Never quotes the key.

use super::error::KeyError;
use super::private_kind::PrivateKind;
use std::borrow::Cow;
use std::path::Path;

/// What the person can do next: one sentence without a final full stop, around a command if there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Remedy {
    /// The sentence, or what comes before the command.
    pub text: &'static str,
    /// A command to be run in a shell.
    pub command: Option<&'static [Word]>,
    /// What comes after the command.
    pub after: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    /// Taken as it is.
    Literal(&'static str),
    /// The file that holds the key.
    File,
    /// That file with `.pub` after its name.
    PublicFile,
    /// That file with `.new` after its name, which replaces it.
    NewFile,
}

impl Remedy {
    const fn text(text: &'static str) -> Self {
        Self { text, command: None, after: "" }
    }

    const fn command(text: &'static str, command: &'static [Word], after: &'static str) -> Self {
        Self { text, command: Some(command), after }
    }

    /// The sentence, with `file` in the command, or `PATH` where the key is not from a file. `quote` makes a text one word
    /// of a shell.
    #[must_use]
    pub(crate) fn render(&self, file: Option<&Path>, quote: impl Fn(&str) -> Cow<'_, str>) -> String {
        let Some(command) = self.command else { return self.text.to_owned() };
        let file = file.map_or_else(|| "PATH".to_owned(), |file| file.display().to_string());
        // No option of the command.
        let file = if file.starts_with('-') { format!("./{file}") } else { file };
        let mut words = Vec::with_capacity(command.len());
        for word in command {
            words.push(match word {
                Word::Literal(text) => (*text).to_owned(),
                Word::File => quote(&file).into_owned(),
                Word::PublicFile => quote(&format!("{file}.pub")).into_owned(),
                Word::NewFile => quote(&format!("{file}.new")).into_owned(),
            });
        }
        format!("{}`{}`{}", self.text, words.join(" "), self.after)
    }
}

const WHOLE_LINE: Remedy = Remedy::text("give the whole line of the .pub file as it is: ALGORITHM KEYDATA COMMENT");
const COPY_AGAIN: Remedy =
    Remedy::text("copy the whole line of the .pub file again, without line breaks, or pass the file itself");
const NEW_KEY: Remedy =
    Remedy::command("make a new key with ", &[Word::Literal("ssh-keygen -t ed25519")], " and give its .pub");
const PASS_PUBLIC_FILE: Remedy = Remedy::text("pass the .pub file that ssh-keygen wrote");
/// `ssh-keygen -y`: the public half of a private key.
const PUBLIC_HALF: &[Word] = &[Word::Literal("ssh-keygen -y -f"), Word::File, Word::Literal(">"), Word::PublicFile];

/// Writes a key with this label anew: its base64 alone, between its marks.
macro_rules! lay_out {
    ($label:literal) => {
        &[
            Word::Literal(concat!(
                "(umask 077; { echo '-----BEGIN ",
                $label,
                r"-----'; sed -e 's/\\n/ /g' -e 's/-----[A-Z ]*-----//g' <"
            )),
            Word::File,
            Word::Literal(concat!(
                "| tr -dc 'A-Za-z0-9+/=' | fold -w 64; echo; echo '-----END ",
                $label,
                "-----'; } >"
            )),
            Word::NewFile,
            Word::Literal(") && mv"),
            Word::NewFile,
            Word::File,
        ]
    };
}

/// The command that writes a key of this kind anew.
const fn lay_out(kind: PrivateKind) -> &'static [Word] {
    match kind {
        PrivateKind::Pkcs8 => lay_out!("PRIVATE KEY"),
        PrivateKind::EncryptedPkcs8 => lay_out!("ENCRYPTED PRIVATE KEY"),
        PrivateKind::Pkcs1 => lay_out!("RSA PRIVATE KEY"),
        PrivateKind::Sec1 => lay_out!("EC PRIVATE KEY"),
        _ => lay_out!("OPENSSH PRIVATE KEY"),
    }
}

impl KeyError {
    /// What the person can do next; `None` where nothing but the message helps.
    #[must_use]
    pub(crate) fn remedy(&self) -> Option<Remedy> {
        if let Self::AtLine { error, .. } = self {
            return error.remedy();
        }
        self.input_remedy().or_else(|| self.private_remedy()).or_else(|| self.key_remedy())
    }

    /// `remedy` as a sentence that speaks of the file `PATH`.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        self.remedy().map(|remedy| remedy.render(None, |word| Cow::Borrowed(word)))
    }

    /// For text that is not a key line.
    fn input_remedy(&self) -> Option<Remedy> {
        use Word::{File, Literal, PublicFile};
        Some(match self {
            Self::Empty | Self::NoAlgorithm | Self::NoKeyData { .. } => WHOLE_LINE,
            Self::TooLong { .. } => Remedy::text("shorten the comment or the options"),
            Self::Utf16 => Remedy::command(
                "save the file as UTF-8; in PowerShell: ",
                &[Literal("Set-Content -Encoding ascii")],
                "",
            ),
            Self::Binary | Self::NotUtf8 { .. } | Self::PemOther { .. } => PASS_PUBLIC_FILE,
            Self::Rfc4716 => {
                Remedy::command("convert it: ", &[Literal("ssh-keygen -i -f"), File, Literal(">"), PublicFile], "")
            }
            Self::PemPublicKey => Remedy::command(
                "convert it: ",
                &[Literal("ssh-keygen -i -m PKCS8 -f"), File, Literal(">"), PublicFile],
                " (`-m PEM` for BEGIN RSA PUBLIC KEY)",
            ),
            Self::Url | Self::Html => Remedy::command(
                "download the key, look at it, then pass the file: ",
                &[Literal("curl -fsSL https://github.com/NAME.keys -o"), PublicFile],
                "",
            ),
            Self::Jinja { .. } => Remedy::text("change the comment of the key"),
            Self::Hidden { .. } => {
                Remedy::text("remove that character; copying from a web page or a chat often adds one")
            }
            Self::Placeholder { .. } | Self::Unfilled | Self::NotBase64 { is_unfilled: true, .. } => {
                Remedy::text("give the .pub of a key that somebody owns, for example ~/.ssh/id_ed25519.pub")
            }
            Self::SeveralKeys { .. } => Remedy::text("give one key at a time"),
            Self::YamlItem { is_plain: false } => {
                Remedy::text("give the line of the key alone, without the YAML around it: ALGORITHM KEYDATA COMMENT")
            }
            Self::YamlItem { is_plain: true } => Remedy::command(
                "give the line alone, without quotes: ",
                &[
                    Literal(r#"sed -nE "/AAAA/{s/^[ -]*([a-z_]+: *)?[\"']?//; s/[\"'] *\$//; p;}""#),
                    File,
                    Literal(">"),
                    PublicFile,
                ],
                "",
            ),
            Self::KnownHosts => Remedy::text(
                "give the .pub of a person, for example ~/.ssh/id_ed25519.pub; it has nothing before the key",
            ),
            Self::Quoted => Remedy::text("give the line without the quotes"),
            Self::GluedKeys => Remedy::text("put each key on a line of its own"),
            Self::Wrapped | Self::Cut | Self::NotBase64 { .. } | Self::Trailing { .. } => COPY_AGAIN,
            _ => return None,
        })
    }

    /// For private keys, and the making of them.
    fn private_remedy(&self) -> Option<Remedy> {
        use Word::{File, Literal, PublicFile};
        Some(match self {
            Self::PrivateKeyText => {
                Remedy::command("never paste or send it; give its .pub, or make that: ", PUBLIC_HALF, "")
            }
            Self::PrivateInPublic => Remedy::text(
                "a .pub is made to be handed out: make a new key pair, replace this key everywhere, and remove the file",
            ),
            Self::PrivateFormat { kind: PrivateKind::Putty } => Remedy::command(
                "write its public half: ",
                &[Literal("puttygen"), File, Literal("-O public-openssh -o"), PublicFile],
                ", and pass that",
            ),
            Self::PrivateFormat { kind: PrivateKind::Dsa } => NEW_KEY,
            Self::PrivateFormat { .. } => Remedy::command("write its public half: ", PUBLIC_HALF, ", and pass that"),
            Self::PrivateDamaged { .. } => Remedy::command(
                "see whether ssh-keygen can read it: ",
                &[Literal("ssh-keygen -y -f"), File],
                "; otherwise restore the key from a backup",
            ),
            Self::PrivateLayout { kind, .. } => Remedy::command("write it anew: ", lay_out(*kind), ""),
            Self::Passphrase { .. } => Remedy::text("choose another: one line, of less than 1,024 bytes"),
            Self::SeveralPrivateKeys { .. } => Remedy::text("pass the .pub of the one you mean"),
            Self::Rounds { .. } => Remedy::text("100 rounds take about a second; each doubling doubles the time"),
            Self::EmptyPassphrase => Remedy::text("give a passphrase, or ask for a key without one"),
            _ => return None,
        })
    }

    /// For keys that are well-formed lines, but of no use.
    fn key_remedy(&self) -> Option<Remedy> {
        Some(match self {
            Self::UnknownAlgorithm { .. } => Remedy::text(
                "use ssh-ed25519, ssh-rsa, ecdsa-sha2-nistp256/384/521, sk-ssh-ed25519@openssh.com or \
                 sk-ecdsa-sha2-nistp256@openssh.com",
            ),
            Self::Certificate { .. } => {
                Remedy::text("give the key it was made for: the .pub without -cert in its name")
            }
            Self::Dsa
            | Self::RsaTooShort { .. }
            | Self::RsaTooLong { .. }
            | Self::WeakPoint
            | Self::OtherPoint
            | Self::WeakExponent { .. } => NEW_KEY,
            Self::AlgorithmMismatch { .. } | Self::Malformed { .. } | Self::InvalidPoint | Self::OffCurve => COPY_AGAIN,
            Self::FromNothing { .. } => Remedy::text(
                "separate the entries with commas and without spaces; an address before / ends in zeros: \
                 from=\"10.0.0.0/8,192.168.1.7\"",
            ),
            Self::LonePrincipals { .. } => {
                Remedy::text("remove `principals`, or add `cert-authority` if the key signs certificates")
            }
            Self::UnterminatedQuote | Self::OptionValue { .. } => Remedy::text(
                "separate options with commas, and put values in double quotes: from=\"10.0.0.0/8\",no-pty",
            ),
            Self::RepeatedOption { .. } => Remedy::text("join the values: from=\"10.0.0.0/8,192.168.0.0/16\""),
            Self::UnknownOption { .. } => Remedy::command(
                "see AUTHORIZED_KEYS FILE FORMAT in ",
                &[Word::Literal("man sshd")],
                " for the options there are",
            ),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_names_the_file_as_words_of_a_shell() {
        let quote = |word: &str| format!("'{word}'");
        let remedy = KeyError::Rfc4716.remedy().unwrap();
        assert_eq!(
            remedy.render(Some(Path::new("-x")), |word| word.to_owned().into()),
            "convert it: `ssh-keygen -i -f ./-x > ./-x.pub`"
        );
        assert_eq!(
            remedy.render(Some(Path::new("/my key")), |word| quote(word).into()),
            "convert it: `ssh-keygen -i -f '/my key' > '/my key.pub'`"
        );
        assert_eq!(KeyError::Rfc4716.hint().unwrap(), "convert it: `ssh-keygen -i -f PATH > PATH.pub`");
        assert_eq!(
            KeyError::Quoted.remedy().unwrap().render(Some(Path::new("x")), |_| panic!()),
            KeyError::Quoted.hint().unwrap()
        );
    }
}
