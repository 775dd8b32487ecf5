//! `review`: what makes it fail, and what it never lets through.

use super::check::json;
use super::review::{changed, committed, git, spin, user};
use super::vault;
use crate::session::{Session, fixtures, key};
use pulldown_cmark::{Event, Options, Parser, Tag};
use std::fs;

#[test]
fn fail_on_is_what_the_change_does() {
    let (bob, deploy) = (key("bob"), key("deploy"));
    let kinds = ["gained", "gained-sudo", "deploy", "tunnel", "lost", "findings"];
    let with = |groups: &str| spin(&user("bob", groups, &[&bob]));
    let docker = spin(&format!("docker_user:\n  username: deploy\n  authorized_ssh_keys: [\"{deploy}\"]\n"));
    let cases = [
        (spin(""), with(""), vec!["gained"]),
        (with(""), with("'sudo'"), vec!["gained", "gained-sudo", "deploy", "tunnel"]),
        (spin(""), docker, vec!["gained", "deploy"]),
        (with(""), spin(""), vec!["lost"]),
        (spin(""), spin("") + "additional_users:\n", vec!["findings"]),
        (spin(""), spin("") + "# x\n", vec![]),
    ];
    for (before, after, expected) in cases {
        let session = changed(&before, &after);
        session.run(&["review"]).expect(0, &[]);
        for kind in kinds {
            let code = i32::from(expected.contains(&kind));
            session.run(&["review", "--fail-on", kind]).expect(code, &[]);
        }
        session.run(&["review", "--fail-on", &kinds.join(",")]).expect(i32::from(!expected.is_empty()), &[]);
    }
    // What cannot be seen is not taken for harmless: templates, addresses, the deploy account under a name to be told.
    let deploy = |text: &str| {
        spin("") + &format!("docker_user:\n  username: \"{{{{ who }}}}\"\n  authorized_ssh_keys: [\"{text}\"]\n")
    };
    for (before, after) in [
        (spin(""), spin(&user("bob", "", &["https://example.org/bob.keys"]))),
        (spin(""), spin(&user("bob", "", &["{{ bob_key }}"]))),
        (deploy("{{ one }}"), deploy("{{ other }}")),
    ] {
        let session = changed(&before, &after);
        for kind in ["gained", "gained-sudo", "deploy"] {
            session.run(&["review", "--fail-on", kind]).expect(1, &[]);
        }
    }
    let session = changed(&vault::encrypted(spin("")), &vault::encrypted(with("")));
    session.write("project/wrong", "wrong\n");
    for more in [&[][..], &["--vault-password-file", "wrong"]] {
        let ran = session.run(&[&["review"], more].concat()).expect(0, &[]);
        assert!(ran.out.contains("\nNOT REVIEWED: "), "{more:?}: {}", ran.out);
        let judged = [&["review", "--fail-on", "lost"], more].concat();
        session.run(&judged).expect_refusal(&["cannot evaluate --fail-on", "vault password"]);
    }
}

#[test]
fn usage_that_makes_no_sense_is_refused() {
    let session = committed(&spin(""));
    session.run(&["review", "no-such-revision"]).expect_refusal(&["there is no revision `no-such-revision`"]);
    session.run(&["review", "--", "--output=x"]).expect_refusal(&["there is no revision `--output=x`"]);
    session.run(&["review", "main", "work", "--staged"]).expect(2, &["--staged"]);
    for args in [&["--file", "-"][..], &["-"], &["main", "-"], &["--files", "-", ".spin.yml"]] {
        session.run(&[&["review"], args].concat()).expect_refusal(&["- is standard input", "--files OLD NEW"]);
    }
    session.run(&["review", "--file", "none.yml"]).expect_refusal(&["none.yml is not in"]);
    Session::new(spin("")).run(&["review"]).expect_refusal(&["no repository", "--files OLD NEW"]);
}

