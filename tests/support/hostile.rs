//! Files of any size that are made to cost: each family repeats what was once handled with the square of its number.
//! `benches/hostile.rs` measures them beside [`benign`]; tests hold the bounds of their output.

use spin_keys::key::KeyLine;
use std::fmt::Write as _;

/// What every file begins with: the one change of a review is made here.
const HEAD: &str = "ssh_port: \"22\"\n";

/// A file of a family.
pub type Family = fn(usize) -> String;

/// All families by name.
pub const FAMILIES: &[(&str, Family)] = &[
    ("shared keys", shared_keys),
    ("shared keys of deploy", deploy_shares),
    ("shared groups", shared_groups),
    ("one block of keys", |size| block(size, &mut keys())),
    ("one block of bad keys", |size| block(size, &mut bad_lines("ssh-ed25519 AAAA bad"))),
    ("one block of short lines", |size| block(size, &mut bad_lines("x"))),
    ("bad keys of one user", |size| user_with(size, |n| format!("      - public_key: bad{n}\n"))),
    ("aliases of one key", |size| {
        let first = format!("      - &k {{public_key: \"{}\"}}\n", keys().next().unwrap_or_default());
        user_with(size, |n| if n == 0 { first.clone() } else { "      - *k\n".to_owned() })
    }),
    ("aliases of one user", |size| people(size, "&u {username: a, groups: [sudo]}", |_| "*u".to_owned())),
    ("aliases of a bad user", |size| people(size, "&u {username: a, grops: [x]}", |_| "*u".to_owned())),
    ("one name", |size| people(size, "{username: a, groups: [sudo]}", |_| "{username: a}".to_owned())),
    ("one key of many", |size| {
        let key = keys().next().unwrap_or_default();
        let user = |n| format!("{{username: u{n}, groups: [], authorized_keys: [{{public_key: \"{key}\"}}]}}");
        people(size, &user(0), user)
    }),
    ("the same key again", |size| {
        let key = keys().next().unwrap_or_default();
        user_with(size, |_| format!("      - public_key: \"{key}\"\n"))
    }),
    ("present and absent", |size| {
        let key = keys().next().unwrap_or_default();
        let state = |n: usize| if n.is_multiple_of(2) { "present" } else { "absent" };
        user_with(size, |n| format!("      - public_key: \"{key}\"\n        state: {}\n", state(n)))
    }),
    ("unknown fields", |size| repeated(size, "users:\n  - username: a\n", |n| format!("    f{n}: 1\n"))),
    ("groups of one user", |size| {
        repeated(size, "users:\n  - username: a\n    groups:\n", |n| format!("      - g{n}\n"))
    }),
    ("anchors", |size| repeated(size, "", |n| format!("a{n}: &a{n} x\nb{n}: *a{n}\n"))),
    ("anchors in anchors", |size| {
        repeated(size, "a0: &a0 [x]\n", |n| format!("a{}: &a{} [*a{n}, *a{n}]\n", n + 1, n + 1))
    }),
    ("duplicate keys", |size| repeated(size, "", |_| "x: 1\n".to_owned())),
    ("duplicate keys of users", |size| {
        repeated(size, "users:\n  - username: a\n", |_| "    groups: [sudo]\n".to_owned())
    }),
    ("merges", |size| flow(size, "x: &x {a: 1}\ny: ", |_| "{<<: *x}".to_owned())),
    ("merges in merges", |size| {
        repeated(size, "a0: &a0 {x: 1}\n", |n| format!("a{}: &a{} {{<<: *a{n}, k{n}: 1}}\n", n + 1, n + 1))
    }),
    ("a list of merges", |size| {
        format!("x: &x {{a: 1}}\n{}}}\n", flow(size, "y: {<<: ", |_| "*x".to_owned()).trim_end())
    }),
    ("merges into users", |size| {
        people(size, "&u {username: a, groups: [sudo]}", |n| format!("{{<<: *u, username: u{n}}}"))
    }),
    ("brackets", |size| format!("{HEAD}x: {}\n", "[".repeat(size))),
    ("nested lists", |size| flow(size, "x: ", |_| format!("{}{}", "[".repeat(200), "]".repeat(200)))),
    ("nested blocks", nested_blocks),
    ("comments", |size| repeated(size, "", |_| "#\n".to_owned()) + &benign_users(3)),
    ("comments among keys", |size| {
        user_with(size, |n| {
            if n.is_multiple_of(50) { format!("      - public_key: bad{n} # x\n") } else { "      # x\n".to_owned() }
        })
    }),
    ("suppressing comments", |size| repeated(size, "", |n| format!("x{n}: 1 # spin-keys: ignore SK210\n"))),
    ("one comment that suppresses", |size| format!("{HEAD}x: 1 # spin-keys: ignore {}\n", "SK210,".repeat(size / 6))),
    ("templates", |size| repeated(size, "", |n| format!("x{n}: \"{{{{ y }}}}\"\n"))),
    ("templates of users", |size| {
        people(size, "{username: a, groups: [sudo]}", |_| "{username: \"{{ x }}\"}".to_owned())
    }),
    ("one value of templates", |size| format!("{HEAD}x: \"{}\"\n", "{{ x }}".repeat(size / 7))),
    ("open templates", |size| format!("{HEAD}users:\n  - username: \"{}\"\n", "{{".repeat(size / 2))),
    ("quotes", |size| format!("{HEAD}x: '{}'\ny: \"{}\"\n", "''".repeat(size / 4), "\\\"".repeat(size / 4))),
    ("quoted words", |size| flow(size, "x: ", |_| "'a'".to_owned())),
    ("JSON on one line", |size| json(size, |n| format!("{{\"username\":\"u{n}\",\"groups\":[\"x\"]}}"))),
    ("JSON with duplicate keys", |size| json(size, |_| "{\"username\":\"a\",\"a\":1,\"a\":2}".to_owned())),
    ("duplicate keys of JSON", |size| {
        let body = flow_text(size, |_| "\"x\":1".to_owned());
        format!("{{\"ssh_port\":\"22\",{body}}}\n")
    }),
    ("one word", |size| format!("{HEAD}x: {}\n", "a".repeat(size))),
    ("one list", |size| flow(size, "x: ", |_| "a".to_owned())),
    ("findings on one line", |size| people_in_line(size, |_| "{username: \"a b\", grops: [x]}".to_owned())),
    ("tag handles", |size| {
        let handles = repeated_text(size / 2, |n| format!("%TAG !t{n}! tag:x,{n}:\n"));
        format!("{handles}---\n{}", repeated(size / 2, "", |n| format!("x{n}: !t{n}!a 1\n")))
    }),
    ("a long name", |size| {
        let name = "n".repeat(size / 3);
        let keys = repeated_text(size / 3, |n| format!("      - public_key: bad{n}\n"));
        let fields = repeated_text(size / 3, |n| format!("    f{n}: 1\n"));
        format!("{HEAD}users:\n  - username: {name}\n    groups: [sudo]\n{fields}    authorized_keys:\n{keys}")
    }),
    ("a long name with sound keys", |size| {
        let keys: String = keys().take(size / 300).map(|key| format!("      - public_key: \"{key}\"\n")).collect();
        let name = "n".repeat(size / 2);
        format!("{HEAD}users:\n  - username: {name}\n    groups: [sudo]\n    authorized_keys:\n{keys}")
    }),
    ("a long group", |size| {
        let group = "g".repeat(size / 2);
        let rest = people(size / 2, "{username: a, groups: *g}", |n| format!("{{username: u{n}, groups: *g}}"));
        format!("g: &g [{group}]\n{rest}")
    }),
    ("long options", |size| {
        let key = keys().next().unwrap_or_default();
        format!(
            "{HEAD}users:\n  - username: a\n    authorized_keys:\n      - public_key: 'from=\"{}\" {key}'\n",
            "1.2.3.4,".repeat(size / 8)
        )
    }),
    ("control characters", |size| {
        format!("{HEAD}users:\n  - username: \"{}\"\n    groups: [sudo]\n", "\\e".repeat(size / 2))
    }),
    ("sealed values", |size| {
        user_with(size, |_| {
            "      - public_key: !vault |\n          $ANSIBLE_VAULT;1.1;AES256\n          3133\n".to_owned()
        })
    }),
    ("lists as keys", |size| repeated(size, "", |n| format!("? [a, {n}]\n: 1\n"))),
    ("CI variables", |size| repeated(size, "", |n| format!("ansible_x{n}: 1\n"))),
];

