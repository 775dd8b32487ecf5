//! SK4: the text of a key.

use super::{Rule, Severity};

rules! { KEYS:
    PRIVATE_KEY = "SK401" "private-key" Error, {
        title: "this is a PRIVATE key",
        effect: "the run fails at this key, after the private key went to every server's log and process list",
        help: "take it out now, make a new pair, and replace the key everywhere: whoever saw this file has it",
        source: "ansible.posix authorized_key (invalid key specified)",
        why: "A private key in a file that is shared is no longer private, encrypted file or not: everybody with the \
              vault password has it, and git keeps it. Its owner needs a new pair. Its text is never printed here.",
    }
    EMPTY_KEY = "SK402" "empty-key" Error, {
        title: "there is no key in it",
        effect: "the run goes on without an error, or fails where the value is null, and nobody gets in by it",
        help: "put the line of the .pub file there, or remove the item",
        source: "ansible.posix authorized_key (blank and comment lines are passed over)",
        why: "An empty text, one of comment lines only, or an algorithm without key data installs nothing.",
    }
    PLACEHOLDER = "SK403" "placeholder-key" Error, {
        title: "this is an example key of Spin's documentation",
        effect: "Spin installs it without an error, and nobody who is meant gets in",
        help: "put the key of a person there: spin-keys add-user NAME",
        source: ".spin.example.yml, roles/linux_common/defaults/main.yml:98",
        why: "Two of the example keys are no keys at all. The two for docker_user are well-formed, and nobody here \
              knows who has their private halves.",
    }
    BROKEN_KEY = "SK404" "broken-key" Error, {
        title: "the key data is damaged",
        effect: "Spin installs it without an error, and nobody gets in by it",
        help: "copy the whole line of the .pub file again",
        source: "OpenSSH sshkey.c (sshkey_from_blob)",
        why: "The base64 of a key says how long each of its parts is, so that a cut, a lost letter or a letter too many \
              shows. Ansible's module looks at none of it.",
    }
    MISMATCH = "SK405" "algorithm-mismatch" Error, {
        title: "the algorithm word is not that of the key data",
        effect: "Spin installs it without an error, and sshd passes over the line",
        help: "copy the whole line of the .pub file again",
        source: "OpenSSH sshkey.c (sshkey_read)",
        why: "The name of the algorithm stands inside the key data as well. Where the two differ, sshd takes neither.",
    }
    DSA = "SK406" "dsa-key" Error, {
        title: "this is a DSA key",
        effect: "Spin installs it without an error, and sshd does not take it",
        help: "make a new key with `ssh-keygen -t ed25519` and give its .pub",
        source: "OpenSSH 7.0 release notes; removed in 10.0",
        why: "DSA is limited to 1024 bits and SHA-1. OpenSSH has it switched off since 2015.",
    }
    WEAK_KEY = "SK407" "weak-key" Error, {
        title: "this key is a weak point: anybody could log in with it",
        effect: "Spin installs it without an error, and nobody knows who gets in by it",
        help: "remove it, and make a new key with `ssh-keygen -t ed25519`",
        source: "RFC 8032; ed25519-dalek `is_weak` (points of small order)",
        why: "An ed25519 key that is a point of small order accepts signatures that need no private key. No program \
              makes such keys by accident.",
    }
    RSA_SHORT = "SK408" "rsa-too-short" Error, {
        title: "this RSA key has less than 2048 bits",
        effect: "Spin installs it, and whoever can factor it gets in; sshd of 9.1 and later takes 1024 bits at least",
        help: "make a new key with `ssh-keygen -t ed25519` and give its .pub",
        source: "NIST SP 800-131A; OpenSSH RequiredRSASize",
        why: "Keys of 1024 bits are within reach of those who can pay for it. Spin takes them, this tool does not.",
    }
    RSA_SMALL = "SK409" "rsa-under-3072" Note, {
        title: "this RSA key has less than 3072 bits",
        effect: "Spin installs it and it works",
        help: "prefer an ed25519 key, or RSA with 3072 bits and more, when it is replaced",
        source: "NIST SP 800-57 part 1 (128 bits of security beyond 2030)",
        why: "NIST takes 2048 bits to be safe until 2030. A key that stands in a file today may well be in use longer.",
    }
    NOT_A_KEY = "SK410" "not-a-key" Error, {
        title: "this is no public key",
        effect: "the run fails at this key: `invalid key specified`",
        help: "give the whole line of the .pub file, as it stands there: ALGORITHM KEYDATA COMMENT",
        source: "ansible.posix authorized_key (parsekey)",
        why: "Ansible's module looks for the word of an algorithm it knows. A line without one ends the run: key data \
              alone, a page of HTML, PEM and RFC 4716 forms, quotes within quotes, a number.",
    }
    UNKNOWN_ALGORITHM = "SK411" "unusable-algorithm" Error, {
        title: "sshd takes no key of this algorithm as an authorized key",
        effect: "nobody gets in by it: Spin fails at the line, or installs one that sshd passes over",
        help: "give an ed25519, RSA or ECDSA key, with or without a security key; of a certificate, the key it was made for",
        source: "sshd(8), AUTHORIZED_KEYS FILE FORMAT; OpenSSH PROTOCOL.certkeys",
        why: "A certificate is shown by the client, never listed on the server. Other words are slips or algorithms that \
              OpenSSH does not have.",
    }
    OTHER_FORM = "SK412" "key-in-another-form" Error, {
        title: "this is a public key in a form that sshd does not read",
        effect: "the run fails at this key: `invalid key specified`",
        help: "convert it: `ssh-keygen -i -f FILE`, or `ssh-keygen -i -m PKCS8 -f FILE` for BEGIN PUBLIC KEY",
        source: "ansible.posix authorized_key (parsekey); RFC 4716",
        why: "`BEGIN SSH2 PUBLIC KEY` and `BEGIN PUBLIC KEY` are forms of other programs.",
    }
    URL = "SK413" "url-as-key" Warning, {
        title: "this is an address, not a key",
        effect: "each server reads what is there on each run (`http...`, or `file...` on its own disk), and installs what it gets",
        help: "download the keys, look at them, and put them in by spin-keys add-user NAME --key FILE",
        source: "ansible.posix authorized_key (key.startswith(\"http\"))",
        why: "Who gets in is decided by whoever controls that address at the time of the run, and no review shows it.",
    }
    WRAPPED = "SK414" "wrapped-key" Error, {
        title: "the key is broken over several lines, or by a blank",
        effect: "Spin installs a piece of it or fails at the second line, and nobody gets in by it",
        help: "write the key on one line, in double quotes",
        source: "YAML folds line breaks into blanks; OpenSSH sshkey.c",
        why: "An editor that wraps long lines, a terminal that a key was copied from, or `>` and `|` with a broken \
              line put a blank or a line break into the base64.",
    }
    HIDDEN = "SK415" "invisible-character" Error, {
        title: "the key line holds an invisible or control character",
        effect: "the run fails at this key, or installs one that sshd does not read",
        help: "copy the line again from the .pub file, or type the comment again",
        source: "ansible.posix authorized_key (parsekey, splitlines)",
        why: "Copying from web pages, chats and documents brings zero-width blanks, no-break blanks and line separators, \
              which break the line for Ansible or for sshd. In a comment of a sound key it is SK427.",
    }
    BAD_OPTIONS = "SK416" "bad-options" Error, {
        title: "the options before the key do not parse",
        effect: "Spin installs the line without an error, and sshd passes over it",
        help: "see AUTHORIZED_KEYS FILE FORMAT in `man sshd`: joined by commas, values in double quotes",
        source: "OpenSSH auth-options.c (sshauthopt_parse)",
        why: "One unknown option, one value without quotes, a comma too many, and sshd skips the whole line with \
              nothing but a line in its log.",
    }
    EXPIRED = "SK417" "key-expired" Error, {
        title: "the `expiry-time` of this key has passed",
        effect: "Spin installs it without an error, and sshd does not take it any more",
        help: "renew the key, or take it away: `state: absent` on its item",
        source: "OpenSSH auth2-pubkeyfile.c (Authentication: key expired)",
        why: "`expiry-time=\"YYYYMMDD\"` is read as the server's local time, with `Z` as UTC; here all are taken for UTC.",
    }
    EXPIRES = "SK418" "key-expires-soon" Warning, {
        title: "the `expiry-time` of this key is near",
        effect: "sshd does not take the key any more when it has passed",
        help: "renew the key, or move its date; --warn-days sets what counts as near",
        source: "OpenSSH auth2-pubkeyfile.c",
        why: "Keys for contractors and machines are often given a date that nobody remembers when it comes.",
    }
    COMMENT_CUT = "SK419" "comment-cut" Warning + fix, {
        title: "a ` #` cuts this key line: what follows is a comment of YAML",
        effect: "the key is installed without what stands behind the ` #`",
        help: "put the key line in double quotes",
        source: "YAML 1.1 section 4.1.6 (comments)",
        why: "Without quotes a blank and a `#` begin a comment of YAML. For a key it cuts its comment, which is harmless; \
              within options it cuts the key. --fix puts the key in quotes as it is read now, and leaves the comment \
              where it stands.",
    }
    COLON = "SK420" "key-read-as-mapping" Error + fix, {
        title: "a colon makes YAML read this key as a mapping",
        effect: "the run fails at this key",
        help: "put the key line in double quotes",
        source: "YAML 1.1 section 10.2.2 (block mappings)",
        why: "Without quotes `: `, or a `:` at the end of the line, makes a key of YAML of what stands before it. The \
              comments of keys (`alice: laptop`) do that.",
    }
    SEVERAL_KEYS = "SK421" "several-keys-in-one-item" Warning, {
        title: "one item holds several keys",
        effect: "Spin installs them all; as the first item of somebody in sudo they all open the deploy account",
        help: "give each key an item of its own",
        source: "ansible.posix authorized_key (splitlines), roles/docker_user/tasks/main.yml:38",
        why: "A `|` block of several lines works. But `state: absent` then takes all of them away, and item 0 is more \
              than one key.",
    }
    GLUED = "SK422" "two-keys-on-one-line" Error, {
        title: "two keys stand on one line",
        effect: "Spin installs the line, and sshd takes the second key for a comment of the first: its owner does not get in",
        help: "give each key an item of its own",
        source: "sshd(8), AUTHORIZED_KEYS FILE FORMAT",
        why: "sshd reads one key a line, and what follows it is a comment. The line break between the two was lost, in a copy \
              or a merge.",
    }
    TEMPLATE = "SK423" "template" Warning, {
        title: "Jinja stands in a name or key, and Ansible evaluates it",
        effect: "what Spin installs is what comes out of the template, which this tool cannot tell",
        help: "write the value itself; for a comment of a key, take the braces out",
        source: "ansible-core: every string of extra variables is a template",
        why: "`{{ lookup('file', 'alice.pub') }}` may be meant. In a comment it is an accident, or an attempt to run code \
              on the machine of whoever runs `spin provision`.",
    }
    BROKEN_TEMPLATE = "SK424" "broken-template" Error, {
        title: "a template begins and does not end",
        effect: "Ansible cannot read it as a template, and the run fails",
        help: "take the braces out, or close them",
        source: "ansible-core: every string of extra variables is a template (jinja2 TemplateSyntaxError)",
        why: "`{{` wants `}}`, `{%` wants `%}`, and `{#` wants `#}`. A single `{`, or `}}` alone, is fine.",
    }
    CERT_AUTHORITY = "SK425" "cert-authority" Warning, {
        title: "the option `cert-authority` stands before this key",
        effect: "the key itself does not log in; whoever has a certificate that it signed does",
        help: "make sure that this is meant, and limit it with `principals=\"...\"`",
        source: "sshd(8), AUTHORIZED_KEYS FILE FORMAT (cert-authority)",
        why: "Nothing in this file says who gets in by such a line: that is decided where certificates are signed.",
    }
    TOO_LONG = "SK426" "line-too-long" Error, {
        title: "the line is longer than 16 KiB",
        effect: "Spin installs it without an error, and an older sshd does not read it",
        help: "shorten the comment or the options",
        source: "OpenSSH SSH_MAX_PUBKEY_BYTES",
        why: "The longest RSA key that sshd takes needs less than 3 KiB: the rest is comment or options, or another file.",
    }
    HIDDEN_COMMENT = "SK427" "invisible-character-in-comment" Warning, {
        title: "the comment of a key holds an invisible character",
        effect: "Spin installs it and it works; the comment may look like another one",
        help: "type the comment again",
        source: "ansible.posix authorized_key (parsekey keeps comments as they are)",
        why: "Zero-width blanks and marks of writing direction make one name look like another to whoever reads the list of \
              keys. The key itself is sound.",
    }
}