#[test]
fn what_is_no_file_in_a_revision_is_refused() {
    let session = committed(&spin(""));
    fs::remove_file(session.path("project/.spin.yml")).unwrap();
    std::os::unix::fs::symlink("elsewhere", session.path("project/.spin.yml")).unwrap();
    git(&session, &["add", ".spin.yml"]);
    git(&session, &["commit", "-q", "-m", "a link"]);
    session.run(&["review", "main", "work"]).expect_refusal(&["is not a file in that revision", "--file"]);

    let session = committed(&spin(""));
    session.write("project/.spin.yml", spin(&user("bob", "", &[&key("bob")])));
    git(&session, &["commit", "-q", "-a", "-m", "bob"]);
    git(&session, &["checkout", "-q", "main"]);
    session.write("project/.spin.yml", spin(&user("carol", "", &[&key("carol")])));
    git(&session, &["commit", "-q", "-a", "-m", "carol"]);
    let mut merge = session.tool("git");
    merge.current_dir(session.path("project")).args(["-c", "user.name=t", "-c", "user.email=t@example.com"]);
    let merge = merge.args(["merge", "-q", "work"]).output().unwrap();
    assert!(!merge.status.success(), "a conflict");
    session.run(&["review", "--staged"]).expect_refusal(&["has a merge conflict", "git add"]);
    // Line breaks on which parsers differ are no text to review, as in `check`.
    let session = changed(&spin(""), "users: []\u{85}x: 1\n");
    let ran = session.run(&["review"]).expect(0, &[]);
    assert!(ran.out.contains("the file after the change cannot be read: 1:"), "{}", ran.out);
}

#[test]
fn json_has_these_names() {
    let session = changed(&spin(""), &spin(&user("bob", "'sudo'", &[&key("bob")])));
    let told = json(&session.run(&["review", "--format", "json"]).expect(0, &[]));
    let names = |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
    let expected = "base changed encrypted head notes path repository review unreadable verdict";
    assert_eq!(names(&told), expected);
    let review = &told["review"];
    let expected = "changes fails_on_provisioned failure failure_before findings findings_gone others truncated unknown unknown_gone";
    assert_eq!(names(review), expected);
    let gained = review["changes"].as_array().unwrap().iter().find(|it| it["kind"] == "key_gained").unwrap();
    assert_eq!(names(gained), "account code deploy key kind name place reason via");
    assert_eq!(names(&gained["key"]), "bits comment fingerprint options type");
}

/// Everything that a reader of the comment could click, load or be called by; our own `<details>` and `<code>` apart.
fn dangers(markdown: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut in_code = false;
    for event in Parser::new_ext(markdown, Options::all()) {
        match event {
            Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::FootnoteDefinition(_)) => {
                found.push(format!("{event:?}"))
            }
            Event::FootnoteReference(_) | Event::InlineMath(_) | Event::DisplayMath(_) => {
                found.push(format!("{event:?}"))
            }
            Event::InlineHtml(ref html) if &**html == "<code>" => in_code = true,
            Event::InlineHtml(ref html) if &**html == "</code>" => in_code = false,
            Event::Html(ref html) | Event::InlineHtml(ref html) => {
                let own = [
                    "<details>",
                    "<details open>",
                    "</details>",
                    "<summary>",
                    "</summary>",
                    "<code>",
                    "</code>",
                    "<!---->",
                ];
                let rest = own.iter().fold(html.to_string(), |rest, tag| rest.replace(tag, ""));
                if rest.contains('<') {
                    found.push(html.to_string());
                }
            }
            Event::Text(ref text) if !in_code && (text.contains('@') || text.contains("://")) => {
                found.push(text.to_string())
            }
            _ => {}
        }
    }
    found
}

