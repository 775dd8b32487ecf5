//! A comparison without those who are like others says what the whole one says.

use super::*;
use base64ct::{Base64, Encoding as _};
use fastrand::Rng;
use std::fmt::Write as _;
use std::rc::Rc;

/// Somebody, or something that is written like them.
#[derive(Clone)]
struct Entry {
    name: String,
    groups: &'static str,
    state: &'static str,
    keys: Vec<(usize, &'static str)>,
    more: String,
    is_silent: bool,
}

#[derive(Clone)]
struct File {
    head: Vec<String>,
    users: Vec<Entry>,
    additional: Vec<Entry>,
    most: Rc<Most>,
}

const GROUPS: [&str; 6] = ["['sudo']", "[sudo, www-data]", "[]", "['docker']", "['adm']", "[sudo]"];
const STATES: [&str; 3] = ["", "present", "absent"];

/// One time in so many.
fn rarely(rng: &mut Rng, times: usize) -> bool {
    rng.usize(0..times) == 0
}

/// A key; every eighth is no point of the curve.
fn key(number: usize) -> String {
    let point = match number % 8 {
        7 => [u8::try_from(number % 251).unwrap(); 32],
        _ => {
            let seed = [u8::try_from(number % 251).unwrap(), u8::try_from(number / 251).unwrap()].repeat(16);
            ed25519_dalek::SigningKey::from_bytes(&seed.try_into().unwrap()).verifying_key().to_bytes()
        }
    };
    let blob = [b"\0\0\0\x0bssh-ed25519\0\0\0\x20".as_slice(), &point].concat();
    format!("ssh-ed25519 {} k{number}@laptop", Base64::encode_string(&blob))
}

/// What most entries of a file are like.
struct Most {
    groups: [&'static str; 2],
    state: &'static str,
    state_of_keys: &'static str,
    /// One key in so many cannot log in.
    unsound: usize,
}

impl Most {
    fn any(rng: &mut Rng) -> Self {
        let mut choose = |from: &[&'static str], usual: &'static str| {
            if rarely(rng, 4) { *rng.choice(from).unwrap() } else { usual }
        };
        let groups = [choose(&GROUPS, GROUPS[0]), choose(&GROUPS, GROUPS[2])];
        let (state, state_of_keys) = (choose(&STATES, "present"), choose(&STATES, "present"));
        Self { groups, state, state_of_keys, unsound: *rng.choice(&[2, 8, 1000]).unwrap() }
    }
}

impl Entry {
    fn any(rng: &mut Rng, number: usize, count: usize, most: &Most) -> Self {
        let usual = !rarely(rng, 6);
        let groups = if usual { most.groups[number % 2] } else { *rng.choice(&GROUPS).unwrap() };
        let number_of_key = if rarely(rng, most.unsound) { 4 * number + 3 } else { 2 * number };
        let keys = match rng.usize(0..8) {
            0 if !usual => vec![],
            3.. => vec![(number_of_key, most.state_of_keys)],
            1 => vec![(2 * number, ""), (2 * number + 1, "absent")],
            2 if rarely(rng, 4) => vec![(2 * rng.usize(0..count), "present")],
            _ => vec![(2 * number, "present")],
        };
        let name = match rng.usize(0..160) {
            0..4 => format!("u{}", rng.usize(0..count)),
            4 => (*rng.choice(["yes", "\"True\"", ".inf", "inf", "www-data", "deploy", "\"{{ name }}\""]).unwrap())
                .to_owned(),
            _ => format!("u{number}"),
        };
        let state = if usual { most.state } else { *rng.choice(&STATES).unwrap() };
        let more = if usual { String::new() } else { Self::more(rng, count) };
        let is_silent = rarely(rng, 400);
        Self { name, groups, state, keys, more, is_silent }
    }

    /// What makes somebody unlike others.
    fn more(rng: &mut Rng, count: usize) -> String {
        let other = rng.usize(0..count);
        match rng.usize(0..16) {
            0 => format!("uid: {}", 1000 + rng.usize(0..count + 3)),
            1 => format!("homedir: /home/u{other}"),
            2 => "homedir: /srv/x/../y".to_owned(),
            3 => format!("groups_of: u{other}"),
            4 => format!("comment_of: '{}'", key(2 * other)),
            5 => "shell: /bin/false".to_owned(),
            6 => format!("homedir: '~u{other}/x'"),
            7 => "password: '*'".to_owned(),
            8 => format!("uid: u{other}"),
            9 => "shell: '{{ shell }}'".to_owned(),
            10 => "authorized_keys: [{public_key: '  # note'}]\n    more: 1".to_owned(),
            11 => format!("homedir: '{{{{ home }}}}/u{other}'"),
            12 => "shell: !vault x".to_owned(),
            _ => String::new(),
        }
    }

