//! 2,000 lines of authorized_keys: who logs in, and what `--key` takes.

use crate::lines_made::{Made, Pair, make, pairs};
use crate::server::{Login, Server};
use crate::support::figures::Figures;
use crate::support::session::{needs, skipped};
use crate::{cases, rng, ssh_keygen};
use serde_json::json;
use spin_keys::key::{self, KeyError, KeyLine, Source};
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// The verdicts on one line.
struct Verdicts {
    /// sshd takes the key.
    login: &'static str,
    /// `--key` takes it.
    taken: &'static str,
    differences: Vec<String>,
}

#[test]
fn lines_are_judged_as_sshd_judges_them() {
    if !["ssh", "ssh-keygen", "/usr/sbin/sshd"].into_iter().all(needs) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let pairs = pairs(folder.path());
    let servers: Vec<Server> = (0..4).map(|_| Server::start()).collect();
    let plain = fs::read(pairs[0].path.with_extension("pub")).unwrap();
    if !servers[0].login(&plain, &pairs[0].path).is_in {
        return skipped("sshd lets nobody in as this account");
    }
    let mut rng = rng();
    let made: Vec<Made> = (0..cases(2000, 60)).map(|_| make(&mut rng, &pairs)).collect();
    let (next, found) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for (number, server) in servers.iter().enumerate() {
            let (next, found, made, pairs) = (&next, &found, &made, &pairs);
            let file = folder.path().join(format!("line{number}"));
            scope.spawn(move || {
                while let Some(made) = made.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let verdicts = judge(made, &pairs[made.pair], server, &file);
                    found.lock().unwrap().push(verdicts);
                }
            });
        }
    });
    figures(&found.into_inner().unwrap());
}

fn figures(found: &[Verdicts]) {
    let mut figures = Figures::new(&["question", "answer", "lines"]);
    for (question, answer) in [
        ("does sshd take the key?", (|it| it.login) as fn(&Verdicts) -> &'static str),
        ("does `--key` take it?", |it| it.taken),
    ] {
        let mut answers: Vec<&str> = found.iter().map(answer).collect();
        answers.sort_unstable();
        for same in answers.chunk_by(|one, other| one == other) {
            figures.count(same[0], same.len() as u64);
            figures.row([json!(question), json!(same[0]), json!(same.len())]);
        }
    }
    figures.count("lines", found.len() as u64);
    figures.differences = found.iter().flat_map(|it| it.differences.clone()).collect();
    figures.note = "Each login is tried with the private half of the key that the line was made of.".to_owned();
    figures.write("keys");
    let enough = found.len() / 5;
    for what in ["yes, and so it is judged", "no, and so it is judged"] {
        assert!(
            figures.counts.get(what).is_some_and(|count| *count as usize >= enough),
            "{what}: {:?}",
            figures.counts
        );
    }
    assert!(figures.differences.is_empty(), "{}", figures.differences.join("\n"));
}

fn judge(made: &Made, pair: &Pair, server: &Server, file: &Path) -> Verdicts {
    let mut differences = Vec::new();
    let text = String::from_utf8_lossy(&made.line);
    let seen = server.login(&made.line, &pair.path);
    let judged = key::login(&text, now());
    let says_yes = judged == key::Login::Yes && is_of(&text, pair);
    if says_yes != seen.accepted || pair.is_whole && seen.accepted != seen.is_in {
        differences.push(format!("{}: sshd {seen:?}, judged {judged:?}: {text:?}", made.how));
    }
    let login = match (seen.accepted, says_yes) {
        (true, true) => "yes, and so it is judged",
        (false, false) => "no, and so it is judged",
        _ => "judged otherwise",
    };
    let taken = match taken(made, pair, server, file, seen) {
        Ok(what) => what,
        Err(what) => {
            differences.push(format!("{}: {what}: {text:?}", made.how));
            "otherwise"
        }
    };
    Verdicts { login, taken, differences }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// Whether the line is of this pair. Data of another may be sound: its owner logs in, and this one does not.
fn is_of(line: &str, pair: &Pair) -> bool {
    let own = key::materials(&fs::read_to_string(pair.path.with_extension("pub")).unwrap());
    key::materials(line.split('\0').next().unwrap()).iter().any(|material| own.contains(material))
}

/// What `--key` makes of the line as a file.
fn taken(made: &Made, pair: &Pair, server: &Server, file: &Path, seen: Login) -> Result<&'static str, String> {
    fs::write(file, [&made.line[..], b"\n"].concat()).unwrap();
    let listed = fingerprint(file);
    let error = match key::read_source(&made.line) {
        Ok(Source::Public(keys)) => return written(made, &keys[0].key, pair, server, file, seen, listed.as_deref()),
        Ok(Source::Private(_)) => return Err("taken for a private key".to_owned()),
        Err(error) => error,
    };
    if !seen.accepted {
        return Ok("no, as sshd does not");
    }
    match error {
        KeyError::RsaTooShort { .. } => Ok("no: short RSA"),
        KeyError::GluedKeys => Ok("no: two keys on one line"),
        KeyError::Binary => Ok("no: a NUL"),
        KeyError::TooLong { .. } => Ok("no: too long for older sshd"),
        KeyError::Jinja { .. } | KeyError::Hidden { .. } | KeyError::NotUtf8 { .. } => {
            let bare = match key::read_without_comments(&made.line) {
                Ok(bare) => bare,
                Err(KeyError::RsaTooShort { .. }) => return Ok("no: short RSA"),
                Err(error) => return Err(format!("not even without its comment: {error}")),
            };
            written(made, &bare[0].key, pair, server, file, seen, listed.as_deref())
                .map(|_| "with `--comment`: its own cannot be written")
        }
        other => Err(format!("sshd takes it, `--key` does not: {other:?}")),
    }
}

/// A key that is taken: ssh-keygen reads it as the same, and what is written lets in as the line itself does.
fn written(
    made: &Made,
    key: &KeyLine,
    pair: &Pair,
    server: &Server,
    file: &Path,
    seen: Login,
    listed: Option<&str>,
) -> Result<&'static str, String> {
    let line = key.to_line();
    // ssh-keygen does not know the mark of an editor.
    if listed.is_some_and(|listed| listed != key.fingerprint()) {
        return Err(format!("ssh-keygen says {listed:?}, not {}", key.fingerprint()));
    }
    fs::write(file, format!("{line}\n")).unwrap();
    if fingerprint(file).as_deref() != Some(&key.fingerprint()) {
        return Err("ssh-keygen does not read what is written".to_owned());
    }
    let text = String::from_utf8_lossy(&made.line);
    if listed.is_none() || text.starts_with('\u{feff}') {
        // Its options may still keep everybody out, or its data be of another pair.
        let (again, judged) = (server.login(line.as_bytes(), &pair.path), key::login(&line, now()));
        let is_right = again.accepted == (judged == key::Login::Yes && is_of(&line, pair));
        return if is_right {
            Ok("yes, corrected")
        } else {
            Err(format!("corrected: sshd {again:?}, judged {judged:?}"))
        };
    }
    if text.trim() == line {
        return Ok("yes");
    }
    let again = server.login(line.as_bytes(), &pair.path);
    if again == seen { Ok("yes") } else { Err(format!("written as {line:?}: sshd {again:?} instead of {seen:?}")) }
}

fn fingerprint(file: &Path) -> Option<String> {
    let done = ssh_keygen(&["-l", "-f", file.to_str().unwrap()]);
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    done.status.success().then(|| said.split(' ').nth(1).unwrap_or_default().to_owned())
}