/// An ordinary file of about this size: users, each with keys of their own.
pub fn benign(size: usize) -> String {
    let one = benign_users(1).len();
    format!("{HEAD}{}", benign_users(size / one))
}

/// The same file with one change.
pub fn changed(text: &str) -> String {
    text.replacen("22", "2222", 1)
}

fn benign_users(count: usize) -> String {
    let mut text = String::from("users:\n");
    for (number, key) in keys().take(count).enumerate() {
        let _ = write!(
            text,
            "  - username: user{number}\n    name: User Number {number}\n    state: present\n    groups: ['sudo', 'www-data']\n    shell: \"/bin/bash\"\n    authorized_keys:\n      - public_key: \"{key}\"\n        state: present\n"
        );
    }
    text
}

/// Well-formed keys of nobody.
pub fn keys() -> impl Iterator<Item = String> {
    let line =
        |n| format!("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMSHQvP9m0VNkry1gN9NhT31BvXWRsIr3eqtz{n:07} user{n}@laptop");
    (0..).map(line).filter(|line: &String| KeyLine::parse(line).is_ok())
}

fn bad_lines(line: &str) -> impl Iterator<Item = String> {
    std::iter::repeat(line.to_owned())
}

fn repeated_text(size: usize, part: impl Fn(usize) -> String) -> String {
    let mut text = String::with_capacity(size + 256);
    for number in 0.. {
        if text.len() >= size {
            break;
        }
        text.push_str(&part(number));
    }
    text
}

