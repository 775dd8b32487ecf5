//! The verdict of `review` is a proof: what is not accounted for is reported, and fails `--fail-on`.

use super::cases::case;
use super::check::json;
use super::review::user;
use crate::session::{Session, key};
use serde_json::Value;

const GATE: &str = "gained,gained-sudo,deploy,tunnel";

/// The report of a review of one text against another, and its exit code with `--fail-on`.
fn review(before: &str, after: &str) -> (Value, Option<i32>) {
    let session = Session::empty();
    session.write("project/before.yml", before);
    session.write("project/after.yml", after);
    let ran = session.run(&["review", "before.yml", "after.yml", "--format", "json", "--fail-on", GATE]);
    assert!(ran.code == Some(2) || !ran.out.is_empty(), "{ran:#?}");
    (if ran.out.is_empty() { Value::Null } else { json(&ran) }, ran.code)
}

fn unknown(told: &Value) -> Vec<String> {
    let rows = told["review"]["unknown"].as_array().unwrap().iter();
    rows.map(|row| row["entry"].as_str().unwrap_or("-").to_owned()).collect()
}

#[test]
fn every_hidden_grant_of_the_cases_fails() {
    let pairs = [
        ("base", "bang"),
        ("base", "unsafekey"),
        ("base", "bangfields"),
        ("base", "deployunsafe"),
        ("base", "flattend"),
        ("basevar", "varswap"),
        ("base", "pipe"),
        ("base", "rootlogin"),
        ("basebob", "adm_sudo"),
        ("base", "docker_group"),
        ("base", "k_sha2"),
        ("base", "k_lead0"),
        ("base", "k_nul"),
        ("o2b", "o2"),
    ];
    for (before, after) in pairs {
        let text = |name: &str| case(&format!("hostile/{name}.yml"));
        let (told, code) = review(&text(before), &text(after));
        assert_eq!(code, Some(1), "{before} -> {after}: {told:#}");
    }
    // All keys of the new user are `absent`: nobody gets in.
    let (told, code) = review(&case("hostile/base.yml"), &case("hostile/s_bangstate.yml"));
    assert_eq!(code, Some(0), "{told:#}");
}

/// Pairs of the hunt that were green once: a run that ends before it takes a group away or before sshd reads its settings,
/// a deploy account whose name only Ansible knows, keys that are found in the home of another.
#[test]
fn what_a_run_opens_on_the_way_fails_too() {
    for name in ["uid", "sshd-broken", "deploy-unknown", "home", "home-of-deploy"] {
        let [before, after] = ["before", "after"].map(|side| case(&format!("hostile/then-{name}-{side}.yml")));
        let (told, code) = review(&before, &after);
        assert_eq!(code, Some(1), "{name}: {told:#}");
        let (told, code) = review(&before, &before);
        assert_eq!(code, Some(0), "{name}: {told:#}");
    }
}

/// Found by an adversary: while the run fails, a key whose own fault is fixed is a gain, whatever hid it before.
#[test]
fn a_key_that_only_the_failing_run_keeps_out_is_a_gain_when_its_own_fault_goes() {
    let bad = key("carol").replace("ssh-ed25519", "ssh-rsa");
    let file = |name: &str, fields: &str, line: &str| {
        format!(
            "users:\n{}{}server_contact: ops@example.com\nuse_passwordless_sudo: true\nadditional_users:\n  - username: \
             {fields}\n    groups: []\n    authorized_keys:\n      - public_key: \"{line}\"\n",
            user("alice", "'sudo'", &[&key("alice")]),
            user("bob", name, &[&key("bob")]),
        )
    };
    // The run fails everywhere, or on new servers alone.
    for failing in ["nosuch", "docker"] {
        for (hidden, shown) in [
            (file(failing, "alice", &bad), file(failing, "alice", &key("carol"))),
            (file(failing, "deploy", &bad), file(failing, "deploy", &key("carol"))),
            (
                file(failing, "eve\n    shell: /usr/sbin/nologin", &key("carol")),
                file(failing, "eve\n    shell: /bin/bash", &key("carol")),
            ),
            (file(failing, "eve\n    state: absent", &key("carol")), file(failing, "eve", &key("carol"))),
        ] {
            let (told, code) = review(&hidden, &shown);
            assert_eq!(code, Some(1), "{hidden}----\n{shown}: {told:#}");
            assert!(!told["verdict"].as_str().unwrap().starts_with("nobody"), "{told:#}");
        }
    }
}