    fn write(&self, out: &mut String) {
        let Self { name, groups, state, keys, more, is_silent } = self;
        let _ = write!(out, "  - username: {name}\n    name: Somebody {name}\n    groups: {groups}");
        out.push_str(if *is_silent { " # spin-keys: ignore SK503 SK502\n" } else { "\n" });
        if !state.is_empty() {
            let _ = writeln!(out, "    state: {state}");
        }
        if !more.is_empty() {
            let _ = writeln!(out, "    {more}");
        }
        if !keys.is_empty() {
            out.push_str("    authorized_keys:\n");
        }
        for (number, state) in keys {
            let _ = writeln!(out, "      - public_key: \"{}\"", key(*number));
            if !state.is_empty() {
                let _ = writeln!(out, "        state: {state}");
            }
        }
    }
}

impl File {
    fn any(rng: &mut Rng) -> Self {
        let count = rng.usize(8..40);
        let split = if rarely(rng, 3) { rng.usize(0..count) } else { count };
        let most = Rc::new(Most::any(rng));
        let mut users: Vec<Entry> = (0..count).map(|number| Entry::any(rng, number, count, &most)).collect();
        let additional = users.split_off(split);
        let mut head = vec!["use_passwordless_sudo: true".to_owned()];
        head.extend((0..rng.usize(0..3)).map(|_| Self::setting(rng, count)));
        Self { head, users, additional, most }
    }

    fn setting(rng: &mut Rng, count: usize) -> String {
        let other = rng.usize(0..count);
        match rng.usize(0..13) {
            0 => format!("docker_user: {{username: u{other}}}"),
            9 => "docker_user: {username: '{{ deployer }}'}".to_owned(),
            10 => "postfix_hostname: \"{{ inventory_hostname }}\"".to_owned(),
            11 => format!("docker_user: {{username: deploy, authorized_ssh_keys: ['  # x', '{}']}}", key(8 * other)),
            12 => "docker_user: {username: yes}".to_owned(),
            1 => format!("docker_user: {{username: deploy, uid: {}}}", 1000 + rng.choice([other, count - 1]).unwrap()),
            2 => format!("docker_user: {{username: deploy, authorized_ssh_keys: ['{}']}}", key(2 * other)),
            3 => format!("deploy_public_key: '{}'", key(2 * other)),
            4 => "use_passwordless_sudo: false".to_owned(),
            5 => "ssh_password_authentication: \"yes\"".to_owned(),
            6 => format!("docker_user: {{username: deploy, home: /home/u{other}}}"),
            7 => "ssh_port: 0".to_owned(),
            _ => format!("server_contact: u{other}@example.com"),
        }
    }

    fn list(&mut self, rng: &mut Rng) -> &mut Vec<Entry> {
        if self.additional.is_empty() || (rng.bool() && !self.users.is_empty()) {
            &mut self.users
        } else {
            &mut self.additional
        }
    }

    /// Changes one thing.
    fn change(&mut self, rng: &mut Rng) {
        let count = self.users.len() + self.additional.len();
        let setting = Self::setting(rng, count);
        let number = if rarely(rng, 4) { rng.usize(0..count) } else { count + 1 };
        let new = Entry::any(rng, number, count + 2, &Rc::clone(&self.most));
        let (group, state) = (*rng.choice(&GROUPS).unwrap(), *rng.choice(&STATES).unwrap());
        let more = Entry::more(rng, count);
        let kind = rng.usize(0..13);
        let (at, second) = (rng.usize(0..1000), rng.usize(0..1000));
        let list = self.list(rng);
        let (at, second) = (at % list.len().max(1), second % list.len().max(1));
        match (kind, list.get_mut(at)) {
            (0..3, _) => list.insert(at, new),
            (3, Some(_)) => drop(list.remove(at)),
            (4, Some(entry)) => entry.state = state,
            (5, Some(entry)) => entry.groups = group,
            (6, Some(entry)) => drop(entry.keys.pop()),
            (7, Some(entry)) => entry.keys.extend(new.keys),
            (8, Some(entry)) => entry.more = more,
            (9, Some(_)) => list.swap(at, second),
            (11, Some(_)) => {
                let moved = list.remove(at);
                self.list(rng).push(moved);
            }
            (10, Some(entry)) => entry.keys.iter_mut().for_each(|key| key.1 = state),
            _ => match self.head.iter().position(|line| line.split(':').next() == setting.split(':').next()) {
                Some(line) => self.head[line] = setting,
                None => self.head.push(setting),
            },
        }
    }

