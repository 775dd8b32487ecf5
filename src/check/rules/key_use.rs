//! SK4: what sshd and Ansible do with a well-formed key.

use crate::check::checker::Checker;
use crate::check::rule::{Rule, Severity, rules};
use crate::key::{self, KeyLine};
use std::ops::Range;

rules! { KEY_USE:
    PLACEHOLDER = "SK403" "placeholder-key" Error, {
        title: "this is an example key from Spin's documentation",
        effect: "Spin installs it without an error, and the intended user cannot log in",
        help: "replace it with the user's own key: spin-keys add-user NAME",
        source: ".spin.example.yml, roles/linux_common/defaults/main.yml:98",
        why: "Two of the example keys are not keys at all. The two for docker_user are well-formed, and it is unknown \
            who has their private keys.",
    }
    BROKEN_KEY = "SK404" "broken-key" Error, {
        title: "the key data is damaged",
        effect: "Spin installs it without an error, and nobody can log in with it",
        help: "copy the whole line from the .pub file again",
        source: "OpenSSH sshkey.c (sshkey_from_blob)",
        why: "The base64 of a key holds the length of each of its parts, so a cut, missing or extra character can be \
            detected. Ansible's module does not check it.",
    }
    MISMATCH = "SK405" "algorithm-mismatch" Error, {
        title: "the algorithm name does not match the key data",
        effect: "Spin installs it without an error, and sshd ignores the line",
        help: "copy the whole line from the .pub file again",
        source: "OpenSSH sshkey.c (sshkey_read)",
        why: "The key data contains the name of the algorithm too. If the two differ, sshd refuses the key.",
    }
    DSA = "SK406" "dsa-key" Error, {
        title: "this is a DSA key",
        effect: "Spin installs it without an error, and sshd refuses it",
        help: "create a new key with `ssh-keygen -t ed25519`, and use its .pub",
        source: "OpenSSH 7.0 release notes; removed in 10.0",
        why: "DSA is limited to 1024 bits and SHA-1. OpenSSH has disabled it since 2015.",
    }
    WEAK_KEY = "SK407" "weak-key" Error, {
        title: "no program makes such a key: anybody could log in with it",
        effect: "Spin installs it without an error, and anybody may be able to log in",
        help: "remove it, and create a new key with `ssh-keygen -t ed25519`",
        source: "RFC 8032 section 5.1.3; ed25519-dalek `is_weak` (points of small order); logins on OpenSSH 9.2",
        why: "An ed25519 key that is a point of small order, or an RSA key with the exponent 1, accepts signatures that \
            need no private key; one with an even exponent can be built for its owner. An ed25519 point can be written \
            in a second way, which sshd takes too. No program creates such keys by accident.",
    }
    RSA_SHORT = "SK408" "rsa-too-short" Error, {
        title: "this RSA key has fewer than 2048 bits",
        effect: "Spin installs it, and anyone who can factor it can log in; sshd 9.1 and later refuses fewer than 1024 \
            bits",
        help: "create a new key with `ssh-keygen -t ed25519`, and use its .pub",
        source: "NIST SP 800-131A; OpenSSH RequiredRSASize",
        why: "An attacker with enough money can break keys of 1024 bits. Spin accepts them, spin-keys does not.",
    }
    RSA_SMALL = "SK409" "rsa-under-3072" Note, {
        title: "this RSA key has fewer than 3072 bits",
        effect: "Spin installs it, and it works",
        help: "replace it, when it is due, with an ed25519 key or an RSA key of at least 3072 bits",
        source: "NIST SP 800-57 part 1 (128 bits of security beyond 2030)",
        why: "NIST considers 2048 bits safe until 2030. A key that is in a file today may well be in use longer.",
    }
    UNKNOWN_ALGORITHM = "SK411" "unusable-algorithm" Error, {
        title: "sshd does not accept authorized keys of this algorithm",
        effect: "nobody can log in with it: Spin fails at the line, or installs a line that sshd ignores",
        help: "use an ed25519, RSA or ECDSA key, with or without a security key; instead of a certificate, use the key \
            it was made for",
        source: "sshd(8), AUTHORIZED_KEYS FILE FORMAT; OpenSSH PROTOCOL.certkeys",
        why: "A certificate is presented by the client, never listed on the server. Other names are typos, or \
            algorithms that OpenSSH does not have.",
    }
    HIDDEN = "SK415" "invisible-character" Error, {
        title: "the key line contains an invisible or control character",
        effect: "Ansible or sshd cannot read the line, so nobody can log in with it",
        help: "copy the line from the .pub file again, or retype the comment",
        source: "ansible.posix authorized_key (parsekey, splitlines)",
        why: "Copying from web pages, chats and documents brings in zero-width spaces, no-break spaces and line \
            separators, which break the line for Ansible or sshd. In the comment of a valid key the finding is SK427.",
    }
    BAD_OPTIONS = "SK416" "bad-options" Error, {
        title: "the options before the key are invalid",
        effect: "Spin installs the line without an error, and sshd ignores it",
        help: "write the options as in `man sshd`, AUTHORIZED_KEYS FILE FORMAT: separated by commas, values in double \
            quotes",
        source: "OpenSSH auth-options.c (sshauthopt_parse)",
        why: "After one unknown option, one unquoted value or one extra comma sshd skips the whole line, and says so \
            only in its log.",
    }
    EXPIRED = "SK417" "key-expired" Error, {
        title: "this key has expired (`expiry-time`)",
        effect: "Spin installs it without an error, and sshd refuses it",
        help: "renew the key, or remove it: spin-keys revoke KEY",
        source: "OpenSSH auth2-pubkeyfile.c (Authentication: key expired)",
        why: "sshd reads `expiry-time=\"YYYYMMDD\"` in the server's local time zone, or in UTC if it ends in `Z`. \
            spin-keys reads both as UTC.",
    }
    EXPIRES = "SK418" "key-expires-soon" Warning, {
        title: "this key expires soon (`expiry-time`)",
        effect: "sshd refuses the key after that time",
        help: "renew the key, or change the date; --warn-days sets what counts as soon",
        source: "OpenSSH auth2-pubkeyfile.c",
        why: "Keys for contractors and machines often get an expiry date that nobody remembers when it comes.",
    }
    CERT_AUTHORITY = "SK425" "cert-authority" Warning, {
        title: "this key has the option `cert-authority`",
        effect: "the key itself cannot log in, but anyone with a certificate signed by it can",
        help: "make sure that this is intended, and limit it with `principals=\"...\"`",
        source: "sshd(8), AUTHORIZED_KEYS FILE FORMAT (cert-authority)",
        why: "Nothing in this file says who can log in with such a line: that is decided where certificates are \
            signed.",
    }
    TOO_LONG = "SK426" "line-too-long" Error, {
        title: "the line is longer than 16 KiB",
        effect: "Spin installs it without an error, and older versions of sshd cannot read it",
        help: "shorten the comment or the options",
        source: "OpenSSH SSH_MAX_PUBKEY_BYTES",
        why: "The longest RSA key that sshd accepts needs less than 3 KiB: the rest is comment or options, or it is \
            the wrong file.",
    }
    HIDDEN_COMMENT = "SK427" "invisible-character-in-comment" Warning, {
        title: "the comment of a key contains an invisible character",
        effect: "Spin installs it, and it works; the comment may look like a different one",
        help: "retype the comment",
        source: "ansible.posix authorized_key (parsekey keeps comments as they are)",
        why: "Zero-width spaces and text direction marks can make one name look like another to anyone who reads the \
            list of keys. The key itself is valid.",
    }
}

