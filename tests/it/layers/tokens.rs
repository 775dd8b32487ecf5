//! Rust as words and signs, as far as imports need it: without comments and literals, and without what only tests see.

/// A piece of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Word(String),
    Sign(char),
}

impl Token {
    pub(super) fn word(&self) -> Option<&str> {
        match self {
            Self::Word(word) => Some(word),
            Self::Sign(_) => None,
        }
    }

    pub(super) fn is(&self, sign: char) -> bool {
        *self == Self::Sign(sign)
    }
}

/// All of a file.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut rest = text;
    let mut tokens = Vec::new();
    while let Some(first) = rest.chars().next() {
        if first.is_whitespace() {
            rest = &rest[first.len_utf8()..];
        } else if rest.starts_with("//") {
            rest = rest.find('\n').map_or("", |end| &rest[end..]);
        } else if rest.starts_with("/*") {
            rest = after_comment(rest);
        } else if let Some(after) = after_string(rest) {
            rest = after;
        } else if let Some(after) = character(rest) {
            rest = after;
        } else if first.is_alphanumeric() || first == '_' {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            tokens.push(Token::Word(rest[..end].to_owned()));
            rest = &rest[end..];
        } else {
            tokens.push(Token::Sign(first));
            rest = &rest[first.len_utf8()..];
        }
    }
    tokens
}

/// Comments of this kind may hold one another.
fn after_comment(text: &str) -> &str {
    let (mut depth, mut rest) = (0, text);
    loop {
        if rest.starts_with("/*") {
            (depth, rest) = (depth + 1, &rest[2..]);
        } else if rest.starts_with("*/") {
            (depth, rest) = (depth - 1, &rest[2..]);
        } else {
            rest = rest.chars().next().map_or("", |c| &rest[c.len_utf8()..]);
        }
        if depth == 0 || rest.is_empty() {
            return rest;
        }
    }
}

/// What follows a string literal at the start, also a raw one or one of bytes.
fn after_string(text: &str) -> Option<&str> {
    let body = text.trim_start_matches(['b', 'c']);
    if text.len() - body.len() > 1 {
        return None;
    }
    if let Some(raw) = body.strip_prefix('r') {
        let inner = raw.trim_start_matches('#');
        let end = format!("\"{}", &raw[..raw.len() - inner.len()]);
        return inner.strip_prefix('"')?.split_once(&end).map(|(_, after)| after);
    }
    let inner = body.strip_prefix('"')?;
    let mut escaped = false;
    let end = inner.find(|c| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    })?;
    Some(&inner[end + 1..])
}

/// What follows a character at the start; a lifetime is none.
fn character(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('b').unwrap_or(text).strip_prefix('\'')?;
    let body = match inner.strip_prefix('\\') {
        Some(escaped) => &escaped[escaped.chars().next()?.len_utf8()..],
        None => &inner[inner.chars().next()?.len_utf8()..],
    };
    // After an escape of several characters comes the next quote.
    let end = if inner.starts_with('\\') { body.find('\'')? } else { 0 };
    body[end..].strip_prefix('\'')
}

/// The index after the bracket that closes the one at `open`.
pub(super) fn after_group(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token {
            Token::Sign('(' | '[' | '{') => depth += 1,
            Token::Sign(')' | ']' | '}') => depth -= 1,
            _ => continue,
        }
        if depth == 0 {
            return at + 1;
        }
    }
    tokens.len()
}

/// The same without items under `#[cfg(test)]`.
pub(super) fn without_tests(tokens: &[Token]) -> Vec<Token> {
    let (mut kept, mut at) = (Vec::new(), 0);
    while at < tokens.len() {
        let (start, mut of_tests) = (at, false);
        while tokens[at..].starts_with(&[Token::Sign('#'), Token::Sign('[')]) {
            let end = after_group(tokens, at + 1);
            let words: Vec<&str> = tokens[at..end].iter().filter_map(Token::word).collect();
            of_tests |= words.first() == Some(&"cfg") && words.contains(&"test") && !words.contains(&"not");
            at = end;
        }
        if !of_tests {
            at = (at + 1).min(tokens.len());
            kept.extend_from_slice(&tokens[start..at]);
            continue;
        }
        while at < tokens.len() && !tokens[at].is(';') && !tokens[at].is('{') {
            at = if tokens[at].is('(') || tokens[at].is('[') { after_group(tokens, at) } else { at + 1 };
        }
        at = if tokens.get(at).is_some_and(|token| token.is('{')) { after_group(tokens, at) } else { at + 1 };
    }
    kept
}