/// The head, then a part again and again.
fn repeated(size: usize, head: &str, part: impl Fn(usize) -> String) -> String {
    format!("{HEAD}{head}{}", repeated_text(size, part))
}

fn flow_text(size: usize, part: impl Fn(usize) -> String) -> String {
    let text = repeated_text(size, |n| part(n) + ",");
    text.trim_end_matches(',').to_owned()
}

/// A list on one line.
fn flow(size: usize, head: &str, part: impl Fn(usize) -> String) -> String {
    format!("{HEAD}{head}[{}]\n", flow_text(size, |n| format!(" {}", part(n))))
}

fn json(size: usize, user: impl Fn(usize) -> String) -> String {
    format!("{{\"ssh_port\":\"22\",\"users\":[{}]}}\n", flow_text(size, user))
}

fn people_in_line(size: usize, user: impl Fn(usize) -> String) -> String {
    flow(size, "users: ", user)
}

/// Users one below the other.
fn people(size: usize, first: &str, user: impl Fn(usize) -> String) -> String {
    repeated(size, "users:\n", |n| format!("  - {}\n", if n == 0 { first.to_owned() } else { user(n) }))
}

/// One user with items in the list of keys.
fn user_with(size: usize, item: impl Fn(usize) -> String) -> String {
    repeated(size, "users:\n  - username: a\n    groups: [sudo]\n    authorized_keys:\n", item)
}

/// One key of many lines.
fn block(size: usize, lines: &mut dyn Iterator<Item = String>) -> String {
    let mut text =
        format!("{HEAD}users:\n  - username: a\n    groups: [sudo]\n    authorized_keys:\n      - public_key: |\n");
    while text.len() < size {
        let _ = writeln!(text, "          {}", lines.next().unwrap_or_default());
    }
    text
}

/// As many users as keys, and each has all.
fn shared_keys(size: usize) -> String {
    let count = size / 200;
    let list: String = keys().take(count).map(|key| format!("  - public_key: \"{key}\"\n")).collect();
    let user = |n| format!("  - username: user{n}\n    groups: [sudo]\n    authorized_keys: *keys\n");
    format!("{HEAD}x-keys: &keys\n{list}users:\n{}", (0..count).map(user).collect::<String>())
}

/// A list in a list of `docker_user`, again and again.
fn deploy_shares(size: usize) -> String {
    let list: String = keys().take(size / 200).map(|key| format!("  - \"{key}\"\n")).collect();
    let lists = repeated_text(size / 2, |_| "    - *keys\n".to_owned());
    format!("{HEAD}x-keys: &keys\n{list}users: []\ndocker_user:\n  username: deploy\n  authorized_ssh_keys:\n{lists}")
}

fn shared_groups(size: usize) -> String {
    let groups = flow_text(size / 2, |n| format!("g{n}"));
    let users = repeated_text(size / 2, |n| format!("  - {{username: u{n}, groups: *g}}\n"));
    format!("{HEAD}x-groups: &g [{groups}]\nusers:\n{users}")
}

fn nested_blocks(size: usize) -> String {
    let mut text = HEAD.to_owned();
    for number in 0.. {
        if text.len() >= size {
            break;
        }
        let _ = writeln!(text, "x{number}:");
        for depth in 1..40 {
            let _ = writeln!(text, "{}x:", " ".repeat(depth));
        }
    }
    text
}