#[test]
fn hostile_text_stays_text() {
    let hostile = "<img src=x onerror=alert(1)> [click](https://evil.example) ![i](https://evil.example/p.png) @everyone `a|b` | c \\\\| <details> &lt;b&gt; :tada: [^1] $x$ https://evil.example #1 ~~x~~";
    let comment = format!("{} {}", key("bob").rsplit_once(' ').unwrap().0, hostile);
    let after = spin(&user("\"al<b>ice|[x](y)@all`\"", "'sudo', '<script>', 'a|b`'", &[&comment]))
        + "\"<img src=x>[l](http://e)\": 1\n";
    for (before, after) in
        [(spin(""), after.clone()), (after.clone(), spin("")), (after.replace("al<b>ice", "e<v>e"), after)]
    {
        let session = changed(&before, &after);
        let markdown = session.run(&["review", "--format", "markdown"]).expect(0, &[]).out;
        assert_eq!(dangers(&markdown), [""; 0], "{markdown}");
        // A row has four cells: nobody breaks out of the table.
        let events: Vec<Event<'_>> = Parser::new_ext(&markdown, Options::all()).collect();
        let cells = events.iter().filter(|event| matches!(event, Event::Start(Tag::TableCell))).count();
        let lines = markdown.lines().filter(|line| line.starts_with('|')).count();
        assert_eq!(cells, 4 * (lines - 1), "{markdown}");
        let annotations = session.run(&["review", "--format", "github"]).expect(0, &[]).out;
        assert!(
            annotations.lines().all(|line| line.starts_with("::warning file=")
                || line.starts_with("::notice file=")
                || line.starts_with("::error file=")),
            "{annotations}"
        );
    }
    // The test itself sees what it looks for.
    assert_eq!(dangers("[x](y) ![x](y) <b>x</b> @all").len(), 5);
}

#[test]
fn five_hundred_changes_fit_a_comment() {
    let users: String = (0..500)
        .map(|n| {
            user(
                &format!("user{n:03}-with-a-long-name"),
                "'adm'",
                &[&format!("{} {}", key("bob").rsplit_once(' ').unwrap().0, "<".repeat(90))],
            )
        })
        .collect();
    let session = changed(&spin(""), &spin(&users));
    let out = session.run(&["review", "--format", "markdown"]).expect(0, &[]).out;
    assert!(out.len() < 65_536 && out.contains(" more: run `spin-keys review` to see them"), "{}", out.len());
    assert_eq!(out.matches("<details").count(), out.matches("</details>").count());
}

#[test]
fn no_secret_comes_out() {
    let secret = |n: u8| {
        format!("hetzner_api_token: t0ken-{n}-of-ours\nmail: {{password: p4ss-{n}-of-ours}}\n# c0mment-{n}-of-ours\n")
            + &spin(&format!("    password: h4sh-{n}-of-ours\n    shell: sh3ll-{n}-of-ours\n"))
    };
    let (one, two) = (secret(1), secret(2));
    for session in [
        changed(&one, &two),
        {
            let session = changed(&vault::encrypted(&one), &vault::encrypted(&two));
            session.write("project/.vault-password", format!("{}\n", vault::PASSWORD));
            session
        },
        changed(&vault::encrypted(&one), &two),
    ] {
        for format in ["text", "markdown", "json", "github"] {
            let ran = session.run(&["review", "--format", format]).expect(0, &[]);
            assert!(!format!("{ran:?}").contains("-of-ours"), "{ran:#?}");
        }
    }
}

#[test]
fn a_proposed_change_is_told_as_review_would() {
    let session = committed(&spin(""));
    let bob = fixtures().join("keys/bob.pub").display().to_string();
    let add = ["add-user", "bob", "--key", &bob, "--dry-run", "--format", "markdown"];
    let proposed = session.run(&add).expect(0, &[]).out;
    session.run(&["add-user", "bob", "--key", &bob, "--yes"]).expect(0, &[]);
    let reviewed = session.run(&["review", "--format", "markdown"]).expect(0, &[]).out;
    let rows = |text: &str| text.lines().filter(|line| line.starts_with('|')).map(str::to_owned).collect::<Vec<_>>();
    assert!(rows(&proposed).len() > 4 && rows(&proposed) == rows(&reviewed), "{proposed}\n{reviewed}");
    session.run(&["add-user", "bob", "--key", &bob, "--format", "markdown"]).expect_refusal(&["--dry-run"]);
    let new = ["add-user", "carol", "--dry-run", "--format", "markdown"];
    session.run(&new).expect_refusal(&["does not exist yet", "--key PATH"]);
}