const DAY: u64 = 86_400;

impl Checker<'_, '_, '_> {
    pub(crate) fn sound_key(&mut self, at: Range<usize>, line: &str, key: &KeyLine, is_absent: bool, who: &str) {
        if let Some(bits) = key.rsa_bits().filter(|bits| *bits < key::ADVISED_RSA_BITS) {
            self.add_at(&RSA_SMALL, at.clone(), format!("{who}: this RSA key has {bits} bits")).key(line);
        }
        if key.signs_certificates() {
            self.add_at(&CERT_AUTHORITY, at.clone(), format!("{who}: this key signs certificates (cert-authority)"))
                .key(line);
        }
        let Some(end) = key.expires().filter(|_| !is_absent) else { return };
        let now = self.context.now;
        if end < now {
            self.add_at(&EXPIRED, at, format!("{who}: this key expired {} ago", days((now - end) / DAY))).key(line);
        } else if end - now <= u64::from(self.context.warn_days) * DAY {
            self.add_at(&EXPIRES, at, format!("{who}: this key expires in {}", days((end - now) / DAY))).key(line);
        }
    }
}

fn days(count: u64) -> String {
    match count {
        0 => "less than a day".to_owned(),
        1 => "1 day".to_owned(),
        _ => format!("{count} days"),
    }
}
