//! What a file can be made to cost: the size of each output, and what is said of the rest. `benches/hostile.rs` measures
//! time and memory of the same files.

use super::check::json;
use crate::session::{Session, fixtures, key};
use crate::support::hostile::{FAMILIES, benign};

/// Bytes of a file.
const SIZE: usize = 40_000;

/// An output up to this size is bounded, whatever an ordinary file gives.
const MOST: usize = 200_000;

const COMMANDS: [&[&str]; 8] = [
    &["check"],
    &["check", "--format", "json"],
    &["check", "--format", "github"],
    &["list"],
    &["list", "--format", "json"],
    &["review", "../old.yml", ".spin.yml"],
    &["review", "../old.yml", ".spin.yml", "--format", "markdown"],
    &["review", "../old.yml", ".spin.yml", "--format", "json"],
];

#[test]
fn the_output_is_bounded_whatever_the_file() {
    let ordinary = benign(SIZE);
    let session = Session::new(&ordinary);
    session.write("old.yml", benign(SIZE / 2));
    let size = |args: &[&str]| {
        let ran = session.run(args);
        assert!(ran.code.is_some_and(|code| code <= 2), "{args:?}: {ran:#?}");
        ran.out.len() + ran.err.len()
    };
    let own: Vec<usize> = COMMANDS.iter().map(|args| size(args)).collect();
    for (number, (family, make)) in FAMILIES.iter().enumerate() {
        session.write("project/.spin.yml", make(SIZE));
        // The formats take turns.
        for (args, own) in COMMANDS.iter().zip(&own).skip(number % 2).step_by(2) {
            let size = size(args);
            assert!(size <= MOST.max(3 * own), "{family}: {args:?} prints {size} bytes, an ordinary file {own}");
        }
    }
}

/// So many users with one name that nobody reads the findings.
fn crowd(count: usize) -> String {
    format!("ssh_port: \"22\"\nusers:\n{}", "  - {username: a, groups: [sudo]}\n".repeat(count))
}

#[test]
fn findings_that_are_not_printed_are_counted() {
    let session = Session::new(crowd(1501));
    let ran = session.run(&["check"]).expect(1, &[]);
    assert_eq!(ran.out.matches("[SK208]").count(), 100, "{}", ran.out);
    assert!(ran.out.contains("SK208 1,400"), "{}", ran.out.lines().last().unwrap());
    let told = json(&session.run(&["check", "--format", "json"]).expect(1, &[]));
    let listed = told["findings"].as_array().unwrap();
    let of = |code: &str| listed.iter().filter(|finding| finding["code"] == code).count();
    assert_eq!(of("SK208"), 100);
    assert!(told["truncated"].as_u64().unwrap() >= 1400, "{}", told["truncated"]);
    let ran = session.run(&["check", "--format", "github"]).expect(1, &[]);
    assert!(ran.out.contains("::error file=.spin.yml,title=check::and "), "{}", ran.out);
    // Those that were only counted may be errors.
    let codes: Vec<&str> = listed.iter().filter_map(|finding| finding["code"].as_str()).collect();
    let others: Vec<&str> = codes.into_iter().filter(|code| *code != "SK208").collect();
    session.run(&["check", "--ignore", &others.join(",")]).expect(1, &[]);
    session.run(&["check", "--ignore", &others.join(","), "--fail-on", "never"]).expect(0, &[]);
}

#[test]
fn the_severe_ones_are_printed_first() {
    let text = format!("{}additional_users: 7\n", crowd(3000).replace("sudo", ""));
    let told = json(&Session::new(text).run(&["check", "--format", "json"]).expect(1, &[]));
    let errors = |told: &serde_json::Value| {
        told["findings"].as_array().unwrap().iter().filter(|finding| finding["severity"] == "error").count() as u64
    };
    assert!(errors(&told) > 0 && told["truncated"].as_u64() > Some(2000), "{}", told["truncated"]);
    assert_eq!(Some(errors(&told)), told["counts"]["error"].as_u64());
}

#[test]
fn rows_that_are_not_printed_are_counted_and_fail() {
    let session = Session::new(benign(1_000_000));
    session.write("old.yml", benign(10_000));
    let args = ["review", "../old.yml", ".spin.yml"];
    let told = json(&session.run(&[&args[..], &["--format", "json"]].concat()).expect(0, &[]));
    let listed = told["review"]["changes"].as_array().unwrap().len();
    let left_out = usize::try_from(told["review"]["truncated"].as_u64().unwrap()).unwrap();
    assert!(listed > 300 && left_out > 1000, "{listed} {left_out}");
    let ran = session.run(&args).expect(0, &[]);
    assert!(ran.out.contains("more changes of access\n") && ran.out.len() < MOST, "{}", ran.out.len());
    let ran = session.run(&[&args[..], &["--format", "markdown"]].concat()).expect(0, &[]);
    assert!(ran.out.contains(" more: run `spin-keys review`") && ran.out.len() < 65_536, "{}", ran.out.len());
    // A gain has room before all that is none, wherever it is.
    let text = format!("{}additional_users:\n{}", benign(20_000), "  - {username: a, groups: [x]}\n".repeat(5000));
    session.write("project/.spin.yml", text);
    let ran = session.run(&[&args[..], &["--fail-on", "gained"]].concat()).expect(1, &[]);
    assert!(ran.out.contains("can log in"), "{}", ran.out.len());
}