/// Found by an adversary, with what is right beside it.
#[test]
fn what_the_prediction_does_not_follow_is_not_known() {
    let before = settings();
    let person = "    password: \"x\"\n";
    let homes = |home: &str| before.replace(person, &format!("{person}    homedir: {home}\n"));
    let shells = |shell: &str| before.replace(person, &format!("{person}    shell: {shell}\n"));
    let root = |field: &str| format!("{before}additional_users:\n  - username: root\n    groups: []\n    {field}\n");
    let server = |line: &str| {
        before.replace("    environment: production\n", &format!("    environment: production\n    {line}\n"))
    };
    let merged = server("<<: {address: 192.0.2.66}");
    for (after, entry) in [
        (homes("/etc/systemd/system/cron.service.d"), "users.alice.homedir"),
        (homes("/home/../etc/x"), "users.alice.homedir"),
        (shells("/home/bob/x"), "users.alice.shell"),
        (root("password: \"$6$x$y\""), "additional_users.root"),
        (root("homedir: /home/bob"), "additional_users.root"),
        (server("address: -Fspin.conf"), "servers[0].address"),
        (server("address: localhost"), "servers[0].address"),
        (merged.clone(), "servers"),
        (server("!!merge x: {address: 192.0.2.66}"), "servers"),
        (server("environment: production"), "servers"),
        (format!("{before}<<: {{servers: []}}\n"), "servers"),
    ] {
        let (told, code) = review(&before, &after);
        assert_eq!(code, Some(1), "{after}: {told:#}");
        assert!(unknown(&told).iter().any(|path| path == entry), "{entry}: {told:#}");
        assert!(!told["verdict"].as_str().unwrap().starts_with("nobody"), "{told:#}");
    }
    for after in [homes("/srv/alice"), shells("/bin/sh"), shells("/usr/bin/bash"), server("address: 2001:db8::7")] {
        let (told, _) = review(&before, &after);
        assert!(unknown(&told).is_empty(), "{after}: {told:#}");
    }
    // A merge that was there, and stays, says nothing new.
    let (told, code) = review(&merged, &merged.replace("Etc/UTC", "Europe/Berlin"));
    assert_eq!((code, unknown(&told).len()), (Some(0), 0), "{told:#}");
}

/// A file with all settings of the shipped one.
fn settings() -> String {
    format!(
        "users:\n  - username: alice\n    groups: ['sudo']\n    password: \"x\"\n    authorized_keys:\n      - public_key: \"{}\"\n\
         providers:\n  - name: hetzner\n    api_token: secret\nservers:\n  - server_name: web\n    environment: production\n    \
         hardware_profile: small\nhardware_profiles:\n  - name: small\n    provider: hetzner\n    profile_config:\n      \
         location: ash\nenvironments:\n  - name: production\nserver_timezone: Etc/UTC\nserver_contact: ops@example.com\n\
         ssh_port: \"22\"\nuse_passwordless_sudo: false\npostfix_hostname: \"{{{{ inventory_hostname }}}}\"\n",
        key("alice")
    )
}

