//! `review --format markdown` as three renderers make HTML of it, with autolinks: no address becomes a link.

use super::review::{changed, spin, user};
use crate::session::{key, needs};
use std::io::Write as _;
use std::process::{Command, Stdio};

const ADDRESSES: [&str; 9] = [
    "bob@evil.example",
    "www.evil.example",
    "WWW.evil.example/x?y=z",
    "http://evil.example",
    "https://evil.example/a_b",
    "ftp://evil.example",
    "mailto:bob@evil.example",
    "xmpp:bob@evil.example/x",
    "a.b-c_d@evil.example.",
];

fn comrak(markdown: &str) -> String {
    let mut options = comrak::Options::default();
    let extension = &mut options.extension;
    (extension.autolink, extension.table, extension.strikethrough) = (true, true, true);
    (extension.tasklist, extension.footnotes, extension.superscript) = (true, true, true);
    options.render.r#unsafe = true;
    options.parse.relaxed_autolinks = true;
    comrak::markdown_to_html(markdown, &options)
}

fn cmark_gfm(markdown: &str) -> String {
    let mut command = Command::new("cmark-gfm");
    command.args([
        "--unsafe",
        "-e",
        "autolink",
        "-e",
        "table",
        "-e",
        "strikethrough",
        "-e",
        "tasklist",
        "-e",
        "footnotes",
    ]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(markdown.as_bytes()).unwrap();
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
}

/// The links, images and the like in HTML.
fn links(html: &str) -> Vec<&str> {
    let tags = html.split('<').skip(1).filter_map(|tag| tag.split('>').next());
    tags.filter(|tag| ["a ", "a\n", "img", "script", "iframe", "link"].iter().any(|name| tag.starts_with(name)))
        .collect()
}

#[test]
fn no_address_becomes_a_link() {
    let renderers: &[fn(&str) -> String] = if needs("cmark-gfm") { &[comrak, cmark_gfm] } else { &[comrak] };
    for render in renderers {
        // The renderers see addresses, also after entities and within `<code>`.
        for seen in ["www.evil.example", "http://evil.example", "<code>bob&#64;evil&#46;example</code>"] {
            assert_eq!(links(&render(seen)).len(), 1, "{seen}");
        }
    }
    for address in ADDRESSES {
        let bare = key("bob").rsplit_once(' ').unwrap().0.to_owned();
        let keys = [format!("{bare} {address}"), format!("from=\\\"{address}\\\" {} {address}", key("deploy"))];
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let after = spin(&user(&format!("\"{address}\""), &format!("'sudo', '{address}'"), &keys))
            + &format!("\"{address}\": 1\nx: \"{{{{ {address} }}}}\"\n\"{address}\": 2\n");
        for (before, after) in [(spin(""), after.clone()), (after.clone(), spin(""))] {
            let session = changed(&before, &after);
            let markdown = session.run(&["review", "--format", "markdown"]).expect(0, &[]).out;
            for render in renderers {
                let html = render(&markdown);
                assert!(
                    html.contains("<table>") && links(&html).is_empty(),
                    "{address}: {:?}\n{markdown}",
                    links(&html)
                );
            }
        }
    }
}