/// Options decide what a key may do: a comment of a pull request has them whole, or says that a row is missing.
#[test]
fn what_decides_is_printed_whole_or_missing_as_a_row() {
    let keys: Vec<String> = ["bob", "deploy"].map(key).into();
    let file = |options: &str| {
        let item =
            format!("      - public_key: 'command=\"{options}\" {}'\n      - public_key: '{}'\n", keys[0], keys[1]);
        format!("users:\n  - username: bob\n    groups: []\n    authorized_keys:\n{item}")
    };
    for (length, is_whole) in [(2_000, true), (15_000, true), (100_000, false)] {
        let options = "x".repeat(length);
        let session = Session::new(file(&options));
        session.write("old.yml", benign(1000));
        let args = ["review", "../old.yml", ".spin.yml", "--fail-on", "gained"];
        let ran = session.run(&[&args[..], &["--format", "markdown"]].concat()).expect(1, &[]);
        assert!(ran.out.len() < 65_536, "{length}: {}", ran.out.len());
        assert_eq!(ran.out.contains(&options), is_whole, "{length}");
        assert_eq!(ran.out.contains(" more: run `spin-keys review`"), !is_whole, "{length}");
        assert!(ran.out.contains("deploy"), "{length}: the other key has room");
        let ran = session.run(&args).expect(1, &[]);
        assert!(ran.out.contains(&options), "{length}");
    }
    let group = "g".repeat(200);
    let session = Session::new(format!("users:\n  - {{username: bob, groups: ['{group}']}}\n"));
    session.write("old.yml", "users:\n  - {username: bob, groups: []}\n");
    let ran = session.run(&["review", "../old.yml", ".spin.yml", "--format", "markdown"]).expect(0, &[]);
    assert!(ran.out.contains(&group), "{}", ran.out);
}

#[test]
fn findings_beyond_the_limit_are_new_where_they_are_others() {
    let review = |before: &str, after: &str| {
        let session = Session::new(after);
        session.write("old.yml", before);
        session.run(&["review", "../old.yml", ".spin.yml", "--fail-on", "findings"])
    };
    let bad = |last: &str| {
        let users: String = (0..1200).map(|n| format!("  - {{username: 'b {n}', groups: []}}\n")).collect();
        format!("# x\nusers:\n{users}  - {{username: '{last}', groups: []}}\n")
    };
    let (one, other) = (bad("x y"), bad("y x"));
    review(&one, &(String::from("# y\n") + &one)).expect(0, &[]);
    review(&one, &other).expect(1, &[]);
}

#[test]
fn a_list_says_what_it_leaves_out() {
    let keys = "      - public_key: bad\n".repeat(20_000);
    let session = Session::new(format!("users:\n  - username: a\n    groups: [sudo]\n    authorized_keys:\n{keys}"));
    let ran = session.run(&["list"]).expect(0, &[]);
    assert!(ran.out.lines().any(|line| line.starts_with("and ") && line.ends_with(" more")), "{}", ran.out.len());
    let told = json(&session.run(&["list", "--format", "json"]).expect(0, &[]));
    assert!(told["truncated"].as_u64().unwrap() > 10_000);
    // An ordinary file is listed whole, however large.
    let told = json(&Session::new(benign(500_000)).run(&["list", "--format", "json"]).expect(0, &[]));
    assert_eq!(told["truncated"], 0);
    let ran = Session::new(benign(500_000)).run(&["list"]).expect(0, &[]);
    assert!(!ran.out.contains("\nand "));
}

#[test]
fn the_keys_of_an_account_are_never_cut() {
    let session = Session::new(benign(300_000));
    let key = fixtures().join("keys/alice.pub").display().to_string();
    session.run(&["add-user", "newcomer", "--key", &key, "--yes"]).expect(0, &[]);
    let ran = session.run(&["list", "--format", "authorized_keys", "--for", "deploy"]).expect(0, &[]);
    let users = session.file().matches("username:").count();
    assert_eq!(ran.out.lines().count(), users);
}

/// With a suppression anywhere in the file everybody is compared; without, most of 300 people are not.
#[test]
fn an_edit_of_many_people_says_what_the_whole_comparison_says() {
    let of = |number: usize| {
        let line = format!("{}{number:04} p{number}@laptop", &key("alice")[..76]);
        format!("  - username: p{number}\n    groups: ['sudo']\n    authorized_keys:\n      - public_key: \"{line}\"\n")
    };
    let people: String = (0..300).map(of).collect();
    let bob = fixtures().join("keys/bob.pub").display().to_string();
    for args in [
        &["add-user", "dave", "--key", &bob, "--dry-run"][..],
        &["add-user", "p7", "--key", &bob, "--dry-run"],
        &["add-deploy", "--key", &bob, "--dry-run"],
        &["revoke", "p150", "--dry-run"],
    ] {
        let said = ["# spin-keys: ignore SK101", "# spin-keys: careful here"].map(|head| {
            let session = Session::new(format!("{head}\nuse_passwordless_sudo: true\nusers:\n{people}"));
            let ran = session.run(args).expect(0, &[]);
            (ran.out, ran.err)
        });
        assert_eq!(said[0], said[1], "{args:?}");
        assert!(said[1].1.contains("log in"), "{args:?}: {}", said[1].1);
    }
}