#[test]
fn changes_that_the_shipped_file_has_are_harmless_and_their_nearest_twins_are_not() {
    let before = settings();
    for (from, harmless, hostile, entry) in [
        ("api_token: secret", "api_token: other", "api_token: \"{{ x }}\"", "providers[0].api_token"),
        ("server_name: web", "server_name: web-2", "server_name: \"a b\"", "servers[0].server_name"),
        (
            "    hardware_profile: small",
            "    address: 192.0.2.1",
            "    ansible_host: 192.0.2.1",
            "servers[0].ansible_host",
        ),
        ("provider: hetzner", "provider: vultr", "provider: ../x", "hardware_profiles[0].provider"),
        ("      location: ash", "      region: ord", "      users: x", "hardware_profiles[0].profile_config.users"),
        ("name: production\nserver_t", "name: staging\nserver_t", "name: all\nserver_t", "environments[0].name"),
        ("Etc/UTC", "Europe/Berlin", "../../etc/shadow", "server_timezone"),
        ("ops@example.com", "a@b.c, root", "\"|id\"", "server_contact"),
        ("\"22\"", "2222", "\"22\\nPermitRootLogin yes\"", "ssh_port"),
        ("{{ inventory_hostname }}", "web.example.com", "{{ lookup('env', 'X') }}", "postfix_hostname"),
        ("server_timezone: Etc/UTC", "postfix_relayhost: smtp.example.com", "motd_file: x", "motd_file"),
        ("users:\n", "# note\nusers:\n", "item: x\nusers:\n", "item"),
        ("password: \"x\"", "password: \"y\"", "name: \"{{ x }}\"", "-"),
    ] {
        assert!(before.contains(from), "{from}");
        let (told, code) = review(&before, &before.replace(from, harmless));
        assert_eq!((code, unknown(&told).len()), (Some(0), 0), "{harmless}: {told:#}");
        let (told, code) = review(&before, &before.replace(from, hostile));
        assert_eq!(code, Some(1), "{hostile}: {told:#}");
        assert!(unknown(&told).iter().any(|path| path == entry), "{hostile}: {told:#}");
        assert!(!told["verdict"].as_str().unwrap().contains("nobody gains"), "{told:#}");
    }
}

#[test]
fn a_password_counts_where_passwords_let_in() {
    let before = settings() + "ssh_password_authentication: \"yes\"\n";
    let (told, code) = review(&before, &before.replace("password: \"x\"", "password: \"y\""));
    assert_eq!((code, unknown(&told)), (Some(1), vec!["users.alice.password".to_owned()]), "{told:#}");
}

#[test]
fn sudo_that_asks_for_no_password_any_more_is_a_gain_of_sudo() {
    let after = settings().replace("use_passwordless_sudo: false", "use_passwordless_sudo: true");
    let (told, code) = review(&settings(), &after);
    assert_eq!(code, Some(1), "{told:#}");
    assert_eq!(told["review"]["changes"][0]["kind"], "sudo_without_password", "{told:#}");
    assert_eq!(review(&after, &settings()).1, Some(0));
}

#[test]
fn options_that_let_a_key_do_more_are_a_gain() {
    let with = |options: &str| settings().replace("public_key: \"", &format!("public_key: \"{options}"));
    let narrow = "restrict,from=\\\"192.0.2.1\\\" ";
    assert_eq!(review(&settings(), &with(narrow)).1, Some(0));
    // Whoever writes the command runs it as the account.
    assert_eq!(review(&settings(), &with("restrict,command=\\\"id\\\" ")).1, Some(1));
    for wide in ["", "restrict ", "restrict,pty,from=\\\"192.0.2.1\\\" ", "restrict,from=\\\"0.0.0.0/0\\\" "] {
        let (told, code) = review(&with(narrow), &with(wide));
        assert_eq!(code, Some(1), "{wide}: {told:#}");
    }
}

#[test]
fn a_value_that_templates_may_use_is_not_known() {
    let before = settings() + "team: x\n";
    let templated = before.replace("Etc/UTC", "\"{{ team }}\"");
    let (told, code) = review(&templated, &templated.replace("api_token: secret", "api_token: other"));
    assert_eq!(code, Some(0), "the template does not name it: {told:#}");
    let dynamic = before.replace("Etc/UTC", "\"{{ vars['te' ~ 'am'] }}\"");
    let (told, code) = review(&dynamic, &dynamic.replace("api_token: secret", "api_token: other"));
    assert_eq!((code, unknown(&told)), (Some(1), vec!["providers[0].api_token".to_owned()]), "{told:#}");
    let of_keys = before.replace(&key("alice"), "{{ providers[0].api_token }}");
    let (told, code) = review(&of_keys, &of_keys.replace("api_token: secret", "api_token: other"));
    assert_eq!(code, Some(1), "{told:#}");
}