    fn text(&self) -> String {
        let mut out = String::new();
        let mut known = HashSet::new();
        for line in self.head.iter().filter(|line| known.insert(line.split(':').next())) {
            let _ = writeln!(out, "{line}");
        }
        for (name, list) in [("users", &self.users), ("additional_users", &self.additional)] {
            if !list.is_empty() || name == "users" {
                let _ = writeln!(out, "{name}:{}", if list.is_empty() { " []" } else { "" });
            }
            list.iter().for_each(|entry| entry.write(&mut out));
        }
        out
    }
}

/// Compares a change in both ways. Whether some were left out, and whether anything was said.
fn compared(before: &str, after: &str) -> Option<bool> {
    let (was, is) = (Document::read(before).unwrap(), Document::read(after).unwrap());
    let few = Seen::of_few(&was, &is, 1_700_000_000, 1)?;
    let all = Seen::of_all(&was, &is, 1_700_000_000);
    assert_eq!(few.review, all.review, "{before}\n-----\n{after}");
    assert_eq!(few.warnings, all.warnings, "{before}\n-----\n{after}");
    Some(!all.review.rows.is_empty())
}

#[test]
fn those_who_are_like_others_change_nothing() {
    let (mut left_out, mut said) = (0, 0);
    for seed in 0..1000 {
        let mut rng = Rng::with_seed(seed);
        let mut file = File::any(&mut rng);
        let before = file.text();
        for _ in 0..rng.usize(1..4) {
            file.change(&mut rng);
        }
        if let Some(is_said) = compared(&before, &file.text()) {
            left_out += 1;
            said += usize::from(is_said);
        }
    }
    assert!(left_out > 100 && said > 80, "{left_out} {said}");
}

fn usual(number: usize) -> Entry {
    let (name, groups, keys) = (format!("u{number}"), GROUPS[0], vec![(2 * number, "")]);
    Entry { name, groups, state: "", keys, more: String::new(), is_silent: false }
}

/// Adds somebody to these people, and compares that in both ways.
fn added(mut users: Vec<Entry>) {
    let most = Rc::new(Most::any(&mut Rng::with_seed(0)));
    let of = |users: Vec<Entry>| File { head: Vec::new(), users, additional: Vec::new(), most: Rc::clone(&most) };
    let before = of(users.clone()).text();
    users.push(Entry { groups: "[]", ..usual(1000) });
    assert!(compared(&before, &of(users).text()).is_some());
}

#[test]
fn a_name_can_be_what_another_value_becomes() {
    let mut users: Vec<Entry> = (0..12).map(usual).collect();
    users[5].name = "\"True\"".to_owned();
    users.push(Entry { name: "yes".to_owned(), state: "absent", groups: "[]", ..usual(20) });
    added(users);
}

#[test]
fn witnesses_can_log_in_if_others_can() {
    let mut users: Vec<Entry> = (0..12).map(usual).collect();
    for at in [0, 11] {
        users[at].keys = vec![(8 * at + 7, "")];
    }
    users.push(Entry { groups: "[]", ..usual(20) });
    added(users);
}

#[test]
fn those_who_are_left_out_keep_their_user_ids() {
    // Somebody in between has that of the deploy account (9999), or nobody has.
    for (count, fails) in [(9010, true), (8990, false)] {
        let most = Rc::new(Most::any(&mut Rng::with_seed(0)));
        let mut file = File { head: Vec::new(), users: (0..count).map(usual).collect(), additional: Vec::new(), most };
        let before = file.text();
        file.users.push(usual(count));
        let after = file.text();
        let (was, is) = (Document::read(&before).unwrap(), Document::read(&after).unwrap());
        let few = Seen::of_few(&was, &is, 0, 1);
        assert_eq!(few.map(|few| few.review.failure.is_some()), Some(fails), "{count}");
    }
}
